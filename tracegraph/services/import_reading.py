"""An import read and checked: as whoever sent it may write, against what they see."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tracegraph.access import Permission, Principal
from tracegraph.errors import Problem
from tracegraph.intake import Reading, read_dataset
from tracegraph.intake.allowed import ADMINISTRATOR, Allowed, Stored
from tracegraph.intake.sent import UPLOAD, Form, laid_out
from tracegraph.lens import Lens
from tracegraph.messages import Message
from tracegraph.model import ReferenceRecord, Source
from tracegraph.services.claim_standing import theirs_of
from tracegraph.services.column_choices import notes_of_choice
from tracegraph.services.document_readers import undisclosed_of
from tracegraph.services.imports import Sent, parts_of
from tracegraph.services.jobs import message_body, message_from
from tracegraph.services.seen_standing import seen_sources, standing_seen
from tracegraph.store.rows import ApplyReport
from tracegraph.vocabulary import PUBLIC, Label

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: Problems that are kept of one import; it says how many there are.
PROBLEMS_KEPT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Read:
    """What came out of reading an import, with the lines on which it was sent."""

    reading: Reading
    problems: Sequence[Problem]
    lines: Mapping[str, Mapping[int, int]] = field(default_factory=dict)

    @property
    def visibilities(self) -> list[str]:
        """Who may see what it says."""
        change_set = self.reading.change_set
        found = {statement.visibility for statement in change_set.statements}
        found |= {revision.visibility for revision in change_set.incidents}
        if any(not isinstance(record, Source) for record in change_set.references):
            found.add(PUBLIC)
        return sorted(found)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to be written."""
        change_set = self.reading.change_set
        return not (change_set.statements or change_set.references or change_set.incidents)

    def rows_of(self, keys: Collection[str]) -> dict[str, dict[str, Any]]:
        """Return file and line, as sent, of the rows that state some claims."""
        claims = self.reading.claims
        found = claims.places(keys) if claims else {}
        sent = {key: _place_sent(file, line, self.lines) for key, (file, line) in found.items()}
        return {key: {"file": file, "line": line} for key, (file, line) in sent.items()}

    def rows(self) -> dict[str, dict[str, int]]:
        """Return rows read and refused, by table."""
        bad = self.reading.bad_rows
        return {
            table: {"rows": count, "refused": len(bad.get(table, ()))} for table, count in self.reading.counts.items()
        }


def own_sources(who: Principal) -> str:
    """Return how ids begin of sources that somebody may describe."""
    return f"{who.region.lower()}-" if who.region else "national-"


def read_import(store: Store, sent: Sent, now: str) -> Read:
    """Return what an import says, checked against what its sender sees now.

    Raises
    ------
    NotNow
        Its files are kept no longer.
    """
    who = sent.principal
    lens = Lens(valid_at=now[:10], known_at=now, visible_to=who.writes_to)  # no grant: not theirs to tell others of
    is_keeper = who.may(Permission.SYSTEM)
    with tempfile.TemporaryDirectory(prefix="tracegraph-") as folder:
        laid = laid_out(Form(sent.body["form"]), parts_of(store, sent), Path(folder))
        reading = read_dataset(
            laid.paths,
            standing=store if is_keeper else standing_seen(store, lens),
            limits=UPLOAD,
            allowed=ADMINISTRATOR if is_keeper else allowed_to(who, store, lens),
            with_claims=True,
            columns=sent.columns,
        )
    described = replace(reading.change_set, description=f"import {sent.id}")
    read = replace(reading, change_set=described, notes=[*laid.notes, *reading.notes, *notes_of_choice(sent)])
    return Read(read, [_as_sent(problem, laid.lines) for problem in reading.problems], laid.lines)


def allowed_to(who: Principal, store: Store, lens: Lens) -> Allowed:
    """Return what somebody's rows may say who does not keep the store."""
    return Allowed(
        recorded_at=False,
        visibility=who.home,
        visibilities=who.writes_to,
        stored=_stored(store, lens),
        theirs=theirs_of(store, lens, who),
        undisclosed=undisclosed_of(store, lens, who, own_prefix=own_sources(who)),
        own_sources=own_sources(who),
        incidents=False,
    )


def _stored(store: Store, lens: Lens) -> Stored:
    def stored(label: Label, ids: Collection[str]) -> Sequence[ReferenceRecord]:
        return store.references(label, seen_sources(ids, store, lens) if label is Label.SOURCE else ids)

    return stored


def _as_sent(problem: Problem, lines: Mapping[str, Mapping[int, int]]) -> Problem:
    """Return a problem with the line on which its row was sent."""
    if problem.file not in lines:
        return problem
    file, line = _place_sent(problem.file, problem.line or 0, lines)
    return replace(problem, file=file, line=line)


def _place_sent(file: str, line: int, lines: Mapping[str, Mapping[int, int]]) -> tuple[str, int | None]:
    """Return file and line as they were sent: what came as rows is read from files of our own."""
    if file not in lines:
        return file, line
    return f"{Path(file).stem}.ndjson", lines[file].get(line)


# --- as records keep it ---------------------------------------------------------------------------------------------


def counts_of(report: ApplyReport) -> dict[str, int]:
    """Return what an import changes, or would."""
    return {
        "new": report.new,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "references_changed": report.references_changed,
        "incidents_changed": report.incidents_changed,
    }


def preview_of(report: ApplyReport, read: Read) -> dict[str, Any]:
    """Return what an import would change, with examples and the rows that state them."""
    rows = read.rows_of({change.claim_key for change in report.examples})
    examples = [
        {**json.loads(json.dumps(asdict(change), default=str)), "row": rows.get(change.claim_key)}
        for change in report.examples
    ]
    return {**counts_of(report), "nothing_changed": report.is_nothing, "examples": examples}


def packed_problems(problems: Sequence[Problem]) -> bytes:
    """Return problems as they are kept, errors before warnings."""
    ordered = sorted(problems, key=lambda problem: problem.severity)
    bodies = [
        {**asdict(problem), "message": message_body(problem.message), "remedy": message_body(problem.remedy)}
        for problem in ordered[:PROBLEMS_KEPT]
    ]
    return json.dumps(bodies).encode()


def problems_from(data: bytes) -> list[Problem]:
    """Return problems that were kept."""
    return [
        Problem(**{**body, "message": message_from(body["message"]), "remedy": message_from(body["remedy"])})
        for body in json.loads(data)
    ]


def notes_of(read: Read) -> list[dict[str, Any]]:
    """Return notes as they are kept."""
    return [message_body(note) for note in read.reading.notes]


def said(notes: Sequence[Mapping[str, Any]]) -> list[Message]:
    """Return notes that were kept."""
    return [message_from(note) for note in notes]
