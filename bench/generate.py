"""A synthetic dataset as a folder of CSV files, the same for the same size and seed; every name is made up.

About 54 of 100 goods claims pass the lens of the measurements: the others ended before, became known later, are private
to a region or are of too low a grade. Of the trades, 15 in 100 have a second source.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from bench.shape import Ints, Rng, Shape, Size, make_shape
from tracegraph.lens import Lens
from tracegraph.vocabulary import Grade

SEED: Final = 20_240_607
NOW: Final = "2025-09-01T00:00:00Z"  # when the dataset is imported

#: Claims only, so that peers that cannot infer steps answer the same question.
CLAIMS_ONLY: Final = Lens(valid_at="2025-06-15", known_at="2025-06-15T12:00:00Z", min_grade=Grade.REPORTED)
WITH_INFERENCE: Final = Lens(valid_at="2025-06-15", known_at="2025-06-15T12:00:00Z")

SECOND_SOURCES: Final = 0.15
SOURCES: Final = 400
COUNTRIES: Final = tuple(
    [
        "BD",
        "BR",
        "CI",
        "CN",
        "CZ",
        "DE",
        "DK",
        "ES",
        "ET",
        "FI",
        "FR",
        "GH",
        "ID",
        "IN",
        "IT",
        "KH",
        "KR",
        "LK",
        "MA",
        "MX",
        "MY",
        "NO",
        "PE",
        "PK",
        "PL",
        "PT",
        "RO",
        "SE",
        "TH",
        "TR",
    ]
)
REGIONS: Final = tuple(
    f"SE-{code}"
    for code in [
        "AB",
        "AC",
        "BD",
        "C",
        "D",
        "E",
        "F",
        "G",
        "H",
        "I",
        "K",
        "M",
        "N",
        "O",
        "S",
        "T",
        "U",
        "W",
        "X",
        "Y",
        "Z",
    ]
)
CATEGORIES: Final = 8
GRADES: Final = tuple(Grade)  # verified, declared, reported, inferred
GRADE_ODDS: Final = (0.10, 0.55, 0.22, 0.13)
_CLAIM: Final = ("source_id", "grade", "valid_from", "valid_to", "recorded_at", "visibility")

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Dataset:
    """What was made.

    Attributes
    ----------
    folder : Path
        The CSV files.
    shape : Shape
        What is in them.
    rows : int
        In all files together.
    """

    folder: Path
    shape: Shape
    rows: int


def generate(size: Size, folder: Path, seed: int = SEED) -> Dataset:
    """Write a dataset of a size and return it; what the folder held of an earlier one is replaced."""
    shape = make_shape(size, seed)
    rng = np.random.default_rng([seed, 1])
    folder.mkdir(parents=True, exist_ok=True)
    rows = sum(_write(folder, name, header, body) for name, header, body in _tables(shape, rng))
    return Dataset(folder, shape, rows)


def factory_id(shape: Shape, number: int) -> str:
    """Return the id of the factory with this number."""
    return holder_ids(shape)([shape.n_suppliers + number])[0]


def holder_ids(shape: Shape) -> Callable[[Iterable[int]], list[str]]:
    """Return what makes ids of holders' numbers."""
    first = shape.n_suppliers
    return lambda numbers: [f"s{n:06d}" if n < first else f"f{n - first:06d}" for n in numbers]


def product_ids(shape: Shape) -> list[str]:
    """Return the ids of all products."""
    per_layer = int(np.count_nonzero(shape.products.layer == 0))
    return [f"p{layer}-{number % per_layer:03d}" for number, layer in enumerate(shape.products.layer.tolist())]


def _write(folder: Path, name: str, header: Sequence[str], rows: Iterable[Row]) -> int:
    count = 0
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


