"""Holders and their items, links, descriptions: what exists under a lens."""

from __future__ import annotations

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
    ids,
    lens,
    located,
    offers,
    operated,
    owned,
    serves,
    stored,
    supplies,
    uses,
)
from tracegraph.model import SourceId, Statement
from tracegraph.store.port import Store
from tracegraph.store.rows import Holding
from tracegraph.vocabulary import Grade, Label, RelationshipType

R = RelationshipType


def test_claims_come_by_their_ids_under_the_lens(store: Store) -> None:
    store.apply(
        change_set(
            supplies("f1/g", "s1/g"),
            supplies("f1/g", "s2/g", visibility="region:SE-M"),
            owned("s1", "s2", grade=Grade.REPORTED),
            describes(holder("s1"), says={"name": "x"}, grade=Grade.REPORTED),
            located("f1", "MY", valid_to="2020-01-01"),
        ),
        NOW,
    )
    known = {claim.claim_id: f"{claim.type} {claim.end.id}" for claim in stored(store)}
    assert sorted(known[claim.claim_id] for claim in store.claims([*known, "clm-none"], LENS)) == [
        "DESCRIBES s1", "OWNED_BY s2", "SUPPLIES s1/g",
    ]  # fmt: skip
    graded = lens("SE-M", min_grade=Grade.DECLARED)
    found = store.claims(list(known), graded)
    assert sorted(known[claim.claim_id] for claim in found) == ["DESCRIBES s1", "SUPPLIES s1/g", "SUPPLIES s2/g"]
    assert found == sorted(found, key=lambda claim: claim.claim_id)
    assert store.claims([], LENS) == []


def test_items_come_by_any_claim_that_touches_them(store: Store) -> None:
    store.apply(
        change_set(
            supplies("f1/latex", "s1/gloves"), becomes("s2/b", "s2/a"), offers("s2/c"), delivered("s3/x", "c1"),
            supplies("f1/latex", "s1/gloves", source_id=SourceId("src-2")),
        ),
        NOW,
    )  # fmt: skip
    assert store.items_of(["s3", "s2", "f1", "s1", "none", "s1"], LENS) == [
        Holding("f1", Label.FACTORY, ("latex",)),
        Holding("s1", Label.SUPPLIER, ("gloves",)),
        Holding("s2", Label.SUPPLIER, ("a", "b", "c")),
        Holding("s3", Label.SUPPLIER, ("x",)),
    ]
    assert store.items_of([], LENS) == []


@pytest.mark.parametrize(
    ("claim", "touched"),
    [
        (describes(holder("f1"), says={"name": "x"}), ["f1"]),
        (located("f1", "MY"), ["f1"]),
        (operated("f1", "s1"), ["f1", "s1"]),
        (owned("s1", "s2"), ["s1", "s2"]),
        (serves("s1", "f1", "recruits"), ["f1", "s1"]),
    ],
)
def test_a_holder_without_items_exists_when_any_claim_touches_it(
    store: Store, claim: Statement, touched: list[str]
) -> None:
    store.apply(change_set(claim), NOW)
    found = store.items_of(["f1", "s1", "s2"], LENS)
    assert [(holding.holder_id, holding.products) for holding in found] == [(name, ()) for name in touched]


def test_what_only_hidden_claims_touch_does_not_exist(store: Store) -> None:
    private: dict[str, Any] = {"visibility": "region:SE-AB"}
    store.apply(
        change_set(
            supplies("f1/a", "s1/a", **private), offers("f1/b"), describes(holder("s2"), **private),
            operated("f3", "s1", **private), offers("s4/x", grade=Grade.REPORTED),
        ),
        NOW,
    )  # fmt: skip
    everyone = ["f1", "f3", "s1", "s2", "s4"]
    network = [Holding("f1", Label.FACTORY, ("b",)), Holding("s4", Label.SUPPLIER, ("x",))]
    assert store.items_of(everyone, LENS) == network
    assert store.items_of(everyone, lens("SE-M")) == network
    assert [h.holder_id for h in store.items_of(everyone, lens("SE-AB"))] == everyone
    assert store.items_of(everyone, lens(min_grade=Grade.DECLARED)) == network[:1]


def test_holders_with_a_common_beginning_are_not_mixed(store: Store) -> None:
    store.apply(change_set(offers("s1/a"), offers("s10/b"), offers("s1:x/c")), NOW)
    assert store.items_of(["s1"], LENS) == [Holding("s1", Label.SUPPLIER, ("a",))]


LINKS = (
    operated("f1", "s1"),
    operated("f1", "s2", visibility="region:SE-AB"),
    located("f1", "MY"),
    located("f2", "MY"),
    owned("s1", "s9", attributes={"owned_share": 0.4}),
    serves("s3", "f1", "recruits"),
    serves("s3", "f1", "houses", grade=Grade.REPORTED),
    uses("SE-AB", "c1"),
    offers("f1/g", attributes={"sourcing": "origin"}),
    supplies("f1/g", "s1/g"),
    delivered("s1/g", "c1"),
)


