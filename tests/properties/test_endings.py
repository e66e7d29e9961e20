"""Where value ends: every allocation of shares sends each part to one end, and the bounds enclose all of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.random_worlds import random_world
from tracegraph.answer_depth import KNOWN_ENDS, Ending
from tracegraph.graph.contract_shares import PortfolioShares
from tracegraph.graph.endings import Endings
from tracegraph.products import Catalogue
from tracegraph.services.depth import identified_items
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.rows import ItemRow, PortfolioColumns, StatedShare, StatedSourcing
from tracegraph.vocabulary import Grade
from tracegraph.walk.portfolio import Portfolio

CLOSE = 1e-9
KINDS = {"s": Ending.SUPPLIER, "f": Ending.IDENTIFIED_FACTORY, "u": Ending.UNIDENTIFIED_FACTORY}


@dataclass
class Node:
    """An item, or the contract: what flows into it, with the part that really comes that way, and what is stated."""

    kind: str  # s, f, u: supplier, factory, factory that is not identified; c: contract
    parts: dict[int, float] = field(default_factory=dict)
    stated: dict[int, tuple[float, float]] = field(default_factory=dict)
    sourcing: str = "open"

    @property
    def rest(self) -> float:
        """What comes from elsewhere."""
        return 1.0 - sum(self.parts.values())


@st.composite
def chains(draw: st.DrawFn) -> list[Node]:
    """Chains of one product without circles: items in the order of the goods, at last the contract."""
    exact = draw(st.booleans())
    nodes: list[Node] = []
    for number in range(draw(st.integers(1, 7)) + 1):
        node = Node(draw(st.sampled_from("sfu")), sourcing=draw(st.sampled_from(["open", "complete", "origin"])))
        sources = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        weights = {source: draw(st.integers(1, 4)) for source in sorted(sources)}
        rest = 0 if node.sourcing == "complete" or not sources else draw(st.integers(0, 2))
        node.parts = {source: weight / (sum(weights.values()) + rest) for source, weight in weights.items()}
        for source, part in node.parts.items():
            how = "exact" if exact else draw(st.sampled_from(["exact", "bounds", "none"]))
            if how == "exact":
                node.stated[source] = (part, part)
            elif how == "bounds":
                node.stated[source] = (part * draw(st.floats(0, 1)), part + (1 - part) * draw(st.floats(0, 1)))
        nodes.append(node)
    nodes[-1].kind = "c"
    nodes[-1].sourcing = "complete" if nodes[-1].rest < CLOSE else "open"
    return nodes


def endings_of(nodes: list[Node], operated: list[tuple[int, int]] = [], grades: list[int] = []) -> Endings:  # noqa: B006
    """Return where the contract's value ends, with inferred steps from factories to operators if there are any."""
    pairs = [(source, end) for end, node in enumerate(nodes) for source in node.parts]
    last = len(nodes) - 1
    ranks = (grades * len(pairs))[: len(pairs)] or [2] * len(pairs)
    columns = PortfolioColumns(
        start=np.array([start for start, _ in pairs], dtype=np.int64),
        end=np.array([end for _, end in pairs], dtype=np.int64),
        type=np.array([2 if end == last else 0 for _, end in pairs], dtype=np.uint8),
        grade=np.array(ranks, dtype=np.uint8),
        shares=[
            StatedShare(source, end, 2, "2024-01-01T00:00:00Z", *bounds)
            for end, node in enumerate(nodes)
            for source, bounds in node.stated.items()
        ],
        items=[ItemRow(n, f"h{n}/x", f"h{n}", "x", node.kind != "s") for n, node in enumerate(nodes[:-1])],
        sourcings=[
            StatedSourcing(n, 2, "2024-01-01T00:00:00Z", node.sourcing, None)
            for n, node in enumerate(nodes)
            if node.kind != "c" or node.sourcing == "open"
        ],
        contracts={last: "c"},
        operations=[(f"h{factory}", f"h{operator}") for factory, operator in operated],
    )
    portfolio = Portfolio(columns, Catalogue(), infers=bool(operated))
    identified = np.array([node.kind == "f" for node in nodes[:-1]])
    return Endings(PortfolioShares(portfolio), identified)


