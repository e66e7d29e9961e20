"""What the columns of sent files are said to be, and what a region said of the same columns before.

A choice is kept for a table and the set of its column names, whatever their order; the last one counts. It is seen by
those of the same tenant who see no less than who made it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from tracegraph.access import Principal
from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.intake.csv_reader import header_key
from tracegraph.intake.dataset import Reading
from tracegraph.intake.files import INCIDENTS, KNOWN_NAMES
from tracegraph.intake.rows import LEFT_OUT, ColumnChoices
from tracegraph.intake.sent import Form
from tracegraph.intake.spec import Kind, Table
from tracegraph.intake.tables import TABLES
from tracegraph.messages import N_, Message
from tracegraph.services.imports import Sent
from tracegraph.services.newest import OfTenant, newest_record, newest_records
from tracegraph.services.subscriptions import is_seen_by
from tracegraph.store.rows import RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import RecordStore

#: Kind of the records. Ids are those of the tenant and of the choice.
COLUMN_CHOICE: Final = "column-choice"
#: So many are kept of a tenant; the oldest go.
KEPT: Final = 200
#: Longer names of columns are corrected in the file.
_LONGEST: Final = 100
#: What is wrong with a column that a choice can mend.
_UNCLEAR: Final = frozenset({"unknown-column", "duplicate-column", "share-not-here"})


@dataclass(frozen=True, slots=True)
class Unclear:
    """A file with columns that are to be chosen, or were.

    Attributes
    ----------
    file, key : str, str
        Its name, and under what a choice for such a file is kept.
    headers : tuple of str
        The columns, as written.
    free : tuple of str
        What each may be: columns of the table that the file does not have by another header.
    chosen : mapping
        What they were said to be, for this import.
    """

    file: str
    key: str
    headers: tuple[str, ...]
    free: tuple[str, ...]
    chosen: ColumnChoices

    @property
    def table(self) -> Table:
        """What it holds."""
        return TABLES[KNOWN_NAMES[self.file]]


@dataclass(frozen=True, slots=True)
class KeptChoice(OfTenant):
    """A choice that is kept."""

    @property
    def file(self) -> str:
        """Name of the files that it is for."""
        return TABLES[self.record.body["table"]].file

    @property
    def chosen(self) -> ColumnChoices:
        """What columns are, by their names in small letters."""
        found: ColumnChoices = self.record.body["columns"]
        return found

    @property
    def chosen_at(self) -> str:
        """When it was made."""
        return str(self.record.body["chosen_at"])


# --- of one import ---------------------------------------------------------------------------------------------------


def unclear_of(reading: Reading, sent: Sent) -> dict[str, dict[str, Any]]:
    """Return the files with columns that are to be chosen, or were, as an import keeps them."""
    if sent.body["form"] == Form.ROWS:
        return {}
    wrong = {(one.file, one.value or "") for one in reading.problems if one.rule in _UNCLEAR}
    found = {}
    for file, header in reading.headers.items():
        chosen = sent.columns.get(file, {})
        times = Counter(header)
        unclear = [
            one for one in times if times[one] == 1 and len(one) <= _LONGEST and (one in chosen or (file, one) in wrong)
        ]
        if unclear:
            found[file] = {"key": _key(file, header), "headers": unclear, "free": _free(file, header, unclear)}
    return found


def _key(file: str, header: Sequence[str]) -> str:
    names = [KNOWN_NAMES[file], *sorted(map(header_key, header))]
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()[:24]


def _free(file: str, header: Sequence[str], unclear: Sequence[str]) -> list[str]:
    table = TABLES[KNOWN_NAMES[file]]
    there = {table.by_header.get(header_key(one)) for one in header if one not in unclear}
    return [one.name for one in table.columns if one not in there and one.kind is not Kind.IGNORED]


def unclear_files(sent: Sent) -> list[Unclear]:
    """Return the files of an import with columns that can be chosen."""
    return [
        Unclear(file, one["key"], tuple(one["headers"]), tuple(one["free"]), sent.columns.get(file, {}))
        for file, one in sent.body.get("unclear_columns", {}).items()
        if KNOWN_NAMES.get(file) not in (None, INCIDENTS)
    ]


def check_choice(file: Unclear, chosen: ColumnChoices) -> None:
    """Check what the columns of a file are said to be.

    Raises
    ------
    InvalidInput
        Something is no column of the table, or two are said to be the same.
    """
    taken = [column for column in chosen.values() if column != LEFT_OUT]
    strange = sorted(set(taken) - set(file.free))
    if strange:
        raise InvalidInput(N_("{value} is not a column of {file} that is free"), value=strange[0], file=file.file)
    twice = [column for column, times in Counter(taken).items() if times > 1]
    if twice:
        raise InvalidInput(
            N_("two columns of {file} are said to be {column}: choose one of them and leave the other out"),
            file=file.file,
            column=twice[0],
        )


def notes_of_choice(sent: Sent) -> list[Message]:
    """Return what is said of columns that were read as somebody chose."""
    return [
        Message(N_("{file}: the column {header} was left out, as chosen"), {"file": file, "header": header})
        if column == LEFT_OUT
        else Message(
            N_("{file}: the column {header} was read as {column}, as chosen"),
            {"file": file, "header": header, "column": column},
        )
        for file, chosen in sent.columns.items()
        for header, column in chosen.items()
    ]


# --- what is kept ----------------------------------------------------------------------------------------------------


def kept_choice(store: RecordStore, who: Principal, file: Unclear) -> KeptChoice | None:
    """Return what was chosen last for a file with the same columns; None: nothing that may be told."""
    record = newest_record(store, COLUMN_CHOICE, f"{who.tenant}/{file.key}")
    kept = KeptChoice(record) if record else None
    return kept if kept and _is_seen(kept, who) else None


def suggested(file: Unclear, kept: KeptChoice | None) -> dict[str, str]:
    """Return what was chosen before for the columns of a file, as far as it can be chosen still."""
    if kept is None:
        return {}
    found = {header: kept.chosen.get(header_key(header)) for header in file.headers}
    may = {LEFT_OUT, *file.free}
    return {header: column for header, column in found.items() if column is not None and column in may}


def keep_choice(
    store: RecordStore, who: Principal, chosen: Sequence[tuple[Unclear, ColumnChoices]], now: str
) -> list[RecordWrite]:
    """Return the records that keep what was chosen, and that end the oldest where there are too many."""
    writes = [
        RecordWrite(
            COLUMN_CHOICE,
            f"{who.tenant}/{file.key}",
            {
                "table": file.table.name,
                "columns": {header_key(header): column for header, column in columns.items()},
                "visible_to": list(who.visible_to),
                "chosen_at": now,
            },
            visibility=who.home,
        )
        for file, columns in chosen
    ]
    written = {write.id for write in writes}
    others = [one for one in _all(store, who.tenant) if one.record.id not in written]
    room = max(KEPT - len(writes), 0)
    oldest = sorted(others, key=lambda one: one.chosen_at, reverse=True)[room:]
    return writes + [RecordWrite(COLUMN_CHOICE, one.record.id, None) for one in oldest]


def choices_of(store: RecordStore, who: Principal) -> list[KeptChoice]:
    """Return the choices that somebody may see, the newest first."""
    seen = [one for one in _all(store, who.tenant) if _is_seen(one, who)]
    return sorted(seen, key=lambda one: (one.chosen_at, one.id), reverse=True)


def forgotten(store: RecordStore, who: Principal, wanted: str) -> RecordWrite:
    """Return what forgets a choice.

    Raises
    ------
    UnknownNode
        There is none, or it is another's.
    """
    record = newest_record(store, COLUMN_CHOICE, f"{who.tenant}/{wanted}")
    if record is None or not _is_seen(KeptChoice(record), who):
        raise UnknownNode(N_("no choice of columns {id!r} is kept"), id=wanted)
    return RecordWrite(COLUMN_CHOICE, record.id, None, expected_version=record.version)


def _all(store: RecordStore, tenant: str) -> Iterable[KeptChoice]:
    return map(KeptChoice, newest_records(store, COLUMN_CHOICE, prefix=f"{tenant}/"))


def _is_seen(kept: KeptChoice, who: Principal) -> bool:
    return is_seen_by(kept.tenant, kept.record.body["visible_to"], who)
