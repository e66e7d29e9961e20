"""What surrounds every page: its policy, its headers, its language, its forms, and its errors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.principals import token_for
from tracegraph.access import Role
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_pages import PageSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.pages import guard
from tracegraph_api.pages.links import local_path
from tracegraph_api.pages.problems_shown import SHOWN
from tracegraph_api.pages.words import number, say, share
from tracegraph_api.policy import permission_of

#: The permission of every page, written down once more: whoever changes one changes it here too, and is seen to.
PINNED: Final[Mapping[str, str]] = {
    "open": """
        GET /accessibility
        POST /accessibility
        GET /assets/<digest>/<name>
        GET /help
        GET /language
        GET /licences
        GET /log-in
        GET /log-in/callback
        GET /log-in/with
        GET /logged-out
        GET /privacy
        POST /log-out
    """,
    "read": """
        GET /
        GET /categories/<id>
        GET /compare
        GET /concentration
        GET /concentration/plants.csv
        GET /contracts
        GET /contracts.csv
        GET /contracts/<id>
        GET /contracts/<id>/chain
        GET /contracts/<id>/chain.<any(svg, pdf, csv, geojson):ending>
        GET /countries/<id>
        GET /depth
        GET /depth/contracts.csv
        GET /depth/questions
        GET /depth/questions.csv
        GET /depth/questions.xlsx
        GET /depth/questions.zip
        GET /depth/questions/<supplier>/form.csv
        GET /exposure
        GET /exposure/ask
        GET /exposure/contracts.<any(xlsx, csv, pdf, graphml, geojson):ending>
        GET /factories
        GET /factories.csv
        GET /factories/<id>
        GET /incidents
        GET /incidents.csv
        GET /incidents/<id>
        GET /incidents/<id>/brief.pdf
        GET /incidents/<id>/contracts.<ending>
        GET /incidents/<id>/evidence.zip
        GET /incidents/<id>/follow-up.csv
        GET /incidents/<id>/follow-up/<contract>
        GET /incidents/<id>/letters
        GET /incidents/<id>/letters.zip
        GET /incidents/<id>/letters/<supplier>
        GET /incidents/<id>/letters/<supplier>/form.csv
        GET /incidents/<id>/wider
        GET /map
        GET /map/countries.csv
        GET /paths
        GET /products/<id>
        GET /regions/<id>
        GET /search
        GET /search/suggestions
        GET /suppliers
        GET /suppliers.csv
        GET /suppliers/<id>
        GET /waiting/<id>
        GET /waiting/<id>/result
    """,
    "report": """
        GET /incidents/<id>/edit
        GET /incidents/new
        POST /incidents/<id>/edit
        POST /incidents/new
    """,
    "triage": """
        GET /incidents/<id>/follow-up
        POST /incidents/<id>/follow-up
        POST /incidents/<id>/follow-up/undo
    """,
    "write": """
        GET /imports
        GET /imports/<id>
        GET /imports/<id>/errors.csv
        GET /imports/columns
        GET /imports/columns/<name>.csv
        POST /imports
        POST /imports/<id>/columns
        POST /imports/<id>/commit
        POST /imports/<id>/discard
        POST /imports/<id>/undo
        POST /imports/columns/<id>/forget
    """,
    "watch": """
        GET /jobs
        GET /subscriptions
        GET /subscriptions/messages
        POST /jobs/<id>/cancel
        POST /subscriptions
        POST /subscriptions/<id>/end
        POST /subscriptions/messages/<id>/resend
    """,
    "audit": """
        GET /audit
        GET /audit/rows.csv
    """,
    "system": """
        GET /administration/settings
        GET /administration/feedback
        POST /administration/feedback/<id>/delete
        GET /audit/verification
    """,
    "keys": """
        GET /administration
        GET /administration/keys
        GET /administration/webhooks
        POST /administration/keys
        POST /administration/keys/<id>/revoke
        POST /administration/keys/<id>/rotate
        POST /administration/webhooks
        POST /administration/webhooks/<id>/remove
        POST /administration/webhooks/<id>/rotate
    """,
}


@pytest.fixture(scope="module")
def app(read_store: Store) -> Flask:
    return create_app(ApiSettings(access=Access.LOCAL), read_store)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Found(HTMLParser):
    """What a strict content security policy forbids in a page, and ids that stand twice."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.ids: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.inline += [f"<{tag} {name}>" for name in given if name == "style" or name.startswith("on")]
        self.inline += [f"<{tag}>"] if tag == "style" or (tag == "script" and "src" not in given) else []
        self.ids += [given["id"] or ""] if "id" in given else []


# --- policy and headers ----------------------------------------------------------------------------------------------


def test_every_page_has_the_permission_that_it_is_meant_to_have(app: Flask) -> None:
    pinned = {line.strip(): kind for kind, lines in PINNED.items() for line in lines.strip().splitlines()}
    served = {
        f"{method} {rule.rule}": str(permission_of(app, rule.endpoint))
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if not rule.rule.startswith("/tracegraph/")
    }
    assert served == pinned, "write new pages into PINNED, under the permission that they are meant to have"


