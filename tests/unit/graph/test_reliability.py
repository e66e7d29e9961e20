"""How sure: exact, bounded and sampled reliability. O5, O6 and O7 are those of the methods' oracles."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import networkx as nx
import pytest

from tests.unit.graph.networks import TARGET, Edge, enumerated, links, network, node, random_edges
from tests.unit.graph.test_routes import INF, D, R, cone, step
from tracegraph.answer_routes import Effort, Method, Premise
from tracegraph.graph.reliability import Reliability, assess_reliability
from tracegraph.graph.reliability_bounds import lower_bound, minimum_cut_bound, noisy_or, upper_bound
from tracegraph.graph.reliability_exact import exact_probability
from tracegraph.graph.reliability_graph import build_evidence_graph
from tracegraph.graph.reliability_network import build_network
from tracegraph.graph.reliability_sampling import Sample
from tracegraph.vocabulary import Certainty

BRIDGE = (("s", "a"), ("s", "b"), ("a", "b"), ("a", "c"), ("b", "c"))


def bridge(*p: float) -> list[Edge]:
    return [(tail, head, chance) for (tail, head), chance in zip(BRIDGE, p, strict=True)]


def exact(edges: list[Edge], *, both_ways: bool = False, w: float = 0.5) -> float:
    found = exact_probability(*network(edges, both_ways=both_ways, w=w))
    assert found is not None
    return found.probability


# --- oracles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "undirected", "directed"),
    [(0.9, 0.97848, 0.97119), (0.5, 1 / 2, 15 / 32), (0.1, 269 / 12500, 2071 / 100000)],
)
def test_o5_the_bridge_with_equal_probabilities(p: float, undirected: float, directed: float) -> None:
    assert exact(bridge(p, p, p, p, p), both_ways=True) == pytest.approx(undirected, abs=1e-12)
    assert exact(bridge(p, p, p, p, p)) == pytest.approx(directed, abs=1e-12)


def test_o5_the_bridge_with_different_probabilities_and_its_bounds() -> None:
    edges = bridge(0.9, 0.8, 0.5, 0.7, 0.6)
    assert exact(edges) == pytest.approx(0.8238, abs=1e-12)
    assert exact(edges, both_ways=True) == pytest.approx(0.835, abs=1e-12)
    assert noisy_or(*network(edges)) == pytest.approx(0.82758, abs=1e-12)
    assert lower_bound(*network(edges), max_paths=1) == pytest.approx(0.63, abs=1e-12)  # the best path
    assert lower_bound(*network(edges), max_paths=2) == pytest.approx(0.8076, abs=1e-12)  # two edge-disjoint paths
    assert 0.8076 <= lower_bound(*network(edges)) <= 0.8238
    paths = nx.all_simple_paths(links(edges), node("s"), TARGET)
    products = [lower_bound(*network([e for e in edges if (node(e[0]), node(e[1])) in pairs(path)])) for path in paths]
    assert max(products) == pytest.approx(0.63, abs=1e-12)
    assert sum(products) == pytest.approx(1.38, abs=1e-12)  # the union bound, which the noisy-OR is never above


def pairs(path: list[tuple[str, int]]) -> set[tuple[tuple[str, int], tuple[str, int]]]:
    return set(pairwise(path))


def test_o5_birnbaum_of_the_middle_edge() -> None:
    built, target = network(bridge(0.9, 0.9, 0.9, 0.9, 0.9), both_ways=True)
    found = exact_probability(built, target)
    assert found is not None
    middle = next(n for n, link in enumerate(built.links) if (link.start, link.end) == ("a", "b"))
    assert found.settled[middle].confirmed - found.settled[middle].refuted == pytest.approx(0.0162, abs=1e-12)


SHARED_LINK: list[Edge] = [("s", "x", 0.5), ("x", "a", 1), ("x", "b", 1), ("a", "c", 1), ("b", "c", 1)]


def test_o6_a_shared_link_counts_once() -> None:
    assert exact(SHARED_LINK) == pytest.approx(1 / 2, abs=1e-12)
    assert noisy_or(*network(SHARED_LINK)) == pytest.approx(3 / 4, abs=1e-12)
    assert minimum_cut_bound(*network(SHARED_LINK)) == pytest.approx(1 / 2, abs=1e-8)
    assert upper_bound(*network(SHARED_LINK)) == pytest.approx(1 / 2, abs=1e-8)


@pytest.mark.parametrize("last", ["a", "b"])
def test_o7_a_circle_does_not_make_itself_surer(last: str) -> None:
    edges: list[Edge] = [("s", "a", 0.5), ("a", "b", 1.0), ("b", "a", 1.0), (last, "c", 1)]
    assert exact(edges) == pytest.approx(0.5, abs=1e-12)
    assert upper_bound(*network(edges)) == pytest.approx(0.5, abs=1e-8)
    assert lower_bound(*network(edges)) == pytest.approx(0.5, abs=1e-12)


def test_the_diamond_of_the_methods() -> None:
    edges: list[Edge] = [("s", "x", 0.5), ("x", "a", 0.9), ("x", "b", 0.9), ("a", "c", 0.9), ("b", "c", 0.9)]
    assert exact(edges) == pytest.approx(0.48195, abs=1e-12)
    assert noisy_or(*network(edges)) == pytest.approx(0.645975, abs=1e-12)


# --- evidence that several links share ----------------------------------------------------------------------------


@pytest.mark.parametrize(("w", "both"), [(0, 0.25), (0.5, 0.5**1.5), (1, 0.5)])
def test_two_links_of_one_document_share_their_doubt(w: float, both: float) -> None:
    """Confidence c = 1/2: both are right with probability c ** (2 - w), one of them with 2c - c ** (2 - w)."""
    same = [("src", 0.5)]
    assert exact([("s", "a", same), ("a", "c", same)], w=w) == pytest.approx(both, abs=1e-12)
    either: list[Edge] = [("s", "a", same), ("s", "b", same), ("a", "c", 1), ("b", "c", 1)]
    assert exact(either, w=w) == pytest.approx(1 - both, abs=1e-12)


def test_two_documents_for_one_link_are_alternatives() -> None:
    assert exact([("s", "c", [("src-1", 0.5), ("src-2", 0.5)])]) == pytest.approx(0.75, abs=1e-12)


def test_a_document_that_says_a_thing_twice_does_not_make_it_surer() -> None:
    found = cone(step("a/p", "c", R), step("a/p", "c", R, 0.4))
    assert assessed(found).probability.estimate == pytest.approx(0.4, abs=1e-12)


def test_candidates_and_inferred_steps_have_the_confidence_of_what_is_inferred() -> None:
    found = replace(cone(step("a/p", "c", R)), starts={"a/p": Certainty.CANDIDATE})
    assert assessed(found).probability.estimate == pytest.approx(0.2 * 0.5, abs=1e-12)
    inferred = cone(step("a/q", "c", R), inferred=(("a/p", "a/q"),))
    assert assessed(inferred).probability.estimate == pytest.approx(0.2 * 0.5, abs=1e-12)
    assert Premise.SHARED_RULE not in assessed(inferred).probability.premises
    twice = cone(step("a/q", "b/p", R), step("b/q", "c", R), inferred=(("a/p", "a/q"), ("b/p", "b/q")))
    assert Premise.SHARED_RULE in assessed(twice).probability.premises
    both = 0.5**1.5 * 0.2**1.5  # two links of one document, two of one rule
    assert assessed(twice).probability.estimate == pytest.approx(both, abs=1e-12)


def test_what_goes_into_an_affected_item_adds_nothing() -> None:
    found = replace(
        cone(step("b/p", "a/p", R), step("a/p", "b/p", R), step("a/p", "c", R)),
        starts=dict.fromkeys(("a/p", "b/p"), Certainty.CERTAIN),
    )
    built = build_network(build_evidence_graph(found), [TARGET], 0.5)
    assert built is not None
    assert [(link.start, link.end) for link in built.links] == [("a/p", "c")]


def test_a_claim_counts_once_however_its_item_was_entered() -> None:
    """a/q is entered by a claim and by an inferred step; its delivery is one link."""
    found = cone(step("a/p", "a/q", R, 0.5, "BECOMES"), step("a/q", "c", R, 0.5), inferred=(("a/p", "a/q"),))
    found = replace(found, claims={k: [c._replace(source_id=c.claim_id) for c in v] for k, v in found.claims.items()})
    assert assessed(found).probability.estimate == pytest.approx((1 - 0.5 * 0.8) * 0.5, abs=1e-12)


def test_two_inferred_steps_do_not_add_up_to_a_route() -> None:
    assert (
        assess_reliability(
            build_evidence_graph(cone(step("a/r", "c"), inferred=(("a/p", "a/q"), ("a/q", "a/r")))), "c", Effort()
        )
        is None
    )


def assessed(found: object, effort: Effort = Effort(), **more: int) -> Reliability:  # noqa: B008 - frozen
    assert isinstance(found, type(cone()))
    reliability = assess_reliability(build_evidence_graph(found), "c", effort, **more)
    assert reliability is not None
    return reliability


# --- against the definition ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_exact_bounds_and_importance_agree_with_enumeration(seed: int) -> None:
    chance = random.Random(seed)
    edges, w = random_edges(chance), chance.choice([0, 0.5, 0.5, 1])
    graph = links(edges)
    expected = enumerated(graph, w)
    built = build_network(graph, [TARGET], w)
    assert (built is None) == (expected == 0)
    if built is None:
        return
    target = built.number[TARGET]
    found = exact_probability(built, target)
    assert found is not None
    assert found.probability == pytest.approx(expected, abs=1e-12)
    assert lower_bound(built, target) <= expected + 1e-9
    assert expected <= min(noisy_or(built, target), minimum_cut_bound(built, target), upper_bound(built, target)) + 1e-9
    number = chance.randrange(len(built.links))
    confirmed, refuted = (enumerated(graph, w, {built.links[number]: there}) for there in (True, False))
    if number in found.settled:
        assert found.settled[number] == pytest.approx((confirmed, refuted), abs=1e-12)
    else:
        assert confirmed == pytest.approx(refuted, abs=1e-12)


@pytest.mark.parametrize("seed", range(25))
def test_sampling_is_within_four_standard_errors(seed: int) -> None:
    edges = random_edges(random.Random(seed + 1000), most=14, connected=True)
    built, target = network(edges)
    found, sample = exact_probability(built, target), Sample(built, seed, 4_000)
    assert found is not None
    assert sample.samples == 4_032
    assert abs(sample.frequency(target) - found.probability) <= 4 * sample.standard_error(target)
    for number, settled in sample.settled(target, 3).items():
        expected = found.settled.get(number, (found.probability, found.probability))
        assert settled == pytest.approx(expected, abs=4 * 0.5 / 4_032**0.5)


def test_one_pass_samples_every_contract_of_a_cone() -> None:
    claims = [step("a/p", "b/p", R), step("a/p", "c1", D), step("b/p", "c2", R), step("b/p", "a/p", R)]
    graph = build_evidence_graph(cone(*claims, step("x/p", "c3")))
    built = build_network(graph, [("c1", 0), ("c2", 0), ("c3", 0)], 0.5)
    assert built is not None
    sample = Sample(built, 7, 20_000)
    for contract in ("c1", "c2"):
        alone = assess_reliability(graph, contract, Effort())
        assert alone is not None
        number = built.number[contract, 0]
        assert abs(sample.frequency(number) - alone.probability.estimate) <= 4 * sample.standard_error(number)
    assert ("c3", 0) not in built.number


def test_the_same_seed_gives_the_same_answer_and_another_one_another() -> None:
    found = ladder(5)
    first, again = (assessed(found, Effort(seed=3, samples=640), max_states=0) for _ in range(2))
    other = assessed(found, Effort(seed=4, samples=640), max_states=0)
    assert first == again
    assert first.probability.method is Method.SAMPLED
    assert (first.probability.seed, first.probability.samples) == (3, 640)
    assert first.probability.estimate != other.probability.estimate
    assert first.probability.low == other.probability.low < first.probability.estimate < first.probability.high


def ladder(rungs: int) -> object:
    """Two rows of traders who also sell to each other."""
    claims = [step("s/p", "a0/p", D), step("s/p", "b0/p", D)]
    for n in range(rungs):
        claims += [step(f"{x}{n}/p", f"{y}{n + 1}/p", R) for x in "ab" for y in "ab"]
        claims += [step(f"a{n}/p", f"b{n}/p", INF), step(f"b{n}/p", f"a{n}/p", INF)]
    claims += [step(f"{x}{rungs}/p", "c", D) for x in "ab"]
    return cone(*(claim._replace(source_id=f"src-{n % 4}") for n, claim in enumerate(claims)), starts=("s/p",))


def test_a_ladder_is_exact_and_what_is_sampled_agrees() -> None:
    found = ladder(6)
    exactly, sampled = assessed(found), assessed(found, max_states=0)
    assert exactly.probability.method is Method.EXACT
    assert exactly.probability.low == exactly.probability.high == exactly.probability.estimate
    error = sampled.probability.standard_error
    assert error is not None
    assert abs(sampled.probability.estimate - exactly.probability.estimate) <= 4 * error
    assert sampled.probability.low <= exactly.probability.estimate <= sampled.probability.high
    assert {i.link for i in sampled.importances[:2]} == {i.link for i in exactly.importances[:2]}


def test_what_would_tell_most_comes_first() -> None:
    """The delivery lies on every route: it comes before either of two ways to it."""
    claims = [step("a/p", "x/p", R), step("a/p", "y/p", R), step("x/p", "z/p", R), step("y/p", "z/p", R)]
    claims = [claim._replace(source_id=claim.claim_id) for claim in (*claims, step("z/p", "c", D))]
    found = assessed(cone(*claims))
    first = found.importances[0]
    r = found.probability.estimate
    assert (first.link.start, first.link.end) == ("z/p", "c")
    assert first.refuted == pytest.approx(0, abs=1e-12)
    assert first.confirmed == pytest.approx(r / 0.7, abs=1e-12)
    assert first.birnbaum == pytest.approx(r / 0.7, abs=1e-12)
    assert first.expected_change == pytest.approx(2 * 0.7 * 0.3 * r / 0.7, abs=1e-12)


def test_what_is_certain_need_not_be_verified() -> None:
    found = assessed(cone(step("a/p", "c", R, 1.0)))
    assert found.probability.estimate == 1
    assert found.importances == ()
