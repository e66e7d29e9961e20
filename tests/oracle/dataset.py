"""From a folder of CSV files, or the same tables in memory, to plain claims (formats.md section 1, model.md section 3).

Well-formed input only: English headers, commas, no error handling.
"""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

Row: TypeAlias = dict[str, str]
Tables: TypeAlias = dict[str, list[Row]]

#: Rank of a grade, worst first (model.md section 3).
GRADES = ("inferred", "reported", "declared", "verified")

#: When a row does not say when it was recorded. Later than any date in the golden cases.
DEFAULT_RECORDED_AT = "2025-01-01T00:00:00Z"

#: Columns that make claims of their own or are claim columns: not part of what DESCRIBES says of a node.
NOT_DESCRIBED = {
    "suppliers": {"supplier_id", "country", "owned_by", "owned_share"},
    "factories": {"factory_id", "country", "operated_by", "products"},
    "contracts": {"contract_id", "supplier_id", "product"},
}
CLAIM_COLUMNS = {
    "source_id",
    "grade",
    "share",
    "share_low",
    "share_high",
    "confidence",
    "valid_from",
    "valid_to",
    "recorded_at",
    "visibility",
}


@dataclass(frozen=True)
class Claim:
    """What one source says of one relationship (model.md section 3, "A relationship is a claim")."""

    table: str
    type: str
    start: str
    end: str
    source_id: str
    grade: str
    confidence: Fraction | None  # None: not stated
    valid_from: str
    valid_to: str
    recorded_at: str
    visibility: str
    low: Fraction = Fraction(0)
    high: Fraction = Fraction(1)
    seller: str = ""  # BECOMES: the seller of the row
    stated: tuple[tuple[str, str], ...] = ()  # attributes that the row states, as text

    @property
    def key(self) -> tuple[str, ...]:
        """claim_key: table, type, both ends, source, valid_from, visibility; the seller; the service."""
        return (
            *(self.table, self.type, self.start, self.end, self.source_id, self.valid_from, self.visibility),
            self.seller,
            self.attribute("service") or "",
        )

    @property
    def rank(self) -> int:
        return GRADES.index(self.grade)

    def attribute(self, name: str) -> str | None:
        return dict(self.stated).get(name)


@dataclass
class Dataset:
    """All claims, and the plain reference data: the product catalogue and which id is a factory."""

    claims: list[Claim] = field(default_factory=list)
    products: dict[str, Row] = field(default_factory=dict)
    factories: set[str] = field(default_factory=set)


# --- reading and writing ------------------------------------------------------------------------------------------


