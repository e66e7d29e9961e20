"""What is written beside a change, when all claims are settled, and records on their way out and in."""

from __future__ import annotations

import pytest

from tests.contract.build import LATER, LENS, NOW, change_set, describes, holder, incident, interrupt, large, supplies
from tests.contract.build_records import SOON, beside, put, versions
from tracegraph.errors import ImportInterrupted, StaleWrite
from tracegraph.store.audit_chain import audit_id, verify
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import ApplyReport, Beside, RecordWrite
from tracegraph.vocabulary import NOT_RETRACTED

ONE = supplies("f1/g", "s1/g")
TWO = supplies("f2/g", "s1/g")


# --- beside a change -------------------------------------------------------------------------------------------------


def test_beside_an_import(store: Store) -> None:
    seen: list[ApplyReport] = []

    def note(report: ApplyReport) -> Beside:
        seen.append(report)
        return Beside([RecordWrite("job", "a", {"says": report.change_set})], [{"new": report.new}])

    report = store.apply(change_set(ONE), NOW, beside=note)
    assert seen[-1] == report
    assert versions(store, "job") == [("a", 1, 1)]
    again = store.apply(change_set(ONE), LATER, beside=note)  # nothing changes, and it is noted all the same
    assert seen[-1] == again
    assert versions(store, "job") == [("a", 2, None)]
    assert [row.body["new"] for row in store.records(AUDIT)] == [1, 0]
    asked = len(seen)
    store.apply(change_set(TWO), LATER, beside=note, dry_run=True)
    assert len(seen) == asked
    assert store.version(LENS) == 1  # records alone are no change of the graph


def test_beside_an_import_that_is_stale(store: Store) -> None:
    with pytest.raises(StaleWrite):
        store.apply(change_set(ONE), NOW, beside=beside(RecordWrite("job", "a", {}, 1), audit=[{"what": "never"}]))
    assert [line["line"] for line in store.stream()] == ["tracegraph"]
    assert not store.info().imports
    assert store.apply(change_set(ONE), NOW).change_set == 1


def test_beside_an_import_in_batches(store: Store) -> None:
    big = large(ONE)
    with pytest.raises(StaleWrite):
        store.apply(big, NOW, beside=beside(RecordWrite("job", "a", {}, 1)))
    assert store.version(LENS) == 0
    assert store.closure(["f1/g"], "downstream", LENS, 10).claims == []
    put(store, "job", "a")  # between two attempts
    assert store.commit(Beside(audit=[{"what": "meanwhile"}]), NOW)
    report = store.apply(big, NOW, beside=beside(RecordWrite("job", "a", {"says": "done"}, 1)))
    assert report.resumed
    assert versions(store, "job") == [("a", 2, "done")]
    assert store.version(LENS) == 1


def test_beside_a_retraction(store: Store) -> None:
    store.apply(change_set(ONE), NOW, beside=beside(RecordWrite("job", "a", {"says": 1})))
    with pytest.raises(StaleWrite):
        store.retract(LATER, change_set=1, beside=beside(RecordWrite("job", "a", {}, 0)))
    assert store.closure(["f1/g"], "downstream", LENS, 10).claims
    report = store.retract(LATER, change_set=1, beside=beside(RecordWrite("job", "a", {"says": 2}, 1), audit=[{}]))
    assert report.retracted == 1
    assert versions(store, "job") == [("a", 2, 2)]
    assert len(store.records(AUDIT)) == 1


def test_retracting_an_import_leaves_records_that_it_did_not_write(store: Store) -> None:
    store.apply(change_set(ONE, incidents=[incident("i1")]), NOW, beside=beside(RecordWrite("triage", "i1", {})))
    put(store, "proposal", "p", due_at=NOW)
    before = store.records("triage") + store.records("proposal")
    assert store.retract(LATER, change_set=1).incidents_changed == 1
    assert store.records("triage") + store.records("proposal") == before
    assert store.records("incident")[0].retracted_at == LATER


# --- when everything is settled --------------------------------------------------------------------------------------


