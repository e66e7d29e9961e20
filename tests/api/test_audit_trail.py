"""The audit trail as it grows: reading a part of it, its ends kept outside, and reads that cannot be written down."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.api.principals import client_as, token_for
from tracegraph.access import LOCAL, Principal, Role
from tracegraph.cli.worker import anchoring
from tracegraph.composition import open_store
from tracegraph.errors import AuditUnavailable, InvalidInput, SettingsInvalid, StoreUnavailable, TrailBroken
from tracegraph.services.anchors import keep_anchor, read_anchors
from tracegraph.services.audit import Place, Wanted, audit_row, examined, own_rows_page, rows_page, rows_wanted
from tracegraph.services.working import Work
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_audit import OFF, READS, AuditSettings, load_audit_settings
from tracegraph.store.audit_chain import Anchor
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import Beside, Record
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import LOGGED_IN
from tracegraph_api.read_audit import ReadAudit, Typed

ROOT = "/tracegraph/v1"
KLANG = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"
AB = Principal("key:ab", frozenset({Role.ANALYST}), region="SE-AB")


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path / 'trail.db'}")
    yield store
    store.close()


def write(store: Store, moment: str, count: int = 1, who: Principal = LOCAL) -> None:
    store.commit(Beside(audit=[audit_row(who, "question.read", f"read:{moment}") for _ in range(count)]), moment)


def hours(count: int) -> list[str]:
    return [f"2026-01-{1 + hour // 24:02}T{hour % 24:02}:00:00Z" for hour in range(count)]


# --- a part of it ----------------------------------------------------------------------------------------------------


def numbers(rows: Sequence[Record]) -> list[int]:
    return [int(row.id) for row in rows]


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 7, 100])
def test_the_rows_of_a_time_are_all_found(empty: Store, rows: int) -> None:
    moments = hours(rows)
    for moment in moments:
        write(empty, moment)
    for since in (None, *moments[:3], *moments[-2:], "2025-12-01T00:00:00Z", "2026-12-01T00:00:00Z"):
        for until in (None, *moments[-3:]):
            expected = [
                number
                for number, moment in enumerate(moments, 1)
                if (since is None or moment >= since) and (until is None or moment < until)
            ]
            assert numbers(list(rows_wanted(empty, Wanted(since=since, until=until)))) == expected


def test_rows_of_a_late_time_are_found_without_reading_all(empty: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for moment in hours(300):
        write(empty, moment)
    asked: list[int] = []
    page = empty.page

    def counted(kind: str, **options: Any) -> list[Record]:
        found = page(kind, **options)
        asked.append(len(found))
        return found

    monkeypatch.setattr(empty, "page", counted)
    assert numbers(list(rows_wanted(empty, Wanted(since=hours(300)[-2])))) == [299, 300]
    assert sum(asked) < 50


def test_pages_have_each_row_once_however_few_are_wanted(empty: Store) -> None:
    for number in range(60):
        write(empty, "2026-01-01T00:00:00Z", who=AB if number % 20 == 7 else LOCAL)
    wanted, found, after, pages = Wanted(tenant="region:SE-AB"), [], "", 0
    while True:
        rows, last = rows_page(empty, wanted, after, limit=2, looked_at=10)
        found += numbers(rows)
        pages += 1
        if last is None:
            break
        after = last
    assert found == [8, 28, 48]
    assert pages == 7


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_a_region_has_each_of_its_rows_once(empty: Store, limit: int) -> None:
    """Rows of one moment, of times a little out of order, between those of others."""
    moments = ["03", "01", "01", "02", "01", "03", "03", "02", "05"]
    for number, second in enumerate(moments):
        write(empty, f"2026-01-01T00:00:{second}Z", who=LOCAL if number % 4 == 3 else AB)
    wanted = Wanted(tenant="region:SE-AB", visible_to=AB.visible_to)
    found, place = [], Place()
    while True:
        rows, last = own_rows_page(empty, wanted, place, limit)
        found += numbers(rows)
        if last is None:
            break
        place = last
    assert found == [1, 2, 3, 5, 6, 7, 9]
    early = Wanted(tenant="region:SE-AB", until="2026-01-01T00:00:02Z")
    assert numbers(own_rows_page(empty, early, Place(), 9)[0]) == [2, 3, 5]
    assert own_rows_page(empty, wanted, Place("2026-01-01T00:00:04Z", 1), 9) == ([], None)


# --- its ends --------------------------------------------------------------------------------------------------------


def test_its_end_is_kept_after_five_minutes_or_a_hundred_rows(empty: Store, tmp_path: Path) -> None:
    path = tmp_path / "anchors.ndjson"
    assert keep_anchor(empty, path, "2026-01-01T00:00:00Z") is None  # nothing to keep
    assert not path.exists()
    write(empty, "2026-01-01T00:00:00Z", 3)
    first = keep_anchor(empty, path, "2026-01-01T00:00:01Z")
    assert first is not None
    assert first.count == 3
    write(empty, "2026-01-01T00:00:02Z", 99)
    assert keep_anchor(empty, path, "2026-01-01T00:00:03Z") is None
    write(empty, "2026-01-01T00:00:04Z", 1)
    assert keep_anchor(empty, path, "2026-01-01T00:00:05Z") == read_anchors(path)[-1].anchor
    assert read_anchors(path)[-1].anchor.count == 103
    write(empty, "2026-01-01T00:00:06Z", 1)
    assert keep_anchor(empty, path, "2026-01-01T00:05:04Z") is None
    assert keep_anchor(empty, path, "2026-01-01T00:05:05Z") is not None
    assert keep_anchor(empty, path, "2026-01-01T01:00:00Z") is None  # nothing is new
    assert [kept.anchor.count for kept in read_anchors(path)] == [3, 103, 104]
    found = examined(empty, [kept.anchor for kept in read_anchors(path)])
    assert (found.verdict.is_intact, found.verdict.anchored, found.unanchored_since) == (True, 104, None)
    write(empty, "2026-01-01T02:00:00Z", 1)
    assert examined(empty, [first]).unanchored_since == "2026-01-01T00:00:02Z"


@pytest.mark.parametrize("anchor", [Anchor(2, "f" * 64), Anchor(9, "f" * 64)])
def test_a_trail_that_lost_its_end_gets_no_new_one(empty: Store, tmp_path: Path, anchor: Anchor) -> None:
    path = tmp_path / "anchors.ndjson"
    write(empty, "2026-01-01T00:00:00Z", 3)
    path.write_text(json.dumps({"at": "2026-01-01T00:00:00Z", "count": anchor.count, "head": anchor.head}) + "\n")
    with pytest.raises(TrailBroken, match="audit verify"):
        keep_anchor(empty, path, "2026-01-02T00:00:00Z")
    assert len(read_anchors(path)) == 1


def test_a_file_that_cannot_be_written_is_told(empty: Store, tmp_path: Path) -> None:
    write(empty, "2026-01-01T00:00:00Z")
    with pytest.raises(InvalidInput, match="cannot be written"):
        keep_anchor(empty, tmp_path / "no" / "folder.ndjson", "2026-01-02T00:00:00Z")


def test_a_worker_keeps_ends_where_it_is_told_to(empty: Store, tmp_path: Path) -> None:
    assert anchoring(ApiSettings()) == {}
    path = tmp_path / "anchors.ndjson"
    step = anchoring(ApiSettings(audit=AuditSettings(audit_anchor=str(path))))["anchors"]
    work = Work(empty, "test", lambda: "2026-01-01T00:00:00Z")
    write(empty, "2026-01-01T00:00:00Z")
    assert [step(work), step(work)] == [1, 0]
    assert len(read_anchors(path)) == 1


# --- reads -----------------------------------------------------------------------------------------------------------


def test_reads_may_be_left_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(ApiSettings(access=Access.PUBLIC, audit=AuditSettings(audit_reads=OFF)), store)
    assert client_as(app, token_for(store, Role.ANALYST, "SE-AB")).get(KLANG).status_code == 200
    assert store.page(AUDIT) == []
    monkeypatch.setenv(READS, "sometimes")
    with pytest.raises(SettingsInvalid, match="sometimes"):
        load_audit_settings()
    monkeypatch.setenv(READS, "off")
    assert load_audit_settings() == AuditSettings(audit_reads=OFF)


def test_what_was_asked_is_told_apart_without_what_somebody_typed(store: Store) -> None:
    app = create_app(ApiSettings(access=Access.PUBLIC), store)
    client = client_as(app, token_for(store, Role.ANALYST, "SE-AB"))
    assert client.get(f"{ROOT}/search", query_string={"q": "Anna Andersson"}).status_code == 200
    client.get(KLANG, query_string={"product": ["gloves", "Anna Andersson"]})
    scopes = ({"kind": "factory", "id": "demo-plant-klang"}, {"kind": "country", "id": "MY"})
    bodies = [{"scope": [scope]} for scope in scopes]
    for body in bodies:
        assert client.post(f"{ROOT}/exposure-queries", json=body).status_code == 200
    rows = store.page(AUDIT)
    assert "Andersson" not in json.dumps([row.body for row in rows])
    assert rows[1].body["facts"]["query"] == {"product": ["gloves"]}
    asked = [row.body["facts"]["asked"] for row in rows[2:]]
    assert len(set(asked)) == len(bodies)
    assert {row.body["action"] for row in rows} == {"question.read"}


def test_a_reply_that_is_given_again_is_a_row_of_its_own(store: Store) -> None:
    client = client_as(create_app(ApiSettings(access=Access.PUBLIC), store), token_for(store, Role.ANALYST, "SE-AB"))
    row = {"seller_id": "demo-plant-klang", "buyer_id": "demo-wholesale-01", "product": "gloves"}
    for _ in range(2):
        body = {"table": "supplies", "rows": [row]}
        sent = client.post(f"{ROOT}/claims", json=body, headers={"Idempotency-Key": "the-same-key"})
        assert sent.status_code == 201
    assert [found.body["action"] for found in store.page(AUDIT)] == ["claim.create", "operation.replay"]


@pytest.mark.parametrize("error", [StoreUnavailable("gone"), RuntimeError("a mistake of ours")])
def test_nobody_of_a_group_that_is_not_written_is_answered(
    empty: Store, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    audit = ReadAudit(empty)
    first_is_in, go_on = threading.Event(), threading.Event()
    groups: list[int] = []

    def commit(beside: Beside, _: str) -> list[Record]:
        groups.append(len(beside.audit))
        first_is_in.set()
        go_on.wait(10)
        raise error

    monkeypatch.setattr(empty, "commit", commit)
    refused: list[str] = []

    def read(number: int) -> None:
        try:
            audit.write(audit_row(LOCAL, "question.read", f"read:{number}"), "2026-01-01T00:00:00Z")
        except AuditUnavailable:
            refused.append(str(number))

    threads = [threading.Thread(target=read, args=(number,)) for number in range(9)]
    threads[0].start()
    assert first_is_in.wait(10)
    for thread in threads[1:]:
        thread.start()
    while sum(thread.is_alive() for thread in threads) < len(threads):
        pass
    gathered = threading.Event()
    gathered.wait(0.2)  # the others gather while the first is being written
    go_on.set()
    for thread in threads:
        thread.join()
    assert len(refused) == len(threads)
    assert groups == [1, 8]


def test_a_row_stands_for_ten_suggestions_of_one_reader_within_a_minute(store: Store) -> None:
    app = create_app(ApiSettings(access=Access.PUBLIC), store)
    reader = Principal("user:r", frozenset({Role.READER}), region="SE-AB")
    other = Principal("user:o", frozenset({Role.READER}), region="SE-M")
    client = app.test_client()
    for who, asked in ((reader, 12), (other, 1)):
        context_of(app).parts[LOGGED_IN] = lambda who=who: who
        for number in range(asked):
            assert client.get(f"/search/suggestions?q=demo{number}").status_code == 200
    rows = [(row.body["actor"], row.body["facts"]["stands_for_at_most"]) for row in store.page(AUDIT)]
    assert rows == [("user:r", 10), ("user:r", 10), ("user:o", 10)]
    for _ in range(2):
        assert client.get("/search?q=demo").status_code == 200
    assert ["stands_for_at_most" in row.body["facts"] for row in store.page(AUDIT)[3:]] == [False, False]


def test_no_row_stands_for_suggestions_that_it_was_not_written_for(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(ApiSettings(access=Access.PUBLIC), store)
    who = Principal("user:r", frozenset({Role.READER}), region="SE-AB")
    context_of(app).parts[LOGGED_IN] = lambda: who
    client, path = app.test_client(), "/search/suggestions?q=demo"
    with monkeypatch.context() as broken:
        broken.setattr(store, "commit", lambda *_: (_ for _ in ()).throw(StoreUnavailable("gone")))
        assert [client.get(path).status_code for _ in range(2)] == [503, 503]
    assert client.get(path).status_code == 200
    assert len(store.page(AUDIT)) == 1


def test_a_row_stands_for_nothing_after_its_minute_and_for_nobody_else() -> None:
    seconds = [0.0]
    typed = Typed(lambda: seconds[0])
    assert not typed.is_covered("a")
    typed.cover("a")
    assert typed.is_covered("a")
    assert not typed.is_covered("b")
    seconds[0] = 59.9
    assert typed.is_covered("a")
    seconds[0] = 60.0
    assert not typed.is_covered("a")
    typed.cover("a")
    assert [typed.is_covered("a") for _ in range(10)] == [True] * 9 + [False]
    for number in range(1_001):
        typed.cover(number)
    assert not typed.is_covered(0)
    assert typed.is_covered(1)
