"""Phrases and shapes."""

from __future__ import annotations

import pytest
from rich.console import Console

from tracegraph.lens import Lens, visible_to
from tracegraph.model import Source, SourceId
from tracegraph.render.evidence import share_words
from tracegraph.render.shape import command, grid, in_sentence, lens_words, money, more, source_text
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade

EN, SV = Translator("en"), Translator("sv")


@pytest.mark.parametrize(
    ("value", "english", "swedish"),
    [
        (None, "value not stated", "värde ej angivet"),
        (41_200_000, "SEK 41.2 m", "41,2 mnkr"),
        (900_000, "SEK 0.9 m", "0,9 mnkr"),
        (30_000, "SEK 30\N{NO-BREAK SPACE}000", "30\N{NO-BREAK SPACE}000 kr"),
        (0, "SEK 0", "0 kr"),
    ],
)
def test_money(value: float | None, english: str, swedish: str) -> None:
    assert (money(value, EN), money(value, SV)) == (english, swedish)


@pytest.mark.parametrize(
    ("name", "inside"),
    [
        ("Examination gloves, nitrile", "examination gloves, nitrile"),
        ("Demo Model Thin, nitrile glove", "Demo Model Thin, nitrile glove"),
        ("Nitrile (NBR) latex", "nitrile (NBR) latex"),
        ("PVC gloves", "PVC gloves"),
        ("gloves-nitrile", "gloves-nitrile"),
        ("", ""),
    ],
)
def test_goods_inside_a_sentence(name: str, inside: str) -> None:
    assert in_sentence(name) == inside


def test_a_source_is_cited_by_publisher_title_and_day() -> None:
    source = Source(SourceId("s"), "Gloves and debts", publisher="Demo Daily", published="2019-02-15")
    assert source_text(source, "s", EN) == "Demo Daily, “Gloves and debts”, 2019-02-15"
    assert source_text(Source(SourceId("s"), "Gloves and debts"), "s", SV) == "”Gloves and debts”"
    assert source_text(None, "s", EN) == "s"
    assert source_text(None, "unsourced", EN) == "no source stated"


def test_the_lens_in_words() -> None:
    lens = Lens("2019-02-19", "2019-02-19T23:59:59Z", visible_to("SE-AB"), Grade.DECLARED)
    words = "valid on 2019-02-19, as known on 2019-02-19, seen as: SE-AB, only declared or better"
    assert lens_words(lens, "2026-01-01T00:00:00Z", EN) == words
    at_noon = Lens("2019-02-19", "2019-02-19T12:00:00Z", visible_to("public"))
    assert "as known on 2019-02-19 12:00 UTC, seen as: public" in lens_words(at_noon, "2026-01-01T00:00:00Z", EN)
    assert "som känt nu, sett som: nätverket" in lens_words(Lens("2019-02-19", "2026-01-01T00:00:00Z"), "2026", SV)


def test_how_many_more_is_always_said() -> None:
    assert more(20, 20, EN, "so") is None
    assert str(more(20, 21, EN, "--json lists all")) == "... and 1 more: --json lists all"


def test_shares() -> None:
    assert share_words(None, EN) == ""
    assert share_words((0.7, 0.7), EN) == "70 %"
    assert share_words((0.4, 0.625), SV) == "40 till 62,5 %"


def test_a_long_command_goes_on_where_the_shell_lets_it() -> None:
    assert str(command("tracegraph depth")) == "tracegraph depth"
    lines = str(command("tracegraph dependents " + " ".join(f"--factory plant-{n:02}" for n in range(8)))).split("\n")
    assert all(len(line) <= 76 for line in lines)
    assert all(line.endswith(" \\") for line in lines[:-1])


def test_the_last_column_wraps_under_itself() -> None:
    console = Console(width=30, record=True, file=None, force_terminal=False)
    with console.capture() as captured:
        console.print(grid([("one", "a text that is longer than what is left")]))
    lines = [line.rstrip() for line in captured.get().splitlines()]
    assert len(lines) > 1
    assert all(line.startswith("       ") for line in lines[1:])
