"""An import into Neo4j that is killed, or whose server is, is never seen in part; the next run finishes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.build import NOW, lens
from tests.faults.import_driver import before, large
from tests.neo4j_server import Neo4jServer
from tracegraph.errors import StoreUnavailable
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.port import Store
from tracegraph.store.sqlite import SqliteStore

ROOT = Path(__file__).resolve().parents[2]
SIZE = 12_000
LENSES = (lens(), lens(known_at="2022-01-01T00:00:00Z"), lens(known_at="2099-01-01T00:00:00Z"))


@pytest.fixture
def store(killable_neo4j: Neo4jServer) -> Iterator[Neo4jStore]:
    """A store that holds a little."""
    store = Neo4jStore(killable_neo4j.url, timeout_s=30.0)  # a server that was just killed and started is slow at first
    store.init()
    store.apply(before(), NOW)
    yield store
    store.close()


@pytest.fixture
def smooth(tmp_path: Path) -> Iterator[Store]:
    """A store of the other kind, into which the same was imported without a break."""
    smooth = SqliteStore(tmp_path / "smooth.db")
    smooth.init()
    smooth.apply(before(), NOW)
    smooth.apply(large(SIZE), "2024-02-01T00:00:00Z")
    yield smooth
    smooth.close()


def seen(store: Store) -> list[tuple[int, int, int]]:
    """Return, by lens, how many claims a reader sees, how many of them verified, and the version."""
    answers = []
    for by in LENSES:
        claims = store.closure(["c1"], "upstream", by, 10 * SIZE).claims
        answers.append((len(claims), sum(claim.grade == 3 for claim in claims), store.version(by)))
    return answers


def test_killed_importers_and_a_killed_server_leave_what_one_run_would(
    store: Neo4jStore, smooth: Store, killable_neo4j: Neo4jServer
) -> None:
    at_first = seen(store)
    for batches in (1, 2):
        kill_importer_after(killable_neo4j.url, batches)
        assert store.info().imports[0].state == "open"
        assert seen(store) == at_first

    def kill(done: int, total: int) -> None:
        if 6_000 < done < total and killable_neo4j.pid is not None:
            killable_neo4j.kill()

    with pytest.raises(StoreUnavailable):
        store.apply(large(SIZE), "2024-03-01T00:00:00Z", progress=kill)
    killable_neo4j.restart()
    assert seen(store) == at_first

    report = store.apply(large(SIZE), "2024-03-01T00:00:00Z")
    assert report.resumed
    assert (report.change_set, report.new, report.changed) == (2, SIZE - 50, 50)
    assert list(store.stream()) == list(smooth.stream())
    assert seen(store) == seen(smooth)


def test_an_interrupted_import_can_be_discarded(store: Neo4jStore, killable_neo4j: Neo4jServer) -> None:
    at_first = seen(store)
    kill_importer_after(killable_neo4j.url, 2)
    report = store.retract("2024-03-01T00:00:00Z", change_set=2)
    assert report.retracted > 0
    for (claims, _, _), (was, _, _) in zip(seen(store), at_first, strict=True):
        assert claims <= was  # what it replaced has ended, what it added is never seen
    assert store.info().imports[0].state == "finished"


def kill_importer_after(url: str, batches: int) -> None:
    """Run the import in a process of its own, and kill that after so many batches."""
    command = [sys.executable, "-m", "tests.faults.import_driver", url, str(SIZE)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            batches -= line.strip() == "batch"
            if batches <= 0:
                break
        os.kill(process.pid, signal.SIGKILL)
