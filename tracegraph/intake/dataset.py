"""A dataset in: every file read, every problem found in one run, one change set out."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path

from tracegraph.change_set import ChangeSet
from tracegraph.errors import Problem
from tracegraph.intake.allowed import ADMINISTRATOR, Allowed, check_allowed, check_disclosed, check_theirs
from tracegraph.intake.claims import Claims, check_conflicts, derive_all, good_statements, holders_of
from tracegraph.intake.complete import check_complete, ends_asker
from tracegraph.intake.csv_reader import read_csv
from tracegraph.intake.dependents import refuse_dependents
from tracegraph.intake.files import INCIDENTS, Found, Limits, find, read_bytes
from tracegraph.intake.incident_checks import check_incidents
from tracegraph.intake.incident_file import BadIncidents, IncidentFile
from tracegraph.intake.incidents import read_incidents
from tracegraph.intake.known import AsksStanding, check_holders, check_references, gather
from tracegraph.intake.references import check_products, check_twice, id_of, records_of
from tracegraph.intake.refusal import ERROR, Problems
from tracegraph.intake.row_checks import check_rows
from tracegraph.intake.rows import NO_CHOICES, ColumnChoices, Rows, read_rows
from tracegraph.intake.same_identifier import warn_same_identifier
from tracegraph.intake.tables import TABLES
from tracegraph.intake.wide import is_too_wide
from tracegraph.messages import Message
from tracegraph.model import ReferenceRecord
from tracegraph.store.port import GraphWriter, Progress


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was refused.

    Attributes
    ----------
    file, line : str, int
        Where it begins.
    delimiter : str
        Of the file: decimal commas depend on it.
    cells : mapping
        Text by column, under the English name where the column is known.
    reasons : sequence of Message
        Why.
    """

    file: str
    line: int
    delimiter: str
    cells: Mapping[str, str]
    reasons: Sequence[Message]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came out of reading a dataset.

    Attributes
    ----------
    change_set : ChangeSet
        What the rows say that are not refused.
    problems : list of Problem
        Errors and warnings of all files, by file and line.
    bad_rows : mapping
        Table to the rows refused, also those that only rest on a refused one.
    bad_incidents : list of BadIncidents
        Incident files of which a part was refused.
    notes : list of Message
        Files that were left alone.
    counts : mapping
        Table to the number of its rows.
    claims : Claims or None
        All claims with the rows that state them, where they were asked for: they hold every row.
    headers : mapping
        The header of each file of which rows were read, as written.
    """

    change_set: ChangeSet
    problems: list[Problem]
    bad_rows: dict[str, list[BadRow]] = field(default_factory=dict)
    bad_incidents: list[BadIncidents] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    claims: Claims | None = None
    headers: dict[str, list[str]] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop an import."""
        return [problem for problem in self.problems if problem.severity == ERROR]


def read_dataset(  # noqa: PLR0913 - each says one thing about how it is read
    paths: Iterable[str | PathLike[str]],
    *,
    standing: AsksStanding | GraphWriter | None = None,
    progress: Progress | None = None,
    limits: Limits | None = None,
    allowed: Allowed = ADMINISTRATOR,
    with_claims: bool = False,
    columns: Mapping[str, ColumnChoices] | None = None,
) -> Reading:
    """Read and check a dataset; nothing is written, and no problem ends the reading.

    Parameters
    ----------
    paths : iterable of path
        Folders and files.
    standing : callable or GraphWriter or None
        The store, or its method `standing`: what may be named without being in the files. None: nothing.
    progress : callable or None
        Called with (bytes read, bytes in all).
    limits : Limits or None
        How much is read at most.
    allowed : Allowed
        What rows may say, by who sends them.
    with_claims : bool
        Whether to keep the claims.
    columns : mapping or None
        By file, what its columns are said to be.

    Returns
    -------
    Reading
        The change set of what is good, and every problem.
    """
    with _no_garbage_collection():
        found = [Path(path) for path in paths]
        reading = _read(found, _asker(standing), progress, limits or Limits(), allowed, columns=columns or {})
    return reading if with_claims else replace(reading, claims=None)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Keep the collector from looking, over and over, at a million objects that all stay: a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(
    paths: Sequence[Path],
    ask: AsksStanding | None,
    progress: Progress | None,
    limits: Limits,
    allowed: Allowed,
    *,
    columns: Mapping[str, ColumnChoices],
) -> Reading:
    problems = Problems()
    finding = find(paths, problems)
    all_rows, incidents, unread = _read_files(finding.files, problems, limits, progress, columns)
    change_set, claims = checked(all_rows, ask, problems, allowed, incidents=incidents, unread=unread)
    return Reading(
        change_set=change_set,
        problems=problems.sorted(),
        bad_rows=_bad_rows(all_rows),
        bad_incidents=[bad for file in incidents if (bad := file.bad())],
        notes=finding.notes,
        counts=_counts(all_rows, incidents),
        claims=claims,
        headers={rows.file: rows.raw.header for rows in all_rows},
    )


