"""How sure: the first route is the best one, bounds enclose, and more evidence never makes a link less sure."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library import imported, lens_of, opened, scope_of
from tests.oracle import write_dataset
from tests.strategies import Query, datasets, queries
from tests.unit.graph.networks import TARGET, Edge, enumerated, links, random_edges
from tracegraph.answer import Question
from tracegraph.answer_routes import Effort, Method
from tracegraph.graph.reliability_bounds import lower_bound, minimum_cut_bound, noisy_or, upper_bound
from tracegraph.graph.reliability_exact import exact_probability
from tracegraph.graph.reliability_network import build_network
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.routes import routes
from tracegraph.vocabulary import Status

NOW = "2030-01-01T00:00:00Z"
EPSILON = 1e-9
Tables = dict[str, list[dict[str, str]]]

quiet = settings(suppress_health_check=list(HealthCheck), max_examples=30)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Tables, Query]:
    """Tables and a question about them."""
    tables = draw(datasets())
    return tables, draw(queries(tables))


@quiet
@given(worlds())
def test_the_first_route_is_the_best_route_of_the_answer(given_world: tuple[Tables, Query]) -> None:
    tables, query = given_world
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/store.db") as store:
        imported(store, write_dataset(tables, Path(folder) / "data"), NOW)
        lens = lens_of(query, today="2020-01-01", now=NOW)
        question = Question(scope_of(store, query), lens)
        views = Portfolios(store)
        for expected in dependents(question, store, views).dependents:
            found = routes(question, expected.facts.contract_id, Effort(k=10), store, views)
            assert found.dependent.status is expected.status
            reached = expected.status in (Status.ESTABLISHED, Status.POSSIBLE)
            assert (found.probability is not None) == reached == (found.count.number > 0)
            if found.probability is None or expected.route is None:
                assert (found.routes, found.verify_next) == ((), ())
                continue
            first = found.routes[0]
            assert (first.steps, first.weakest_grade) == (expected.route, expected.weakest_grade)
            told = ("tier", "direct_suppliers", "weakest_grade", "route", "facts")
            assert all(getattr(found.dependent, name) == getattr(expected, name) for name in told)
            assert len(found.routes) == min(10, found.count.number)
            p = found.probability
            assert max(route.probability for route in found.routes) <= p.high + EPSILON
            assert 0 < p.low <= p.estimate <= p.high <= 1
            assert p.method is Method.SAMPLED or p.low == p.high


seeds = st.integers(0, 2**32)
doubts = st.sampled_from([0.0, 0.3, 0.5, 1.0])


def probability(edges: list[Edge], w: float) -> float:
    """Return the exact probability, 0 where nothing leads to the target."""
    network = build_network(links(edges), [TARGET], w)
    if network is None:
        return 0.0
    found = exact_probability(network, network.number[TARGET])
    assert found is not None
    return found.probability


@given(seeds, doubts)
def test_bounds_enclose_on_graphs_too_large_to_enumerate(seed: int, w: float) -> None:
    edges = random_edges(random.Random(seed), most=18, connected=True)
    network = build_network(links(edges), [TARGET], w)
    assert network is not None
    target = network.number[TARGET]
    exact = probability(edges, w)
    low, high = lower_bound(network, target), upper_bound(network, target)
    assert 0 < low <= exact + EPSILON
    assert exact <= high + EPSILON
    assert high <= min(noisy_or(network, target), minimum_cut_bound(network, target), 1.0) + EPSILON


@given(seeds, doubts)
def test_exact_is_what_the_definition_says(seed: int, w: float) -> None:
    edges = random_edges(random.Random(seed), most=6)
    assert abs(probability(edges, w) - enumerated(links(edges), w)) <= EPSILON


@given(seeds, doubts)
def test_a_link_more_or_a_source_more_never_lowers_it(seed: int, w: float) -> None:
    chance = random.Random(seed)
    edges = random_edges(chance, most=12, connected=True)
    before = probability(edges, w)
    further = random_edges(chance, most=3)
    said = {(tail, head): list(p) for tail, head, p in edges if not isinstance(p, float | int)}
    for tail, head, p in further:
        assert not isinstance(p, float | int)
        known = dict(said.get((tail, head), []))
        said[tail, head] = [*known.items(), *((source, c) for source, c in p if source not in known)]
    assert before <= probability([(tail, head, p) for (tail, head), p in said.items()], w) + EPSILON


@given(seeds, doubts)
def test_names_and_order_make_no_difference(seed: int, w: float) -> None:
    chance = random.Random(seed)
    edges = random_edges(chance, most=12, connected=True)
    others = dict(zip("abde", chance.sample("pqrtuvwxyz", 4), strict=True)) | {"s": "s", "c": "c"}
    sources: dict[str, str] = {}
    renamed: list[Edge] = [
        (others[tail], others[head], [(sources.setdefault(e, f"z{99 - len(sources)}"), c) for e, c in p])
        for tail, head, p in chance.sample(edges, len(edges))
        if not isinstance(p, float | int)
    ]
    network, again = (build_network(links(e), [TARGET], w) for e in (edges, renamed))
    assert network is not None
    assert again is not None
    one, other = network.number[TARGET], again.number[TARGET]
    assert abs(probability(edges, w) - probability(renamed, w)) <= EPSILON
    assert abs(minimum_cut_bound(network, one) - minimum_cut_bound(again, other)) <= 1e-6
