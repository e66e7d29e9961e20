"""Applying: what is recorded, what is counted, and that a second time changes nothing."""

from __future__ import annotations

import pytest

from tests.contract.build import (
    LATER,
    LENS,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    incident,
    lens,
    reach,
    stored,
    supplies,
)
from tracegraph.incidents import incident_from_body
from tracegraph.model import (
    AttributeValue,
    Category,
    Product,
    ProductId,
    ReferenceRecord,
    Region,
    Source,
    SourceId,
    claim_id_of,
)
from tracegraph.store.canonical import says
from tracegraph.store.port import Store
from tracegraph.vocabulary import NOT_RETRACTED, Grade, Label

CHAIN = (supplies("f1/g", "s1/g", share_low=0.4, share_high=0.6), delivered("s1/g", "c1"))


def test_new_statements_are_recorded_as_version_1(store: Store) -> None:
    report = store.apply(change_set(*CHAIN), NOW)
    assert (report.change_set, report.new, report.changed, report.unchanged) == (1, 2, 0, 0)
    assert not report.is_nothing
    assert not report.resumed
    claims = {claim.claim_key: claim for claim in stored(store)}
    for statement in CHAIN:
        claim = claims[statement.claim_key]
        assert (claim.version, claim.claim_id) == (1, claim_id_of(statement.claim_key, 1))
        assert (claim.recorded_at, claim.retracted_at, claim.change_set) == (NOW, NOT_RETRACTED, 1)
        assert says(claim) == says(statement)


def test_the_same_again_changes_nothing(store: Store) -> None:
    again = change_set(*CHAIN, references=[Product(ProductId("g"), "Gloves")], incidents=[incident("i1")])
    store.apply(again, NOW)
    before = list(store.stream())
    report = store.apply(again, LATER)
    assert report.is_nothing
    assert (report.change_set, report.new, report.unchanged) == (None, 0, 2)
    assert list(store.stream()) == before
    assert store.version(LENS) == 1


def test_a_changed_statement_ends_the_old_version(store: Store) -> None:
    store.apply(change_set(*CHAIN), NOW)
    changed = supplies("f1/g", "s1/g", grade=Grade.VERIFIED)
    report = store.apply(change_set(changed, CHAIN[1]), LATER)
    assert (report.change_set, report.new, report.changed, report.unchanged) == (2, 0, 1, 1)
    assert report.retracted == 0  # counted as changed alone
    assert report.claim_ids == [claim_id_of(changed.claim_key, 2), claim_id_of(CHAIN[1].claim_key, 1)]
    old, new = sorted((c for c in stored(store) if c.claim_key == changed.claim_key), key=lambda c: c.version)
    assert (old.version, old.recorded_at, old.retracted_at, old.change_set) == (1, NOW, LATER, 1)
    assert (new.version, new.recorded_at, new.retracted_at, new.change_set) == (2, LATER, NOT_RETRACTED, 2)
    assert new.claim_id == claim_id_of(changed.claim_key, 2)
    (third,) = store.apply(change_set(CHAIN[0]), "2024-03-01T00:00:00Z").examples
    assert (third.kind, third.claim_id) == ("changed", claim_id_of(changed.claim_key, 3))


@pytest.mark.parametrize(
    "change",
    [
        {"grade": Grade.REPORTED},
        {"valid_to": "2025-01-01"},
        {"share_low": 0.5, "share_high": 0.5},
        {"confidence": 0.3},
        {"attributes": {"note": "x"}},
    ],
)
def test_every_value_beyond_the_key_is_a_change(store: Store, change: dict[str, object]) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    assert store.apply(change_set(supplies("f1/g", "s1/g", **change)), LATER).changed == 1
    assert store.apply(change_set(supplies("f1/g", "s1/g", **change)), LATER).unchanged == 1


