"""What the README prints for programs runs as printed, against the demo."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).resolve().parents[2] / "README.md").read_text(encoding="utf-8")
PRINTED = "http://127.0.0.1:8000"


def blocks(kind: str) -> list[str]:
    return re.findall(rf"^```{kind}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Return every curl command of the README, whole."""
    found = [block for block in blocks("sh") if block.startswith("curl")]
    return [
        command.strip() for block in found for command in re.split(r"^(?=curl )", block, flags=re.MULTILINE) if command
    ]


def test_there_are_commands() -> None:
    assert len(commands()) == 6
    assert shutil.which("curl"), "curl is needed (Debian: apt-get install curl)"


@pytest.mark.parametrize("number", range(len(commands())))
def test_a_command_answers(served: str, number: int) -> None:
    command = commands()[number]
    assert PRINTED in command
    done = subprocess.run(
        ["bash", "-c", command.replace(PRINTED, served)], capture_output=True, text=True, timeout=60, check=True
    )
    if "text/csv" in command:
        assert done.stdout.lstrip("\ufeff").startswith("contract_id,")
        assert len(done.stdout.splitlines()) > 3
        return
    body = json.loads(done.stdout)
    if "no-such" in command:
        assert (body["status"], body["code"]) == (404, "unknown-node")
        return
    assert body["items"], command


def test_the_python_lines_run(served: str) -> None:
    (lines,) = (block for block in blocks("python") if "tracegraph.client" in block)
    done = subprocess.run(
        [sys.executable, "-c", lines.replace(PRINTED, served)], capture_output=True, text=True, timeout=60, check=True
    )
    assert "MultiDiGraph" in done.stdout
