"""Closure: all visible goods claims that leave, or enter, what is reached; each once."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.contract.build import (
    LENS,
    NOW,
    becomes,
    change_set,
    delivered,
    lens,
    offers,
    operated,
    reach,
    stored,
    supplies,
)
from tracegraph.model import SourceId
from tracegraph.store.port import Store
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Direction

CHAIN = (
    supplies("f1/latex", "f2/latex"),
    becomes("f2/latex", "f2/gloves"),
    supplies("f2/gloves", "s1/gloves"),
    delivered("s1/gloves", "c1"),
    supplies("f9/masks", "s1/masks"),
    delivered("s1/masks", "c2"),
)
FIRST_FOUR = {("f1/latex", "f2/latex"), ("f2/latex", "f2/gloves"), ("f2/gloves", "s1/gloves"), ("s1/gloves", "c1")}


def test_downstream_and_upstream(store: Store) -> None:
    store.apply(change_set(*CHAIN), NOW)
    assert reach(store, "f1/latex") == FIRST_FOUR
    assert reach(store, "s1/gloves") == {("s1/gloves", "c1")}
    assert reach(store, "s1/gloves", upstream=True) == FIRST_FOUR - {("s1/gloves", "c1")}
    assert reach(store, "c1", upstream=True) == FIRST_FOUR
    assert reach(store, "c1", "f9/masks", upstream=True) == FIRST_FOUR
    assert reach(store, "c1", "s1/masks", upstream=True) == FIRST_FOUR | {("f9/masks", "s1/masks")}


def test_all_values_of_a_claim(store: Store) -> None:
    stated = supplies(
        "f1/g", "s1/g", source_id=SourceId("src-1"), share_low=0.25, share_high=0.5, confidence=0.125,
        valid_from="2020-02-29", valid_to="2030-01-01", recorded_at="2021-01-01T01:02:03Z",
    )  # fmt: skip
    store.apply(change_set(stated, delivered("s1/g", "c1")), NOW)
    by_type = {claim.type: claim for claim in store.closure(["f1/g"], "downstream", LENS, 10).claims}
    claim_ids = {claim.type: claim.claim_id for claim in stored(store)}
    assert by_type["SUPPLIES"] == GoodsClaim(
        "f1/g", "s1/g", "SUPPLIES", 2, 0.25, 0.5, 0.125, "2020-02-29", "2030-01-01", "2021-01-01T01:02:03Z",
        claim_ids[stated.type], "src-1",
    )  # fmt: skip
    plain = by_type["DELIVERED_UNDER"]
    assert (plain.share_low, plain.share_high, plain.confidence) == (0.0, 1.0, None)
    assert (plain.valid_from, plain.valid_to, plain.recorded_at) == ("0001-01-01", "9999-12-31", NOW)
    assert all(type(value) is str for value in (plain.start, plain.type, plain.claim_id, plain.source_id))


def test_parallel_claims_come_one_by_one(store: Store) -> None:
    twins = [supplies("f1/g", "s1/g", source_id=SourceId(f"src-{n}")) for n in range(3)]
    store.apply(change_set(*twins, delivered("s1/g", "c1")), NOW)
    for start, direction in (("f1/g", "downstream"), ("c1", "upstream")):
        claims = store.closure([start], direction, LENS, 10).claims  # type: ignore[arg-type]
        assert sorted(claim.source_id for claim in claims) == ["src-0", "src-1", "src-2", "unsourced"]
        assert len({claim.claim_id for claim in claims}) == 4


def test_cycles_end(store: Store) -> None:
    store.apply(
        change_set(
            supplies("f1/g", "s1/g"), supplies("s1/g", "s2/g"), supplies("s2/g", "f1/g"), supplies("s1/g", "s1/g"),
            delivered("s2/g", "c1"),
        ),
        NOW,
    )  # fmt: skip
    ring = {("f1/g", "s1/g"), ("s1/g", "s2/g"), ("s2/g", "f1/g"), ("s1/g", "s1/g"), ("s2/g", "c1")}
    for start in ("f1/g", "s1/g", "s2/g"):
        assert reach(store, start) == ring
        assert len(store.closure([start], "downstream", LENS, 10).claims) == 5
    assert reach(store, "c1", upstream=True) == ring


def test_a_lattice_costs_its_claims_and_not_its_paths(store: Store) -> None:
    """Twenty layers of three: 3**20 paths, 180 claims."""
    layers = [[f"s{layer}-{n}/g" for n in range(3)] for layer in range(21)]
    claims = [supplies(a, b) for one, two in pairwise(layers) for a in one for b in two]
    store.apply(change_set(*claims), NOW)
    assert len(store.closure([layers[0][0]], "downstream", LENS, 1000).claims) == 3 + 19 * 9
    assert len(store.closure([layers[-1][0]], "upstream", LENS, 1000).claims) == 3 + 19 * 9


def test_only_goods_are_followed(store: Store) -> None:
    store.apply(change_set(offers("f1/g"), operated("f1", "s1"), delivered("s1/g", "c1")), NOW)
    assert reach(store, "f1/g") == set()


def test_what_is_hidden_ends_the_way(store: Store) -> None:
    store.apply(change_set(*CHAIN[:2], supplies("f2/gloves", "s1/gloves", visibility="region:SE-AB"), CHAIN[3]), NOW)
    assert reach(store, "f1/latex") == {("f1/latex", "f2/latex"), ("f2/latex", "f2/gloves")}
    assert reach(store, "f1/latex", by=lens("SE-AB")) == FIRST_FOUR
    assert reach(store, "c1", upstream=True) == {("s1/gloves", "c1")}


@pytest.mark.parametrize("direction", ["downstream", "upstream"])
def test_unknown_and_repeated_starts(store: Store, direction: Direction) -> None:
    store.apply(change_set(*CHAIN), NOW)
    assert store.closure([], direction, LENS, 10).claims == []
    assert store.closure(["no/such", "none"], direction, LENS, 10).claims == []
    once = store.closure(["f2/gloves"], direction, LENS, 10)
    twice = store.closure(["f2/gloves", "no/such", "f2/gloves"], direction, LENS, 10)
    assert sorted(twice.claims) == sorted(once.claims)
    assert not twice.truncated


def test_contract_ids_are_no_start_downstream(store: Store) -> None:
    store.apply(change_set(*CHAIN), NOW)
    assert reach(store, "c1") == set()


STAR = tuple(supplies("f1/g", f"s{n}/g") for n in range(5)) + tuple(supplies(f"s{n}/g", f"t{n}/g") for n in range(5))


@pytest.mark.parametrize(("max_items", "reached"), [(1, 1), (2, 2), (3, 3), (6, 6), (8, 8), (10, 10)])
def test_a_limit_keeps_the_nearest_then_the_smallest_ids(store: Store, max_items: int, reached: int) -> None:
    store.apply(change_set(*reversed(STAR)), NOW)
    levels = ["f1/g", *(f"s{n}/g" for n in range(5)), *(f"t{n}/g" for n in range(5))]
    kept = set(levels[:reached])
    closure = store.closure(["f1/g"], "downstream", LENS, max_items)
    assert closure.truncated
    assert {(c.start, c.end) for c in closure.claims} == {(s.start.id, s.end.id) for s in STAR if s.start.id in kept}
    assert sorted(store.closure(["f1/g"], "downstream", LENS, max_items).claims) == sorted(closure.claims)


def test_a_limit_that_is_just_enough_cuts_nothing(store: Store) -> None:
    store.apply(change_set(*STAR), NOW)
    assert not store.closure(["f1/g"], "downstream", LENS, 11).truncated
    assert len(store.closure(["f1/g"], "downstream", LENS, 11).claims) == 10


def test_contracts_do_not_count_against_the_limit(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g"), *(delivered("s1/g", f"c{n}") for n in range(9))), NOW)
    down = store.closure(["f1/g"], "downstream", LENS, 2)
    assert (len(down.claims), down.truncated) == (10, False)
    up = store.closure([f"c{n}" for n in range(9)], "upstream", LENS, 2)
    assert (len(up.claims), up.truncated) == (10, False)
    cut = store.closure([f"c{n}" for n in range(9)], "upstream", LENS, 1)
    assert (len(cut.claims), cut.truncated) == (10, True)  # s1/g is reached, f1/g is not
    assert store.closure(["c0"], "upstream", LENS, 0).truncated


def test_more_starts_than_the_limit(store: Store) -> None:
    store.apply(change_set(*STAR), NOW)
    cut = store.closure([f"s{n}/g" for n in (4, 3, 2, 1, 0)], "downstream", LENS, 2)
    assert cut.truncated
    assert {c.start for c in cut.claims} == {"s0/g", "s1/g"}


def test_the_limit_tells_nothing_about_what_is_hidden(store: Store) -> None:
    """Hidden claims name some nodes first; a reader who does not see them gets the same cut."""
    hidden = [supplies("f1/g", f"s{n}/g", visibility="region:SE-AB", source_id=SourceId("src-x")) for n in (4, 2, 0)]
    store.apply(change_set(*hidden, supplies("f1/g", "s3a/g", visibility="region:SE-AB")), NOW)
    store.apply(change_set(*STAR), NOW)
    assert reach(store, "f1/g", max_items=4) == {
        *((("f1/g", f"s{n}/g")) for n in range(5)),
        *((f"s{n}/g", f"t{n}/g") for n in range(3)),
    }
    # a start that only hidden claims name counts like one that does not exist
    for unknown in ("s3a/g", "none/g"):
        closure = store.closure(["f1/g", unknown], "downstream", LENS, 11)
        assert (len(closure.claims), closure.truncated) == (10, True)
