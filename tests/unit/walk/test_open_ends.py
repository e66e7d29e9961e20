"""Open ends and what they mean: the tables of docs/model.md, section 7, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.build import LENS, contract, delivered, describes, offers, supplies
from tests.unit.demo_world import filled
from tests.unit.random_worlds import random_world
from tests.unit.walk.test_products import GOODS
from tracegraph.answer_show import Shortfall
from tracegraph.model import Statement
from tracegraph.services.show import show
from tracegraph.vocabulary import Basis, Label, RelationshipType, Sourcing
from tracegraph.walk.open_ends import Relevance, relevance
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.sourcing import shares_by_start, sourcing_rows, sourcing_state
from tracegraph.walk.tier_limited import TierLimited

RELEVANT, SET_ASIDE = Relevance(True, True, False), Relevance(False, False, True)
NOTHING = Relevance(False, False, False)
NOT_EXCLUDED = Relevance(True, False, False)


@pytest.mark.parametrize(
    ("product", "bought", "at_stake", "expected"),
    [
        ("gloves", True, "gloves", RELEVANT),
        ("gloves", False, "gloves", SET_ASIDE),  # a factory that makes gloves is taken not to buy them
        ("nitrile", False, "gloves", SET_ASIDE),  # nor comparable ones
        ("gloves", False, "latex", RELEVANT),  # but what they are made of
        ("gloves", False, "unspecified", RELEVANT),
        ("unspecified", False, "gloves", RELEVANT),
        ("mask", True, "latex", NOTHING),  # masks are known not to hold latex
        ("vinyl", True, "mask", NOT_EXCLUDED),  # nobody knows what is in vinyl gloves
        ("vinyl", False, "mask", NOT_EXCLUDED),
        ("mask", True, "gloves", NOTHING),
    ],
)
def test_relevance(product: str, bought: bool, at_stake: str, expected: Relevance) -> None:
    assert relevance(product, bought, [at_stake], GOODS) == expected


def test_one_relevant_product_is_enough() -> None:
    assert relevance("gloves", False, ["gloves", "latex"], GOODS) == RELEVANT
    assert relevance("vinyl", True, ["mask", "vinyl"], GOODS) == RELEVANT
    assert relevance("mask", True, [], GOODS) == NOTHING


def row(sourcing: str, count: int | None = None) -> list[tuple[int, str, str, int | None]]:
    return [(2, "2024-01-01T00:00:00Z", sourcing, count)]


def share(low: float, high: float) -> list[tuple[int, str, float, float]]:
    return [(2, "2024-01-01T00:00:00Z", low, high)]


@pytest.mark.parametrize(
    ("stated", "inflows", "in_force", "is_open", "shortfall"),
    [
        ([], [], Sourcing.OPEN, True, None),
        ([], [share(0.4, 0.4), share(0.6, 0.6)], Sourcing.OPEN, False, None),  # the lows sum to 1
        ([], [share(0.6, 0.6), share(0.6, 0.6)], Sourcing.OPEN, True, None),  # a contradiction leaves it open
        (row("origin"), [], Sourcing.ORIGIN, False, None),
        (row("complete", 1), [share(0, 1)], Sourcing.COMPLETE, False, None),
        (row("complete", 2), [share(0, 1)], Sourcing.OPEN, True, Shortfall.TOO_FEW_SOURCES),
        (row("complete", 1), [share(0, 1), share(0, 1)], Sourcing.COMPLETE, False, None),  # at least
        (row("complete", 1), [share(0.2, 0.9)], Sourcing.OPEN, True, Shortfall.SHARES_BELOW_ONE),
        (row("complete", 0), [], Sourcing.COMPLETE, False, None),
        (row("complete"), [], Sourcing.OPEN, True, Shortfall.SHARES_BELOW_ONE),
    ],
)
def test_complete_in_force(
    stated: list[tuple[int, str, str, int | None]],
    inflows: list[list[tuple[int, str, float, float]]],
    in_force: Sourcing,
    is_open: bool,
    shortfall: Shortfall | None,
) -> None:
    found = sourcing_state(stated, inflows)
    assert (found.in_force, found.is_open_end, found.shortfall) == (in_force, is_open, shortfall)


def test_what_is_made_inside_counts_for_the_whole() -> None:
    assert sourcing_state(row("complete", 0), [], made=True).in_force is Sourcing.COMPLETE
    assert sourcing_state(row("complete", 1), [share(0, 0.5)], made=True).in_force is Sourcing.COMPLETE


def test_a_contract_is_complete_by_default_and_never_without_a_delivery() -> None:
    assert not sourcing_state([], [share(0, 1)], contract=True).is_open_end
    assert sourcing_state([], [], contract=True).is_open_end
    assert sourcing_state(row("complete", 0), [], contract=True).is_open_end
    assert sourcing_state([], [share(0, 0.5)], contract=True).is_open_end


@pytest.mark.parametrize("seed", range(12))
def test_one_item_at_a_time_agrees_with_all_at_once(seed: int) -> None:
    """`sourcing_state` for one, `Portfolio` for all: the same open ends on random worlds."""
    with random_world(seed) as (store, lenses):
        for lens in lenses:
            portfolio = Portfolio(store.portfolio(lens), store.catalogue(), infers=lens.infers)
            for position, item in enumerate(portfolio.items.ids):
                portrait = show(item, lens, store).portraits[0]
                assert portrait.sourcing is not None
                assert portrait.sourcing.is_open_end == bool(portfolio.open_items[position]), item
            for position, contract_id in enumerate(portfolio.contract_ids):
                found = store.descriptions(Label.CONTRACT, [contract_id], lens)
                assert found
                claims = store.links_of([contract_id], [RelationshipType.DELIVERED_UNDER], "upstream", lens)
                state = sourcing_state(sourcing_rows(found), shares_by_start(claims), contract=True)
                assert state.is_open_end == bool(portfolio.open_contracts[position])


def portfolio_of(path: Path, *said: Statement) -> Portfolio:
    store = filled(path / "store.db", *said)
    return Portfolio(store.portfolio(LENS), store.catalogue(), infers=True)


CHAIN = (
    describes(contract("c1")),
    delivered("s1/gloves", "c1"),
    supplies("s2/gloves", "s1/gloves"),
    supplies("s3/gloves", "s2/gloves"),
    offers("s1/gloves", attributes={"sourcing": "complete", "source_count": 1}),
    offers("s2/gloves", attributes={"sourcing": "complete", "source_count": 1}),
    offers("s3/gloves", attributes={"sourcing": "origin"}),
)


@pytest.mark.parametrize(
    ("max_tier", "basis", "listed", "truncated"),
    [
        (1, Basis.GOODS_MATCH, ["s1/gloves"], True),
        (2, Basis.GOODS_MATCH, ["s2/gloves"], True),
        (3, Basis.COMPLETE_CHAIN, [], False),
        (9, Basis.COMPLETE_CHAIN, [], False),
    ],
)
def test_a_limit_on_tiers_makes_a_cut_item_a_relevant_open_end(
    tmp_path: Path, max_tier: int, basis: Basis, listed: list[str], truncated: bool
) -> None:
    limited = TierLimited(portfolio_of(tmp_path, *CHAIN), {"gloves"}, max_tier)
    outlook, open_ends = limited.judged("c1")
    assert (outlook.basis, open_ends.ids, limited.truncated) == (basis, listed, truncated)
