"""What flows into what, for shares: every item's and every contract's inflows as arrays (pure; `docs/model.md`, 8).

An inferred inflow brings what its origin has *without* the origin's own inferred inflows (two inferred steps never
follow one another), so an item with inferred inflows is two nodes: with all its inflows, and with those by claims
alone. Nodes are numbered in topological order of the circles among them, so that one sweep settles all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from tracegraph.graph.csr import Csr, csr_of, reached
from tracegraph.products import Catalogue
from tracegraph.walk.portfolio import Flags, Portfolio
from tracegraph.walk.portfolio_columns import Floats
from tracegraph.walk.propagate import Flow, Ints


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes with their inflows, in topological order; inflows may also come from places outside.

    Attributes
    ----------
    first : int64 array of shape (m + 1,)
        The inflows of node k are ``first[k]`` to ``first[k + 1]``.
    origin : int64 array of shape (n_inflows,)
        Node that an inflow comes from; m and above: a place outside.
    low, high : float arrays of shape (n_inflows,)
        Share of the inflow, in [0, 1].
    ingredient : bool array of shape (n_inflows,)
        Whether it is an ingredient of the node's own making; else it is an alternative to the other sources.
    bought : bool array of shape (n_inflows,)
        Whether it is a purchase, which adds a tier.
    has_rest : bool array of shape (m,)
        Whether goods may come from sources that nobody listed: no `complete` is in force.
    layer : int64 array of shape (m,)
        Not descending. Inflows come from lower layers, or from nodes of the same circle.
    circle : int64 array of shape (m,)
        Number of the circle that a node is part of; -1: of none.
    """

    first: Ints
    origin: Ints
    low: Floats
    high: Floats
    ingredient: Flags
    bought: Flags
    has_rest: Flags
    layer: Ints
    circle: Ints

    @property
    def size(self) -> int:
        """Number of nodes."""
        return len(self.has_rest)

    def inflows(self, nodes: Ints) -> tuple[Ints, Ints]:
        """Return the inflows of nodes: positions of the inflows, and for each the place of its node among `nodes`."""
        counts = self.first[nodes + 1] - self.first[nodes]
        owner = np.repeat(np.arange(len(nodes)), counts)
        before = np.cumsum(counts) - counts
        return np.arange(len(owner)) - np.repeat(before - self.first[nodes], counts), owner


