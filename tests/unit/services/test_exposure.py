"""How far incidents reach: the same answer as `dependents`, what is beside it, and what a withdrawal leaves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import networkx as nx
import pytest

from tests.contract.build import LENS, NOW, change_set, incident
from tests.unit.demo_world import demo_store
from tests.unit.exchange.test_schemas import differences
from tests.unit.random_worlds import random_world
from tracegraph.answer import LISTED_STATUSES, Answer, Dependent, Interval, Question
from tracegraph.answer_exposure import EXPOSED, ExposedSum, Exposure, RollUp
from tracegraph.exchange.answers import answer_body
from tracegraph.exchange.exposure import exposure_body
from tracegraph.graph.labels import labels_by_contract
from tracegraph.graph.route_graph import CLAIM, START, Node, build_route_graph
from tracegraph.model import Selector, holder_of, product_of
from tracegraph.services.dependents import dependents
from tracegraph.services.exposed import exposed_of
from tracegraph.services.exposure import exposure
from tracegraph.services.incidents import find_incident
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.roll_ups import roll_ups
from tracegraph.store.port import Store
from tracegraph.vocabulary import RelationshipType, SelectorKind, Status
from tracegraph.walk.reach import reach

PLANT, TRADER = Selector(SelectorKind.FACTORY, "f1"), Selector(SelectorKind.SUPPLIER, "l1")
MAX = Question((), LENS).max_items
WITHDRAWN_AT = "2024-03-01T08:00:00Z"


def with_incidents(path: Path) -> Store:
    """The demo world with three incidents, one of them withdrawn."""
    store = demo_store(path / "store.db")
    reported, gone = (replace(incident(name), scope=(PLANT,)) for name in ("inc-1", "inc-3"))
    store.apply(change_set(incidents=[reported, replace(incident("inc-2"), scope=(TRADER,))]), NOW)
    store.apply(change_set(incidents=[gone]), NOW)
    store.apply(change_set(incidents=[replace(gone, status="withdrawn", recorded_at=WITHDRAWN_AT)]), WITHDRAWN_AT)
    return store


def asked(store: Store, *incidents: str, known_at: str = LENS.known_at) -> Exposure:
    lens = replace(LENS, known_at=known_at)
    views = [find_incident(store, name, lens) for name in incidents]
    return exposure(views, Question((), lens), store, Portfolios(store))


def test_one_incident_is_dependents_with_more_beside(tmp_path: Path) -> None:
    store = with_incidents(tmp_path)
    found = exposure_body(asked(store, "inc-1"), with_no_link=True)
    plain = answer_body(dependents(Question((PLANT,), LENS), store, Portfolios(store)), with_no_link=True)
    assert [{k: v for k, v in c.items() if k != "incidents"} for c in found["contracts"]] == plain["contracts"]
    assert {key: found[key] for key in plain if key != "contracts"} == {
        k: v for k, v in plain.items() if k != "contracts"
    }
    assert (found["incident"]["incident_id"], found["incident"]["change"]) == ("inc-1", "reported")
    assert found["contracts"][0]["incidents"] == [{"incident_id": "inc-1", "status": "established"}]


def test_several_incidents_are_a_union_and_each_alone(tmp_path: Path) -> None:
    found = asked(with_incidents(tmp_path), "inc-1", "inc-2", "inc-3", "inc-1")
    assert found.answer.question.scope == (PLANT, TRADER)
    assert [str(part.known.revision.incident_id) for part in found.incidents] == ["inc-1", "inc-2", "inc-3"]
    assert [part.stopped is None for part in found.incidents] == [True, True, False]
    assert dict(found.reached_by["c1"]) == {"inc-1": Status.ESTABLISHED, "inc-2": Status.ESTABLISHED}
    assert [part.summary and part.summary.counts[Status.ESTABLISHED] for part in found.incidents] == [1, 1, None]


def test_a_withdrawn_incident_says_since_when_and_how_to_look_back(tmp_path: Path) -> None:
    store = with_incidents(tmp_path)
    found = asked(store, "inc-3")
    stop = found.incidents[0].stopped
    assert stop is not None
    assert (stop.since, stop.revision, stop.known_before) == (WITHDRAWN_AT, 2, "2024-03-01T07:59:59Z")
    assert exposure_body(found)["contracts"] == []
    assert stop.known_before is not None
    before = asked(store, "inc-3", known_at=stop.known_before)
    assert before.answer.summary.counts[Status.ESTABLISHED] == 1


def test_roll_ups_of_the_demo_world(tmp_path: Path) -> None:
    rolled = asked(with_incidents(tmp_path), "inc-1").rollups
    listed = Status.ESTABLISHED, Status.UNMAPPED
    assert [(row.key, *(row.counts[s] for s in listed)) for row in rolled.country] == [("MY", 1, 0), (None, 0, 1)]
    assert [row.key for row in rolled.product] == ["gloves", "latex", None]
    assert [row.key for row in rolled.region] == ["SE-AB", "SE-M"]


@pytest.mark.parametrize("words", [("inc-1",), ("inc-3",), ("inc-1", "inc-2", "inc-3")])
def test_the_json_obeys_its_schema(words: tuple[str, ...], tmp_path: Path) -> None:
    store = with_incidents(tmp_path)
    for with_routes in (True, False):
        body = exposure_body(asked(store, *words), with_no_link=True, with_routes=with_routes)
        assert differences("incident-exposure", body) == []


# --- labels on routes ------------------------------------------------------------------------------------------------


def passed(graph: nx.DiGraph[Node], node: Node, contract: str, max_tier: int | None) -> bool:
    """Whether some route to a contract passes a node: from the start to it, and from it on."""
    limit = len(graph) if max_tier is None else max_tier
    to = nx.single_source_dijkstra_path_length(graph, START, weight="tier")
    on = nx.single_source_dijkstra_path_length(graph, node, weight="tier")
    return node in to and (contract, CLAIM) in on and to[node] + on[contract, CLAIM] <= limit


def countries_of(countries: Mapping[str, Collection[str]], dependent: Dependent) -> Collection[str]:
    return countries.get(dependent.facts.contract_id, ())


def plain_sum(found: Sequence[Dependent]) -> ExposedSum:
    """Return the value at exposure of contracts, one by one."""
    values = [d.exposed_sek for d in found if d.status in EXPOSED]
    stated = [value for value in values if value is not None]
    total = Interval(sum(v.low for v in stated), sum(v.high for v in stated)) if stated else None
    return ExposedSum(total, len(values) - len(stated))


def counted(answer: Answer, keys_of: Callable[[Dependent], Collection[str]]) -> tuple[RollUp, ...]:
    """Return what contracts have in common, counted row by row."""
    groups: dict[str | None, list[Dependent]] = {}
    for dependent in answer.dependents:
        if dependent.status in LISTED_STATUSES:
            keys: Collection[str | None] = keys_of(dependent)
            for key in keys or [None]:
                groups.setdefault(key, []).append(dependent)
    rows = [
        RollUp(key, {s: sum(d.status is s for d in found) for s in LISTED_STATUSES}, plain_sum(found))
        for key, found in groups.items()
    ]
    return tuple(sorted(rows, key=lambda r: (r.key is None, [-r.counts[s] for s in LISTED_STATUSES], r.key or "")))


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("max_tier", "max_items"), [(None, MAX), (1, MAX), (2, MAX), (None, 6)], ids=["all", "1 tier", "2 tiers", "6 items"]
)
def test_countries_and_products_are_those_of_all_routes(seed: int, max_tier: int | None, max_items: int) -> None:
    with random_world(seed, lenses=2) as (store, lenses):
        for lens in lenses:
            scope = tuple(Selector(SelectorKind.FACTORY, f"f{n}") for n in range(1, 5))
            question = Question(scope, lens, max_tier, max_items)
            answer = dependents(question, store, Portfolios(store))
            graph = build_route_graph(reach(answer.affected, store, lens, store.catalogue(), max_items=max_items))
            routed = [d.facts.contract_id for d in answer.dependents if d.status in EXPOSED]
            holders = sorted({holder_of(node[0]) for node in graph if "/" in node[0]})
            located = store.links_of(holders, (RelationshipType.LOCATED_IN,), "downstream", lens)
            places = {(claim.start.id, claim.end.id) for claim in located}
            labels: dict[str, list[Node]] = {}
            for factory, country in sorted(places):
                held = [node for node in graph if "/" in node[0] and holder_of(node[0]) == factory]
                labels.setdefault(country, []).extend(held)
            expected = {
                c: {label for label, nodes in labels.items() if any(passed(graph, n, c, max_tier) for n in nodes)}
                for c in routed
            }
            assert labels_by_contract(graph, routed, labels, max_tier) == expected
            rolled = roll_ups(answer, store)
            assert rolled.country == counted(answer, partial(countries_of, expected))
            assert rolled.region == counted(answer, lambda d: d.facts.regions)
            assert rolled.category == counted(answer, lambda d: [d.facts.category] if d.facts.category else [])
            assert rolled.direct_supplier == counted(answer, lambda d: (*d.direct_suppliers, *d.ask))
            assert exposed_of(answer) == plain_sum(answer.dependents)
            products = {p for p in (row.key for row in rolled.product) if p}
            assert products <= {product_of(item) for item in answer.affected}
            for rows in (rolled.region, rolled.country, rolled.product):
                for status in LISTED_STATUSES:
                    assert sum(row.counts[status] for row in rows) >= answer.summary.counts[status]
