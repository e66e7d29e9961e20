"""What is assumed reads as if it were stored: the overlay against a second store that was really changed."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library import imported as import_folder
from tests.library import lens_of, opened, scope_of
from tests.oracle import write_dataset
from tests.oracle.dataset import Tables
from tests.strategies import Query, datasets, queries, random_query, random_tables
from tracegraph.answer import Question
from tracegraph.exchange.answers import answer_body
from tracegraph.intake import read_dataset
from tracegraph.model import Claim
from tracegraph.services.assuming import imported
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.canonical import claim_from_line
from tracegraph.store.port import GraphReader, Store
from tracegraph.vocabulary import GOODS_TYPES, Label, RelationshipType
from tracegraph.walk.assumed import Assumed
from tracegraph.walk.overlay import OverlayReader

NOW, LATER = "2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z"
quiet = settings(suppress_health_check=list(HealthCheck), max_examples=15)


@contextmanager
def world(*parts: Tables) -> Iterator[Store]:
    """A store that holds the parts, imported one after the other."""
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/store.db") as store:
        for number, tables in enumerate(parts):
            if any(tables.values()):
                import_folder(store, write_dataset(tables, Path(folder) / str(number)), NOW)
        yield store


def everything(reader: GraphReader, question: Question, claims: list[Claim]) -> dict[str, Any]:
    """Return what a reader learns: the answer, and every read that an answer is not made of."""
    lens = question.lens
    body = answer_body(dependents(question, reader, Portfolios(reader)), with_no_link=True)
    body["summary"].pop("graph_version")
    ends = sorted({ref.id for claim in claims for ref in (claim.start, claim.end)})
    items, rest = [i for i in ends if "/" in i], [i for i in ends if "/" not in i]
    holders = sorted({*rest, *(item.split("/")[0] for item in items)})
    seen: dict[str, Any] = {"answer": body, "holders": reader.items_of(holders, lens)}
    for size in (1, 3, 1000):
        for direction in ("downstream", "upstream"):
            closure = reader.closure(items[:3], direction, lens, size)
            seen[f"closure {direction} {size}"] = (sorted(closure.claims, key=str), closure.truncated)
    for kind in RelationshipType:
        seen[kind] = [told(reader.links_of(ends, [kind], way, lens)) for way in ("upstream", "downstream")]
    for label in Label:
        seen[f"said of {label}"] = told(reader.descriptions(label, None, lens))
    columns = reader.portfolio(lens)
    names = {row.handle: row.item_id for row in columns.items} | dict(columns.contracts)
    rows = zip(*(c.tolist() for c in (columns.start, columns.end, columns.type, columns.grade)), strict=True)
    seen["goods"] = sorted((names.get(a, "?"), names[b], kind, grade) for a, b, kind, grade in rows if b in names)
    seen["shares"] = sorted((names[s.start], names[s.end], *s[2:]) for s in columns.shares if s.end in names)
    seen["sourcings"] = sorted((names[s.handle], *map(str, s[1:])) for s in columns.sourcings if s.handle in names)
    seen["items"] = sorted(row[1:] for row in columns.items)
    seen["operations"] = sorted(columns.operations)
    return seen


def told(claims: list[Claim]) -> list[str]:
    """Return claims as text, without the number of the change set, which what is assumed has not."""
    return [str(replace(claim, change_set=0, attributes=dict(sorted(claim.attributes.items())))) for claim in claims]


def the_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    for name, value in one.items():
        assert json.dumps(other[name], default=str) == json.dumps(value, default=str), name


def asked(store: Store, query: Query, known_at: str) -> Question:
    lens = replace(lens_of(query, today="2020-01-01", now=NOW), known_at=known_at)
    return Question(scope_of(store, query), lens, query["max_tier"])


def stored(store: Store) -> list[Claim]:
    return [claim_from_line(line) for line in store.stream() if line["line"] == "claim"]


def retracting(tables: Tables, query: Query, number: int) -> None:
    """Hide claims in one world and retract them in its twin."""
    with world(tables) as base, world(tables) as changed:
        claims = stored(base)
        chance = random.Random(number)
        taken = [claim for claim in claims if claim.type in GOODS_TYPES and chance.random() < 0.3]
        taken += chance.sample(claims, min(len(claims), 1 + number % 4))
        taken = list({claim.claim_id: claim for claim in taken}.values())
        changed.retract(LATER, claim_ids=[claim.claim_id for claim in taken])
        question = asked(base, query, LATER)
        overlay = OverlayReader(base, Assumed(hidden=tuple(taken)))
        the_same(everything(overlay, question, claims), everything(changed, question, claims))
        found = (
            {m.id for m in reader.find("s", question.lens, 99) if m.reason == "id"} for reader in (overlay, changed)
        )
        assert next(found) == next(found)


def adding(tables: Tables, query: Query, number: int) -> bool:
    """Assume rows in one world and import them into its twin; False where a part does not stand alone."""
    chance = random.Random(number)
    parts: tuple[Tables, Tables] = ({}, {})
    for name, rows in tables.items():
        later = name in ("supplies", "deliveries", "services") or (name in ("items", "contracts") and number % 2)
        for row in rows:
            parts[bool(later) and chance.random() < 0.4].setdefault(name, []).append(row)
    rest, more = parts
    with tempfile.TemporaryDirectory() as folder:
        paths = [write_dataset(part, Path(folder) / name) for part, name in ((rest, "rest"), (more, "more"))]
        if not more or read_dataset(paths[:1]).errors:
            return False
        with world(rest) as base, world(rest) as changed:
            reading = read_dataset(paths[1:], standing=base)
            if reading.errors:
                return False
            import_folder(changed, paths[1], LATER)
            question = asked(base, query, LATER)
            overlay = OverlayReader(base, imported(reading.change_set, base, question.lens))
            the_same(everything(overlay, question, stored(changed)), everything(changed, question, stored(changed)))
    return True


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Tables, Query]:
    tables = draw(datasets())
    return tables, draw(queries(tables))


@quiet
@given(worlds(), st.integers(0, 1000))
def test_a_claim_taken_away_is_as_if_retracted(drawn: tuple[Tables, Query], number: int) -> None:
    retracting(*drawn, number)


@quiet
@given(worlds(), st.integers(0, 1000))
def test_a_row_assumed_is_as_if_imported(drawn: tuple[Tables, Query], number: int) -> None:
    adding(*drawn, number)


def test_the_same_in_larger_worlds() -> None:
    added = 0
    for seed in range(12):
        chance = random.Random(seed)
        tables = random_tables(chance, "medium")
        query = random_query(chance, tables)
        retracting(tables, query, seed)
        added += adding(tables, query, seed)
    assert added >= 4


def test_nothing_assumed_changes_nothing() -> None:
    tables = random_tables(random.Random(1), "small")
    query = random_query(random.Random(1), tables)
    with world(tables) as base:
        question = asked(base, query, LATER)
        claims = stored(base)
        the_same(everything(OverlayReader(base, Assumed()), question, claims), everything(base, question, claims))


@pytest.mark.parametrize("seed", [1, 2])
def test_on_each_store_what_is_assumed_is_what_comes_true(seed: int, store_url: str) -> None:
    """One store: the overlay first, then the retraction itself."""
    chance = random.Random(seed)
    tables = random_tables(chance, "medium")
    with tempfile.TemporaryDirectory() as folder, opened(store_url) as store:
        import_folder(store, write_dataset(tables, Path(folder) / "data"), NOW)
        claims = stored(store)
        taken = [claim for claim in claims if chance.random() < 0.2]
        question = asked(store, random_query(chance, tables), LATER)
        assumed = everything(OverlayReader(store, Assumed(hidden=tuple(taken))), question, claims)
        store.retract(LATER, claim_ids=[claim.claim_id for claim in taken])
        the_same(assumed, everything(store, question, claims))