def _tables(shape: Shape, rng: Rng) -> Iterator[tuple[str, Sequence[str], Iterable[Row]]]:
    header: Sequence[str]
    yield (
        "sources",
        ("source_id", "title", "publisher", "kind"),
        ((f"src-{n:03d}", f"Bench Source {n:03d}", "Bench Publisher", "synthetic") for n in range(SOURCES)),
    )
    yield "regions", ("region_id", "name"), ((region, f"Bench Region {region[3:]}") for region in REGIONS)
    yield "categories", ("category_id", "name_en"), ((f"k{n}", f"Bench Category {n}") for n in range(CATEGORIES))
    header = ("product_id", "name_en", "broader", "made_from", "made_from_complete", "end_use")
    yield "products", header, _products(shape)
    yield "suppliers", ("supplier_id", "name", "country", *_CLAIM), _suppliers(shape, rng)
    header = ("factory_id", "name", "country", "identified", "operated_by", "products", *_CLAIM)
    yield "factories", header, _factories(shape, rng)
    about = ("contract_id", "title", "regions", "category", "value_sek", "start", "end", "sourcing", "source_count")
    yield "contracts", (*about, *_CLAIM), _contracts(shape, rng)
    yield "items", ("holder_id", "product", "sourcing", "source_count", *_CLAIM), _items(shape, rng)
    header = ("seller_id", "buyer_id", "product", "into_product", "share_low", "share_high", *_CLAIM)
    yield "supplies", header, _supplies(shape, rng)
    yield "deliveries", ("contract_id", "supplier_id", "product", *_CLAIM), _deliveries(shape, rng)


def _products(shape: Shape) -> Iterator[Row]:
    products, ids = shape.products, product_ids(shape)
    top = int(products.layer.max())
    for number, product in enumerate(ids):
        broader = int(products.broader[number])
        yield (
            product,
            f"Bench Product {product}",
            ids[broader] if broader >= 0 else "",
            "|".join(ids[part] for part in products.made_from[number].tolist()),
            "true" if products.complete[number] else "",
            "true" if products.layer[number] == top else "",
        )


def _suppliers(shape: Shape, rng: Rng) -> Iterator[Row]:
    ids = holder_ids(shape)(range(shape.n_suppliers))
    countries = rng.integers(0, len(COUNTRIES), len(ids)).tolist()
    for number, (supplier, country, claim) in enumerate(zip(ids, countries, _registered(len(ids), rng), strict=True)):
        yield supplier, f"Bench Supplier {number:06d}", COUNTRIES[country], *claim


def _factories(shape: Shape, rng: Rng) -> Iterator[Row]:
    first, count = shape.n_suppliers, len(shape.operator)
    ids, products = holder_ids(shape), product_ids(shape)
    made: dict[int, list[str]] = {}
    outputs = (shape.holder >= first) & (shape.into < 0)
    for holder, product in zip(shape.holder[outputs].tolist(), shape.product[outputs].tolist(), strict=True):
        made.setdefault(holder - first, []).append(products[product])
    countries = rng.integers(0, len(COUNTRIES), count).tolist()
    operators = ids(shape.operator.tolist())
    unnamed = (rng.random(count) < 0.01).tolist()
    for number, claim in enumerate(_registered(count, rng)):
        yield (
            ids([first + number])[0],
            f"Bench Factory {number:06d}",
            COUNTRIES[countries[number]],
            "false" if unnamed[number] else "",
            operators[number],
            "|".join(made.get(number, ())),
            *claim,
        )


def _contracts(shape: Shape, rng: Rng) -> Iterator[Row]:
    count = shape.size.contracts
    regions, categories = rng.integers(0, len(REGIONS), count).tolist(), rng.integers(0, CATEGORIES, count).tolist()
    values = (10 ** rng.normal(6, 0.7, count)).astype(np.int64).tolist()
    years = rng.integers(2025, 2029, count).tolist()
    delivered = np.bincount(shape.contract, minlength=count).tolist()
    listed = (rng.random(count) < 0.8).tolist()
    for number, claim in enumerate(_registered(count, rng)):
        yield (
            f"c{number:06d}",
            f"Bench Contract {number:06d}",
            REGIONS[regions[number]],
            f"k{categories[number]}",
            values[number],
            f"{years[number] - 4}-01-01",
            f"{years[number]}-12-31",
            *(("complete", delivered[number]) if listed[number] else ("open", "")),
            *claim,
        )