@pytest.mark.parametrize(
    "other_key",
    [{"source_id": SourceId("src-2")}, {"valid_from": "2020-01-01"}, {"visibility": "public"}, {"qualifier": "s9"}],
)
def test_another_key_is_another_claim_beside(store: Store, other_key: dict[str, object]) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    assert store.apply(change_set(supplies("f1/g", "s1/g", **other_key)), LATER).new == 1
    assert len(store.closure(["f1/g"], "downstream", LENS, 10).claims) == 2


def test_what_a_file_leaves_out_stays(store: Store) -> None:
    store.apply(change_set(*CHAIN), NOW)
    store.apply(change_set(CHAIN[1]), LATER)
    assert reach(store, "f1/g") == {("f1/g", "s1/g"), ("s1/g", "c1")}


def test_examples_say_what_was_and_what_is(store: Store) -> None:
    store.apply(change_set(*CHAIN), NOW)
    changed = supplies("f1/g", "s1/g", grade=Grade.VERIFIED)
    fresh = supplies("f2/g", "s1/g")
    examples = {e.kind: e for e in store.apply(change_set(changed, fresh, CHAIN[1]), LATER).examples}
    assert examples["changed"].before == says(CHAIN[0])
    assert examples["changed"].after == says(changed)
    assert (examples["new"].before, examples["new"].after) == (None, says(fresh))
    assert examples["unchanged"].claim_key == CHAIN[1].claim_key


def test_at_most_five_examples_of_each_kind(store: Store) -> None:
    many = change_set(*(supplies(f"f{n}/g", "s1/g") for n in range(9)))
    assert len(store.apply(many, NOW).examples) == 5


def test_a_dry_run_says_the_same_and_writes_nothing(store: Store) -> None:
    store.apply(change_set(CHAIN[0]), NOW)
    before = list(store.stream())
    trial = change_set(
        supplies("f1/g", "s1/g", grade=Grade.VERIFIED),
        supplies("f9/x", "s9/x"),
        references=[Product(ProductId("g"), "Gloves")],
        incidents=[incident("i1")],
    )
    dry = store.apply(trial, LATER, dry_run=True)
    assert dry.change_set is None
    assert list(store.stream()) == before
    assert store.standing(["f9"], [], []).labels == set()
    wet = store.apply(trial, LATER)
    for name in ("new", "changed", "unchanged", "references_changed", "incidents_changed", "examples", "claim_ids"):
        assert getattr(dry, name) == getattr(wet, name)


def test_a_row_may_state_when_it_became_known(store: Store) -> None:
    early = "2019-02-03T04:05:06Z"
    store.apply(change_set(supplies("f1/g", "s1/g", recorded_at=early)), NOW)
    assert stored(store)[0].recorded_at == early
    # a replaced version ends when the new one begins, or at its own beginning if that is later
    store.apply(change_set(supplies("f1/g", "s1/g", grade=Grade.VERIFIED, recorded_at="2018-01-01T00:00:00Z")), NOW)
    old, new = sorted(stored(store), key=lambda claim: claim.version)
    assert (old.retracted_at, new.recorded_at) == (early, "2018-01-01T00:00:00Z")


