"""Drills that take minutes: new workers again and again under load, and a store that hangs for a minute."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from tests.faults.served import INFO, ROOT, Served, at_once, loaded_workers, serving
from tests.neo4j_server import Neo4jServer
from tracegraph.composition import open_store

pytestmark = pytest.mark.long

RATES = {"TRACEGRAPH_RATE_PUBLIC": "off"}
ASKING = f"{ROOT}/factories/nobody/dependent-contracts"
TURNS = 10


def asked_until(over: threading.Event, served: Served, path: str, pause_s: float) -> list[tuple[object, float]]:
    """Ask again and again; return statuses, or what went wrong, with the seconds that each took."""
    found: list[tuple[object, float]] = []
    while not over.is_set():
        begun = time.monotonic()
        try:
            found.append((served.get(path).status, time.monotonic() - begun))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not be
            found.append((repr(error), time.monotonic() - begun))
        time.sleep(pause_s)
    return found


@pytest.mark.timeout(600)
def test_new_workers_again_and_again_and_nobody_notices(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    open_store(url).close()
    over = threading.Event()
    with serving(tmp_path, url, workers=2, **RATES) as served:

        def turn() -> list[tuple[object, float]]:
            try:
                for _ in range(TURNS):
                    before = set(loaded_workers(served.process.pid))
                    served.process.send_signal(signal.SIGHUP)
                    until = time.monotonic() + 60
                    while len(after := set(loaded_workers(served.process.pid))) != 2 or after & before:
                        assert time.monotonic() < until
                        time.sleep(0.2)
            finally:
                over.set()
            return []

        turned, *loads = at_once(5, lambda n: turn() if n == 0 else asked_until(over, served, INFO, 0.2), 500)
    assert turned == []
    told = [status for found in loads for status, _ in found]
    assert len(told) > 20 * TURNS
    assert set(told) == {200}


@pytest.mark.timeout(600)
def test_a_store_that_hangs_for_a_minute_and_is_back(killable_neo4j: Neo4jServer, tmp_path: Path) -> None:
    over = threading.Event()
    with serving(tmp_path, killable_neo4j.url, workers=2, **RATES) as served:
        usual = served.get(ASKING).status

        def hang() -> list[tuple[object, float]]:
            assert killable_neo4j.pid is not None
            os.kill(killable_neo4j.pid, signal.SIGSTOP)
            try:
                time.sleep(60)
            finally:
                os.kill(killable_neo4j.pid, signal.SIGCONT)
                over.set()
            return []

        paths = [ASKING] * 8 + ["/healthz"]
        hung, *loads = at_once(
            len(paths) + 1, lambda n: hang() if n == 0 else asked_until(over, served, paths[n - 1], 0.1)
        )
        assert hung == []
        begun = time.monotonic()
        while served.get(ASKING).status != usual:
            assert time.monotonic() - begun < 10
            time.sleep(0.2)
    *asked, healthy = loads
    assert {status for status, _ in healthy} == {200}
    assert max(seconds for _, seconds in healthy) < 1
    assert {status for found in asked for status, _ in found} <= {usual, 503}
    assert max(seconds for found in asked for _, seconds in found) <= 5.5
