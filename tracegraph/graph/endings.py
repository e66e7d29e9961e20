"""Where the value of contracts ends: how much at an origin, a plant, a company, or at what nobody mapped (pure).

The known chain ends at a node that nothing is seen to flow into, and at every stated origin. Shares are then those of
`docs/model.md` section 8, with the ends of one kind as the affected items; all other ends are worth nothing, and so is
an origin's own supply, so that each part of the value ends once. What nobody listed, at items that have other sources
and at contracts, is a kind of its own: there the rests are worth 1, and no item.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import numpy as np

from tracegraph.answer_depth import Ending
from tracegraph.graph.contract_shares import PortfolioShares
from tracegraph.graph.share_network import ShareNetwork
from tracegraph.graph.share_sources import Side
from tracegraph.graph.shares import Sweep
from tracegraph.vocabulary import Grade
from tracegraph.walk.portfolio import Flags, Portfolio
from tracegraph.walk.portfolio_columns import Floats, Ranks
from tracegraph.walk.propagate import Ints

_CODES: Final = {ending: code for code, ending in enumerate(Ending)}


class Endings:
    """Where the value of every contract of one portfolio ends.

    Parameters
    ----------
    shares : PortfolioShares
        Shares in the portfolio.
    identified : bool array by item
        Whether the item is at an identified factory.
    """

    def __init__(self, shares: PortfolioShares, identified: Flags) -> None:
        whole, portfolio = shares.network, shares.portfolio
        network = whole.network
        count = np.diff(network.first)
        owner = np.repeat(np.arange(network.size), count)
        kind, origin = _kinds(portfolio, identified)
        #: Two inferred steps never follow one another: the node of an item without its inferred inflows may be an end
        #: where the item itself is none.
        self._ends: Flags = (kind[whole.position] >= 0) & ((count == 0) | origin[whole.position])
        self._kind: Ints = kind[whole.position]
        self._grade = _grades(portfolio, whole, owner)
        self._nowhere = network.size
        self._network = replace(network, origin=np.where(self._ends[owner], self._nowhere, network.origin))
        self._contract = whole.contract

    def interval(self, kinds: Collection[Ending], at_least: Grade = Grade.INFERRED) -> tuple[Floats, Floats]:
        """Return, by contract, the bounds of the part of its value that ends at one of some kinds of end.

        Parameters
        ----------
        kinds : collection of Ending
            Kinds of end, taken together.
        at_least : Grade
            Only what comes the whole way by links of at least this grade; the rest is worth nothing.

        Returns
        -------
        low, high : float arrays by contract
            In [0, 1].

        Notes
        -----
        Where no goods go round in circles and nothing is made of ingredients, the lows of all kinds together are at
        most 1 and the highs at least 1: each allocation of shares sends every part to one end. Both bounds grow as
        `at_least` falls, because what the sources of a node are worth does, and their shares stay the same.
        Two sweeps over the portfolio.
        """
        codes = [_CODES[kind] for kind in kinds]
        rest = (~self._ends & (Ending.UNMAPPED in kinds)).astype(np.float64)
        seen = np.where(self._grade >= at_least.rank, self._network.origin, self._nowhere)
        network = replace(self._network, origin=seen)
        sweep = Sweep(network, self._ends & np.isin(self._kind, codes), np.zeros(len(rest), dtype=bool))
        low, high = (sweep.bound(side, rest, np.zeros(1))[self._contract] for side in (Side.LOW, Side.HIGH))
        return low, np.maximum(low, high)


def _kinds(portfolio: Portfolio, identified: Flags) -> tuple[Ints, Flags]:
    """Return the kind of end that each item would be (-1: contracts), and whether it is a stated origin."""
    contracts = len(portfolio.contract_ids)
    made = np.array(portfolio.items.at_factory, dtype=bool)
    kind = np.full(portfolio.n, _CODES[Ending.SUPPLIER])
    kind[made] = _CODES[Ending.UNIDENTIFIED_FACTORY]
    kind[identified] = _CODES[Ending.IDENTIFIED_FACTORY]
    kind[portfolio.origin_items] = _CODES[Ending.ORIGIN]
    origin: Flags = np.concatenate([portfolio.origin_items, np.zeros(contracts, dtype=bool)])
    return np.concatenate([kind, np.full(contracts, -1)]), origin


def _grades(portfolio: Portfolio, whole: ShareNetwork, owner: Ints) -> Ranks:
    """Return the rank of the grade of each inflow: of the best claim of its pair of ends, 0 for an inferred step."""
    claims = (portfolio.supplies, portfolio.becomes, portfolio.deliveries)
    width = portfolio.n + len(portfolio.contract_ids)
    codes = np.concatenate([pairs.start * width + pairs.end for pairs in claims])
    ranks = np.concatenate([pairs.grade for pairs in claims])
    wanted = whole.position[whole.network.origin] * width + whole.position[owner]
    if not len(codes):
        return np.zeros(len(wanted), dtype=np.uint8)
    order = np.argsort(codes)
    place = np.minimum(np.searchsorted(codes, wanted, sorter=order), len(codes) - 1)
    found: Ranks = np.where(codes[order[place]] == wanted, ranks[order[place]], 0).astype(np.uint8)
    return found
