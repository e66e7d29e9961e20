"""Records that are not claims: versions, pages and leases, and the audit trail."""

from __future__ import annotations

from functools import partial

import pytest

from tests.contract.build import LATER, NOW
from tests.contract.build_records import SOON, at_once, put, versions
from tracegraph.errors import StaleWrite
from tracegraph.store.audit_chain import GENESIS, Anchor, audit_id, verify
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import Beside, Record, RecordWrite
from tracegraph.vocabulary import PUBLIC

# --- versions --------------------------------------------------------------------------------------------------------


def test_every_version_of_some_kinds_is_kept_and_of_others_the_newest(store: Store) -> None:
    for kind in ("triage", "job"):
        assert put(store, kind, "a", 1, visibility=PUBLIC) == [Record(kind, "a", 1, {"says": 1}, NOW, PUBLIC)]
        put(store, kind, "a", 2, LATER)
        put(store, kind, "b", 3)
    assert versions(store, "triage") == [("a", 1, 1), ("a", 2, 2), ("b", 1, 3)]
    assert versions(store, "job") == [("a", 2, 2), ("b", 1, 3)]
    assert versions(store, "triage", "b") == [("b", 1, 3)]
    assert versions(store, "triage", "c") == []
    assert store.info().counts["triage"] == 3
    assert store.info().counts["job"] == 2


def test_a_record_that_ends(store: Store) -> None:
    for kind in ("triage", "job"):
        put(store, kind, "a", 1, LATER, due_at=NOW)
        put(store, kind, "a", None, NOW, expected_version=1)
        assert store.page(kind) == []
        assert store.take(kind, LATER, LATER) == []
        assert put(store, kind, "a", None) == []
        with pytest.raises(StaleWrite):
            put(store, kind, "a", 2, expected_version=1)
    ended = Record("triage", "a", 1, {"says": 1}, LATER, "network", LATER)
    assert store.records("triage") == [ended]
    assert store.records("job") == []
    assert put(store, "triage", "a", 2, expected_version=0)[0].version == 2  # versions never go back ...
    assert put(store, "job", "a", 2, expected_version=0)[0].version == 1  # ... while something is kept


@pytest.mark.parametrize("kind", ["triage", "job"])
def test_expected_versions(store: Store, kind: str) -> None:
    put(store, kind, "a", 1, expected_version=0)
    for wrong in (0, 2):
        with pytest.raises(StaleWrite) as stale:
            put(store, kind, "a", 2, expected_version=wrong)
        assert {"kind": kind, "id": "a"}.items() <= stale.value.message.values.items()
    put(store, kind, "a", 2, expected_version=1)
    put(store, kind, "a", 3)
    with pytest.raises(StaleWrite):
        put(store, kind, "b", 1, expected_version=1)
    with pytest.raises(StaleWrite):
        put(store, kind, "a", None, expected_version=2)
    assert versions(store, kind)[-1] == ("a", 3, 3)


def test_one_stale_write_and_nothing_is_written(store: Store) -> None:
    put(store, "job", "b")
    writes = [RecordWrite("job", "a", {"says": 1}), RecordWrite("job", "b", {"says": 2}, 0)]
    with pytest.raises(StaleWrite):
        store.commit(Beside(writes, [{"what": "never"}]), NOW)
    assert versions(store, "job") == [("b", 1, "x")]
    assert store.records(AUDIT) == []


@pytest.mark.parametrize("kind", ["triage", "job"])
def test_of_writers_at_once_exactly_one_makes_a_record(store: Store, kind: str) -> None:
    results = at_once(*(partial(put, store, kind, "a", n, expected_version=0) for n in range(4)))
    assert sum(isinstance(result, list) for result in results) == 1
    assert sum(isinstance(result, StaleWrite) for result in results) == 3
    assert len(store.records(kind, "a")) == 1


def test_a_record_is_written_once_and_the_trail_only_added_to(store: Store) -> None:
    twice = [RecordWrite("job", "a", {}), RecordWrite("job", "a", {})]
    for writes in (twice, [RecordWrite(AUDIT, audit_id(1), {})]):
        with pytest.raises(ValueError, match=r"twice|trail"):
            store.commit(Beside(writes), NOW)
    assert store.records("job") == store.records(AUDIT) == []


# --- pages and leases ------------------------------------------------------------------------------------------------


