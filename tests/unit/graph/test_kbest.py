"""The k best routes, and their number, against enumeration."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import networkx as nx
import pytest

from tests.unit.graph.test_routes import INF, D, R, V, cone, step
from tracegraph.answer_routes import RouteCount
from tracegraph.decide import decide_confidence
from tracegraph.graph.kbest import best_routes, count_routes, routes_to
from tracegraph.graph.route_graph import build_route_graph
from tracegraph.graph.routes import Route, reached_contracts
from tracegraph.vocabulary import Certainty, Grade, Rule
from tracegraph.walk.cone import Cone


def routes(found: Cone, k: int = 10) -> list[str]:
    return [" ".join(route.nodes) for route in listed(found, k)]


def listed(found: Cone, k: int = 10) -> tuple[Route, ...]:
    return best_routes(routes_to(build_route_graph(found), "c"), "c", k)


def count(found: Cone, **more: Any) -> RouteCount:
    return count_routes(routes_to(build_route_graph(found), "c"), "c", **more)


DIAMOND = cone(
    step("a/p", "b/p", D), step("a/p", "d/p", R), step("b/p", "e/p", V), step("d/p", "e/p", V), step("e/p", "c", V)
)


def test_routes_come_in_the_order_of_the_model() -> None:
    assert routes(DIAMOND) == ["a/p b/p e/p c", "a/p d/p e/p c"]
    assert [route.weakest_grade for route in listed(DIAMOND)] == [D, R]
    assert routes(DIAMOND, 1) == ["a/p b/p e/p c"]
    assert count(DIAMOND) == RouteCount(2, exact=True)


def test_where_no_route_leads_there_is_none() -> None:
    found = cone(step("a/p", "b/p"), step("x/p", "c"))
    assert routes(found) == []
    assert count(found) == RouteCount(0, exact=True)


def test_a_claim_and_an_inferred_step_between_the_same_items_are_one_way() -> None:
    found = cone(step("a/p", "a/q", D, kind="BECOMES"), step("a/q", "c"), inferred=(("a/p", "a/q"),))
    assert [route.inferred for route in listed(found)] == [(False, False)]
    assert count(found) == RouteCount(1, exact=True)


def test_the_better_of_a_claim_and_an_inferred_step_is_shown() -> None:
    """A sale counts a tier, an operation none: where both are mere guesses, fewer tiers win."""
    found = cone(step("f/p", "s/p", INF), step("s/p", "c"), inferred=(("f/p", "s/p"),), starts=("f/p",))
    assert [route.inferred for route in listed(found)] == [(True, False)]
    assert count(found) == RouteCount(1, exact=True)


def test_a_number_of_routes_too_large_to_list_is_exact_where_there_is_no_circle() -> None:
    layers = 40
    claims = [step(f"{n:02}{x}/p", f"{n + 1:02}{y}/p") for n in range(layers) for x in "ab" for y in "ab"]
    ends = [step(f"{layers:02}{x}/p", "c") for x in "ab"]
    assert count(cone(*claims, *ends, starts=("00a/p",))) == RouteCount(2**layers, exact=True)


def test_in_circles_ways_are_counted_up_to_a_limit() -> None:
    items = [f"{letter}/p" for letter in "abdefghi"]
    claims = [step(x, y) for x in items for y in items if x != y]
    found = cone(*claims, step("i/p", "c"))
    assert count(found) == RouteCount(1_957, exact=True)  # ordered choices of the 6 between: the sum of 6! / n!
    cut = count(found, most_steps=500)
    assert not cut.exact
    assert 0 < cut.number < 1_957


@pytest.mark.parametrize("seed", range(120))
def test_random_graphs_agree_with_enumeration(seed: int) -> None:
    found = random_cone(random.Random(seed))
    graph = build_route_graph(found)
    expected = enumerated(found)
    best = listed(found)
    reached = reached_contracts(graph, {"c"}).get("c")
    assert (reached.route if reached else None) == (best[0] if best else None)
    assert [(route.nodes, route.weakest_grade) for route in best] == expected[:10]
    assert count(found) == RouteCount(len(expected), exact=True)


def random_cone(chance: random.Random) -> Cone:
    """A small cone with circles, parallel claims, inferred steps beside claims, and candidates."""
    items = [f"{holder}/{product}" for holder in "abd" for product in "pq"]
    claims = []
    for _ in range(chance.randint(2, 10)):
        start, end = chance.sample(items, 2)
        kind = "BECOMES" if start[0] == end[0] else "SUPPLIES"
        claims.append(step(start, end, chance.choice([V, D, R, INF]), chance.choice([None, 0.1, 0.3, 0.7, 1.0]), kind))
    claims += [step(item, "c", chance.choice([V, D, R])) for item in chance.sample(items, 2)]
    pairs = [("a/p", "a/q"), ("b/q", "b/p"), ("d/p", "d/q"), ("a/q", "b/q"), ("a/p", "b/p")]
    inferred = [pair for pair in pairs if chance.random() < 0.6]
    starts = {item: chance.choice(list(Certainty)) for item in chance.sample(items, chance.randint(1, 2))}
    return Cone(starts, cone(*claims).claims, dict.fromkeys(inferred, Rule.TAXONOMY))


def enumerated(found: Cone) -> list[tuple[tuple[str, ...], Grade]]:
    """All routes by their items, best first: the walk over pairs, written again without the code under test."""
    graph: nx.DiGraph[Any] = nx.DiGraph([(("", False), (item, False)) for item in found.starts])
    graph.add_edges_from(((a, False), (b, True)) for a, b in found.inferred)
    graph.add_edges_from(((a, entered), (b, False)) for a, b in found.claims for entered in (False, True))
    routes: dict[tuple[str, ...], tuple[Any, ...]] = {}
    for path in nx.all_simple_paths(graph, ("", False), ("c", False)) if ("c", False) in graph else ():
        ids = tuple(node for node, _ in path[1:])
        kinds = tuple(entered for _, entered in path[2:])
        pairs = list(zip(ids, ids[1:], kinds, strict=False))
        said = [(b, entered and (a, b) not in found.claims) for a, b, entered in pairs]
        key = (*key_of(pairs, found, certain=found.starts[ids[0]] is Certainty.CERTAIN), ids, kinds)
        if len({(ids[0], False), *said}) == len(ids):
            routes[ids] = min(routes.get(ids, key), key)
    return [(key[4], Grade.of_rank(-key[0])) for key in sorted(routes.values())]


def key_of(pairs: list[tuple[str, str, bool]], found: Cone, *, certain: bool) -> tuple[int, int, int, Fraction]:
    grade, tier, sure = (V.rank if certain else 0), 0, Fraction(1)
    for start, end, inferred in pairs:
        if inferred:
            grade, sure = 0, sure * Fraction(1, 5)
            continue
        claims = found.claims[start, end]
        best = max(claim.grade for claim in claims)
        confidence = decide_confidence([(claim.grade, claim.recorded_at, claim.confidence) for claim in claims], best)
        grade, tier, sure = (
            min(grade, best),
            tier + (claims[0].type != "BECOMES"),
            sure * Fraction(str(confidence)),
        )
    return -grade, tier, len(pairs), -sure
