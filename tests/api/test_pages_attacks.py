"""Attacks on the pages: by who chooses an address, by who chooses names and documents in the data, by neighbours."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from tests.contract.build import change_set, describes
from tracegraph.access import Principal, Role
from tracegraph.composition import open_store
from tracegraph.model import NodeRef, Source, SourceId
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import new_key
from tracegraph.services.logins import LOGIN, begin_login, logged_in_last
from tracegraph.services.working import Work, pieces_forgotten
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside
from tracegraph.vocabulary import Grade, Label
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.pages import guard
from tracegraph_api.policy import LOGGED_IN

PLANT = "demo-plant-klang"
#: What a supplier might call itself: markup, and what stands in pages for the token of a form until they are shown.
NAME = f'"><img src=x onerror=y><script>z()</script> {guard._TOKEN_TO_COME} {guard._ONCE_TO_COME}'
URL = f"https://elsewhere.example/?t={guard._TOKEN_TO_COME}"


def client_of(store: Store, access: Access = Access.LOCAL, **settings: str) -> FlaskClient:
    return create_app(ApiSettings(access=access, **settings), store).test_client()  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def hostile(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Who reads the demo, in which a plant and a document are called what an attacker chose."""
    path = Path(shutil.copy(demo_file, tmp_path_factory.mktemp("hostile") / "demo.db"))
    store = open_store(f"sqlite:///{path}")
    node = NodeRef(Label.FACTORY, PLANT)
    said = {"name": NAME, "city": NAME, "address": NAME}
    row = describes(node, "src-other", said, grade=Grade.VERIFIED)
    changes = change_set(row, references=[Source(SourceId("src-other"), NAME, url=URL, kind="own")])
    store.apply(replace(changes, holders={PLANT: Label.FACTORY}), "2024-02-01T00:00:00Z")
    yield client_of(store)
    store.close()


class Elements(HTMLParser):
    """Collects what a page would load, run or lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.leads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag."""
        given = dict(attrs)
        self.loaded += [str(given.get("src"))] if tag in ("script", "img", "iframe", "object", "embed") else []
        self.loaded += [name for name in given if name.startswith("on") or name == "style"]
        self.leads += [value for name, value in attrs if name in ("href", "action", "formaction") and value]


def elements(client: FlaskClient, path: str) -> Elements:
    response = client.get(path)
    assert response.status_code == 200, path
    found = Elements()
    found.feed(response.get_data(as_text=True))
    return found


# --- who chooses names and documents ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        f"/factories/{PLANT}",
        f"/exposure?factory={PLANT}",
        "/contracts/demo-c-0025/chain",
        "/contracts/demo-c-0025",
        "/search?q=onerror",
        "/search/suggestions?q=onerror",
        "/factories?q=onerror",
        "/map",
        "/incidents/demo-inc-gloves-and-debts",
        f"/paths?from={PLANT}&to=demo-c-0025",
    ],
)
def test_what_a_supplier_is_called_is_text_and_gets_no_token(hostile: FlaskClient, path: str) -> None:
    page = hostile.get(path).get_data(as_text=True)
    found = elements(hostile, path)
    assert all(address.startswith("/assets/") for address in found.loaded), found.loaded
    assert {urlsplit(address).scheme for address in found.leads} <= {"", "https", "http"}
    with_token = re.findall(r"[^\n]{0,40}\b[0-9a-f]{64}\b", page)
    assert all('name="form_token" value="' in text for text in with_token), with_token


def test_pages_made_beside_their_request_have_tokens_all_the_same(hostile: FlaskClient) -> None:
    page = hostile.get(f"/exposure?factory={PLANT}").get_data(as_text=True)
    fields = re.findall(r'name="form_(token|key)" value="([^"]*)"', hostile.get("/incidents/new").text + page)
    assert fields
    assert all(re.fullmatch(r"[\w-]{24,64}", value) for _, value in fields)
    edit = hostile.get("/incidents/demo-inc-gloves-and-debts/edit").text
    assert re.search(r'name="form_token" value="[0-9a-f]{64}"', edit)
    assert re.search(r'name="form_key" value="[\w-]{24}"', edit)


