"""Retracting: claims end, and nothing is deleted."""

from __future__ import annotations

import pytest

from tests.contract.build import (
    LATER,
    LENS,
    NOW,
    change_set,
    delivered,
    incident,
    lens,
    reach,
    stored,
    supplies,
)
from tracegraph.errors import UnknownClaim, UnknownImport
from tracegraph.model import Claim, Region, claim_id_of
from tracegraph.store.canonical import says
from tracegraph.store.port import Store
from tracegraph.vocabulary import NOT_RETRACTED, Grade, Label

ONE, TWO = supplies("f1/g", "s1/g"), delivered("s1/g", "c1")


def by_start(store: Store) -> dict[tuple[str, int], Claim]:
    """Return the stored claims by start and version."""
    return {(claim.start.id, claim.version): claim for claim in stored(store)}


def test_by_id(store: Store) -> None:
    store.apply(change_set(ONE, TWO), NOW)
    claim_id = claim_id_of(ONE.claim_key, 1)
    report = store.retract(LATER, claim_ids=[claim_id, claim_id])
    assert (report.change_set, report.retracted, report.unchanged, report.new, report.changed) == (2, 1, 0, 0, 0)
    (example,) = report.examples
    assert (example.kind, example.claim_id, example.claim_key) == ("retracted", claim_id, ONE.claim_key)
    assert example.before == says(ONE)
    assert reach(store, "f1/g") == set()
    assert reach(store, "s1/g") == {("s1/g", "c1")}
    assert reach(store, "f1/g", by=lens(known_at="2024-01-31T23:59:59Z")) == {("f1/g", "s1/g"), ("s1/g", "c1")}
    assert by_start(store)["f1/g", 1].retracted_at == LATER


def test_again_is_unchanged_and_no_change_set(store: Store) -> None:
    store.apply(change_set(ONE, TWO), NOW)
    claim_ids = [claim_id_of(statement.claim_key, 1) for statement in (ONE, TWO)]
    store.retract(LATER, claim_ids=claim_ids[:1])
    again = store.retract("2024-03-01T00:00:00Z", claim_ids=claim_ids)
    assert (again.change_set, again.retracted, again.unchanged) == (3, 1, 1)
    third = store.retract("2024-04-01T00:00:00Z", claim_ids=claim_ids)
    assert (third.change_set, third.retracted, third.unchanged) == (None, 0, 2)
    assert by_start(store)["f1/g", 1].retracted_at == LATER
    assert store.retract(LATER).is_nothing
    assert store.version(LENS) == 3


def test_all_or_nothing_names_every_unknown_id(store: Store) -> None:
    store.apply(change_set(ONE), NOW)
    with pytest.raises(UnknownClaim, match=r"(?s)clm-00000000000000000000.*(x y|gibberish)") as failure:
        store.retract(LATER, claim_ids=[claim_id_of(ONE.claim_key, 1), "clm-00000000000000000000", "gibberish"])
    assert "gibberish" in str(failure.value)
    assert claim_id_of(ONE.claim_key, 1) not in str(failure.value)
    with pytest.raises(UnknownImport, match="7"):
        store.retract(LATER, change_set=7)
    assert reach(store, "f1/g") == {("f1/g", "s1/g")}


def test_a_retracted_claim_that_is_said_again_is_the_next_version(store: Store) -> None:
    store.apply(change_set(ONE), NOW)
    store.retract(LATER, claim_ids=[claim_id_of(ONE.claim_key, 1)])
    report = store.apply(change_set(ONE), "2024-03-01T00:00:00Z")
    assert (report.new, report.changed, report.unchanged) == (1, 0, 0)
    versions = by_start(store)
    assert (versions["f1/g", 1].retracted_at, versions["f1/g", 2].retracted_at) == (LATER, NOT_RETRACTED)
    assert versions["f1/g", 2].claim_id == claim_id_of(ONE.claim_key, 2)
    assert store.apply(change_set(ONE), "2024-03-01T00:00:00Z").is_nothing


def test_a_whole_import_with_its_incidents(store: Store) -> None:
    store.apply(change_set(ONE, incidents=[incident("i1")], references=[Region("SE-AB")]), NOW)
    changed = supplies("f1/g", "s1/g", grade=Grade.VERIFIED)
    number = store.apply(change_set(changed, TWO, incidents=[incident("i1", "More"), incident("i2")]), LATER).change_set
    assert number == 2
    end = "2024-03-01T00:00:00Z"
    report = store.retract(end, change_set=number)
    assert (report.change_set, report.retracted, report.unchanged, report.incidents_changed) == (3, 2, 0, 2)
    versions = by_start(store)
    assert versions["f1/g", 1].retracted_at == LATER  # the version that it replaced stays replaced
    assert versions["f1/g", 2].retracted_at == versions["s1/g", 1].retracted_at == end
    ends = {(record.id, record.version): record.retracted_at for record in store.records("incident")}
    assert ends == {("i1", 1): NOT_RETRACTED, ("i1", 2): end, ("i2", 1): end}
    assert store.references(Label.REGION) == [Region("SE-AB")]
    assert store.retract(end, change_set=number).is_nothing
    again = store.apply(change_set(incidents=[incident("i2")]), end)
    assert again.incidents_changed == 1
    assert [(r.version, r.retracted_at) for r in store.records("incident", "i2")] == [(1, end), (2, NOT_RETRACTED)]


def test_a_claim_never_ends_before_it_begins(store: Store) -> None:
    future = "2030-01-01T00:00:00Z"
    store.apply(change_set(supplies("f1/g", "s1/g", recorded_at=future)), NOW)
    store.retract(LATER, change_set=1)
    assert stored(store)[0].retracted_at == future


def test_a_retraction_is_not_before_the_last_change_set(store: Store) -> None:
    store.apply(change_set(ONE), NOW)
    store.apply(change_set(TWO), LATER)
    store.retract(NOW, change_set=1)
    assert by_start(store)["f1/g", 1].retracted_at == LATER
    assert store.info().imports[0].recorded_at == LATER
