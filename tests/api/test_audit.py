"""The audit trail over HTTP and at the command line: who read or changed what, and whether that is still so."""

from __future__ import annotations

import json
import sqlite3
import threading
from base64 import b64decode
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient

from tests.api.principals import app_for, client_as, token_for
from tracegraph.access import LOCAL, Principal, Role
from tracegraph.cli import main
from tracegraph.composition import open_store
from tracegraph.services.audit import audit_row
from tracegraph.settings_api import Access
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import Beside
from tracegraph_api.read_audit import ReadAudit

ROOT = "/tracegraph/v1"
WATCH = {"watch": {"kind": "factory", "id": "demo-plant-klang"}, "channel": {"kind": "email", "to": "a@b.example"}}
KLANG = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"
_KEYS = count()
AB = Principal("key:ab", frozenset({Role.ANALYST}), region="SE-AB")


def watch(client: FlaskClient) -> Any:
    headers = {"Idempotency-Key": f"audit-test-{next(_KEYS)}"}
    return client.post(f"{ROOT}/subscriptions", json=WATCH, headers=headers)


def actions(store: Store) -> list[str]:
    return [row.body["action"] for row in store.page(AUDIT, limit=1000)]


def test_who_reads_is_written_down_and_who_is_not_known_is_not(store: Store) -> None:
    app = app_for(store)
    client = client_as(app, token_for(store, Role.ANALYST, "SE-AB"))
    assert client.get(KLANG, query_string={"valid_at": "2019-02-19", "limit": 1}).status_code == 200
    assert client_as(app, None).get(KLANG).status_code == 200
    assert client.get(f"{ROOT}/me").status_code == 200
    (row,) = store.page(AUDIT)
    assert (row.body["action"], row.body["subject"]) == ("question.read", "read:demo-plant-klang")
    assert row.body["tenant"] == "region:SE-AB"
    assert row.body["facts"]["query"] == {"valid_at": ["2019-02-19"]}


def test_the_one_person_of_a_local_installation_is_not_watched(store: Store) -> None:
    assert app_for(store, Access.LOCAL).test_client().get(KLANG).status_code == 200
    assert store.page(AUDIT) == []


def test_what_cannot_be_written_down_is_not_shown(store: Store) -> None:
    client = client_as(app_for(store), token_for(store, Role.ANALYST, "SE-AB"))
    client.get(f"{ROOT}/me")  # the use of the key is noted before the store is full
    path = store.info().url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as raw:
        raw.execute("CREATE TRIGGER full BEFORE INSERT ON record BEGIN SELECT RAISE(ABORT, 'full'); END")
    response = client.get(KLANG)
    assert (response.status_code, response.get_json()["code"]) == (503, "audit-unavailable")
    assert b"demo-c-" not in response.data


def test_many_reads_at_once_have_a_row_each_and_fewer_commits(store: Store) -> None:
    audit = ReadAudit(store)
    rows = [audit_row(LOCAL, "question.read", f"read:{number}") for number in range(40)]
    threads = [threading.Thread(target=audit.write, args=(row, "2026-01-01T00:00:00Z")) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.body["subject"] for row in store.page(AUDIT)) == sorted(row["subject"] for row in rows)


def test_a_region_sees_its_own_rows_and_nothing_of_how_many_others_there_are(store: Store) -> None:
    app = app_for(store)
    mine, theirs = (client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, r)) for r in ("SE-AB", "SE-M"))
    for _ in range(3):
        theirs.get(KLANG)
    watch(mine)
    shown = mine.get(f"{ROOT}/audit").get_json()
    assert [row["action"] for row in shown["items"]] == ["subscription.create"]
    assert {row[name] for row in shown["items"] for name in ("number", "prev", "hash")} == {None}
    assert mine.get(f"{ROOT}/audit/verification").status_code == 403
    assert client_as(app, token_for(store, Role.ANALYST, "SE-AB")).get(f"{ROOT}/audit").status_code == 403


