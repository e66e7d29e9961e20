"""Tiers and circles of a chain, by hand and against plain readings."""

from __future__ import annotations

import pytest

from tests.unit.random_worlds import random_world
from tracegraph.graph.chain import broader_circles, build_chain_graph, circles_without_inflow, tiers_upstream
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Certainty, Rule
from tracegraph.walk.cone import Cone, Pair
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.reach import reach


def cone_of(*claims: tuple[str, str, str], inferred: dict[Pair, Rule] | None = None) -> Cone:
    kept: dict[Pair, list[GoodsClaim]] = {}
    for number, (start, kind, end) in enumerate(claims):
        claim = GoodsClaim(start, end, kind, 2, 0, 1, None, "0001-01-01", "9999-12-31", "", f"clm-{number}", "src")
        kept.setdefault((start, end), []).append(claim)
    return Cone({"c": Certainty.CERTAIN}, kept, inferred or {})


def test_tiers_count_purchases_and_the_delivery() -> None:
    graph = build_chain_graph(
        cone_of(
            ("s/g", "DELIVERED_UNDER", "c"),
            ("t/g", "SUPPLIES", "s/g"),
            ("t/l", "BECOMES", "t/g"),
            ("t/l", "BECOMES", "t/g"),
            ("u/l", "SUPPLIES", "t/l"),
            ("u/l", "SUPPLIES", "s/g"),
            inferred={("f/g", "s/g"): Rule.OPERATION},
        )
    )
    tiers = tiers_upstream(graph, "c")
    assert tiers.smallest == {"s/g": 1, "t/g": 2, "t/l": 2, "u/l": 2, "f/g": 1}
    assert "f/g" not in tiers.by_claim
    assert graph.number_of_edges("t/l", "t/g") == 2  # one edge a claim


def test_an_item_left_by_an_inferred_step_is_entered_by_claims_alone() -> None:
    inferred = {("s/b", "s/a"): Rule.TAXONOMY, ("s/d", "s/b"): Rule.UNSPECIFIED}
    graph = build_chain_graph(cone_of(("s/a", "DELIVERED_UNDER", "c"), ("t/b", "SUPPLIES", "s/b"), inferred=inferred))
    assert tiers_upstream(graph, "c").smallest == {"s/a": 1, "s/b": 1, "t/b": 2}


def test_a_dead_circle_is_found_and_a_fed_one_is_not() -> None:
    pairs = [("a", "b"), ("b", "a"), ("c", "d"), ("d", "c"), ("x", "c"), ("e", "e"), ("f", "g"), ("g", "f")]
    assert circles_without_inflow(pairs, [], fed={"g"}) == (("a", "b"), ("e",))
    assert circles_without_inflow(pairs, [("z", "a")], fed=()) == (("e",), ("f", "g"))
    assert circles_without_inflow(pairs, [("b", "a")], fed={"g", "e"}) == (("a", "b"),)


def test_kinds_that_are_broader_than_themselves() -> None:
    assert broader_circles({"a": ["b"], "b": ["a"], "c": ["a"]}) == (("a", "b"),)


@pytest.mark.parametrize("seed", range(20))
def test_tiers_agree_with_plain_relaxation(seed: int) -> None:
    with random_world(seed) as (store, lenses):
        for lens in lenses:
            portfolio = Portfolio(store.portfolio(lens), store.catalogue(), infers=lens.infers)
            for contract in portfolio.contract_ids:
                cone = reach({contract: Certainty.CERTAIN}, store, lens, store.catalogue(), direction="upstream")
                found = tiers_upstream(build_chain_graph(cone), contract).smallest
                assert found == relaxed(portfolio, contract)


def relaxed(portfolio: Portfolio, contract: str) -> dict[str, int]:
    """The smallest tiers over the pairs (item, left by a claim?), by relaxing every step until nothing changes."""
    ids, n = portfolio.items.ids, portfolio.n
    steps: list[tuple[tuple[str, bool], tuple[str, bool], int]] = []
    for pairs, inferred, tier in (
        (portfolio.supplies, False, 1),
        (portfolio.becomes, False, 0),
        (portfolio.inferred, True, 0),
    ):
        for start, end in zip(pairs.start.tolist(), pairs.end.tolist(), strict=True):
            steps.append(((ids[end], True), (ids[start], not inferred), tier))
            if not inferred:
                steps.append(((ids[end], False), (ids[start], True), tier))
    position = portfolio.contract_index[contract] + n
    deliveries = zip(portfolio.deliveries.start.tolist(), portfolio.deliveries.end.tolist(), strict=True)
    best = {(ids[item], True): 1 for item, end in deliveries if end == position}
    changed = True
    while changed:
        changed = False
        for here, there, tier in steps:
            if here in best and best[here] + tier < best.get(there, 10**9):
                best[there] = best[here] + tier
                changed = True
    smallest: dict[str, int] = {}
    for (item, _), tier in best.items():
        smallest[item] = min(tier, smallest.get(item, tier))
    return smallest
