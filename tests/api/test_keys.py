"""API keys over HTTP: a region administers its own, and sees no other."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask.testing import FlaskClient

from tests.api.principals import app_for, client_as, token_for
from tracegraph.access import Role
from tracegraph.store.port import AUDIT, Store

ROOT = "/tracegraph/v1"
_KEYS = count()
READER = {"label": "nightly-sync", "roles": ["reader"], "region": "SE-AB"}


def post(client: FlaskClient, path: str, body: Any = None, **headers: str) -> Any:
    key = {"Idempotency-Key": f"keys-test-{next(_KEYS)}"}
    return client.post(f"{ROOT}/{path}", json=body, headers={**key, **headers})


def test_a_key_is_made_used_rotated_and_revoked(store: Store) -> None:
    app = app_for(store)
    admin = client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB"))
    made = post(admin, "keys", READER)
    assert made.status_code == 201
    path = made.headers["Location"]
    assert "token" not in admin.get(path).get_json()
    mine = client_as(app, made.get_json()["token"]).get(f"{ROOT}/me").get_json()
    assert (mine["region"], mine["may"]) == ("SE-AB", ["open", "read", "watch"])
    etag = admin.get(path).headers["ETag"]  # the use above was noted: the version is another
    turned = post(admin, f"keys/{made.get_json()['key_id']}/rotation", **{"If-Match": etag})
    assert turned.status_code == 200
    fresh = client_as(app, turned.get_json()["token"])
    assert fresh.get(f"{ROOT}/subscriptions").status_code == 200
    etag = admin.get(path).headers["ETag"]
    assert post(admin, f"keys/{made.get_json()['key_id']}/revocation").status_code == 428
    assert post(admin, f"keys/{made.get_json()['key_id']}/revocation", **{"If-Match": etag}).status_code == 200
    revoked = app_for(store)  # another worker, which remembers nothing
    assert client_as(revoked, turned.get_json()["token"]).get(f"{ROOT}/me").status_code == 401
    actions = [row.body["action"] for row in store.page(AUDIT)]
    assert [action for action in actions if action.startswith("key.")] == ["key.create", "key.rotate", "key.revoke"]


def test_keys_that_a_revoked_key_made_serve_no_longer(store: Store) -> None:
    app = app_for(store)
    admin = client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB"))
    helper = post(admin, "keys", {**READER, "roles": ["region_administrator"]}).get_json()
    made = post(client_as(app, helper["token"]), "keys", READER).get_json()
    assert (made["serves"], made["expires_at"] <= helper["expires_at"]) == (True, True)
    path = f"{ROOT}/keys/{helper['key_id']}"
    etag = admin.get(path).headers["ETag"]
    ended = post(admin, f"keys/{helper['key_id']}/revocation", **{"If-Match": etag}).get_json()
    assert ended["serves"] is False
    listed = {row["key_id"]: row["serves"] for row in admin.get(f"{ROOT}/keys").get_json()["items"]}
    assert (listed[helper["key_id"]], listed[made["key_id"]], sum(listed.values())) == (False, False, 1)
    response = client_as(app_for(store), made["token"]).get(f"{ROOT}/subscriptions")
    assert (response.status_code, response.get_json()["code"]) == (401, "token-invalid")


def test_a_repeated_request_does_not_show_the_token_again(store: Store) -> None:
    admin = client_as(app_for(store), token_for(store, Role.SYSTEM))
    headers = {"Idempotency-Key": "one-and-the-same"}
    first, again = (admin.post(f"{ROOT}/keys", json=READER, headers=headers).get_json() for _ in range(2))
    assert first.pop("token").startswith("tg_")
    assert first == again


def test_other_regions_keys_are_not_there(store: Store) -> None:
    app = app_for(store)
    theirs = client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, "SE-M"))
    path = post(theirs, "keys", {**READER, "region": "SE-M"}).headers["Location"]
    mine = client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB"))
    foreign, unknown = mine.get(path), mine.get(f"{ROOT}/keys/{'f' * 16}")
    assert foreign.status_code == unknown.status_code == 404
    assert {one["region"] for one in mine.get(f"{ROOT}/keys").get_json()["items"]} == {"SE-AB"}


def test_nobody_gives_away_more_than_they_may(store: Store) -> None:
    admin = client_as(app_for(store), token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB"))
    for beyond in ({"roles": ["system"]}, {"region": "SE-M"}, {"region": None}, {"grants": ["region:SE-M"]}):
        assert post(admin, "keys", {**READER, **beyond}).status_code == 422
    assert len(admin.get(f"{ROOT}/keys").get_json()["items"]) == 1


def test_nobody_takes_over_a_stronger_key_of_their_own_region(store: Store) -> None:
    app = app_for(store)
    admin = client_as(app, token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB"))
    strong = token_for(store, Role.SYSTEM, "SE-AB")[3:19]
    etag = admin.get(f"{ROOT}/keys/{strong}").headers["ETag"]
    assert post(admin, f"keys/{strong}/rotation", **{"If-Match": etag}).status_code == 422
    assert admin.get(f"{ROOT}/keys/{strong}").headers["ETag"] == etag


def test_a_revoked_key_gets_no_new_secret(store: Store) -> None:
    admin = client_as(app_for(store), token_for(store, Role.REGION_ADMINISTRATOR, "SE-AB"))
    made = post(admin, "keys", READER)
    path = f"keys/{made.get_json()['key_id']}"
    ended = post(admin, f"{path}/revocation", **{"If-Match": made.headers["ETag"]})
    assert post(admin, f"{path}/rotation", **{"If-Match": ended.headers["ETag"]}).status_code == 409


def test_who_may_not_manage_keys_is_told_so(store: Store) -> None:
    app = app_for(store)
    assert client_as(app, token_for(store, Role.ANALYST, "SE-AB")).get(f"{ROOT}/keys").status_code == 403
    assert client_as(app, None).get(f"{ROOT}/keys").status_code == 401
    assert client_as(app, None).get(f"{ROOT}/me").get_json()["visible_to"] == ["public"]
