"""Who delivers under each contract of a portfolio (pure)."""

from __future__ import annotations

import numpy as np

from tracegraph.walk.portfolio import Flags, Portfolio
from tracegraph.walk.propagate import Ints


class Deliverers:
    """The distinct pairs of a contract and a holder of what is delivered under it.

    Parameters
    ----------
    portfolio : Portfolio
        Everything that carries goods under one lens.

    Attributes
    ----------
    holders : list of str
        Ids of those who deliver, sorted.
    contract, holder : int64 arrays
        By pair: position of the contract, and of the holder in `holders`; sorted by both.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self._contract_of: Ints = portfolio.deliveries.end - portfolio.n  # by delivery
        self._count = len(portfolio.contract_ids)
        names = [portfolio.items.holders[item] for item in portfolio.deliveries.start.tolist()]
        self.holders = sorted(set(names))
        places = {name: place for place, name in enumerate(self.holders)}
        holder: Ints = np.array([places[name] for name in names], dtype=np.int64)
        width = max(1, len(self.holders))
        pairs, self._pair_of = np.unique(self._contract_of * width + holder, return_inverse=True)
        self.contract: Ints = pairs // width
        self.holder: Ints = pairs % width
        self._first: Ints = np.searchsorted(self.contract, np.arange(self._count + 1))

    def to_ask(self, relevant: Flags) -> Flags:
        """Return, by pair, whether the holder is to be asked about the contract, should it have no route.

        Parameters
        ----------
        relevant : bool array by delivery
            Whether a relevant open end lies upstream of what is delivered. Where that holds for no delivery of a
            contract, all of its holders are to be asked.
        """
        some = np.zeros(self._count, dtype=bool)
        some[self._contract_of[relevant]] = True
        return self.through(relevant | ~some[self._contract_of])

    def through(self, deliveries: Flags) -> Flags:
        """Return, by pair, whether the holder makes one of these deliveries under the contract."""
        chosen = np.zeros(len(self.contract), dtype=bool)
        chosen[self._pair_of[deliveries]] = True
        return chosen

    def of(self, contract: int, chosen: Flags) -> tuple[str, ...]:
        """Return the chosen holders of one contract, by its position, sorted."""
        first, beyond = self._first[contract], self._first[contract + 1]
        held = self.holder[first:beyond][chosen[first:beyond]]
        return tuple(self.holders[place] for place in held.tolist())
