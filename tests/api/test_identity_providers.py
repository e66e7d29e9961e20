"""Which identity providers are taken at their word, in what, and what becomes of the keys that they publish."""

from __future__ import annotations

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc import jws, jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from tests.api.identity_provider import (
    CURVED,
    SIGNING,
    IdentityProvider,
    asked,
    claims_of,
    client_of,
    issuer_of,
    signed,
)
from tests.api.principals import app_for
from tracegraph.access import Role
from tracegraph.errors import SettingsInvalid
from tracegraph.settings_auth import OIDC_FILE, AuthSettings, Issuer, is_protected, load_auth_settings
from tracegraph.settings_shown import served_settings
from tracegraph.store.port import Store
from tracegraph_api.auth import provider
from tracegraph_api.auth.provider import Provider, keys_of

HOUSE = Path(__file__).resolve().parents[2]
ONE = '[[issuer]]\nissuer = "https://id.region.example"\naudience = "tracegraph"\n'


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    made = IdentityProvider()
    yield made
    made.close()


def loaded(text: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> AuthSettings:
    file = folder / "oidc.toml"
    file.write_text(text, encoding="utf-8")
    monkeypatch.setenv(OIDC_FILE, str(file))
    return load_auth_settings()


# --- the file --------------------------------------------------------------------------------------------------------


def test_without_a_file_no_provider_is_taken_at_its_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(OIDC_FILE, raising=False)
    assert load_auth_settings() == AuthSettings()


def test_one_provider_with_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = (
        'roles_claim = "groups"\nregion_claim = "org"\n[issuer.roles]\nleads = "risk_area_lead"\nops = "system"\n'
        '[issuer.regions]\nRegSth = "SE-AB"\n'
    )
    (issuer,) = loaded(ONE + words, tmp_path, monkeypatch).issuers
    roles = {"leads": Role.RISK_AREA_LEAD, "ops": Role.SYSTEM}
    regions = {"RegSth": "SE-AB"}
    assert issuer == Issuer("https://id.region.example", "tracegraph", "groups", "org", roles=roles, regions=regions)
    assert isinstance(hash(issuer), int)


def test_the_file_in_the_documentation_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (HOUSE / "docs/operations.md").read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    (issuer,) = loaded(text, tmp_path, monkeypatch).issuers
    assert (issuer.roles_claim, issuer.regions) == ("realm_access.roles", {"Region Stockholm": "SE-AB"})
    assert issuer.clients == ("tracegraph-pages", "nightly-sync")


def test_whose_tokens_are_taken_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded(ONE + 'clients = ["pages", "sync"]\n', tmp_path, monkeypatch)
    assert _shown_of(OIDC_FILE) == f"{tmp_path}/oidc.toml: https://id.region.example (pages, sync)"
    loaded(ONE, tmp_path, monkeypatch)
    assert _shown_of(OIDC_FILE) == f"{tmp_path}/oidc.toml: https://id.region.example (*)"
    monkeypatch.delenv(OIDC_FILE)
    assert _shown_of(OIDC_FILE) == ""


def _shown_of(variable: str) -> str:
    return next(part.values[variable] for part in served_settings() if variable in part.values)


def test_nobody_becomes_the_system_unless_the_file_says_by_which_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (issuer,) = loaded(ONE, tmp_path, monkeypatch).issuers
    assert set(issuer.roles) == {"reader", "analyst", "risk_area_lead", "region_administrator"}


def test_of_several_each_speaks_for_its_own_regions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = ONE + '[issuer.regions]\nus = "SE-AB"\n'
    second = first.replace("id.region", "id.other").replace("SE-AB", "SE-M")
    assert len(loaded(first + second, tmp_path, monkeypatch).issuers) == 2
    with pytest.raises(SettingsInvalid, match="each needs a table regions"):
        loaded(first + second.split("[issuer.regions]")[0], tmp_path, monkeypatch)
    with pytest.raises(SettingsInvalid, match="listed twice"):
        loaded(first + first, tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[issuer", "cannot be read"),
        ("", "nothing else"),
        ("[issuer]\nissuer = 'x'\n", "nothing else"),
        ("issuer = []\n", "nothing else"),
        (f"other = 1\n{ONE}", "nothing else"),
        ("issuer = ['https://id.region.example']\n", "look at audience, issuer"),
        (ONE.replace("audience", "audiences"), "look at audience, audiences"),
        (ONE.replace('"tracegraph"', '["tracegraph"]'), "look at audience"),
        (ONE.replace('"tracegraph"', '""'), "look at audience"),
        (f"{ONE}roles_claim = 7\n", "look at roles_claim"),
        (f"{ONE}clients = 'pages'\n", "look at clients"),
        (f"{ONE}clients = []\n", "look at clients"),
        (f"{ONE}clients = ['']\n", "look at clients"),
        (f"{ONE}clients = ['pages', 7]\n", "look at clients"),
        (f"{ONE}regions = 'SE-AB'\n", "look at regions"),
        (ONE.replace("https", "http"), "no https address"),
        (ONE.replace("https://id.region.example", "https://"), "no https address"),
        (f"{ONE}[issuer.roles]\nboss = 'emperor'\n", "'emperor': use one of"),
        (f"{ONE}[issuer.roles]\nboss = ['reader']\n", "use one of"),
        (f"{ONE}[issuer.regions]\nus = 'Stockholm'\n", "'Stockholm' is no region"),
    ],
)
def test_a_file_that_says_what_it_may_not_stops_the_start(
    text: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SettingsInvalid, match=said):
        loaded(text, tmp_path, monkeypatch)


def test_a_file_that_is_not_there_stops_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(OIDC_FILE, str(tmp_path / "none.toml"))
    with pytest.raises(SettingsInvalid, match="cannot be read"):
        load_auth_settings()


@pytest.mark.parametrize(
    ("address", "is_safe"),
    [
        ("https://id.region.example", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://[::1]/", True),
        ("http://localhost.region.example", False),
        ("http://id.region.example", False),
        ("ftp://127.0.0.1", False),
        ("id.region.example", False),
        ("", False),
    ],
)
def test_what_is_fetched_cannot_be_changed_on_its_way(address: str, is_safe: bool) -> None:
    assert is_protected(address) is is_safe


# --- keys ------------------------------------------------------------------------------------------------------------


def published(key: Any, **changed: Any) -> dict[str, Any]:
    said = {**key.as_dict(private=False), **changed}
    return {name: value for name, value in said.items() if value is not None}


def short_key() -> dict[str, Any]:
    number = rsa.generate_private_key(65_537, 1_024).public_key().public_numbers().n
    text = urlsafe_b64encode(number.to_bytes(128)).decode().rstrip("=")
    return {"kty": "RSA", "kid": "short", "n": text, "e": "AQAB"}


def test_only_keys_that_signatures_are_verified_with_are_taken() -> None:
    stated = [
        "no key",
        published(SIGNING, kid=None),
        published(SIGNING, kid=""),
        published(SIGNING, kid=["k1"]),
        published(SIGNING, kid="for-secrets", use="enc"),
        published(SIGNING, kid="spoilt", n="%%%"),
        short_key(),
        published(CURVED, kid="other-curve", crv="P-0"),
        {"kty": "AKP", "kid": "of-tomorrow", "alg": "ML-DSA-44", "pub": "AAAA"},
        OctKey.generate_key(256, {"kid": "shared"}).as_dict(private=True),
        published(SIGNING),
        published(CURVED, use=None),
        published(CURVED, kid="k1"),
    ]
    found = keys_of(stated)
    assert {name: type(key) for name, key in found.items()} == {"k1": RSAKey, "k2": ECKey}
    with pytest.raises(ValueError, match="no key"):
        keys_of(stated[:10])


def test_a_key_that_the_provider_shares_by_mistake_signs_nothing(idp: IdentityProvider, read_store: Store) -> None:
    shared = OctKey.generate_key(256, {"kid": "shared"})
    idp.stated = [shared.as_dict(private=True)]
    client = client_of(read_store, issuer_of(idp))
    assert asked(client, signed(claims_of(idp), shared, "HS256")).status_code == 401
    assert asked(client, signed(claims_of(idp))).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [(None, 200), ("at+JWT", 200), ("application/at+jwt", 200), ("logout+jwt", 401), ("dpop+jwt", 401), ("", 401)],
)
def test_a_token_for_another_end_opens_nothing(
    kind: str | None, status: int, idp: IdentityProvider, read_store: Store
) -> None:
    token = jwt.encode(
        {"alg": "RS256", "kid": "k1", **({} if kind is None else {"typ": kind})},
        claims_of(idp),
        SIGNING,
        default_type=None,
    )
    assert asked(client_of(read_store, issuer_of(idp)), token).status_code == status


def test_words_that_are_none_and_names_that_are_no_text_are_no_mistake_of_ours(
    idp: IdentityProvider, read_store: Store
) -> None:
    client = client_of(read_store, issuer_of(idp))
    claims = claims_of(idp, roles=[{"a": 1}, ["reader"], 7, "reader"], sub="\ud800", region={"SE-AB": 1})
    token = jws.serialize_compact({"alg": "RS256", "kid": "k1"}, json.dumps(claims), SIGNING)
    who = asked(client, token).get_json()
    assert (who["roles"], who["region"]) == (["reader"], None)


# --- the provider's bad days -----------------------------------------------------------------------------------------


def test_a_request_whose_key_is_known_does_not_wait_while_keys_are_fetched_anew(
    idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = Provider(idp.issuer)
    assert known.key("k1") is not None
    monkeypatch.setattr(provider, "FRESH_S", 0.0)
    monkeypatch.setattr(provider, "PAUSE_S", 0.0)
    idp.delay_s = 5.0
    began = time.monotonic()
    assert known.key("k1") is not None
    assert time.monotonic() - began < 0.5


def test_keys_that_are_too_old_serve_no_longer(idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    known = Provider(idp.issuer)
    assert known.key("k1") is not None
    idp.close()
    monkeypatch.setattr(provider, "FRESH_S", 0.0)
    assert known.key("k1") is not None
    monkeypatch.setattr(provider, "KEPT_S", 0.0)
    with pytest.raises(ConnectionError):
        known.key("k1")


def test_a_provider_that_sends_drop_by_drop_is_left(idp: IdentityProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider, "FETCH_S", 0.3)
    idp.drop_s = 0.05
    known = Provider(idp.issuer)
    with pytest.raises(ConnectionError):
        known.key("k1")
    deadline = time.monotonic() + 5
    while named() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not named()


def named() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "identity-provider"]


@pytest.mark.parametrize("body", [b"[]", b"{", b"", b'{"keys": 7}'])
def test_an_answer_that_is_none_leaves_no_keys(body: bytes, idp: IdentityProvider) -> None:
    idp.body = body
    with pytest.raises(ConnectionError):
        Provider(idp.issuer).key("k1")


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_nobody_is_led_elsewhere_for_keys(path: str, idp: IdentityProvider) -> None:
    idp.moved = {path: f"{path}/moved"}
    with pytest.raises(ConnectionError):
        Provider(idp.issuer).key("k1")
    assert idp.fetched == 0


def test_keys_are_fetched_over_a_protected_way_alone(idp: IdentityProvider) -> None:
    idp.changes = {"jwks_uri": f"{idp.issuer.replace('127.0.0.1', '127.1')}/keys"}  # this machine, in other words
    with pytest.raises(ConnectionError):
        Provider(idp.issuer).key("k1")
    assert idp.fetched == 0


def test_without_a_provider_its_tokens_are_no_tokens(idp: IdentityProvider, read_store: Store) -> None:
    client = app_for(read_store).test_client()
    response = asked(client, signed(claims_of(idp)))
    assert (response.status_code, response.get_json()["code"]) == (401, "token-invalid")
    assert idp.fetched == 0
