"""gunicorn as shipped: stopped under load, a worker killed, bodies of all kinds, rates and metrics over all workers."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.served import INFO, ROOT, Served, Told, at_once, serving
from tracegraph.composition import open_store

RATE = 120
CANARY = "kanariefagel"


@pytest.fixture(scope="module")
def store_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with a schema and nothing in it."""
    url = f"sqlite:///{tmp_path_factory.mktemp('served') / 'empty.db'}"
    open_store(url).close()
    return url


@pytest.fixture(scope="module")
def served(store_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Four workers, a rate for who has no token, and little patience with bodies."""
    limits = {"TRACEGRAPH_RATE_PUBLIC": f"{RATE}/minute", "TRACEGRAPH_BODY_SECONDS": "0.5"}
    trust = {"TRACEGRAPH_TRUSTED_PROXIES": "127.0.0.1"}
    with serving(tmp_path_factory.mktemp("four"), store_url, workers=4, **limits, **trust) as running:
        yield running


def from_address(served: Served, address: str, path: str = INFO) -> Told:
    """Ask as a proxy on this machine would for somebody."""
    return served.get(path, {"X-Forwarded-For": address})


def test_a_rate_holds_over_all_workers_whatever_a_caller_forges(served: Served) -> None:
    answers = at_once(
        8,
        lambda n: [from_address(served, f"203.0.113.{n}-{turn}, 198.51.100.1").status for turn in range(RATE // 4)],
    )
    statuses = [status for one in answers for status in one]
    assert len(statuses) == 2 * RATE
    assert set(statuses) == {200, 429}
    assert 0.9 * RATE <= statuses.count(200) <= 1.1 * RATE
    assert from_address(served, "198.51.100.2").status == 200
    assert served.get("/healthz").status == 200


def test_metrics_are_of_all_workers(served: Served) -> None:
    labels = (f'route="{INFO}"', 'status="200"')
    before = served.counted("tracegraph_requests_total", *labels)
    assert all(isinstance(one, Told) for one in at_once(20, lambda n: from_address(served, f"192.0.2.{n}")))
    assert [served.counted("tracegraph_requests_total", *labels) for _ in range(4)] == [before + 20] * 4
    assert served.get("/metrics").status == 404


def test_a_killed_worker_is_replaced_and_what_it_counted_stays(served: Served) -> None:
    labels = (f'route="{INFO}"', 'status="200"')
    at_once(20, lambda n: from_address(served, f"192.0.2.{n + 100}"))
    counted = served.counted("tracegraph_requests_total", *labels)
    started = served.workers()
    os.kill(started[-1], signal.SIGKILL)
    until = time.monotonic() + 20
    while len(served.workers()) == len(started):
        assert time.monotonic() < until
        time.sleep(0.05)
    found = at_once(20, lambda n: from_address(served, f"192.0.2.{n + 150}"))
    assert all(one.status == 200 for one in found if isinstance(one, Told))
    assert sum(isinstance(one, Told) for one in found) >= 19  # one may have been with the worker when it died
    told = sum(isinstance(one, Told) for one in found)
    assert served.counted("tracegraph_requests_total", *labels) >= counted + told
    assert served.counted("tracegraph_requests_in_flight") == 0


def talk(served: Served, *pieces: bytes, pause_s: float = 0.0) -> bytes:
    """Send pieces on one connection, and return what comes back until the other side is done."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=20) as connection:
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(pause_s)
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it has answered, and heard enough
                connection.sendall(piece)
        return received(connection)


def received(connection: socket.socket) -> bytes:
    """Return what comes back until the other side closes."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65_536):
            answer += piece
    return answer


HEAD = f"POST {INFO} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n".encode()


@pytest.mark.parametrize(
    ("pieces", "status"),
    [
        ([HEAD + b"\r\n"], 405),
        ([HEAD + b"Content-Length: 2\r\n\r\n{}"], 405),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"], 405),
        ([HEAD + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"], 400),
        ([HEAD + b"Content-Length: -1\r\n\r\n"], 400),
        ([HEAD + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"], 400),
        ([HEAD.replace(b"POST", b"GET").replace(b"api-info", b"api-info?" + b"x" * 9_000) + b"\r\n"], 414),
        ([HEAD + b"X-Large: " + b"x" * 9_000 + b"\r\n\r\n"], 431),
        ([HEAD + b"".join(b"X-%d: x\r\n" % number for number in range(70)) + b"\r\n"], 431),
    ],
)
def test_a_request_of_any_form_gets_an_answer(served: Served, pieces: list[bytes], status: int) -> None:
    answer = talk(served, *pieces)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:300]
    assert b"gunicorn/" not in answer
    assert b"Traceback" not in answer


def test_a_body_that_trickles_is_cut_off(served: Served) -> None:
    begun = time.monotonic()
    head = HEAD.replace(b"Connection: close\r\n", b"")
    answer = talk(served, head + b"Content-Length: 100\r\n\r\n", *[b"x"] * 8, pause_s=0.1)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"request-too-slow" in answer
    assert b"Connection: close" in answer  # who comes back may find another process with less to do
    assert 0.5 <= time.monotonic() - begun < 3


def test_callers_who_never_close_keep_nobody_out(served: Served) -> None:
    opened = [socket.create_connection(("127.0.0.1", served.port), timeout=20) for _ in range(12)]
    try:
        for connection in opened:
            connection.sendall(HEAD + b"\r\n")
            assert connection.recv(12) == b"HTTP/1.1 405"
        assert max(served.get("/healthz").seconds for _ in range(8)) < 0.5
    finally:
        for connection in opened:
            connection.close()


def test_the_log_is_json_and_has_nothing_of_a_request(served: Served) -> None:
    talk(
        served,
        HEAD.replace(b"api-info", b"api-info?" + CANARY.encode()) + b"Content-Length: x%s\r\n\r\n" % CANARY.encode(),
    )
    at_once(4, lambda _: served.get(f"{ROOT}/{CANARY}?q={CANARY}", {"Authorization": f"Bearer {CANARY}"}))
    lines = served.lines()
    assert {"gunicorn.error", "tracegraph_api.requests"} <= {line["logger"] for line in lines}
    assert CANARY not in served.log.read_text()
    assert CANARY not in served.metrics()


def test_told_to_stop_it_finishes_what_it_has_and_resets_nothing(store_url: str, tmp_path: Path) -> None:
    rates = {"TRACEGRAPH_RATE_PUBLIC": "off"}
    with serving(tmp_path, store_url, workers=2, **rates) as served:
        opened = [socket.create_connection(("127.0.0.1", served.port), timeout=20) for _ in range(6)]
        for connection in opened:
            connection.sendall(HEAD + b"Content-Length: 10\r\n\r\n12345")
        ended: list[int] = []

        def load(number: int) -> list[object]:
            found: list[object] = []
            while not ended:
                try:
                    found.append(served.get(INFO).status)
                except ConnectionRefusedError as error:  # nobody listens any more: the next in line is asked
                    found.append(error)
                    break
                except Exception as error:  # noqa: BLE001 - whatever it is, it must not be
                    found.append(error)
            return found

        def stop(_: int) -> int:
            time.sleep(0.5)
            served.process.send_signal(signal.SIGTERM)
            time.sleep(0.5)
            for connection in opened:
                connection.sendall(b"67890")
            answers = []
            for connection in opened:
                with connection:
                    answers.append(received(connection))
            ended.append(1)
            assert {answer[:12] for answer in answers} == {b"HTTP/1.1 405"}
            return served.process.wait(30)

        *loads, code = at_once(5, lambda number: stop(number) if number == 4 else load(number))
        assert code == 0
        told = [one for found in loads for one in found]
        assert told.count(200) > 20
        assert [one for one in told if one != 200 and not isinstance(one, ConnectionRefusedError)] == []