def _read_files(
    files: Sequence[Found],
    problems: Problems,
    limits: Limits,
    progress: Progress | None,
    columns: Mapping[str, ColumnChoices],
) -> tuple[list[Rows], list[IncidentFile], dict[str, str]]:
    all_rows: list[Rows] = []
    incidents: list[IncidentFile] = []
    unread: dict[str, str] = {}
    sizes = [found.path.stat().st_size if found.path.exists() else 0 for found in files]
    left = limits.rows
    for position, found in enumerate(files):
        data = read_bytes(found, limits, problems)
        if found.table == INCIDENTS:
            if data is not None:
                incidents.append(read_incidents(data, found.shown, problems))
            continue
        table = TABLES[found.table]
        raw = None if data is None else read_csv(data, found.shown, problems, frozenset(table.by_header), left)
        if raw is None or is_too_wide(raw, limits, problems):
            unread[table.name] = found.shown
        else:
            left -= len(raw.rows)
            all_rows.append(read_rows(raw, table, problems, columns.get(found.shown, NO_CHOICES)))
        if progress:
            progress(sum(sizes[: position + 1]), sum(sizes))
    return all_rows, incidents, unread


def _asker(standing: AsksStanding | GraphWriter | None) -> AsksStanding | None:
    if standing is None or callable(standing):
        return standing
    return standing.standing


def checked(
    all_rows: Sequence[Rows],
    ask: AsksStanding | None,
    problems: Problems,
    allowed: Allowed = ADMINISTRATOR,
    *,
    incidents: Sequence[IncidentFile] = (),
    unread: Mapping[str, str] | None = None,
) -> tuple[ChangeSet, Claims]:
    """Check rows that were read, one by one and together, and return what the good ones say.

    Parameters
    ----------
    all_rows : sequence of Rows
        The rows of all tables.
    ask : callable or None
        The store, for what may be named without being in the rows.
    problems : Problems
        Where problems are noted.
    allowed : Allowed
        What rows may say, by who sends them.
    incidents : sequence of IncidentFile
        Incidents that were read with them.
    unread : mapping, optional
        Tables with files of which nothing could be read.

    Returns
    -------
    ChangeSet
        What is good.
    Claims
        All claims, with the rows that state them.
    """
    for rows in all_rows:
        check_rows(rows, problems, may_set_recorded_at=allowed.recorded_at)
    check_allowed(all_rows, [(file.file, bool(file.revisions)) for file in incidents], allowed, problems)
    known = gather(all_rows, [pair for file in incidents for pair in file.mentioned()], ask, unread or {})
    check_holders(all_rows, known, problems)
    check_references(all_rows, known, problems)
    check_twice(all_rows, problems)
    check_products(all_rows, problems)
    warn_same_identifier(all_rows, problems)
    claims = derive_all(all_rows, known.label_of)
    check_conflicts(claims, problems)
    check_complete(claims, ends_asker(ask), problems)
    check_theirs(claims, allowed, problems)
    check_disclosed(claims, allowed, problems)
    refuse_dependents(all_rows, known)
    check_incidents(incidents, all_rows, known, problems)
    statements = good_statements(claims)
    names = [rows.file for rows in all_rows] + [file.file for file in incidents]
    change_set = ChangeSet(
        description=", ".join(names),
        statements=statements,
        holders=holders_of(statements, known.label_of),
        references=_references(all_rows),
        incidents=[revision for file in incidents for revision in file.good()],
    )
    return change_set, claims


def _references(all_rows: Sequence[Rows]) -> list[ReferenceRecord]:
    kept: dict[tuple[str, str], ReferenceRecord] = {}
    for rows in all_rows:
        for number, record in records_of(rows):
            kept.setdefault((rows.table.name, id_of(rows, number)), record)
    return list(kept.values())


def _bad_rows(all_rows: Sequence[Rows]) -> dict[str, list[BadRow]]:
    bad: dict[str, list[BadRow]] = {}
    for rows in all_rows:
        found = [
            (rows.raw.lines[number], rows.raw.rows[number], reasons) for number, reasons in rows.refused.items()
        ] + [(line, cells, [refusal.message]) for line, cells, refusal in rows.raw.ragged]
        for line, cells, reasons in sorted(found, key=lambda row: row[0]):
            texts = dict.fromkeys(rows.by_column(rows.raw.header), "") | rows.by_column(cells)
            distinct = tuple({str(reason): reason for reason in reasons}.values())
            row = BadRow(rows.file, line, rows.raw.delimiter, texts, distinct)
            bad.setdefault(rows.table.name, []).append(row)
    return bad


def _counts(all_rows: Sequence[Rows], incidents: Sequence[IncidentFile]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for rows in all_rows:
        counts[rows.table.name] = counts.get(rows.table.name, 0) + len(rows) + len(rows.raw.ragged)
    if incidents:
        counts[INCIDENTS] = sum(len(file.revisions) for file in incidents)
    return counts