def read_tables(folder: Path | str) -> Tables:
    """Every CSV file of a folder: file stem -> rows. An absent or empty cell is the empty text."""
    tables: Tables = {}
    for path in sorted(Path(folder).glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [{k: (v or "").strip() for k, v in row.items() if k} for row in csv.DictReader(file)]
        tables[path.stem] = rows
    return tables


def write_dataset(tables: Tables, folder: Path | str) -> Path:
    """The tables as CSV files; columns in the order in which they first occur. A table without rows has no file."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    for stem, rows in tables.items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        if not columns:
            continue
        with (target / f"{stem}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, columns, restval="")
            writer.writeheader()
            writer.writerows(rows)
    return target


def incident_scope(folder: Path | str, incident_id: str) -> list[dict[str, Any]]:
    """The selectors of the latest revision of an incident in incidents.toml (formats.md section 2)."""
    listed = tomllib.loads((Path(folder) / "incidents.toml").read_text(encoding="utf-8"))["incident"]
    revisions: list[dict[str, Any]] = [entry for entry in listed if entry["incident_id"] == incident_id]
    return list(max(revisions, key=lambda entry: utc_text(entry["recorded_at"]))["scope"])


def utc_text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def read_dataset(folder: Path | str, recorded_at: str = DEFAULT_RECORDED_AT) -> Dataset:
    return dataset_from_tables(read_tables(folder), recorded_at)


def dataset_from_tables(tables: Tables, recorded_at: str = DEFAULT_RECORDED_AT) -> Dataset:
    """All claims of the tables; the same row twice is the same claim (one key, one claim)."""
    unique: dict[tuple[str, ...], Claim] = {}
    for claim in claims_of_tables(tables, recorded_at):
        unique.setdefault(claim.key, claim)
    return Dataset(
        claims=list(unique.values()),
        products={row["product_id"]: row for row in tables.get("products", [])},
        factories={row["factory_id"] for row in tables.get("factories", [])},
    )


def conflicts(tables: Tables, recorded_at: str = DEFAULT_RECORDED_AT) -> list[tuple[Claim, Claim]]:
    """Pairs of claims with one key and two contents: an error for the importer (model.md section 3)."""
    seen: dict[tuple[str, ...], Claim] = {}
    found = []
    for claim in claims_of_tables(tables, recorded_at):
        first = seen.setdefault(claim.key, claim)
        if first != claim:
            found.append((first, claim))
    return found


# --- derivation (formats.md section 1) ----------------------------------------------------------------------------


def claims_of_tables(tables: Tables, recorded_at: str = DEFAULT_RECORDED_AT) -> Iterator[Claim]:
    for table, rows in tables.items():
        for row in rows:
            yield from claims_of_row(table, row, recorded_at)


def claims_of_row(table: str, row: Mapping[str, str], recorded_at: str = DEFAULT_RECORDED_AT) -> Iterator[Claim]:
    """The claims of one row. Reference tables (sources, products, regions, categories) have none."""
    rules = {
        "suppliers": supplier_claims,
        "factories": factory_claims,
        "contracts": contract_claims,
        "deliveries": delivery_claims,
        "supplies": supply_claims,
        "items": item_claims,
        "services": service_claims,
    }
    if table in rules:
        yield from rules[table](row, base_claim(table, row, recorded_at))


def base_claim(table: str, row: Mapping[str, str], recorded_at: str) -> Claim:
    """The row's claim columns with their defaults; type and ends are filled in by the caller, shares by `shared`."""
    confidence = row.get("confidence")
    return Claim(
        table=table,
        type="",
        start="",
        end="",
        source_id=row.get("source_id") or "unsourced",
        grade=row.get("grade") or "declared",
        confidence=Fraction(confidence) if confidence else None,
        valid_from=row.get("valid_from") or "0001-01-01",
        valid_to=row.get("valid_to") or "9999-12-31",
        recorded_at=row.get("recorded_at") or recorded_at,
        visibility=row.get("visibility") or "network",
    )


def claim(base: Claim, kind: str, start: str, end: str, stated: Mapping[str, str | None] | None = None) -> Claim:
    attributes = tuple(sorted((name, value) for name, value in (stated or {}).items() if value))
    return replace(base, type=kind, start=start, end=end, stated=attributes)


def shared(row: Mapping[str, str], base: Claim) -> Claim:
    """`share` sets both bounds; otherwise share_low and share_high; not stated: 0 and 1."""
    low = row.get("share") or row.get("share_low") or "0"
    high = row.get("share") or row.get("share_high") or "1"
    return replace(base, low=Fraction(low), high=Fraction(high))


def describes(table: str, row: Mapping[str, str], node: str, base: Claim) -> Claim:
    """The row itself is a claim about its node."""
    left_out = NOT_DESCRIBED[table] | CLAIM_COLUMNS
    stated = {name: value for name, value in row.items() if name not in left_out}
    return claim(base, "DESCRIBES", base.source_id, node, stated)


def supplier_claims(row: Mapping[str, str], base: Claim) -> Iterator[Claim]:
    supplier = row["supplier_id"]
    yield describes("suppliers", row, supplier, base)
    if row.get("country"):
        yield claim(base, "REGISTERED_IN", supplier, row["country"])
    if row.get("owned_by"):
        yield claim(base, "OWNED_BY", supplier, row["owned_by"], {"owned_share": row.get("owned_share")})


def factory_claims(row: Mapping[str, str], base: Claim) -> Iterator[Claim]:
    factory = row["factory_id"]
    yield describes("factories", row, factory, base)
    yield claim(base, "LOCATED_IN", factory, row["country"])
    if row.get("operated_by"):
        yield claim(base, "OPERATED_BY", factory, row["operated_by"])
    for product in split_list(row.get("products")):
        yield claim(base, "OFFERS", factory, item_id(factory, product))


def contract_claims(row: Mapping[str, str], base: Claim) -> Iterator[Claim]:
    contract = row["contract_id"]
    yield describes("contracts", row, contract, base)
    if row.get("supplier_id"):
        yield from delivery_claims(row, base)


def delivery_claims(row: Mapping[str, str], base: Claim) -> Iterator[Claim]:
    item = item_id(row["supplier_id"], row.get("product"))
    yield claim(shared(row, base), "DELIVERED_UNDER", item, row["contract_id"])


def supply_claims(row: Mapping[str, str], base: Claim) -> Iterator[Claim]:
    """A row with seller = buyer is only a BECOMES and carries its share; otherwise BECOMES has shares 0 and 1."""
    seller, buyer = row["seller_id"], row["buyer_id"]
    bought, into = item_id(buyer, row.get("product")), item_id(buyer, row.get("into_product"))
    if seller == buyer:
        yield replace(claim(shared(row, base), "BECOMES", bought, into), seller=seller)
        return
    yield claim(shared(row, base), "SUPPLIES", item_id(seller, row.get("product")), bought)
    if row.get("into_product") and into != bought:
        yield replace(claim(base, "BECOMES", bought, into), seller=seller)


def item_claims(row: Mapping[str, str], base: Claim) -> Iterator[Claim]:
    stated = {"sourcing": row.get("sourcing"), "source_count": row.get("source_count")}
    yield claim(base, "OFFERS", row["holder_id"], item_id(row["holder_id"], row.get("product")), stated)


def service_claims(row: Mapping[str, str], base: Claim) -> Iterator[Claim]:
    yield claim(base, "SERVES", row["provider_id"], row["client_id"], {"service": row["service"]})


# --- ids ----------------------------------------------------------------------------------------------------------


def split_list(cell: str | None) -> list[str]:
    return [part.strip() for part in (cell or "").split("|") if part.strip()]


def item_id(holder: str, product: str | None) -> str:
    return f"{holder}/{product or 'unspecified'}"


def holder_of(item: str) -> str:
    return item.split("/")[0]


def product_of(item: str) -> str:
    return item.split("/")[1]
