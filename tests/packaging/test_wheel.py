"""The wheel, installed in a fresh environment outside the checkout, answers the demo's question."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ON_OUR_BACKEND = """
import networkx as nx, numpy as np
from tracegraph.graph.snapshot import numbered
graph = numbered(3, np.array([0, 1]), np.array([1, 2]))
print(nx.utils.backends.backends["tracegraph"].name, nx.descendants(graph, 0))
"""
QUESTION = ["dependents", "--group", "demo-gloves", "--countries", "MY", "--valid-at", "2019-02-19", "--json", "--all"]


def run(command: list[str], cwd: Path, timeout_s: int = 280) -> str:
    """Run a command outside the checkout; fail with its last words."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "TRACEGRAPH"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, f"{command}: exit {done.returncode}\n{done.stdout[-1500:]}\n{done.stderr[-1500:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel by way of the source distribution, from a clone: what is not committed does not ship."""
    folder = tmp_path_factory.mktemp("wheel")
    run(["git", "clone", "-q", "--no-hardlinks", str(ROOT), "checkout"], folder)
    run([sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), "checkout"], folder)
    (built,) = (folder / "dist").glob("*.whl")
    return built


@pytest.mark.timeout(600)
def test_the_wheel_ships_the_data_that_is_tracked(wheel: Path) -> None:
    tracked = run(["git", "-C", str(ROOT), "ls-files", "cypher", "seeds", "docs/schemas"], ROOT).split()
    names = zipfile.ZipFile(wheel).namelist()
    shipped = {name.removeprefix("tracegraph/_data/") for name in names if name.startswith("tracegraph/_data/")}
    assert shipped == {*(path.removeprefix("docs/") for path in tracked), "gunicorn.conf.py"}
    api = run(["git", "-C", str(ROOT), "ls-files", "api/tracegraph_api"], ROOT).split()
    assert {path.removeprefix("api/") for path in api} <= set(names)
    assert not [name for name in names if name.startswith(("tests", "bench", "tools"))]
    assert any(name.endswith("sv/LC_MESSAGES/tracegraph.po") for name in names)


@pytest.mark.timeout(600)
def test_a_fresh_environment_answers_the_demo_question(wheel: Path, tmp_path: Path) -> None:
    run([sys.executable, "-m", "venv", "env"], tmp_path)
    python = str(tmp_path / "env/bin/python")
    run([python, "-m", "pip", "install", "-q", "--require-hashes", "-r", str(ROOT / "requirements.lock")], tmp_path)
    run([python, "-m", "pip", "install", "-q", "--no-deps", str(wheel)], tmp_path)
    assert run([python, "-c", ON_OUR_BACKEND], tmp_path).split() == ["tracegraph", "{1,", "2}"]
    command = [str(tmp_path / "env/bin/tracegraph")]
    store = ["--store", f"sqlite:///{tmp_path}/demo.db"]
    run([*command, "demo", *store], tmp_path)
    summary = json.loads(run([*command, *QUESTION, *store], tmp_path))["summary"]
    assert summary["established"] >= 1
    assert summary["unmapped"] >= 1
    assert summary["no_link"] >= 1