class ShareNetwork:
    """The network of a whole portfolio.

    Parameters
    ----------
    portfolio : Portfolio
        Everything that carries goods under one lens.

    Attributes
    ----------
    network : Network
        All nodes.
    position : int64 array by node
        The item's position in the portfolio; for contracts, position of the contract plus number of items.
    full, claimed : int64 arrays by item
        Its node with all inflows, and its node without inferred inflows (the same where it has none).
    contract : int64 array by contract
        Its node.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        n, contracts = portfolio.n, len(portfolio.contract_ids)
        inferred = _not_claimed(portfolio)
        split = np.unique(inferred[1])
        size = n + contracts + len(split)
        claimed = np.arange(n)
        claimed[split] = np.arange(n + contracts, size)
        position = np.concatenate([np.arange(n + contracts), split])
        start, end, low, high, ingredient, bought = _inflows(portfolio, inferred, claimed)
        flow = Flow(size, start, end)
        layer, circle = _layers(flow, size)
        order = np.argsort(layer, kind="stable")
        node = np.empty(size, dtype=np.int64)
        node[order] = np.arange(size)
        by_end = np.argsort(node[end], kind="stable")
        complete = np.concatenate([portfolio.complete_items, portfolio.complete_contracts])
        self.position = position[order]
        self.network = Network(
            first=np.searchsorted(node[end][by_end], np.arange(size + 1)),
            origin=node[start][by_end],
            low=low[by_end],
            high=high[by_end],
            ingredient=ingredient[by_end],
            bought=bought[by_end],
            has_rest=~complete[self.position],
            layer=layer[order],
            circle=circle[order],
        )
        self.full, self.claimed = node[:n], node[claimed]
        self.contract = node[n : n + contracts]

    @property
    def is_full(self) -> Flags:
        """Whether each node is an item with all its inflows, or a contract."""
        flags = np.zeros(self.network.size, dtype=bool)
        flags[self.full], flags[self.contract] = True, True
        return flags

    def nodes_of(self, items: Iterable[int]) -> set[int]:
        """Return the nodes of items, with and without their inferred inflows."""
        return {int(node) for item in items for node in (self.full[item], self.claimed[item])}

    @cached_property
    def _outflows(self) -> Csr:
        """By node: the nodes that its goods flow into."""
        network = self.network
        ends = np.repeat(np.arange(network.size), np.diff(network.first))
        inside = network.origin < network.size  # not from a place outside
        return csr_of(network.size, network.origin[inside], ends[inside])

    def downstream(self, nodes: Iterable[int]) -> Ints:
        """Return the nodes, and all into which their goods flow, in order."""
        return np.sort(reached(self._outflows, list(set(nodes)))).astype(np.int64)

    def leading(self, nodes: Ints, ends: Iterable[int]) -> Ints:
        """Return those of some nodes whose goods flow, through others of them, into one of these ends, in order.

        The ends are among the nodes. Where `nodes` are all that goods of interest flow into, what flows into the ends
        comes through these alone.
        """
        inside = np.zeros(self.network.size, dtype=bool)
        inside[nodes] = True
        first, origin = self.network.first, self.network.origin
        seen = set(ends)
        waiting = list(seen)
        while waiting:
            node = waiting.pop()
            inflows = origin[first[node] : first[node + 1]]
            inflows = inflows[inflows < len(inside)]
            for start in inflows[inside[inflows]].tolist():
                if start not in seen:
                    seen.add(start)
                    waiting.append(start)
        return np.array(sorted(seen), dtype=np.int64)

    def part(self, nodes: Ints) -> tuple[Network, Ints]:
        """Return the network of some nodes (ascending), and the nodes outside that their inflows come from.

        In it, node k is ``nodes[k]``, and place m + k is the k-th node outside.
        """
        whole = self.network
        inflows, owner = whole.inflows(nodes)
        origin = whole.origin[inflows]
        place = np.minimum(np.searchsorted(nodes, origin), len(nodes) - 1)
        inside = nodes[place] == origin
        outside, number = np.unique(origin[~inside], return_inverse=True)
        place[~inside] = len(nodes) + number
        return Network(
            first=np.searchsorted(owner, np.arange(len(nodes) + 1)),
            origin=place,
            low=whole.low[inflows],
            high=whole.high[inflows],
            ingredient=whole.ingredient[inflows],
            bought=whole.bought[inflows],
            has_rest=whole.has_rest[nodes],
            layer=whole.layer[nodes],
            circle=whole.circle[nodes],
        ), outside


def _not_claimed(portfolio: Portfolio) -> tuple[Ints, Ints]:
    """Return the inferred steps between items between which no claim stands: a claim replaces the inferred step."""
    pairs = [portfolio.inferred, portfolio.supplies, portfolio.becomes]
    inferred, *claims = (p.start * portfolio.n + p.end for p in pairs)
    kept = ~np.isin(inferred, np.concatenate(claims))
    return portfolio.inferred.start[kept], portfolio.inferred.end[kept]


def _inflows(
    portfolio: Portfolio, inferred: tuple[Ints, Ints], claimed: Ints
) -> tuple[Ints, Ints, Floats, Floats, Flags, Flags]:
    """Return start, end, low share, high share of every inflow, and whether it is an ingredient, and bought."""
    products, catalogue = portfolio.items.products, portfolio.catalogue
    claims = [portfolio.supplies, portfolio.becomes, portfolio.deliveries]
    start = np.concatenate([pairs.start for pairs in claims])
    end = np.concatenate([pairs.end for pairs in claims])
    low = np.concatenate([pairs.low for pairs in claims])
    high = np.concatenate([pairs.high for pairs in claims])
    made = np.zeros(len(start), dtype=bool)
    at = len(portfolio.supplies.start)
    bought = np.arange(len(start)) < at
    becomes = portfolio.becomes
    made[at : at + len(becomes.start)] = _ingredients(becomes.start, becomes.end, products, catalogue)
    into = np.minimum(end, portfolio.n - 1) if portfolio.n else end
    again = (end < portfolio.n) & (claimed[into] != into) if portfolio.n else np.zeros(0, dtype=bool)
    none, every = np.zeros(len(inferred[0])), np.ones(len(inferred[0]))
    return (
        np.concatenate([start, start[again], claimed[inferred[0]]]),
        np.concatenate([end, claimed[end[again]], inferred[1]]),
        np.concatenate([low, low[again], none]),
        np.concatenate([high, high[again], every]),
        np.concatenate([made, made[again], _ingredients(*inferred, products, catalogue)]),
        np.concatenate([bought, bought[again], none > 0]),
    )


def _ingredients(start: Ints, end: Ints, products: list[str], catalogue: Catalogue) -> Flags:
    """Return, for each step inside a maker, whether it brings an ingredient, rather than the same goods."""

    @cache
    def is_ingredient(p: str, q: str) -> bool:
        return not catalogue.same_goods(p, q)

    pairs = zip(start.tolist(), end.tolist(), strict=True)
    return np.array([is_ingredient(products[a], products[b]) for a, b in pairs], dtype=bool)


def _layers(flow: Flow, size: int) -> tuple[Ints, Ints]:
    """Return, by node, the longest way to its component (Kahn, a layer at a time), and the circle it is part of."""
    component = flow.component
    tails, heads = flow.between
    missing = np.bincount(heads, minlength=flow.n_components)
    first = np.searchsorted(tails, np.arange(flow.n_components + 1))
    layer = np.zeros(flow.n_components, dtype=np.int64)
    ready = np.flatnonzero(missing == 0)
    depth = 0
    while len(ready):
        layer[ready] = depth
        counts = first[ready + 1] - first[ready]
        before = np.cumsum(counts) - counts
        reached = heads[np.arange(int(counts.sum())) - np.repeat(before - first[ready], counts)]
        entered, times = np.unique(reached, return_counts=True)
        missing[entered] -= times
        ready = entered[missing[entered] == 0]
        depth += 1
    members = np.bincount(component, minlength=flow.n_components)
    circle = np.where(members[component] > 1, component, -1) if size else component
    return layer[component], circle
