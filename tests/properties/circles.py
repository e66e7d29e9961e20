"""Worlds whose shares go round: hand-made, with the answer by hand; a report names plant f1."""

from __future__ import annotations

from dataclasses import dataclass

from tests.oracle.dataset import Row, Tables
from tests.strategies import Query

RECORDED = {"recorded_at": "2019-01-01T00:00:00Z"}
QUERY: Query = {
    "scope": [{"kind": "factory", "id": "f1"}],
    "lens": {"valid_at": "2020-01-01", "known_at": "2024-01-01T00:00:00Z", "visible_to": ["network", "public"]},
    "max_tier": None,
}
PRODUCTS: list[Row] = [
    {"product_id": "gloves", "name_en": "Demo gloves"},
    {"product_id": "pulp", "name_en": "Demo pulp", "made_from": "paper|board"},
    {"product_id": "paper", "name_en": "Demo paper", "made_from": "pulp"},
    {"product_id": "board", "name_en": "Demo board", "made_from": "pulp"},
]


@dataclass(frozen=True)
class Circle:
    """Lines "seller > buyer product share_low share_high" or "holder: product > product"; delivered by t1."""

    name: str
    supplies: str
    complete: dict[str, int]  # item -> its number of sellers
    low: float
    high: float
    product: str = "gloves"

    def tables(self) -> Tables:
        rows = [supply_row(text) for text in self.supplies.splitlines()]
        holders = sorted({row[end] for row in rows for end in ("seller_id", "buyer_id")})
        items = [["f2", self.product, "origin", ""]]
        items += [[*item.split("/"), "complete", str(count)] for item, count in self.complete.items()]
        columns = ("holder_id", "product", "sourcing", "source_count")
        contract = {"contract_id": "c1", "title": "Demo 01", "regions": "SE-AB", "value_sek": "1000000"}
        return {
            "products": [dict(row) for row in PRODUCTS],
            "suppliers": [{"supplier_id": h, "name": h, **RECORDED} for h in holders if h[0] != "f"],
            "factories": [{"factory_id": f, "country": "MY", **RECORDED} for f in ("f1", "f2")],
            "supplies": [{**row, **RECORDED} for row in rows],
            "items": [{**dict(zip(columns, item, strict=True)), **RECORDED} for item in items],
            "contracts": [{**contract, "supplier_id": "t1", "product": self.product, **RECORDED}],
        }


def supply_row(text: str) -> Row:
    if ":" in text:
        holder, recipe = text.split(": ")
        product, into = recipe.split(" > ")
        return {"seller_id": holder, "buyer_id": holder, "product": product, "into_product": into}
    seller, _, buyer, product, *shares = text.split()
    row = {"seller_id": seller, "buyer_id": buyer, "product": product}
    return {**row, **dict(zip(("share_low", "share_high"), shares, strict=True))} if shares else row


CIRCLES = [
    # x = 0.0001 + 0.9999 y, y = 0.9999 x
    Circle(
        "loses little",
        """f1 > t1 gloves 0.0001 0.0001
f2 > t2 gloves 0.0001 0.0001
t1 > t2 gloves 0.9999 0.9999
t2 > t1 gloves 0.9999 0.9999""",
        {},
        0.0001 / (1 - 0.9999**2),
        0.0001 / (1 - 0.9999**2),
    ),
    # low: x = 0.0001 + 0.9999 y, y = 0.8 x; high: x = 0.2 + 0.8 y, y = 0.9999 x
    Circle(
        "loses little on one side",
        """f1 > t1 gloves 0.0001 0.2
f2 > t2 gloves 0.0001 0.2
t1 > t2 gloves 0.8 0.9999
t2 > t1 gloves 0.8 0.9999""",
        {"t1/gloves": 2, "t2/gloves": 2},
        0.0001 / (1 - 0.9999 * 0.8),
        0.2 / (1 - 0.8 * 0.9999),
    ),
    # t1 may have all from t3, which has half from f1, or all from t2, which has all from t1: that adds nothing
    Circle(
        "adds nothing to what comes in",
        """f1 > t3 gloves 0.5 0.5
f2 > t3 gloves 0.5 0.5
t3 > t1 gloves
t2 > t1 gloves
t1 > t2 gloves""",
        {"t1/gloves": 2, "t2/gloves": 1},
        0,
        0.5,
    ),
]

#: t1 buys pulp of which f1 has 0.3, or makes it of its paper and board, both of its pulp. From 0: 0.3 in pulp, so 0.3
#: in paper and in board, so up to 0.6 in the pulp made of both, so 0.6 in paper, and so on up to 1. Neither "all
#: bought" (0.3) nor "all made" (0, only going round) gives this.
GAINING = Circle(
    "gains on each turn",
    """f1 > t3 pulp 0.3 0.3
f2 > t3 pulp 0.7 0.7
t3 > t1 pulp
t1: pulp > paper
t1: pulp > board
t1: paper > pulp
t1: board > pulp""",
    {"t1/pulp": 1, "t1/paper": 0, "t1/board": 0},
    0,
    1,
    product="pulp",
)
