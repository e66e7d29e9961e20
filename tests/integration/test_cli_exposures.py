"""`exposures` through the real command line, on the demo's data."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.exchange.test_schemas import differences
from tracegraph.cli import main

ROOT = Path(__file__).resolve().parents[2]
WIDENED = ("exposures", "--between", "2020-07-15", "2021-03-29", "--incident", "demo-inc-order")
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.db"
    env = {"TRACEGRAPH_STORE": url, "COLUMNS": "100"}

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, list(words), env=env)

    assert invoke("demo", "--store", url).exit_code == 0
    return invoke


def test_the_example_of_the_methods_page_is_what_it_prints(run: Run) -> None:
    page = (ROOT / "docs/methods.md").read_text(encoding="utf-8")
    shown = page.split(f"$ tracegraph {' '.join(WIDENED)}\n", 1)[1].split("  ...\n", 1)[0]
    assert shown.count("\n") == 5
    assert shown in run(*WIDENED).output


@pytest.mark.parametrize(
    "words",
    [
        ("exposures", "--valid-at", "2021-04-01"),
        ("exposures", "--region", "se-m", "--min-grade", "reported", "--all"),
        ("exposures", "--since", "2019-02-18", "--known-at", "2019-02-19", "--valid-at", "2019-02-19"),
        WIDENED,
    ],
)
def test_the_json_obeys_its_schema_and_the_words_come_in_both_languages(run: Run, words: tuple[str, ...]) -> None:
    answered = run(*words, "--json")
    assert answered.exit_code == 0, answered.output
    assert differences("exposures", json.loads(answered.stdout)) == []
    english, swedish = (run(*words, "--lang", lang).output for lang in ("en", "sv"))
    assert english != swedish
    assert "Traceback" not in english


def test_both_clocks_move_unless_one_is_held(run: Run) -> None:
    lenses = json.loads(run(*WIDENED, "--json").stdout)["query"]
    assert (lenses["lens"]["valid_at"], lenses["lens"]["known_at"]) == ("2021-03-29", "2021-03-29T23:59:59Z")
    assert (lenses["since"]["valid_at"], lenses["since"]["known_at"]) == ("2020-07-15", "2020-07-15T23:59:59Z")
    held = json.loads(run(*WIDENED, "--valid-at", "2021-01-01", "--json").stdout)["query"]
    assert held["lens"]["valid_at"] == held["since"]["valid_at"] == "2021-01-01"


def test_a_file_for_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    written = run(*WIDENED, "--csv", str(tmp_path / "new.csv"))
    assert written.exit_code == 0
    assert "rows written to" in written.stderr
    with (tmp_path / "new.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["contract_id"]: row for row in csv.DictReader(file)}
    assert (rows["demo-c-0005"]["status_before"], rows["demo-c-0005"]["status_after"]) == ("no_link", "established")
    assert rows["demo-c-0005"]["causes"] == "incident"


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--since", "2019-02-30"), "--since is '2019-02-30'"),
        (("--since", "2019-02-18", "--between", "2019-01-01", "2019-02-01"), "--since and --between"),
        (("--between", "2019-01-01", "2019-02-01", "--known-at", "2019-01-01"), "--known-at says nothing"),
        (("--between", "2019-02-01", "2019-01-01"), "is not before"),
        (("--region", "SE-XX"), "SE-XX"),
        (("--incident", "demo-inc-ordr"), "did you mean demo-inc-order"),
        (("--csv", "/no/such/folder/new.csv"), "/no/such/folder/new.csv"),
    ],
)
def test_mistakes_are_named(run: Run, words: tuple[str, ...], named: str) -> None:
    refused = run("exposures", *words)
    assert refused.exit_code == 2
    assert named in " ".join(refused.output.split())
