"""Tokens of a real identity provider on this machine, and of everybody who would like to be one."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from joserfc.jwk import OctKey, RSAKey

from tests.api.identity_provider import (
    CURVED,
    NOW,
    SIGNING,
    STRANGER,
    IdentityProvider,
    asked,
    claims_of,
    client_of,
    issuer_of,
    plain,
    signed,
)
from tracegraph.access import Role
from tracegraph.store.port import Store
from tracegraph_api.auth import provider
from tracegraph_api.auth.provider import Provider


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    made = IdentityProvider()
    yield made
    made.close()


@pytest.fixture
def client(idp: IdentityProvider, read_store: Store) -> FlaskClient:
    return client_of(read_store, issuer_of(idp))


@pytest.mark.parametrize(("key", "alg"), [(SIGNING, "RS256"), (SIGNING, "PS256"), (CURVED, "ES256")])
def test_a_token_of_the_provider_is_taken(idp: IdentityProvider, client: FlaskClient, key: Any, alg: str) -> None:
    who = asked(client, signed(claims_of(idp), key, alg)).get_json()
    assert (who["roles"], who["region"]) == (["analyst"], "SE-AB")
    assert who["visible_to"] == ["network", "public", "region:SE-AB"]
    assert "u-1" not in json.dumps(who)


def corpus(idp: IdentityProvider) -> dict[str, str]:
    """Return tokens that are not to be taken, by what is wrong with them."""
    good = claims_of(idp)
    public = json.dumps(SIGNING.as_dict(private=False)).encode()
    head, body, signature = signed(good).split(".")
    return {
        "no algorithm": f"{plain({'alg': 'none', 'kid': 'k1'})}.{body}.",
        "no algorithm, with a signature": f"{plain({'alg': 'none', 'kid': 'k1'})}.{body}.{signature}",
        "algorithm in capitals": f"{plain({'alg': 'NONE', 'kid': 'k1'})}.{body}.{signature}",
        "public key as a secret": signed(good, OctKey.import_key(public, {"kid": "k1"}), "HS256"),
        "another curve's key": signed(good, CURVED, "ES256", kid="k1"),
        "signed by a stranger": signed(good, STRANGER),
        "unknown key": signed(good, STRANGER, kid="k9"),
        "no key named": signed(good, kid=None),
        "key as a path": signed(good, STRANGER, kid="../../etc/passwd"),
        "keys in a list": f"{plain({'alg': 'RS256', 'kid': ['k1']})}.{body}.{signature}",
        "algorithms in a list": f"{plain({'alg': ['RS256'], 'kid': 'k1'})}.{body}.{signature}",
        "own key inside": signed(good, STRANGER, jwk=STRANGER.as_dict(private=False)),
        "own key elsewhere": signed(good, STRANGER, jku="https://stranger.example/keys"),
        "own certificate": signed(good, STRANGER, x5u="https://stranger.example/x5u"),
        "signed well, with another's key inside": signed(good, jwk=STRANGER.as_dict(private=False)),
        "signed well, with another's keys elsewhere": signed(good, jku="https://stranger.example/keys"),
        "signed well, with a certificate elsewhere": signed(good, x5u="https://stranger.example/x5u"),
        "signed well, with a certificate": signed(good, x5c=["AAAA"]),
        "unknown demand": f"{plain({'alg': 'RS256', 'kid': 'k1', 'crit': ['exp']})}.{body}.{signature}",
        "other claims under the signature": f"{head}.{plain({**good, 'roles': ['system']})}.{signature}",
        "other issuer": signed({**good, "iss": "https://stranger.example"}),
        "no issuer": signed(claims_of(idp, iss=None)),
        "issuer in a list": signed({**good, "iss": [idp.issuer]}),
        "other audience": signed({**good, "aud": "another-service"}),
        "no audience": signed(claims_of(idp, aud=None)),
        "given to another party": signed({**good, "aud": ["tracegraph", "other"], "azp": "other"}),
        "expired": signed({**good, "exp": NOW - 31}),
        "never expires": signed(claims_of(idp, exp=None)),
        "expires in words": signed({**good, "exp": "tomorrow"}),
        "not yet": signed({**good, "nbf": NOW + 31}),
        "issued in the future": signed({**good, "iat": NOW + 31}),
        "of nobody": signed(claims_of(idp, sub=None)),
        "no object": f"{head}.{plain(['a'])}.{signature}",
        "two parts": f"{head}.{body}",
        "four parts": f"{head}.{body}.{signature}.x",
        "not base64": f"{head}.%%%.{signature}",
        "deep": f"{head}.{base64.urlsafe_b64encode(b'[' * 3000 + b']' * 3000).decode()}.{signature}",
        "huge": signed({**good, "padding": "x" * 9000}),
        "empty": "..",
    }


NAMES = [
    *("no algorithm", "no algorithm, with a signature", "algorithm in capitals", "public key as a secret"),
    *("another curve's key", "signed by a stranger", "unknown key", "no key named", "key as a path"),
    *("keys in a list", "algorithms in a list"),
    *("own key inside", "own key elsewhere", "own certificate", "unknown demand", "other claims under the signature"),
    *("signed well, with another's key inside", "signed well, with another's keys elsewhere"),
    *("signed well, with a certificate elsewhere", "signed well, with a certificate"),
    *("other issuer", "no issuer", "issuer in a list", "other audience", "no audience", "given to another party"),
    *("expired", "never expires", "expires in words", "not yet", "issued in the future", "of nobody", "no object"),
    *("two parts", "four parts", "not base64", "deep", "huge", "empty"),
]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_token_of_the_provider_is_not_taken(
    idp: IdentityProvider, client: FlaskClient, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    token = corpus(idp)[name]
    response = asked(client, token)
    assert (response.status_code, response.get_json()["code"]) == (401, "token-invalid")
    assert 'error="invalid_token"' in response.headers["WWW-Authenticate"]
    assert len(token) < 20 or token not in caplog.text + response.get_data(as_text=True)


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"azp": "pages"}, 200),
        ({"client_id": "sync"}, 200),
        ({"azp": "pages", "client_id": "sync", "aud": ["tracegraph"]}, 200),
        ({"azp": "stranger"}, 401),
        ({"client_id": "stranger"}, 401),
        ({"azp": "pages", "client_id": "stranger"}, 401),
        ({"azp": ["pages", "stranger"]}, 401),
        ({"azp": ""}, 401),
        ({}, 401),  # given to whom it is for: to us, who are no program of the list
        ({"aud": ["tracegraph", "pages"]}, 401),
    ],
)
def test_programs_that_are_not_listed_show_no_tokens(
    idp: IdentityProvider, client: FlaskClient, read_store: Store, said: dict[str, Any], status: int
) -> None:
    token = signed(claims_of(idp, **said))
    listed = client_of(read_store, issuer_of(idp, clients=("pages", "sync")))
    assert asked(listed, token).status_code == status
    assert asked(client, token).status_code == 200  # without a list, any program is taken


def test_a_token_that_names_no_program_was_given_to_whom_it_is_for(idp: IdentityProvider, read_store: Store) -> None:
    listed = client_of(read_store, issuer_of(idp, clients=("tracegraph", "pages")))
    assert asked(listed, signed(claims_of(idp))).status_code == 200
    assert asked(listed, signed(claims_of(idp, aud=["tracegraph", "other"]))).status_code == 401


def test_the_corpus_is_whole(idp: IdentityProvider) -> None:
    assert sorted(corpus(idp)) == sorted(NAMES)


@pytest.mark.parametrize(
    "changed", [{"exp": NOW - 29}, {"nbf": NOW + 29}, {"iat": NOW + 29}, {"aud": ["tracegraph", "x"]}]
)
def test_clocks_may_differ_a_little(idp: IdentityProvider, client: FlaskClient, changed: dict[str, Any]) -> None:
    assert asked(client, signed(claims_of(idp, **changed))).status_code == 200


# --- what words mean here --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "roles", "region"),
    [
        ({"roles": ["boss", "risk_area_lead"], "region": None}, ["risk_area_lead"], None),
        ({"roles": "reader", "region": "SE-M"}, ["reader"], "SE-M"),
        ({"roles": None, "region": "SE-AB"}, [], "SE-AB"),
        ({"roles": {"analyst": True}, "region": "SE-AB"}, [], "SE-AB"),
        ({"roles": ["region_administrator"], "region": "Stockholm"}, [], None),
        ({"roles": ["analyst"], "region": ["SE-AB", "SE-M"]}, ["analyst"], None),
    ],
)
def test_only_words_that_are_known_mean_something(
    idp: IdentityProvider, client: FlaskClient, claims: dict[str, Any], roles: list[str], region: str | None
) -> None:
    who = asked(client, signed(claims_of(idp, **claims))).get_json()
    assert (who["roles"], who["region"]) == (roles, region)
    assert roles or who["visible_to"] == ["public"]


def test_words_of_the_provider_are_translated(idp: IdentityProvider, read_store: Store) -> None:
    issuer = issuer_of(
        idp,
        roles_claim="realm_access.roles",
        roles={"upphandlare": Role.ANALYST},
        region_claim="org",
        regions={"RegSth": "SE-AB"},
    )
    client = client_of(read_store, issuer)
    token = signed(claims_of(idp, realm_access={"roles": ["upphandlare", "analyst"]}, org="RegSth", region="SE-M"))
    who = asked(client, token).get_json()
    assert (who["roles"], who["region"]) == (["analyst"], "SE-AB")
    assert asked(client, signed(claims_of(idp, org="SE-AB"))).get_json()["region"] is None


def test_the_same_name_at_two_providers_is_two_people(idp: IdentityProvider, read_store: Store) -> None:
    other = IdentityProvider()
    client = client_of(read_store, issuer_of(idp), issuer_of(other))
    ids = {asked(client, signed(claims_of(one))).get_json()["id"] for one in (idp, other)}
    other.close()
    assert len(ids) == 2


# --- the provider's bad days -----------------------------------------------------------------------------------------


def test_new_keys_are_fetched_at_most_once_a_minute(idp: IdentityProvider, client: FlaskClient) -> None:
    assert asked(client, signed(claims_of(idp))).status_code == 200
    for number in range(5):
        assert asked(client, signed(claims_of(idp), STRANGER, kid=f"new-{number}")).status_code == 401
    assert idp.fetched == 1


def test_a_changed_key_is_taken_after_the_pause(
    idp: IdentityProvider, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(client, signed(claims_of(idp)))
    idp.keys = [RSAKey.import_key(STRANGER.as_dict(private=True), {"kid": "k7"})]
    monkeypatch.setattr(provider, "PAUSE_S", 0.0)
    assert asked(client, signed(claims_of(idp), idp.keys[0])).status_code == 200
    assert asked(client, signed(claims_of(idp))).status_code == 401


def test_while_the_provider_is_away_known_keys_serve(idp: IdentityProvider, client: FlaskClient) -> None:
    token = signed(claims_of(idp))
    assert asked(client, token).status_code == 200
    idp.close()
    assert asked(client, token).status_code == 200


def test_nobody_waits_long_for_a_slow_provider(idp: IdentityProvider, client: FlaskClient) -> None:
    idp.delay_s = 30.0
    began = time.monotonic()
    response = asked(client, signed(claims_of(idp)))
    assert time.monotonic() - began < 2.0
    assert (response.status_code, response.get_json()["code"]) == (503, "identity-provider-unavailable")


@pytest.mark.parametrize("changes", [{"issuer": "https://stranger.example"}, {"jwks_uri": "http://stranger.example/"}])
def test_a_provider_that_contradicts_itself_has_no_keys(idp: IdentityProvider, changes: dict[str, Any]) -> None:
    idp.changes = changes
    with pytest.raises(ConnectionError):
        Provider(idp.issuer).key("k1")
    assert idp.fetched == 0


def test_an_answer_that_is_too_large_is_not_read(idp: IdentityProvider) -> None:
    idp.changes = {"padding": "x" * 300_000}
    with pytest.raises(ConnectionError):
        Provider(idp.issuer).key("k1")
