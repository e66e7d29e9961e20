"""The oracle answers all golden cases, and its walk agrees with plain enumeration of all routes."""

from __future__ import annotations

import os
import random
import tomllib
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.oracle import (
    Dataset,
    Tables,
    answer,
    conflicts,
    dataset_from_tables,
    incident_scope,
    read_dataset,
    write_dataset,
)
from tests.oracle.answer import STATUSES, upstream_tiers
from tests.oracle.dataset import GRADES, split_list
from tests.oracle.scope import Scope, Selector, ownership_is_certain, resolve
from tests.oracle.world import INFERRED, Lens, Step, World, decided_share
from tests.strategies import LARGE, Query, questions, random_query, random_tables

REPO = Path(__file__).resolve().parents[2]


def golden_folder() -> Path | None:
    """The copies beside the tests; else those of the shared folder."""
    shared = os.environ.get("TRACEGRAPH_SHARED")
    places = [REPO / "tests" / "cases", *([Path(shared) / "cases"] if shared else []), REPO.parent / "shared" / "cases"]
    return next((place for place in places if list(place.glob("*/case.toml"))), None)


def golden_queries() -> list[Any]:
    folder = golden_folder()
    if folder is None:
        return []
    found = []
    for path in sorted(folder.glob("*/case.toml")):
        for number, query in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["query"], 1):
            found.append(pytest.param(path.parent, query, id=f"{path.parent.name}-{number}"))
    return found


def lens_of(query: dict[str, Any]) -> dict[str, Any]:
    """The case's lens is written as flags: `as`, and known_at perhaps as a date (the end of that day)."""
    flags = dict(query.get("lens") or {})
    reader = flags.pop("as", "network")
    if len(flags.get("known_at", "")) == len("2019-02-19"):
        flags["known_at"] += "T23:59:59Z"
    visible = {"public": ["public"], "network": ["public", "network"]}
    return {**flags, "visible_to": visible.get(reader, ["public", "network", f"region:{reader}"])}


@pytest.mark.skipif(golden_folder() is None, reason="no golden cases found")
@pytest.mark.parametrize(("folder", "query"), golden_queries())
def test_golden_case(folder: Path, query: dict[str, Any]) -> None:
    scope = query["scope"] if "scope" in query else incident_scope(folder, query["incident"])
    got = answer(folder, scope, lens_of(query), query.get("max_tier"))
    if "affected" in query:
        assert {i["item_id"]: i["certainty"] for i in got["affected_items"]} == query["affected"]
    if "unmatched" in query:
        assert [{"kind": s["kind"], "id": s["id"]} for s in got["unmatched"]] == query["unmatched"]
    for name, value in query.get("summary", {}).items():
        assert got["summary"][name] == value
    contracts = {c["contract_id"]: c for c in got["contracts"]}
    assert set(contracts) == {e["contract_id"] for e in query["expected"]}
    for expected in query["expected"]:
        compare_contract(expected, contracts[expected["contract_id"]])


def compare_contract(expected: dict[str, Any], got: dict[str, Any]) -> None:
    """Fields that a case leaves out are null, or not compared (README of the cases)."""
    route = got["route"]
    ids = [step["from"] for step in route] + [route[-1]["to"]] if route else None
    assert ids == expected.get("route")
    for name in ("status", "basis", "tier", "weakest_grade"):
        assert got[name] == expected.get(name), name
    for name in ("direct_suppliers", "open_ends", "value_sek", "regions"):
        if name in expected:
            assert got[name] == expected[name], name
    if "rules" in expected:
        assert [step["rule"] or step["type"] for step in route] == expected["rules"]


# --- the walk against plain enumeration ---------------------------------------------------------------------------

SEEDS = range(500)
TOO_MANY = 3000


@cache
def seeded(seed: int) -> tuple[Tables, Query]:
    rng = random.Random(seed)
    tables = random_tables(rng, "small")
    return tables, random_query(rng, tables)


def world_of(tables: Tables, query: Query) -> tuple[World, Scope]:
    world = World(dataset_from_tables(tables), Lens.of(query["lens"]))
    return world, resolve(world, [Selector.of(given) for given in query["scope"]])


class TooManyRoutes(Exception):
    """This dataset has more routes than a test should enumerate."""


def all_routes(world: World, start: str) -> Iterator[list[Step]]:
    """Every route from an item to any contract that passes no pair (item, entered by an inferred step) twice."""
    todo: list[list[Step]] = [[]]
    tried = 0
    while todo:
        route = todo.pop()
        tried += 1
        if tried > TOO_MANY:
            raise TooManyRoutes
        here = route[-1].end if route else start
        passed = {(start, False)} | {(step.end, step.inferred) for step in route}
        for step in world.steps:
            in_a_row = bool(route) and route[-1].inferred and step.inferred
            if step.start == here and not in_a_row and (step.end, step.inferred) not in passed:
                todo.append([*route, step])
                if step.type == "DELIVERED_UNDER":
                    yield [*route, step]


