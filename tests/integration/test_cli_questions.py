"""The commands that ask, through the real command line, on the seed data in a real SQLite file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

from tracegraph.cli import main
from tracegraph.composition import open_store
from tracegraph.services.demo import fill

ROOT = Path(__file__).resolve().parents[2]
GROUP = ["dependents", "--group", "demo-gloves", "--countries", "MY", "--valid-at", "2019-02-19"]
THEN = [*GROUP, "--known-at", "2019-02-19"]


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """An SQLite store with both seeds; it is only read."""
    address = f"sqlite:///{tmp_path_factory.mktemp('seeds')}/seeds.db"
    store = open_store(address)
    fill(store, "2026-01-01T00:00:00Z")
    store.close()
    return address


Run = Callable[..., Result]


@pytest.fixture
def run(url: str) -> Run:
    """Run a command line on the seeds."""

    def invoke(*args: str, **env: str) -> Result:
        return CliRunner().invoke(main, list(args), env={"TRACEGRAPH_STORE": url, "COLUMNS": "80", **env})

    return invoke


def asked(run: Run, *args: str) -> Any:
    result = run(*args, "--json")
    assert result.exit_code == 0, result.stderr
    assert result.stderr == ""
    return json.loads(result.stdout)


# --- dependents ---


def test_the_answer_says_first_how_many_of_each(run: Run) -> None:
    shown = run(*THEN).stdout
    lines = shown.splitlines()
    assert lines[0] == "Who depends on the group Demo Gloves (demo-gloves), plants in Malaysia"
    assert "valid on 2019-02-19, as known on 2019-02-19, seen as: network" in shown
    assert "(7 certain, 4 candidates)" in shown
    counts = [line.split("  ")[1].strip() + line[14:29] for line in lines if re.match(r"  \S.*\d contracts", line)]
    assert [count.split()[0] for count in counts] == ["established", "possible", "unmapped", "no"]
    assert "7 contracts  SEK 26.4 m" in shown
    assert shown.index("no link") < shown.index("ESTABLISHED") < shown.index("POSSIBLE") < shown.index("UNMAPPED")


def test_a_contract_tells_whom_to_call_and_how_it_is_known(run: Run) -> None:
    shown = " ".join(run(*THEN).stdout.split())
    assert "call Demo Wholesale 01 (demo-wholesale-01)" in shown
    assert "route Demo Plant Klang makes examination gloves, nitrile -> Demo Trader 03 -> Demo Wholesale 01 ->" in shown
    assert "weakest reported: Demo Daily, “Gloves and debts”, 2019-02-15" in shown


def test_a_possible_one_tells_why_it_is_only_that(run: Run) -> None:
    shown = " ".join(run(*THEN).stdout.split())
    assert "may become examination gloves, nitrile (same goods, named more or less precisely)" in shown
    assert "inferred: from which plant Demo Gloves Medical has surgical gloves is not stated" in shown
    assert "Demo Plant Johor is tied to what is named only by a minority share" in shown


def test_an_unmapped_one_tells_whom_to_ask(run: Run) -> None:
    shown = " ".join(run(*THEN).stdout.split())
    assert "ask Demo Wholesale 05 (demo-wholesale-05)" in shown
    assert "unknown who supplies Demo Wholesale 05 with examination gloves, nitrile" in shown
    assert "3 same goods, origin not stated; 6 other goods, not excluded" in shown


def test_a_limit_says_how_many_more_there_are(run: Run) -> None:
    assert "... and 6 more: --limit N or --all-rows shows them" in run(*THEN, "--limit", "1").stdout
    assert "more: --limit" not in run(*THEN, "--all-rows").stdout


def test_no_link_is_listed_when_asked_for_with_what_it_rests_on(run: Run) -> None:
    assert "NO LINK" not in run(*THEN).stdout
    shown = run(*THEN, "--all").stdout
    assert "NO LINK" in shown
    assert "assumes that" in shown
    assert len(asked(run, *THEN, "--all")["contracts"]) == len(asked(run, *THEN)["contracts"]) + 5


def test_routes_may_be_left_out(run: Run) -> None:
    assert " -> " not in run(*THEN, "--no-routes").stdout
    assert "route" not in asked(run, *THEN, "--no-routes")["contracts"][0]


def test_swedish(run: Run) -> None:
    shown = " ".join(run(*THEN, "--lang", "sv").stdout.split())
    assert "Vilka är beroende av koncernen Demo Gloves (demo-gloves), anläggningar i Malaysia" in shown
    assert "belagd 7 avtal 26,4 mnkr" in shown
    assert "ej kartlagd 9 avtal" in shown
    assert "tillverkar undersökningshandskar, nitril" in shown


def test_json_is_the_same_in_every_language(run: Run) -> None:
    assert asked(run, *THEN, "--lang", "sv") == asked(run, *THEN)


def test_nothing_matched_is_said_aloud(run: Run) -> None:
    shown = " ".join(run("dependents", "--factory", "demo-plant-klan", "--valid-at", "2019-02-19").stdout.split())
    assert "Touches nothing: the plant demo-plant-klan. Did you mean demo-plant-klang?" in shown
    body = asked(run, "dependents", "--factory", "demo-plant-klan")
    assert [selector["id"] for selector in body["unmatched"]] == ["demo-plant-klan"]
    shown = " ".join(run("dependents", "--group", "demo-gloves", "--product", "glovs").stdout.split())
    assert "No product glovs is known. Did you mean gloves" in shown
    assert "Did you mean demo-gloves" not in shown


def test_no_selector_is_wrong_input(run: Run) -> None:
    result = run("dependents")
    assert result.exit_code == 2
    assert "--factory ID, --supplier ID" in result.stderr


def test_a_limit_that_was_hit_has_its_own_exit_code(run: Run) -> None:
    result = run(*THEN, "--max-items", "2")
    assert result.exit_code == 4
    assert "Not the whole answer" in result.stdout
    assert "no link       0 contracts" in result.stdout
    result = run(*THEN, "--max-tier", "1")
    assert result.exit_code == 0
    assert "Only routes of at most 1 tiers count" in result.stdout


def test_selectors_repeat_and_combine(run: Run) -> None:
    body = asked(
        run, "dependents", "--factory", "demo-plant-klang", "--factory", "demo-plant-ipoh", "--country", "Thailand"
    )
    assert [(s["kind"], s["id"]) for s in body["query"]["scope"]] == [
        ("factory", "demo-plant-klang"),
        ("factory", "demo-plant-ipoh"),
        ("country", "TH"),
    ]
    shown = run("dependents", "--factory", "demo-plant-klang", "--country", "TH").stdout
    assert shown.startswith("Who depends on any of these\n  - the plant Demo Plant Klang (demo-plant-klang)\n")


def test_an_incident_is_a_scope_as_it_was_known(run: Run) -> None:
    order = ["dependents", "--incident", "demo-inc-order"]
    body = asked(run, *order, "--known-at", "2020-07-15", "--valid-at", "2020-07-15")
    assert [s["id"] for s in body["query"]["scope"]] == ["demo-gloves-klang", "demo-gloves-medical"]
    body = asked(run, *order, "--known-at", "2021-03-29", "--valid-at", "2021-03-29")
    assert [(s["kind"], s["countries"]) for s in body["query"]["scope"]] == [("group", ["MY"])]
    result = run(*order, "--known-at", "2019-01-01")
    assert result.exit_code == 2


def test_one_region_may_know_more(run: Run) -> None:
    def status(*args: str) -> str:
        found = {c["contract_id"]: c["status"] for c in asked(run, *GROUP, *args)["contracts"]}
        return str(found["demo-c-0009"])

    assert status() == "unmapped"
    assert status("--as", "SE-AB") == "established"
    result = run(*GROUP, "--json", TRACEGRAPH_AS="SE-AB")
    assert json.loads(result.stdout)["query"]["lens"]["visible_to"] == ["network", "public", "region:SE-AB"]


@pytest.mark.parametrize("columns", ["60", "80", "140"])
@pytest.mark.parametrize("lang", ["en", "sv"])
def test_nothing_is_wider_than_the_terminal(run: Run, columns: str, lang: str) -> None:
    for args in (THEN, ["show", "demo-wholesale-01"], ["chain", "demo-c-0016"], ["depth"], ["incident", "list"]):
        lines = run(*args, "--lang", lang, COLUMNS=columns).stdout.splitlines()
        assert [line for line in lines if len(line) > int(columns)] == []
        assert [line for line in lines if line != line.rstrip()] == []


# --- show, chain, depth, incidents, check ---


def test_show_has_names_links_and_sources(run: Run) -> None:
    shown = " ".join(run("show", "demo-wholesale-01").stdout.split())
    assert "Demo Wholesale 01 (demo-wholesale-01) · company" in shown
    assert "BUYS FROM (2)" in shown
    assert "Demo Trader 03 (demo-trader-03) · examination gloves, nitrile · 40 to 60 %" in shown
    assert "reported: Demo Daily, “Gloves and debts”, 2019-02-15, valid from 2018-01-01, recorded 2019-02-19" in shown


def test_show_between_two_days(run: Run) -> None:
    days = ["--valid-at", "2019-02-19", "--valid-at", "2017-06-01"]
    shown = run("show", "demo-trader-03", *days).stdout
    assert "CHANGES FROM 2017-06-01 TO 2019-02-19" in shown
    assert "+ new: buys from Demo Plant Klang (demo-plant-klang)" in shown
    result = run("show", "demo-trader-03", *days, "--valid-at", "2020-01-01")
    assert result.exit_code == 2


def test_show_of_what_is_not_there(run: Run) -> None:
    result = run("show", "demo-wholesale-1")
    assert result.exit_code == 2
    assert "did you mean demo-wholesale-" in result.stderr
    assert json.loads(run("show", "nothing-like-it", "--json").stdout)["error"]["code"] == "unknown-node"


def test_chain_goes_tier_by_tier(run: Run) -> None:
    shown = run("chain", "demo-c-0008").stdout
    assert shown.index("TIER 1") < shown.index("TIER 4") < shown.index("origin: nothing upstream")
    shown = run("chain", "demo-c-0011").stdout
    assert "WHERE KNOWLEDGE ENDS" in shown
    assert run("chain", "demo-c-0008", "--max-items", "1").exit_code == 4


def test_depth_for_a_region(run: Run) -> None:
    body = asked(run, "depth", "--region", "se-t", "--valid-at", "2019-02-19")
    assert body["query"]["regions"] == ["SE-T"]
    assert "BY CONTRACT" in run("depth", "--region", "SE-T").stdout


def test_incidents_as_they_were_known(run: Run) -> None:
    shown = " ".join(run("incident", "list", "--known-at", "2018-12-31").stdout.split())
    assert shown.startswith("3 incidents")
    assert "alleged · forced labour" in shown
    shown = " ".join(run("incident", "show", "demo-inc-order").stdout.split())
    assert "remediation verified" in shown
    assert "REVISIONS 2020-07-15 reported · officially indicated" in shown
    assert "reply Demo Gloves says that all fees have been repaid." in shown
    early = " ".join(run("incident", "show", "demo-inc-order", "--known-at", "2020-12-31").stdout.split())
    assert "remediation" not in early


def test_check_of_sound_data_is_quiet_about_errors(run: Run) -> None:
    result = run("check")
    assert result.exit_code == 0
    assert "WARNINGS" in result.stdout


# --- every document has its schema ---

DOCUMENTS: dict[str, list[str]] = {
    "dependents": [*THEN, "--all"],
    "show": ["show", "demo-wholesale-01", "--valid-at", "2017-06-01", "--valid-at", "2019-02-19"],
    "chain": ["chain", "demo-c-0007"],
    "depth": ["depth"],
    "check": ["check"],
    "incident-list": ["incident", "list"],
    "incident-show": ["incident", "show", "demo-inc-order"],
    "store-info": ["store", "info"],
    "store-init": ["store", "init"],
    "columns": ["columns"],
    "config-check": ["config", "check"],
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_json_obeys_its_schema(run: Run, name: str) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / f"{name}.json").read_text(encoding="utf-8"))
    jsonschema.validate(asked(run, *DOCUMENTS[name]), schema)


def test_an_error_obeys_its_schema(run: Run) -> None:
    schema = json.loads((ROOT / "docs" / "schemas" / "error.json").read_text(encoding="utf-8"))
    jsonschema.validate(json.loads(run("show", "nobody", "--json").stdout), schema)
