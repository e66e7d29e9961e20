"""Open ends are looked up when somebody wants to see them, and are then what they would have been at once."""

from __future__ import annotations

from pathlib import Path

from tests.unit.demo_world import LENS, demo_store
from tracegraph.answer import Answer, Question
from tracegraph.answer_open_ends import OpenEnds, look_up_open_ends
from tracegraph.model import Selector
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.vocabulary import SelectorKind

SCOPE = (Selector(SelectorKind.FACTORY, "f2"),)


def asked(path: Path) -> Answer:
    store = demo_store(path)
    try:
        return dependents(Question(SCOPE, LENS), store, Portfolios(store))
    finally:
        store.close()


def test_those_that_are_shown_are_looked_up_together_and_alike(tmp_path: Path) -> None:
    whole, shown = asked(tmp_path / "a.db"), asked(tmp_path / "b.db")
    first = shown.dependents[0]
    look_up_open_ends([first.open_ends])
    assert first.open_ends == whole.dependents[0].open_ends
    assert [one.open_ends for one in shown.dependents] == [one.open_ends for one in whole.dependents]
    assert any(one.open_ends.total for one in whole.dependents)


def test_they_are_compared_and_shown_as_what_they_list() -> None:
    assert OpenEnds(["a"], 1) == OpenEnds(["a"], 1) != OpenEnds(["a"], 2)
    assert OpenEnds(["a"], 1) != ["a"]
    assert repr(OpenEnds(["a"], 1)) == "OpenEnds(['a'], 1)"