def badness(route: list[Step], certain: bool) -> tuple[Any, ...]:
    """Section 8, "Best route", word by word; the smallest is the best."""
    weakest = min([step.rank for step in route] + ([] if certain else [INFERRED]))
    confidence = Fraction(1)
    for step in route:
        confidence *= step.confidence
    ids = [route[0].start] + [step.end for step in route]
    return (-weakest, tiers_of(route), len(route), -confidence, ids, [step.inferred for step in route])


def tiers_of(route: list[Step]) -> int:
    return sum(step.type in ("SUPPLIES", "DELIVERED_UNDER") for step in route)


def compare_walk(tables: Tables, query: Query) -> None:
    world, scope = world_of(tables, query)
    limit = query["max_tier"] or 99
    routes = {start: [r for r in all_routes(world, start) if tiers_of(r) <= limit] for start in world.items}
    for contract in answer(dataset_from_tables(tables), **query)["contracts"]:
        name = contract["contract_id"]
        mine = [(r, certain) for start, certain in scope.affected.items() for r in routes[start] if r[-1].end == name]
        assert bool(mine) == (contract["status"] in ("established", "possible"))
        upstream = {start: [tiers_of(r) for r in listed if r[-1].end == name] for start, listed in routes.items()}
        found = upstream_tiers(world, name, query["max_tier"])
        assert found == {start: min(tiers) for start, tiers in upstream.items() if tiers}
        if mine:
            compare_routes(mine, contract)


def compare_routes(mine: list[tuple[list[Step], bool]], contract: dict[str, Any]) -> None:
    best = min((badness(route, certain), route) for route, certain in mine)
    steps = [(step["from"], step["to"], step["type"]) for step in contract["route"]]
    assert steps == [(step.start, step.end, step.type) for step in best[1]]
    assert contract["weakest_grade"] == GRADES[-best[0][0]]
    established = [tiers_of(r) for r, certain in mine if badness(r, certain)[0] < -INFERRED]
    assert contract["status"] == ("established" if established else "possible")
    assert contract["tier"] == min(established or [tiers_of(r) for r, _ in mine])
    assert contract["direct_suppliers"] == sorted({r[-1].start.split("/")[0] for r, _ in mine})


def test_routes_and_upstream_agree_with_enumeration() -> None:
    compared = 0
    for seed in SEEDS:
        try:
            compare_walk(*seeded(seed))
        except TooManyRoutes:
            continue
        compared += 1
    assert compared > 0.8 * len(SEEDS)


# --- the strategies -----------------------------------------------------------------------------------------------


def features_of_tables(tables: Tables, query: Query) -> Iterator[str]:
    rows = [(table, row) for table, listed in tables.items() for row in listed]
    for table, row in rows:
        yield from (f"{table}.{column}" for column in row)
        for column in ("grade", "visibility", "service", "identified"):
            yield f"{column} {row.get(column)}"
        if "sourcing" in row:
            yield f"{table} {row['sourcing']} {'source_count' in row}"
        if table == "supplies":
            yield "self row" if row["seller_id"] == row["buyer_id"] else "bought"
            yield f"product {row.get('product')}"
        for column, clock in (("valid_from", "valid_at"), ("valid_to", "valid_at"), ("recorded_at", "known_at")):
            if row.get(column) == query["lens"][clock]:
                yield f"{column} is {clock}"
    if len({str(item) for item in rows}) < len(rows):
        yield "the same row twice"
    recipes = {row["product_id"]: split_list(row.get("made_from")) for row in tables["products"]}
    yield from ("recipes in a circle" for p, used in recipes.items() for r in used if p in recipes.get(r, []))
    delivering = [row for table, row in rows if table in ("contracts", "deliveries") and "supplier_id" in row]
    delivered = Counter(row["contract_id"] for row in delivering)
    yield from (f"deliveries {min(2, delivered[row['contract_id']])}" for row in tables["contracts"])


def features_of_world(world: World) -> Iterator[str]:
    places = Counter(factory for factory, _ in world.located_in)
    yield from ("factory without location" for factory in world.factories if not places[factory])
    yield from ("several countries" for factory in places if places[factory] > 1)
    yield from ("parallel claims" for claims in world.supplies.values() if len(claims) > 1)
    yield from ("sold in a circle" for a, b in world.supplies if (b, a) in world.supplies)
    yield from (f"in force {world.sourcing_in_force(item)}" for item in world.items)
    yield from ("uncertain owner" for pair in world.owned_by if not ownership_is_certain(world, pair))
    lows = dict.fromkeys(world.supplies_into, Fraction(0))
    for (_, end), claims in world.supplies.items():
        lows[end] += decided_share(claims)[0]
    yield from (f"lows {'over' if total > 1 else 'equal'} 1" for total in lows.values() if total >= 1)


