"""Shares: which part of what passes a node has passed an affected one, as sharp bounds (pure; `docs/model.md`, 8).

One sweep over a network in topological order gives one bound of all its nodes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tracegraph.graph.share_circles import Circle
from tracegraph.graph.share_network import Network
from tracegraph.graph.share_sources import Side, Sources
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.portfolio_columns import Floats
from tracegraph.walk.propagate import Ints


@dataclass(frozen=True, slots=True)
class Given:
    """What is known before the sweep, for the nodes of a network.

    Attributes
    ----------
    certain : bool array by node
        Affected for certain: worth 1, whatever flows in.
    candidate : bool array by node
        Perhaps affected: worth at most 1, and at least what flows in.
    rest : float array by node
        What goods from sources that nobody listed are worth at most; at least they are worth `rest_low`.
    rest_low : float array by node
        0 for an incident: nothing is known of them.
    """

    certain: Flags
    candidate: Flags
    rest: Floats
    rest_low: Floats


def bound(network: Network, given: Given, side: Side, outside: Floats | None = None) -> Floats:
    """Return one bound of every node's share.

    Parameters
    ----------
    network : Network
        Nodes and inflows.
    given : Given
        What is affected, and what is not known.
    side : Side
        Which bound.
    outside : float array, optional
        The same bound of the places outside that inflows come from; none by default.

    Returns
    -------
    float array by node
        In [0, 1].

    Notes
    -----
    Sharp where each buyer's allocation is a choice of its own and shares are all that is not known: the bound is then
    reached by some allocation, node by node. Cost: O(inflows * log(largest number of inflows of a node)), and for each
    circle a few sparse linear solves.

    References
    ----------
    R. Givan, S. Leach, T. Dean, Bounded-parameter Markov decision processes, Artificial Intelligence 122, 2000.
    """
    fixed = given.certain | given.candidate if side is Side.HIGH else given.certain
    values = np.concatenate([fixed.astype(np.float64), np.zeros(0) if outside is None else outside])
    rest = given.rest if side is Side.HIGH else given.rest_low
    free = np.flatnonzero(~fixed)
    layers = network.layer[free]
    for nodes in np.split(free, np.flatnonzero(np.diff(layers)) + 1):
        if not len(nodes):
            continue
        circle = network.circle[nodes]
        plain = nodes[circle < 0]
        if len(plain):
            values[plain] = Sources(network, plain, side).pour(values, rest)
        for number in np.unique(circle[circle >= 0]).tolist():
            members: Ints = nodes[circle == number]
            values[members] = Circle(Sources(network, members, side), values, rest).solve()
    return values[: network.size]


def contradictory(network: Network) -> Ints:
    """Return the nodes whose stated shares contradict each other."""
    every = np.arange(network.size)
    return every[Sources(network, every, Side.LOW).contradictory]
