"""Exposure, preview, compare and what-if through the real command line, on the demo's data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.unit.exchange.test_schemas import differences
from tracegraph.cli import main

SCOPE = ("--group", "demo-gloves", "--countries", "MY", "--valid-at", "2019-02-19")
INCIDENT = "demo-inc-gloves-and-debts"
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.db"
    env = {"TRACEGRAPH_STORE": url, "COLUMNS": "100"}

    def invoke(*words: str) -> Result:
        return CliRunner().invoke(main, list(words), env=env)

    assert invoke("demo", "--store", url).exit_code == 0
    return invoke


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("incident-exposure", ("incident", "exposure", INCIDENT, "--all")),
        (
            "incident-exposure",
            ("incident", "exposure", INCIDENT, "demo-inc-recruiter", "inc-us-wrp", "--max-tier", "3"),
        ),
        ("incident-exposure", ("incident", "exposure", "inc-us-wrp")),
        ("incident-preview", ("incident", "preview", INCIDENT, "--widen", "group")),
        ("incident-preview", ("incident", "preview", "demo-inc-order", "--widen", "country", "--no-routes")),
        ("incident-preview", ("incident", "preview", "inc-2019-my-gloves", "--widen", "product")),
        ("compare", ("compare", *SCOPE, "--known-at", "2018-12-19", "--known-at", "2019-02-19")),
        ("compare", ("compare", "--incident", "inc-us-wrp", "--known-at", "2020-01-01")),
        ("compare", ("compare", "--incident", INCIDENT, "--against", "demo-inc-recruiter", "--no-routes")),
        ("compare", ("compare", "--incident", "demo-inc-order", "--revision", "1", "--revision", "2")),
        ("compare", ("compare", "--group", "demo-gloves", "--as", "network", "--as", "SE-AB")),
        ("whatif", ("whatif", "--close", "demo-plant-klang")),
        ("whatif", ("whatif", *SCOPE, "--without-source", "demo-src-daily-gloves")),
    ],
)
def test_the_json_obeys_its_schema_and_the_words_come_in_both_languages(
    run: Run, schema: str, words: tuple[str, ...]
) -> None:
    answered = run(*words, "--json")
    assert answered.exit_code == 0, answered.output
    assert differences(schema, json.loads(answered.stdout)) == []
    english, swedish = (run(*words, "--lang", lang).output for lang in ("en", "sv"))
    assert english != swedish
    assert "Traceback" not in english


def test_one_command_names_the_document_that_made_the_difference(run: Run) -> None:
    """What did we know on 19 December 2018, what on 19 February 2019, and which document made the difference?"""
    answered = run("compare", *SCOPE, "--known-at", "2018-12-19", "--known-at", "2019-02-19", "--json")
    contracts: dict[str, Any] = {c["contract_id"]: c for c in json.loads(answered.stdout)["contracts"]}
    (cause,) = contracts["demo-c-0007"]["causes"]
    (source,) = cause["sources"]
    assert (cause["verified"], cause["without"]) == (True, "unmapped")
    assert (source["publisher"], source["title"], source["published"]) == (
        "Demo Daily",
        "Gloves and debts",
        "2019-02-15",
    )


def test_a_scope_in_a_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wider.toml"
    path.write_text('[[scope]]\nkind = "country"\nid = "MY"\nproducts = ["gloves"]\n', encoding="utf-8")
    answered = run("compare", "--factory", "demo-plant-klang", "--product", "gloves", "--against", str(path), "--json")
    body = json.loads(answered.stdout)
    assert {cause["kind"] for contract in body["contracts"] for cause in contract["causes"]} == {"scope"}


@pytest.mark.parametrize(
    "words",
    [
        ("compare", *SCOPE),
        ("compare", *SCOPE, "--known-at", "2019-01-01", "--known-at", "2019-01-02", "--known-at", "2019-01-03"),
        ("compare", *SCOPE, "--revision", "1", "--revision", "2"),
        ("compare", "--incident", "nobody", "--known-at", "2019-01-01"),
        ("incident", "preview", INCIDENT, "--widen", "everything"),
        ("incident", "preview", "inc-us-wrp", "--widen", "group"),
        ("incident", "exposure", "nobody"),
        ("whatif", *SCOPE),
        ("whatif", "--close", "demo-gloves"),
        ("whatif", *SCOPE, "--without-claim", "clm-1"),
        ("whatif", *SCOPE, "--add", "nowhere.csv"),
    ],
)
def test_bad_input_is_told(run: Run, words: tuple[str, ...]) -> None:
    answered = run(*words)
    assert (answered.exit_code, answered.stdout) == (2, "")
    assert "Error: " in answered.stderr
