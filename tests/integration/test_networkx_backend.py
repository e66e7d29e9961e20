"""NetworkX's own tests, run on our backend for the functions that it offers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import networkx as nx
import pytest

from tests.networkx_plugin import CANNOT_HOLD
from tracegraph.graph.backend_info import FUNCTIONS

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(nx.__file__).parent
MODULES = (
    "algorithms/components/tests/test_strongly_connected.py",
    "algorithms/components/tests/test_weakly_connected.py",
    "algorithms/link_analysis/tests/test_pagerank.py",
    "algorithms/shortest_paths/tests/test_generic.py",
    "algorithms/shortest_paths/tests/test_unweighted.py",
    "algorithms/shortest_paths/tests/test_weighted.py",
    "algorithms/tests/test_dag.py",
    "algorithms/tests/test_dominance.py",
    "algorithms/traversal/tests/test_bfs.py",
    "tests/test_convert_scipy.py",
)


#: NetworkX tests these on undirected graphs alone; tests/unit/graph/test_backend.py does on directed ones.
UNDIRECTED_ALONE = {"multi_source_dijkstra", "multi_source_dijkstra_path", "multi_source_dijkstra_path_length"}


@pytest.mark.parametrize("size", [{}, {"TRACEGRAPH_NETWORKX_WIDE": "1"}], ids=["as-they-are", "as-if-large"])
def test_networkx_own_tests_pass_on_our_backend(tmp_path: Path, size: dict[str, str]) -> None:
    counts = tmp_path / "counts.json"
    ours = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}  # meant for this run alone
    environment = (
        ours
        | size
        | {
            "NETWORKX_TEST_BACKEND": "tracegraph",
            "NETWORKX_FALLBACK_TO_NX": "1",  # for what a snapshot cannot be: undirected, with parallel edges
            "PYTHONPATH": str(ROOT),
            "TRACEGRAPH_NETWORKX_COUNTS": str(counts),
        }
    )
    plugins = ["no:randomly", "no:cacheprovider", "no:xdist", "tests.networkx_plugin"]
    options = ["-q", "-c", os.devnull, f"--rootdir={HOME.parent}", *(part for p in plugins for part in ("-p", p))]
    command = [sys.executable, "-m", "pytest", *options, *(str(HOME / module) for module in MODULES)]
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=250, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    ran = json.loads(counts.read_text(encoding="utf-8"))
    assert ran["outcomes"]["passed"] > 300
    assert ran["outcomes"].get("xfailed", 0) == len(CANNOT_HOLD)
    assert set(FUNCTIONS) - set(ran["calls"]) == UNDIRECTED_ALONE, "every other function must have run on our backend"