def test_rows_are_filtered_paged_and_exported(store: Store) -> None:
    app = app_for(store)
    system = client_as(app, token_for(store, Role.SYSTEM))
    client = client_as(app, token_for(store, Role.ANALYST, "SE-AB"))
    for _ in range(3):
        watch(client)
    page = system.get(f"{ROOT}/audit", query_string={"action": "subscription.*", "limit": 2}).get_json()
    assert (len(page["items"]), page["meta"]["total_is_exact"]) == (2, False)
    rest = system.get(page["_links"]["next"]["href"]).get_json()
    assert "next" not in rest["_links"]
    assert [row["number"] for row in (*page["items"], *rest["items"])] == [1, 2, 3]
    exported = system.get(f"{ROOT}/audit/export", query_string={"action": "subscription.create"})
    assert [json.loads(line)["number"] for line in exported.get_data(as_text=True).splitlines()] == [1, 2, 3]
    for query in ({"actor": "nobody"}, {"since": "2999-01-01"}, {"until": "2000-01-01"}, {"subject": "incident:*"}):
        assert system.get(f"{ROOT}/audit", query_string=query).get_json()["items"] == []
    assert system.get(f"{ROOT}/audit/verification").get_json()["intact"] is True


def test_what_was_read_by_a_grant_is_not_for_the_region_to_read(store: Store) -> None:
    app = app_for(store)
    grants = frozenset({"region:SE-M"})
    granted, plain = (token_for(store, Role.ANALYST, "SE-AB", grants=each) for each in (grants, frozenset()))
    for token in (granted, plain):
        client = client_as(app, token)
        assert client.get(KLANG, query_string={"product": "gloves", "limit": 1}).status_code == 200
        asked = {"scope": [{"kind": "factory", "id": "demo-plant-klang"}]}
        assert client.post(f"{ROOT}/exposure-queries", json=asked).status_code == 200
    admin = client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB"))
    rows = admin.get(f"{ROOT}/audit").get_json()["items"]
    assert [row["subject"] for row in rows] == ["read:-", "read:-", "read:demo-plant-klang", "read:-"]
    assert [sorted(row["facts"]) for row in rows[:2]] == [["grants", "route", "status"]] * 2
    assert rows[0]["facts"]["route"] == "/tracegraph/v1/factories/<id>/dependent-contracts"
    assert rows[2]["facts"]["query"] == {"product": ["gloves"]}
    named = admin.get(f"{ROOT}/audit", query_string={"subject": "read:demo-plant-*"}).get_json()["items"]
    assert [row["actor"] for row in named] == [f"key:{plain[3:19]}"]  # no filter tells what is not shown
    exported = admin.get(f"{ROOT}/audit/export").get_data(as_text=True)
    assert exported.count("demo-plant-klang") == 1
    for who in (
        client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB", grants=grants)),
        client_as(app, token_for(store, Role.SYSTEM)),
    ):
        seen = who.get(f"{ROOT}/audit", query_string={"subject": "read:demo-plant-klang"}).get_json()["items"]
        assert len(seen) == 2


def test_where_a_page_of_a_region_ends_does_not_depend_on_others(store: Store) -> None:
    app = app_for(store)
    cursors = []
    for others, moment in ((0, "2026-01-01T00:00:00Z"), (5, "2999-01-01T00:00:00Z")):
        rows = [audit_row(LOCAL, "claim.create", "claim:x")] * others
        own = [audit_row(AB, "claim.create", f"claim:{others}-{number}") for number in range(3)]
        store.commit(Beside(audit=[*rows, *own, *rows]), moment)
        admin = client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB"))
        page = admin.get(f"{ROOT}/audit", query_string={"limit": 2, "since": moment}).get_json()
        href = page["_links"]["next"]["href"]
        cursors.append(json.loads(b64decode(parse_qs(urlsplit(href).query)["cursor"][0] + "==")))
        rest = admin.get(href).get_json()
        subjects = [row["subject"] for row in (*page["items"], *rest["items"])]
        assert subjects[:3] == [f"claim:{others}-{number}" for number in range(3)]
    assert cursors == [["", "", "2026-01-01T00:00:00Z", 2], ["", "", "2999-01-01T00:00:00Z", 2]]


