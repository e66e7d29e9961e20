"""`tracegraph serve`: the demo over HTTP for one person, and for nobody else."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from tests.neo4j_server import free_port
from tracegraph.cli import main

COMMAND = [sys.executable, "-c", "from tracegraph.cli import main; main()", "serve"]
REPO = Path(__file__).resolve().parents[2]


def environment(**more: str) -> dict[str, str]:
    """Return an environment without settings."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("TRACEGRAPH")}
    return clean | {"PYTHONPATH": f"{REPO}{os.pathsep}{REPO / 'api'}", "TRACEGRAPH_LANG": "en", **more}


def test_the_demo_is_served_until_told_to_stop(tmp_path: Path) -> None:
    port = free_port()
    options = ["--demo", "--port", str(port), "--store", f"sqlite:///{tmp_path / 'demo.db'}"]
    env = environment(TRACEGRAPH_AS="se-ab")
    with subprocess.Popen([*COMMAND, *options], env=env, cwd=tmp_path, stdout=subprocess.PIPE) as process:
        try:
            root = f"http://127.0.0.1:{port}/tracegraph/v1"
            until = time.monotonic() + 40
            while True:
                try:
                    with urlopen(f"{root}/factories/demo-plant-klang/dependent-contracts", timeout=20) as response:
                        answer = json.load(response)
                    break
                except URLError:
                    assert process.poll() is None
                    assert time.monotonic() < until
                    time.sleep(0.1)
            assert answer["meta"]["total"] > 3
            with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=20) as response:
                assert json.load(response)["worker"] == "ok"
            with urlopen(f"{root}/me", timeout=20) as response:
                assert "region:SE-AB" in json.load(response)["visible_to"]
        finally:
            process.send_signal(signal.SIGINT)
            said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    told = said.decode().splitlines()
    assert told[0] == f"tracegraph answers at http://127.0.0.1:{port}/ until Ctrl-C"
    assert told[1].startswith("It reads as SE-AB; TRACEGRAPH_AS says as whom")


def test_without_log_in_no_other_address_is_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TRACEGRAPH_ACCESS", raising=False)
    for host in ("0.0.0.0", "::", "192.0.2.1", "tracegraph.example"):
        done = CliRunner().invoke(main, ["serve", "--host", host, "--json", "--lang", "en"])
        assert done.exit_code == 2
        assert f"--host is {host}: without log-in" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_who_reads_is_checked_before_anything_is_served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACEGRAPH_ACCESS", raising=False)
    monkeypatch.setenv("TRACEGRAPH_AS", "everybody")
    done = CliRunner().invoke(main, ["serve", "--json", "--lang", "en"])
    assert (done.exit_code, "'everybody'" in done.stdout) == (2, True)


@pytest.mark.parametrize(
    ("access", "public_url", "is_told"),
    [
        ("public", "", True),
        ("private", "https://tracegraph.example/", True),
        ("public", "https://tracegraph.region.example", False),
        ("local", "", False),
        ("", "", False),
    ],
)
def test_links_that_lead_to_the_example_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, access: str, public_url: str, is_told: bool
) -> None:
    monkeypatch.setenv("TRACEGRAPH_ACCESS", access)
    monkeypatch.setenv("TRACEGRAPH_PUBLIC_URL", public_url)
    store = ["--store", f"sqlite:///{tmp_path / 'store.db'}", "--lang", "en"]
    CliRunner().invoke(main, ["store", "init", *store])
    done = CliRunner().invoke(main, ["config", "check", *store, "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["warnings"]
    assert ["TRACEGRAPH_PUBLIC_URL" in one for one in told] == ([True] if is_told else [])
    assert ("links lead to" in CliRunner().invoke(main, ["config", "check", *store]).stdout) == is_told


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = CliRunner().invoke(main, ["serve", "--port", str(port), "--json", "--lang", "en"])
    assert done.exit_code == 2
    assert f"127.0.0.1:{port} cannot be bound (Address already in use): choose another port" in done.stdout
