"""`tracegraph depth` through the real command line, on the seed data in a real SQLite file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tracegraph.answer import Interval
from tracegraph.cli import main
from tracegraph.composition import open_store
from tracegraph.render.depth_ends import part_words
from tracegraph.services.demo import fill
from tracegraph.translate import Translator

ROOT = Path(__file__).resolve().parents[2]
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run `depth` on the seeds as they stood on one day."""
    url = f"sqlite:///{tmp_path_factory.mktemp('seeds')}/seeds.db"
    store = open_store(url)
    fill(store, "2026-01-01T00:00:00Z")
    store.close()

    def invoke(*args: str, **env: str) -> Result:
        words = ["depth", "--valid-at", "2019-02-19", *args]
        return CliRunner().invoke(main, words, env={"TRACEGRAPH_STORE": url, "COLUMNS": "100", **env})

    return invoke


def lines_of(result: Result) -> list[str]:
    assert result.exit_code == 0, result.stderr
    return [" ".join(line.split()) for line in result.stdout.splitlines()]


def test_where_the_value_ends(run: Run) -> None:
    lines = lines_of(run())
    assert "of SEK 124.2 m stated; 6 contracts without a stated value have no weight" in lines
    assert "at a company, nothing seen beyond it 7.1 to 45.9 %" in lines
    assert "known end: an origin or a named plant 0 to 53.9 %" in lines
    assert "SE-M 4 14.8 0 to 97 % 0 to 100 % 0 % 3 to 58 %" in lines  # region, its known end, others' median
    assert "SE-G 1 - no value stated 0 to 98.5 % - -" in lines
    assert "ends at a company, nothing seen beyond it 100 %" in lines
    assert "10 claims, newest recorded 2019-02-19, half of them by 2018-09-03, oldest source 2018-07-02" in lines


def test_a_region_by_category_and_grade(run: Run) -> None:
    shown = " ".join(lines_of(run("--region", "se-m", "--by-grade")))
    assert "Gloves 3 6.7 0 to 93.3 % 0 to 100 % 0 % 6.8 %" in shown
    assert "only 2 others" in shown
    assert "A median needs 3 other regions with stated values." in shown
    assert "verified declared or better reported or better all links" in shown
    assert "known end, by the links on the way: verified 0 %, declared or better 0 to 100 %" in shown
    assert "tracegraph depth --region SE-M --csv depth.csv" in shown


def test_in_swedish(run: Run) -> None:
    lines = lines_of(run("--region", "SE-M", "--by-grade", "--lang", "sv"))
    assert "av angivna 14,8 mnkr; 1 avtal utan angivet värde har ingen vikt" in lines
    assert "slutar vid det som ingen har redovisat 100 %" in lines
    assert "VAR VÄRDET SLUTAR" in lines


@pytest.mark.parametrize("columns", ["60", "100"])
@pytest.mark.parametrize("lang", ["en", "sv"])
def test_nothing_is_wider_than_the_terminal(run: Run, columns: str, lang: str) -> None:
    shown = run("--region", "SE-M", "--by-grade", "--lang", lang, COLUMNS=columns).stdout
    assert max(map(len, shown.splitlines())) <= int(columns)


def test_one_table_for_a_spreadsheet(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "depth.csv"
    result = run("--category", "gloves", "--csv", str(path))
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert f"{len(rows)} rows" in result.stderr
    assert {row["category"] for row in rows if row["level"] == "contract"} == {"gloves"}
    total = rows[0]
    assert (total["level"], total["contracts"], total["value_sek"]) == ("total", "20", "44550000")
    assert 0.94 < float(total["known_end_high"]) < 0.95
    quiet = run("--csv", str(path), "--json")
    assert quiet.stderr == ""
    assert json.loads(quiet.stdout)["summary"]["contracts"] == 29


def test_json_obeys_its_schema(run: Run) -> None:
    schema = json.loads((ROOT / "docs/schemas/depth.json").read_text(encoding="utf-8"))
    body = json.loads(run("--json", "--by-grade").stdout)
    jsonschema.validate(body, schema)
    assert body["summary"]["evidence_read"] == 29


def test_a_category_that_nobody_knows(run: Run) -> None:
    result = run("--category", "glove")
    assert result.exit_code == 2
    assert "--category is 'glove', and there is no such category: use one of" in result.stderr


def test_a_table_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    assert run("--csv", str(tmp_path / "none" / "depth.csv")).exit_code == 2


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0.0, 0.0004, "0 to 0.1 %"),
        (0.0004, 0.0004, "0 to 0.1 %"),
        (0.9996, 1.0, "99.9 to 100 %"),
        (1 / 3, 1 / 3, "33.3 %"),
        (1 / 3, 2 / 3, "33.3 to 66.7 %"),
        (0.2, 0.2 + 1e-12, "20 %"),
        (1.0, 1.0, "100 %"),
    ],
)
def test_little_is_never_shown_as_nothing(low: float, high: float, words: str) -> None:
    assert part_words(Interval(low, high), Translator()) == words
