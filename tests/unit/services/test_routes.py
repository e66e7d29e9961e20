"""How a contract depends on a scope: routes, probability, what to verify, and what is said where there is no route."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.contract.build import LATER, change_set, contract, delivered, describes, located, offers, supplies
from tests.unit.demo_world import LENS, demo_store
from tests.unit.exchange.test_schemas import differences
from tests.unit.random_worlds import random_world
from tracegraph.answer import Question
from tracegraph.answer_routes import Effort, Method, Premise, RouteCount, Routes
from tracegraph.errors import InvalidInput, UnknownNode
from tracegraph.exchange.routes import routes_body
from tracegraph.model import Selector, SourceId
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.routes import effort_of, routes, routes_legend
from tracegraph.store.port import Store
from tracegraph.vocabulary import Basis, Certainty, Grade, SelectorKind, Status

PLANT = (Selector(SelectorKind.FACTORY, "f1"),)


def asked(store: Store, contract_id: str = "c1", scope: Any = PLANT, effort: Effort = Effort(), **more: Any) -> Routes:  # noqa: B008
    return routes(Question(scope, LENS, **more), contract_id, effort, store, Portfolios(store))


def test_the_routes_of_the_demo_world(tmp_path: Path) -> None:
    """Both items of f1 are touched; the operator m1 has none, so that nothing is inferred between them."""
    found = asked(demo_store(tmp_path / "store.db"))
    assert found.dependent.status is Status.ESTABLISHED
    assert [[step.start for step in route.steps] for route in found.routes] == [
        ["f1/gloves", "t1/gloves", "s1/gloves"],
        ["f1/latex", "f1/gloves", "t1/gloves", "s1/gloves"],
    ]
    assert found.count.exact
    assert found.count.number == 2
    assert [route.tier for route in found.routes] == [3, 3]
    assert found.routes[0].steps == found.dependent.route


def test_its_probability_is_that_of_the_claims_with_the_doubt_of_one_document_shared(tmp_path: Path) -> None:
    """Src-1 reports f1 to t1 (0.5); src-2 declares t1 to s1 and the delivery (0.7 each): 0.7 ** 1.5 for both."""
    found = asked(demo_store(tmp_path / "store.db"))
    assert found.probability is not None
    assert found.probability.estimate == pytest.approx(0.5 * 0.7**1.5, abs=1e-12)
    assert found.probability.method is Method.EXACT
    assert found.probability.low == found.probability.high == found.probability.estimate
    assert Premise.SHARED_SOURCE in found.probability.premises
    assert found.routes[0].probability == pytest.approx(0.5 * 0.7**1.5, abs=1e-12)
    assert found.routes[1].probability == pytest.approx(0.5 * 0.7**2, abs=1e-12)
    alone = asked(demo_store(tmp_path / "again.db"), effort=Effort(shared_doubt=0.0))
    assert alone.probability is not None
    assert alone.probability.estimate == pytest.approx(0.5 * 0.7**2, abs=1e-12)


def test_what_to_verify_next_and_whom_to_ask(tmp_path: Path) -> None:
    found = asked(demo_store(tmp_path / "store.db"))
    told = [(link.start, link.end, link.ask) for link in found.verify_next]
    assert told == [
        ("f1/gloves", "t1/gloves", "t1"),  # the buyer knows from whom it buys
        ("s1/gloves", "c1", "s1"),  # who delivers knows what it delivers
        ("t1/gloves", "s1/gloves", "s1"),
    ]
    first = found.verify_next[0]
    assert first.probability == pytest.approx(0.5, abs=1e-12)
    assert first.if_refuted == pytest.approx(0.0, abs=1e-12)
    assert first.if_confirmed == pytest.approx(0.7**1.5, abs=1e-12)
    assert first.expected_change == pytest.approx(2 * 0.25 * 0.7**1.5, abs=1e-12)
    assert [claim.source_id for claim in first.claims] == ["src-1"]
    changes = [link.expected_change for link in found.verify_next]
    assert changes == sorted(changes, reverse=True)


def test_a_candidate_is_a_link_to_verify(tmp_path: Path) -> None:
    """F2 has no name and stands in TH: it may be the plant f9 that is named there."""
    store = demo_store(tmp_path / "store.db")
    store.apply(change_set(located("f9", "TH"), offers("f9/gloves")), LATER)
    found = asked(store, scope=(*PLANT, Selector(SelectorKind.FACTORY, "f9")))
    candidate = next(link for link in found.verify_next if link.type == "CANDIDATE")
    assert (candidate.start, candidate.end, candidate.ask, candidate.grade) == (
        "f2/gloves",
        "f2/gloves",
        "f2",
        Grade.INFERRED,
    )
    assert found.affected["f2/gloves"] is Certainty.CANDIDATE
    assert set(routes_legend(found, store, "en").candidates) == {"f2/gloves"}


def test_without_a_route_there_is_no_probability(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    unmapped = asked(store, "c2")
    assert (unmapped.probability, unmapped.routes, unmapped.count.number) == (None, (), 0)
    assert (unmapped.dependent.status, unmapped.dependent.basis) == (Status.UNMAPPED, Basis.GOODS_MATCH)
    elsewhere = asked(store, "c1", (Selector(SelectorKind.FACTORY, "f3"),))
    assert elsewhere.probability is None
    assert elsewhere.dependent.status is not Status.ESTABLISHED


def test_where_the_walk_was_cut_there_is_no_upper_bound(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    store.apply(change_set(delivered("f1/gloves", "c1", source_id=SourceId("src-2"))), LATER)
    found = asked(store, max_items=2)
    assert found.truncated
    assert found.probability is not None
    assert found.probability.low == pytest.approx(0.7)
    assert found.probability.high == 1
    assert Premise.CUT in found.probability.premises


def test_a_contract_that_nobody_sees_is_unknown(tmp_path: Path) -> None:
    with pytest.raises(UnknownNode, match="c9"):
        asked(demo_store(tmp_path / "store.db"), "c9")


def test_more_than_is_given_is_refused() -> None:
    with pytest.raises(InvalidInput, match="--k is 11"):
        effort_of(11, 1, 64)
    with pytest.raises(InvalidInput, match="--samples is 2000000"):
        effort_of(3, 1, 2_000_000)
    assert effort_of(10, 7, 640) == Effort(10, 7, 640)


def many_traders(path: Path) -> Store:
    """A layered trade in which every trader buys from every one of the layer before: too much to be exact."""
    store = demo_store(path)
    layers = [[f"w{layer}-{n}/gloves" for n in range(7)] for layer in range(4)]
    said = [supplies("f1/gloves", item, source_id=SourceId(f"src-{n}")) for n, item in enumerate(layers[0])]
    for above, below in pairwise(layers):
        said += [
            supplies(a, b, source_id=SourceId(f"src-{a}-{b}".replace("/", "-")), grade=Grade.INFERRED)
            for a in above
            for b in below
        ]
    said += [delivered(item, "c7") for item in layers[-1]]
    store.apply(change_set(describes(contract("c7"), "src-2", {"title": "Many"}), *said), LATER)
    return store


def test_a_large_cone_is_sampled_within_its_bounds(tmp_path: Path) -> None:
    store = many_traders(tmp_path / "store.db")
    found = asked(store, "c7", effort=Effort(k=10, seed=5, samples=6_400))
    assert found.count == RouteCount(2 * 7**4, exact=True)  # f1/latex leads through f1/gloves
    p = found.probability
    assert p is not None
    assert (p.method, p.seed, p.samples) == (Method.SAMPLED, 5, 6_400)
    assert p.standard_error is not None
    assert 0 < p.low <= p.estimate <= p.high <= 1
    assert len(found.verify_next) == 10
    assert differences("routes", routes_body(found)) == []
    assert routes_body(found) == routes_body(asked(store, "c7", effort=Effort(k=10, seed=5, samples=6_400)))


@pytest.mark.parametrize("seed", range(3))
def test_random_worlds_obey_the_schema(seed: int) -> None:
    with random_world(seed) as (store, lenses):
        for lens in lenses:
            scope = (Selector(SelectorKind.COUNTRY, "MY"), Selector(SelectorKind.FACTORY, "f1"))
            views = Portfolios(store)
            contracts = views.under(lens).portfolio.contract_ids
            for contract_id in contracts[:3]:
                found = routes(Question(scope, lens), contract_id, Effort(k=10), store, views)
                assert differences("routes", routes_body(found)) == []


def test_the_demo_world_obeys_the_schema(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    for contract_id in ("c1", "c2"):
        assert differences("routes", routes_body(asked(store, contract_id))) == []
