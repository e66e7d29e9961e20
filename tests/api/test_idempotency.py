"""One effect a key, whatever happens on the way."""

from __future__ import annotations

import io
import threading
from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest
from flask import Flask, Response
from flask.testing import FlaskClient
from marshmallow import Schema, fields

from tracegraph.access import Permission
from tracegraph.errors import CommitUnknown, InvalidInput, StaleWrite, StoreUnavailable
from tracegraph.services.operations import OPERATION, Operation, Reply, begin, done, forget_expired, give_up
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import Beside, Record, RecordWrite
from tracegraph_api import create_app, policy
from tracegraph_api.changes import change, once, payload_digest
from tracegraph_api.context import context_of, now, store
from tracegraph_api.operation import Answered, Resource, operation

PATH = "/tracegraph/v1/notes"
KEY = {"Idempotency-Key": "key-00001"}


class NoteBody(Schema):
    text = fields.String(required=True)


def with_notes(opened: Store, outcome: Mapping[str, Any] | None = None) -> Flask:
    """Return the application with a small resource that writes: what the real ones have in common."""
    resource = Resource("notes", __name__, url_prefix="/notes")
    happens = outcome if outcome is not None else {}

    @resource.post("/")
    @operation(Permission.WRITE, says=("Note", "Keep a note."), answers={201: Answered("The note.")}, body=NoteBody)
    @once
    def keep(body: Mapping[str, Any]) -> Response:
        if body["text"] == "refused":
            raise InvalidInput("not this one")
        write = RecordWrite("note", f"n{len(store().page('note', limit=500)) + 1}", {"text": body["text"]}, 0)
        reply = Reply(201, {"id": write.id}, {"Location": f"{PATH}/{write.id}"})
        beside = change().beside("note.create", f"note:{write.id}", reply, records=[write])
        if "before" in happens:
            raise happens["before"]
        store().commit(beside, now())
        if "after" in happens:
            raise happens["after"]
        return change().answered()

    @resource.put("/<id>")
    @operation(Permission.WRITE, says=("Note", "Change it."), answers={200: Answered("The note.")}, body=NoteBody)
    @once
    def put(body: Mapping[str, Any], id: str) -> Response:
        version = change().expected_version()
        write = RecordWrite("note", id, {"text": body["text"]}, version)
        reply = Reply(200, {"id": id}, {"ETag": f'"{version + 1}"'})
        store().commit(change().beside("note.change", f"note:{id}", reply, records=[write]), now())
        return change().answered()

    app = create_app(ApiSettings(access=Access.LOCAL), opened)
    app.before_request_funcs.setdefault(None, [])
    app._got_first_request = False
    app.register_blueprint(resource, url_prefix=PATH)
    return app


def post(client: FlaskClient, text: str = "a", headers: Mapping[str, str] = KEY) -> Any:
    return client.post(f"{PATH}/", json={"text": text}, headers=dict(headers))


def notes(opened: Store) -> list[str]:
    return [record.body["text"] for record in opened.page("note")]


def test_a_repeated_request_has_one_effect_and_the_same_reply(store: Store) -> None:
    client = with_notes(store).test_client()
    first, again = post(client), post(client)
    assert (first.status_code, again.status_code) == (201, 201)
    assert (first.get_json(), first.headers["Location"]) == (again.get_json(), again.headers["Location"])
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert notes(store) == ["a"]
    assert len([row for row in store.page(AUDIT) if row.body["action"] == "note.create"]) == 1


def test_a_key_serves_one_request(store: Store) -> None:
    client = with_notes(store).test_client()
    post(client)
    other = post(client, "b")
    assert (other.status_code, other.get_json()["code"]) == (422, "idempotency-key-reused")
    assert notes(store) == ["a"]


@pytest.mark.parametrize("key", [None, "short", "with blanks in it", "x" * 129])
def test_a_change_needs_a_key(store: Store, key: str | None) -> None:
    client = with_notes(store).test_client()
    response = post(client, headers={} if key is None else {"Idempotency-Key": key})
    assert (response.status_code, response.get_json()["code"]) == (400, "idempotency-key-missing")
    assert notes(store) == []


def test_a_refused_request_leaves_its_key_free_for_a_corrected_one(store: Store) -> None:
    client = with_notes(store).test_client()
    assert post(client, "refused").status_code == 422
    assert post(client, "corrected").status_code == 201
    assert store.page(AUDIT)[-1].body["action"] == "note.create"


def test_at_once_from_many_threads_it_has_one_effect(store: Store) -> None:
    app = with_notes(store)
    statuses: list[int] = []

    def send() -> None:
        statuses.append(post(app.test_client()).status_code)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert notes(store) == ["a"]


def test_a_commit_that_nobody_saw_but_was_made_is_answered(store: Store) -> None:
    client = with_notes(store, {"after": CommitUnknown("the store went away")}).test_client()
    response = post(client)
    assert (response.status_code, response.get_json()) == (201, {"id": "n1"})
    assert notes(store) == ["a"]


def test_a_commit_that_nobody_saw_and_was_not_made_is_not_repeated(store: Store) -> None:
    app = with_notes(store, {"before": CommitUnknown("the store went away")})
    response = post(app.test_client())
    assert (response.status_code, response.get_json()["code"]) == (503, "commit-unknown")
    assert notes(store) == []
    again = post(app.test_client())
    assert (again.status_code, again.get_json()["code"]) == (409, "operation-in-progress")
    assert int(again.headers["Retry-After"]) > 0
    context_of(app).clock = lambda: "2099-01-01T00:00:00Z"  # what was cut short is taken up by the same request
    assert post(app.test_client()).get_json()["code"] == "commit-unknown"


