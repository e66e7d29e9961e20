"""Reference data out of rows: products, regions, categories and sources, and what is wrong with the product tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.intake.rows import Rows
from tracegraph.messages import N_
from tracegraph.model import Category, Product, ReferenceRecord, Region, Source

_MAKERS: Final[Mapping[str, Callable[..., ReferenceRecord]]] = {
    "sources": Source,
    "products": Product,
    "regions": Region,
    "categories": Category,
}
_LISTS: Final = {"cpv", "hs", "broader", "made_from"}

#: A reference record with the row that states it.
Stated = tuple[Rows, int, ReferenceRecord]


def records_of(rows: Rows) -> Iterator[tuple[int, ReferenceRecord]]:
    """Yield row number and record for each row of a reference table that is not refused."""
    make = _MAKERS.get(rows.table.name)
    if make is None:
        return
    names = [column.name for column in rows.table.columns if column.name in rows.values]
    for number in rows.good():
        stated = {name: rows.values[name][number] for name in names}
        lists = {name: tuple(stated[name] or ()) for name in _LISTS & stated.keys()}
        yield number, make(**stated | lists)


def id_of(rows: Rows, number: int) -> str:
    """Return the id that a row of a reference table defines."""
    return str(rows.values[rows.table.columns[0].name][number])


def check_twice(all_rows: Sequence[Rows], problems: Problems) -> None:
    """Refuse both rows where one id of a reference table is described in two ways."""
    first: dict[tuple[str, str], Stated] = {}
    for rows in all_rows:
        for number, record in list(records_of(rows)):
            key = (rows.table.name, id_of(rows, number))
            other, line, before = first.setdefault(key, (rows, number, record))
            if before != record:
                refusal = described_twice(key[1], other.file, other.raw.lines[line])
                rows.refuse(number, rows.table.columns[0].name, refusal, problems)
                other.refused.setdefault(line, []).append(
                    described_twice(key[1], rows.file, rows.raw.lines[number]).message
                )


def described_twice(value: str, file: str, line: int) -> Refusal:
    """Return the refusal of an id that two rows describe differently."""
    return Refusal(
        "described-twice",
        N_("{value} is described otherwise in {file}, line {line}"),
        N_("keep the row that is right"),
        value=value,
        file=file,
        line=line,
    )


def check_products(all_rows: Sequence[Rows], problems: Problems) -> None:
    """Refuse products that are, over any number of steps, broader than themselves."""
    broader: dict[str, tuple[str, ...]] = {}
    places: dict[str, tuple[Rows, int]] = {}
    for rows in all_rows:
        if rows.table.name == "products":
            for number, record in records_of(rows):
                assert isinstance(record, Product)
                broader[record.product_id] = record.broader
                places[record.product_id] = (rows, number)
    for product, (rows, number) in places.items():
        circle = _circle(product, broader)
        if circle:
            refusal = Refusal(
                "broader-circle",
                N_("{product} is broader than itself: {circle}"),
                N_("remove one of these from broader"),
                product=product,
                circle=" -> ".join(circle),
            )
            rows.refuse(number, "broader", refusal, problems)


def _circle(start: str, broader: Mapping[str, Sequence[str]]) -> list[str] | None:
    """Return a way from a product back to itself by `broader`; None when there is none."""
    came_from: dict[str, str] = {}
    waiting = [start]
    while waiting:
        product = waiting.pop()
        for above in broader.get(product, ()):
            if above == start:
                way = [start, product]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if above not in came_from:
                came_from[above] = product
                waiting.append(above)
    return None
