"""The library as a test uses it: open a store, import a folder, ask a question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tracegraph.answer import DEFAULT_MAX_ITEMS, Question
from tracegraph.composition import open_store
from tracegraph.exchange.answers import answer_body
from tracegraph.incidents import incident_from_body, selector_from_body
from tracegraph.intake import read_dataset
from tracegraph.lens import Lens, visible_to
from tracegraph.model import Scope
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.store.rows import ApplyReport
from tracegraph.vocabulary import Grade


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """Open a store, set up, and close it afterwards."""
    store = open_store(url)
    try:
        store.init()
        yield store
    finally:
        store.close()


def imported(store: Store, folder: Path, now: str) -> ApplyReport:
    """Import a dataset folder that has no errors."""
    reading = read_dataset([folder], standing=store)
    errors = [problem for problem in reading.problems if problem.severity == "error"]
    assert errors == []
    return store.apply(reading.change_set, now)


def lens_of(query: Mapping[str, Any], *, today: str, now: str) -> Lens:
    """Return the lens of a query of a golden case."""
    stated = query.get("lens") or {}
    return Lens(
        valid_at=stated.get("valid_at", today),
        known_at=stated.get("known_at", now),
        visible_to=tuple(stated["visible_to"]) if "visible_to" in stated else visible_to(stated.get("as", "network")),
        min_grade=Grade(stated.get("min_grade", "inferred")),
    )


def scope_of(store: Store, query: Mapping[str, Any]) -> Scope:
    """Return the scope of a query: its selectors, and those of its incident's only revision."""
    named = tuple(selector_from_body(selector) for selector in query.get("scope") or ())
    if not query.get("incident"):
        return named
    record = store.records("incident", query["incident"])[-1]
    return named + incident_from_body(record.id, record.body, record.recorded_at).scope


def ask_json(store: Store, query: Mapping[str, Any], *, today: str, now: str) -> dict[str, Any]:
    """Answer a query as `dependents --json --all` does."""
    question = Question(
        scope=scope_of(store, query),
        lens=lens_of(query, today=today, now=now),
        max_tier=query.get("max_tier"),
        max_items=query.get("max_items", DEFAULT_MAX_ITEMS),
    )
    return answer_body(dependents(question, store, Portfolios(store)), with_no_link=True)
