"""Shares: which part of what passes a node has passed an affected one, as sharp bounds (pure; `docs/model.md`, 8).

One sweep over a network in topological order gives one bound of all its nodes.
"""

from __future__ import annotations

import numpy as np

from tracegraph.graph.share_circles import Circle
from tracegraph.graph.share_network import Network
from tracegraph.graph.share_sources import Side, Sources
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.portfolio_columns import Floats
from tracegraph.walk.propagate import Ints


class Sweep:
    """A network whose affected nodes are known, ready for sweeps.

    Parameters
    ----------
    network : Network
        Nodes and inflows.
    certain : bool array by node
        Affected for certain: worth 1, whatever flows in.
    candidate : bool array by node
        Perhaps affected: worth at most 1, and at least what flows in.

    Notes
    -----
    Sharp where each buyer's allocation is a choice of its own and shares are all that is not known: the bound is then
    reached by some allocation, node by node. Cost: O(inflows * log(largest number of inflows of a node)), and for each
    circle a few sparse linear solves.

    References
    ----------
    R. Givan, S. Leach, T. Dean, Bounded-parameter Markov decision processes, Artificial Intelligence 122, 2000.
    """

    def __init__(self, network: Network, certain: Flags, candidate: Flags) -> None:
        self.network, self.certain, self.candidate = network, certain, candidate
        free = np.flatnonzero(~certain)
        layers = np.split(free, np.flatnonzero(np.diff(network.layer[free])) + 1)
        self._layers = [self._layer(nodes) for nodes in layers if len(nodes)]

    def _layer(self, nodes: Ints) -> tuple[Sources, list[Ints]]:
        """Return the sources of a layer's nodes outside circles, and the members of each circle."""
        circle = self.network.circle[nodes]
        circles = [nodes[circle == number] for number in np.unique(circle[circle >= 0]).tolist()]
        return Sources(self.network, nodes[circle < 0]), circles

    def bound(self, side: Side, rest: Floats, outside: Floats | None = None) -> Floats:
        """Return one bound of every node's share.

        Parameters
        ----------
        side : Side
            Which bound.
        rest : float array by node
            This bound of goods from sources that nobody listed.
        outside : float array, optional
            This bound of the places outside that inflows come from; none by default.

        Returns
        -------
        float array by node
            In [0, 1].
        """
        fixed = self.certain | self.candidate if side is Side.HIGH else self.certain
        values = np.concatenate([fixed.astype(np.float64), np.zeros(0) if outside is None else outside])
        for plain, circles in self._layers:
            if plain.count:
                found = plain.pour(values, rest, side)
                values[plain.nodes] = np.where(fixed[plain.nodes], 1.0, found)
            for members in circles:
                free = members[~fixed[members]]
                values[free] = Circle(Sources(self.network, free), values, rest, side).solve()
        return values[: self.network.size]


def contradictory(network: Network) -> Ints:
    """Return the nodes whose stated shares contradict each other."""
    every = np.arange(network.size)
    return every[Sources(network, every).contradictory]
