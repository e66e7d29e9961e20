"""Best routes: the order of docs/model.md, section 8, one rung at a time, and against enumeration."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import Any

import pytest

from tracegraph.graph.route_graph import build_route_graph
from tracegraph.graph.routes import Reached, reached_contracts
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import DEFAULT_CONFIDENCE, Certainty, Grade, Rule
from tracegraph.walk.cone import Cone, Pair

V, D, R, INF = Grade.VERIFIED, Grade.DECLARED, Grade.REPORTED, Grade.INFERRED


def step(start: str, end: str, grade: Grade = D, confidence: float | None = None, kind: str = "") -> GoodsClaim:
    kind = kind or ("DELIVERED_UNDER" if "/" not in end else "SUPPLIES")
    return GoodsClaim(start, end, kind, grade.rank, 0, 1, confidence, "", "", "", f"{start}>{end}>{grade}", "src")


def cone(*claims: GoodsClaim, inferred: tuple[Pair, ...] = (), starts: tuple[str, ...] = ("a/p",)) -> Cone:
    kept: dict[Pair, list[GoodsClaim]] = {}
    for claim in claims:
        kept.setdefault((claim.start, claim.end), []).append(claim)
    return Cone(dict.fromkeys(starts, Certainty.CERTAIN), kept, dict.fromkeys(inferred, Rule.TAXONOMY))


def reached(found: Cone, max_tier: int | None = None) -> Reached | None:
    return reached_contracts(build_route_graph(found), {"c"}, max_tier).get("c")


def route(found: Cone, max_tier: int | None = None) -> str:
    best = reached(found, max_tier)
    assert best is not None
    return " ".join(best.route.nodes)


def test_the_weakest_grade_is_a_bottleneck_and_comes_before_tiers() -> None:
    longer = [step("a/p", "b/p", V), step("b/p", "d/p", V), step("d/p", "c", V)]
    found = cone(step("a/p", "c", R), *longer)
    assert route(found) == "a/p b/p d/p c"
    best = reached(found)
    assert best is not None
    assert (best.tier, best.route.weakest_grade) == (1, V)  # the tier is the smallest of all established routes


def test_established_comes_before_possible() -> None:
    found = cone(step("a/q", "c", V), step("a/p", "b/p", R), step("b/p", "c", R), inferred=(("a/p", "a/q"),))
    assert route(found) == "a/p b/p c"


def test_fewer_tiers_then_fewer_steps() -> None:
    found = cone(step("a/p", "c"), step("a/p", "a/q", kind="BECOMES"), step("a/q", "c"))
    assert route(found) == "a/p c"


def test_then_the_product_of_confidences_exactly() -> None:
    """0.1 * 0.3 and 0.3 * 0.1 are equal, whatever floats say; then the smaller ids win."""
    found = cone(
        step("a/p", "z/p", D, 0.1), step("z/p", "c", D, 0.3), step("a/p", "b/p", D, 0.3), step("b/p", "c", D, 0.1)
    )
    assert route(found) == "a/p b/p c"
    better = cone(
        step("a/p", "z/p", D, 0.100001), step("z/p", "c", D, 0.3), step("a/p", "b/p"), step("b/p", "c", D, 0.03)
    )
    assert route(better) == "a/p z/p c"


def test_then_the_smallest_ids_from_the_affected_item_on() -> None:
    found = cone(step("a/q", "c"), step("a/p", "c"), starts=("a/q", "a/p"))
    assert route(found) == "a/p c"


def test_a_claim_comes_before_an_inferred_step() -> None:
    found = cone(step("a/p", "a/q", INF, 0.2, "BECOMES"), step("a/q", "c"), inferred=(("a/p", "a/q"),))
    best = reached(found)
    assert best is not None
    assert best.route.inferred == (False, False)


def test_two_inferred_steps_make_no_route() -> None:
    assert reached(cone(step("a/r", "c"), inferred=(("a/p", "a/q"), ("a/q", "a/r")))) is None


def test_a_limit_on_tiers() -> None:
    found = cone(step("a/p", "b/p"), step("b/p", "c"))
    assert reached(found, 1) is None
    assert route(found, 2) == "a/p b/p c"


def test_a_candidate_counts_as_inferred() -> None:
    found = Cone({"a/p": Certainty.CANDIDATE}, cone(step("a/p", "c", V)).claims, {})
    best = reached(found)
    assert best is not None
    assert (best.established, best.route.weakest_grade) == (False, INF)


def test_delivered_items_that_routes_go_through() -> None:
    found = cone(step("a/p", "c"), step("a/p", "b/p"), step("b/p", "c"), step("x/p", "c"))
    best = reached(found)
    assert best is not None
    assert best.direct == ("a/p", "b/p")


@pytest.mark.parametrize("seed", range(80))
def test_random_graphs_agree_with_enumeration(seed: int) -> None:
    chance = random.Random(seed)
    items = [f"{holder}/{product}" for holder in "abc" for product in "pq"]
    claims = []
    for _ in range(chance.randint(2, 9)):
        start, end = chance.sample(items, 2)
        claims.append(step(start, end, chance.choice([V, D, R, INF]), chance.choice([None, 0.1, 0.3, 0.7, 1.0])))
    claims += [step(item, "c", chance.choice([V, D, R])) for item in chance.sample(items, 2)]
    inferred = tuple((a, b) for a, b in [("a/p", "a/q"), ("b/q", "b/p"), ("c/p", "c/q")] if chance.random() < 0.6)
    found = cone(*claims, inferred=inferred)
    max_tier = chance.choice([None, 2, 3])
    best, expected = reached(found, max_tier), enumerated(found, max_tier)
    assert (best is None) == (expected is None)
    if best is not None and expected is not None:
        assert (best.established, best.tier, best.route.nodes, best.route.inferred) == expected


def enumerated(found: Cone, max_tier: int | None) -> tuple[bool, int, tuple[str, ...], tuple[bool, ...]] | None:
    """The best of all routes that pass no pair (item, how it is entered) twice; no better one passes one twice."""
    routes: list[tuple[Any, ...]] = []

    def walk(nodes: tuple[str, ...], kinds: tuple[bool, ...], grade: int, tier: int, sure: Fraction) -> None:
        here, entered = nodes[-1], bool(kinds) and kinds[-1]
        if here == "c":
            if max_tier is None or tier <= max_tier:
                weakest = Grade.of_rank(grade)
                key = (-grade, tier, len(kinds), -sure, nodes, kinds)
                routes.append((key, weakest is not INF, tier, nodes, kinds))
            return
        states = set(zip(nodes, (False, *kinds), strict=True))
        for (start, end), claims in found.claims.items():
            if start == here and (end, False) not in states:
                best = max(claim.grade for claim in claims)
                stated = [c for c in claims if c.confidence is not None]
                top = [c for c in stated if c.grade == max(s.grade for s in stated)]
                default = DEFAULT_CONFIDENCE[Grade.of_rank(best)]
                confidence = max((c.confidence or 0 for c in top), default=default)
                walk((*nodes, end), (*kinds, False), min(grade, best), tier + 1, sure * Fraction(str(confidence)))
        for start, end in found.inferred if not entered else ():
            if start == here and (end, True) not in states:
                walk((*nodes, end), (*kinds, True), 0, tier, sure * Fraction("0.2"))

    for start in found.starts:
        walk((start,), (), V.rank, 0, Fraction(1))
    if not routes:
        return None
    established = [route for route in routes if route[1]]
    best = min(established or routes)
    return bool(established), min(route[2] for route in established or routes), best[3], best[4]