def bounds_of(endings: Endings) -> dict[Ending, tuple[float, float]]:
    found = {ending: endings.interval([ending]) for ending in Ending}
    return {ending: (float(low[0]), float(high[0])) for ending, (low, high) in found.items()}


def truth(nodes: list[Node]) -> dict[Ending, float]:
    """Return where the value really ends, part by part."""
    found: list[dict[Ending, float]] = []
    for node in nodes:
        split = dict.fromkeys(Ending, 0.0)
        if node.kind != "c" and (node.sourcing == "origin" or not node.parts):
            split[Ending.ORIGIN if node.sourcing == "origin" else KINDS[node.kind]] = 1.0
        else:
            split[Ending.UNMAPPED] = node.rest
            for source, part in node.parts.items():
                for ending in Ending:
                    split[ending] += part * found[source][ending]
        found.append(split)
    return found[-1]


def assert_sums(bounds: dict[Ending, tuple[float, float]]) -> None:
    assert sum(low for low, _ in bounds.values()) <= 1 + CLOSE
    assert sum(high for _, high in bounds.values()) >= 1 - CLOSE


@given(chains())
def test_the_bounds_enclose_the_truth_and_are_it_where_every_share_is_stated(nodes: list[Node]) -> None:
    bounds, real = bounds_of(endings_of(nodes)), truth(nodes)
    assert sum(real.values()) == pytest.approx(1)
    assert_sums(bounds)
    for ending, (low, high) in bounds.items():
        assert low - CLOSE <= real[ending] <= high + CLOSE, ending
    if all(low == high for node in nodes for low, high in node.stated.values()) and all(
        len(node.stated) == len(node.parts) for node in nodes
    ):
        for ending, part in real.items():
            assert bounds[ending] == pytest.approx((part, part)), ending


@given(chains(), st.data())
def test_the_sums_hold_with_inferred_steps(nodes: list[Node], data: st.DataObject) -> None:
    places = st.integers(0, len(nodes) - 2)
    pairs = data.draw(st.lists(st.tuples(places, places), max_size=4))
    operated = [(a, b) for a, b in pairs if a < b and nodes[a].kind != "s" and nodes[b].kind == "s"]
    assert_sums(bounds_of(endings_of(nodes, operated)))


@given(chains(), st.lists(st.integers(0, 3), min_size=1, max_size=5))
def test_what_is_better_documented_is_a_part_of_the_rest(nodes: list[Node], grades: list[int]) -> None:
    endings = endings_of(nodes, grades=grades)
    for kinds in ([Ending.ORIGIN], [Ending.SUPPLIER], KNOWN_ENDS):
        assert_nested(endings, kinds)


def assert_nested(endings: Endings, kinds: list[Ending] | tuple[Ending, ...]) -> None:
    low, high = endings.interval(kinds)
    for grade in reversed(Grade):  # from inferred to verified
        fewer_low, fewer_high = endings.interval(kinds, grade)
        assert (fewer_low <= low + CLOSE).all()
        assert (fewer_high <= high + CLOSE).all()
        assert (fewer_low >= 0).all()
        assert (fewer_low <= fewer_high).all()
        low, high = fewer_low, fewer_high


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_on_worlds_of_all_kinds(seed: int) -> None:
    """With recipes, circles, contradictions, private rows: bounds nested by grade, together no less than a part."""
    with random_world(seed, "small") as (store, lenses):
        for lens in lenses:
            view = Portfolios(store).under(lens)
            endings = Endings(view.shares, identified_items(view.portfolio, store, lens))
            for kinds in ([Ending.UNMAPPED], KNOWN_ENDS):
                assert_nested(endings, kinds)
            low, high = endings.interval(KNOWN_ENDS)
            (origin_low, origin_high), (plant_low, plant_high) = (endings.interval([kind]) for kind in KNOWN_ENDS)
            assert (low >= np.maximum(origin_low, plant_low) - CLOSE).all()
            assert (high >= np.maximum(origin_high, plant_high) - CLOSE).all()
            undelivered = np.bincount(
                view.portfolio.deliveries.end - view.portfolio.n, minlength=len(view.portfolio.contract_ids)
            )
            unmapped, _ = endings.interval([Ending.UNMAPPED])
            assert (unmapped[undelivered == 0] == 1).all()
