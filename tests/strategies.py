"""Random small datasets, valid under formats.md, and questions to them.

One maker, two sources of chance: Hypothesis (`datasets`, `queries`, `questions`), which shrinks, and a seeded
`random.Random` (`random_tables`, `random_query`), for larger graphs of the same kind. Nothing depends on the clock:
every row states `recorded_at`. Dates come from a small pool, so that boundaries of the lens occur often.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol, TypeAlias, TypedDict, TypeVar

from hypothesis import strategies as st

from tests.oracle.catalogue import UNSPECIFIED
from tests.oracle.dataset import Claim, Row, Tables, claims_of_row, item_id, split_list

T = TypeVar("T")
Selector: TypeAlias = dict[str, Any]


class Query(TypedDict):
    """The arguments of `tests.oracle.answer` beside the data."""

    scope: list[Selector]
    lens: dict[str, Any]
    max_tier: int | None


DATES = ("2018-01-01", "2019-01-01", "2020-01-01", "2021-01-01")
RECORDED = ("2019-01-01T00:00:00Z", "2019-07-01T12:00:00Z", "2020-03-01T08:30:00Z")
VALID_AT = ("2019-06-01",) * 6 + DATES + ("2017-12-31", "2018-12-31", "2020-06-01")
KNOWN_AT = ("2024-01-01T00:00:00Z",) * 6 + RECORDED + ("2019-07-01T11:59:59Z", "2020-03-01T08:30:01Z")
VISIBLE_TO = (
    *[("network", "public")] * 4,
    *[("network", "public", "region:SE-AB"), ("network", "public", "region:SE-M")] * 2,
    ("public",),
)
VISIBILITIES = ("", "public", "network", "region:SE-AB", "region:SE-M")
GRADES = ("", "declared", "verified", "reported", "inferred")
SOURCES = ("src-1", "src-2", "src-3", "")
SHARES = ("0.5", "0.25", "0.75", "1", "0", "0.2", "0.6")
# never the default of a grade, which "counts as not stated" (model.md section 3)
CONFIDENCES = ("0.3", "0.6", "0.8", "0.95", "1", "0.123456")
COUNTRIES = ("MY", "TH", "SE", "CN")
REGIONS = ("SE-AB", "SE-M", "SE-E")
SERVICES = ("recruits", "houses", "tools", "treats_waste", "packs", "transports", "audits")
NOT_IN_CATALOGUE = ("x1", "x2")
ID_COLUMN = {"suppliers": "supplier_id", "factories": "factory_id"}


@dataclass(frozen=True)
class Size:
    """The most of each kind; at least one supplier, one factory and one contract."""

    products: int
    suppliers: int
    factories: int
    supplies: int
    contracts: int
    services: int


SMALL = Size(products=6, suppliers=4, factories=3, supplies=10, contracts=3, services=3)
MEDIUM = Size(products=8, suppliers=10, factories=10, supplies=40, contracts=10, services=6)
LARGE = Size(products=15, suppliers=60, factories=60, supplies=400, contracts=40, services=20)
SIZES = {"small": SMALL, "medium": MEDIUM, "large": LARGE}


# --- two sources of chance ----------------------------------------------------------------------------------------


class Chance(Protocol):
    """What the maker asks for. The first option and `False` are the simplest, to shrink to."""

    def integer(self, low: int, high: int) -> int: ...
    def one_of(self, options: Sequence[T]) -> T: ...


class SeededChance:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def integer(self, low: int, high: int) -> int:
        return self.rng.randint(low, high)

    def one_of(self, options: Sequence[T]) -> T:
        return self.rng.choice(options)


class DrawnChance:
    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def one_of(self, options: Sequence[T]) -> T:
        return self.draw(st.sampled_from(options))


# --- datasets -----------------------------------------------------------------------------------------------------


class Maker:
    """Makes one dataset, table by table. A row that the importer must refuse is left out."""

    def __init__(self, chance: Chance, size: Size, at_most: bool = True) -> None:
        self.chance = chance
        self.size = size
        self.at_most = at_most  # False: exactly the numbers of `size`
        self.tables: Tables = {}
        self.claims: dict[tuple[str, ...], Claim] = {}
        self.node_rows: dict[tuple[str, ...], Row] = {}
        self.products: list[str] = []
        self.suppliers: list[str] = []
        self.factories: list[str] = []
        self.traded: dict[str, list[str]] = {}  # holder -> products that it is known to have
        self.bought: list[tuple[str, str]] = []  # buyer and product of the supplies so far
        self.tidy = False  # the chains are well mapped, so that there are answers beside "cannot tell"
        self.noise = 0  # per cent of rows with claim columns of all kinds
        self.known = 0  # per cent of items of which the sourcing is stated
        self.vague = 0  # per cent of rows with an unspecified or unlisted product
        self.shares = 0  # per cent of goods rows with shares
        self.portioned = False  # shares fit together: what enters one item or contract has portions of it
        self.narrow = 0  # per cent of rows about one of the first two products
        self.graded = 0  # per cent of otherwise plain rows that are verified or reported
        self.relatives: dict[str, list[str]] = {}  # product -> broader, narrower, ingredients and outputs

    def make(self) -> Tables:
        self.tidy = self.yes(50)
        self.noise = 0 if self.tidy else self.chance.one_of((0, 5, 20, 60))
        self.known = 95 if self.tidy else self.chance.one_of((95, 50, 0))
        self.vague = 0 if self.tidy else self.chance.one_of((0, 10, 40))
        self.narrow = self.chance.one_of((0, 80))
        self.graded = self.chance.one_of((0, 0, 60))
        self.shares = 0 if self.tidy else self.chance.one_of((0, 30, 80))
        self.portioned = self.yes(45)
        self.make_reference()
        self.make_products()
        self.suppliers = [f"s{n}" for n in range(1, self.number(1, self.size.suppliers) + 1)]
        self.factories = [f"f{n}" for n in range(1, self.number(1, self.size.factories) + 1)]
        for supplier in self.suppliers:
            self.make_rows(partial(self.supplier_row, supplier), "suppliers")
        for factory in self.factories:
            self.make_rows(partial(self.factory_row, factory), "factories")
        for _ in range(self.number(0, self.size.supplies)):
            self.make_supply()
        if self.portioned:
            self.make_circles()
        for n in range(1, self.number(1, self.size.contracts) + 1):
            self.make_contract(f"c{n}")
        for holder in self.holders:
            for product in list(dict.fromkeys(self.traded.get(holder, []))):
                self.make_item(holder, product)
        for _ in range(self.number(0, self.size.services)):
            self.make_service()
        if self.portioned:
            self.portion_out()
        return self.tables

    # --- helpers

    @property
    def holders(self) -> list[str]:
        return self.suppliers + self.factories

    def number(self, low: int, high: int) -> int:
        """Up to high, with a leaning to many."""
        return max(low, self.chance.one_of((low, high // 2, high - 1, high, high, high))) if self.at_most else high

    def yes(self, per_cent: int) -> bool:
        return self.chance.integer(0, 99) >= 100 - per_cent

    def maybe(self, per_cent: int, options: Sequence[str]) -> str:
        return self.chance.one_of(options) if self.yes(per_cent) else ""

    def add(self, table: str, row: Row) -> bool:
        """Adds the row, unless one claim key would have two contents (model.md section 3)."""
        row = {name: value for name, value in row.items() if value != ""}
        claims = list(claims_of_row(table, row))
        if any(self.claims.get(c.key, c) != c for c in claims) or not self.node_row_is_free(table, row):
            return False
        self.claims.update((c.key, c) for c in claims)
        self.tables.setdefault(table, []).append(row)
        return True

    def node_row_is_free(self, table: str, row: Row) -> bool:
        """One row about a supplier or factory for each source, valid_from and visibility, or an equal one."""
        if table not in ID_COLUMN:
            return True
        visibility = row.get("visibility", "network")
        key = (table, row[ID_COLUMN[table]], row.get("source_id", ""), row.get("valid_from", ""), visibility)
        return self.node_rows.setdefault(key, row) == row

    def has(self, holder: str, product: str) -> None:
        self.traded.setdefault(holder, []).append(product or UNSPECIFIED)

    def claim_columns(self) -> Row:
        """Plain (declared, network, valid always, recorded first), or anything."""
        if not self.yes(self.noise):
            source, visibility = self.maybe(50, SOURCES), self.maybe(50, ("public",))
            grade = self.maybe(self.graded, ("verified", "verified", "reported"))
            return {"recorded_at": RECORDED[0], "source_id": source, "visibility": visibility, "grade": grade}
        valid_from, valid_to = self.interval()
        return {
            "source_id": self.chance.one_of(SOURCES),
            "grade": self.chance.one_of(GRADES),
            "confidence": self.maybe(40, CONFIDENCES),
            "valid_from": valid_from,
            "valid_to": valid_to,
            "recorded_at": self.chance.one_of(RECORDED),
            "visibility": self.maybe(50, VISIBILITIES),
        }

    def interval(self) -> tuple[str, str]:
        start = self.chance.integer(0, len(DATES))  # 0: not stated
        end = self.chance.integer(start + 1, len(DATES) + 1) if start < len(DATES) else len(DATES) + 1
        return DATES[start - 1] if start else "", DATES[end - 1] if end <= len(DATES) and self.yes(50) else ""

    def share_columns(self) -> Row:
        """Not stated, fixed, or one or two bounds."""
        if not self.yes(self.shares):
            return {}
        how = self.chance.one_of(("share", "share", "low", "high", "both"))
        low, high = sorted((self.chance.one_of(SHARES), self.chance.one_of(SHARES)), key=float)
        return {
            "share": {"share": low},
            "low": {"share_low": low},
            "high": {"share_high": high},
            "both": {"share_low": low, "share_high": high},
        }[how]

    def any_product(self) -> str:
        if self.yes(self.vague):
            return self.chance.one_of((*NOT_IN_CATALOGUE, "", UNSPECIFIED))
        return self.chance.one_of(self.products[:2] if self.yes(self.narrow) else self.products)

    def product_of(self, holder: str) -> str:
        """Mostly one that the holder is known to have, or a relative of it, so that chains form."""
        if not self.traded.get(holder) or self.yes(20):
            return self.any_product()
        product = self.chance.one_of(self.traded[holder])
        return self.chance.one_of(self.relatives.get(product) or [product]) if self.yes(35) else product

    def make_rows(self, make: Callable[[], Row], table: str) -> None:
        """One row, perhaps more by other sources, perhaps the same again."""
        row = make()
        self.add(table, row)
        if self.yes(8):
            self.add(table, dict(row))
        for _ in range(self.chance.integer(0, 2) if self.yes(25) else 0):
            self.add(table, make())

    # --- tables

    def make_reference(self) -> None:
        for source in SOURCES:
            if source:
                self.add("sources", {"source_id": source, "title": f"Source {source}", "kind": "synthetic"})
        for category in ("cat-1", "cat-2"):
            self.add("categories", {"category_id": category, "name_en": category, "name_sv": category, "led_by": "A"})

    def make_products(self) -> None:
        """Broader chains without circles; recipes of any kind, also circles."""
        self.products = [f"p{n}" for n in range(1, self.number(1, self.size.products) + 1)]
        closed, end_use = self.chance.one_of((90, 20)), self.chance.one_of((80, 20))
        for n, product in enumerate(self.products):
            others = [p for p in (*self.products, *NOT_IN_CATALOGUE[:1]) if p != product]
            row = {
                "product_id": product,
                "name_en": f"Product {product}",
                "broader": "|".join(self.some_of(self.products[:n], (35, 10))),
                "made_from": "|".join(self.some_of(others, (25, 10))),
                "made_from_complete": self.maybe(closed, ("true", "true", "true", "false")),
                "end_use": self.maybe(end_use, ("true", "true", "true", "false")),
            }
            self.add("products", row)
            for relative in split_list(row["broader"]) + split_list(row["made_from"]):
                self.relatives.setdefault(product, []).append(relative)
                self.relatives.setdefault(relative, []).append(product)

    def some_of(self, options: Sequence[str], per_cents: Sequence[int]) -> list[str]:
        """Up to as many different ones as per cents are given."""
        found = [self.chance.one_of(options) for per_cent in per_cents if options and self.yes(per_cent)]
        return list(dict.fromkeys(found))

    def supplier_row(self, supplier: str) -> Row:
        others = [s for s in self.suppliers if s != supplier]
        owner = self.maybe(40, others) if others else ""
        return {
            "supplier_id": supplier,
            "name": f"Supplier {supplier}",
            "country": self.maybe(60, COUNTRIES),
            "owned_by": owner,
            "owned_share": self.maybe(60, ("0.5", "1", "0.3", "0.49")) if owner else "",
            **self.claim_columns(),
        }

    def factory_row(self, factory: str) -> Row:
        products = self.some_of([self.any_product() or UNSPECIFIED, *self.products], (80, 20))
        for product in products:
            self.has(factory, product)
        return {
            "factory_id": factory,
            "country": self.chance.one_of(COUNTRIES[:3]),
            "identified": self.maybe(50, ("false", "true", "false")),
            "operated_by": self.maybe(45, self.suppliers),
            "products": "|".join(products),
            **self.claim_columns(),
        }

    def make_supply(self) -> None:
        """A row with seller = buyer is only a BECOMES; it needs another into_product."""
        seller = self.chance.one_of(self.holders)
        buyer = seller if self.yes(10) else self.chance.one_of(self.suppliers if self.yes(50) else self.holders)
        product = self.product_of(seller)
        if self.bought and self.yes(45 if self.portioned else 25):  # one more seller of the same
            buyer, product = self.chance.one_of(self.bought)
        into = self.any_product() if seller == buyer or self.yes(20) else ""
        if seller == buyer:
            into = into or UNSPECIFIED
            if item_id(buyer, into) == item_id(buyer, product):
                return
        self.bought.append((buyer, product))

        def make() -> Row:
            ends = {"seller_id": seller, "buyer_id": buyer, "product": product, "into_product": into}
            return {**ends, **self.share_columns(), **self.claim_columns()}

        self.make_rows(make, "supplies")
        for holder, had in ((seller, product), (buyer, product), (buyer, into)):
            if had or into != had:
                self.has(holder, had)

    def make_circles(self) -> None:
        """Some buyers sell the same goods back."""
        for row in list(self.tables.get("supplies", []))[:: self.chance.one_of((1, 2, 4))]:
            if row["seller_id"] != row["buyer_id"] and self.yes(30):
                ends = {"seller_id": row["buyer_id"], "buyer_id": row["seller_id"], "product": row.get("product", "")}
                self.add("supplies", {**ends, **self.claim_columns()})

    def portion_out(self) -> None:
        """Replaces all shares: the rows of one pair of ends agree, and those into one item or contract fit together."""
        entering: dict[str, dict[str, list[Row]]] = {}
        for table in ("supplies", "contracts", "deliveries"):
            for row in self.tables.get(table, []):
                for claim in claims_of_row(table, row):
                    if claim.type in ("SUPPLIES", "DELIVERED_UNDER"):
                        entering.setdefault(claim.end, {}).setdefault(claim.start, []).append(row)
                    elif claim.type == "BECOMES" and row["seller_id"] == row["buyer_id"]:
                        entering.setdefault(f"{claim.start} in {claim.end}", {}).setdefault("", []).append(row)
        for end, sellers in entering.items():
            made = " in " in end  # an ingredient, or an alternative beside the sellers
            portions = [self.chance.one_of((0.0, 0.0, 5.0, 10.0, 16.0, 20.0))] if made else self.portions(len(sellers))
            hows = self.chance.one_of((("share",),) * 3 + (("share", "both", "low", "high", "none"),))
            for portion, rows in zip(portions, sellers.values(), strict=True):
                shares = self.shares_around(portion, self.chance.one_of(hows))
                for row in rows:
                    for column in ("share", "share_low", "share_high"):
                        row.pop(column, None)
                    row.update(shares)

    def portions(self, number: int) -> list[float]:
        """In twentieths; mostly of the whole, sometimes of less, or by mistake of more."""
        whole = self.chance.one_of((20,) * 8 + (16, 12, 16, 26))
        if number > 1 and whole == 20 and self.yes(8):  # goods that nearly all go round lose little on each turn
            return [19.98, 0.02, *[0.0] * (number - 2)]
        cuts = sorted(self.chance.integer(0, whole) for _ in range(number - 1))
        return [float(end - start) for start, end in zip([0, *cuts], [*cuts, whole], strict=True)]

    def shares_around(self, portion: float, how: str) -> Row:
        """Fixed, or one or two bounds with the portion within; or not stated."""
        low, high = max(0.0, min(20.0, portion) - 3), min(20.0, portion + self.chance.one_of((1, 4)))
        fixed = f"{min(20.0, portion) / 20:.4g}"
        return {
            "share": {"share": fixed},
            "low": {"share_low": f"{low / 20:.4g}"},
            "high": {"share_high": f"{high / 20:.4g}"},
            "both": {"share_low": f"{low / 20:.4g}", "share_high": f"{high / 20:.4g}"},
            "none": {},
        }[how]

    def make_item(self, holder: str, product: str) -> None:
        if not self.yes(self.known // 2 if holder in self.factories else self.known):
            return
        entering = [c for c in self.claims.values() if c.end == item_id(holder, product) and c.type != "OFFERS"]
        sellers = {c.start for c in entering if c.type == "SUPPLIES"}

        def make() -> Row:
            row = {"holder_id": holder, "product": product, **self.claim_columns()}
            # an origin mostly where nobody sells, but also against the claims
            likely = ("complete", "complete") if entering else ("origin", "origin")
            row["sourcing"] = self.chance.one_of(
                (*likely * (9 if self.portioned else 3), "complete", "origin", "open", "")
            )
            if row["sourcing"] == "complete" and not (self.may_be_uncounted(row, entering) and self.yes(30)):
                row["source_count"] = self.count(len(sellers))
            return row

        self.make_rows(make, "items")

    def count(self, true_number: int) -> str:
        """The number of sellers, sometimes one too many or too few."""
        if self.tidy:
            return str(true_number)
        return str(max(0, true_number + self.chance.one_of((0, 0, 0, 0, 0, 0, 0, 0, 1, -1))))

    @staticmethod
    def may_be_uncounted(row: Row, entering: list[Claim]) -> bool:
        """A row less visible than an uncounted `complete` that it enters is refused (section 3, Sourcing)."""
        return all(c.visibility in ("public", row.get("visibility") or "network") for c in entering)

    def make_contract(self, contract: str) -> None:
        """No sourcing stated is an uncounted `complete`: then nothing that enters is less visible."""
        uncounted = self.yes(60)
        deliveries = self.chance.one_of((1, 2, 2) if self.portioned else (1, 1, 2) if self.tidy else (1, 1, 2, 3, 0))
        rows = [self.contract_row(contract, uncounted, deliveries)]
        for _ in range(self.chance.integer(0, 2) if self.yes(30) else 0):
            rows.append(self.contract_row(contract, uncounted, deliveries))
        only = rows[0].get("visibility", "")
        for row in rows:
            if uncounted:
                row["visibility"] = only
            if deliveries and self.yes(50):
                deliveries -= 1
                row |= {**self.delivered(), **self.share_columns()}
            self.add("contracts", row)
            if row.get("supplier_id") and self.yes(15):  # the same row with another delivery
                self.add("contracts", {**row, **self.delivered()})
        for _ in range(deliveries):
            self.make_delivery(contract, ("public", only) if uncounted else None)

    def contract_row(self, contract: str, uncounted: bool, deliveries: int) -> Row:
        row = {
            "contract_id": contract,
            "title": f"Contract {contract}{self.maybe(20, (' revised', ' again'))}",
            "regions": "|".join(dict.fromkeys((self.chance.one_of(REGIONS), self.chance.one_of(REGIONS)))),
            "category": self.maybe(50, ("cat-1", "cat-2")),
            "value_sek": self.maybe(70, ("1000000", "250000", "9000", "1500.5")),
            "end": self.maybe(50, DATES[2:]),
            **self.claim_columns(),
        }
        row["sourcing"] = self.chance.one_of(("complete",) * 6 + ("open",) * (not self.tidy) + ("",) * 10 * uncounted)
        if row["sourcing"] == "complete" and not uncounted:
            row["source_count"] = self.count(deliveries)
        return row

    def delivered(self) -> Row:
        supplier = self.chance.one_of([s for s in self.suppliers if s in self.traded] * 4 + self.suppliers)
        product = self.product_of(supplier) or UNSPECIFIED
        self.has(supplier, product)
        return {"supplier_id": supplier, "product": product}

    def make_delivery(self, contract: str, visibilities: tuple[str, ...] | None) -> None:
        ends = {"contract_id": contract, **self.delivered()}

        def make() -> Row:
            row = {**ends, **self.share_columns(), **self.claim_columns()}
            if visibilities is not None:
                row["visibility"] = self.chance.one_of(visibilities)
            return row

        self.make_rows(make, "deliveries")

    def make_service(self) -> None:
        provider, client = self.chance.one_of(self.holders), self.chance.one_of(self.holders)
        if provider != client:
            service = self.chance.one_of(SERVICES)
            ends = {"provider_id": provider, "client_id": client, "service": service}
            self.make_rows(lambda: {**ends, **self.claim_columns()}, "services")


# --- questions ----------------------------------------------------------------------------------------------------


class Asker:
    """Makes a question to a dataset."""

    def __init__(self, chance: Chance, tables: Tables) -> None:
        self.chance = chance
        self.suppliers = sorted({row["supplier_id"] for row in tables["suppliers"]})
        self.factories = sorted({row["factory_id"] for row in tables["factories"]})
        self.products = [row["product_id"] for row in tables["products"]]
        self.sellers = sorted({row["seller_id"] for row in tables.get("supplies", [])})

    def yes(self, per_cent: int) -> bool:
        return self.chance.integer(0, 99) >= 100 - per_cent

    def ask(self) -> Query:
        scope = [self.selector() for _ in range(2 if self.yes(25) else 1)]
        lens = {
            "valid_at": self.chance.one_of(VALID_AT),
            "known_at": self.chance.one_of(KNOWN_AT),
            "visible_to": list(self.chance.one_of(VISIBLE_TO)),
            "min_grade": self.chance.one_of(("inferred",) * 12 + ("reported", "declared", "verified")),
        }
        max_tier = self.chance.integer(1, 4) if self.yes(30) else None
        return {"scope": scope, "lens": lens, "max_tier": max_tier}

    def selector(self) -> Selector:
        kind = self.chance.one_of(("factory",) * 4 + ("supplier",) * 3 + ("group",) * 2 + ("country",) * 2)
        ids = {"factory": self.factories, "country": [*COUNTRIES[:2] * 2, *COUNTRIES]}.get(kind, self.suppliers)
        selling = [holder for holder in ids if holder in self.sellers]
        chosen: Selector = {"kind": kind, "id": self.chance.one_of(selling * 6 + ids)}
        if kind != "country" and self.yes(3):
            chosen["id"] = "nobody"
        if self.yes(20):
            chosen["products"] = self.some([*self.products * 4, NOT_IN_CATALOGUE[0], UNSPECIFIED])
        if self.yes(15):
            chosen["countries"] = self.some(COUNTRIES)
        if self.yes(15):
            chosen["exclude"] = self.some(self.suppliers + self.factories)
        if self.yes(15):
            chosen["services"] = False
        return chosen

    def some(self, options: Sequence[str]) -> list[str]:
        """One, or two different ones."""
        found = [self.chance.one_of(options) for _ in range(2 if self.yes(30) else 1)]
        return list(dict.fromkeys(found))


# --- Hypothesis ---------------------------------------------------------------------------------------------------


@st.composite
def datasets(draw: st.DrawFn, size: Size = SMALL) -> Tables:
    """A valid dataset: file stem -> rows."""
    return Maker(DrawnChance(draw), size).make()


@st.composite
def queries(draw: st.DrawFn, tables: Tables) -> Query:
    """A question to these tables."""
    return Asker(DrawnChance(draw), tables).ask()


@st.composite
def questions(draw: st.DrawFn, size: Size = SMALL) -> tuple[Tables, Query]:
    """A dataset and a question to it."""
    tables = draw(datasets(size))
    return tables, draw(queries(tables))


# --- seeded -------------------------------------------------------------------------------------------------------


def random_tables(rng: random.Random, size: Size | str = MEDIUM) -> Tables:
    """A dataset of exactly this size (`small`, `medium`, `large`, or a `Size`); small ones vary up to it."""
    wanted = SIZES[size] if isinstance(size, str) else size
    return Maker(SeededChance(rng), wanted, at_most=wanted == SMALL).make()


def random_query(rng: random.Random, tables: Tables) -> Query:
    return Asker(SeededChance(rng), tables).ask()
