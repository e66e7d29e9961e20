"""`tracegraph routes` through the real command line, on the seed data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.unit.exchange.test_schemas import differences
from tracegraph.cli import main
from tracegraph.composition import open_store
from tracegraph.services.demo import fill

THEN = ("--group", "demo-gloves", "--countries", "MY", "--valid-at", "2019-02-19", "--known-at", "2019-02-19")
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a command line on a store with both seeds, which is only read."""
    address = f"sqlite:///{tmp_path_factory.mktemp('seeds')}/seeds.db"
    store = open_store(address)
    fill(store, "2026-01-01T00:00:00Z")
    store.close()

    def invoke(*args: str) -> Result:
        return CliRunner().invoke(main, ["routes", *args], env={"TRACEGRAPH_STORE": address, "COLUMNS": "100"})

    return invoke


def shown(run: Run, *args: str) -> str:
    result = run(*args)
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return " ".join(result.stdout.replace("\N{NO-BREAK SPACE}", " ").split())


def body(run: Run, *args: str) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.stderr
    answer = json.loads(result.stdout)
    assert differences("routes", answer) == []
    return answer


def test_a_contract_with_routes(run: Run) -> None:
    text = shown(run, "demo-c-0007", *THEN)
    assert "ESTABLISHED every step is documented" in text
    assert "A probability here only ranks and bounds; it is not a measurement." in text
    assert "only routes that are recorded count" in text
    assert "THE 3 BEST OF 4 ROUTES 1 Demo Plant Klang makes examination gloves, nitrile -> Demo Trader 03" in text
    assert "VERIFY NEXT 1 Demo Plant Klang supplies Demo Trader 03 with examination gloves, nitrile (now 50 %)" in text
    assert "ask Demo Trader 03 (demo-trader-03), through Demo Wholesale 01" in text
    assert "Next tracegraph chain demo-c-0007 tracegraph show demo-trader-03 --k 10 shows more routes" in text


def test_all_routes_when_there_is_room(run: Run) -> None:
    text = shown(run, "demo-c-0007", *THEN, "--k", "10")
    assert "ALL 4 ROUTES" in text
    assert "shows more routes" not in text


def test_the_figures_of_the_methods_page(run: Run) -> None:
    """The page's worked example; whoever changes one, changes the other."""
    answer = body(run, "demo-c-0007", *THEN)
    assert round(answer["probability"]["estimate"], 3) == 0.319
    assert answer["probability"]["method"] == "exact"
    assert [round(route["probability"], 3) for route in answer["routes"]] == [0.319, 0.223, 0.064]
    first = answer["verify_next"][0]
    assert (first["ask"], round(first["if_confirmed"], 3), first["if_refuted"]) == ("demo-trader-03", 0.595, 0)
    page = Path(__file__).resolve().parents[2] / "docs" / "methods.md"
    lines = (
        "32 % probability that at least one recorded route is real",
        "60 % if it is so; if it is not, no recorded route is left",
    )
    for line in lines:
        assert line in " ".join(page.read_text(encoding="utf-8").replace("\N{NO-BREAK SPACE}", " ").split())


def test_a_lead_says_what_it_rests_on(run: Run) -> None:
    text = shown(run, "demo-c-0006", *THEN)
    assert "POSSIBLE a concrete lead: check it" in text
    assert "At Demo Gloves Ipoh, examination gloves, nitrile is among what is named (now 20 %)" in text
    assert "inferred: from which plant Demo Gloves Ipoh has examination gloves, nitrile is not stated" in text
    assert "Demo Plant Ipoh passes examination gloves, nitrile on to Demo Gloves Ipoh (now 20 %)" in text
    assert "Demo Plant Ipoh passes nitrile (NBR) latex on to Demo Gloves Ipoh as examination gloves, nitrile" in text


def test_not_known_is_not_nought(run: Run) -> None:
    text = shown(run, "demo-c-0009", *THEN)
    assert "UNMAPPED cannot tell: ask the supplier" in text
    assert "there is no probability to give: not known is not 0" in text
    assert "ask Demo Wholesale 05" in text
    assert "HOW SURE" not in text
    answer = body(run, "demo-c-0009", *THEN)
    assert answer["probability"] is None
    assert answer["ask"] == ["demo-wholesale-05"]


def test_in_swedish(run: Run) -> None:
    text = shown(run, "demo-c-0007", *THEN, "--lang", "sv")
    assert "HUR SÄKERT" in text
    assert "En sannolikhet här bara rangordnar och ger gränser; den är ingen mätning." in text
    assert "KONTROLLERA HÄRNÄST" in text
    assert "Härnäst tracegraph chain demo-c-0007" in text


def test_a_cut_walk_is_said_and_ends_with_4(run: Run) -> None:
    result = run("demo-c-0007", *THEN, "--max-items", "9", "--json")
    assert result.exit_code == 4
    assert json.loads(result.stdout)["truncated"] is True
    assert "Not the whole answer: the walk stopped after 9 items" in " ".join(
        run("demo-c-0007", *THEN, "--max-items", "9").stdout.split()
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("demo-c-0007",), "say what the report names"),
        (("nothing-such", *THEN), "nothing that you can see has the id"),
        (("demo-c-0007", *THEN, "--k", "11"), "--k is 11: write a number of routes from 1 to 10"),
        (("demo-c-0007", *THEN, "--seed", "x"), "--seed is 'x': write a whole number of at least 1"),
        (("demo-c-0007", *THEN, "--samples", "2000000"), "at most 1\N{NO-BREAK SPACE}000\N{NO-BREAK SPACE}000"),
    ],
)
def test_wrong_input_names_the_value_and_the_remedy(run: Run, words: tuple[str, ...], said: str) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split(" "))
    assert result.stdout == ""
