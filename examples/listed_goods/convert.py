"""Goods made with child or forced labour, as a list of the US Department of Labor, as incidents of a dataset."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # run as a script: the folder is not on the path

from examples.recipe import Ids, RecipeError, clean, country_codes, run, write_table

FILE: Final = "goods_2016.xml"  # named after 2016, with the content of August 2023
SOURCE: Final = "dol-goods-2023"
RECORDED_AT: Final = "2023-08-23T08:00:00Z"  # unchanged since that day
GOODS: Final = Path(__file__).with_name("goods.csv")
MARKS: Final = ("Child_Labor", "Forced_Labor", "Forced_Child_Labor", "Derived_Labor_Exploitation")
EXAMPLE: Final = "python examples/listed_goods/convert.py ../shared/data/dol build/listed_goods"

#: Kind of incident and words of its title, by the marks of a row; a combination that is not here is an error.
KINDS: Final[Mapping[tuple[bool, ...], tuple[str, str]]] = {
    (True, False, False, False): ("child_labour", "child labour"),
    (False, True, False, False): ("forced_labour", "forced labour"),
    (True, True, False, False): ("child_and_forced_labour", "child labour and forced labour"),
    (True, True, True, False): ("forced_child_labour", "child labour and forced labour, children among the forced"),
    (False, False, False, True): ("labour_exploitation_in_inputs", "inputs made with child labour or forced labour"),
}
NOTE: Final = (
    "The Department has reason to believe that the good is produced in this way in the country, in violation of "
    "international standards. It says nothing of a single factory, and not that every producer there does so."
)


@dataclass(frozen=True)
class Listed:
    """A row of the list: a good from a country."""

    good: str
    sector: str
    country: str
    marks: tuple[bool, ...]
    input_from: str | None  # where the input comes from, of a good listed for an input


@dataclass(frozen=True)
class Match:
    """What a good is in the product catalogue."""

    products: tuple[str, ...]  # each is the good, or a kind of it
    broader: tuple[str, ...]  # the good is a kind of each


def read_list(folder: Path) -> list[Listed]:
    """Return the rows of the list, in NFC, in its order."""
    try:
        root = ElementTree.parse(folder / FILE).getroot()
    except OSError as error:
        raise RecipeError(f"{FILE} cannot be read: {error.strerror}") from error
    except ElementTree.ParseError as error:
        raise RecipeError(f"{FILE} is not XML: {error}") from error
    rows = [_listed(good, country) for good in root.iter("Good") for country in good.iter("Country")]
    if not rows:
        raise RecipeError(f"{FILE} lists no goods")
    return rows


def _listed(good: ElementTree.Element, country: ElementTree.Element) -> Listed:
    name = _text(good, "Good_Name")
    marks = tuple(_yes(country, mark, name) for mark in MARKS)
    if marks not in KINDS:
        raise RecipeError(f"{FILE}: {name!r} from {_text(country, 'Country_Name')!r} has marks that no kind is for")
    input_from = _text(country, "Derived_Country")
    return Listed(
        name,
        _text(good, "Good_Sector"),
        _text(country, "Country_Name"),
        marks,
        None if input_from == "No" else input_from,  # an answer, not the code of Norway
    )


def _text(element: ElementTree.Element, name: str) -> str:
    found = clean(element.findtext(name) or "")
    if not found:
        raise RecipeError(f"{FILE}: a {element.tag} has no {name}")
    return found


def _yes(country: ElementTree.Element, mark: str, good: str) -> bool:
    answer = _text(country, mark)
    if answer not in ("Yes", "No"):
        raise RecipeError(f"{FILE}: {mark} of {good!r} is {answer!r}; expected Yes or No")
    return answer == "Yes"


def read_matches(goods: set[str], path: Path = GOODS) -> dict[str, Match]:
    """Return our table of goods; each must be on the list."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    strangers = [row["good"] for row in rows if row["good"] not in goods]
    if strangers:
        raise RecipeError(f"{path.name}: not on the list: {', '.join(strangers)}")
    return {row["good"]: Match(_ids(row["products"]), _ids(row["broader"])) for row in rows}


def _ids(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


def convert(source: Path, dataset: Path) -> str:
    """Write the dataset; return what was done, in words."""
    rows = read_list(source)
    named = {row.country for row in rows} | {row.input_from for row in rows if row.input_from}
    codes = country_codes(named)
    goods = dict.fromkeys(row.good for row in rows)
    matches = read_matches(set(goods))
    own, incidents = Ids("listed"), Ids("dol")
    products = {good: _products(good, matches.get(good), own) for good in goods}
    write_table(dataset, "sources", [source_row()])
    write_table(dataset, "products", product_rows(list(goods), matches, own))
    entries = [incident(row, codes, products[row.good], incidents) for row in rows]
    (dataset / "incidents.toml").write_text("\n".join(entries), encoding="utf-8", newline="\n")
    return (
        f"{len(entries)} incidents: {len(goods)} goods, {len(set(codes[row.country] for row in rows))} countries; "
        f"{len(matches)} goods are products of the catalogue"
    )


def _products(good: str, match: Match | None, own: Ids) -> tuple[str, ...]:
    """Return the products that a good is: those of the catalogue, one of its own where there is none or to say more."""
    if match and not match.broader:
        return match.products
    return (*(match.products if match else ()), own.of(good))


def product_rows(goods: list[str], matches: Mapping[str, Match], own: Ids) -> Iterator[dict[str, str]]:
    """Yield the goods that are products of their own."""
    for good in goods:
        match = matches.get(good)
        if match is None or match.broader:
            broader = "|".join(match.broader) if match else ""
            yield {"product_id": own.of(good), "name_en": good, "broader": broader}


def source_row() -> dict[str, str]:
    return {
        "source_id": SOURCE,
        "title": "Goods produced by child labor or forced labor, August 2023",
        "publisher": "US Department of Labor, Bureau of International Labor Affairs",
        "published": RECORDED_AT[:10],
        "kind": "authority",
        "language": "en",
    }


def incident(row: Listed, codes: Mapping[str, str], products: tuple[str, ...], ids: Ids) -> str:
    """Return one entry of ``incidents.toml``: a good from a country, and no factory."""
    code = codes[row.country]
    kind, words = KINDS[row.marks]
    note = f"{NOTE} Sector: {row.sector}."
    if row.input_from:
        note += f" Listed for an input from {row.input_from} ({codes[row.input_from]})."
    entry: dict[str, str | list[str]] = {
        "incident_id": ids.of(row.good, code),
        "title": f"{row.good} from {row.country}: {words}",
        "kind": kind,
        "status": "officially_indicated",
        "sources": [SOURCE],
        "visibility": "public",
        "note": note,
    }
    scope: dict[str, str | list[str]] = {"kind": "country", "id": code, "products": list(products)}
    return "\n".join(
        (
            "[[incident]]",
            f"recorded_at = {RECORDED_AT}",
            *_lines(entry),
            "[[incident.scope]]",
            *_lines(scope),
            "",
        )
    )


def _lines(table: Mapping[str, str | list[str]]) -> Iterator[str]:
    """Yield a table as TOML: its strings and lists of strings are written as in JSON."""
    for key, value in table.items():
        yield f"{key} = {json.dumps(value, ensure_ascii=False)}"


def main(argv: list[str] | None = None) -> int:
    return run(convert, str(__doc__), EXAMPLE, argv)


if __name__ == "__main__":
    sys.exit(main())
