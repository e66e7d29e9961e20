"""A Neo4j that hangs: every request is answered in time, health at once; and all is well when it is back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.served import INFO, ROOT, Served, Told, at_once, serving
from tests.neo4j_server import Neo4jServer

DEADLINE_S = 5.0
ASKING = f"{ROOT}/factories/nobody/dependent-contracts"
#: More than one process works on at once.
CALLERS = 30


@pytest.fixture
def served(killable_neo4j: Neo4jServer, tmp_path: Path) -> Iterator[Served]:
    """The API as shipped, in one process, on a Neo4j that may be stopped in its tracks."""
    with serving(tmp_path, killable_neo4j.url, workers=1, TRACEGRAPH_RATE_PUBLIC="off") as running:
        yield running


def until(served: Served, path: str, status: int, limit_s: float) -> float:
    """Ask until the status comes; return how long that took."""
    begun = time.monotonic()
    while served.get(path).status != status:
        assert time.monotonic() - begun < limit_s, f"{path} was not {status} within {limit_s:g} s"
        time.sleep(0.1)
    return time.monotonic() - begun


def test_a_store_that_hangs_holds_nobody_up(served: Served, killable_neo4j: Neo4jServer) -> None:
    usual = served.get(ASKING).status
    assert usual < 500
    assert served.get("/readyz").status == 200
    assert killable_neo4j.pid is not None
    os.kill(killable_neo4j.pid, signal.SIGSTOP)
    try:
        answers = at_once(CALLERS + 2, lambda n: _ask(served, n))
    finally:
        os.kill(killable_neo4j.pid, signal.SIGCONT)
    assert all(isinstance(one, Told) for one in answers[:CALLERS]), answers
    assert {one.status for one in answers[:CALLERS]} == {503}
    assert max(one.seconds for one in answers[:CALLERS]) <= DEADLINE_S + 0.5
    assert {one.headers["Content-Type"] for one in answers[:CALLERS]} == {"application/problem+json"}
    assert all(int(one.headers["Retry-After"]) > 0 for one in answers[:CALLERS])
    assert sum(one.json["code"] == "overloaded" and one.seconds < 0.5 for one in answers[:CALLERS]) >= 1
    healthy, ready = answers[CALLERS:]
    assert healthy == [200] * len(healthy)
    assert len(healthy) >= 10
    assert (ready.status, ready.json["status"]) == (503, "not-ready")
    assert ready.seconds <= 1.5
    until(served, "/readyz", 200, 10)
    until(served, ASKING, usual, 10)
    assert served.get(INFO).status == 200


def _ask(served: Served, number: int) -> Told | list[int]:
    """Ask the store; or, the last two, for health again and again, and whether the store is there."""
    time.sleep(0.3)
    if number < CALLERS:
        return served.get(ASKING)
    if number == CALLERS + 1:
        return served.get("/readyz")
    found = []
    for _ in range(12):
        begun = time.monotonic()
        found.append(served.get("/healthz").status)
        assert time.monotonic() - begun < 0.5
        time.sleep(0.3)
    return found


def test_the_api_starts_without_its_store_and_finds_it_later(killable_neo4j: Neo4jServer, tmp_path: Path) -> None:
    killable_neo4j.stop()
    with serving(tmp_path, killable_neo4j.url, workers=1, TRACEGRAPH_RATE_PUBLIC="off") as served:
        assert served.get("/healthz").status == 200
        assert served.get("/readyz").status == 503
        refused = served.get(ASKING)
        assert (refused.status, refused.json["code"]) == (503, "store-unavailable")
        assert killable_neo4j.password not in served.log.read_text()
        assert str(killable_neo4j.port) not in refused.body.decode()
        killable_neo4j.restart()
        until(served, "/readyz", 200, 15)
