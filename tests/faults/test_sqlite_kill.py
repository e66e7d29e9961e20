"""An import that is killed at any moment is never seen in part, and is finished by running it again."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.build import NOW, lens
from tests.contract.conftest import open_kind
from tests.faults.import_driver import before, large
from tracegraph.store.port import Store

ROOT = Path(__file__).resolve().parents[2]
SIZE = 60_000
KILLS = 6
LENSES = (lens(), lens(known_at="2022-01-01T00:00:00Z"), lens(known_at="2099-01-01T00:00:00Z"))


@pytest.fixture(params=["sqlite"])
def url(request: pytest.FixtureRequest) -> str:
    """URL of an empty store, of each kind that can be killed like this."""
    found: str = request.getfixturevalue(f"{request.param}_url")
    return found


def start(url: str) -> subprocess.Popen[str]:
    """Start the import in a process of its own."""
    command = [sys.executable, "-m", "tests.faults.import_driver", url, str(SIZE)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


Answer = tuple[int, str, tuple[int, ...]]


def seen(store: Store) -> set[Answer]:
    """Return, by lens, how many claims a reader sees and how many of them verified, and its version: one call each."""
    answers: set[Answer] = set()
    for number, by in enumerate(LENSES):
        claims = store.closure(["c1"], "upstream", by, 10 * SIZE).claims
        answers.add((number, "claims", (len(claims), sum(claim.grade == 3 for claim in claims))))
        answers.add((number, "version", (store.version(by),)))
    return answers


class Watcher(threading.Thread):
    """Reads all the time, and keeps every different answer."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        self.answers: set[Answer] = set()
        self.ended = threading.Event()

    def run(self) -> None:
        """Read until told to end."""
        store = open_kind(self._url)
        while not self.ended.is_set():
            self.answers |= seen(store)
            time.sleep(0.05)
        store.close()


@pytest.fixture
def watcher(url: str) -> Iterator[Watcher]:
    """A reader beside the writers, on a store that holds a little."""
    store = open_kind(url)
    store.init()
    store.apply(before(), NOW)
    store.close()
    thread = Watcher(url)
    yield thread
    thread.ended.set()
    thread.join()


def kill_after(process: subprocess.Popen[str], batches: int, seconds: float) -> bool:
    """Kill a process some time after so many batches; return whether it was still at work."""
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip() in ("batch", "ready"):
            batches -= 1
        if batches < 0 or line.strip() == "last":
            break
    time.sleep(seconds)
    os.kill(process.pid, signal.SIGKILL)
    rest = process.stdout.read()
    process.wait()
    process.stdout.close()
    return "done" not in rest


@pytest.mark.timeout(120)
def test_killed_at_random_points_and_run_again(url: str, watcher: Watcher, tmp_path: Path) -> None:
    store = open_kind(url)
    at_first = seen(store)
    watcher.start()
    chance = random.Random()
    interrupted = 0
    for _ in range(KILLS):
        interrupted += kill_after(start(url), chance.randrange(2), chance.random() * 0.3)
        if store.info().imports[0].state == "open":
            assert seen(store) == at_first
    assert interrupted
    report = store.apply(large(SIZE), "2024-03-01T00:00:00Z")
    assert report.change_set == 2 or report.is_nothing
    at_last = seen(store)
    watcher.ended.set()
    watcher.join()
    assert watcher.answers <= at_first | at_last

    smooth = open_kind(f"sqlite:///{tmp_path / 'smooth.db'}")
    smooth.init()
    smooth.apply(before(), NOW)
    smooth.apply(large(SIZE), "2024-02-01T00:00:00Z")
    assert all(one == two for one, two in zip(store.stream(), smooth.stream(), strict=True))
    assert seen(smooth) == at_last
    store.close()
    smooth.close()
