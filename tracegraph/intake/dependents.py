"""Rows that cannot be taken because another row is refused; the others may then be written on their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from tracegraph.intake.known import DEFINED_BY, LABELS, Known
from tracegraph.intake.rows import Rows, named, named_ids
from tracegraph.intake.spec import Target
from tracegraph.messages import N_, Message
from tracegraph.vocabulary import UNSOURCED, Label, Sourcing

#: What must be there for a row to make sense. A product is not among them: one that nobody describes is allowed.
_NEEDED: Final = (Target.SOURCE, Target.SUPPLIER, Target.HOLDER, Target.CONTRACT, Target.CATEGORY)


def refuse_dependents(all_rows: Sequence[Rows], known: Known) -> None:
    """Refuse, until nothing is left to refuse, rows that rest on refused ones.

    These are rows that name an id of which every row is refused, and rows that say `complete` without a count (also a
    contract's that says nothing of it) of something that a refused row enters: without that row the list would pass for
    the whole. They are no problems of their own: the reason names the row that has one.
    """
    while any(rows.refused for rows in all_rows):
        found = [*_without_definition(all_rows, known), *_no_longer_complete(all_rows)]
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


def _no_longer_complete(all_rows: Sequence[Rows]) -> Iterator[tuple[Rows, int, Message]]:
    entered = {end: place for rows in all_rows for number in rows.refused for end, place in _ends(rows, number)}
    if not entered:
        return
    for rows in all_rows:
        if rows.table.name not in ("items", "contracts"):
            continue
        for number in rows.good():
            end = _end_stated(rows, number)
            if end in entered:
                yield rows, number, _would_be_short(end, *entered[end])


def _ends(rows: Rows, number: int) -> Iterator[tuple[str, tuple[Rows, int]]]:
    """Yield the items and the contract that a refused row would have entered, as far as it can be read."""

    def value(column: str) -> str | None:
        return None if number >= len(rows) else rows.values[column][number]

    place = (rows, number)
    if rows.table.name == "supplies":
        for product in filter(None, (value("product"), value("into_product"))):
            yield f"{value('buyer_id')}/{product}", place
    elif rows.table.name == "deliveries" or (rows.table.name == "contracts" and rows.cell(number, "supplier_id")):
        yield str(value("contract_id")), place


def _end_stated(rows: Rows, number: int) -> str:
    """Return the item or contract that a row says to be complete without a count; empty when it does not."""
    values = rows.values
    sourcing, count = values["sourcing"][number], values["source_count"][number]
    if rows.table.name == "items":
        uncounted = sourcing == Sourcing.COMPLETE and count is None
        return f"{values['holder_id'][number]}/{values['product'][number]}" if uncounted else ""
    uncounted = sourcing in (None, Sourcing.COMPLETE) and count is None
    return str(values["contract_id"][number]) if uncounted else ""


def _rests_on(value: str, rows: Rows, number: int) -> Message:
    return Message(
        N_("{value} is described in {file}, line {line}, which is refused"),
        {"value": value, "file": rows.file, "line": rows.raw.lines[number]},
    )


def _would_be_short(end: str, rows: Rows, number: int) -> Message:
    return Message(
        N_("{end} would be taken for complete without {file}, line {line}, which is refused"),
        {"end": end, "file": rows.file, "line": rows.raw.lines[number]},
    )
