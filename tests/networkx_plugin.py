"""A pytest plugin for NetworkX's own tests: marks those that cannot hold on our backend, and counts what ran on it.

Loaded by `tests/integration/test_networkx_backend.py` into a process of its own, where NetworkX's `conftest.py` sends
every call of its tests to the backend that `NETWORKX_TEST_BACKEND` names. NetworkX's test graphs are small: with
`TRACEGRAPH_NETWORKX_WIDE` they are searched as if they were large.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tracegraph.graph import backend_order, backend_paths, csr
from tracegraph.graph.backend import Backend
from tracegraph.graph.backend_info import FUNCTIONS

#: Tests that cannot hold, with the reason.
CANNOT_HOLD = {
    "test_topological_sort6": "changes the graph while it is being sorted; a snapshot cannot change",
}
calls: Counter[str] = Counter()
outcomes: Counter[str] = Counter()


def counted(name: str) -> Any:
    """Return a function of the backend that counts its calls."""
    function = getattr(Backend, name)

    def call(*args: Any, **kwargs: Any) -> Any:
        calls[name] += 1
        return function(*args, **kwargs)

    return staticmethod(call)


def pytest_configure() -> None:
    """Count every call that reaches the backend."""
    if "TRACEGRAPH_NETWORKX_WIDE" in os.environ:
        for module, limit in ((backend_paths, "SMALL_CONE"), (backend_order, "THIN"), (csr, "THIN")):
            setattr(module, limit, -1)
    for name in FUNCTIONS:
        setattr(Backend, name, counted(name))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the tests that cannot hold to fail; one that passes after all is an error."""
    for item in items:
        if item.name in CANNOT_HOLD:
            item.add_marker(pytest.mark.xfail(reason=CANNOT_HOLD[item.name], strict=True))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what became of each test."""
    if report.when == "call" or report.outcome == "skipped":
        outcomes["xfailed" if hasattr(report, "wasxfail") else report.outcome] += 1


def pytest_sessionfinish() -> None:
    """Write the counts where the caller wants them."""
    counts = {"calls": dict(calls), "outcomes": dict(outcomes)}
    Path(os.environ["TRACEGRAPH_NETWORKX_COUNTS"]).write_text(json.dumps(counts), encoding="utf-8")
