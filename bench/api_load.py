"""What is asked of the served API: a file for locust, told by a plan in JSON (see `bench.api`).

Each request becomes one line of JSON: phase, kind, when it began, how long it took, status. Nothing is tried again.
"""

from __future__ import annotations

import json
import os
import random
import time
from pathlib import Path
from typing import Any

from locust import FastHttpUser, LoadTestShape, events, task

PLAN: dict[str, Any] = json.loads(Path(os.environ["TRACEGRAPH_BENCH_PLAN"]).read_text(encoding="utf-8"))
ROOT = "/tracegraph/v1"
_chance = random.Random(PLAN["seed"])
_begun = time.monotonic()
_out = Path(PLAN["samples"]).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as locust runs
_number = [0]


def phase_now() -> dict[str, Any] | None:
    """Return the phase that runs; None when all are over."""
    passed = time.monotonic() - _begun
    for phase in PLAN["phases"]:
        if passed < phase["seconds"]:
            return dict(phase)
        passed -= phase["seconds"]
    return None


class Phases(LoadTestShape):
    """As many users as the phase has."""

    def tick(self) -> tuple[int, float] | None:
        """Return the number of users, and how fast they come."""
        phase = phase_now()
        return (phase["users"], phase["users"]) if phase else None


class Caller(FastHttpUser):
    """Somebody with a key, who asks at an even pace, or without a pause where the phase has no rate."""

    host = PLAN["host"]
    connection_timeout = 20.0
    network_timeout = 20.0

    def on_start(self) -> None:
        """Take a key, and begin at a moment of one's own."""
        _number[0] += 1
        self.key = PLAN["tokens"][_number[0] % len(PLAN["tokens"])]
        self.due = time.monotonic() + _chance.random() * self._pause()

    def _pause(self) -> float:
        phase = phase_now()
        return phase["users"] / phase["rate"] if phase and phase["rate"] else 0.0

    def wait_time(self) -> float:
        """Return how long to wait: until the next is due, not longer because the last took long."""
        self.due = max(self.due + self._pause(), time.monotonic() - 1.0)
        return max(0.0, self.due - time.monotonic())

    @task
    def ask(self) -> None:
        """Ask one thing of the mix."""
        phase = phase_now()
        if phase is None:
            return
        lot = _chance.random()
        kind = "dependents" if lot < PLAN["mix"][0] else "search" if lot < sum(PLAN["mix"][:2]) else "write"
        began, wall = time.perf_counter(), time.time()
        status = self._sent(kind)
        line = {"phase": phase["name"], "kind": kind, "at": wall, "ms": (time.perf_counter() - began) * 1000}
        _out.write(json.dumps(line | {"status": status}) + "\n")

    def _sent(self, kind: str) -> int:
        headers = {"Authorization": f"Bearer {self.key}"}
        if kind == "write":
            headers = {"Authorization": f"Bearer {_chance.choice(PLAN['tokens'][: PLAN['writers']])}"}
            body = dict(PLAN["write"]["body"])
            _number[0] += 1
            text = json.dumps(body).replace("{n}", f"{PLAN['run']}-{_number[0]}")
            headers |= {"Idempotency-Key": f"bench-{PLAN['run']}-{_number[0]}", "Content-Type": "application/json"}
            response = self.client.post(PLAN["write"]["path"], data=text, headers=headers, name=kind)
        elif kind == "search":
            path = f"{ROOT}/search?q={_chance.choice(PLAN['texts'])}&valid_at={PLAN['valid_at']}"
            response = self.client.get(path, headers=headers, name=kind)
        else:
            path = f"{ROOT}/factories/{_chance.choice(PLAN['factories'])}/dependent-contracts"
            asked = f"valid_at={PLAN['valid_at']}&min_grade={PLAN['min_grade']}"
            response = self.client.get(f"{path}?{asked}", headers=headers, name=kind)
        return int(response.status_code or 0)


@events.quitting.add_listener  # type: ignore[untyped-decorator]
def closed(**_: Any) -> None:
    """Write out what is left."""
    _out.close()