@pytest.mark.parametrize("path", ["/", "/search?q=glove", "/log-in", "/nowhere", "/?known_at=never", "/waiting/none"])
def test_pages_keep_the_strictest_policy(client: FlaskClient, path: str) -> None:
    response = client.get(path)
    assert response.mimetype == "text/html"
    found = Found(response.get_data(as_text=True))
    assert found.inline == []
    assert len(found.ids) == len(set(found.ids))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cache-Control"] == "no-store, private"


def test_what_the_public_reads_may_be_kept_by_its_browser_but_asked_for_again(read_store: Store) -> None:
    public = create_app(ApiSettings(access=Access.PUBLIC), read_store).test_client()
    assert public.get("/").headers["Cache-Control"] == "no-cache"
    assert "Cookie" in public.get("/").headers["Vary"]


def test_styles_and_scripts_are_kept_for_long_and_packed(client: FlaskClient) -> None:
    text = client.get("/").get_data(as_text=True)
    addresses = re.findall(r'(?:href|src)="(/assets/[^"]+)"', text)
    assert len(addresses) == 4
    size = len(text)
    for address in addresses:
        response = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert response.headers["Cache-Control"].endswith("immutable")
        assert response.headers["Content-Encoding"] == "gzip"
        size += len(response.data)
    assert size < 60_000
    assert client.get("/assets/0123456789abcdef/pages.css").status_code == 404


def test_a_style_sheet_of_the_regions_own_comes_last(read_store: Store, tmp_path: Path) -> None:
    theme = tmp_path / "own.css"
    theme.write_text(":root { --accent: #123456; }")
    settings = ApiSettings(access=Access.LOCAL, pages=PageSettings(theme_file=str(theme)))
    own = create_app(settings, read_store).test_client()
    sheets = re.findall(r'rel="stylesheet" href="([^"]+)"', own.get("/").get_data(as_text=True))
    assert sheets[-1].endswith("/theme.css")
    assert own.get(sheets[-1]).data == theme.read_bytes()


# --- language and words ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accept", "cookie", "lang"),
    [
        (None, None, "sv"),
        ("de", None, "sv"),
        ("en-GB,en;q=0.9", None, "en"),
        ("en,sv;q=0.5", None, "sv"),
        ("en", "sv", "sv"),
        ("sv", "en", "en"),
        ("sv", "tlh", "sv"),
    ],
)
def test_pages_are_swedish_unless_english_is_asked_for(
    app: Flask, accept: str | None, cookie: str | None, lang: str
) -> None:
    client = app.test_client()
    if cookie:
        client.set_cookie("lang", cookie)
    response = client.get("/log-in", headers={"Accept-Language": accept} if accept else {})
    assert f'<html lang="{lang}">' in response.get_data(as_text=True)
    assert response.headers["Content-Language"] == lang


def test_the_language_is_switched_and_the_page_stays(client: FlaskClient) -> None:
    response = client.get("/language?lang=en&next=/search?q%3Dglove")
    assert (response.status_code, response.location) == (303, "/search?q=glove")
    assert '<html lang="en">' in client.get("/search?q=glove").get_data(as_text=True)


def test_numbers_and_shares_are_written_as_in_the_language(app: Flask) -> None:
    nbsp = "\N{NO-BREAK SPACE}"
    with app.test_request_context(headers={"Accept-Language": "sv"}):
        assert number(1234.5, 1) == f"1{nbsp}234,5"
        assert share(0.12, 0.4) == f"12–40{nbsp}%"
        assert share(0.004) == f"0,4{nbsp}%"
        assert share(0.0) == f"0{nbsp}%"
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert number(1234.5, 1) == "1,234.5"
        assert share(0.12, 0.4) == "12–40%"
        assert share(None) == "not known"
        assert share(0.9999) == "99.99%"
        assert share(1.0) == "100%"


