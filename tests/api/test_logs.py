"""Logs say that something was asked, and nothing of what: canaries sent in every field never come out."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client import generate_latest

from tests.api.conftest import ROOT
from tracegraph.access import Permission
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app, logs
from tracegraph_api.policy import allow

CANARY = "kanariefagel"
EXPOSED = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged, from all levels."""
    stream = io.StringIO()
    handler = logs.configure(stream)
    yield stream
    logging.getLogger().removeHandler(handler)
    for name in ("tracegraph_api", "tracegraph"):
        logging.getLogger(name).setLevel(logging.NOTSET)


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    """Return what was logged."""
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def failing(read_store: Store) -> FlaskClient:
    """An API with a view that fails over what it was sent."""
    app = create_app(ApiSettings(access=Access.LOCAL), read_store)

    def fail() -> str:
        try:
            return str(int(f"{CANARY}-inner"))
        except ValueError as error:
            raise KeyError(f"{CANARY}-outer") from error

    app.add_url_rule("/fails/<id>", "fails", allow(Permission.OPEN)(lambda id: fail()))
    return app.test_client()


def test_a_request_is_one_line_that_says_who_and_which_route(reading: FlaskClient, written: io.StringIO) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"X-Request-Id": "order-2024-0001", "traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    reading.get(EXPOSED, query_string={"valid_at": "2019-02-19"}, headers=headers)
    (line,) = lines(written)
    assert 0 < line.pop("seconds") < 60
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request",
        "level": "info",
        "logger": "tracegraph_api.requests",
        "request_id": "order-2024-0001",
        "trace_id": trace,
        "method": "GET",
        "route": f"{ROOT}/factories/<id>/dependent-contracts",
        "status": 200,
        "principal": "local",
        "tenant": "local",
    }


def test_nothing_that_was_sent_is_in_logs_or_metrics(reading: FlaskClient, written: io.StringIO) -> None:
    names = ("Authorization", "Cookie", "User-Agent", "Referer", "Accept-Language", "If-None-Match", "X-Forwarded-For")
    headers = {name: CANARY for name in (*names, "X-Request-Id", "traceparent", "Idempotency-Key", CANARY)}
    headers |= {"Authorization": f"Bearer {CANARY}", "X-Request-Id": f"{CANARY}@region.example"}
    reading.get(f"{ROOT}/factories/{CANARY}/dependent-contracts", query_string={"product": CANARY}, headers=headers)
    reading.get(EXPOSED, query_string={CANARY: CANARY, "valid_at": CANARY}, headers=headers)
    reading.get(f"/{CANARY}", headers=headers)
    reading.post(EXPOSED, json={CANARY: CANARY}, headers=headers)
    reading.open(EXPOSED, method=CANARY.upper(), headers=headers)
    told = lines(written)
    assert len(told) == 5
    for line in told:
        line["method"] = None if line["method"] == CANARY.upper() else line["method"]
    assert CANARY not in json.dumps(told).lower()
    assert CANARY not in generate_latest().decode().lower()


def test_an_unexpected_error_is_logged_by_place_and_not_by_text(failing: FlaskClient, written: io.StringIO) -> None:
    response = failing.get(f"/fails/{CANARY}?q={CANARY}", headers={"X-Request-Id": "order-2024-0002"})
    assert response.status_code == 500
    assert "order-2024-0002" in response.get_data(as_text=True)
    text = written.getvalue()
    assert CANARY not in text
    error = next(line for line in lines(written) if line["level"] == "error")
    assert error["request_id"] == "order-2024-0002"
    assert [cause["kind"] for cause in error["exception"]] == ["builtins.KeyError", "builtins.ValueError"]
    assert any("test_logs.py" in place and place.endswith(" fail") for place in error["exception"][0]["places"])


def test_what_libraries_log_is_not_filled_in(written: io.StringIO) -> None:
    other = logging.getLogger("some.library")
    other.info("never seen")
    other.warning("query %s failed for %s", f"MATCH {CANARY}", "eva@region.example", extra={"token": CANARY})
    logging.getLogger("tracegraph_api").warning(f"/path?q={CANARY} Bearer {CANARY} eva.{CANARY}@region.example")
    logging.getLogger("gunicorn.error").warning("Error handling request %s", f"/x?q={CANARY}")
    logging.getLogger("gunicorn.error").warning("Booting worker with pid: %s", 17)
    told = lines(written)
    assert [line["event"] for line in told] == [
        "query %s failed for %s",
        "/path[redacted] [redacted] [redacted]",
        "Error handling request %s",
        "Booting worker with pid: 17",
    ]
    assert CANARY not in written.getvalue()


def test_an_error_of_one_request_does_not_carry_the_id_of_another(failing: FlaskClient, written: io.StringIO) -> None:
    for number in (1, 2):
        failing.get("/fails/x", headers={"X-Request-Id": f"order-2024-000{number}"})
    ids = [line["request_id"] for line in lines(written)]
    assert ids == ["order-2024-0001"] * 2 + ["order-2024-0002"] * 2
