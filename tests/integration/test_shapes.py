"""Shapes that break a walk which enumerates routes: many routes, deep chains, hubs, circles."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Sequence

import pytest

from tests.library import ask_json, opened
from tracegraph.change_set import ChangeSet
from tracegraph.model import NodeRef, Product, ProductId, Statement
from tracegraph.store.port import Store
from tracegraph.vocabulary import Label, RelationshipType

NOW = "2024-06-01T00:00:00Z"
Link = tuple[str, str]


def supplies(links: Iterable[Link]) -> list[Statement]:
    """Return supply rows of gloves."""
    return [
        Statement(
            table="supplies",
            type=RelationshipType.SUPPLIES,
            start=NodeRef(Label.ITEM, f"{seller}/gloves"),
            end=NodeRef(Label.ITEM, f"{buyer}/gloves"),
        )
        for seller, buyer in links
    ]


def contract(holder: str) -> list[Statement]:
    """Return the rows of a contract for gloves from a holder."""
    end = NodeRef(Label.CONTRACT, "c1")
    source, item = NodeRef(Label.SOURCE, "unsourced"), NodeRef(Label.ITEM, f"{holder}/gloves")
    return [
        Statement(
            table="contracts", type=RelationshipType.DESCRIBES, start=source, end=end, attributes={"title": "c1"}
        ),
        Statement(table="contracts", type=RelationshipType.DELIVERED_UNDER, start=item, end=end),
    ]


def put(store: Store, links: Sequence[Link], last: str) -> None:
    """Put a chain of gloves that ends in one contract."""
    holders = dict.fromkeys((holder for link in links for holder in link), Label.SUPPLIER)
    gloves = Product(ProductId("gloves"), "Gloves", end_use=True)
    store.apply(ChangeSet("shape", [*supplies(links), *contract(last)], holders, [gloves]), NOW)


def layered(layers: int, width: int = 5) -> list[Link]:
    """Return links of `layers` full layers between one start and one end: ``width ** layers`` routes."""
    rows = [["start"], *([f"l{layer}-{n}" for n in range(width)] for layer in range(layers)), ["end"]]
    return [(a, b) for one, next_one in itertools.pairwise(rows) for a in one for b in next_one]


def asked(store: Store, supplier: str) -> dict[str, object]:
    """Return the only contract of the answer about a supplier."""
    query = {"scope": [{"kind": "supplier", "id": supplier}]}
    (found,) = ask_json(store, query, today="2024-06-01", now=NOW)["contracts"]
    return dict(found)


def test_ten_million_routes_are_never_enumerated(store_url: str) -> None:
    links = layered(10)
    assert len({holder for link in links for holder in link}) == 52
    with opened(store_url) as store:
        put(store, links, "end")
        found = asked(store, "start")
    assert (found["status"], found["tier"]) == ("established", 12)
    assert found["open_ends_total"] == 52


def test_time_grows_with_the_cone_and_not_with_the_routes(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Twice the layers are 3,125 times the routes and twice the cone."""
    seconds = []
    for layers in (5, 10):
        with opened(f"sqlite:///{tmp_path_factory.mktemp('shape')}/store.db") as store:
            put(store, layered(layers), "end")
            asked(store, "start")  # the first question pays for the portfolio pass
            start = time.perf_counter()
            for _ in range(10):
                asked(store, "start")
            seconds.append(time.perf_counter() - start)
    assert seconds[1] < 20 * seconds[0]


def test_a_chain_of_forty_tiers(store_url: str) -> None:
    holders = [f"h{number:02d}" for number in range(40)]
    with opened(store_url) as store:
        put(store, list(itertools.pairwise(holders)), holders[-1])
        found = asked(store, holders[0])
    assert found["tier"] == 40
    assert len(found["route"]) == 40  # type: ignore[arg-type]


@pytest.mark.timeout(600)
def test_a_hub_with_fifty_thousand_inflows(store_url: str) -> None:
    sellers = [f"h{number:05d}" for number in range(50_000)]
    with opened(store_url) as store:
        put(store, [(seller, "hub") for seller in sellers], "hub")
        found = asked(store, sellers[7])
    assert (found["status"], found["tier"], found["open_ends_total"]) == ("established", 2, 50_001)
    assert found["open_ends"] == [f"{seller}/gloves" for seller in sellers[:100]]


def test_a_circle_ends(store_url: str) -> None:
    holders = [f"h{number:02d}" for number in range(50)]
    with opened(store_url) as store:
        put(store, list(zip(holders, holders[1:] + holders[:1], strict=True)), holders[-1])
        found = asked(store, holders[0])
    assert (found["status"], found["tier"]) == ("established", 50)
