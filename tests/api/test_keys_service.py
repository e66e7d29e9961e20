"""API keys: what they may, how long, and who may make them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, cast

import pytest

from tests.api.principals import app_for, client_as, token_for
from tracegraph.access import LOCAL, Permission, Principal, Role
from tracegraph.errors import InvalidInput, NotNow, TokenInvalid, UnknownNode
from tracegraph.services.key_makers import KEY, NO_KEYS, Behind, behind
from tracegraph.services.key_rights import Rights, checked_rights
from tracegraph.services.keys import (
    find_key,
    key_of,
    key_records,
    new_key,
    no_longer_serves,
    note_use,
    revoked,
    rights_of,
    rotated,
    verified,
)
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside, Record, RecordWrite

NOW, LATER, NEXT_DAY = "2026-01-01T00:00:00Z", "2026-01-01T02:00:00Z", "2026-01-02T00:00:01Z"
ANALYST = Rights(frozenset({Role.ANALYST}), "SE-AB")
ADMIN = Principal("key:admin", frozenset({Role.REGION_ADMINISTRATOR}), "SE-AB")
UNDER_ADMIN = Behind(("admin",), "2027-01-01T00:00:00Z")


def made(store: Store, rights: Rights = ANALYST, days: int = 10) -> str:
    key = new_key(LOCAL, "nightly-sync", rights, NOW, days)
    store.commit(Beside([key.write]), NOW)
    return key.token


def test_a_token_is_whose_it_says_and_the_store_has_only_its_hash(store: Store) -> None:
    token = made(store)
    key = verified(store, token, NOW)
    assert key.principal.visible_to == ("network", "public", "region:SE-AB")
    assert key.principal.may(Permission.WRITE)
    secret = token.removeprefix(f"tg_{key.id}_")
    assert secret not in json.dumps(list(store.stream()))
    assert len(secret) * 6 >= 256


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
    assert no_longer_serves(store, f"key:{other[3:19]}", NOW)
    assert [no_longer_serves(store, f"key:{token[3:19]}", moment) for moment in (NOW, NEXT_DAY)] == [False, True]
    assert not no_longer_serves(store, "user:abc", NOW)
    assert not no_longer_serves(store, f"key:{'f' * 16}", NOW)


def test_after_a_rotation_both_secrets_serve_for_a_day(store: Store) -> None:
    old = made(store)
    fresh = rotated(find_key(store, old[3:19], LOCAL), LOCAL, NOW)
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
        Rights(frozenset({Role.SYSTEM}), "SE-AB", frozenset({Permission.READ})),
        Rights(frozenset({Role.ANALYST}), "SE-M"),
        Rights(frozenset({Role.ANALYST}), None),
        Rights(frozenset({Role.ANALYST}), "SE-AB", grants=frozenset({"region:SE-M"})),
        Rights(frozenset(), "SE-AB"),
        Rights(frozenset({Role.ANALYST}), "Stockholm"),
        Rights(frozenset({Role.ANALYST}), "SE-AB", grants=frozenset({"network"})),
        Rights(frozenset({Role.ANALYST}), "SE-AB", grants=frozenset({"region:"})),
        Rights(frozenset({Role.ANALYST}), "SE-AB", grants=frozenset({"region:SE-AB "})),
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


def test_who_belongs_to_no_region_manages_no_keys(store: Store) -> None:
    made(store, Rights(frozenset({Role.READER})))
    assert key_records(store, Principal("key:n", ADMIN.roles)) == []


def test_a_narrow_key_of_the_system_makes_no_wide_one() -> None:
    narrow = Principal("key:n", frozenset({Role.SYSTEM}), scopes=frozenset({Permission.KEYS, Permission.READ}))
    with pytest.raises(InvalidInput, match="give away more"):
        checked_rights(narrow, Rights(frozenset({Role.SYSTEM})))
    for rights in (Rights(frozenset({Role.SYSTEM}), None, frozenset({Permission.READ})), ANALYST):
        only_read = replace(rights, scopes=frozenset({Permission.READ}))
        assert checked_rights(narrow, only_read) == only_read


def test_who_belongs_to_no_region_and_is_not_the_system_gives_no_keys_away() -> None:
    nobody = Principal("key:n", ADMIN.roles, None)
    with pytest.raises(InvalidInput, match="give away more"):
        checked_rights(nobody, Rights(frozenset({Role.READER})))


def test_who_sees_only_what_is_public_makes_no_key_that_sees_more() -> None:
    limited = Principal("key:n", ADMIN.roles, "SE-AB", limited_to_public=True)
    with pytest.raises(InvalidInput, match="give away more"):
        checked_rights(limited, ANALYST)


def test_nobody_gets_more_by_the_secret_of_a_stronger_key(store: Store) -> None:
    strong = find_key(store, made(store, Rights(frozenset({Role.SYSTEM}), "SE-AB"))[3:19], ADMIN)
    with pytest.raises(InvalidInput, match="give away more"):
        rotated(strong, ADMIN, NOW, under=UNDER_ADMIN)
    only_keys = Principal("key:k", ADMIN.roles, "SE-AB", scopes=frozenset({Permission.KEYS}))
    with pytest.raises(InvalidInput, match="give away more"):
        rotated(find_key(store, made(store)[3:19], ADMIN), only_keys, NOW, under=Behind(("k",), NEXT_DAY))


def test_a_key_that_serves_no_longer_gets_no_new_secret(store: Store) -> None:
    record = find_key(store, made(store, days=1)[3:19], ADMIN)
    with pytest.raises(NotNow):
        rotated(record, ADMIN, NEXT_DAY, under=UNDER_ADMIN)
    store.commit(Beside([revoked(record, NOW)]), NOW)
    ended = find_key(store, record.id, ADMIN)
    with pytest.raises(NotNow):
        rotated(ended, ADMIN, NOW, under=UNDER_ADMIN)
    again = revoked(ended, LATER).body
    assert again is not None
    assert again["revoked_at"] == NOW


def test_a_second_rotation_ends_the_first_secret(store: Store) -> None:
    tokens = [made(store)]
    for _ in range(2):
        turned = rotated(find_key(store, tokens[0][3:19], LOCAL), LOCAL, NOW)
        store.commit(Beside([turned.write]), NOW)
        tokens.append(turned.token)
    with pytest.raises(TokenInvalid):
        verified(store, tokens[0], NOW)
    assert {verified(store, token, NOW).id for token in tokens[1:]} == {tokens[0][3:19]}


def test_a_use_is_not_noted_over_a_change_or_of_a_key_that_is_gone(store: Store) -> None:
    token = made(store)
    key = verified(store, token, NOW)
    record = find_key(store, key.id, LOCAL)
    store.commit(Beside([revoked(record, NOW)]), NOW)
    note_use(store, key, LATER)  # of the version before
    assert key_of(find_key(store, key.id, LOCAL)).revoked_at == NOW
    note_use(store, replace(key, id="f" * 16), LATER)
    assert store.records(KEY, "f" * 16) == []


# --- keys behind keys ------------------------------------------------------------------------------------------------


ROLES = frozenset({Role.REGION_ADMINISTRATOR})


def made_by(store: Store, maker: str, days: int = 10) -> str:
    """Return the token of a key that another key made."""
    who = Principal(f"key:{maker}", ROLES, "SE-AB")
    key = new_key(who, "made", Rights(ROLES, "SE-AB"), NOW, days, under=behind(store, who.id, NOW))
    store.commit(Beside([key.write]), NOW)
    return key.token


def turned_by(store: Store, id: str, maker: str) -> str:
    """Return the token of a key to which another gave a secret."""
    who = Principal(f"key:{maker}", ROLES, "SE-AB")
    turned = rotated(find_key(store, id, who), who, NOW, under=behind(store, who.id, NOW))
    store.commit(Beside([turned.write]), NOW)
    return turned.token


def revoke(store: Store, id: str) -> None:
    store.commit(Beside([revoked(find_key(store, id, LOCAL), NOW)]), NOW)


def serve(store: Store, *tokens: str, now: str = LATER) -> list[bool]:
    """Return which tokens are taken."""
    found = []
    for token in tokens:
        try:
            found.append(bool(verified(store, token, now)))
        except TokenInvalid:
            found.append(False)
    return found


def test_a_key_ends_with_the_key_that_made_it(store: Store) -> None:
    admin = made(store, Rights(ROLES, "SE-AB"))
    child = made_by(store, admin[3:19])
    grandchild = made_by(store, child[3:19])
    other = made(store, Rights(ROLES, "SE-AB"))
    assert serve(store, admin, child, grandchild, other) == [True] * 4
    revoke(store, admin[3:19])
    assert serve(store, admin, child, grandchild, other) == [False, False, False, True]
    with pytest.raises(TokenInvalid, match="made with a key that serves no longer"):
        verified(store, grandchild, LATER)
    assert rights_of(store, f"key:{grandchild[3:19]}", LATER) is None
    assert no_longer_serves(store, f"key:{grandchild[3:19]}", LATER)


def test_a_key_lasts_no_longer_than_the_key_that_made_it(store: Store) -> None:
    admin = made(store, Rights(ROLES, "SE-AB"), days=1)
    child = made_by(store, admin[3:19], days=700)
    assert key_of(find_key(store, child[3:19], LOCAL)).expires_at == "2026-01-02T00:00:00Z"
    assert serve(store, child, now=NEXT_DAY) == [False]


def test_a_secret_ends_with_the_key_that_gave_it(store: Store) -> None:
    """Who had a key and gave other keys new secrets has none of these once the key is revoked."""
    key = made(store, Rights(ROLES, "SE-AB"))
    bad, good = made(store, Rights(ROLES, "SE-AB")), made(store, Rights(ROLES, "SE-AB"))
    stolen = turned_by(store, key[3:19], bad[3:19])
    further = made_by(store, key[3:19])  # as who has the stolen secret could
    revoke(store, bad[3:19])
    assert serve(store, key, stolen, further) == [True, False, False]  # the first one still has its day
    assert serve(store, key, stolen, further, now=NEXT_DAY) == [False] * 3
    assert no_longer_serves(store, f"key:{key[3:19]}", NEXT_DAY)
    fresh = turned_by(store, key[3:19], good[3:19])
    assert serve(store, fresh, stolen, further) == [True, False, False]


def test_keys_of_before_serve_as_long_as_who_made_them_or_gave_them_secrets(store: Store) -> None:
    """Keys that do not say yet what is behind them."""
    admin, other = made(store, Rights(ROLES, "SE-AB")), made(store, Rights(ROLES, "SE-AB"))
    child = made_by(store, admin[3:19])
    turned = turned_by(store, child[3:19], other[3:19])
    record = find_key(store, child[3:19], LOCAL)
    body = {name: value for name, value in record.body.items() if name != "made_under"}
    body["digests"] = [secret[:2] for secret in record.body["digests"]]
    store.commit(Beside([RecordWrite(KEY, record.id, body, record.version, record.visibility)]), NOW)
    assert serve(store, child, turned) == [True, True]
    assert behind(store, f"key:{child[3:19]}", NOW).keys == tuple(
        sorted(token[3:19] for token in (admin, other, child))
    )
    revoke(store, other[3:19])
    assert serve(store, child, turned) == [False, False]  # nobody knows which of the secrets it gave


def test_what_would_not_serve_is_not_made(store: Store) -> None:
    key, bad = made(store, Rights(ROLES, "SE-AB")), made(store, Rights(ROLES, "SE-AB"))
    turned_by(store, key[3:19], bad[3:19])
    revoke(store, bad[3:19])
    with pytest.raises(NotNow, match="another key, or this one in a day"):
        made_by(store, key[3:19])
    assert behind(store, "user:somebody", NOW) == behind(store, "key:unknown", NOW) == NO_KEYS


def test_who_makes_something_with_a_key_says_so(store: Store) -> None:
    with pytest.raises(ValueError, match="not among the keys behind it"):
        new_key(ADMIN, "made", ANALYST, NOW)
    with pytest.raises(ValueError, match="not among the keys behind it"):
        rotated(find_key(store, made(store)[3:19], ADMIN), ADMIN, NOW)


class ChangesFirst:
    """A store where somebody else writes a key between another's reading and writing."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def commit(self, beside: Beside, now: str) -> list[Record]:
        """Let the other one write first."""
        record = find_key(self._inner, beside.records[0].id, LOCAL)
        self._inner.commit(Beside([revoked(record, now)]), now)
        return self._inner.commit(beside, now)


def test_whoever_writes_a_key_at_the_same_time_goes_first(store: Store) -> None:
    token = made(store)
    note_use(cast("Store", ChangesFirst(store)), verified(store, token, NOW), NOW)
    assert key_of(find_key(store, token[3:19], LOCAL)).revoked_at == NOW


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
