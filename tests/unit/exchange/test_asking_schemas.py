"""ask, leverage and concentration, end to end: bodies obey their schemas, people can read it, letters are whole."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.contract.build import NOW, change_set, contract, delivered, describes, incident, located, operated, supplies
from tests.unit.demo_world import REFERENCES
from tests.unit.exchange.test_schemas import differences
from tests.unit.random_worlds import random_world
from tracegraph.answer_ask import AskQuestion
from tracegraph.cli import main
from tracegraph.exchange.ask_next import ASK_COLUMNS, ask_body
from tracegraph.exchange.leverage import CONCENTRATION_COLUMNS, LEVERAGE_COLUMNS, concentration_body, leverage_body
from tracegraph.model import AttributeValue, Selector
from tracegraph.services.ask_next import ask_next
from tracegraph.services.concentration import concentration
from tracegraph.services.leverage import leverage
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.sqlite import SqliteStore
from tracegraph.vocabulary import SelectorKind

VIEW = ("--valid-at", "2024-06-01", "--known-at", "2024-06-01")


@pytest.mark.parametrize("seed", range(3))
def test_random_worlds(seed: int) -> None:
    with random_world(seed, lenses=2) as (store, lenses):
        for lens in lenses:
            views = Portfolios(store)
            factories = sorted({row.holder_id for row in store.portfolio(lens).items if row.is_factory})
            for scope in ((), (Selector(SelectorKind.FACTORY, "nothing"),)):
                body = ask_body(ask_next(AskQuestion(lens, scope), store, views))
                assert differences("ask", body) == []
            assert differences("leverage", leverage_body(leverage(lens, store, views))) == []
            assert differences("leverage", leverage_body(leverage(lens, store, views, factories[:1]))) == []
            assert differences("concentration", concentration_body(concentration(lens, store, views))) == []


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store in which two suppliers sell gloves of one plant, one by a trader that does not say where it buys."""
    path = tmp_path_factory.mktemp("asking") / "store.db"
    store = SqliteStore(path)
    store.init()
    says: dict[str, AttributeValue] = {
        "title": "Examination gloves",
        "regions": ["SE-AB"],
        "category": "gloves",
        "value_sek": 1_000_000,
    }
    said = (
        describes(contract("c1"), "src-2", says | {"diary_no": "RS 2024-0001"}),
        describes(contract("c2"), "src-2", says),
        describes(contract("c3"), "src-2", says),
        *(supplies("f1/gloves", "s1/gloves"), supplies("f1/gloves", "s2/gloves", share_low=1.0)),
        *(supplies("t1/gloves", "s1:x/gloves", share_low=1.0), located("f1", "MY"), operated("f2", "t1")),
        *(delivered("s1/gloves", "c1"), delivered("s2/gloves", "c2"), delivered("s1:x/gloves", "c1")),
    )
    reply = {"reply": {"text": "All fees are repaid.", "by": "Demo Maker"}}
    public = incident("inc-public", "Report on Demo Plant", visibility="public", sources=("src-1",), details=reply)
    store.apply(change_set(*said, references=REFERENCES, incidents=(public, incident("inc-inside", "Inside"))), NOW)
    return f"sqlite:///{path}"


def ran(url: str, *words: str) -> str:
    result = CliRunner().invoke(main, [*words, *VIEW, "--store", url])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("ask", ("ask", "--incident", "inc-public")),
        ("ask", ("ask", "--direct-supplier", "s1")),
        ("leverage", ("leverage", "--factory", "f1")),
        ("concentration", ("concentration", "--category", "gloves")),
    ],
)
def test_commands_print_what_their_schema_says(schema: str, words: tuple[str, ...], url: str) -> None:
    assert differences(schema, json.loads(ran(url, *words, "--json"))) == []


@pytest.mark.parametrize("words", [("ask",), ("leverage",), ("concentration",)])
def test_people_can_read_it_in_both_languages(words: tuple[str, ...], url: str) -> None:
    english, swedish = ran(url, *words), ran(url, *words, "--lang", "sv")
    assert "Next" in english
    assert "Next" not in swedish
    assert "settles" not in swedish


@pytest.mark.parametrize(
    ("command", "columns"),
    [("ask", ASK_COLUMNS), ("leverage", LEVERAGE_COLUMNS), ("concentration", CONCENTRATION_COLUMNS)],
)
def test_lists_are_written_as_tables(command: str, columns: tuple[str, ...], url: str, tmp_path: Path) -> None:
    ran(url, command, "--csv", str(tmp_path / "rows.csv"))
    with (tmp_path / "rows.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert tuple(rows[0]) == columns


def letters(url: str, folder: Path, *words: str) -> dict[str, str]:
    ran(url, "ask", *words, "--letters", str(folder))
    return {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}


def test_each_supplier_gets_a_letter_and_a_form(url: str, tmp_path: Path) -> None:
    found = letters(url, tmp_path / "new" / "letters")
    names = {"letter-s1", "letter-s2", "letter-s1%3Ax", "own-files"}
    assert set(found) == {f"{name}.{kind}" for name in names for kind in ("txt", "csv")}
    letter = found["letter-s1.txt"]
    assert "c1; Examination gloves; Region Stockholm; diary number RS 2024-0001" in letter
    assert "1. From whom do you have gloves, and which plants make them?" in letter
    assert "1000000" not in letter
    assert "not a sign that anything is suspected" in letter
    assert "From whom does t1 have gloves" in found["letter-s1%3Ax.txt"]
    assert "- c3; Examination gloves" in found["own-files.txt"]
    rows = list(csv.reader(found["letter-s1.csv"].splitlines()))
    assert [len(row) for row in rows] == [12] * len(rows)
    assert rows[1][:3] == ["1", "From whom do you have gloves, and which plants make them?", "c1"]


def test_letters_speak_the_readers_language(url: str, tmp_path: Path) -> None:
    letter = letters(url, tmp_path, "--lang", "sv")["letter-s1.txt"]
    assert "FYLL I" in letter
    assert "FILL IN" not in letter
    assert "From whom" not in letter


def test_a_letter_says_what_is_public_of_an_incident_and_the_reply(url: str, tmp_path: Path) -> None:
    letter = letters(url, tmp_path, "--incident", "inc-public")["letter-s1%3Ax.txt"]
    assert "Report on Demo Plant (alleged). Demo Daily, “Gloves and debts”, 2019-02-15." in letter
    assert "The company's reply: All fees are repaid. (Demo Maker)" in " ".join(letter.split())
    assert "does not mean that we take your goods" in letter


def test_a_letter_is_silent_of_an_incident_that_is_not_public(url: str, tmp_path: Path) -> None:
    found = letters(url, tmp_path, "--incident", "inc-inside")
    assert not [name for name, text in found.items() if "Inside" in text or "inc-inside" in text]


def test_a_folder_that_is_a_file_is_told(url: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    result = CliRunner().invoke(main, ["ask", "--letters", str(tmp_path / "file"), "--store", url])
    assert result.exit_code == 2
    assert "--letters" in result.output
