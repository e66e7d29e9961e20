"""Pages as they are declared: questions that become jobs, forms that have one effect, and pieces for htmx."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event

import pytest
from flask import Flask, Response, render_template_string, request
from flask.testing import FlaskClient
from marshmallow import Schema, fields, validate
from werkzeug.test import TestResponse

from tracegraph.access import Permission
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_auth import AuthSettings, Issuer
from tracegraph.settings_jobs import JobSettings
from tracegraph.settings_limits import LimitSettings
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import RecordWrite
from tracegraph_api import create_app
from tracegraph_api.changes import change
from tracegraph_api.context import now
from tracegraph_api.context import store as the_store
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import MEDIA, as_download
from tracegraph_api.pages.forms import Form, done, sent
from tracegraph_api.pages.frame import render

EN = {"Accept-Language": "en"}
FORM = """{% import "pages/macros/forms.html" as forms %}<form method="post">{{ forms.hidden(version) }}
{{ forms.error_summary(form.errors) }}{{ forms.text(form, "name", "Name", required=True) }}
{{ forms.boxes(form, "kind", "Kind", [("a", "A"), ("b", "B")]) }}</form>"""


FULL = """
    CREATE TRIGGER full BEFORE INSERT ON record WHEN NEW.kind = 'trial' BEGIN SELECT RAISE(ABORT, 'full'); END"""


class NameForm(Schema):
    """A form for tests."""

    name = fields.String(required=True, validate=validate.Length(max=10))
    kind = fields.List(fields.String())


def app_with(store: Store, go_on: Event, seconds: float = 0.2) -> Flask:
    """Return an application with pages for tests."""
    pages = Pages("trial")

    @pages.shows("/trial/slow", Permission.READ, is_heavy=True)
    def slow(_: Given) -> Response:
        go_on.wait(20)
        return render("pages/logged_out.html", f"Slow {now()}", there=None)

    @pages.shows("/trial/file.<ending>", Permission.READ, is_heavy=True)
    def file(_: Given, ending: str) -> Response:
        return as_download(b"\xff\x00", ending, "trial", truncated=True)

    @pages.shows("/trial/broken", Permission.READ)
    def broken(_: Given) -> Response:
        raise RuntimeError("secret words")

    @pages.shows("/trial/name", Permission.WRITE)
    def form(_: Given) -> Response:
        return Response(render_template_string(FORM, form=Form(), version=3), mimetype="text/html")

    @pages.takes("/trial/name", Permission.WRITE)
    def name() -> Response:
        form = sent(NameForm)
        if form.given.get("name") == "taken":
            form.refuse(InvalidInput(N_("{name} is taken: choose another"), name="taken"), "name")
        if not form.is_right:
            return Response(render_template_string(FORM, form=form, version=3), status=422)
        write = RecordWrite("trial", form.given["name"], {"kind": form.given.get("kind")})
        made = change().beside("trial.create", "trial:1", done("/trial/done"), records=[write])
        the_store().commit(made, now())
        return change().answered()

    app = create_app(ApiSettings(access=Access.LOCAL, jobs=JobSettings(interactive_seconds=seconds)), store)
    app.register_blueprint(pages)

    @app.before_request
    def noted() -> None:
        app.config["version"] = request.headers.get("If-Match")

    return app


def hidden(client: FlaskClient) -> dict[str, str]:
    """Return the hidden fields of the form, as its page has them."""
    text = client.get("/trial/name").text
    return dict(re.findall(r'name="(\w+)" value="([^"]*)"', text))


def eventually(client: FlaskClient, address: str, until: Callable[[int], bool]) -> TestResponse:
    """Ask until there is another answer."""
    for _ in range(200):
        response = client.get(address, headers=EN)
        if until(response.status_code):
            return response
        time.sleep(0.05)
    raise AssertionError(response.text)


# --- questions that take long ----------------------------------------------------------------------------------------


def test_a_question_that_takes_long_shows_progress_and_then_its_page(store: Store) -> None:
    go_on = Event()
    client = app_with(store, go_on).test_client()
    asked = client.get("/trial/slow", headers=EN)
    assert asked.status_code == 303
    waiting = client.get(asked.location, headers=EN)
    assert "Working on your question" in waiting.text
    assert "<progress" in waiting.text
    partial = client.get(asked.location, headers={**EN, "HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<html" not in partial.text
    go_on.set()
    ready = eventually(client, asked.location, lambda status: status == 303)
    assert ready.location == f"{asked.location}/result"
    again = client.get(asked.location, headers={**EN, "HX-Request": "true", "HX-Request-Type": "partial"})
    assert again.headers["HX-Redirect"] == ready.location
    page = client.get(ready.location)
    assert re.search(r"<h1>Slow \d{4}", page.text)
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Content-Language"] == "en"


def test_a_question_that_is_answered_in_time_is_its_page_or_its_content(store: Store) -> None:
    go_on = Event()
    go_on.set()
    client = app_with(store, go_on, seconds=5.0).test_client()
    piece = client.get("/trial/slow", headers={**EN, "HX-Request": "true", "HX-Request-Type": "partial"})
    assert re.match(r"<title>Slow [^<]+</title>\s+<h1>Slow [^<]+</h1>", piece.text)
    assert "</main>" not in piece.text
    page = client.get("/trial/slow", headers=EN)
    assert page.status_code == 200
    assert "<h1>Slow" in page.text
    assert "\ue000" not in page.text


def test_a_page_that_is_not_ready_in_time_is_a_page_all_the_same(store: Store) -> None:
    go_on, pages = Event(), Pages("late")

    @pages.shows("/late", Permission.READ)
    def late(_: Given) -> Response:
        go_on.wait(20)
        return render("pages/logged_out.html", "Late", there=None)

    app = create_app(ApiSettings(access=Access.LOCAL, limits=LimitSettings(deadline_seconds=0.2)), store)
    app.register_blueprint(pages)
    answer = app.test_client().get("/late", headers=EN)
    go_on.set()
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "This cannot be answered right now" in answer.text
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store, private"


# --- forms -----------------------------------------------------------------------------------------------------------


def test_a_form_has_one_effect_however_often_it_is_sent(store: Store) -> None:
    client = app_with(store, Event()).test_client()
    data = {**hidden(client), "name": "first", "kind": ["a", "b"]}
    answers = [client.post("/trial/name", data=data) for _ in range(2)]
    assert [(answer.status_code, answer.location) for answer in answers] == [(303, "/trial/done")] * 2
    (record,) = store.records("trial")
    assert (record.version, record.body["kind"]) == (1, ["a", "b"])
    assert [row.body["action"] for row in store.page(AUDIT)].count("trial.create") == 1
    assert client.application.config["version"] == "3"


def test_another_form_is_another_change(store: Store) -> None:
    client = app_with(store, Event()).test_client()
    for name in ("first", "second"):
        assert client.post("/trial/name", data={**hidden(client), "name": name}).status_code == 303
    assert len(store.records("trial")) == 2


@pytest.mark.parametrize(("name", "said"), [("taken", "taken is taken"), ("x" * 11, "at most 10"), (" ", "needed")])
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(store: Store, name: str, said: str) -> None:
    client = app_with(store, Event()).test_client()
    data = {**hidden(client), "name": name, "kind": "b"}
    answer = client.post("/trial/name", data=data, headers=EN)
    assert answer.status_code == 422
    assert 'href="#name"' in answer.text
    assert answer.text.count(said) == 2
    assert f'value="{name}"' in answer.text
    assert re.search(r'value="b" checked', answer.text)
    assert 'aria-invalid="true"' in answer.text
    data["name"] = "right"
    assert client.post("/trial/name", data=data).status_code == 303  # the key of a form that did nothing is free


def test_a_form_whose_store_fails_can_be_sent_again(store: Store, tmp_path: Path) -> None:
    client = app_with(store, Event()).test_client()
    data = {**hidden(client), "name": "first"}
    with closing(sqlite3.connect(tmp_path / "demo.db")) as other:
        other.execute(FULL)
        other.commit()
        answer = client.post("/trial/name", data=data, headers=EN)
        assert (answer.status_code, answer.mimetype) == (503, "text/html")
        assert store.records("trial") == []
        other.execute("DROP TRIGGER full")
        other.commit()
    assert client.post("/trial/name", data=data).status_code == 303


def test_mistakes_of_ours_are_pages_that_tell_nothing(store: Store) -> None:
    answer = app_with(store, Event()).test_client().get("/trial/broken", headers=EN)
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "secret words" not in answer.text
    assert "Number of this request" in answer.text


# --- pieces ----------------------------------------------------------------------------------------------------------


def test_htmx_gets_the_content_alone(store: Store) -> None:
    client = app_with(store, Event()).test_client()
    piece = client.get("/search?q=glove", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert "<html" not in piece.text
    assert piece.text.lstrip().startswith("<title>")
    assert "HX-Request" in piece.headers["Vary"]
    whole = client.get("/search?q=glove", headers={"HX-Request": "true", "HX-Request-Type": "full"})
    assert "<html" in whole.text


def test_a_refusal_takes_the_place_of_the_content_whatever_part_was_to_be_replaced(store: Store) -> None:
    client = app_with(store, Event()).test_client()
    refused = client.get("/search?known_at=never", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, "#content")
    assert "<html" not in refused.text


def test_who_is_logged_out_meanwhile_is_led_to_log_in_and_not_into_a_piece(store: Store) -> None:
    auth = AuthSettings("x", (Issuer("https://id.example", "tracegraph", client_id="pages"),))
    private = create_app(ApiSettings(access=Access.PRIVATE, auth=auth), store).test_client()
    led = private.get("/search/suggestions?q=glo", headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert (led.status_code, led.headers["HX-Redirect"]) == (204, "/log-in?next=%2F")


@pytest.mark.parametrize("ending", MEDIA)
def test_a_result_is_a_file(store: Store, ending: str) -> None:
    file = app_with(store, Event(), seconds=5.0).test_client().get(f"/trial/file.{ending}")
    assert (file.status_code, file.mimetype, file.data) == (200, MEDIA[ending], b"\xff\x00")
    assert file.headers["Content-Disposition"] == f'attachment; filename="tracegraph-trial.{ending}"'
    assert file.headers["X-Truncated"] == "true"
