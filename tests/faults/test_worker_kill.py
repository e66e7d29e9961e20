"""Workers as processes: killed, told to stop, several at once. What a job does is done, and done once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.api.importers import Importers
from tracegraph.composition import open_store
from tracegraph.services.jobs import JOB
from tracegraph.services.working import WORKER
from tracegraph.store.port import AUDIT, Store
from tracegraph_api.context import utc_now

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from tracegraph.cli import main; main()", "worker"]
LEASE_S = 2
#: Rows that take several batches to write.
MANY = 45_000


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def who(store: Store) -> Importers:
    """Callers on it, now."""
    return Importers(store, now=utc_now())


def worker(url: str, *flags: str) -> subprocess.Popen[str]:
    """Start a worker."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    env = {**kept, "TRACEGRAPH_STORE": url, "TRACEGRAPH_LEASE_SECONDS": str(LEASE_S), "LANG": "C.UTF-8"}
    paths = os.pathsep.join((str(ROOT), str(ROOT / "api")))
    command = [*COMMAND, *flags]
    return subprocess.Popen(command, env={**env, "PYTHONPATH": paths}, stdout=subprocess.PIPE, text=True)


def rows(count: int, prefix: str = "fictional") -> dict[str, str]:
    """Return so many fictional suppliers."""
    lines = [f"{prefix}-{number},Fictional {number},unsourced" for number in range(count)]
    return {"suppliers.csv": "\n".join(["supplier_id,name,source_id", *lines, ""])}


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came to that"
        time.sleep(0.02)


def job_of(store: Store, kind: str) -> dict[str, object]:
    """Return the one job of a kind."""
    (record,) = [record for record in store.page(JOB) if record.body["kind"] == kind]
    return dict(record.body)


def is_half_written(store: Store) -> bool:
    """Return whether a part of an import is written, and not all."""
    imports = store.info().imports
    return bool(imports) and imports[0].state == "open"


def effects(store: Store) -> Counter[str]:
    """Return how often what was committed, by the audit trail."""
    return Counter(str(r.body["subject"]) for r in store.records(AUDIT) if r.body["action"] == "dataset.commit")


def logged(done: subprocess.Popen[str]) -> list[dict[str, object]]:
    """Return the lines of a worker that ended, one for each job."""
    out, _ = done.communicate(timeout=60)
    lines = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return [line for line in lines if line.get("event") == "job"]


@pytest.fixture
def asked(who: Importers, store: Store) -> str:
    """A large import that is checked, and to be committed."""
    name = who.checked("ab", rows(MANY))
    who.now = utc_now()
    assert who.step("ab", name, "commit").status_code == 202
    assert store.info().imports == []
    return name


def is_all_there(who: Importers, store: Store, name: str) -> None:
    """Check that an import is committed, once, all of it."""
    assert who.shown("ab", name)["state"] == "committed"
    assert who.shown("ab", name)["committed"]["new"] == MANY
    assert [(entry.state, dict(entry.counts)["new"]) for entry in store.info().imports] == [("finished", MANY)]
    assert store.info().counts["Supplier"] == MANY
    assert effects(store) == {f"import:{name}": 1}


@pytest.mark.timeout(180)
def test_a_worker_that_is_killed_is_followed_by_another(
    who: Importers, store: Store, asked: str, sqlite_url: str
) -> None:
    first = worker(sqlite_url)
    until(lambda: is_half_written(store))
    first.kill()
    first.communicate()
    assert who.shown("ab", asked)["state"] == "checked"
    assert effects(store) == {}
    second = worker(sqlite_url)
    until(lambda: job_of(store, "commit")["state"] == "succeeded")
    second.terminate()
    assert second.wait(60) == 0
    assert [(line["kind"], line["outcome"], line["attempt"]) for line in logged(second)] == [("commit", "done", 2)]
    is_all_there(who, store, asked)


@pytest.mark.timeout(180)
def test_a_worker_that_is_told_to_stop_gives_its_job_back(
    who: Importers, store: Store, asked: str, sqlite_url: str
) -> None:
    first = worker(sqlite_url, "--name", "first")
    until(lambda: is_half_written(store))
    assert [record.id for record in store.page(WORKER)] == ["first"]
    began = time.monotonic()
    first.send_signal(signal.SIGTERM)
    assert first.wait(30) == 0
    assert time.monotonic() - began < 20
    assert [line["outcome"] for line in logged(first)] == ["given-back"]
    assert store.page(WORKER) == []
    job = job_of(store, "commit")
    assert (job["state"], job["attempts"]) == ("queued", 0)
    second = worker(sqlite_url, "--once")
    assert second.wait(60) == 0
    assert [(line["outcome"], line["attempt"]) for line in logged(second)] == [("done", 1)]
    is_all_there(who, store, asked)


@pytest.mark.timeout(120)
def test_two_workers_share_what_there_is(who: Importers, store: Store, sqlite_url: str) -> None:
    names = [who.checked("ab", rows(20, f"part-{number}")) for number in range(6)]
    who.now = utc_now()  # each check took a second of the test's own time
    for name in names:
        assert who.step("ab", name, "commit").status_code == 202
    workers = [worker(sqlite_url, "--once") for _ in range(2)]
    assert [one.wait(90) for one in workers] == [0, 0]
    assert effects(store) == {f"import:{name}": 1 for name in names}
    lines = [line for one in workers for line in logged(one)]
    assert Counter(line["outcome"] for line in lines if line["outcome"] != "lost") == {"done": len(names)}
    assert {who.shown("ab", name)["state"] for name in names} == {"committed"}
    assert store.info().counts["Supplier"] == 20 * len(names)
