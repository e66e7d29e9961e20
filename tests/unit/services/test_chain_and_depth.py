"""The chain and the depth of the demo world, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.build import contract, delivered, describes, offers, operated, supplies
from tests.unit.demo_world import LENS, demo_store, filled, lens
from tracegraph.answer_depth import DepthQuestion
from tracegraph.errors import UnknownNode
from tracegraph.services.chain import chain
from tracegraph.services.depth import depth
from tracegraph.services.portfolios import Portfolios
from tracegraph.vocabulary import Grade, Rule


def test_the_chain_by_tier(tmp_path: Path) -> None:
    found = chain("c1", LENS, demo_store(tmp_path / "store.db"))
    assert [(node.tier, node.item_id) for node in found.nodes] == [
        (1, "s1/gloves"),
        (2, "f2/gloves"),
        (2, "t1/gloves"),
        (3, "f1/gloves"),
        (3, "f1/latex"),
        (4, "l1/latex"),
    ]
    assert found.tiers == {1: 1, 2: 2, 3: 2, 4: 1}
    assert found.open_ends == ("f2/gloves", "t1/gloves", "f1/gloves", "f1/latex")
    assert found.origins == ("l1/latex",)
    assert (found.factories, found.unidentified) == (("f1",), ("f2",))
    assert found.by_country == {"MY": ("f1",), "SE": ("s1",), "TH": ("f2",)}
    assert not found.truncated


def test_steps_with_share_grade_and_claims(tmp_path: Path) -> None:
    steps = {(s.start, s.end): s for s in chain("c1", LENS, demo_store(tmp_path / "store.db")).steps}
    assert len(steps) == 6  # f1/latex becomes f1/gloves by a claim: nothing is inferred beside it
    bought = steps["f1/gloves", "t1/gloves"]
    assert (bought.tier, bought.grade, bought.share, len(bought.claims)) == (3, Grade.REPORTED, None, 1)
    assert steps["t1/gloves", "s1/gloves"].share == (0.6, 0.6)


def test_an_inferred_step_names_its_rule(tmp_path: Path) -> None:
    said = (describes(contract("c1")), delivered("s1/gloves", "c1"), operated("f1", "s1"), offers("f1/gloves"))
    found = chain("c1", LENS, filled(tmp_path / "store.db", *said))
    assert [(s.start, s.end, s.type, s.tier, s.rule) for s in found.steps if s.rule] == [
        ("f1/gloves", "s1/gloves", "INFERRED", 1, Rule.OPERATION)
    ]
    assert found.nodes[0].inferred_only
    graded = chain("c1", lens(min_grade=Grade.REPORTED), filled(tmp_path / "other.db", *said))
    assert [node.item_id for node in graded.nodes] == ["s1/gloves"]


def test_a_circle_that_nothing_enters(tmp_path: Path) -> None:
    complete = {"sourcing": "complete", "source_count": 1}
    said = (
        *(describes(contract("c1")), delivered("s1/x", "c1"), supplies("s2/x", "s1/x"), supplies("s1/x", "s2/x")),
        *(offers("s1/x", attributes=complete), offers("s2/x", attributes=complete)),
    )
    found = chain("c1", LENS, filled(tmp_path / "store.db", *said))
    assert found.circles == (("s1/x", "s2/x"),)
    assert found.open_ends == ()


def test_a_cut_chain_says_so_and_judges_what_it_shows_by_the_whole(tmp_path: Path) -> None:
    found = chain("c1", LENS, demo_store(tmp_path / "store.db"), max_items=1)
    assert found.truncated
    assert {node.item_id for node in found.nodes} == {"s1/gloves", "t1/gloves", "f2/gloves"}
    sources = {node.item_id: node.sourcing.sources for node in found.nodes}
    assert sources["t1/gloves"] == 1


def test_a_contract_that_is_not_seen(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    for unseen in ("c9", "s1"):
        with pytest.raises(UnknownNode):
            chain(unseen, LENS, store)
        with pytest.raises(UnknownNode):
            depth(LENS, store, Portfolios(store), DepthQuestion(contracts=(unseen,)))


def test_depth(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    report = depth(LENS, store, Portfolios(store))
    c1, c2 = report.contracts
    assert (c1.tiers, c1.factory_tier, c1.tiers_without_gap, c1.open_ends, c1.inferred) == (4, 3, 1, 4, False)
    assert [(stop.id, stop.holder_id, stop.tier) for stop in c1.stops][:2] == [
        ("f2/gloves", "f2", 2),
        ("t1/gloves", "t1", 2),
    ]
    assert (c2.deliveries, c2.tiers, c2.factory_tier, c2.open_ends) == (0, 0, None, 1)
    assert [(stop.id, stop.holder_id, stop.tier) for stop in c2.stops] == [("c2", None, 0)]
    assert report.total.by_factory_tier == {3: 1, None: 1}
    assert report.total.without_delivery == 1
    assert {key: total.contracts for key, total in report.by_region.items()} == {"SE-AB": 1, "SE-M": 1}
    assert report.by_category["gloves"].with_open_end == 1


def test_depth_of_a_region_and_of_a_contract(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    one = depth(LENS, store, Portfolios(store), DepthQuestion(regions=("SE-M",)))
    assert [found.facts.contract_id for found in one.contracts] == ["c2"]
    assert set(one.by_region) == {"SE-M"}
    other = depth(LENS, store, Portfolios(store), DepthQuestion(contracts=("c1",)))
    assert [found.facts.contract_id for found in other.contracts] == ["c1"]
    assert depth(LENS, store, Portfolios(store), DepthQuestion(regions=("SE-X",))).contracts == ()


def test_a_chain_known_to_the_end_has_no_gap(tmp_path: Path) -> None:
    said = (
        *(describes(contract("c1")), delivered("s1/x", "c1"), supplies("s2/x", "s1/x", share_low=1.0)),
        offers("s2/x", attributes={"sourcing": "origin"}),
    )
    store = filled(tmp_path / "store.db", *said)
    (found,) = depth(LENS, store, Portfolios(store)).contracts
    assert (found.tiers, found.tiers_without_gap, found.open_ends) == (2, 2, 0)