def test_pages_follow_the_order_of_ids(store: Store) -> None:
    names = ["a", "a/1", "a/10", "a/2", "a0", "b", "ä", "ab", "a/ö", "A"]
    store.commit(Beside([RecordWrite("triage", name, {"says": name}) for name in names]), NOW)
    put(store, "triage", "a/2", "again")
    put(store, "triage", "a/3", None)
    put(store, "triage", "b", None)
    put(store, "job", "a/4")
    kept = sorted({*names} - {"b"})
    assert [record.id for record in store.page("triage")] == kept
    below = [name for name in kept if name.startswith("a/")]
    met: list[str] = []
    while page := store.page("triage", prefix="a/", after=met[-1] if met else "", limit=2):
        met += [record.id for record in page]
        assert len(page) <= 2
    assert met == below == ["a/1", "a/10", "a/2", "a/ö"]
    (second,) = store.page("triage", prefix="a/2")
    assert (second.version, second.body) == (2, {"says": "again"})
    assert store.page("triage", prefix="a/", after="a0") == store.page("triage", prefix="c") == []
    assert [record.id for record in store.page("triage", after="a/2", limit=3)] == ["a/ö", "a0", "ab"]
    assert [record.id for record in store.page("triage", prefix="a/", after="Z")] == below


@pytest.mark.parametrize("kind", ["proposal", "job"])
def test_what_is_due_is_handed_out_under_a_lease(store: Store, kind: str) -> None:
    put(store, kind, "late", due_at=LATER)
    put(store, kind, "first", due_at="2023-01-01T00:00:00Z", visibility=PUBLIC)
    put(store, kind, "never")
    put(store, kind, "second", due_at=NOW)
    taken = store.take(kind, NOW, SOON, limit=5)
    assert [(record.id, record.version, record.due_at) for record in taken] == [
        ("first", 2, SOON),
        ("second", 2, SOON),
    ]
    assert (taken[0].body, taken[0].visibility) == ({"says": "x"}, PUBLIC)
    assert store.take(kind, NOW, SOON) == []
    (again,) = store.take(kind, SOON, LATER)  # the lease ran out
    assert (again.id, again.version) == ("first", 3)
    with pytest.raises(StaleWrite):
        put(store, kind, "first", "done", expected_version=taken[0].version)
    put(store, kind, "first", "done", expected_version=again.version)
    put(store, kind, "second", None, expected_version=2)
    assert [record.id for record in store.take(kind, LATER, LATER, limit=9)] == ["late"]


def test_two_workers_never_take_the_same(store: Store) -> None:
    store.commit(Beside([RecordWrite("job", f"j{n}", {}, due_at=NOW) for n in range(8)]), NOW)
    results = at_once(*(lambda: store.take("job", NOW, LATER, 3) for _ in range(4)))
    taken = [record.id for result in results for record in result]  # type: ignore[attr-defined]
    assert sorted(taken) == [f"j{n}" for n in range(8)]


# --- the audit trail -------------------------------------------------------------------------------------------------


def test_the_trail_is_numbered_and_chained(store: Store) -> None:
    first = store.commit(Beside(audit=[{"who": "a"}, {"who": "b"}]), NOW)
    second = store.commit(Beside([RecordWrite("job", "a", {})], [{"who": "ö", "of": [1, None, {"z": 0.5}]}]), LATER)
    assert [record.kind for record in second] == ["job", AUDIT]
    trail = store.records(AUDIT)
    assert trail == [*first, second[1]]
    assert [record.id for record in trail] == ["000000000001", "000000000002", "000000000003"]
    assert trail[0].body["prev"] == GENESIS
    assert [row.body["prev"] for row in trail[1:]] == [row.body["hash"] for row in trail[:-1]]
    assert trail[2].body["of"] == [1, None, {"z": 0.5}]
    verdict = verify(store.page(AUDIT))
    assert verdict.is_intact
    assert verdict.end == Anchor(3, trail[2].body["hash"])
    with pytest.raises(ValueError, match="hash"):
        store.commit(Beside(audit=[{"hash": "x"}]), NOW)


def test_writers_at_once_keep_the_trail_whole(store: Store) -> None:
    store.commit(Beside(), NOW)

    def write(name: int) -> None:
        for n in range(3):
            store.commit(Beside([RecordWrite("job", f"{name}-{n}", {})], [{"who": name, "n": n}]), NOW)

    at_once(*(lambda name=name: write(name) for name in range(4)))
    verdict = verify(store.records(AUDIT))
    assert (verdict.is_intact, verdict.end.count) == (True, 12)