def test_links_downstream_and_upstream(store: Store) -> None:
    store.apply(change_set(*LINKS), NOW)
    assert ids(store.links_of(["f1"], [R.OPERATED_BY], "downstream", LENS)) == ["f1>s1"]
    assert ids(store.links_of(["f1"], [R.OPERATED_BY], "downstream", lens("SE-AB"))) == ["f1>s1", "f1>s2"]
    assert ids(store.links_of(["s1", "s9"], [R.OPERATED_BY, R.OWNED_BY], "upstream", LENS)) == ["f1>s1", "s1>s9"]
    assert ids(store.links_of(["MY"], [R.LOCATED_IN], "upstream", LENS)) == ["f1>MY", "f2>MY"]
    assert ids(store.links_of(["f1"], [R.LOCATED_IN, R.OPERATED_BY], "downstream", LENS)) == ["f1>MY", "f1>s1"]
    assert ids(store.links_of(["SE-AB"], [R.USES], "downstream", LENS)) == ["SE-AB>c1"]
    assert ids(store.links_of(["c1"], [R.USES, R.DELIVERED_UNDER], "upstream", LENS)) == ["SE-AB>c1", "s1/g>c1"]
    assert ids(store.links_of(["f1/g"], [R.OFFERS, R.SUPPLIES], "upstream", LENS)) == ["f1>f1/g"]
    assert ids(store.links_of(["f1/g"], [R.OFFERS, R.SUPPLIES], "downstream", LENS)) == ["f1/g>s1/g"]
    assert ids(store.links_of(["f1"], [R.OFFERS], "downstream", LENS)) == ["f1>f1/g"]
    assert store.links_of(["f1"], [R.OWNED_BY], "downstream", LENS) == []
    assert store.links_of(["f1"], [], "downstream", LENS) == store.links_of([], [R.OFFERS], "downstream", LENS) == []


def test_links_are_whole_claims_by_claim_id(store: Store) -> None:
    store.apply(change_set(*LINKS), NOW)
    services = store.links_of(["s3", "s3"], [R.SERVES], "downstream", LENS)
    assert sorted(claim.qualifier for claim in services) == ["houses", "recruits"]
    assert [claim.claim_id for claim in services] == sorted(claim.claim_id for claim in services)
    assert len(store.links_of(["s3"], [R.SERVES], "downstream", lens(min_grade=Grade.DECLARED))) == 1
    (owner,) = store.links_of(["s1"], [R.OWNED_BY], "downstream", LENS)
    assert (owner.attributes, owner.version, owner.change_set) == ({"owned_share": 0.4}, 1, 1)
    assert owner.claim_key == LINKS[4].claim_key


def test_an_id_of_another_label_is_another_node(store: Store) -> None:
    """A contract, a region and a supplier may carry the same text."""
    store.apply(change_set(uses("SE-AB", "SE-AB"), delivered("SE-AB/g", "SE-AB"), located("f1", "SE")), NOW)
    assert ids(store.links_of(["SE-AB"], [R.USES], "downstream", LENS)) == ["SE-AB>SE-AB"]
    assert store.links_of(["SE-AB"], [R.OPERATED_BY, R.LOCATED_IN], "downstream", LENS) == []
    assert store.descriptions(Label.CONTRACT, ["SE-AB"], LENS) == []


def test_descriptions_by_node_then_claim(store: Store) -> None:
    store.apply(
        change_set(
            describes(holder("s2"), "src-1", {"name": "B"}), describes(holder("s1"), "src-2", {"name": "A2"}),
            describes(holder("s1"), "src-1", {"name": "A1"}, grade=Grade.INFERRED),
            describes(holder("s1"), "src-3", {"name": "A3"}, visibility="region:SE-AB"),
            describes(holder("f1"), "src-1", {"name": "F"}), describes(contract("c1"), "src-1", {"title": "C"}),
        ),
        NOW,
    )  # fmt: skip
    found = store.descriptions(Label.SUPPLIER, None, lens(min_grade=Grade.VERIFIED))
    assert [claim.end.id for claim in found] == ["s1", "s1", "s2"]
    assert [claim.claim_id for claim in found[:2]] == sorted(claim.claim_id for claim in found[:2])
    assert {claim.attributes["name"] for claim in found} == {"A1", "A2", "B"}
    assert {claim.source_id for claim in found} == {"src-1", "src-2"}
    assert len(store.descriptions(Label.SUPPLIER, ["s1", "s1", "f1", "none"], lens("SE-AB"))) == 3
    assert store.descriptions(Label.SUPPLIER, [], LENS) == []
    assert [claim.end.id for claim in store.descriptions(Label.FACTORY, None, LENS)] == ["f1"]
    assert [claim.end.id for claim in store.descriptions(Label.CONTRACT, None, LENS)] == ["c1"]
