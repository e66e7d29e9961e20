"""Every command's ``--json`` has a JSON Schema in docs/schemas, strict, and obeys it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.unit.demo_world import LENS, demo_store
from tests.unit.random_worlds import random_world
from tracegraph.answer_depth import DepthQuestion
from tracegraph.exchange.chain import chain_body
from tracegraph.exchange.check import check_body
from tracegraph.exchange.depth import depth_body
from tracegraph.exchange.show import shown_body
from tracegraph.services.chain import chain
from tracegraph.services.check import check
from tracegraph.services.depth import depth
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.show import show
from tracegraph.store.port import Store
from tracegraph.vocabulary import Label
from tracegraph.walk.visible import visible_claims

ROOT = Path(__file__).resolve().parents[3]
SCHEMAS = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "docs/schemas").glob("*.json")}


def differences(schema: str, body: Any) -> list[str]:
    """Return where a body is not what its schema says."""
    sent = json.loads(json.dumps(body, allow_nan=False))
    return [
        f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(SCHEMAS[schema]).iter_errors(sent)
    ]


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


@pytest.mark.parametrize("name", sorted(SCHEMAS))
def test_a_schema_is_one_and_is_strict(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    loose = [o for o in objects(SCHEMAS[name]) if "properties" in o and o.get("additionalProperties") is not False]
    assert loose == []


def test_what_schemas_share_is_the_same_in_all() -> None:
    shared: dict[str, Any] = {}
    for schema in SCHEMAS.values():
        for name, definition in schema.get("$defs", {}).items():
            assert shared.setdefault(name, definition) == definition, name


def test_a_body_that_is_not_obeying_is_told() -> None:
    assert differences("error", {"error": {"code": "X", "message": "", "problems": [], "more": 1}})


IDS = ("s1", "t1", "m1", "f1", "f2", "f1/gloves", "c1", "c2", "gloves", "SE-AB", "MY", "src-1")


@pytest.mark.parametrize("node", IDS)
def test_show(node: str, tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    assert differences("show", shown_body(show(node, LENS, store))) == []
    assert differences("show", shown_body(show(node, LENS, store, since="2017-01-01"))) == []


@pytest.mark.parametrize("seed", range(8))
def test_random_worlds(seed: int) -> None:
    with random_world(seed) as (store, lenses):
        for lens in lenses:
            report = depth(lens, store, Portfolios(store))
            graded = depth(lens, store, Portfolios(store), DepthQuestion(regions=("SE-AB",), by_grade=True))
            assert differences("depth", depth_body(report)) + differences("depth", depth_body(graded)) == []
            assert differences("check", check_body(check(store, lens, store))) == []
            for contract in report.contracts[:4]:
                found = chain(contract.facts.contract_id, lens, store)
                assert differences("chain", chain_body(found)) == []
            for node in sorted(nodes_of(store, lens))[::7]:
                assert differences("show", shown_body(show(node, lens, store, since="2019-03-01"))) == []


def nodes_of(store: Store, lens: Any) -> set[str]:
    """Ids that exist under a lens; a contract that no visible row names does not, whatever is delivered under it."""
    claims = [claim for claim in visible_claims(store, lens) if claim.grade.rank >= lens.min_grade.rank]
    ends = {node for claim in claims for node in (claim.start, claim.end) if node.id != "unsourced"}
    contracts = {claim.end for claim in store.descriptions(Label.CONTRACT, None, lens)}
    return {node.id for node in ends if node.label is not Label.CONTRACT or node in contracts}


@dataclass
class CommandLine:
    """Runs commands against one store."""

    folder: Path

    def __call__(self, *words: str) -> Any:
        run = subprocess.run(
            [sys.executable, "-c", "from tracegraph.cli import main; main()", *words, "--json"],
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={"TRACEGRAPH_STORE": "sqlite:///store.db", "PYTHONPATH": str(ROOT), "PATH": ""},
        )
        assert run.returncode in (0, 1, 2), run.stderr
        return json.loads(run.stdout)


@pytest.fixture(scope="module")
def command(tmp_path_factory: pytest.TempPathFactory) -> CommandLine:
    line = CommandLine(tmp_path_factory.mktemp("store"))
    line("import", str(ROOT / "tests/cases/19-region-private"))
    return line


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("dependents", ("dependents", "--factory", "f1", "--all")),
        ("dependents", ("dependents", "--country", "MY", "--no-routes", "--max-tier", "1")),
        ("show", ("show", "f1")),
        ("chain", ("chain", "c1")),
        ("depth", ("depth",)),
        ("check", ("check",)),
        ("exposures", ("exposures", "--all")),
        ("exposures", ("exposures", "--since", "2020-01-01")),
        ("incident-list", ("incident", "list")),
        ("routes", ("routes", "c1", "--factory", "f1")),
        ("stops-if-closed", ("stops", "if-closed", "f1", "--all")),
        ("stops-single-points", ("stops", "single-points", "--pairs")),
        ("stops-routes", ("stops", "routes", "f1", "c1")),
        ("compare", ("compare", "--factory", "f1", "--known-at", "2019-01-01")),
        ("whatif", ("whatif", "--close", "f1")),
        ("ask", ("ask",)),
        ("leverage", ("leverage",)),
        ("concentration", ("concentration",)),
        ("store-info", ("store", "info")),
        ("store-init", ("store", "init")),
        ("columns", ("columns",)),
        ("config-check", ("config", "check")),
        ("export", ("export", "backup.ndjson")),
        ("error", ("dependents",)),
        ("error", ("show", "nobody")),
        ("error", ("import", "nowhere")),
    ],
)
def test_the_command_line(command: CommandLine, schema: str, words: tuple[str, ...]) -> None:
    assert differences(schema, command(*words)) == []


def test_importing(tmp_path: Path) -> None:
    line, folder = CommandLine(tmp_path), str(ROOT / "tests/cases/01-product-aware-path")
    for words in ((folder, "--dry-run"), (folder,), (folder,)):
        assert differences("import", line("import", *words)) == []
    assert differences("retract", line("retract", "--import", "1", "--yes")) == []


def test_recorded_incidents(tmp_path: Path) -> None:
    line = CommandLine(tmp_path)
    line("import", str(ROOT / "seeds/reference"))
    assert differences("exposures", line("exposures", "--between", "2019-01-01", "2020-12-31")) == []
    listed = line("incident", "list")
    assert differences("incident-list", listed) == []
    assert listed["incidents"]
    for incident in listed["incidents"][:3]:
        assert differences("incident-show", line("incident", "show", incident["incident_id"])) == []


def test_loading(command: CommandLine, tmp_path: Path) -> None:
    command("export", str(tmp_path / "backup.ndjson"))
    assert differences("load", CommandLine(tmp_path)("load", "backup.ndjson")) == []
