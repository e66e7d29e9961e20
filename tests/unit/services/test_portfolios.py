"""One portfolio for all who see the same, and never one for two who do not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.contract.build import LATER, NOW, change_set, delivered, lens, offers, supplies
from tracegraph.lens import Lens
from tracegraph.services.portfolios import Portfolios, PortfolioView
from tracegraph.store.rows import PortfolioColumns
from tracegraph.store.sqlite import SqliteStore
from tracegraph.vocabulary import Grade


class Counting(SqliteStore):
    """A store that counts how often its portfolio is read, and can be made to wait or to change within."""

    reads = 0
    within: Callable[[], object] = staticmethod(lambda: None)

    def portfolio(self, lens: Lens) -> PortfolioColumns:
        """Read it, as the store does."""
        self.reads += 1
        columns = super().portfolio(lens)
        self.within()
        return columns


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Counting]:
    """A store with a contract and a claim of one region."""
    store = Counting(tmp_path / "store.db")
    store.init()
    store.apply(
        change_set(
            offers("s1/g", visibility="public"),
            delivered("s1/g", "c1", visibility="public"),
            supplies("f1/g", "s1/g", visibility="region:SE-AB"),
        ),
        LATER,
    )
    yield store
    store.close()


def ask(portfolios: Portfolios, store: Counting, by: Lens) -> PortfolioView:
    """Return the view under a lens, as a service asks for it."""
    return portfolios.under(by)


def test_two_questions_a_second_apart_share_a_view(store: Counting) -> None:
    portfolios = Portfolios(store)
    first = ask(portfolios, store, lens("SE-AB"))
    assert ask(portfolios, store, lens("SE-AB", known_at="2024-06-01T12:00:01Z")) is first
    assert ask(portfolios, store, lens("SE-AB", known_at=LATER)) is first
    assert store.reads == 1


@pytest.mark.parametrize(
    "other",
    [
        lens("network"),
        lens("public"),
        lens("SE-M"),
        lens("SE-AB", min_grade=Grade.DECLARED),
        lens("SE-AB", valid_at="2024-05-31"),
        lens("SE-AB", known_at="2024-01-31T23:59:59Z"),
    ],
)
def test_nobody_gets_the_view_of_another_reader(store: Counting, other: Lens) -> None:
    portfolios = Portfolios(store)
    mine = ask(portfolios, store, lens("SE-AB"))
    theirs = ask(portfolios, store, other)
    assert theirs is not mine
    assert store.reads == 2
    assert ask(portfolios, store, lens("SE-AB")) is mine


def test_before_everything_is_settled_each_moment_has_its_own_view(store: Counting) -> None:
    portfolios = Portfolios(store)
    store.apply(change_set(supplies("f2/g", "s1/g", recorded_at="2024-06-01T12:00:01Z")), LATER)
    sizes = []
    for second in ("00", "01", "02"):
        view = ask(portfolios, store, lens("SE-AB", known_at=f"2024-06-01T12:00:{second}Z"))
        sizes.append(len(view.portfolio.supplies.start))
    assert sizes == [1, 2, 2]
    assert store.reads == 2


def test_a_change_makes_a_new_view(store: Counting) -> None:
    portfolios = Portfolios(store)
    before = ask(portfolios, store, lens("network"))
    store.apply(change_set(supplies("f2/g", "s1/g", visibility="region:SE-M")), LATER)
    assert ask(portfolios, store, lens("network")) is before  # which it cannot see
    store.apply(change_set(supplies("f2/g", "s1/g")), LATER)
    assert ask(portfolios, store, lens("network")) is not before


def test_what_changes_while_it_is_read_is_not_kept(store: Counting) -> None:
    portfolios = Portfolios(store)
    store.within = lambda: store.apply(change_set(supplies("f2/g", "s1/g")), NOW)
    first = portfolios.under(lens())
    store.within = lambda: None
    assert portfolios.under(lens()) is not first
    assert len(ask(portfolios, store, lens()).portfolio.supplies.start) == 1


def test_different_views_are_built_at_the_same_time_and_each_once(store: Counting) -> None:
    portfolios, both = Portfolios(store), threading.Barrier(2, timeout=20)
    asked = [lens("network"), lens("network", known_at="2024-06-01T12:00:05Z"), lens("SE-AB"), lens("SE-AB")]
    store.within = both.wait  # breaks unless two are within at once
    with ThreadPoolExecutor(4) as pool:
        views = list(pool.map(lambda by: ask(portfolios, store, by), asked))
    assert views[0] is views[1]
    assert views[2] is views[3]
    assert store.reads == 2


def test_a_view_that_cannot_be_built_is_tried_again(store: Counting) -> None:
    portfolios = Portfolios(store)

    def fail() -> None:
        raise RuntimeError

    store.within = fail
    with pytest.raises(RuntimeError):
        ask(portfolios, store, lens())
    store.within = lambda: None
    assert ask(portfolios, store, lens()) is ask(portfolios, store, lens())
