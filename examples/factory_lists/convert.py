"""Contributor lists of Open Supply Hub as a dataset: factories, and what each list says of them."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script: the folder is not on the path

from examples.recipe import Ids, RecipeError, country_codes, read_rows, run, write_table

LISTS: Final = ("2", "3", "4", "5", "6", "7", "8")
COLUMNS: Final = ("country", "name", "address", "sector")
GEOCODED: Final = "-geocoded"
EXAMPLE: Final = "python examples/factory_lists/convert.py ../shared/data/oshub build/factory_lists"


@dataclass(frozen=True)
class Factory:
    """A factory: lists that give this name, address and country mean the same one."""

    country: str
    name: str
    address: str


@dataclass(frozen=True)
class Row:
    """A row of one list; two that say the same are one."""

    number: str
    factory: Factory
    sector: str
    position: tuple[str, str] | None = None  # latitude, longitude


def read_rows_of(folder: Path, *, geocoded: bool) -> list[Row]:
    """Return the rows of all lists, or of their geocoded twins."""
    files = {number: folder / "lists" / ("geocoded" if geocoded else "") / f"{number}.csv" for number in LISTS}
    columns = (*COLUMNS, "lat", "lng") if geocoded else COLUMNS
    rows = {number: read_rows(file, columns) for number, file in files.items()}
    codes = country_codes({row["country"] for listed in rows.values() for row in listed})
    found = []
    for number, listed in rows.items():
        for row in listed:
            factory = Factory(codes[row["country"]], row["name"], row["address"])
            position = (row["lat"], row["lng"]) if geocoded and row["lat"] and row["lng"] else None
            found.append(Row(number, factory, row["sector"], position))
    return list(dict.fromkeys(found))


def convert(source: Path, dataset: Path) -> str:
    """Write the dataset; return what was done, in words."""
    listed = read_rows_of(source, geocoded=False)
    placed = [row for row in read_rows_of(source, geocoded=True) if row.position]
    strangers = {(row.number, row.factory) for row in placed} - {(row.number, row.factory) for row in listed}
    if strangers:
        number, factory = min(strangers, key=str)
        raise RecipeError(f"geocoded/{number}.csv: {factory.name!r} is not in the list that it belongs to")
    ids = Ids("oshub")
    lists_of: dict[Factory, set[str]] = defaultdict(set)
    for row in listed:
        lists_of[row.factory].add(row.number)
    write_table(dataset, "sources", source_rows())
    write_table(dataset, "factories", [*list_rows(listed, ids), *position_rows(placed, ids)])
    several = sum(len(lists) > 1 for lists in lists_of.values())
    nowhere = len(lists_of.keys() - {row.factory for row in placed})
    return f"{len(lists_of)} factories, {several} of them in several lists, {nowhere} without a position"


def source_id(number: str) -> str:
    return f"oshub-list-{number}"


def source_rows() -> Iterator[dict[str, str]]:
    for number in LISTS:
        title = f"Example contributor list {number}, version of February 2024"
        yield {
            "source_id": source_id(number),
            "title": title,
            "publisher": "Open Supply Hub",
            "kind": "disclosure",
        }
        yield {
            "source_id": source_id(number) + GEOCODED,
            "title": f"{title}: positions looked up from the addresses",
            "publisher": "Open Supply Hub",
            "kind": "register",
        }


def factory_id(factory: Factory, ids: Ids) -> str:
    return ids.of(factory.country, factory.name, factory.address, shown=(factory.country, factory.name))


def list_rows(listed: list[Row], ids: Ids) -> Iterator[dict[str, str]]:
    """Yield what each list says. Who contributed it is not in the file, so the word is a third party's."""
    for row in listed:
        yield {
            "factory_id": factory_id(row.factory, ids),
            "country": row.factory.country,
            "name": row.factory.name,
            "address": row.factory.address,
            "site_type": ", ".join(row.sector.split("|")),
            "source_id": source_id(row.number),
            "grade": "reported",
            "visibility": "public",
        }


def position_rows(placed: list[Row], ids: Ids) -> Iterator[dict[str, str]]:
    """Yield the positions as claims of their own: no contributor stated them, a geocoder inferred them."""
    for row in placed:
        latitude, longitude = row.position or ("", "")
        yield {
            "factory_id": factory_id(row.factory, ids),
            "country": row.factory.country,
            "lat": latitude,
            "lng": longitude,
            "source_id": source_id(row.number) + GEOCODED,
            "grade": "inferred",
            "visibility": "public",
        }


def main(argv: list[str] | None = None) -> int:
    return run(convert, str(__doc__), EXAMPLE, argv)


if __name__ == "__main__":
    sys.exit(main())
