"""Logging in and out in a real browser, with an identity provider on this machine; and waiting for an answer."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest
from flask import Flask, Response
from playwright.sync_api import Page, expect

from tests.api.identity_provider import CLIENT_SECRET, IdentityProvider, issuer_of
from tests.browser.conftest import LOOKS, Axe, Look, Opened, serving
from tracegraph.access import Permission
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_auth import AuthSettings
from tracegraph.settings_jobs import JobSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render

both = pytest.mark.parametrize("look", LOOKS, indirect=True, ids=str)
WORDS = {
    "sv": ("Logga in", "Logga in med Region AB", "Logga ut", "Du är utloggad", "logga ut där"),
    "en": ("Log in", "Log in with Region AB", "Log out", "You are logged out", "log out there"),
}


@pytest.fixture
def idp() -> Iterator[IdentityProvider]:
    provider = IdentityProvider()
    yield provider
    provider.close()


@pytest.fixture
def private(store: Store, idp: IdentityProvider) -> Iterator[str]:
    """Where the demo is served to who logs in."""
    issuer = issuer_of(idp, client_id="pages", client_secret=CLIENT_SECRET, name="Region AB")

    def app(address: str) -> Flask:
        auth = AuthSettings("x", (issuer,))
        return create_app(ApiSettings(access=Access.PRIVATE, public_url=address, auth=auth), store)

    with serving(app) as at:
        yield at


@both
def test_one_logs_in_goes_on_and_logs_out(opened: Opened, private: str, look: Look, axe: Axe) -> None:
    log_in, with_region, log_out, is_out, out_there = WORDS[look.lang]
    page = opened(private)
    page.goto("/search?q=glove")
    expect(page.get_by_role("heading", level=1)).to_have_text(log_in)
    axe(page)
    page.get_by_role("link", name=with_region).click()
    page.get_by_role("link", name="Go on").click()
    page.wait_for_url(f"{private}/search?q=glove")
    expect(page.locator(".reader")).to_contain_text("Stockholm")
    axe(page)
    page.get_by_role("button", name=log_out).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(is_out)
    axe(page)
    page.get_by_role("link", name=out_there).click()
    page.get_by_role("link", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(log_in)


@pytest.mark.parametrize("look", [Look("sv", 1280, True), Look("en", 320, False)], indirect=True, ids=str)
def test_an_answer_that_takes_long_is_waited_for(opened: Opened, store: Store, look: Look, axe: Axe) -> None:
    go_on, pages = Event(), Pages("trial")

    @pages.shows("/trial/slow", Permission.READ, is_heavy=True)
    def slow(_: Given) -> Response:
        go_on.wait(20)
        return render("pages/logged_out.html", "Done at last", there=None)

    app = create_app(ApiSettings(access=Access.LOCAL, jobs=JobSettings(interactive_seconds=0.2)), store)
    app.register_blueprint(pages)
    with serving(app) as address:
        page: Page = opened(address)
        page.goto("/trial/slow")
        page.wait_for_url("**/waiting/*")
        expect(page.get_by_role("progressbar")).to_be_visible()
        axe(page)
        go_on.set()
        if not look.javascript:
            page.wait_for_timeout(300)
            page.get_by_role("link", name="Look again").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Done at last")
        page.close()