def test_a_backdated_change_is_seen_in_the_past(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", recorded_at="2019-01-01T00:00:00Z")), NOW)
    changed = supplies("f1/g", "s1/g", grade=Grade.VERIFIED, recorded_at="2020-01-01T00:00:00Z")
    store.apply(change_set(changed), LATER)
    for known_at, grade in (("2019-12-31T23:59:59Z", 2), ("2020-01-01T00:00:00Z", 3)):
        (claim,) = store.closure(["f1/g"], "downstream", lens(known_at=known_at), 10).claims
        assert claim.grade == grade


def test_time_never_runs_backwards(store: Store) -> None:
    store.apply(change_set(CHAIN[0]), LATER)
    store.apply(change_set(CHAIN[1]), NOW)
    assert {claim.recorded_at for claim in stored(store)} == {LATER}


def test_references_are_put_over_older_ones(store: Store) -> None:
    records: list[ReferenceRecord] = [
        Product(ProductId("g"), "Gloves", broader=(ProductId("ppe"),), end_use=True),
        Region("SE-AB", "Stockholm"),
        Category("gloves", led_by="A"),
        Source(SourceId("src-1"), "A report", published="2019-01-01"),
    ]
    assert store.apply(change_set(references=records), NOW).references_changed == 4
    assert store.apply(change_set(references=records), NOW).is_nothing
    renamed = Region("SE-AB", "Region Stockholm")
    assert store.apply(change_set(references=[*records[:1], renamed]), NOW).references_changed == 1
    assert store.references(Label.PRODUCT) == records[:1]
    assert store.references(Label.REGION) == [renamed]
    assert store.references(Label.CATEGORY, ["gloves", "none"]) == records[2:3]
    assert store.references(Label.SOURCE, ["src-1"]) == records[3:]
    assert store.references(Label.SOURCE, ["none"]) == []
    assert dict(store.catalogue().products) == {"g": records[0]}


def test_references_come_by_id(store: Store) -> None:
    store.apply(change_set(references=[Region(f"SE-{letter}") for letter in "MACZ"]), NOW)
    assert [r.region_id for r in store.references(Label.REGION) if isinstance(r, Region)] == [
        "SE-A",
        "SE-C",
        "SE-M",
        "SE-Z",
    ]


def test_the_catalogue_follows_what_is_put(store: Store) -> None:
    store.apply(change_set(references=[Product(ProductId("nitrile"), "Nitrile", broader=(ProductId("g"),))]), NOW)
    assert store.catalogue().comparable("nitrile", "g")
    store.apply(change_set(references=[Product(ProductId("nitrile"), "Nitrile")]), NOW)
    assert not store.catalogue().comparable("nitrile", "g")


def test_a_product_that_only_a_claim_names_is_not_in_the_catalogue(store: Store) -> None:
    store.apply(change_set(*CHAIN), NOW)
    assert dict(store.catalogue().products) == {}
    assert store.references(Label.PRODUCT) == []


def test_revisions_of_an_incident_are_kept_side_by_side(store: Store) -> None:
    first, second = incident("i1", recorded_at="2019-01-01T00:00:00Z"), incident("i1", "More reports")
    report = store.apply(change_set(incidents=[first, second, incident("i2")]), NOW)
    assert (report.incidents_changed, report.new) == (3, 0)
    one, two = store.records("incident", "i1")
    assert (one.version, one.recorded_at, two.version, two.recorded_at) == (1, "2019-01-01T00:00:00Z", 2, NOW)
    assert incident_from_body("i1", one.body, one.recorded_at) == first
    assert incident_from_body("i1", two.body, "") == second
    assert [(r.id, r.version) for r in store.records("incident")] == [("i1", 1), ("i1", 2), ("i2", 1)]
    assert store.records("incident", "none") == store.records("other") == []
    assert store.apply(change_set(incidents=[second, first]), LATER).is_nothing


def test_ids_with_all_allowed_characters_and_texts_in_any_script(store: Store) -> None:
    odd = "f:A-z_0.9"
    says_so: dict[str, AttributeValue] = {
        "name": "Söderås 手袋 'x' \"y\" \\ \n {z}",
        "aliases": ["é", "e\u0301"],
        "n": 3,
        "ratio": 0.1,
        "yes": True,
    }
    node = holder(odd)
    store.apply(change_set(supplies(f"{odd}/p:1", "s1/p_2"), describes(node, says=says_so)), NOW)
    assert reach(store, f"{odd}/p:1") == {(f"{odd}/p:1", "s1/p_2")}
    (claim,) = store.descriptions(Label.FACTORY, [odd], LENS)
    assert claim.attributes == says_so
    assert type(claim.attributes["n"]) is int


def test_contract_rows_keep_their_numbers(store: Store) -> None:
    said: dict[str, AttributeValue] = {
        "title": "Gloves",
        "value_sek": 1_000_000,
        "sourcing": "complete",
        "source_count": 2,
    }
    store.apply(change_set(describes(contract("c1"), says=said)), NOW)
    (claim,) = store.descriptions(Label.CONTRACT, ["c1"], LENS)
    assert claim.attributes == said