def _items(shape: Shape, rng: Rng) -> Iterator[Row]:
    """Yield what is known of where goods come from: raw material is an origin, some lists are complete."""
    holder = shape.holder
    sellers = np.bincount(shape.buyer, minlength=len(holder))
    is_raw = (holder >= shape.n_suppliers) & (shape.products.layer[shape.product] == 0) & (shape.into < 0)
    is_listed = (sellers > 0) & (rng.random(len(holder)) < 0.2)
    chosen = np.flatnonzero((is_raw & (rng.random(len(holder)) < 0.8)) | is_listed)
    ids, products = holder_ids(shape)(holder[chosen].tolist()), product_ids(shape)
    for place, claim in enumerate(_registered(len(chosen), rng)):
        item = int(chosen[place])
        origin = bool(is_raw[item])
        sourcing = ("origin", "") if origin else ("complete", int(sellers[item]))
        yield ids[place], products[shape.product[item]], *sourcing, *claim


def _supplies(shape: Shape, rng: Rng) -> Iterator[Row]:
    """Yield purchases, some by a second source, and what else factories make of what they have."""
    repeated = np.flatnonzero(rng.random(len(shape.seller)) < SECOND_SOURCES)
    seller = np.concatenate([shape.seller, shape.seller[repeated]])
    buyer = np.concatenate([shape.buyer, shape.buyer[repeated]])
    ids, products = holder_ids(shape), product_ids(shape)
    into = shape.into[buyer].tolist()
    goes_into = ["" if item < 0 else products[shape.product[item]] for item in into]
    sellers = np.bincount(shape.buyer, minlength=len(shape.holder))[buyer]
    low = (np.floor(100 / sellers) / 100 * rng.random(len(seller))).round(2).tolist()
    stated = (rng.random(len(seller)) < 0.1).tolist()
    rows = zip(
        ids(shape.holder[seller].tolist()),
        ids(shape.holder[buyer].tolist()),
        (products[p] for p in shape.product[buyer].tolist()),
        goes_into,
        _claims(seller, buyer, rng, second=len(repeated)),
        strict=True,
    )
    for place, (sold_by, bought_by, product, output, claim) in enumerate(rows):
        share = (low[place], min(1.0, low[place] + 0.5)) if stated[place] else ("", "")
        yield sold_by, bought_by, product, output, *share, *claim
    inside = zip(shape.also_from.tolist(), shape.also_into.tolist(), strict=True)
    for (start, end), claim in zip(inside, _claims(shape.also_from, shape.also_into, rng), strict=True):
        (holder,) = ids([int(shape.holder[start])])
        yield holder, holder, products[shape.product[start]], products[shape.product[end]], "", "", *claim


def _deliveries(shape: Shape, rng: Rng) -> Iterator[Row]:
    products = product_ids(shape)
    suppliers = holder_ids(shape)(shape.holder[shape.delivered].tolist())
    goods = (products[p] for p in shape.product[shape.delivered].tolist())
    claims = _claims(shape.delivered, shape.contract, rng)
    for contract, supplier, product, claim in zip(shape.contract.tolist(), suppliers, goods, claims, strict=True):
        yield f"c{contract:06d}", supplier, product, *claim


def _registered(count: int, rng: Rng) -> Iterator[Row]:
    """Yield the claim columns of rows about nodes, which every lens sees."""
    for source in rng.integers(0, SOURCES, count).tolist():
        yield f"src-{source:03d}", "declared", "", "", "2024-01-15T08:00:00Z", "public"


def _claims(start: Ints, end: Ints, rng: Rng, second: int = 0) -> Iterator[Row]:
    """Yield the claim columns of goods; the last `second` rows repeat earlier ones and get odd sources, those even."""
    count = len(start)
    assert len(end) == count
    sources = 2 * rng.integers(0, SOURCES // 2, count)
    if second:
        sources[-second:] += 1
    grades = rng.choice(len(GRADES), count, p=GRADE_ODDS).tolist()
    begun = rng.integers(2015, 2025, count).tolist()
    ended = (rng.random(count) < 0.20).tolist()
    late = (rng.random(count) < 0.11).tolist()
    private = (rng.random(count) < 0.13).tolist()
    regions = rng.integers(0, len(REGIONS), count).tolist()
    days = rng.integers(1, 29, count).tolist()
    for n, source in enumerate(sources.tolist()):
        valid_from = f"{begun[n]}-03-{days[n]:02d}"
        yield (
            f"src-{source:03d}",
            GRADES[grades[n]].value,
            valid_from,
            "2025-05-01" if ended[n] else "",
            f"2025-0{8 if late[n] else 2}-{days[n]:02d}T09:00:00Z",
            f"region:{REGIONS[regions[n]]}" if private[n] else "network",
        )