# --- who chooses an address ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "added", ["ending=pdf", "endpoint=x", "_external=1", "_scheme=javascript&_external=1", "_anchor=x", "_method=POST"]
)
def test_what_is_put_into_an_address_changes_no_link(hostile: FlaskClient, added: str) -> None:
    leads = elements(hostile, f"/exposure?factory={PLANT}&{added}").leads
    files = [address for address in leads if address.startswith("/exposure/contracts.")]
    assert len(files) == 5
    assert not any(address.startswith(("http://", "javascript:")) for address in leads)
    assert all(urlsplit(address).query == f"factory={PLANT}" for address in files)


# --- who has left ----------------------------------------------------------------------------------------------------


def test_administrators_see_whose_keys_may_be_of_somebody_who_left(store: Store) -> None:
    """An identity provider tells nobody who was taken off there: the day of the last log-in is what there is to see."""
    begun, later = "2024-01-01T08:00:00Z", "2024-06-01T08:00:00Z"
    roles = frozenset({Role.REGION_ADMINISTRATOR})
    me, gone, there = (Principal(f"user:{name}", roles, region="SE-AB") for name in ("me", "gone", "there"))
    for who in (me, gone, there):
        key = new_key(who, f"sync-of-{who.id[5:]}", Rights(frozenset({Role.READER}), "SE-AB"), begun)
        store.commit(Beside([key.write]), begun)
    for who, moment in ((gone, begun), (there, begun), (there, later)):
        store.commit(begin_login(who, "https://idp.example", moment)[1], moment)
    client = client_of(store, Access.PUBLIC)
    shared = context_of(client.application)
    shared.clock, shared.parts[LOGGED_IN] = lambda: later, lambda: me
    page = client.get("/administration/keys", headers={"Accept-Language": "en"}).get_data(as_text=True)
    rows = {label: page.partition(f"sync-of-{label}<")[2].partition("</tr>")[0] for label in ("me", "gone", "there")}
    assert [label for label, row in rows.items() if "Still with you?" in row] == ["gone"]
    assert "logged in last on 2024-01-01" in rows["gone"]
    assert "logged in last on 2024-06-01" in rows["there"]


def test_of_those_alone_who_may_make_keys_it_is_kept_when_they_logged_in() -> None:
    analyst = Principal("user:analyst", frozenset({Role.ANALYST}), region="SE-AB")
    beside = begin_login(analyst, "https://idp.example", "2024-01-01T08:00:00Z")[1]
    assert [write.kind for write in beside.records] == [LOGIN]


def test_when_somebody_logged_in_last_is_forgotten_with_their_last_key(store: Store) -> None:
    who = Principal("user:me", frozenset({Role.REGION_ADMINISTRATOR}), region="SE-AB")
    store.commit(begin_login(who, "https://idp.example", "2024-01-01T08:00:00Z")[1], "2024-01-01T08:00:00Z")
    for moment, kept in (("2025-12-30T08:00:00Z", True), ("2025-12-31T08:00:00Z", False)):
        pieces_forgotten(Work(store, "test", lambda now=moment: now))  # type: ignore[misc]
        assert (logged_in_last(store, who.id) is not None) is kept


# --- neighbours ------------------------------------------------------------------------------------------------------


def test_no_neighbouring_host_can_set_a_cookie_of_ours(read_store: Store) -> None:
    """Browsers take a cookie with this prefix from this very host alone; who chooses the step chooses who logs in."""
    app = create_app(ApiSettings(access=Access.PUBLIC, public_url="https://tracegraph.example"), read_store)
    assert app.config["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert app.config["SESSION_COOKIE_SECURE"]
    assert app.config["SESSION_COOKIE_PATH"] in (None, "/")
    assert not app.config["SESSION_COOKIE_DOMAIN"]
