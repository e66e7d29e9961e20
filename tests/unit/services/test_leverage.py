"""Leverage and concentration: equal to one question for each plant, and bounds against allocations by chance."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from tests.contract.build import LENS, contract, delivered, describes, located, supplies
from tests.unit.demo_world import filled
from tests.unit.random_worlds import random_world
from tracegraph.answer import Interval, Question
from tracegraph.answer_leverage import Concentration, Reached
from tracegraph.errors import UnknownNode
from tracegraph.graph.concentration import herfindahl, of_the_sum
from tracegraph.lens import Lens
from tracegraph.model import AttributeValue, Selector, Statement
from tracegraph.services.concentration import concentration
from tracegraph.services.dependents import dependents
from tracegraph.services.leverage import leverage
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.vocabulary import SelectorKind, Status


def said(contract_id: str, value: int | None, category: str = "gloves", region: str = "SE-AB") -> Statement:
    says: dict[str, AttributeValue] = {"title": contract_id.upper(), "regions": [region], "category": category}
    return describes(contract(contract_id), "src-2", says | ({"value_sek": value} if value else {}))


# --- leverage ------------------------------------------------------------------------------------------------------


def by_walk(factory: str, store: Store, lens: Lens) -> dict[Status, tuple[set[str], float, set[str]]]:
    """Return contracts, value and regions of a plant, established and possible, by the walk of `dependents`."""
    answer = dependents(Question((Selector(SelectorKind.FACTORY, factory),), lens), store, Portfolios(store))
    found = {}
    for status in (Status.ESTABLISHED, Status.POSSIBLE):
        facts = [d.facts for d in answer.dependents if d.status is status]
        regions = {region for one in facts for region in one.regions}
        found[status] = ({f.contract_id for f in facts}, sum(f.value_sek or 0 for f in facts), regions)
    return found


def test_each_plant_reaches_what_the_walk_says() -> None:
    reaching = 0
    for seed in range(5):
        with random_world(seed, lenses=2) as (store, lenses):
            for lens in lenses:
                report = leverage(lens, store, Portfolios(store), rows=None)
                assert report.total == len(report.plants)
                for plant in report.plants:
                    walked = by_walk(plant.plant.factory_id, store, lens)
                    for status, counted in (
                        (Status.ESTABLISHED, plant.established),
                        (Status.POSSIBLE, plant.possible),
                    ):
                        contracts, value, regions = walked[status]
                        assert {c.facts.contract_id for c in plant.contracts if c.status is status} == contracts
                        assert (counted.contracts, counted.regions) == (len(contracts), tuple(sorted(regions)))
                        assert (counted.value_sek or 0) == pytest.approx(value)
                        reaching += len(contracts)
                listed = {plant.plant.factory_id for plant in report.plants}
                others = {r.holder_id for r in store.portfolio(lens).items if r.is_factory} - listed
                for factory in sorted(others)[:4]:
                    assert all(not contracts for contracts, _, _ in by_walk(factory, store, lens).values())
    assert reaching > 60


def test_plants_are_ranked_by_regions(tmp_path: Path) -> None:
    store = filled(
        tmp_path / "store.db",
        *(said("c1", 100), said("c2", 900), said("c3", None, region="SE-M")),
        *(supplies("f1/gloves", "s1/gloves"), supplies("f2/gloves", "s2/gloves")),
        *(delivered("s1/gloves", "c1"), delivered("s1/gloves", "c3"), delivered("s2/gloves", "c2")),
        *(located("f1", "MY"), located("f2", "TH")),
    )
    report = leverage(LENS, store, Portfolios(store), rows=1)
    assert report.total == 2
    (first,) = report.plants
    assert (first.plant.factory_id, first.plant.countries) == ("f1", ("MY",))
    assert first.established == Reached(2, ("SE-AB", "SE-M"), 100, 1)
    assert first.exposed_sek is None
    (asked,) = leverage(LENS, store, Portfolios(store), ["f2"]).plants
    assert asked.exposed_sek == Interval(0, 900)
    with pytest.raises(UnknownNode):
        leverage(LENS, store, Portfolios(store), ["f7"])


# --- concentration -------------------------------------------------------------------------------------------------


def world(path: Path) -> Store:
    """c1 and c2 by two suppliers with gloves of f1; c3 by the first supplier again; f1 buys latex from f5."""
    return filled(
        path / "store.db",
        *(said("c1", 300), said("c2", 100), said("c3", 600, "masks", "SE-M")),
        supplies("f5/latex", "f1/latex"),
        *(supplies("f1/gloves", "s1/gloves", share_low=1.0), supplies("f1/gloves", "s2/gloves", share_low=0.5)),
        supplies("f2/masks", "s1/masks", share_low=1.0),
        *(delivered("s1/gloves", "c1"), delivered("s2/gloves", "c2"), delivered("s1/masks", "c3")),
        *(located("f1", "MY"), located("f2", "TH"), located("f5", "MY")),
    )


def test_contracts_that_look_separate_share_a_plant(tmp_path: Path) -> None:
    store = world(tmp_path)
    found = concentration(LENS, store, Portfolios(store))
    # gloves may be made of the latex (by its recipe), so f5 is shared too, by an inferred step
    assert [(g.plant.factory_id, g.established.contracts, g.possible.contracts) for g in found.groups] == [
        ("f1", 2, 0),
        ("f5", 0, 2),
    ]
    assert found.groups[0].direct_suppliers == ("s1", "s2")
    assert [(o.first, o.second, o.jaccard) for o in found.overlaps] == [("c1", "c2", 1.0)]


def test_the_index_by_hand(tmp_path: Path) -> None:
    store = world(tmp_path)
    whole, gloves, masks = concentration(LENS, store, Portfolios(store)).spreads
    assert [spread.category for spread in (whole, gloves, masks)] == [None, "gloves", "masks"]
    assert masks.by_factory is not None
    assert masks.by_factory.index == Interval(1, 1)
    # of 400: f1 has 300 and 50 to 100, which is 0.875 to 1; the rest is anywhere
    assert gloves.by_factory is not None
    assert [(part.id, part.share) for part in gloves.by_factory.parts] == [("f1", Interval(0.875, 1))]
    assert gloves.by_factory.known == Interval(0.875, 1)
    assert gloves.by_factory.index.low == pytest.approx(0.875**2)
    assert gloves.by_factory.index.high == pytest.approx(1)
    # of 1000: f2 has 600; f1 350 to 400
    assert whole.by_country is not None
    assert [part.id for part in whole.by_country.parts] == ["TH", "MY"]
    assert whole.by_country.index.low == pytest.approx(0.6**2 + 0.35**2)
    assert whole.by_country.index.high == pytest.approx(0.65**2 + 0.35**2)


def test_a_report_is_narrowed_and_says_when_nothing_has_a_value(tmp_path: Path) -> None:
    store = filled(tmp_path / "store.db", said("c1", None), delivered("s1/gloves", "c1"))
    found = concentration(LENS, store, Portfolios(store), regions=("SE-AB",), categories=("gloves",))
    (spread,) = found.spreads
    assert (spread.contracts, spread.without_value, spread.value_sek, spread.by_factory) == (1, 1, None, None)


@pytest.mark.parametrize("seed", range(60))
def test_bounds_of_the_index_enclose_what_may_be(seed: int) -> None:
    chance = np.random.default_rng(seed)
    count = int(chance.integers(1, 6))
    true = chance.dirichlet(np.ones(count + 1)) if seed % 3 else np.append(chance.dirichlet(np.ones(count)), 0.0)
    shares, rest = true[:-1], float(true[-1])
    low = shares * chance.uniform(0, 1, count)
    high = np.minimum(1, shares + chance.uniform(0, 1, count) * (1 - shares))
    found = herfindahl(low, high, min(1.0, rest + chance.uniform(0, 1 - rest)))
    sums = float(np.square(shares).sum())
    thin = sums  # the rest spread over ever more places
    at_one = [sums - share**2 + (share + rest) ** 2 for share in shares] + [sums + rest**2]
    assert found.low <= thin + 1e-12
    assert max(at_one) <= found.high + 1e-12
    assert 0 <= found.low <= found.high <= 1


def test_the_low_bound_is_the_least_there_is() -> None:
    low, high = np.array([0.1, 0.0, 0.3]), np.array([0.5, 0.2, 0.6])
    found = herfindahl(low, high, 0.25)
    steps = [np.linspace(a, b, 41) for a, b in zip(low, high, strict=True)]
    least = min(sum(x * x for x in point) for point in product(*steps) if 0.75 - 1e-9 <= sum(point) <= 1 + 1e-9)
    assert found.low == pytest.approx(least, abs=2e-3)
    assert found.low <= least + 1e-12


def test_parts_that_count_side_by_side_become_shares_of_their_sum() -> None:
    low, high, rest = of_the_sum(np.array([0.9, 0.9]), np.array([1.0, 1.0]), 0.0)
    assert low == pytest.approx([0.9 / 1.9, 0.9 / 1.9])
    assert high == pytest.approx([1 / 1.9, 1 / 1.9])
    assert rest == 0.0


def test_counts_do_not_depend_on_what_is_listed(tmp_path: Path) -> None:
    store = world(tmp_path)
    whole = concentration(LENS, store, Portfolios(store), rows=None)
    cut: Concentration = concentration(LENS, store, Portfolios(store), rows=1)
    assert cut.groups_total == whole.groups_total == 2
    assert replace(cut, groups=(), overlaps=(), overlaps_total=0) == replace(
        whole, groups=(), overlaps=(), overlaps_total=0
    )
