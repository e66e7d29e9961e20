"""Rates, deadlines and places for questions: who asks too much is told when to come back, and others go on."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tracegraph.access import Permission, Principal, Role
from tracegraph.errors import TokenInvalid
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_limits import LimitSettings, Rates
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.counters import SCHEME, SharedCounters
from tracegraph_api.limits import client_address
from tracegraph_api.policy import AUTHENTICATE, allow

INFO = f"{ROOT}/api-info"
PROXY = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("fd00::/8"))
Serve = Callable[..., FlaskClient]


def who(header: str) -> Principal:
    """Return who has a token: its first letter says which region's, ``bad`` is none's."""
    token = header.removeprefix("Bearer ")
    if token == "bad":
        raise TokenInvalid("no")
    return Principal(f"key:{token}", frozenset({Role.ANALYST}), region=f"SE-{token[0].upper()}")


@pytest.fixture
def serve(read_store: Store, tmp_path: Path) -> Serve:
    """Make an API with limits; further arguments are views by path."""

    def make(limits: dict[str, Any], **views: Callable[..., Any]) -> FlaskClient:
        settings = ApiSettings(access=Access.PUBLIC, limits=LimitSettings(run_dir=str(tmp_path), **limits))
        app: Flask = create_app(settings, read_store)
        context_of(app).parts[AUTHENTICATE] = who
        for name, view in views.items():
            methods = ["GET", "POST"]
            app.add_url_rule(f"/{name}", name, allow(Permission.OPEN)(view), methods=methods)
        return app.test_client()

    return make


# --- rates ---


def rated(**rates: str) -> dict[str, Any]:
    """Return limits that have these rates and no others."""
    return {"rates": Rates(**({"public": "", "member": "", "upload": ""} | rates))}


def statuses(client: FlaskClient, times: int, **headers: str) -> list[int]:
    """Return the statuses of so many requests."""
    return [client.get(INFO, headers=headers).status_code for _ in range(times)]


def test_above_the_rate_one_is_told_when_to_come_back(serve: Serve) -> None:
    client = serve(rated(public="3/minute"))
    first = client.get(INFO)
    assert (first.headers["RateLimit-Limit"], first.headers["RateLimit-Remaining"]) == ("3", "2")
    assert 50 <= int(first.headers["RateLimit-Reset"]) <= 60
    assert statuses(client, 3) == [200, 200, 429]
    refused = client.get(INFO, headers={"Accept-Language": "en"})
    assert refused.mimetype == "application/problem+json"
    assert refused.get_json()["code"] == "rate-exceeded"
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.headers["RateLimit-Remaining"] == "0"
    assert client.get("/healthz").status_code == 200


def test_each_token_has_a_rate_of_its_own(serve: Serve) -> None:
    client = serve(rated(public="1/minute", member="2/minute"))
    assert statuses(client, 2) == [200, 429]
    assert statuses(client, 3, Authorization="Bearer a1") == [200, 200, 429]
    assert statuses(client, 3, Authorization="Bearer a2") == [200, 200, 429]


def test_guessing_tokens_is_limited_too_and_spares_who_has_one(serve: Serve) -> None:
    client = serve(rated(public="2/minute", member="9/minute"))
    assert statuses(client, 3, Authorization="Bearer bad") == [401, 401, 429]
    assert statuses(client, 1) == [200]
    elsewhere = client.get(INFO, headers={"Authorization": "Bearer a1"}, environ_base={"REMOTE_ADDR": "192.0.2.9"})
    assert elsewhere.status_code == 200


def test_a_forged_address_does_not_help(serve: Serve) -> None:
    client = serve(rated(public="2/minute"))
    found = [client.get(INFO, headers={"X-Forwarded-For": f"192.0.2.{n}"}).status_code for n in range(3)]
    assert found == [200, 200, 429]


def test_a_trusted_proxy_says_who_asks(serve: Serve) -> None:
    client = serve(rated(public="1/minute") | {"trusted_proxies": PROXY})

    def ask(forwarded: str) -> int:
        base = {"REMOTE_ADDR": "10.0.0.1"}
        return client.get(INFO, headers={"X-Forwarded-For": forwarded}, environ_base=base).status_code

    assert [ask("192.0.2.1"), ask("198.51.100.7, 192.0.2.1"), ask("192.0.2.2")] == [200, 429, 200]


@pytest.mark.parametrize(
    ("remote", "forwarded", "trusted", "address"),
    [
        ("192.0.2.1", "198.51.100.1", (), "192.0.2.1"),
        ("192.0.2.1", "198.51.100.1", PROXY, "192.0.2.1"),
        ("10.1.1.1", "198.51.100.1", PROXY, "198.51.100.1"),
        ("10.1.1.1", "forged, 198.51.100.1, 10.2.2.2", PROXY, "198.51.100.1"),
        ("10.1.1.1", "", PROXY, "10.1.1.1"),
        ("", "198.51.100.1", PROXY, "198.51.100.1"),
        ("", "198.51.100.1", (), "unknown"),
        ("10.1.1.1", "rubbish", PROXY, "unknown"),
        ("2001:db8:1:2:3::4", "", (), "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", (), "192.0.2.1"),
    ],
)
def test_who_asks_is_the_last_whom_no_trusted_proxy_has(
    remote: str, forwarded: str, trusted: tuple[Any, ...], address: str
) -> None:
    assert client_address(remote, forwarded, trusted) == address


def test_counts_are_shared_by_whoever_opens_the_file(tmp_path: Path) -> None:
    uri = f"{SCHEME}://{tmp_path / 'counts'}"
    one, other = SharedCounters(uri), SharedCounters(uri)
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda n: (one if n % 2 else other).incr("caller", 60), range(1000)))
    assert sorted(counts) == list(range(1, 1001))
    assert other.get("caller") == 1000
    assert 0 < one.get_expiry("caller") - time.time() <= 60
    other.clear("caller")
    assert one.get("caller") == 0
    one.close()
    other.close()


def test_a_count_ends_and_a_full_table_gives_up_what_ends_first(tmp_path: Path) -> None:
    counters = SharedCounters(f"{SCHEME}://{tmp_path / 'counts'}", rows=8)
    assert counters.incr("brief", -1) == counters.incr("brief", 60) == 1
    for number in range(7):
        counters.incr(f"later-{number}", 120)
    assert counters.incr("one more", 120) == 1
    assert counters.get("brief") == 0
    assert [counters.get(f"later-{number}") for number in range(7)] == [1] * 7
    counters.reset()
    assert counters.get("one more") == 0
    counters.close()


def test_counting_costs_less_than_a_fifth_of_a_millisecond(tmp_path: Path) -> None:
    counters = SharedCounters(f"{SCHEME}://{tmp_path / 'counts'}")
    began = time.process_time()
    for number in range(2000):
        counters.incr(f"caller-{number % 50}", 60)
    assert (time.process_time() - began) / 2000 < 0.0002
    counters.close()


# --- deadlines ---


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """What a view that hangs waits for; set when the test is over."""
    event = threading.Event()
    yield event
    event.set()


def test_a_request_that_hangs_is_answered_in_time_and_health_at_once(serve: Serve, stuck: threading.Event) -> None:
    client = serve(
        {"deadline_seconds": 0.3, "requests_at_once": 2},
        hangs=lambda: str(stuck.wait(20)),
    )
    began = time.monotonic()
    late = [client.get("/hangs") for _ in range(2)]
    assert [response.status_code for response in late] == [503, 503]
    assert {response.get_json()["code"] for response in late} == {"deadline-passed"}
    assert time.monotonic() - began < 0.3 * 2 + 0.5
    began = time.monotonic()
    full = client.get(INFO)  # both places are still taken by those that hang
    assert (full.status_code, full.get_json()["code"]) == (503, "overloaded")
    assert full.headers["Retry-After"]
    assert full.headers["X-Request-Id"] == full.get_json()["request_id"]
    assert client.get("/healthz").status_code == 200
    assert time.monotonic() - began < 0.1
    stuck.set()
    until = time.monotonic() + 5
    while client.get(INFO).status_code != 200:
        assert time.monotonic() < until


def test_answers_errors_and_bodies_pass_the_deadline_unchanged(serve: Serve) -> None:
    plain = serve({})
    timed = serve({"deadline_seconds": 5.0})
    for path in (
        INFO,
        f"{INFO}?colour=red",
        f"{ROOT}/nowhere",
        f"{ROOT}/factories/demo-plant-klang/dependent-contracts",
    ):
        one, other = plain.get(path), timed.get(path)
        assert one.status_code == other.status_code
        first, second = one.get_json(), other.get_json()
        assert (first.pop("request_id", 0) == 0) == (second.pop("request_id", 0) == 0)
        assert {key: value for key, value in first.items() if key != "meta"} == {
            key: value for key, value in second.items() if key != "meta"
        }


def test_a_body_is_read_whatever_its_form_and_no_further_than_allowed(serve: Serve) -> None:
    def echo() -> str:
        from flask import request

        return str(len(request.get_data()))

    client = serve({"deadline_seconds": 5.0}, echo=echo)
    assert client.post("/echo", data=b"x" * 100_000).get_data() == b"100000"
    chunked = {"Transfer-Encoding": "chunked"}
    base = {"wsgi.input_terminated": True}
    assert client.post("/echo", input_stream=_stream(5_000), headers=chunked, environ_base=base).data == b"5000"
    most = 10 * 1024 * 1024
    assert client.post("/echo", data=b"x" * (most + 1)).status_code == 413
    response = client.post("/echo", input_stream=_stream(most + 1), headers=chunked, environ_base=base)
    assert response.status_code == 413


def _stream(length: int) -> Any:
    import io

    return io.BytesIO(b"x" * length)
