"""The sweep over thousands of contracts, against the chain of each, one by one."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.unit.graph.test_chain_graph import relaxed
from tests.unit.random_worlds import random_world
from tracegraph.answer_depth import STOPS_LISTED
from tracegraph.graph.depth import DepthSweep, Upstream
from tracegraph.services.chain import chain
from tracegraph.services.depth import depth
from tracegraph.services.portfolios import Portfolios
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.portfolio_columns import Pairs


@pytest.mark.parametrize("seed", range(25))
def test_the_sweep_agrees_with_the_chain_of_each_contract(seed: int) -> None:
    with random_world(seed) as (store, lenses):
        for lens in lenses:
            for found in depth(lens, store, Portfolios(store)).contracts:
                alone = chain(found.facts.contract_id, lens, store)
                plants = [node.tier for node in alone.nodes if node.identified]
                assert found.tiers == max((node.tier for node in alone.nodes), default=0)
                assert found.factory_tier == max(plants, default=None)
                assert found.open_ends == len(alone.open_ends)
                assert tuple(stop.id for stop in found.stops) == alone.open_ends[:STOPS_LISTED]
                assert found.inferred == any(step.rule for step in alone.steps)
                assert found.deliveries == alone.sourcing.sources


def test_several_blocks_give_the_same_as_one() -> None:
    """More contracts than searches run together: 1500 sets of items on a large random graph."""
    with random_world(3, "large", lenses=1) as (store, lenses):
        portfolio = Portfolio(store.portfolio(lenses[0]), store.catalogue(), infers=True)
        chance = random.Random(5)
        sets = [tuple(sorted(chance.sample(range(portfolio.n), chance.randint(1, 3)))) for _ in range(1500)]
        found = DepthSweep(portfolio, np.array(portfolio.items.at_factory)).measure(sets)
        for items, measured in list(zip(sets, found, strict=True))[::97]:
            alone = DepthSweep(portfolio, np.array(portfolio.items.at_factory)).measure([items])[0]
            assert measured == alone


def test_push_joins_what_meets() -> None:
    pairs = Pairs(np.array([0, 0, 1]), np.array([2, 3, 3]))  # 0 -> 2, 0 -> 3, 1 -> 3
    rows, bits = Upstream(pairs, 4).push(np.array([2, 3]), np.array([[1], [2]], dtype=np.uint64))
    assert (rows.tolist(), bits.ravel().tolist()) == ([0, 1], [3, 2])
    rows, bits = Upstream(pairs, 4).push(np.array([0]), np.array([[1]], dtype=np.uint64))
    assert len(rows) == len(bits) == 0


def test_the_deepest_tier_is_that_of_a_plain_search() -> None:
    with random_world(11, "large", lenses=1) as (store, lenses):
        report = depth(lenses[0], store, Portfolios(store))
        portfolio = Portfolio(store.portfolio(lenses[0]), store.catalogue(), infers=lenses[0].infers)
        for found in report.contracts[:10]:
            assert found.tiers == max(relaxed(portfolio, found.facts.contract_id).values(), default=0)
