"""What the open ends say of all contracts at once is what they say of each."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.contract.build import LENS, contract, delivered, describes, offers
from tests.unit.demo_world import filled
from tests.unit.random_worlds import random_world
from tracegraph.services.portfolios import Portfolios
from tracegraph.vocabulary import UNSPECIFIED
from tracegraph.walk.open_ends import Outlooks
from tracegraph.walk.outlook_table import BASES, OutlookTable


@pytest.mark.parametrize("seed", range(6))
def test_it_says_what_is_said_of_each_contract(seed: int) -> None:
    with random_world(seed) as (store, lenses):
        products = sorted(store.catalogue().products)
        for lens in lenses:
            portfolio = Portfolios(store).under(lens).portfolio
            table = OutlookTable(portfolio)
            for at_stake in (
                {UNSPECIFIED},
                set(),
                set(products),
                *({p, q} for p, q in zip(products, products[3:], strict=False)),
            ):
                outlooks = Outlooks(portfolio, at_stake)
                codes = table.codes(at_stake).tolist()
                assert [BASES[code] for code in codes] == [outlooks.of(c).basis for c in portfolio.contract_ids]


def test_more_classes_than_a_word_has_bits_and_none(tmp_path: Path) -> None:
    goods = [f"p{number}" for number in range(130)]
    said = [
        statement
        for product in goods
        for statement in (describes(contract(f"c-{product}")), delivered(f"s1/{product}", f"c-{product}"))
    ]
    closed = [offers(f"s1/{product}", attributes={"sourcing": "origin"}) for product in goods]
    for number, statements in enumerate((said, said + closed, [offers("s1/p1")])):
        store = filled(tmp_path / f"{number}.db", *statements)
        portfolio = Portfolios(store).under(LENS).portfolio
        assert len(portfolio.classes) == (130, 0, 1)[number]
        for at_stake in ({"p1"}, {"p0", "p129"}, {UNSPECIFIED}):
            expected = [Outlooks(portfolio, at_stake).of(c).basis for c in portfolio.contract_ids]
            assert [BASES[code] for code in OutlookTable(portfolio).codes(at_stake).tolist()] == expected
