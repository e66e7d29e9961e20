"""The walk in both directions, and everything that a reader sees."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.build import becomes, contract, delivered, describes, supplies
from tests.unit.demo_world import LENS, demo_store, filled
from tests.unit.random_worlds import random_world
from tracegraph.store.canonical import claim_from_line
from tracegraph.vocabulary import Certainty, RelationshipType, Rule
from tracegraph.walk.reach import reach
from tracegraph.walk.visible import visible_claims, visible_holders

CERTAIN = Certainty.CERTAIN


def test_upstream_begins_at_a_contract(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    cone = reach({"c1": CERTAIN}, store, LENS, store.catalogue(), direction="upstream")
    assert set(cone.claims) == {
        ("s1/gloves", "c1"),
        ("t1/gloves", "s1/gloves"),
        ("f2/gloves", "s1/gloves"),
        ("f1/gloves", "t1/gloves"),
        ("f1/latex", "f1/gloves"),
        ("l1/latex", "f1/latex"),
    }
    assert cone.inferred == {("f1/latex", "f1/gloves"): Rule.RECIPE}
    assert not cone.truncated


def test_up_and_down_meet(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    down = reach({"l1/latex": CERTAIN}, store, LENS, store.catalogue())
    up = reach({"c1": CERTAIN}, store, LENS, store.catalogue(), direction="upstream")
    assert set(down.claims) == set(up.claims) - {("f2/gloves", "s1/gloves")}


def test_two_inferred_steps_never_follow_one_another(tmp_path: Path) -> None:
    """gloves => unspecified => masks would make everything at one holder of everything."""
    store = filled(tmp_path / "store.db", supplies("f1/gloves", "s1/gloves"), supplies("s1/x", "s2/x"))
    store_too = filled(
        tmp_path / "other.db",
        supplies("f1/gloves", "s1/gloves"),
        supplies("s1/unspecified", "s3/unspecified"),
        supplies("s1/x", "s2/x"),
    )
    assert ("s1/x", "s2/x") not in reach({"f1/gloves": CERTAIN}, store, LENS, store.catalogue()).claims
    cone = reach({"f1/gloves": CERTAIN}, store_too, LENS, store_too.catalogue())
    assert ("s1/unspecified", "s3/unspecified") in cone.claims
    assert ("s1/x", "s2/x") not in cone.claims


def test_a_limit_cuts_and_says_so(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    cone = reach({"c1": CERTAIN}, store, LENS, store.catalogue(), direction="upstream", max_items=2)
    assert cone.truncated
    whole = reach({"c1": CERTAIN}, store, LENS, store.catalogue(), direction="upstream", max_items=6)
    assert not whole.truncated


def test_a_circle_ends(tmp_path: Path) -> None:
    said = (supplies("s1/x", "s2/x"), becomes("s2/x", "s2/y"), supplies("s2/y", "s1/y"), becomes("s1/y", "s1/x"))
    store = filled(tmp_path / "store.db", *said, describes(contract("c1")), delivered("s1/x", "c1"))
    for start in ("s1/x", "s2/y"):
        assert len(reach({start: CERTAIN}, store, LENS, store.catalogue()).claims) == 5
    assert len(reach({"c1": CERTAIN}, store, LENS, store.catalogue(), direction="upstream").claims) == 5


@pytest.mark.parametrize("seed", range(15))
def test_visible_claims_are_exactly_those_that_the_lens_shows(seed: int) -> None:
    with random_world(seed) as (store, lenses):
        every = [claim_from_line(line) for line in store.stream() if line["line"] == "claim"]
        for lens in lenses:
            seen = [claim.claim_id for claim in visible_claims(store, lens)]
            assert len(seen) == len(set(seen))
            expected = {
                claim.claim_id
                for claim in every
                if (lens.any_grade() if claim.type is RelationshipType.DESCRIBES else lens).sees(claim)
            }
            assert set(seen) == expected


def test_hidden_holders_are_not_among_the_visible(tmp_path: Path) -> None:
    holders = visible_holders(demo_store(tmp_path / "store.db"), LENS)
    assert holders == {"s1", "t1", "m1", "l1", "f1", "f2"}
