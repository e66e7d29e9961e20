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
    fixpoint,
    incident_scope,
    read_dataset,
    write_dataset,
)
from tests.oracle.answer import STATUSES, open_ends, upstream_tiers
from tests.oracle.dataset import GRADES, split_list
from tests.oracle.fixpoint import CappedSum, Equation, Equations, Largest, Pour, Term, Unknown, least_fixed_point
from tests.oracle.scope import Scope, Selector, ownership_is_certain, resolve
from tests.oracle.shares import Supply
from tests.oracle.world import INFERRED, Lens, Step, World, decided_share
from tests.properties.circles import CIRCLES, GAINING, QUERY, Circle
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
    if "contradictions" in query:
        assert got["contradictions"] == query["contradictions"]
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
    assert got["share"] == near(expected.get("share"))
    if "exposed_sek" in expected:
        assert got["exposed_sek"] == near(expected["exposed_sek"])
    if "rules" in expected:
        assert [step["rule"] or step["type"] for step in route] == expected["rules"]


def near(numbers: dict[str, float] | None) -> Any:
    """A share or an amount is the same within 1e-9 of it: cases give up to 16 digits."""
    return None if numbers is None else pytest.approx(numbers, rel=1e-9, abs=1e-9)


# --- shares against plain iteration from 0 ------------------------------------------------------------------------

TURNS = 20000
SMALLEST_CHANGE = 1e-14


def iterated(equations: Equations) -> tuple[dict[Unknown, float], bool]:
    """Section 8, rules 4 and 5, from 0 until hardly anything changes; and whether that was reached."""
    values = dict.fromkeys(equations, 0.0)
    for _ in range(TURNS):
        turned = {unknown: turn(equation, values) for unknown, equation in equations.items()}
        change = max((turned[unknown] - values[unknown] for unknown in values), default=0.0)
        values = turned
        if change < SMALLEST_CHANGE:
            return values, True
    return values, False


def turn(equation: Equation, values: dict[Unknown, float]) -> float:
    def value(term: Term) -> float:
        return values[term] if isinstance(term, tuple) else float(term)

    if isinstance(equation, Largest):
        return max(float(weight) * value(term) for weight, term in equation.parts)
    if isinstance(equation, CappedSum):
        return min(1.0, sum(float(weight) * value(term) for weight, term in equation.parts))
    left = 1.0 - sum(float(low) for low, _, _ in equation.sources)
    total = 0.0
    for low, high, term in sorted(equation.sources, key=lambda s: value(s[2]), reverse=equation.highest_first):
        more = max(0.0, min(left, float(high) - float(low)))
        left -= more
        total += (float(low) + more) * value(term)
    return total


def random_equations(chance: random.Random, number: int, high: bool) -> Equations:
    """Many circles; sources are poured, the largest or the capped sum of ingredients is taken."""
    unknowns: list[Unknown] = [(f"x{n}",) for n in range(number)]
    equations: Equations = {}
    for unknown in unknowns:
        terms: list[Term] = [
            chance.choice(unknowns)
            if chance.random() < 0.75
            else Fraction(chance.choice((0, 1, 1)), chance.choice((1, 3)))
            for _ in range(chance.randint(1, 4))
        ]
        if chance.random() < 0.3:
            parts = tuple((Fraction(chance.choice((1, 2, 4, 4)), 4), term) for term in terms)
            equations[unknown] = CappedSum(parts) if high else Largest(parts)
            continue
        sources = []
        left = 8
        for term in terms:
            low = min(left, chance.choice((0, 0, 0, 1, 2, 3)))
            left -= low
            sources.append((Fraction(low, 8), min(Fraction(1), Fraction(low + chance.choice((0, 1, 4, 8)), 8)), term))
        sources.append((Fraction(0), Fraction(1), Fraction(chance.choice((0, 0, 1)))))
        equations[unknown] = Pour(tuple(sources), highest_first=high)
    return equations


@pytest.mark.parametrize("exact", [fixpoint.EXACT, 0], ids=["in fractions", "in floats"])
def test_the_least_fixed_point_is_where_iteration_from_zero_ends(exact: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixpoint, "EXACT", exact)
    reached = 0
    for seed in range(200):
        chance = random.Random(seed)
        equations = random_equations(chance, chance.randint(2, 9), high=seed % 2 == 0)
        values, close = iterated(equations)
        assert least_fixed_point(equations) == pytest.approx(values, abs=1e-9), seed
        reached += close
    assert reached == 200


@pytest.mark.parametrize("circle", [*CIRCLES, GAINING], ids=lambda circle: circle.name)
def test_a_circle_has_its_least_fixed_point(circle: Circle) -> None:
    (contract,) = answer(circle.tables(), **QUERY)["contracts"]
    assert contract["share"] == near({"low": circle.low, "high": circle.high, "unmapped": 0})


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
        yield from (f"{name} inside" for name, number in (contract["share"] or {}).items() if 0 < number < 1)
    yield from ("contradictions" for _ in got["contradictions"])


def features_of_sources(world: World, scope: Scope, linked: list[str], max_tier: int | None) -> Iterator[str]:
    """What the shares of contracts are made of."""
    for contract in linked:
        ends = open_ends(world, scope, contract, max_tier)
        for node, sources in Supply(world, ends.relevant, ends.cut).upstream([contract]).items():
            inflows = (*sources.alternatives, *sources.ingredients)
            yield f"affected {scope.affected.get(node[0])}"
            yield f"{min(len(sources.ingredients), 2)} ingredients and {min(len(sources.alternatives), 2)} alternatives"
            yield f"rest {sources.has_rest} {sources.rest_is_unmapped}"
            yield from ("not followed" for inflow in inflows if inflow.origin is None)
            yield from ("inferred inflow" for inflow in inflows if inflow.origin and not inflow.origin[1])
            if sources.contradict:
                yield "over 1" if sum(inflow.low for inflow in sources.alternatives) > 1 else "under 1"


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
    *("low inside", "high inside", "unmapped inside", "contradictions", "over 1", "under 1"),
    *(f"{made} ingredients and {bought} alternatives" for made in range(3) for bought in range(3)),
    *("rest True True", "rest True False", "rest False False", "not followed", "inferred inflow"),
    *("affected True", "affected False", "affected None"),
}


def test_seeded_datasets_have_every_feature_and_are_valid() -> None:
    seen: Counter[str] = Counter()
    for seed in SEEDS:
        tables, query = seeded(seed)
        assert not conflicts(tables)
        world, scope = world_of(tables, query)
        got = answer(tables, **query)
        linked = [c["contract_id"] for c in got["contracts"] if c["share"]]
        seen.update(set(features_of_tables(tables, query)))
        seen.update(set(features_of_world(world)))
        seen.update(set(features_of_answer(query, got)))
        seen.update(set(features_of_sources(world, scope, linked, query["max_tier"])))
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
