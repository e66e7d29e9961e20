"""Health touches nothing; readiness asks the store, and is told of it within a second."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tracegraph.composition import open_store
from tracegraph.errors import StoreUnavailable
from tracegraph.services.working import Work, alive
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.health import Probe


@pytest.fixture
def hanging() -> Iterator[threading.Event]:
    """What a hanging look waits for; set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_health_is_answered_without_a_store(tmp_path: Any) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'gone.db'}")
    client = create_app(ApiSettings(access=Access.PRIVATE), store).test_client()
    store.close()
    (tmp_path / "gone.db").unlink()
    response = client.get("/healthz", headers={"Authorization": "Bearer whatever"})
    assert (response.status_code, response.get_json()) == (200, {"status": "ok"})
    assert response.headers["Cache-Control"] == "no-store"
    assert client.head("/healthz").data == b""
    ready = client.get("/readyz")
    assert (ready.status_code, ready.get_json()["status"]) == (503, "not-ready")
    assert str(tmp_path) not in ready.get_data(as_text=True)


def test_readiness_names_the_store(reading: FlaskClient) -> None:
    response = reading.get("/readyz")
    assert response.status_code == 200
    assert {key: response.get_json()[key] for key in ("status", "store")} == {"status": "ready", "store": "ok"}


def test_readiness_says_when_a_worker_was_seen(store: Store) -> None:
    app = create_app(ApiSettings(access=Access.LOCAL), store)
    client, clock = app.test_client(), ["2024-06-01T00:00:00Z"]
    context_of(app).clock = lambda: clock[0]
    assert client.get("/readyz").get_json()["worker"] == "none"
    with alive(Work(store, "w1", context_of(app).clock)):
        assert client.get("/readyz").get_json()["worker"] == "ok"
        clock[0] = "2024-06-01T00:02:00Z"
        told = client.get("/readyz")
    assert (told.status_code, told.get_json()["worker"], told.get_json()["worker_age_seconds"]) == (200, "silent", 120)


def test_a_store_that_hangs_is_told_in_time_and_asked_once(hanging: threading.Event) -> None:
    looks: list[int] = []

    def look() -> dict[str, Any]:
        looks.append(1)
        hanging.wait(20)
        return {}

    probe = Probe(look, limit_s=0.05)
    began = time.monotonic()
    assert [probe.state() for _ in range(3)] == [(False, {"status": "not-ready", "store": "no-answer"})] * 3
    assert time.monotonic() - began < 1
    assert len(looks) == 1
    hanging.set()
    while not probe.state()[0]:
        assert time.monotonic() - began < 5
    probe.close()


def test_no_text_of_an_error_is_told() -> None:
    def refuse() -> dict[str, Any]:
        raise StoreUnavailable("no {secret}", secret="canary")

    def fail() -> dict[str, Any]:
        raise ValueError("canary")

    for look in (refuse, fail):
        probe = Probe(look)
        ready, body = probe.state()
        assert not ready
        assert "canary" not in str(body)
        probe.close()


def test_the_api_says_what_it_is_and_what_is_in_it(reading: FlaskClient) -> None:
    info = reading.get(f"{ROOT}/api-info").get_json()
    assert set(info) == {"apiName", "apiVersion", "apiReleased", "apiDocumentation", "apiStatus"}
    links = reading.get(f"{ROOT}/").get_json()["_links"]
    assert links["api_info"] == {"href": f"{ROOT}/api-info"}
    for link in links.values():
        assert reading.get(link["href"]).status_code < 500, link
