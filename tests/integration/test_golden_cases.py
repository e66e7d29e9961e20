"""Every golden case, through the library and through the command line, on both stores."""

from __future__ import annotations

import json

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


def command_lines() -> list[object]:
    """Return every question as a command line; one about a recorded incident alone also as `incident exposure`."""
    lines: list[object] = []
    for golden in golden_queries():
        plain = golden.arguments()
        lines.append(pytest.param(golden, plain, id=golden.id))
        if (exposure := golden.arguments(use_exposure=True)) != plain:
            lines.append(pytest.param(golden, exposure, id=f"{golden.id}-exposure"))
    return lines


def test_some_questions_are_about_incidents() -> None:
    assert len(command_lines()) > len(golden_queries())


@pytest.mark.parametrize(("golden", "words"), command_lines())
def test_command_line_gives_the_expected_answer(golden: GoldenQuery, words: list[str], store_url: str) -> None:
    runner = CliRunner()
    done = runner.invoke(main, ["import", str(golden.folder), "--store", store_url])
    assert done.exit_code == 0, done.output
    answered = runner.invoke(main, [*words, "--store", store_url])
    assert answered.exit_code == 0, answered.output
    assert golden.differences(json.loads(answered.stdout)) == []
