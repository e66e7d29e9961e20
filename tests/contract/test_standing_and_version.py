"""What the importer may know whatever its visibility, and what one reader's version of the graph is."""

from __future__ import annotations

from tests.contract.build import (
    LATER,
    LENS,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    ids,
    incident,
    lens,
    located,
    offers,
    supplies,
    uses,
)
from tracegraph.model import Product, ProductId, Region, Source, SourceId
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, Label

HIDDEN = {"visibility": "region:SE-AB", "grade": Grade.INFERRED, "valid_to": "2000-01-01"}


def test_standing_knows_labels_whatever_their_visibility(store: Store) -> None:
    store.apply(
        change_set(
            supplies("f1/g", "s1/g", **HIDDEN), uses("SE-AB", "c1", **HIDDEN), delivered("s1/g", "c2", **HIDDEN),
            references=[Product(ProductId("g"), "Gloves"), Source(SourceId("src-1"), "A"), Region("SE-M")],
        ),
        NOW,
    )  # fmt: skip
    asked = [
        (Label.SUPPLIER, "s1"), (Label.SUPPLIER, "f1"), (Label.FACTORY, "f1"), (Label.CONTRACT, "c1"),
        (Label.CONTRACT, "c2"), (Label.CONTRACT, "c3"), (Label.REGION, "SE-AB"), (Label.REGION, "SE-M"),
        (Label.REGION, "SE-X"), (Label.PRODUCT, "g"), (Label.PRODUCT, "x"), (Label.SOURCE, "src-1"),
        (Label.SOURCE, "src-2"), (Label.CATEGORY, "g"),
    ]  # fmt: skip
    assert set(store.standing(["f1", "s1", "s1", "none"], asked, []).labels) == {
        (Label.FACTORY, "f1"), (Label.SUPPLIER, "s1"), (Label.CONTRACT, "c1"), (Label.CONTRACT, "c2"),
        (Label.REGION, "SE-AB"), (Label.REGION, "SE-M"), (Label.PRODUCT, "g"), (Label.SOURCE, "src-1"),
    }  # fmt: skip
    assert set(store.standing(["f1"], [], []).labels) == {(Label.FACTORY, "f1")}
    assert not store.standing([], [], []).labels


def test_standing_gives_the_claims_into_items_and_contracts(store: Store) -> None:
    store.apply(
        change_set(
            supplies("f1/g", "s1/g", **HIDDEN), offers("s1/g", **HIDDEN), delivered("s1/g", "c1", **HIDDEN),
            describes(contract("c1"), says={"title": "C"}, **HIDDEN), uses("SE-AB", "c1"),
            supplies("f2/g", "s2/g"), describes(holder("s1"), says={"name": "S"}), located("f1", "MY"),
        ),
        NOW,
    )  # fmt: skip
    claims = store.standing([], [], ["s1/g", "c1", "none"]).claims
    assert ids(claims) == ["f1/g>s1/g", "s1/g>c1", "s1>s1/g", "unsourced>c1"]
    assert {claim.visibility for claim in claims} == {"region:SE-AB"}


def test_standing_leaves_out_what_is_retracted(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g"), supplies("f2/g", "s1/g")), NOW)
    store.apply(change_set(supplies("f1/g", "s1/g", grade=Grade.VERIFIED)), LATER)
    gone = store.apply(change_set(supplies("f3/g", "s1/g")), LATER).change_set
    store.retract(LATER, change_set=gone)
    claims = store.standing([], [], ["s1/g"]).claims
    assert sorted((claim.start.id, claim.version) for claim in claims) == [("f1/g", 2), ("f2/g", 1)]


def versions(store: Store) -> dict[str, int]:
    """Return the version that each reader sees."""
    return {reader: store.version(lens(reader)) for reader in ("public", "network", "SE-AB", "SE-M")}


def test_the_version_counts_what_this_reader_may_see(store: Store) -> None:
    assert versions(store) == {"public": 0, "network": 0, "SE-AB": 0, "SE-M": 0}
    store.apply(change_set(supplies("f1/g", "s1/g", visibility="public")), NOW)
    assert versions(store) == {"public": 1, "network": 1, "SE-AB": 1, "SE-M": 1}
    store.apply(change_set(supplies("f2/g", "s1/g"), supplies("f2/g", "s2/g", visibility="public")), NOW)
    assert versions(store) == {"public": 2, "network": 2, "SE-AB": 2, "SE-M": 2}  # once, for whatever visibilities
    store.apply(change_set(supplies("f3/g", "s1/g", visibility="region:SE-AB")), NOW)
    assert versions(store) == {"public": 2, "network": 2, "SE-AB": 3, "SE-M": 2}
    store.apply(change_set(incidents=[incident("i1", visibility="network")]), NOW)
    assert versions(store) == {"public": 2, "network": 3, "SE-AB": 4, "SE-M": 3}


def test_the_version_does_not_look_at_dates_or_grades(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", **(HIDDEN | {"visibility": "network"}))), NOW)
    assert store.version(lens(min_grade=Grade.VERIFIED, valid_at="1900-01-01")) == 1


def test_products_count_for_everybody_and_sources_for_nobody(store: Store) -> None:
    store.apply(change_set(references=[Source(SourceId("src-1"), "A report")]), NOW)
    assert versions(store) == {"public": 0, "network": 0, "SE-AB": 0, "SE-M": 0}
    assert len(store.info().imports) == 1  # recorded all the same
    store.apply(change_set(references=[Product(ProductId("g"), "Gloves")]), NOW)
    assert versions(store) == {"public": 1, "network": 1, "SE-AB": 1, "SE-M": 1}


def test_what_is_unchanged_or_tried_out_counts_for_nobody(store: Store) -> None:
    shown, hidden = supplies("f1/g", "s1/g"), supplies("f2/g", "s1/g", visibility="region:SE-AB")
    store.apply(change_set(shown), NOW)
    store.apply(change_set(shown, hidden), NOW)
    store.apply(change_set(supplies("f7/g", "s1/g")), NOW, dry_run=True)
    assert versions(store) == {"public": 0, "network": 1, "SE-AB": 2, "SE-M": 1}


def test_a_retraction_counts_for_those_who_saw_the_claims(store: Store) -> None:
    hidden = supplies("f2/g", "s1/g", visibility="region:SE-AB")
    number = store.apply(change_set(hidden), NOW).change_set
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    store.retract(LATER, change_set=number)
    assert versions(store) == {"public": 0, "network": 1, "SE-AB": 3, "SE-M": 1}
    assert store.version(LENS) == 1
