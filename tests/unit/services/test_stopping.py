"""What stops, on chains small enough to judge by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.contract.build import (
    LENS,
    NOW,
    becomes,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    located,
    offers,
    operated,
    supplies,
)
from tests.library import imported, opened
from tests.unit.demo_world import filled
from tracegraph.answer_points import Level
from tracegraph.answer_stops import Closed, Closure, Doubt, Outcome
from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.lens import Lens
from tracegraph.model import Statement
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.stopping import Closing, if_closed
from tracegraph.services.stopping_points import Weak, single_points
from tracegraph.services.stopping_routes import routes_between
from tracegraph.store.port import Store
from tracegraph.vocabulary import Certainty

ROOT = Path(__file__).resolve().parents[3]
C1 = (describes(contract("c1"), "src-2", {"title": "Gloves", "value_sek": 100}),)


def complete(item: str, count: int) -> Statement:
    return offers(item, attributes={"sourcing": "complete", "source_count": count})


def closes(store: Store, who: str, **more: Any) -> Closure:
    return if_closed(Closing(who, LENS, **more), store, Portfolios(store))


def c1_if(store: Store, who: str) -> Closed:
    (found,) = [c for c in closes(store, who).contracts if c.facts.contract_id == "c1"]
    return found


def world(tmp_path: Path, *said: Statement) -> Store:
    return filled(tmp_path / "store.db", *C1, *said)


def test_the_only_listed_source_of_a_complete_list_stops_it(tmp_path: Path) -> None:
    store = world(tmp_path, supplies("f1/gloves", "s1/gloves"), complete("s1/gloves", 1), delivered("s1/gloves", "c1"))
    assert c1_if(store, "f1").outcome is Outcome.STOPS
    assert c1_if(store, "s1").outcome is Outcome.STOPS


def test_an_open_list_leaves_it_open_and_says_whom_it_is_about(tmp_path: Path) -> None:
    store = world(tmp_path, supplies("f1/gloves", "s1/gloves"), delivered("s1/gloves", "c1"))
    found = c1_if(store, "f1")
    assert found.outcome is Outcome.MAY_STOP
    assert [(d.item, d.doubt) for d in found.doubts] == [("s1/gloves", Doubt.UNSEEN_SOURCE)]


def test_another_documented_source_is_named(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        supplies("f1/gloves", "s1/gloves", share_low=0.3, share_high=0.3),
        supplies("f2/gloves", "s1/gloves", share_low=0.7, share_high=0.7),
        delivered("s1/gloves", "c1"),
    )
    found = c1_if(store, "f1")
    assert found.outcome is Outcome.HOLDS
    assert [(source.at, source.item) for source in found.others] == [("s1/gloves", "f2/gloves")]
    assert found.share is not None
    assert found.share.high == pytest.approx(0.3)
    assert [c.facts.contract_id for c in closes(store, "f1", at_most=0.3).lose_at_most()] == ["c1"]
    assert closes(store, "f1", at_most=0.2).lose_at_most() == ()


def test_a_source_that_may_itself_buy_from_it_is_no_sure_one(tmp_path: Path) -> None:
    """t1 is another seller, but where t1 buys nobody says: it could be f1 as well."""
    said = (supplies("f1/gloves", "s1/gloves"), supplies("t1/gloves", "s1/gloves"), delivered("s1/gloves", "c1"))
    store = world(tmp_path, *said, complete("s1/gloves", 2))
    assert c1_if(store, "f1").outcome is Outcome.MAY_STOP


def test_ingredients_are_needed_together_and_sources_of_one_substitute(tmp_path: Path) -> None:
    """f1 makes gloves of latex (two sellers) and of cartons (one); cartons are neither latex nor gloves."""
    store = world(
        tmp_path,
        *(supplies("l1/latex", "f1/latex"), supplies("l2/latex", "f1/latex"), complete("f1/latex", 2)),
        *(supplies("k1/carton", "f1/carton"), complete("f1/carton", 1)),
        *(becomes("f1/latex", "f1/gloves"), becomes("f1/carton", "f1/gloves"), complete("f1/gloves", 0)),
        *(
            offers(f"{who}/{what}", attributes={"sourcing": "origin"})
            for who, what in (("l1", "latex"), ("l2", "latex"))
        ),
        *(offers("k1/carton", attributes={"sourcing": "origin"}), delivered("f1/gloves", "c1")),
    )
    assert c1_if(store, "k1").outcome is Outcome.STOPS
    assert c1_if(store, "l1").outcome is Outcome.HOLDS
    weak = single_points(Weak(LENS, pairs=True), store, Portfolios(store)).contracts[0]
    assert {p.id for p in weak.points if p.level is Level.HOLDER and p.certainty is Certainty.CERTAIN} == {"f1", "k1"}
    assert {pair.ids for pair in weak.pairs or ()} == {("l1", "l2")}


def test_an_ingredient_of_a_part_of_the_output_stops_nothing_for_certain(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        *(supplies("l1/latex", "f1/latex"), complete("f1/latex", 1), complete("f1/gloves", 0)),
        becomes("f1/latex", "f1/gloves", share_low=0.4, share_high=0.4),
        delivered("f1/gloves", "c1"),
    )
    found = c1_if(store, "l1")
    assert found.outcome is Outcome.MAY_STOP
    assert [d.doubt for d in found.doubts] == [Doubt.INGREDIENT]


def test_a_contract_of_two_goods_loses_the_one_that_stops(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        *(supplies("f1/gloves", "s1/gloves"), complete("s1/gloves", 1), delivered("s1/gloves", "c1")),
        *(supplies("f2/masks", "s2/masks"), complete("s2/masks", 1), delivered("s2/masks", "c1")),
    )
    found = c1_if(store, "f1")
    assert found.outcome is Outcome.LOSES_PART
    assert [(d.item, d.outcome) for d in found.deliveries] == [
        ("s1/gloves", Outcome.STOPS),
        ("s2/masks", Outcome.HOLDS),
    ]


def test_comparable_goods_stand_in_for_each_other(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        *(supplies("f1/gloves", "s1/gloves"), complete("s1/gloves", 1), delivered("s1/gloves", "c1")),
        *(supplies("f2/nitrile", "s2/nitrile"), complete("s2/nitrile", 1), delivered("s2/nitrile", "c1")),
    )
    assert c1_if(store, "f1").outcome is Outcome.HOLDS


def test_a_plant_without_a_name_may_be_the_one_that_closes(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        *(describes(holder("f2"), "src-2", {"identified": False}), located("f1", "MY"), located("f2", "MY")),
        *(offers("f1/gloves"), supplies("f2/gloves", "s1/gloves"), complete("s1/gloves", 1)),
        delivered("s1/gloves", "c1"),
    )
    found = c1_if(store, "f1")
    assert found.outcome is Outcome.MAY_STOP
    assert (found.doubts[0].item, found.doubts[0].doubt) == ("f2/gloves", Doubt.CANDIDATE)


def test_a_company_closes_with_the_plants_that_it_operates(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        *(operated("f1", "m1"), supplies("f1/gloves", "s1/gloves"), complete("s1/gloves", 1)),
        delivered("s1/gloves", "c1"),
    )
    assert c1_if(store, "m1").outcome is Outcome.STOPS


def test_an_inferred_source_is_hoped_for_but_not_counted(tmp_path: Path) -> None:
    """s1 has nitrile gloves from f1 and gloves from f2; the latter could be passed on as the former."""
    store = world(
        tmp_path,
        *(supplies("f1/nitrile", "s1/nitrile"), complete("s1/nitrile", 1), delivered("s1/nitrile", "c1")),
        *(supplies("f2/gloves", "s1/gloves"), complete("s1/gloves", 1)),
    )
    found = c1_if(store, "f1")
    assert found.outcome is Outcome.MAY_STOP
    assert [(d.item, d.doubt, d.origin) for d in found.doubts] == [("s1/nitrile", Doubt.INFERRED_STEP, "s1/gloves")]
    other = c1_if(store, "f2")  # the documented source goes on
    assert other.outcome is Outcome.HOLDS
    assert [(source.at, source.item) for source in other.others] == [("s1/nitrile", "f1/nitrile")]


def test_goods_that_go_round_keep_nothing_going_for_long(tmp_path: Path) -> None:
    """t1 buys from f1 or t2, t2 from t1: a circle that f1 feeds."""
    store = world(
        tmp_path,
        *(supplies("f1/gloves", "t1/gloves"), supplies("t2/gloves", "t1/gloves"), complete("t1/gloves", 2)),
        *(supplies("t1/gloves", "t2/gloves"), complete("t2/gloves", 1), delivered("t2/gloves", "c1")),
    )
    found = c1_if(store, "f1")
    assert found.outcome is Outcome.STOPS
    assert found.fails is not None
    assert (found.fails.for_certain_optimistic, found.fails.for_certain_grounded) == (False, True)
    weak = single_points(Weak(LENS), store, Portfolios(store)).contracts[0]
    assert {p.id: p.around_a_circle for p in weak.points if p.level is Level.HOLDER} == {
        "f1": True,
        "t1": False,
        "t2": False,
    }


def test_a_circle_without_a_source_has_no_points(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        *(supplies("t1/gloves", "t2/gloves"), complete("t2/gloves", 1)),
        *(supplies("t2/gloves", "t1/gloves"), complete("t1/gloves", 1), delivered("t2/gloves", "c1")),
    )
    weak = single_points(Weak(LENS), store, Portfolios(store)).contracts[0]
    assert (weak.ungrounded, weak.points) == (True, ())
    assert closes(store, "t1").ungrounded == ("c1",)


def test_two_plants_of_one_country_are_one_point(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        *(supplies("f1/gloves", "s1/gloves"), supplies("f2/gloves", "s1/gloves"), complete("s1/gloves", 2)),
        *(located("f1", "MY"), located("f2", "MY"), delivered("s1/gloves", "c1")),
    )
    found = single_points(Weak(LENS), store, Portfolios(store))
    points = {(p.level, p.id) for p in found.contracts[0].points}
    assert points == {(Level.HOLDER, "s1"), (Level.ITEM, "s1/gloves"), (Level.COUNTRY, "MY")}
    assert [(h.id, h.certain, h.value_sek) for h in found.hits if h.level is Level.COUNTRY] == [("MY", ("c1",), 100)]


def test_a_cut_walk_is_never_certain(tmp_path: Path) -> None:
    said = (supplies(f"f{n}/gloves", f"f{n + 1}/gloves") for n in range(6))
    lists = (complete(f"f{n + 1}/gloves", 1) for n in range(6))
    store = world(tmp_path, *said, *lists, delivered("f6/gloves", "c1"))
    assert c1_if(store, "f0").outcome is Outcome.STOPS
    cut = closes(store, "f0", max_items=3)
    assert cut.truncated
    assert cut.of(Outcome.STOPS) == cut.of(Outcome.NOT_TOUCHED) == ()
    found = single_points(Weak(LENS, max_items=3), store, Portfolios(store))
    assert found.truncated
    assert {p.certainty for p in found.contracts[0].points} == {Certainty.CANDIDATE}


def test_independent_routes_and_what_all_pass(tmp_path: Path) -> None:
    """f1 sells to t1 and t2, both to s1; and t3 sells on what it could have from t1 only by an inferred step."""
    store = world(
        tmp_path,
        *(supplies("f1/gloves", f"t{n}/gloves") for n in (1, 2)),
        *(supplies(f"t{n}/gloves", "s1/gloves") for n in (1, 2)),
        delivered("s1/gloves", "c1"),
        delivered("t2/gloves", "c1"),
    )
    found = routes_between("f1", "c1", LENS, store)
    assert found.documented == found.all
    assert found.documented is not None
    assert (found.documented.by_items.low, found.documented.by_items.high) == (2, 2)
    assert {route[:-1] for route in found.documented.by_holders.routes} == {
        ("t2/gloves",),
        ("t1/gloves", "s1/gloves"),
    }
    assert found.documented.choke.holders == ()
    alone = routes_between("t1", "c1", LENS, store)
    assert alone.documented is not None
    assert alone.documented.choke.holders == ("s1",)
    assert alone.documented.choke.items == ("s1/gloves",)


def test_one_holder_with_two_goods_is_one_obstacle(tmp_path: Path) -> None:
    said = (supplies(f"f1/{p}", f"s1/{p}") for p in ("gloves", "masks"))
    store = world(tmp_path, *said, *(delivered(f"s1/{p}", "c1") for p in ("gloves", "masks")))
    found = routes_between("f1", "c1", LENS, store).documented
    assert found is not None
    assert (found.by_items.low, found.by_items.high) == (2, 2)
    assert (found.by_holders.low, found.by_holders.high) == (1, 1)
    assert (found.choke.holders, found.choke.items) == (("s1",), ())


def test_a_route_by_inference_is_told_apart(tmp_path: Path) -> None:
    store = world(tmp_path, supplies("f1/nitrile", "s1/nitrile"), offers("s1/gloves"), delivered("s1/gloves", "c1"))
    found = routes_between("f1", "c1", LENS, store)
    assert found.documented is None
    assert found.all is not None
    assert found.all.by_holders.routes == (("s1/nitrile", "s1/gloves", "c1"),)


def test_a_plant_that_delivers_itself_has_a_route_that_passes_nobody(tmp_path: Path) -> None:
    store = world(tmp_path, delivered("f1/gloves", "c1"))
    found = routes_between("f1", "c1", LENS, store).documented
    assert found is not None
    assert (found.by_items.low, found.by_items.high, found.by_items.routes) == (1, 1, (("c1",),))
    assert found.choke.holders == ()


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    store = world(tmp_path, delivered("f1/gloves", "c1"))
    with pytest.raises(UnknownNode):
        closes(store, "nobody")
    with pytest.raises(UnknownNode):
        single_points(Weak(LENS, contracts=("c9",)), store, Portfolios(store))
    for who, where in (("nobody", "c1"), ("f1", "c9")):
        with pytest.raises(UnknownNode):
            routes_between(who, where, LENS, store)
    with pytest.raises(InvalidInput):
        single_points(Weak(LENS, links_hold=0.9), store, Portfolios(store))


def test_how_likely_supply_is_to_hold(tmp_path: Path) -> None:
    store = world(
        tmp_path,
        *(supplies("f1/gloves", "s1/gloves"), supplies("f2/gloves", "s1/gloves"), complete("s1/gloves", 2)),
        delivered("s1/gloves", "c1"),
    )
    asked = Weak(LENS, contracts=("c1",), links_hold=0.9)
    (weak,) = single_points(asked, store, Portfolios(store)).contracts
    assert weak.holds is not None
    assert [chance.probability for chance in weak.holds] == pytest.approx([0.9 * 0.99] * 2)


def test_both_stores_say_the_same(store_url: str) -> None:
    said = (
        *(supplies("f1/gloves", "s1/gloves"), supplies("f2/gloves", "s1/gloves"), complete("s1/gloves", 2)),
        *(supplies("l1/latex", "f1/latex"), becomes("f1/latex", "f1/gloves"), complete("f1/latex", 1)),
        *(supplies("l1/latex", "f2/latex"), becomes("f2/latex", "f2/gloves"), complete("f2/latex", 1)),
        *(offers("l1/latex", attributes={"sourcing": "origin"}), delivered("s1/gloves", "c1")),
    )
    with opened(store_url) as store:
        store.apply(change_set(*C1, *said), NOW)
        assert c1_if(store, "l1").outcome is Outcome.STOPS
        assert [(s.at, s.item) for s in c1_if(store, "f1").others] == [("s1/gloves", "f2/gloves")]
        (weak,) = single_points(Weak(LENS, pairs=True), store, Portfolios(store)).contracts
        assert {p.id for p in weak.points if p.level is Level.HOLDER} == {"s1", "l1"}
        assert [pair.ids for pair in weak.pairs or ()] == [("f1", "f2")]
        found = routes_between("l1", "c1", LENS, store).documented
        assert found is not None
        assert (found.by_holders.low, found.choke.holders) == (1, ("s1",))


def test_the_seeds(tmp_path: Path) -> None:
    """The story of the demo, checked by hand against seeds/demo."""
    lens = Lens("2019-02-19", NOW)
    with opened(f"sqlite:///{tmp_path}/store.db") as store:
        for part in ("reference", "demo"):
            imported(store, ROOT / "seeds" / part, NOW)
        closure = if_closed(Closing("demo-plant-klang", lens), store, Portfolios(store))
        assert {o.value: [c.facts.contract_id for c in closure.of(o)] for o in list(Outcome)[:4]} == {
            "stops": ["demo-c-0001"],
            "loses_part": [],
            "may_stop": ["demo-c-0002", "demo-c-0010", "demo-c-0011"],
            "holds": ["demo-c-0003", "demo-c-0007", "demo-c-0025"],
        }
        found = single_points(Weak(lens, categories=("gloves",), pairs=True), store, Portfolios(store))
        top = found.hits[0]
        assert (top.id, len(top.certain), len(top.candidate)) == ("demo-latex-ulsan", 4, 6)
        weak = {w.facts.contract_id: w for w in found.contracts}
        assert [p.ids for p in weak["demo-c-0001"].pairs or ()] == [("demo-trader-01", "demo-trader-02")]