def test_what_is_put_into_a_text_is_escaped(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert say("Found for {q}", q="<b>") == "Found for &lt;b&gt;"


def test_a_name_that_is_markup_stays_a_name(client: FlaskClient) -> None:
    text = client.get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E").get_data(as_text=True)
    assert "<script>alert" not in text
    assert "&lt;script&gt;" in text


# --- the lens --------------------------------------------------------------------------------------------------------


def test_the_lens_is_shown_and_goes_along(client: FlaskClient) -> None:
    text = client.get("/search?q=glove&known_at=2019-02-19&min_grade=reported").get_data(as_text=True)
    assert 'name="known_at" value="2019-02-19"' in text
    assert '<option value="reported" selected>' in text
    links = re.findall(r'href="(/[^"]*)"', text)
    kept = [link for link in links if "known_at=2019-02-19" in link and "min_grade=reported" in link]
    assert len(kept) >= 3
    assert 'name="q" value="glove"' in text  # the question stays when the lens is changed


def test_a_date_that_is_none_is_said_at_its_field_and_kept(client: FlaskClient) -> None:
    response = client.get("/search?q=glove&known_at=yesterday", headers={"Accept-Language": "en"})
    text = response.get_data(as_text=True)
    assert response.status_code == 422
    assert 'href="#lens-known"' in text
    assert 'value="yesterday"' in text
    assert "As known on is &#39;yesterday&#39;" in text
    assert "known_at is" not in text


# --- errors ----------------------------------------------------------------------------------------------------------


def test_what_one_may_not_see_looks_as_what_is_not_there(read_store: Store) -> None:
    public = create_app(ApiSettings(access=Access.PUBLIC), read_store).test_client()
    for path in ("/nowhere", "/waiting/none"):
        response = public.get(path, headers={"Accept-Language": "en"})
        assert response.status_code == 404
        assert SHOWN["forbidden"][0] not in response.get_data(as_text=True)
        assert "This page does not exist, or you may not see it" in response.get_data(as_text=True)


def test_the_api_answers_with_problems_as_before(client: FlaskClient) -> None:
    for path in ("/tracegraph/v1/nowhere", "/tracegraph/v1/factories/nobody", "/tracegraph/v1/factories?limit=x"):
        response = client.get(path, headers={"Accept": "text/html"})
        assert response.mimetype == "application/problem+json"


def test_who_must_log_in_and_cannot_is_told_so(read_store: Store) -> None:
    private = create_app(ApiSettings(access=Access.PRIVATE), read_store).test_client()
    response = private.get("/", headers={"Accept-Language": "en"})
    assert response.status_code == 401
    assert "You need to log in for this" in response.get_data(as_text=True)
    assert "Logging in is not set up here" in private.get("/log-in", headers={"Accept-Language": "en"}).text


def test_a_token_of_the_api_opens_no_page(store: Store) -> None:
    private = create_app(ApiSettings(access=Access.PRIVATE), store).test_client()
    bearer = {"Authorization": f"Bearer {token_for(store, Role.ANALYST, 'SE-AB')}"}
    assert private.get("/", headers=bearer).status_code == 401
    assert private.get("/tracegraph/v1/me", headers=bearer).status_code == 200


# --- forms -----------------------------------------------------------------------------------------------------------


def token_of(client: FlaskClient) -> str:
    """Return the token of a page that has a form, as an application makes it for who reads."""
    with client.application.test_request_context("/"):
        client.application.preprocess_request()
        return guard.form_token()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_forms_come_from_pages_of_ours(read_store: Store, headers: dict[str, str], status: int) -> None:
    client = create_app(ApiSettings(access=Access.PUBLIC), read_store).test_client()
    data = {"form_token": token_of(client)}
    assert client.post("/log-out", data=data, headers=headers).status_code == status


@pytest.mark.parametrize("token", ["", "0" * 64, "å"])
def test_a_form_without_its_token_is_refused(client: FlaskClient, token: str) -> None:
    response = client.post("/log-out", data={"form_token": token}, headers={"Accept-Language": "en"})
    assert response.status_code == 403
    assert "open it again" in response.text


def test_processes_of_one_machine_share_the_secret_and_others_need_it_set(tmp_path: Path) -> None:
    base = ApiSettings()
    limits = type(base.limits)(run_dir=str(tmp_path))
    shared = ApiSettings(limits=limits)
    assert guard.secret_of(shared) == guard.secret_of(shared)
    assert (tmp_path / guard.SECRET).stat().st_mode & 0o077 == 0
    assert guard.secret_of(base) != guard.secret_of(base)
    assert guard.secret_of(ApiSettings(pages=PageSettings("x" * 40))) == b"x" * 40


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("/search?q=1", "/search?q=1"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("https://elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x", "/"),
        ("", "/"),
    ],
)
def test_addresses_that_lead_elsewhere_lead_to_the_first_page(address: str, path: str) -> None:
    assert local_path(address) == path


# --- templates -------------------------------------------------------------------------------------------------------

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "api/tracegraph_api/templates/pages"
#: What is no word of ours to translate.
_SAME: Final = {"tracegraph"}


def texts_of(template: str) -> list[str]:
    """Return what a template says in its own words: between tags, and in attributes that people read."""
    bare = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\x00", template, flags=re.DOTALL)
    between = re.sub(r'[\w-]+="[^"]*"', "", re.sub(r"<[^>]*>", "\n", bare)).split("\n")
    read = re.findall(r'(?:aria-label|placeholder|title|alt|data-label)="([^"]*)"', bare)
    said = [re.sub(r"[^A-Za-zÅÄÖåäö]+", " ", text).strip() for text in (*between, *read)]
    return [text for text in said if text and text not in _SAME]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: path.stem)
def test_templates_say_nothing_that_is_not_translated(path: Path) -> None:
    assert texts_of(path.read_text(encoding="utf-8")) == [], "pass texts to _() or plural()"


def test_texts_in_templates_are_found() -> None:
    assert texts_of('<p class="a">Hello {{ name }}<img alt="A map"></p>') == ["Hello", "A map"]
