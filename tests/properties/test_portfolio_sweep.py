"""What the snapshot of the portfolio says of many scopes at once is what the walk says of each."""

from __future__ import annotations

import random
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library import imported, opened, scope_of
from tests.oracle.dataset import write_dataset
from tests.strategies import random_query, random_tables
from tests.unit.random_worlds import NOW, random_world
from tracegraph.answer import Question
from tracegraph.answer_exposures import Reading
from tracegraph.graph.portfolio_snapshot import PortfolioSnapshot, snapshot_of
from tracegraph.graph.route_graph import START, build_route_graph
from tracegraph.lens import Lens
from tracegraph.model import Scope, Selector
from tracegraph.services.dependents import dependents
from tracegraph.services.incidents import list_incidents
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, SelectorKind, Status
from tracegraph.walk.reach import reach
from tracegraph.walk.scope import resolve_scope

ROOT = Path(__file__).resolve().parents[2]
quiet = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=20)


def assert_same(store: Store, lens: Lens, scopes: list[Scope]) -> set[Reading]:
    """Compare the sweep's readings with those of one walk a scope; return what was met."""
    portfolios, met = Portfolios(store), set()
    sweep = PortfolioSweep(lens, store, portfolios)
    for scope, found in zip(scopes, sweep.readings(scopes), strict=True):
        answer = dependents(Question(scope, lens), store, portfolios)
        walked = {d.facts.contract_id: Reading(d.status, d.basis) for d in answer.dependents}
        assert dict(zip(sweep.view.portfolio.contract_ids, found.readings, strict=True)) == walked
        assert found.unmatched == answer.unmatched
        met |= set(walked.values())
    return met


def scopes_of(store: Store, tables: dict[str, list[dict[str, str]]], chance: random.Random, count: int) -> list[Scope]:
    """Return random scopes: every kind of selector, certain and candidate items."""
    return [scope_of(store, random_query(chance, tables)) for _ in range(count)]


@quiet
@given(seed=st.integers(0, 10**6), size=st.sampled_from(["small", "medium"]))
def test_it_says_what_the_walk_says(seed: int, size: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    chance = random.Random(seed)
    tables = random_tables(chance, size)
    folder = tmp_path_factory.mktemp("world")
    with opened(f"sqlite:///{folder}/store.db") as store:
        imported(store, write_dataset(tables, folder / "data"), NOW)
        grades = (Grade.INFERRED, Grade.INFERRED, chance.choice(list(Grade)))
        for grade in grades:
            lens = Lens("2020-01-01", NOW, min_grade=grade)
            assert_same(store, lens, scopes_of(store, tables, chance, 4))


def test_more_scopes_than_a_word_has_bits(tmp_path: Path) -> None:
    chance = random.Random(5)
    tables = random_tables(chance, "medium")
    with opened(f"sqlite:///{tmp_path}/store.db") as store:
        imported(store, write_dataset(tables, tmp_path / "data"), NOW)
        met = assert_same(store, Lens("2020-01-01", NOW), scopes_of(store, tables, chance, 70))
    assert {reading.status for reading in met} == set(Status)


def test_both_stores(store_url: str, tmp_path: Path) -> None:
    chance = random.Random(11)
    tables = random_tables(chance, "small")
    with opened(store_url) as store:
        imported(store, write_dataset(tables, tmp_path / "data"), NOW)
        for grade in (Grade.INFERRED, Grade.DECLARED):
            assert_same(store, Lens("2020-01-01", NOW, min_grade=grade), scopes_of(store, tables, chance, 4))


def test_the_seeds(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path}/store.db") as store:
        for seeds in ("reference", "demo"):
            imported(store, ROOT / "seeds" / seeds, NOW)
        for grade in Grade:
            lens = Lens("2019-02-19", NOW, min_grade=grade)
            scopes = [view.current.scope for view in list_incidents(store, lens)]
            assert len(scopes) > 2
            scopes += [(Selector(SelectorKind.COUNTRY, "MY"),), (Selector(SelectorKind.FACTORY, "nobody"),)]
            assert_same(store, lens, scopes)


@pytest.mark.parametrize("seed", range(6))
def test_a_cone_is_what_networkx_finds_in_the_snapshot(seed: int) -> None:
    with random_world(seed) as (store, lenses):
        for lens in lenses:
            view = Portfolios(store).under(lens)
            snapshot = snapshot_of(view.portfolio)
            assert isinstance(snapshot, PortfolioSnapshot)
            catalogue = store.catalogue()
            for country in ("MY", "CN", "DE", "SE"):
                scope = resolve_scope((Selector(SelectorKind.COUNTRY, country),), store, lens, catalogue)
                graph = build_route_graph(reach(scope.affected, store, lens, catalogue))
                contracts = {contract: 0 for contract in view.portfolio.contract_ids}
                passed = nx.descendants(graph, START)  # the cone has claims of some pairs that no route passes
                walked = {
                    (u, v): (d["grade"], d["tier"], d["kind"])
                    for u, v, d in graph.edges(data=True)
                    if u in passed and ("/" in v[0] or v[0] in contracts)
                }
                starts = [node for node in graph.succ[START] if node in snapshot]
                reached = set(starts).union(*(nx.descendants(snapshot, node) for node in starts))
                found = snapshot.subgraph(reached).edges(data=True)
                assert {(u, v): (d["grade"], d["tier"], d["kind"]) for u, v, d in found} == walked
