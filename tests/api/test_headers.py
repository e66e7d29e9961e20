"""Headers that all answers have, errors too; traces; scripts of other sites; and an installation without log-in."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_limits import LimitSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app

TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
EXPOSED = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"
SITE = "https://map.example"


@pytest.fixture(scope="module")
def local(read_store: Store) -> FlaskClient:
    """An API without log-in."""
    return create_app(ApiSettings(access=Access.LOCAL), read_store).test_client()


@pytest.fixture(scope="module")
def crossing(read_store: Store) -> FlaskClient:
    """An API that the scripts of one site may call."""
    settings = ApiSettings(access=Access.PUBLIC, limits=LimitSettings(cors_origins=(SITE,)))
    return create_app(settings, read_store).test_client()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", f"{ROOT}/api-info", 200),
        ("GET", EXPOSED, 200),
        ("GET", f"{ROOT}/nowhere", 404),
        ("DELETE", f"{ROOT}/api-info", 405),
        ("GET", f"{ROOT}/api-info?colour=red", 422),
    ],
)
def test_every_answer_is_guarded(reading: FlaskClient, method: str, path: str, status: int) -> None:
    response = reading.open(path, method=method)
    assert response.status_code == status
    policy = response.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "Server" not in response.headers
    assert re.fullmatch(r"[0-9a-f]{32}", response.headers["X-Request-Id"])


def test_a_request_keeps_its_id_when_that_is_a_sane_token(reading: FlaskClient) -> None:
    mine = reading.get(f"{ROOT}/nowhere", headers={"X-Request-Id": "order-2024-0001"})
    assert mine.headers["X-Request-Id"] == mine.get_json()["request_id"] == "order-2024-0001"
    for strange in ("short", "a b c d e f g h", "x" * 65, "eva@region.example", "a/../../b-c-d"):
        other = reading.get(f"{ROOT}/api-info", headers={"X-Request-Id": strange})
        assert re.fullmatch(r"[0-9a-f]{32}", other.headers["X-Request-Id"])


def test_a_trace_goes_on_with_a_step_of_our_own(reading: FlaskClient) -> None:
    _, trace, span, flags = (
        reading.get(f"{ROOT}/api-info", headers={"traceparent": TRACE}).headers["traceparent"].split("-")
    )
    assert (trace, flags) == ("0af7651916cd43dd8448eb211c80319c", "01")
    assert span != "b7ad6b7169203331"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "nonsense",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
        f"{TRACE}-more",
        TRACE.upper(),
    ],
)
def test_a_broken_trace_is_not_taken_up(reading: FlaskClient, broken: str) -> None:
    told = reading.get(f"{ROOT}/api-info", headers={"traceparent": broken}).headers["traceparent"]
    version, trace, span, flags = told.split("-")
    assert (version, flags) == ("00", "00")
    assert re.fullmatch(r"[0-9a-f]{32}", trace)
    assert set(trace) != {"0"}
    assert trace != "0af7651916cd43dd8448eb211c80319c"
    assert re.fullmatch(r"[0-9a-f]{16}", span)


def test_a_listed_site_may_call_and_no_other(crossing: FlaskClient) -> None:
    listed = crossing.get(f"{ROOT}/api-info", headers={"Origin": SITE})
    assert listed.headers["Access-Control-Allow-Origin"] == SITE
    assert "Origin" in listed.headers.getlist("Vary")
    first = crossing.options(EXPOSED, headers={"Origin": SITE, "Access-Control-Request-Method": "GET"})
    assert (first.status_code, first.headers["Access-Control-Allow-Origin"]) == (204, SITE)
    assert "Authorization" in first.headers["Access-Control-Allow-Headers"]
    for origin in ("https://evil.example", "null", f"{SITE}.evil.example"):
        other = crossing.get(f"{ROOT}/api-info", headers={"Origin": origin})
        assert "Access-Control-Allow-Origin" not in other.headers
        asked = crossing.options(EXPOSED, headers={"Origin": origin, "Access-Control-Request-Method": "GET"})
        assert "Access-Control-Allow-Methods" not in asked.headers


def test_no_site_may_call_unless_one_is_listed(reading: FlaskClient) -> None:
    response = reading.get(f"{ROOT}/api-info", headers={"Origin": "http://localhost"})
    assert not [name for name, _ in response.headers if name.startswith("Access-Control")]


@pytest.mark.parametrize(
    ("headers", "remote"),
    [
        ({"Host": "rebound.example"}, "127.0.0.1"),
        ({"Host": "192.0.2.1"}, "127.0.0.1"),
        ({"Origin": "https://evil.example"}, "127.0.0.1"),
        ({"Origin": "null"}, "127.0.0.1"),
        ({}, "192.0.2.7"),
    ],
)
def test_without_log_in_this_computer_alone_is_answered(
    local: FlaskClient, headers: dict[str, str], remote: str
) -> None:
    response = local.get(f"{ROOT}/api-info", headers=headers, environ_base={"REMOTE_ADDR": remote})
    assert response.status_code == 403
    for mine in ({"Host": "127.0.0.1:8000"}, {"Host": "[::1]:8000"}, {"Origin": "http://localhost"}):
        assert local.get(f"{ROOT}/api-info", headers=mine).status_code == 200