def test_a_crash_before_the_commit_is_made_good_by_the_same_request(store: Store) -> None:
    happens: dict[str, Any] = {"before": StoreUnavailable("gone")}
    app = with_notes(store, happens)
    assert post(app.test_client()).status_code == 503
    del happens["before"]
    assert post(app.test_client()).status_code == 201
    assert notes(store) == ["a"]


def test_a_change_says_which_version_it_is_made_on(store: Store) -> None:
    client = with_notes(store).test_client()
    post(client)
    answers = [
        client.put(f"{PATH}/n1", json={"text": "b"}, headers=headers)
        for headers in ({}, {"If-Match": "many"}, {"If-Match": '"7"'}, {"If-Match": '"1"'}, {"If-Match": '"1"'})
    ]
    assert [answer.status_code for answer in answers] == [428, 412, 412, 200, 412]
    assert answers[3].headers["ETag"] == '"2"'
    assert notes(store) == ["b"]


def test_replies_are_forgotten_after_a_day(store: Store) -> None:
    app = with_notes(store)
    context_of(app).clock = lambda: "2025-01-01T00:00:00Z"
    post(app.test_client())
    assert forget_expired(store, "2025-01-01T23:00:00Z") == 0
    assert forget_expired(store, "2025-01-02T01:00:00Z") == 1
    assert store.page(OPERATION) == []


def test_every_route_of_the_notes_has_a_policy(store: Store) -> None:
    app = with_notes(store)
    assert policy.permission_of(app, "notes.keep") is Permission.WRITE


def test_a_commit_that_nobody_saw_is_looked_up_again_where_the_store_is_slow_to_come_back(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = with_notes(store, {"after": CommitUnknown("the store went away")})
    records, looks = store.records, count(1)

    def looked_up(kind: str, id: str | None = None) -> list[Record]:
        if kind == OPERATION and next(looks) in (2, 3):  # the first is before it begins
            raise StoreUnavailable("not yet")
        return records(kind, id)

    monkeypatch.setattr(store, "records", looked_up)
    assert post(app.test_client()).status_code == 201
    assert notes(store) == ["a"]


def test_a_change_without_a_key_of_which_nobody_knows_is_told_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    client = with_notes(store).test_client()
    post(client)

    def away(*_: Any) -> None:
        raise CommitUnknown("the store went away")

    monkeypatch.setattr(store, "commit", away)
    response = client.put(f"{PATH}/n1", json={"text": "b"}, headers={"If-Match": '"1"'})
    assert (response.status_code, response.get_json()["code"]) == (503, "commit-unknown")


def test_a_key_that_cannot_be_freed_becomes_free_by_itself(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    app = with_notes(store)
    commit, calls = store.commit, count(1)

    def second_fails(beside: Beside, moment: str) -> list[Record]:
        if next(calls) == 2:
            raise StoreUnavailable("gone")
        return commit(beside, moment)

    monkeypatch.setattr(store, "commit", second_fails)
    assert post(app.test_client(), "refused").status_code == 422
    assert post(app.test_client(), "refused").status_code == 409
    context_of(app).clock = lambda: "2099-01-01T00:00:00Z"
    assert post(app.test_client(), "refused").status_code == 422


def test_who_took_an_operation_up_keeps_it(store: Store) -> None:
    began = begin(store, "an-operation", "digest", "2026-01-01T00:00:00Z")
    taken = begin(store, "an-operation", "digest", "2026-01-01T00:02:00Z")  # the first was cut short, it seems
    assert isinstance(began, Operation)
    assert isinstance(taken, Operation)
    give_up(store, began, "2026-01-01T00:02:01Z")
    assert store.records(OPERATION, "an-operation")[-1].version == taken.version
    with pytest.raises(StaleWrite):  # what it had begun is not done twice
        store.commit(Beside([done(began, Reply(201, {}, {}), "2026-01-01T00:02:02Z")]), "2026-01-01T00:02:02Z")


def digest(app: Flask, **sent: Any) -> str:
    with app.test_request_context(PATH, method="POST", **sent):
        return payload_digest()


def test_what_was_sent_is_told_apart_in_every_form(store: Store) -> None:
    app = with_notes(store)

    def file(content: bytes, name: str = "a.csv") -> dict[str, Any]:
        return {"files": [(io.BytesIO(content), name)], "skip": "true"}

    assert digest(app, json={"a": 1, "b": 2}) == digest(app, data=b'{"b": 2,  "a": 1}', content_type="application/json")
    different = [
        digest(app, json={"a": 1}),
        digest(app, json={"a": 1}, query_string={"x": "1"}),
        digest(app, data=b"a", content_type="application/x-ndjson"),
        digest(app, data=b"b", content_type="application/x-ndjson"),
        digest(app, data=file(b"a")),
        digest(app, data=file(b"b")),
        digest(app, data=file(b"a", "b.csv")),
        digest(app, data={**file(b"a"), "skip": "false"}),
    ]
    assert len(set(different)) == len(different)
    assert digest(app, data=file(b"a")) == digest(app, data=file(b"a"))  # whatever separates the parts
