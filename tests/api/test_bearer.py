"""Tokens at the door: what is remembered of a key, for how long, and what fails no request."""

from __future__ import annotations

import time
from typing import Any, cast

import pytest

from tests.api.principals import app_for, client_as, token_for
from tracegraph.access import LOCAL, Role
from tracegraph.errors import StoreUnavailable, TokenInvalid
from tracegraph.messages import N_
from tracegraph.services.keys import find_key, key_of, revoked
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside, Record
from tracegraph_api import remembered
from tracegraph_api.auth.bearer import Bearer
from tracegraph_api.context import utc_now
from tracegraph_api.remembered import REMEMBERED_S

ME = "/tracegraph/v1/me"


class Seldom:
    """A store that counts what is looked up, and can no longer write."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self.looked_up = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def records(self, kind: str, record_id: str | None = None) -> list[Record]:
        """Count, and look up."""
        self.looked_up += 1
        return self._inner.records(kind, record_id)

    def commit(self, beside: Beside, now: str) -> list[Record]:
        """Fail."""
        raise StoreUnavailable(N_("the disk is full"))


def used(store: Store, **more: Any) -> str:
    """Return the token of a key whose use is noted."""
    token = token_for(store, Role.READER, "SE-AB", **more)
    Bearer(store, utc_now)(f"Bearer {token}")
    return token


def test_a_revoked_key_serves_nowhere_after_a_few_seconds(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert REMEMBERED_S <= 5
    monkeypatch.setattr(remembered, "REMEMBERED_S", 0.4)
    token = token_for(store, Role.READER, "SE-AB")
    workers = [client_as(app_for(store), token) for _ in range(2)]
    assert [worker.get(ME).status_code for worker in workers] == [200, 200]
    store.commit(Beside([revoked(find_key(store, token[3:19], LOCAL), utc_now())]), utc_now())
    time.sleep(0.5)
    assert [worker.get(ME).status_code for worker in workers] == [401, 401]


def test_a_key_is_looked_up_once_in_a_while(store: Store) -> None:
    token, seldom = used(store), Seldom(store)
    door = Bearer(cast("Store", seldom), utc_now)
    assert {door(f"Bearer {token}").id for _ in range(5)} == {f"key:{token[3:19]}"}
    assert seldom.looked_up == 1


def test_a_key_that_is_remembered_ends_on_its_day(store: Store) -> None:
    token, moments = used(store), iter([utc_now(), "2999-01-01T00:00:00Z"])
    door = Bearer(store, lambda: next(moments))
    assert door(f"Bearer {token}").region == "SE-AB"
    with pytest.raises(TokenInvalid, match="expired on"):
        door(f"bearer {token}")


def test_what_is_nearly_a_remembered_token_is_none(store: Store) -> None:
    token = used(store)
    door = Bearer(store, utc_now)
    door(f"Bearer {token}")
    for spoilt in (token[:-1], token + "x", token[:-1] + ("A" if token[-1] != "A" else "B"), token.upper()):
        with pytest.raises(TokenInvalid):
            door(f"Bearer {spoilt}")


def test_only_so_many_are_remembered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "_MOST", 1)
    first, second, seldom = used(store), used(store), Seldom(store)
    door = Bearer(cast("Store", seldom), utc_now)
    for token in (first, second, second, first):
        door(f"Bearer {token}")
    assert seldom.looked_up == 3


def test_a_use_that_cannot_be_noted_fails_no_request(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    token = token_for(store, Role.READER, "SE-AB")
    door = Bearer(cast("Store", Seldom(store)), utc_now)
    assert door(f"Bearer {token}").region == "SE-AB"
    assert key_of(find_key(store, token[3:19], LOCAL)).last_used_at is None
    assert "could not be noted" in caplog.text
    assert token not in caplog.text


@pytest.mark.parametrize("header", ["Bearer tg_{}", "Bearer {}", "tg_{}", "Token {}", "Basic {}", "Bearer  ", "", "é"])
def test_a_refusal_says_nothing_of_the_token(header: str, store: Store, caplog: pytest.LogCaptureFixture) -> None:
    shown = "a-very-secret-thing"
    response = app_for(store).test_client().get(ME, headers={"Authorization": header.format(shown)})
    assert (response.status_code, response.get_json()["code"]) == (401, "token-invalid")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="tracegraph", error="invalid_token"'
    assert shown not in response.get_data(as_text=True) + caplog.text


@pytest.mark.parametrize("header", ["Basic {}", "Digest {}", "Token {}", "{}", "Bearer{}", "Bearer\t{}", "Bearer {} x"])
def test_a_valid_key_is_taken_in_one_way(header: str, store: Store) -> None:
    token, client = used(store), app_for(store).test_client()
    assert client.get(ME, headers={"Authorization": header.format(token)}).status_code == 401
    for way in ("Bearer {}", "bearer {}", "BEARER  {} "):
        assert client.get(ME, headers={"Authorization": way.format(token)}).status_code == 200
    assert client.get(ME, query_string={"access_token": token}).status_code == 422


def test_without_a_token_the_challenge_names_no_error(store: Store) -> None:
    response = client_as(app_for(store), None).get("/tracegraph/v1/keys")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="tracegraph"'