# --- at the command line ---------------------------------------------------------------------------------------------


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A store with five rows."""
    path = tmp_path / "store.db"
    store = open_store(f"sqlite:///{path}")
    for number in range(5):
        store.commit(Beside(audit=[audit_row(LOCAL, "claim.create", f"claim:{number}")]), "2026-01-01T00:00:00Z")
    store.close()
    return path


def run(path: Path, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["audit", *words, "--store", f"sqlite:///{path}"])
    return result.exit_code, result.output


def test_an_intact_trail_is_anchored(kept: Path, tmp_path: Path) -> None:
    anchors = str(tmp_path / "anchors.ndjson")
    told = "The 5 rows are as they were written; the last 5, since 2026-01-01T00:00:00Z, are covered by no anchor."
    assert " ".join(run(kept, "verify")[1].split()) == told
    run(kept, "verify", "--anchor", anchors)
    code, said = run(kept, "verify", "--anchor", anchors)
    assert (code, said.strip()) == (0, "The 5 rows are as they were written, and an anchor agrees.")
    assert len(run(kept, "export")[1].splitlines()) == 5


def rechain(raw: sqlite3.Connection) -> None:
    """Write the whole trail anew, with other content and right hashes."""
    raw.execute("DELETE FROM record WHERE kind = 'audit'")
    raw.commit()
    with closing(open_store(f"sqlite:///{_file_of(raw)}")) as store:
        rows = [audit_row(LOCAL, "claim.create", f"claim:other-{number}") for number in range(5)]
        store.commit(Beside(audit=rows), "2026-01-01T00:00:00Z")


def _file_of(raw: sqlite3.Connection) -> str:
    return str(raw.execute("PRAGMA database_list").fetchone()[2])


def insert(raw: sqlite3.Connection) -> None:
    """Put a row in between, where the one that was there moves to the end."""
    raw.execute("UPDATE record SET id = '000000000006' WHERE kind = 'audit' AND id = '000000000003'")
    raw.execute(
        "INSERT INTO record SELECT kind, '000000000003', version, body, recorded_at, retracted_at, due_at, visibility,"
        " digest, change_set FROM record WHERE kind = 'audit' AND id = '000000000001'"
    )


def swap(raw: sqlite3.Connection) -> None:
    """Let two rows change places."""
    for old, new in (("2", "9"), ("3", "2"), ("9", "3")):
        raw.execute(f"UPDATE record SET id = '00000000000{new}' WHERE kind = 'audit' AND id = '00000000000{old}'")


ATTACKS: dict[str, str | Callable[[sqlite3.Connection], None]] = {
    "rechained": rechain,
    "reordered": swap,
    "inserted": insert,
    "edited": """UPDATE record SET body = replace(body, 'claim:2', 'claim:9') WHERE kind = 'audit'""",
    "missing": "DELETE FROM record WHERE kind = 'audit' AND id = '000000000003'",
    "truncated": "DELETE FROM record WHERE kind = 'audit' AND id > '000000000003'",
    "all": "DELETE FROM record WHERE kind = 'audit'",
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_somebody_did_to_the_trail_shows(kept: Path, tmp_path: Path, attack: str) -> None:
    anchors = str(tmp_path / "anchors.ndjson")
    run(kept, "verify", "--anchor", anchors)
    what = ATTACKS[attack]
    with closing(sqlite3.connect(kept)) as raw, raw:
        if callable(what):
            what(raw)
        else:
            assert raw.execute(what).rowcount > 0
    code, said = run(kept, "verify", "--anchor", anchors, "--json")
    verdict = json.loads(said)
    assert (code, verdict["intact"]) == (1, False)
    assert verdict["reason"] == {"all": "truncated", "inserted": "reordered"}.get(attack, attack)
    assert 0 < verdict["broken_at"] <= 6
    assert len(Path(anchors).read_text().splitlines()) == 1


def test_a_broken_trail_is_told_in_words(kept: Path) -> None:
    with closing(sqlite3.connect(kept)) as raw, raw:
        raw.execute(str(ATTACKS["missing"]))
    code, said = run(kept, "verify")
    assert (code, said.strip()) == (1, "row 3 is missing")


def test_anchors_that_are_none_are_refused(kept: Path, tmp_path: Path) -> None:
    spoilt = tmp_path / "anchors.ndjson"
    spoilt.write_text('\n{"count": 5}\n', encoding="utf-8")
    code, said = run(kept, "verify", "--anchor", str(spoilt))
    assert code == 2
    assert "line 2" in said
    spoilt.write_bytes(b"\xff\xfe")
    assert run(kept, "verify", "--anchor", str(spoilt))[0] == 2
