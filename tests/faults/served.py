"""A gunicorn that serves the API as shipped, in processes of its own."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.neo4j_server import free_port

REPO = Path(__file__).resolve().parents[2]
START_LIMIT_S = 40.0
ROOT = "/tracegraph/v1"
INFO = f"{ROOT}/api-info"


@dataclass(frozen=True, slots=True)
class Told:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        """The body, read."""
        return json.loads(self.body)


@dataclass
class Served:
    """A running gunicorn.

    Attributes
    ----------
    process : Popen
        The one that watches the workers.
    port, metrics_port : int
        Where it listens, on 127.0.0.1.
    log : Path
        What it wrote.
    """

    process: subprocess.Popen[bytes]
    port: int
    metrics_port: int
    log: Path

    def get(self, path: str, headers: Mapping[str, str] | None = None, timeout_s: float = 30) -> Told:
        """Ask on a connection of its own."""
        begun = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)) as connection:
            connection.request("GET", path, headers=dict(headers or {}))
            response = connection.getresponse()
            body = response.read()
        return Told(response.status, dict(response.getheaders()), body, time.monotonic() - begun)

    def metrics(self) -> str:
        """Return the metrics of all workers."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.metrics_port, timeout=30)) as connection:
            connection.request("GET", "/metrics")
            return connection.getresponse().read().decode()

    def counted(self, name: str, *labels: str) -> float:
        """Return the sum of a metric over the series that have all these labels, written ``name="value"``."""
        lines = [line for line in self.metrics().splitlines() if line.startswith((f"{name}{{", f"{name} "))]
        return sum(float(line.split()[-1]) for line in lines if all(label in line for label in labels))

    def workers(self) -> list[int]:
        """Return the process ids of workers, as they were started."""
        return [int(pid) for pid in re.findall(r"Booting worker with pid: (\d+)", self.log.read_text())]

    def lines(self) -> list[dict[str, Any]]:
        """Return what was logged; each line must be a JSON object."""
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def stop(self) -> int:
        """Tell it to end in good order, and return its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait(10)


@contextmanager
def serving(folder: Path, store_url: str, *, workers: int = 2, **variables: str) -> Iterator[Served]:
    """Serve a store for the time of a with-block."""
    port, metrics_port = free_port(), free_port()
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("TRACEGRAPH", "PROMETHEUS"))}
    env = clean | {
        "PYTHONPATH": f"{REPO}{os.pathsep}{REPO / 'api'}",
        "TRACEGRAPH_STORE": store_url,
        "TRACEGRAPH_METRICS_PORT": str(metrics_port),
        "WEB_CONCURRENCY": str(workers),
        **variables,
    }
    command = [sys.executable, "-m", "gunicorn", "-c", str(REPO / "api" / "gunicorn.conf.py")]
    command += ["--bind", f"127.0.0.1:{port}", "tracegraph_api:create_app()"]
    log = folder / "gunicorn.log"
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        served = Served(process, port, metrics_port, log)
        try:
            _wait_until_up(served, workers)
            yield served
        finally:
            served.stop()


def _wait_until_up(served: Served, workers: int) -> None:
    """Wait until all workers are loaded: each of them then takes connections, and serves the metrics."""
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        assert served.process.poll() is None, served.log.read_text()[-3000:]
        try:
            if served.get("/healthz", timeout_s=5).status == 200 and len(loaded_workers(served.process.pid)) >= workers:
                served.metrics()
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(served.log.read_text()[-3000:])


def loaded_workers(master: int) -> list[int]:
    """Return the worker processes that have more than one thread: those that are loaded."""
    found = []
    for pid in Path(f"/proc/{master}/task/{master}/children").read_text().split():
        with suppress(OSError):
            if len(list(Path(f"/proc/{pid}/task").iterdir())) > 1:
                found.append(int(pid))
    return found


def at_once(count: int, work: Any, limit_s: float = 120) -> list[Any]:
    """Return what `work(n)` returns in `count` threads at the same time; an exception is returned as it is.

    Where a thread is not done within the limit, there is None.
    """
    found: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            found[number] = work(number)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            found[number] = error

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + limit_s
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
    return found
