"""The sources of some nodes, and how shares are poured into them (pure; `docs/model.md`, section 8).

A node's sources are its alternatives, its own making (one source for all ingredients together) and the rest that
nobody listed. Their shares sum to 1. The high bound pours what is left above the low shares into the sources of the
highest value first, the low bound into those of the lowest value first, none beyond its high share.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from tracegraph.graph.share_network import Network
from tracegraph.walk.portfolio import SHARE_TOLERANCE, Flags
from tracegraph.walk.portfolio_columns import Floats
from tracegraph.walk.propagate import Ints

#: Less than this of a share is rounding: in a circle that nothing else enters it would pass for an inflow.
NOTHING: Final = 1e-12


class Side(StrEnum):
    """Which bound."""

    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Ingredients:
    """Inflows that go into the own making of nodes; parallel arrays, ``making`` numbers the nodes that make."""

    making: Ints
    origin: Ints
    low: Floats
    high: Floats
    makings: int

    def brought(self, of: Floats, side: Side) -> Floats:
        """Return what each brings: its low share of the low bound, or its high share of the high bound."""
        return self.share(side) * of[self.origin]

    def share(self, side: Side) -> Floats:
        """Return the share of each that counts for a bound."""
        return self.high if side is Side.HIGH else self.low

    def values(self, of: Floats, side: Side) -> Floats:
        """Return, by making, ``max(l_i * low_i)`` or ``min(1, sum(u_i * high_i))``."""
        brought = self.brought(of, side)
        if side is Side.HIGH:
            return np.minimum(1.0, np.bincount(self.making, weights=brought, minlength=self.makings))
        found = np.zeros(self.makings)
        np.maximum.at(found, self.making, brought)
        return found


class Sources:
    """The sources of some nodes of a network.

    Parameters
    ----------
    network : Network
        Where the nodes are.
    nodes : int64 array
        The nodes; below, *owner* numbers them.

    Attributes
    ----------
    owner : int64 array of shape (n_sources,)
        Owner of each source: first the alternatives, then own making, then the rests.
    origin : int64 array
        Of the alternatives: the node that they come from.
    low, room : float arrays of shape (n_sources,)
        Low share, and what the high share adds to it.
    left : float array by owner
        What the low shares leave of 1.
    contradictory : bool array by owner
        Whether the low shares sum to more than 1, or the high shares to less with no rest to take it.
    """

    def __init__(self, network: Network, nodes: Ints) -> None:
        self.count, self.nodes = len(nodes), nodes
        inflows, owner = network.inflows(nodes)
        made = network.ingredient[inflows]
        makers, making = np.unique(owner[made], return_inverse=True)
        used = inflows[made]
        self.ingredients = Ingredients(making, network.origin[used], network.low[used], network.high[used], len(makers))
        alternatives = inflows[~made]
        rests = np.flatnonzero(network.has_rest[nodes])
        self.origin, self.rests = network.origin[alternatives], nodes[rests]
        self.owner = np.concatenate([owner[~made], makers, rests])
        free = np.zeros(len(makers) + len(rests))
        self.low = np.concatenate([network.low[alternatives], free])
        high = np.concatenate([network.high[alternatives], free + 1.0])
        self.room = high - self.low
        self.left = 1.0 - self.sum(self.low)
        short = self.sum(high) < 1 - SHARE_TOLERANCE
        self.has_source: Flags = np.bincount(self.owner, minlength=self.count) > 0
        self.contradictory: Flags = ((self.left < -SHARE_TOLERANCE) | short) & self.has_source

    def values(self, of: Floats, rest: Floats, side: Side) -> Floats:
        """Return the value of each source, from values by node and the values of rests by node."""
        return np.concatenate([of[self.origin], self.ingredients.values(of, side), rest[self.rests]])

    def shares(self, values: Floats, side: Side) -> Floats:
        """Return the share that each source gets, from the values of the sources.

        Where shares contradict each other, all goes to the source of the highest (lowest) value.
        """
        preferred = np.lexsort((-values if side is Side.HIGH else values, self.owner))
        room, owner = self.room[preferred], self.owner[preferred]
        poured = np.cumsum(room)
        start = np.flatnonzero(np.diff(owner, prepend=-1))
        before = np.zeros(self.count)
        before[owner[start]] = poured[start] - room[start]
        taken = np.clip(self.left[owner] - (poured - room - before[owner]), 0.0, room)
        taken[taken < NOTHING] = 0.0
        shares = np.empty(len(values))
        shares[preferred] = self.low[preferred] + taken
        if self.contradictory.any():
            shares[self.contradictory[self.owner]] = 0.0
            shares[preferred[start[self.contradictory[owner[start]]]]] = 1.0
        return shares

    def pour(self, of: Floats, rest: Floats, side: Side) -> Floats:
        """Return the bound of each owner; 0 for one without any source."""
        values = self.values(of, rest, side)
        return np.clip(self.sum(self.shares(values, side) * values), 0.0, 1.0)

    def sum(self, weights: Floats) -> Floats:
        """Return the sum over the sources of each owner."""
        return np.bincount(self.owner, weights=weights, minlength=self.count).astype(np.float64)
