"""Every golden case, through the library and through the command line, on both stores."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cases_lib import GoldenQuery, golden_queries
from tests.library import ask_json, imported, opened
from tracegraph.cli import main

NOW = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("golden", golden_queries(), ids=lambda golden: golden.id)
def test_library_gives_the_expected_answer(golden: GoldenQuery, store_url: str) -> None:
    with opened(store_url) as store:
        imported(store, golden.folder, NOW)
        answer = ask_json(store, golden.query, today="2026-01-01", now=NOW)
    assert golden.differences(answer) == []


@pytest.mark.parametrize("golden", golden_queries(), ids=lambda golden: golden.id)
def test_command_line_gives_the_expected_answer(golden: GoldenQuery, store_url: str, tmp_path: Path) -> None:
    runner = CliRunner()
    done = runner.invoke(main, ["import", str(golden.folder), "--store", store_url])
    assert done.exit_code == 0, done.output
    answered = runner.invoke(main, [*golden.arguments(), "--store", store_url])
    assert answered.exit_code == 0, answered.output
    assert golden.differences(json.loads(answered.stdout)) == []
