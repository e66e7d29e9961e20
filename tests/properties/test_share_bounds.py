"""Shares of any answer are bounds, and sharp ones (docs/model.md, section 8, "Share")."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.library import ask_json, imported, opened
from tests.oracle import write_dataset
from tests.oracle.dataset import Tables
from tests.properties.circles import CIRCLES, GAINING, QUERY, Circle
from tests.properties.share_programs import Allocation, Chain, Programme, TooLarge, chains_of
from tests.strategies import Query, questions, random_query, random_tables

NOW = "2030-01-01T00:00:00Z"
SEEDS = range(2000, 2060)
QUESTIONS = 5
CLOSE = 1e-6
HALF_AN_ORE = 0.005


def ask(tables: Tables, queries: list[Query]) -> list[dict[str, Any]]:
    """Import tables into a fresh store and answer questions of the generator."""
    plain = [{"scope": query["scope"], "lens": query["lens"], "max_tier": query["max_tier"]} for query in queries]
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/store.db") as store:
        imported(store, write_dataset(tables, Path(folder) / "data"), NOW)
        return [ask_json(store, query, today="2020-01-01", now=NOW) for query in plain]


def check_contract(contract: dict[str, Any]) -> None:
    share, exposed, value = contract["share"], contract["exposed_sek"], contract["value_sek"]
    if contract["status"] not in ("established", "possible"):
        assert (share, exposed) == (None, None)
        return
    assert 0 <= share["low"] <= share["high"] <= 1
    assert 0 <= share["unmapped"] <= share["high"]
    if value is None:
        assert exposed is None
        return
    for bound in ("low", "high"):
        assert abs(exposed[bound] - value * share[bound]) <= HALF_AN_ORE + CLOSE * value


@settings(suppress_health_check=list(HealthCheck))
@given(questions())
def test_shares_are_bounds_within_zero_and_one(question: tuple[Tables, Query]) -> None:
    tables, query = question
    for contract in ask(tables, [query])[0]["contracts"]:
        check_contract(contract)


@pytest.mark.parametrize("circle", [*CIRCLES, GAINING], ids=lambda circle: circle.name)
def test_a_circle_has_its_least_fixed_point(circle: Circle) -> None:
    ((contract,),) = (answer["contracts"] for answer in ask(circle.tables(), [QUERY]))
    assert contract["share"] == pytest.approx({"low": circle.low, "high": circle.high, "unmapped": 0}, abs=1e-7)


# --- chains without circles ---------------------------------------------------------------------------------------


@cache
def answered_chains() -> list[tuple[str, dict[str, float], Chain]]:
    """Contracts with a share whose chain has no circle: name, share as we answer it, chain."""
    return list(_answered_chains())


def _answered_chains() -> Iterator[tuple[str, dict[str, float], Chain]]:
    for seed in SEEDS:
        chance = random.Random(seed)
        tables = random_tables(chance, "small")
        queries = [random_query(chance, tables) for _ in range(QUESTIONS)]
        for number, (query, answer) in enumerate(zip(queries, ask(tables, queries), strict=True)):
            shares = {c["contract_id"]: c["share"] for c in answer["contracts"] if c["share"]}
            for contract, chain in chains_of(tables, query, list(shares)).items():
                if not chain.has_circle:
                    yield f"seed {seed}, question {number}, {contract}", shares[contract], chain


def test_bounds_are_the_optima_of_a_linear_programme() -> None:
    inside = 0
    for name, share, chain in answered_chains():
        try:
            low, high = Programme(chain).bounds()
            _, without = Programme(chain, unmapped_counts=False).bounds()
        except TooLarge:
            continue
        expected = {"low": low, "high": high, "unmapped": high - without}
        assert share == pytest.approx(expected, abs=CLOSE), name
        inside += any(CLOSE < number < 1 - CLOSE for number in share.values())

    assert inside >= 20


def test_no_allocation_is_outside_the_bounds() -> None:
    compared = 0
    for name, share, chain in answered_chains():
        if chain.has_candidate:
            continue
        compared += 1
        chance = random.Random(name)
        for _ in range(40):
            assert share["low"] - CLOSE <= Allocation(chain, chance).share() <= share["high"] + CLOSE, name
    assert compared >= 50
