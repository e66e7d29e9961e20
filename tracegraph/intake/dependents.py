"""Rows that cannot be taken because another row is refused; the others may then be written on their own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tracegraph.intake.known import DEFINED_BY, LABELS, Known
from tracegraph.intake.rows import Rows, named, named_ids
from tracegraph.intake.spec import Target
from tracegraph.messages import N_, Message
from tracegraph.vocabulary import UNSOURCED, UNSPECIFIED, Label, Sourcing

#: What must be there for a row to make sense. A product is not among them: one that nobody describes is allowed.
_NEEDED: Final = (Target.SOURCE, Target.SUPPLIER, Target.HOLDER, Target.CONTRACT, Target.CATEGORY)
#: Tables whose rows enter what a row of the table says to be complete.
_ENTERED_BY: Final = {"items": ("supplies",), "contracts": ("deliveries", "contracts")}


def refuse_dependents(all_rows: Sequence[Rows], known: Known) -> None:
    """Refuse, until nothing is left to refuse, rows that rest on refused ones.

    These are rows that name an id of which every row is refused, and rows that say `complete` without a count (also a
    contract's that says nothing of it) of something that a refused row enters: without that row the list would pass for
    the whole. They are no problems of their own: the reason names the row that has one.
    """
    while known.unread or any(rows.refused or rows.raw.ragged for rows in all_rows):
        found = [*_without_definition(all_rows, known), *_no_longer_complete(all_rows, known)]
        if not found:
            return
        for rows, number, reason in found:
            rows.refused.setdefault(number, []).append(reason)


def _without_definition(all_rows: Sequence[Rows], known: Known) -> Iterator[tuple[Rows, int, Message]]:
    standing = {label: standing_ids(label, all_rows, known) for label in DEFINED_BY}
    for rows in all_rows:
        for column in rows.table.columns:
            if column.refers not in _NEEDED:
                continue
            labels = LABELS[column.refers]
            lost = named_ids(rows, column).difference({UNSOURCED}, *(standing[label] for label in labels))
            lost &= set().union(*(known.defined[label] for label in labels))
            for number, value in named(rows, column) if lost else ():
                if value in lost and number not in rows.refused:
                    place = next(known.defined[label][value] for label in labels if value in known.defined[label])
                    yield rows, number, _rests_on(value, *place)


def standing_ids(label: Label, all_rows: Sequence[Rows], known: Known) -> set[str]:
    """Return the ids of a label that the store has or a row defines that is not refused."""
    table, column = DEFINED_BY[label]
    found = set(known.stored.get(label, ()))
    for rows in all_rows:
        if rows.table.name == table:
            values = rows.values[column]
            found.update(values[number] for number in rows.good())
    return found


def _no_longer_complete(all_rows: Sequence[Rows], known: Known) -> Iterator[tuple[Rows, int, Message]]:
    entered = {end: place for rows in all_rows for end, place in _ends(rows)}
    for rows in all_rows:
        unread = next(
            (known.unread[table] for table in _ENTERED_BY.get(rows.table.name, ()) if table in known.unread), ""
        )
        if rows.table.name not in _ENTERED_BY or not (entered or unread):
            continue
        for number in rows.good():
            end = _end_stated(rows, number)
            if end in entered:
                yield rows, number, _would_be_short(end, *entered[end])
            elif end and unread:
                yield rows, number, _perhaps_short(end, unread)


def _ends(rows: Rows) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield the items and contracts that refused rows would have entered, as far as can be read, with file and line."""
    if rows.table.name not in ("supplies", "deliveries", "contracts"):
        return
    for number in rows.refused:
        place = (rows.file, rows.raw.lines[number])
        yield from ((end, place) for end in _entered(rows, rows.by_column(rows.raw.rows[number])))
    for line, cells, _ in rows.raw.ragged:
        yield from ((end, (rows.file, line)) for end in _entered(rows, rows.by_column(cells)))


def _entered(rows: Rows, cells: Mapping[str, str]) -> Iterator[str]:
    if rows.table.name == "supplies":
        for product in (cells.get("product") or UNSPECIFIED, cells.get("into_product")):
            if product:
                yield f"{cells.get('buyer_id')}/{product}"
    elif rows.table.name == "deliveries" or cells.get("supplier_id"):
        yield cells.get("contract_id", "")


def _end_stated(rows: Rows, number: int) -> str:
    """Return the item or contract that a row says to be complete without a count; empty when it does not."""
    values = rows.values
    sourcing, count = values["sourcing"][number], values["source_count"][number]
    if rows.table.name == "items":
        uncounted = sourcing == Sourcing.COMPLETE and count is None
        return f"{values['holder_id'][number]}/{values['product'][number]}" if uncounted else ""
    uncounted = sourcing in (None, Sourcing.COMPLETE) and count is None
    return str(values["contract_id"][number]) if uncounted else ""


def _rests_on(value: str, file: str, line: int) -> Message:
    return Message(
        N_("{value} is described in {file}, line {line}, which is refused"),
        {"value": value, "file": file, "line": line},
    )


def _would_be_short(end: str, file: str, line: int) -> Message:
    return Message(
        N_("{end} would be taken for complete without {file}, line {line}, which is refused"),
        {"end": end, "file": file, "line": line},
    )


def _perhaps_short(end: str, file: str) -> Message:
    return Message(
        N_("{end} might be taken for complete without {file}, which could not be read as a whole"),
        {"end": end, "file": file},
    )
