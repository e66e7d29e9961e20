"""What the arrays of the portfolio say that a scope reaches, and by which routes, is what the walk says."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library import imported, opened, scope_of
from tests.oracle.dataset import write_dataset
from tests.strategies import random_query, random_tables
from tests.unit.random_worlds import NOW
from tracegraph.answer import Question
from tracegraph.lens import Lens
from tracegraph.model import Scope
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.route_finding import SweptRoutes, WalkedRoutes, routes_from
from tracegraph.services.row_maker import route_steps
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade
from tracegraph.walk.scope import resolve_scope

quiet = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=25)


def assert_same(store: Store, lens: Lens, scope: Scope, chance: random.Random) -> int:
    """Compare the two ways; return how many contracts are reached."""
    view, question = Portfolios(store).under(lens), Question(scope, lens)
    starts = resolve_scope(scope, store, lens, view.portfolio.catalogue).affected
    walked, swept = WalkedRoutes(question, starts, store, view), routes_from(question, starts, store, view)
    assert isinstance(swept, SweptRoutes)
    for name in ("established", "anyhow", "delivered"):
        assert (getattr(walked, name) == getattr(swept, name)).all(), name
    contracts = list(range(len(view.portfolio.contract_ids)))
    for part in (contracts, chance.sample(contracts, len(contracts) // 2), contracts[:1], []):
        few, every = swept.to(part), walked.to(part)
        assert swept.whole().reached == every.reached
        names = {view.portfolio.contract_ids[contract] for contract in part}
        assert few.reached == {name: found for name, found in every.reached.items() if name in names}
        for name, found in few.reached.items():
            assert route_steps(found.route, few.cone) == route_steps(every.reached[name].route, every.cone)
    return int(walked.anyhow.sum())


@quiet
@given(seed=st.integers(0, 10**6), size=st.sampled_from(["small", "medium"]))
def test_on_random_worlds(seed: int, size: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    chance = random.Random(seed)
    tables = random_tables(chance, size)
    folder = tmp_path_factory.mktemp("world")
    with opened(f"sqlite:///{folder}/store.db") as store:
        imported(store, write_dataset(tables, folder / "data"), NOW)
        for grade in (Grade.INFERRED, chance.choice(list(Grade))):
            lens = Lens("2020-01-01", NOW, min_grade=grade)
            for _ in range(4):
                assert_same(store, lens, scope_of(store, random_query(chance, tables)), chance)


def test_on_both_stores(store_url: str, tmp_path: Path) -> None:
    chance = random.Random(11)
    tables = random_tables(chance, "medium")
    with opened(store_url) as store:
        imported(store, write_dataset(tables, tmp_path / "data"), NOW)
        lens = Lens("2020-01-01", NOW)
        reached = [assert_same(store, lens, scope_of(store, random_query(chance, tables)), chance) for _ in range(6)]
    assert max(reached) > 3


def test_a_limit_asks_for_the_walk(tmp_path: Path) -> None:
    chance = random.Random(11)
    tables = random_tables(chance, "medium")
    with opened(f"sqlite:///{tmp_path}/store.db") as store:
        imported(store, write_dataset(tables, tmp_path / "data"), NOW)
        lens = Lens("2020-01-01", NOW)
        view = Portfolios(store).under(lens)
        scopes = (scope_of(store, random_query(chance, tables)) for _ in range(20))
        resolved = ((scope, resolve_scope(scope, store, lens, view.portfolio.catalogue).affected) for scope in scopes)
        scope, starts = next(pair for pair in resolved if len(pair[1]) > 1)
        assert isinstance(routes_from(Question(scope, lens, max_tier=3), starts, store, view), WalkedRoutes)
        cut = routes_from(Question(scope, lens, max_items=1), starts, store, view)
        assert (type(cut), cut.truncated) == (WalkedRoutes, True)
