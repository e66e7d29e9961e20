"""What the commands about exposure say to a reader: no wider than the terminal, in both languages, with a next step."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.unit.exchange.test_schemas import differences
from tracegraph.cli import main

SCOPE = ("--group", "demo-gloves", "--countries", "MY", "--valid-at", "2019-02-19")
ARTICLE = "demo-inc-gloves-and-debts"
PLANT = "demo-plant-klang"
WORDS: dict[str, list[tuple[str, ...]]] = {
    "ask": [("ask",), ("ask", "--incident", "demo-inc-order", "--limit", "3")],
    "leverage": [("leverage", "--limit", "3"), ("leverage", "--factory", PLANT)],
    "concentration": [("concentration", "--category", "gloves", "--limit", "3")],
    "compare": [("compare", *SCOPE, "--known-at", "2018-12-19", "--known-at", "2019-02-19")],
    "whatif": [("whatif", "--close", PLANT, "--limit", "2")],
    "routes": [("routes", contract, "--factory", PLANT) for contract in ("demo-c-0007", "demo-c-0009", "demo-c-0004")],
    "stops-if-closed": [("stops", "if-closed", PLANT)],
    "stops-single-points": [("stops", "single-points", "--category", "gloves", "--pairs")],
    "stops-routes": [("stops", "routes", PLANT, "demo-c-0007")],
    "exposures": [("exposures", "--limit", "4"), ("exposures", "--since", "2019-01-01", "--known-at", "2019-03-01")],
    "depth": [("depth", "--region", "SE-AB", "--by-grade")],
    "chain": [("chain", "demo-c-0007")],
    "incident-list": [("incident", "list")],
    "incident-show": [("incident", "show", "inc-us-wrp")],
    "incident-preview": [("incident", "preview", ARTICLE, "--widen", "group")],
    "incident-exposure": [("incident", "exposure", ARTICLE, "demo-inc-recruiter", "inc-us-wrp", "--limit", "3")],
}
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.db"

    def invoke(*words: str, columns: str = "100") -> Result:
        return CliRunner().invoke(main, list(words), env={"TRACEGRAPH_STORE": url, "COLUMNS": columns})

    assert invoke("demo", "--store", url).exit_code == 0
    return invoke


@pytest.mark.parametrize(("schema", "words"), [(name, words) for name, listed in WORDS.items() for words in listed])
def test_an_answer_can_be_read_and_used(run: Run, schema: str, words: tuple[str, ...]) -> None:
    answered = run(*words, "--json")
    assert answered.exit_code == 0, answered.output
    assert answered.stderr == ""
    assert differences(schema, json.loads(answered.stdout)) == []
    for lang, following in (("en", "Next"), ("sv", "Härnäst")):
        shown = run(*words, "--lang", lang)
        assert shown.exit_code == 0
        assert max(map(len, shown.stdout.splitlines())) <= 100
        assert following in shown.stdout.splitlines()


@pytest.mark.parametrize("words", [words for listed in WORDS.values() for words in listed])
def test_what_is_proposed_next_can_be_run(run: Run, words: tuple[str, ...]) -> None:
    lines = run(*words).stdout.replace(" \\\n", " ").splitlines()
    commands = [line.split()[1:] for line in lines[lines.index("Next") :] if line.startswith("  tracegraph ")]
    assert commands or "single-points" in words
    for proposed in commands:
        if not {"--letters", "--csv", "--plot"} & set(proposed):
            result = run(*proposed)
            assert result.exit_code == 0, (proposed, result.output)


def test_the_value_at_exposure_stands_beside_the_counts_with_what_is_not_in_it(run: Run) -> None:
    shown = " ".join(run("dependents", *SCOPE, "--known-at", "2019-02-19").stdout.split())
    assert (
        "Value at exposure: SEK 17.5 to 35.5 m of the SEK 37.6 m of established and possible contracts. What is "
        "unmapped is not in it."
    ) in shown


def test_a_roll_up_without_a_known_part_does_not_look_like_nothing(run: Run) -> None:
    shown = run("incident", "exposure", "demo-inc-order", "demo-inc-recruiter", "--all-rows").stdout
    assert "country not known  4 unmapped                 part not known" in shown
    assert "Demo Wholesale 04 (demo-wholesale-04)  1 established              value not stated" in shown


def test_a_preview_ends_with_the_command_that_widens_it(run: Run) -> None:
    shown = run("incident", "preview", ARTICLE, "--widen", "group").stdout.replace(" \\\n", " ")
    line = next(line for line in shown.splitlines() if "incident revise" in line)
    assert shlex.split(line)[4:] == ["--group", "demo-gloves", "--product", "gloves", "--add-scope", "--dry-run"]
    assert "without a stated value" in shown


def test_a_low_probability_is_not_read_as_a_no(run: Run) -> None:
    shown = " ".join(run("routes", "demo-c-0007", "--factory", PLANT).stdout.split())
    assert "A low one means thin evidence, not a No" in shown
    assert "60 % if it is so; if it is not, no recorded route is left" in shown


def test_no_single_point_is_only_what_is_known_where_sources_are_not_listed(run: Run) -> None:
    shown = run("stops", "single-points", "--contract", "ref-ab-sll761").stdout
    assert "none known so far" in shown
    assert "no company or plant alone" not in shown


def test_plant_and_contract_the_other_way_round(run: Run) -> None:
    wrong = run("stops", "routes", "demo-c-0007", PLANT)
    assert wrong.exit_code == 2
    assert "demo-c-0007 is a contract: name the plant first, then the contract" in wrong.stderr


def test_a_kind_that_is_misspelt_is_noticed(run: Run) -> None:
    words = ("incident", "add", "inc-x", "--title", "Demo", "--factory", PLANT, "--dry-run", "--kind")
    assert "Is it a slip?" in run(*words, "forcedlabour").stdout
    assert "Is it a slip?" not in run(*words, "forced_labour").stdout


def test_files_and_how_to_check_them_are_told_beside_the_answer(run: Run, tmp_path: Path) -> None:
    bundled = run("incident", "exposure", ARTICLE, "--bundle", str(tmp_path / "evidence.zip"), "--json")
    assert json.loads(bundled.stdout)["contracts"]
    assert "python recompute.py" in bundled.stderr
    plotted = run("chain", "demo-c-0007", "--plot", str(tmp_path / "chain.svg"), "--json")
    assert json.loads(plotted.stdout)["contract"]
    assert (tmp_path / "chain.svg").read_text(encoding="utf-8").startswith("<")


def test_a_flag_that_is_missing_is_named(run: Run) -> None:
    wrong = run("incident", "preview", ARTICLE)
    assert wrong.exit_code == 2
    assert "--widen group|country|product is missing" in wrong.stderr


def test_the_depth_of_no_contract_is_no_finding(run: Run) -> None:
    shown = run("depth", "--region", "SE-XX").stdout
    assert "nothing was judged" in shown
    assert "plant named" not in shown


def test_the_story_says_how_much_and_what_to_ask(run: Run) -> None:
    shown = run("demo").stdout
    for words in ("Value at exposure: SEK 17.5 to 35.5 m", "tracegraph compare", "tracegraph ask --letters letters"):
        assert words in shown
