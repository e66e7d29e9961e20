"""What the open ends say of every contract at once, for one set of products at stake after another (pure).

The same as `tracegraph.walk.open_ends.Outlooks`, contract by contract; here the classes of open ends upstream are rows
of a bit table, so that a set of products costs a few passes over machine words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from tracegraph.vocabulary import Basis
from tracegraph.walk.class_table import ClassTable
from tracegraph.walk.open_ends import flags_of, meaning_for
from tracegraph.walk.portfolio import Flags, Portfolio

#: What the codes of `OutlookTable.codes` stand for, should the contract have no route.
BASES: Final = (Basis.GOODS_MATCH, Basis.NOT_EXCLUDED, Basis.OTHER_PRODUCTS, Basis.COMPLETE_CHAIN)
#: Codes below it mean that a relevant open end lies upstream.
RELEVANT_BELOW: Final = 2
Codes = npt.NDArray[np.uint8]


class OutlookTable:
    """The open ends upstream of all contracts of a portfolio.

    Parameters
    ----------
    portfolio : Portfolio
        The pass over everything under the lens.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self._portfolio = portfolio

    def codes(self, at_stake: Collection[str]) -> Codes:
        """Return, by contract, the position in `BASES` of what the open ends say.

        Notes
        -----
        Cost: the distinct sets of classes, times their number in words of 64.
        """
        sets = self._of_contracts
        relevant, match = self._classes(at_stake)
        found = np.where(sets.holds_any, 2, 3).astype(np.uint8)
        found[sets.meets(relevant)] = 1
        found[sets.meets(match)] = 0
        codes: Codes = found[sets.of]
        codes[self._portfolio.open_contracts] = 0
        return codes

    def leads_from_open(self, at_stake: Collection[str]) -> Flags:
        """Return, by delivery of the portfolio, whether a relevant open end lies upstream of what is delivered."""
        relevant, _ = self._classes(at_stake)
        portfolio, sets = self._portfolio, self._portfolio.component_table
        component = portfolio.flow.component[portfolio.n + portfolio.deliveries.start]
        flags: Flags = sets.meets(relevant)[sets.of[component]]
        return flags

    def _classes(self, at_stake: Iterable[str]) -> tuple[Flags, Flags]:
        """Return, by class, whether it is relevant for one of the products, and whether it matches the goods then."""
        relevant, match, _ = meaning_for(at_stake, self._portfolio)
        return flags_of(relevant, self._portfolio), flags_of(match, self._portfolio)

    @cached_property
    def _of_contracts(self) -> ClassTable:
        return ClassTable(self._portfolio.contract_classes, len(self._portfolio.classes))
