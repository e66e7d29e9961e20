"""What docs/model.md promises of every answer, on random datasets (section numbers are its)."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.library import ask_json, imported, lens_of, opened
from tests.oracle import write_dataset
from tests.strategies import Query, datasets, queries
from tracegraph.model import holder_of, item_id, product_of
from tracegraph.store.port import Store
from tracegraph.vocabulary import Status

NOW = "2030-01-01T00:00:00Z"
SAFETY = {status.value: position for position, status in enumerate(Status)}
Tables = dict[str, list[dict[str, str]]]
GOODS_TABLES = ("supplies", "deliveries")

quiet = settings(suppress_health_check=list(HealthCheck))


@contextmanager
def world(*parts: Tables) -> Iterator[Store]:
    """A store that holds the tables, imported part by part."""
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/store.db") as store:
        for number, tables in enumerate(parts):
            if any(tables.values()):
                imported(store, write_dataset(tables, Path(folder) / str(number)), NOW)
        yield store


def ask(store: Store, query: Query) -> dict[str, Any]:
    """Answer one query of the generator."""
    plain = {"scope": query["scope"], "lens": query["lens"], "max_tier": query["max_tier"]}
    return ask_json(store, plain, today="2020-01-01", now=NOW)


def statuses(answer: dict[str, Any]) -> dict[str, str]:
    """Return the status of every contract."""
    return {contract["contract_id"]: contract["status"] for contract in answer["contracts"]}


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Tables, Query]:
    """Tables and a question about them."""
    tables = draw(datasets())
    return tables, draw(queries(tables))


@quiet
@given(worlds(), st.data())
def test_removing_a_goods_row_never_gives_no_where_the_item_it_entered_is_then_a_relevant_open_end(
    given_world: tuple[Tables, Query], data: st.DataObject
) -> None:
    """Section 7, first promise."""
    tables, query = given_world
    assume(query["lens"]["min_grade"] == "inferred")
    table = data.draw(st.sampled_from([name for name in GOODS_TABLES if tables.get(name)] or ["supplies"]))
    assume(tables.get(table))
    removed = data.draw(st.integers(0, len(tables[table]) - 1))
    row = tables[table][removed]
    rest = tables | {table: [r for number, r in enumerate(tables[table]) if number != removed]}
    with world(tables) as store:
        before = ask(store, query)
    with world(rest) as store:
        after = ask(store, query)
    product = row.get("product") or "unspecified"
    entered = row["contract_id"] if table == "deliveries" else item_id(row["buyer_id"], product)
    relevant = {end for contract in after["contracts"] for end in contract["open_ends"]}
    for contract in before["contracts"]:
        through = {step["to"] for step in contract["route"] or ()}
        if entered in through and entered in relevant:
            assert statuses(after)[contract["contract_id"]] != "no_link"


@quiet
@given(worlds(), st.data())
def test_adding_a_goods_row_never_makes_an_answer_safer(given_world: tuple[Tables, Query], data: st.DataObject) -> None:
    """Section 7, second promise: no share, no new item, no `complete` put in force, no country, no limit on tiers."""
    tables, query = given_world
    assume(all(selector["kind"] != "country" for selector in query["scope"]))
    query["max_tier"] = None
    with world(tables) as store:
        lens = lens_of({"lens": query["lens"]}, today="2020-01-01", now=NOW)
        before = ask(store, query)
        columns = store.portfolio(lens)
    stated = {row.handle for row in columns.sourcings if row.sourcing == "complete"}
    items = {row.item_id: row for row in columns.items}
    pairs = [
        (seller, buyer)
        for seller in items
        for buyer, row in items.items()
        if product_of(seller) == product_of(buyer) and seller != buyer and row.handle not in stated
    ]
    assume(pairs)
    seller, buyer = data.draw(st.sampled_from(sorted(pairs)))
    row = {"seller_id": holder_of(seller), "buyer_id": holder_of(buyer), "product": product_of(seller)}
    row |= {"grade": "verified", "visibility": "public", "recorded_at": "2001-01-01T00:00:00Z"}
    with world(tables, {"supplies": [row]}) as store:
        after = ask(store, query)
    for contract, status in statuses(before).items():
        assert SAFETY[statuses(after)[contract]] <= SAFETY[status], contract


@quiet
@given(worlds(), st.integers(1, 3))
def test_a_wider_limit_on_tiers_never_loses_a_contract(given_world: tuple[Tables, Query], tier: int) -> None:
    tables, query = given_world
    reached = []
    with world(tables) as store:
        for limit in (tier, tier + 1, None):
            query["max_tier"] = limit
            found = statuses(ask(store, query)).items()
            reached.append({contract for contract, status in found if status in ("established", "possible")})
    assert reached[0] <= reached[1] <= reached[2]


@quiet
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_and_the_cut_of_imports_make_no_difference(
    given_world: tuple[Tables, Query], chance: random.Random
) -> None:
    tables, query = given_world
    shuffled = {name: chance.sample(rows, len(rows)) for name, rows in tables.items()}
    nodes = {name: rows for name, rows in shuffled.items() if name in ("products", "sources", "suppliers", "factories")}
    with world(tables) as store:
        expected = ask(store, query)
    with world(nodes, shuffled) as store:
        answer = ask(store, query)
    answer["summary"]["graph_version"] = expected["summary"]["graph_version"]
    assert answer == expected


@quiet
@given(datasets())
def test_the_second_import_changes_nothing(tables: Tables) -> None:
    with tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/store.db") as store:
        written = write_dataset(tables, Path(folder) / "data")
        imported(store, written, NOW)
        kept = list(store.stream())
        report = imported(store, written, "2031-01-01T00:00:00Z")
        assert report.is_nothing
        assert list(store.stream()) == kept


@pytest.mark.parametrize("size", [1, 2])
def test_the_question_of_nothing_touches_nothing(size: int, sqlite_url: str) -> None:
    """A selector that names nothing is listed, and is about goods of any kind."""
    with opened(sqlite_url) as store:
        scope = [{"kind": "factory", "id": f"nobody-{number}"} for number in range(size)]
        answer = ask_json(store, {"scope": scope}, today="2020-01-01", now=NOW)
    assert [selector["id"] for selector in answer["unmatched"]] == [selector["id"] for selector in scope]
    assert answer["affected_items"] == []
