"""How sure, in words: no probability is rounded to impossible or certain, and an estimate comes with its bounds."""

from __future__ import annotations

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from tests.contract.build import LATER, change_set, delivered
from tests.unit.demo_world import demo_store
from tests.unit.services.test_routes import asked, many_traders
from tracegraph.answer_routes import Effort, Routes
from tracegraph.model import SourceId
from tracegraph.render.sure import chance_words, routes_shown
from tracegraph.services.routes import routes_legend
from tracegraph.store.port import Store
from tracegraph.translate import Translator

NOW = "2024-06-02T00:00:00Z"


def words(found: Routes, store: Store) -> str:
    """What a person reads, on one line."""
    console = Console(file=StringIO(), width=100)
    console.print(routes_shown(found, routes_legend(found, store, "en"), NOW, Translator("en")))
    out: Any = console.file
    return " ".join(out.getvalue().replace("\N{NO-BREAK SPACE}", " ").split())


@pytest.mark.parametrize(
    ("p", "said"),
    [(0, "0 %"), (1e-9, "less than 1 %"), (0.005, "1 %"), (0.595, "60 %"), (0.9951, "more than 99 %"), (1, "100 %")],
)
def test_a_probability_in_words(p: float, said: str) -> None:
    assert chance_words(p, Translator("en")).replace("\N{NO-BREAK SPACE}", " ") == said


def test_an_estimate_comes_with_bounds_and_seed(tmp_path: Path) -> None:
    store = many_traders(tmp_path / "store.db")
    text = words(asked(store, "c7", effort=Effort(k=2, seed=5, samples=6_400)), store)
    assert "HOW SURE about " in text
    assert "(6400 random draws, seed 5, standard error 0." in text
    assert "and certainly " in text
    assert "THE 2 BEST OF 4802 ROUTES" in text


def test_a_cut_walk_gives_a_lower_bound_alone(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    store.apply(change_set(delivered("f1/gloves", "c1", source_id=SourceId("src-2"))), LATER)
    text = words(asked(store, max_items=2), store)
    assert "Not the whole answer: the walk stopped after 2 items" in text
    assert "at least 70 % probability that a route is real" in text
    assert "so there is no upper bound" in text


def test_without_a_route_no_figure_is_shown(tmp_path: Path) -> None:
    store = demo_store(tmp_path / "store.db")
    text = words(asked(store, "c2"), store)
    assert "UNMAPPED" in text
    assert "not known is not 0" in text
    assert "%" not in text