def test_settled_at(store: Store) -> None:
    assert store.settled_at() == ""
    put(store, "job", "a")
    store.apply(change_set(incidents=[incident("i1")]), NOW)
    assert store.settled_at() == ""
    store.apply(change_set(ONE), NOW)
    assert store.settled_at() == NOW
    store.apply(change_set(supplies("f1/g", "s1/g", confidence=0.5)), LATER)
    assert store.settled_at() == LATER
    hidden = "region:SE-AB"
    store.apply(change_set(supplies("f3/g", "s1/g", visibility=hidden, recorded_at="2031-01-01T00:00:00Z")), LATER)
    assert store.settled_at() == "2031-01-01T00:00:00Z"
    store.retract("2032-01-01T00:00:00Z", claim_ids=[claim_of(store, "f1/g")])
    assert store.settled_at() == "2032-01-01T00:00:00Z"


def claim_of(store: Store, start: str) -> str:
    """Return the id of the claim that leaves an item."""
    return store.closure([start], "downstream", LENS, 10).claims[0].claim_id


def test_an_unfinished_import_settles_nothing_yet(store: Store) -> None:
    store.apply(change_set(ONE), NOW)
    stated = supplies("f1/g", "s1/g", confidence=0.5, recorded_at="2030-01-01T00:00:00Z")
    interrupt(store, large(stated), LATER)
    assert store.settled_at() == NOW
    with pytest.raises(ImportInterrupted):
        store.apply(change_set(TWO), LATER)
    store.apply(large(stated), LATER)
    assert store.settled_at() == "2030-01-01T00:00:00Z"


# --- out and in ------------------------------------------------------------------------------------------------------


def test_everything_goes_out_and_comes_in(store: Store, other: Store) -> None:
    first = change_set(describes(holder("s1"), says={"name": "x"}), ONE, incidents=[incident("i1"), incident("i2")])
    store.apply(first, NOW, beside=beside(RecordWrite("triage", "i1", {"says": 1}, due_at=LATER), audit=[{"a": 1}]))
    store.apply(change_set(supplies("f1/g", "s1/g", confidence=0.5), incidents=[incident("i1", "B")]), LATER)
    put(store, "triage", "i1", 2, due_at=SOON)
    put(store, "triage", "i2", 2)
    put(store, "triage", "i2", None, LATER)
    put(store, "job", "j", 1)
    put(store, "job", "j", 2, due_at=SOON)
    lines = list(store.stream())
    records = [line for line in lines if line["line"] == "record"]
    assert [(line["kind"], line["id"], line["version"]) for line in records] == [
        *((AUDIT, audit_id(1), 1), ("incident", "i1", 1), ("incident", "i1", 2), ("incident", "i2", 1)),
        *(("job", "j", 2), ("triage", "i1", 1), ("triage", "i1", 2), ("triage", "i2", 1)),
    ]
    assert [line.get("due_at") for line in records] == [None, None, None, None, SOON, None, SOON, None]
    assert all(("due_at" in line) == (line.get("due_at") is not None) for line in records)
    assert [line["change_set"] for line in records] == [None, 1, 2, 1, None, None, None, None]
    other.restore(iter(lines))
    assert list(other.stream()) == lines
    for kind in (AUDIT, "incident", "job", "triage"):
        assert other.records(kind) == store.records(kind)
    assert other.settled_at() == store.settled_at() == LATER
    assert [record.id for record in other.take("triage", SOON, LATER)] == ["i1"]
    other.commit(Beside(audit=[{"b": 1}]), LATER)
    assert verify(other.records(AUDIT)).end.count == 2


def test_what_an_export_holds_comes_in_to_either_store(store: Store, other: Store) -> None:
    ended = supplies("f1/g", "s1/g", recorded_at="2030-01-01T00:00:00Z")
    other.apply(change_set(ended, TWO), NOW, beside=beside(RecordWrite("subscription", "s", {"says": 1}), audit=[{}]))
    other.retract(LATER, claim_ids=[claim_of(other, "f2/g")])
    put(other, "subscription", "s", 2, due_at=SOON)
    lines = list(other.stream())
    store.restore(iter(lines))
    assert list(store.stream()) == lines
    assert store.settled_at() == other.settled_at() == "2030-01-01T00:00:00Z"
    assert store.records("subscription")[0].retracted_at == NOT_RETRACTED
    assert [record.version for record in store.take("subscription", SOON, LATER)] == [3]
