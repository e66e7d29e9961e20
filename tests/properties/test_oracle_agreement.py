"""Random datasets and questions: both stores agree with an independent reading of the model in every field."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.library import ask_json, imported, opened
from tests.oracle import answer, write_dataset
from tests.properties.agreement import differences
from tests.strategies import Query, questions, random_query, random_tables

NOW = "2030-01-01T00:00:00Z"
Tables = dict[str, list[dict[str, str]]]

#: More seeds for a longer run: TRACEGRAPH_TEST_SEEDS=2000.
SEEDS = int(os.environ.get("TRACEGRAPH_TEST_SEEDS", "120"))


def ours(url: str, tables: Tables, queries: list[Query]) -> list[dict[str, Any]]:
    """Import tables into the empty store at a URL and answer the queries."""
    with tempfile.TemporaryDirectory() as folder, opened(url) as store:
        write_dataset(tables, Path(folder))
        imported(store, Path(folder), NOW)
        return [ask(store, query) for query in queries]


def ask(store: Any, query: Query) -> dict[str, Any]:
    """Answer one query of the generator."""
    plain = {"scope": query["scope"], "lens": query["lens"], "max_tier": query["max_tier"]}
    return ask_json(store, plain, today="2020-01-01", now=NOW)


@settings(suppress_health_check=list(HealthCheck))
@given(question=questions())
def test_sqlite_agrees_with_the_oracle(question: tuple[Tables, Query]) -> None:
    tables, query = question
    with tempfile.TemporaryDirectory() as folder:
        (answered,) = ours(f"sqlite:///{folder}/store.db", tables, [query])
    assert differences(answered, answer(tables, **query)) == []


@pytest.mark.parametrize("size", ["small", "medium", "large"])
def test_sqlite_agrees_with_the_oracle_on_seeded_graphs(size: str) -> None:
    for seed in range({"small": SEEDS, "medium": SEEDS // 3, "large": max(1, SEEDS // 40)}[size]):
        chance = random.Random(seed)
        tables = random_tables(chance, size)
        queries = [random_query(chance, tables) for _ in range(5)]
        with tempfile.TemporaryDirectory() as folder:
            answers = ours(f"sqlite:///{folder}/store.db", tables, queries)
        for query, answered in zip(queries, answers, strict=True):
            assert differences(answered, answer(tables, **query)) == [], f"seed {seed}, {query}"


@pytest.mark.parametrize("seed", range(8))
def test_neo4j_agrees_with_the_oracle_on_seeded_graphs(seed: int, neo4j_url: str) -> None:
    chance = random.Random(1000 + seed)
    tables = random_tables(chance, "medium" if seed % 2 else "small")
    queries = [random_query(chance, tables) for _ in range(12)]
    for query, answered in zip(queries, ours(neo4j_url, tables, queries), strict=True):
        assert differences(answered, answer(tables, **query)) == [], f"seed {seed}, {query}"
