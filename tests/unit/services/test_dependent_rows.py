"""Contracts of an answer are made when they are read, and answers are kept while they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.contract.build import LATER, NOW, change_set, contract, delivered, describes, holder, lens, offers, supplies
from tests.unit.demo_world import LENS, demo_store
from tracegraph.answer import LISTED_STATUSES, Answer, Dependent, Question
from tracegraph.model import Selector
from tracegraph.services.contract_table import CODE_OF, Counted, most_of
from tracegraph.services.dependent_rows import Narrowing, dependent_of, narrowed
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.sqlite import SqliteStore
from tracegraph.vocabulary import SelectorKind, Status

SCOPE = (Selector(SelectorKind.FACTORY, "f2"),)
QUESTION = Question(SCOPE, LENS)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """The demo's store."""
    store = demo_store(tmp_path / "store.db")
    yield store
    store.close()


def test_a_part_of_the_rows_is_the_part_of_all(store: SqliteStore) -> None:
    rows = dependents(QUESTION, store, Portfolios(store)).dependents
    every = list(rows)
    assert (len(rows), rows[0], rows[-1]) == (len(every), every[0], every[-1])
    assert list(rows[1:3]) == every[1:3]
    assert rows[0] is rows[0]  # made once
    assert rows == every != every[1:]


def test_one_contract_is_found_without_the_others(store: SqliteStore) -> None:
    answer = dependents(QUESTION, store, Portfolios(store))
    every = list(dependents(QUESTION, store, Portfolios(store)).dependents)
    assert [dependent_of(answer, one.facts.contract_id) for one in every] == every
    assert dependent_of(answer, "nothing") is None
    few = replace(answer, dependents=narrowed(answer, Narrowing(frozenset({every[0].status}))))
    assert dependent_of(few, every[-1].facts.contract_id) is None
    assert dependent_of(replace(answer, dependents=every), every[-1].facts.contract_id) == every[-1]


def wanted(answer: Answer) -> list[Narrowing]:
    """Return narrowings by everything that occurs, alone and together, and by what does not."""
    found = [
        Narrowing(frozenset(kinds), frozenset(regions), frozenset(categories), frozenset(suppliers))
        for kinds in ({Status.UNMAPPED}, {Status.ESTABLISHED, Status.POSSIBLE}, set())
        for regions in ({region for d in answer.dependents for region in d.facts.regions[:1]}, {"SE-X"}, set())
        for categories in ({d.facts.category or "" for d in answer.dependents[:3]}, set())
        for suppliers in ({name for d in answer.dependents[:4] for name in (*d.direct_suppliers, *d.ask)}, set())
    ]
    return [*found, Narrowing(suppliers=frozenset({"nobody"}))]


def keeps(wanted: Narrowing, dependent: Dependent) -> bool:
    """Return whether a contract is wanted, looking at its row alone."""
    facts, suppliers = dependent.facts, {*dependent.direct_suppliers, *dependent.ask}
    return (
        (not wanted.statuses or dependent.status in wanted.statuses)
        and (not wanted.regions or bool(wanted.regions & set(facts.regions)))
        and (not wanted.categories or facts.category in wanted.categories)
        and (not wanted.suppliers or bool(wanted.suppliers & suppliers))
    )


def test_rows_are_narrowed_as_one_by_one(store: SqliteStore) -> None:
    answer = dependents(QUESTION, store, Portfolios(store))
    sizes = set()
    for one in wanted(answer):
        kept = narrowed(answer, one)
        assert list(kept) == [dependent for dependent in answer.dependents if keeps(one, dependent)], one
        sizes.add(len(kept))
    assert len(sizes) > 2  # they do narrow, and not all alike


def test_an_answer_is_kept_while_nothing_that_it_says_can_have_changed(store: SqliteStore) -> None:
    portfolios = Portfolios(store)
    first = dependents(QUESTION, store, portfolios)
    store.apply(change_set(describes(holder("s-new"), says={"name": "Fictional supplier"})), LATER)
    again = dependents(QUESTION, store, portfolios)
    assert len(portfolios.answers) == 1
    assert again.dependents == first.dependents
    assert again.summary == replace(first.summary, graph_version=first.summary.graph_version + 1)
    later = replace(LENS, known_at="2030-01-01T00:00:00Z")
    assert dependents(Question(SCOPE, later), store, portfolios).question.lens == later


def test_what_changes_the_answer_is_not_answered_from_memory(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "small.db")
    store.init()
    store.apply(
        change_set(supplies("f1/g", "s2/g"), offers("s1/g"), delivered("s1/g", "c1"), describes(contract("c1"))), NOW
    )
    question = Question((Selector(SelectorKind.FACTORY, "f1"),), lens(known_at="2030-01-01T00:00:00Z"))
    portfolios = Portfolios(store)
    before = dependents(question, store, portfolios)
    store.apply(change_set(supplies("f1/g", "s1/g")), LATER)
    after = dependents(question, store, portfolios)
    assert [d.status for answer in (before, after) for d in answer.dependents] == [Status.UNMAPPED, Status.ESTABLISHED]
    assert after == dependents(question, store, Portfolios(store))
    assert len(portfolios.answers) == 1  # the old one went with its portfolio
    store.close()


@pytest.mark.parametrize("limits", [{"max_tier": 2}, {"max_items": 1}])
def test_other_limits_are_another_question(store: SqliteStore, limits: dict[str, Any]) -> None:
    portfolios = Portfolios(store)
    plain = dependents(QUESTION, store, portfolios)
    limited = replace(QUESTION, **limits)
    assert dependents(limited, store, portfolios) == dependents(limited, store, Portfolios(store))
    assert dependents(QUESTION, store, portfolios) == plain


def test_counts_by_word_are_what_counting_one_by_one_gives() -> None:
    words = ["a", "b", "c", "d"]
    pairs = [("d", Status.UNMAPPED), ("b", Status.POSSIBLE), ("b", Status.UNMAPPED), ("c", Status.NO_LINK)]
    word, status = ([words.index(w) for w, _ in pairs], [CODE_OF[s] for _, s in pairs])
    counts = Counted(words, np.array(word, dtype=np.int64), np.array(status, dtype=np.uint8))
    none = dict.fromkeys(LISTED_STATUSES, 0)
    plain = {"b": {**none, Status.POSSIBLE: 1, Status.UNMAPPED: 1}, "d": {**none, Status.UNMAPPED: 1}}
    assert (dict(counts), list(counts), len(counts)) == (plain, ["b", "d"], 2)
    assert [word in counts for word in ("a", "b", "c", "e", "")] == [False, True, False, False, False]
    for number in range(4):
        assert list(most_of(counts, number)) == list(most_of(plain, number)) == ["b", "d"][:number]
        assert most_of(counts, number) == most_of(plain, number)
