"""Logging in on the pages, against an identity provider on this machine: real redirects, a real code, real tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.api.identity_provider import CLIENT_SECRET, IdentityProvider, issuer_of, signed
from tracegraph.services.logins import LOGIN
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_auth import AuthSettings
from tracegraph.store.port import AUDIT, Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of, utc_now
from tracegraph_api.pages.sessions import COOKIE

HERE = "https://tracegraph.example"
API = "/tracegraph/v1/factories"


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def app(idp: IdentityProvider, store: Store) -> Flask:
    return app_with(store, idp)


def app_with(store: Store, *providers: IdentityProvider) -> Flask:
    """Return an application where one logs in with any of these."""
    shared = {"client_id": "pages", "client_secret": CLIENT_SECRET, "name": "A region"}
    issuers = tuple(issuer_of(one, **shared) for one in providers)
    return create_app(ApiSettings(access=Access.PRIVATE, public_url=HERE, auth=AuthSettings("x", issuers)), store)


def browser(app: Flask) -> FlaskClient:
    """Return a browser of its own."""
    client = app.test_client()
    client.environ_base["wsgi.url_scheme"] = "https"
    client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def get(client: FlaskClient, address: str, **more: Any) -> TestResponse:
    return client.get(address, base_url=HERE, **more)


def went_there(client: FlaskClient, target: str = "/search?q=glove") -> str:
    """Go to the identity provider, say there who one is, and return where that leads."""
    asked = get(client, target)
    assert (asked.status_code, urlsplit(asked.location).path) == (303, "/log-in")
    shown = get(client, asked.location)
    found = re.search(r'class="button" href="([^"]+)"', shown.get_data(as_text=True))
    assert found
    away = get(client, found[1].replace("&amp;", "&"))
    assert away.status_code == 302
    with httpx.Client() as http:
        page = http.get(away.location).text
    back = re.search(r'href="([^"]+)"', page)
    assert back
    return back[1].replace("&amp;", "&")


def logged_in(client: FlaskClient) -> TestResponse:
    return get(client, went_there(client))


def log_out(client: FlaskClient) -> None:
    token = re.search(r'name="form_token" value="(\w+)"', get(client, "/").get_data(as_text=True))
    assert token
    out = client.post("/log-out", data={"form_token": token[1]}, base_url=HERE)
    assert (out.status_code, out.location) == (303, "/logged-out")


def test_one_logs_in_and_goes_on_where_one_was(app: Flask, store: Store) -> None:
    client = browser(app)
    answer = logged_in(client)
    assert (answer.status_code, answer.location) == (303, "/search?q=glove")
    cookie = next(value for value in answer.headers.getlist("Set-Cookie") if value.startswith(COOKIE))
    for flag in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert flag in cookie
    page = get(client, "/")
    assert page.status_code == 200
    assert "analyst" in page.get_data(as_text=True)
    assert page.headers["Cache-Control"] == "no-store, private"
    (record,) = store.records(LOGIN)
    assert record.body["principal"]["region"] == "SE-AB"
    token = cookie.partition("=")[2].partition(";")[0]
    assert token not in str(record)
    rows = [row.body["action"] for row in store.page(AUDIT, limit=100)]
    assert rows.count("login.begin") == 1


def test_the_provider_is_asked_for_a_code_with_pkce_state_and_nonce(app: Flask) -> None:
    client = browser(app)
    away = get(client, "/log-in/with?issuer=idp0")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(away.location).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{HERE}/log-in/callback"
    assert asked["scope"] == "openid"
    assert min(len(asked[name]) for name in ("code_challenge", "state", "nonce")) >= 20


def test_a_code_serves_in_the_browser_alone_that_asked_for_it(app: Flask, store: Store) -> None:
    mine, other = browser(app), browser(app)
    back = went_there(mine)
    get(other, "/log-in/with?issuer=idp0")
    stolen = get(other, back)
    assert stolen.status_code == 401
    assert store.records(LOGIN) == []
    assert get(mine, back).status_code == 303
    assert get(mine, back).status_code == 401  # and once


@pytest.mark.parametrize(
    "says",
    [
        {"nonce": "another"},
        {"aud": "somebody-else"},
        {"iss": "https://elsewhere.example"},
        {"exp": 1_000_000_000},
    ],
    ids=lambda says: next(iter(says)),
)
def test_tokens_that_are_not_for_this_log_in_are_refused(
    app: Flask, idp: IdentityProvider, says: dict[str, Any]
) -> None:
    idp.says = says
    client = browser(app)
    answer = logged_in(client)
    assert answer.status_code == 401
    assert COOKIE not in str(answer.headers)
    assert get(client, "/").status_code == 303


def test_who_has_no_role_is_told_so_and_not_let_in(app: Flask, idp: IdentityProvider, store: Store) -> None:
    idp.says = {"roles": ["gardener"]}
    answer = logged_in(browser(app))
    assert answer.status_code == 403
    assert "administrator" in answer.get_data(as_text=True)
    assert store.records(LOGIN) == []


def test_the_cookie_opens_no_route_of_the_api_and_a_token_no_page(app: Flask, idp: IdentityProvider) -> None:
    client = browser(app)
    logged_in(client)
    assert get(client, API).status_code == 401
    bearer = {"Authorization": f"Bearer {signed({'iss': idp.issuer, 'aud': 'tracegraph', 'sub': 'u-1'})}"}
    assert get(browser(app), "/", headers=bearer).status_code == 303


def test_logging_out_ends_every_copy_of_the_cookie(app: Flask, store: Store) -> None:
    client, thief = browser(app), browser(app)
    logged_in(client)
    cookie = client.get_cookie(COOKIE, domain="tracegraph.example")
    assert cookie
    thief.set_cookie(COOKIE, cookie.value, domain="tracegraph.example", secure=True)
    assert get(thief, "/").status_code == 200
    log_out(client)
    assert "/leave?client_id=pages" in get(client, "/logged-out").get_data(as_text=True)
    assert store.records(LOGIN) == []
    assert get(thief, "/").status_code == 303
    assert get(client, "/").status_code == 303


def test_logging_in_again_is_another_session(app: Flask, store: Store) -> None:
    client = browser(app)
    client.set_cookie(COOKIE, "chosen-by-somebody-else", domain="tracegraph.example", secure=True)
    logged_in(client)
    first = client.get_cookie(COOKIE, domain="tracegraph.example")
    get(client, "/log-in/with?issuer=idp0&next=/")
    away = get(client, "/log-in/with?issuer=idp0&next=/")
    with httpx.Client() as http:
        back = re.search(r'href="([^"]+)"', http.get(away.location).text)
    assert back
    get(client, back[1].replace("&amp;", "&"))
    second = client.get_cookie(COOKIE, domain="tracegraph.example")
    assert first
    assert second
    assert len({first.value, second.value, "chosen-by-somebody-else"}) == 3
    assert len(store.records(LOGIN)) == 1


def test_a_log_in_ends_by_itself(app: Flask) -> None:
    client = browser(app)
    logged_in(client)
    begun = utc_now()
    context_of(app).clock = lambda: f"{int(begun[:4]) + 1}{begun[4:]}"
    assert get(client, "/").status_code == 303


@pytest.mark.parametrize("target", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", "x"])
def test_one_is_not_led_elsewhere(app: Flask, target: str) -> None:
    client = browser(app)
    away = get(client, "/log-in/with", query_string={"issuer": "idp0", "next": target})
    with httpx.Client() as http:
        back = re.search(r'href="([^"]+)"', http.get(away.location).text)
    assert back
    assert get(client, back[1].replace("&amp;", "&")).location == "/"
    assert get(client, "/language", query_string={"lang": "en", "next": target}).location == "/"


def test_a_provider_that_does_not_answer_is_said_to_be_so(app: Flask, idp: IdentityProvider) -> None:
    idp.close()
    answer = get(browser(app), "/log-in/with?issuer=idp0")
    assert answer.status_code == 503
    assert "log-in service does not answer" in answer.get_data(as_text=True)


def test_a_provider_that_is_gone_when_one_comes_back_is_said_to_be_so(app: Flask, idp: IdentityProvider) -> None:
    client = browser(app)
    back = went_there(client)
    idp.close()
    assert get(client, back).status_code == 503


def test_nobody_is_let_in_without_a_token_of_who_they_are(app: Flask, idp: IdentityProvider) -> None:
    idp.keeps_back = "id_token"
    client = browser(app)
    assert logged_in(client).status_code == 401
    assert get(client, "/").status_code == 303


def test_one_provider_lets_nobody_in_as_somebody_of_another(idp: IdentityProvider, store: Store) -> None:
    other = IdentityProvider()
    idp.changes, idp.says = {"issuer": other.issuer}, {"iss": other.issuer}  # and both sign with the same key
    client = browser(app_with(store, idp, other))
    away = get(client, "/log-in/with?issuer=idp0")
    with httpx.Client() as http:
        back = re.search(r'href="([^"]+)"', http.get(away.location).text)
    assert back
    assert get(client, back[1].replace("&amp;", "&")).status_code == 401
    assert store.records(LOGIN) == []
    other.close()


@pytest.mark.parametrize("address", ["http://elsewhere.example/leave", ""])
def test_one_is_led_to_no_unprotected_place_to_log_out(idp: IdentityProvider, store: Store, address: str) -> None:
    idp.changes = {"end_session_endpoint": address}
    client = browser(app_with(store, idp))
    logged_in(client)
    log_out(client)
    assert "leave" not in get(client, "/logged-out").get_data(as_text=True)


@pytest.mark.parametrize("is_taken", [True, False], ids=["away", "no longer taken"])
def test_one_logs_out_here_when_the_provider_is(idp: IdentityProvider, store: Store, is_taken: bool) -> None:
    client, other = browser(app_with(store, idp)), IdentityProvider()
    logged_in(client)
    cookie = client.get_cookie(COOKIE, domain="tracegraph.example")
    assert cookie
    later = browser(app_with(store, idp if is_taken else other))  # another process, that never asked it
    later.set_cookie(COOKIE, cookie.value, domain="tracegraph.example", secure=True)
    idp.close()
    log_out(later)
    assert "leave" not in get(later, "/logged-out").get_data(as_text=True)
    assert store.records(LOGIN) == []
    other.close()
