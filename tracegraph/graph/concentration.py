"""How concentrated a value is over the plants that its goods come from, as bounds (pure).

A plant counts where it is the first one on the way up from the contract, so that each part of the value counts once:
the glove plant counts, the latex plant behind it does not.

The Herfindahl-Hirschman index is the sum of the squares of the shares. Shares are intervals, and a rest is not known:
it may be spread over any number of places, or all be at one, be it one of those that are known. The index is bounded
over all that may be.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from dataclasses import replace

import numpy as np

from tracegraph.answer import Interval, settled
from tracegraph.graph.contract_shares import PortfolioShares
from tracegraph.graph.share_sources import Side
from tracegraph.graph.shares import Sweep
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.portfolio_columns import Floats
from tracegraph.walk.propagate import Ints


class PlantValues:
    """Which part of each contract's value comes from some plants.

    Parameters
    ----------
    shares : PortfolioShares
        Shares in the portfolio.
    """

    def __init__(self, shares: PortfolioShares) -> None:
        whole, portfolio = shares.network, shares.portfolio
        network = whole.network
        made = np.concatenate([portfolio.items.at_factory, np.zeros(len(portfolio.contract_ids))]).astype(bool)
        self._plant: Flags = made[whole.position]
        owner = np.repeat(np.arange(network.size), np.diff(network.first))
        nowhere = network.size
        self._whole = copy.copy(whole)
        self._whole.network = replace(network, origin=np.where(self._plant[owner], nowhere, network.origin))
        self._whole.__dict__.pop("_outflows", None)  # a copy takes along what was worked out for the other network

    @property
    def mixed(self) -> Flags:
        """Whether each contract has goods made of several ingredients outside plants: they count side by side."""
        network = self._whole.network
        owner = np.repeat(np.arange(network.size), np.diff(network.first))
        made = np.bincount(owner[network.ingredient], minlength=network.size) > 1
        reached = self._whole.downstream(np.flatnonzero(made & ~self._plant).tolist())
        found: Flags = np.isin(self._whole.contract, reached)
        return found

    def at(self, items: Collection[int]) -> tuple[Floats, Floats]:
        """Return, by contract, the bounds of the part of its value that comes from some items of plants.

        Notes
        -----
        Two sweeps over what lies downstream of the items.
        """
        low, high = np.zeros((2, len(self._whole.contract)))
        starts = [node for node in self._whole.nodes_of(items) if self._plant[node]]
        nodes = self._whole.downstream(starts)
        if not len(nodes):
            return low, high
        part, outside = self._whole.part(nodes)
        nothing, beyond = np.zeros(len(nodes)), np.zeros(len(outside))
        sweep = Sweep(part, np.isin(nodes, starts), np.zeros(len(nodes), dtype=bool))
        reached = np.flatnonzero(np.isin(self._whole.contract, nodes))
        places: Ints = np.searchsorted(nodes, self._whole.contract[reached])
        low[reached] = sweep.bound(Side.LOW, nothing, beyond)[places]
        high[reached] = sweep.bound(Side.HIGH, nothing, beyond)[places]
        return low, np.maximum(low, high)


def of_the_sum(low: Floats, high: Floats, rest: float) -> tuple[Floats, Floats, float]:
    """Return bounds of parts as shares of their sum: parts that are counted side by side may sum to more than 1.

    Parameters
    ----------
    low, high : float arrays
        Bounds of each part, in [0, 1].
    rest : float
        The most that a part besides them can be.
    """
    others_low, others_high = low.sum() - low, high.sum() - high + rest
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.where(low > 0, low / (low + others_high), 0.0)
        most = np.where(high > 0, high / (high + others_low), 0.0)
    return least, most, rest / (rest + low.sum()) if rest > 0 else 0.0


def herfindahl(low: Floats, high: Floats, rest: float) -> Interval:
    """Return bounds of the index.

    Parameters
    ----------
    low, high : float arrays
        Bounds of the share of each place, in [0, 1].
    rest : float
        The most that all other places together have, in [0, 1]; shares and rest sum to 1.

    Notes
    -----
    Low: as even as the bounds allow, the rest spread thin (water-filling; sharp for these bounds). High: the rest is at
    one of the places, any of them; of squares the chord over each interval is maximised (a fractional knapsack), which
    never is too low. O(n^2 log n).
    """
    if not len(low):
        return Interval(0.0, 1.0)
    even = _filled(low, high, 1.0 - rest)
    with_rest = [np.minimum(1.0, high + rest * (np.arange(len(low)) == place)) for place in range(len(low))]
    most = max(_chord(low, one) for one in with_rest)
    least = float(np.square(even).sum())
    return Interval(settled(min(1.0, least)), settled(min(1.0, max(least, most, rest * rest))))


def _filled(low: Floats, high: Floats, needed: float) -> Floats:
    """Return the most even shares within the bounds that sum to what is needed, or to as near to it as they can."""
    levels = np.unique(np.concatenate([low, high]))
    sums = np.array([np.clip(level, low, high).sum() for level in levels])
    place = int(np.searchsorted(sums, needed))
    if place == 0:
        return low
    if place == len(levels):
        return high
    before, after = sums[place - 1], sums[place]
    level = levels[place - 1] + (levels[place] - levels[place - 1]) * (needed - before) / (after - before)
    filled: Floats = np.clip(level, low, high)
    return filled


def _chord(low: Floats, high: Floats) -> float:
    """Return the most that the chords of the squares sum to, for shares within the bounds that sum to at most 1."""
    shares = low.copy()
    left = 1.0 - float(low.sum())
    slope = low + high
    for place in np.argsort(-slope, kind="stable").tolist():
        taken = min(max(0.0, left), float(high[place] - low[place]))
        shares[place] += taken
        left -= taken
    return float((slope * shares - low * high).sum())