def features_of_answer(query: Query, got: dict[str, Any]) -> Iterator[str]:
    for item in got["affected_items"]:
        for selector in query["scope"]:
            yield f"{selector['kind']} {item['certainty']}"
            yield from (f"{option} {item['certainty']}" for option in selector if len(query["scope"]) == 1)
    yield f"truncated {got['summary']['truncated']}"
    yield from ("unmatched" for _ in got["unmatched"])
    for contract in got["contracts"]:
        yield f"{contract['status']} {contract['basis']}"
        yield from (f"assumes {name}" for name in contract.get("assumptions", []))
        yield f"weakest {contract['weakest_grade']}"
        yield f"tier {contract['tier']}"
        yield f"value {contract['value_sek'] is not None}"
        yield from (f"step {step['rule'] or step['type']}" for step in contract["route"] or [])


EXPECTED_FEATURES = {
    *("products.broader", "products.made_from", "products.made_from_complete", "products.end_use"),
    *("suppliers.owned_share", "suppliers.country", "factories.operated_by", "factories.products"),
    *("supplies.into_product", "supplies.share", "supplies.share_low", "supplies.share_high", "supplies.confidence"),
    *("supplies.valid_to", "contracts.supplier_id", "deliveries.share", "product x1"),
    *("grade inferred", "grade reported", "grade declared", "grade verified", "identified false", "identified true"),
    *("visibility public", "visibility network", "visibility region:SE-AB", "visibility region:SE-M"),
    *(f"service {name}" for name in ("recruits", "houses", "tools", "treats_waste", "packs", "transports", "audits")),
    *("items complete True", "items complete False", "items origin False", "items open False"),
    *("contracts complete True", "contracts complete False", "contracts open False"),
    *("self row", "bought", "product None", "product unspecified", "the same row twice", "recipes in a circle"),
    *("deliveries 0", "deliveries 1", "deliveries 2"),
    *("factory without location", "several countries", "parallel claims", "sold in a circle", "uncertain owner"),
    *("in force open", "in force complete", "in force origin", "lows over 1", "lows equal 1"),
    *("valid_from is valid_at", "valid_to is valid_at", "recorded_at is known_at"),
    *(f"{kind} {c}" for kind in ("factory", "supplier", "group", "country") for c in ("certain", "candidate")),
    *(f"{o} {c}" for o in ("products", "countries", "exclude", "services") for c in ("certain", "candidate")),
    *("truncated True", "unmatched", "established None", "possible None", "unmapped goods_match"),
    *("unmapped not_excluded", "no_link complete_chain", "no_link other_products", "no_link filtered"),
    *("assumes deliveries_listed", "assumes makes_own", "value True", "value False"),
    *(f"weakest {grade}" for grade in GRADES),
    *("tier 1", "tier 2", "tier 3", "step SUPPLIES", "step BECOMES", "step DELIVERED_UNDER"),
    *("step unspecified", "step taxonomy", "step recipe", "step operation"),
}


def test_seeded_datasets_have_every_feature_and_are_valid() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        tables, query = seeded(seed)
        assert not conflicts(tables)
        world, _ = world_of(tables, query)
        seen.update(set(features_of_tables(tables, query)))
        seen.update(set(features_of_world(world)))
        seen.update(set(features_of_answer(query, answer(tables, **query))))
    assert not EXPECTED_FEATURES - set(seen)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(questions())
def test_drawn_questions_are_valid_and_answered(question: tuple[Tables, Query]) -> None:
    tables, query = question
    assert not conflicts(tables)
    assert all("recorded_at" in row for table in ("supplies", "items", "contracts") for row in tables.get(table, []))
    got = answer(tables, **query)
    assert sum(got["summary"][name] for name in STATUSES) == len(got["contracts"])
    assert got == answer(tables, **query)


def test_tables_survive_a_folder(tmp_path: Path) -> None:
    for seed in range(20):
        tables, query = seeded(seed)
        folder = write_dataset(tables, tmp_path / str(seed))
        assert read_dataset(folder).claims == claims_sorted_as(read_dataset(folder), dataset_from_tables(tables))
        assert answer(folder, **query) == answer(tables, **query)


def claims_sorted_as(model: Dataset, data: Dataset) -> list[Any]:
    """The files of a folder come in the order of their names, the tables in that of their making."""
    order = {claim.key: n for n, claim in enumerate(model.claims)}
    return sorted(data.claims, key=lambda claim: order[claim.key])


def test_a_large_dataset_is_answered() -> None:
    rng = random.Random(1)
    tables = random_tables(rng, LARGE)
    assert len(tables["suppliers"]) >= LARGE.suppliers
    assert not conflicts(tables)
    assert answer(tables, **random_query(rng, tables))["contracts"]
