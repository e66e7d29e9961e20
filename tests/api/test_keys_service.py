"""API keys: what they may, how long, and who may make them."""

from __future__ import annotations

import json

import pytest

from tests.api.principals import app_for, client_as, token_for
from tracegraph.access import LOCAL, Permission, Principal, Role
from tracegraph.errors import InvalidInput, TokenInvalid, UnknownNode
from tracegraph.services.keys import (
    KEY,
    Rights,
    checked_rights,
    find_key,
    key_records,
    new_key,
    note_use,
    revoked,
    rights_of,
    rotated,
    verified,
)
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside

NOW, LATER, NEXT_DAY = "2026-01-01T00:00:00Z", "2026-01-01T02:00:00Z", "2026-01-02T00:00:01Z"
ANALYST = Rights(frozenset({Role.ANALYST}), "SE-AB")
ADMIN = Principal("key:admin", frozenset({Role.REGION_ADMINISTRATOR}), "SE-AB")


def made(store: Store, rights: Rights = ANALYST, days: int = 10) -> str:
    key = new_key(LOCAL, "nightly-sync", rights, NOW, days)
    store.commit(Beside([key.write]), NOW)
    return key.token


def test_a_token_is_whose_it_says_and_the_store_has_only_its_hash(store: Store) -> None:
    token = made(store)
    key = verified(store, token, NOW)
    assert key.principal.visible_to == ("network", "public", "region:SE-AB")
    assert key.principal.may(Permission.WRITE)
    assert token.rsplit("_", 1)[1] not in json.dumps([dict(record.body) for record in store.page(KEY)])
    assert len(token.rsplit("_", 1)[1]) * 6 >= 256


@pytest.mark.parametrize("spoilt", ["", "tg_", "tg_0123456789abcdef_x", "{}x", "x{}", "{}\n", "tg_ffffffffffffffff_{}"])
def test_what_is_nearly_a_token_is_none(store: Store, spoilt: str) -> None:
    token = made(store)
    with pytest.raises(TokenInvalid) as caught:
        verified(store, spoilt.format(token if spoilt != "tg_ffffffffffffffff_{}" else token[-43:]), NOW)
    assert str(caught.value) == "this is no valid token"


def test_another_secret_under_a_known_id_is_told_apart_from_nothing(store: Store) -> None:
    first, second = made(store), made(store)
    mixed = first[:20] + second[20:]
    with pytest.raises(TokenInvalid, match="this is no valid token"):
        verified(store, mixed, NOW)


def test_a_key_ends_on_its_day_and_when_it_is_revoked(store: Store) -> None:
    token = made(store, days=1)
    assert rights_of(store, f"key:{token[3:19]}", NOW) is not None
    with pytest.raises(TokenInvalid, match="expired on 2026-01-02"):
        verified(store, token, NEXT_DAY)
    other = made(store)
    store.commit(Beside([revoked(find_key(store, other[3:19], LOCAL), NOW)]), NOW)
    with pytest.raises(TokenInvalid, match="this is no valid token"):
        verified(store, other, NOW)
    assert rights_of(store, f"key:{other[3:19]}", NOW) is None
    assert rights_of(store, "user:abc", NOW) is None


def test_after_a_rotation_both_secrets_serve_for_a_day(store: Store) -> None:
    old = made(store)
    fresh = rotated(find_key(store, old[3:19], LOCAL), NOW)
    store.commit(Beside([fresh.write]), NOW)
    assert {verified(store, token, LATER).id for token in (old, fresh.token)} == {old[3:19]}
    with pytest.raises(TokenInvalid):
        verified(store, old, NEXT_DAY)
    assert verified(store, fresh.token, NEXT_DAY).id == old[3:19]


def test_the_last_use_is_noted_once_an_hour(store: Store) -> None:
    token = made(store)
    versions = []
    for moment in (NOW, "2026-01-01T00:30:00Z", LATER):
        note_use(store, verified(store, token, moment), moment)
        versions.append(find_key(store, token[3:19], LOCAL).version)
    assert versions == [2, 2, 3]


@pytest.mark.parametrize(
    "rights",
    [
        Rights(frozenset({Role.SYSTEM}), "SE-AB"),
        Rights(frozenset({Role.ANALYST}), "SE-M"),
        Rights(frozenset({Role.ANALYST}), None),
        Rights(frozenset({Role.ANALYST}), "SE-AB", grants=frozenset({"region:SE-M"})),
        Rights(frozenset(), "SE-AB"),
        Rights(frozenset({Role.ANALYST}), "Stockholm"),
        Rights(frozenset({Role.ANALYST}), "SE-AB", grants=frozenset({"network"})),
    ],
)
def test_nobody_gives_away_more_than_they_may(rights: Rights) -> None:
    with pytest.raises(InvalidInput):
        checked_rights(ADMIN, rights)


def test_an_administrator_gives_away_what_they_may(store: Store) -> None:
    assert checked_rights(ADMIN, ANALYST) == ANALYST
    narrow = Principal("key:n", ADMIN.roles, "SE-AB", scopes=frozenset({Permission.READ, Permission.KEYS}))
    with pytest.raises(InvalidInput):
        checked_rights(narrow, ANALYST)
    assert checked_rights(narrow, Rights(ANALYST.roles, "SE-AB", frozenset({Permission.READ})))


@pytest.mark.parametrize(("label", "days"), [("Anna Svensson", 10), ("", 10), ("x" * 41, 10), ("ok", 0), ("ok", 731)])
def test_labels_and_days_have_limits(label: str, days: int) -> None:
    with pytest.raises(InvalidInput):
        new_key(LOCAL, label, ANALYST, NOW, days)


def test_keys_of_other_regions_are_not_there(store: Store) -> None:
    made(store)
    other = made(store, Rights(frozenset({Role.READER}), "SE-M"))
    assert len(key_records(store, ADMIN)) == 1
    assert len(key_records(store, LOCAL)) == 2
    with pytest.raises(UnknownNode):
        find_key(store, other[3:19], ADMIN)


# --- over HTTP -------------------------------------------------------------------------------------------------------


def test_a_key_opens_what_it_is_for(store: Store) -> None:
    app = app_for(store)
    reader = client_as(app, token_for(store, Role.READER, "SE-AB"))
    assert reader.get("/tracegraph/v1/subscriptions").status_code == 200
    assert client_as(app, None).get("/tracegraph/v1/subscriptions").status_code == 401
    narrow = client_as(app, token_for(store, Role.READER, "SE-AB", scopes=frozenset({Permission.READ})))
    assert narrow.get("/tracegraph/v1/subscriptions").status_code == 403


@pytest.mark.parametrize(
    "header", ["Basic dXNlcjpwYXNz", "Digest x", "Bearer", "Bearer ", "tg_x", "Bearer " + "x" * 9000]
)
def test_other_ways_are_not_taken(store: Store, header: str) -> None:
    client = app_for(store).test_client()
    response = client.get("/tracegraph/v1/factories", headers={"Authorization": header})
    assert (response.status_code, response.get_json()["code"]) == (401, "token-invalid")
    assert "Bearer" in response.headers["WWW-Authenticate"]
