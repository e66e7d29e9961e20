"""The commands about what stops, end to end: bodies obey their schemas, and people can read the rest."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.contract.build import NOW
from tests.library import imported, opened
from tests.unit.exchange.test_schemas import ROOT, differences
from tests.unit.random_worlds import random_world
from tests.unit.services.test_stopping_files import HEADER, PLAN
from tracegraph.cli import main
from tracegraph.exchange.stops import closure_body, routes_body, weaknesses_body
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.stopping import Closing, if_closed
from tracegraph.services.stopping_points import Weak, single_points
from tracegraph.services.stopping_routes import routes_between

LINKS = HEADER + "a,b,3,13,essential\nb,c,2,14,non_essential\nc,a,1,15,negligible\n"


@pytest.mark.parametrize("seed", range(4))
def test_random_worlds(seed: int) -> None:
    with random_world(seed, lenses=2) as (store, lenses):
        for lens in lenses:
            views = Portfolios(store)
            contracts = sorted(views.under(lens).portfolio.contract_ids)
            asked = Weak(lens, contracts=tuple(contracts[:3]), pairs=True, links_hold=0.9 if contracts else None)
            assert differences("stops-single-points", weaknesses_body(single_points(asked, store, views))) == []
            for holder in sorted({row.holder_id for row in store.portfolio(lens).items})[::4]:
                closure = if_closed(Closing(holder, lens), store, views)
                assert differences("stops-if-closed", closure_body(closure, with_untouched=True)) == []
                for contract in contracts[:2]:
                    found = routes_between(holder, contract, lens, store)
                    assert differences("stops-routes", routes_body(found)) == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("stops")
    with opened(f"sqlite:///{found}/store.db") as store:
        imported(store, ROOT / "tests/cases/29-share-contract-with-two-suppliers", NOW)
    (found / "plan.toml").write_text(PLAN, encoding="utf-8")
    (found / "links.csv").write_text(LINKS, encoding="utf-8")
    return found


def ran(folder: Path, *words: str) -> str:
    placed = [str(folder / word) if word.endswith((".toml", ".csv")) else word for word in words]
    result = CliRunner().invoke(main, ["stops", *placed], env={"TRACEGRAPH_STORE": f"sqlite:///{folder}/store.db"})
    assert result.exit_code in (0, 2), result.output
    return result.stdout


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("stops-if-closed", ("if-closed", "f1", "--at-most", "80", "--all")),
        ("stops-single-points", ("single-points", "--pairs")),
        ("stops-routes", ("routes", "f1", "c1")),
        ("stops-recovery", ("recovery", "plan.toml")),
        ("stops-cascade", ("cascade", "links.csv", "--replaceable")),
        ("stops-cascade", ("cascade", "links.csv", "--close", "a", "--model", "leontief", "--direction", "upstream")),
        ("error", ("cascade", "plan.toml")),
        ("error", ("recovery", "links.csv")),
        ("error", ("if-closed", "nobody")),
        ("error", ("if-closed", "f1", "--at-most", "much")),
        ("error", ("cascade", "links.csv", "--epsilon", "1")),
    ],
)
def test_the_command_line(folder: Path, schema: str, words: tuple[str, ...]) -> None:
    assert differences(schema, json.loads(ran(folder, *words, "--json"))) == []


@pytest.mark.parametrize(
    ("words", "english", "swedish"),
    [
        (("if-closed", "f1"), "If the plant f1 closes", "Om anläggningen f1 stänger"),
        (("single-points", "--pairs"), "What alone stops a contract", "Vad som ensamt stoppar ett avtal"),
        (("single-points", "--contract", "c1", "--links-hold", "90"), "each link holds", "varje koppling håller"),
        (("routes", "f1", "c1"), "independent", "oberoende"),
        (("recovery", "plan.toml"), "lasts", "räcker"),
        (("cascade", "links.csv"), "of which its own sales", "varav dess egen försäljning"),
    ],
)
def test_people_can_read_it(folder: Path, words: tuple[str, ...], english: str, swedish: str) -> None:
    """One phrase of each answer in each language; the rest is looked at by people."""
    assert english in " ".join(ran(folder, *words).split())
    assert swedish in " ".join(ran(folder, *words, "--lang", "sv").split())
