"""Shares without circles, computed in two other ways: a linear programme, and one allocation at random after another.

Both read the sources of each item (`tests.oracle.shares.Supply`) and nothing of the pouring, so that sources and
bounds are tested apart.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TypeAlias

import networkx as nx
from scipy.optimize import linprog

from tests.oracle.answer import OpenEnds, open_ends
from tests.oracle.dataset import Tables, dataset_from_tables
from tests.oracle.scope import Scope, Selector, resolve
from tests.oracle.shares import Inflow, Node, Sources, Supply
from tests.oracle.world import Lens, World
from tests.strategies import Query

MOST_PLACES = 1500  # of an unrolled chain
Row: TypeAlias = dict[int, float]


class TooLarge(Exception):
    """The chain has too many routes to be unrolled."""


@dataclass(frozen=True)
class Chain:
    """What lies upstream of one contract: sources by node, and which items are affected (True: for certain)."""

    root: Node
    sources: dict[Node, Sources]
    affected: dict[str, bool]

    @property
    def has_circle(self) -> bool:
        """Not counted where an affected item lies between it and the contract: what is behind that does not matter."""
        graph: nx.DiGraph[Node] = nx.DiGraph()
        graph.add_node(self.root)
        for node, sources in self.sources.items():
            if not self.affected.get(node[0]):
                inflows = (*sources.alternatives, *sources.ingredients)
                graph.add_edges_from((inflow.origin, node) for inflow in inflows if inflow.origin)
        matters = graph.subgraph(nx.ancestors(graph, self.root) | {self.root})
        return not nx.is_directed_acyclic_graph(matters)

    @property
    def has_candidate(self) -> bool:
        return any(self.affected.get(item) is False for item, _ in self.sources)


def chains_of(tables: Tables, query: Query, contracts: list[str]) -> dict[str, Chain]:
    """The chain of each contract, as the question sees it."""
    world = World(dataset_from_tables(tables), Lens.of(query["lens"]))
    scope = resolve(world, [Selector.of(given) for given in query["scope"]])
    return {c: chain_of(world, scope, c, open_ends(world, scope, c, query["max_tier"])) for c in contracts}


def chain_of(world: World, scope: Scope, contract: str, ends: OpenEnds) -> Chain:
    sources = Supply(world, ends.relevant, ends.cut).upstream([contract])
    return Chain((contract, True), sources, scope.affected)


# --- a linear programme -------------------------------------------------------------------------------------------


@dataclass
class Programme:
    """Volumes of goods from the contract upwards, and of each volume the part that has passed an affected item.

    Every route is a branch of its own: the programme does not know that an item decides once for all its buyers.
    """

    chain: Chain
    unmapped_counts: bool = True
    number: int = 0
    places: int = 0
    equal_zero: list[Row] = field(default_factory=list)
    at_most_zero: list[Row] = field(default_factory=list)

    def bounds(self) -> tuple[float, float]:
        """The least and the most of one unit of the contract's value."""
        volume = self.new()
        part = self.part_of(self.chain.root, volume)
        return self.solve(part, volume, 1), -self.solve(part, volume, -1)

    def solve(self, part: int, volume: int, sign: int) -> float:
        wanted = [0.0] * self.number
        wanted[part] = sign
        done = linprog(
            wanted,
            A_ub=[[row.get(n, 0.0) for n in range(self.number)] for row in self.at_most_zero] or None,
            b_ub=[0.0] * len(self.at_most_zero) or None,
            A_eq=[[row.get(n, 0.0) for n in range(self.number)] for row in [*self.equal_zero, {volume: 1.0}]],
            b_eq=[0.0] * len(self.equal_zero) + [1.0],
        )
        assert done.status == 0, done.message
        assert done.fun is not None
        return float(done.fun)

    def new(self) -> int:
        self.number += 1
        return self.number - 1

    def part_of(self, node: Node, volume: int) -> int:
        """The affected part of a volume that comes from this node."""
        self.places += 1
        if self.places > MOST_PLACES:
            raise TooLarge
        certain = self.chain.affected.get(node[0])
        if certain:
            return volume
        sources = self.chain.sources[node]
        parts = [self.inflow(alternative, volume, sources.contradict) for alternative in sources.alternatives]
        if sources.ingredients:
            parts.append(self.own_making(sources.ingredients))
        if sources.has_rest:
            rest = self.new()
            parts.append((rest, self.unknown_part(rest, sources.rest_is_unmapped)))
        if parts:  # the sources make up the volume
            self.equal_zero.append({volume: -1.0} | {flow: 1.0 for flow, _ in parts})
        whole = self.new()
        row = {whole: -1.0} | {part: 1.0 for _, part in parts}
        if certain is None:
            self.equal_zero.append(row)
        else:  # a candidate: all of it, or at least what its inflows give
            self.at_most_zero += [row, {whole: 1.0, volume: -1.0}]
        return whole

    def inflow(self, inflow: Inflow, volume: int, any_share: bool = False) -> tuple[int, int]:
        """A volume within the shares of an inflow, and its affected part."""
        flow = self.new()
        if not any_share:
            self.at_most_zero.append({flow: -1.0, volume: float(inflow.low)})
            self.at_most_zero.append({flow: 1.0, volume: -float(inflow.high)})
        if inflow.origin is None:
            return flow, self.unknown_part(flow, unknown=True)
        return flow, self.part_of(inflow.origin, flow)

    def own_making(self, ingredients: tuple[Inflow, ...]) -> tuple[int, int]:
        """All that has an affected ingredient: as much as the largest part, as little as all, or as their sum."""
        made, part = self.new(), self.new()
        parts = [self.inflow(ingredient, made)[1] for ingredient in ingredients]
        self.at_most_zero += [{part: -1.0, of_one: 1.0} for of_one in parts]
        self.at_most_zero += [{part: 1.0, made: -1.0}, {part: 1.0} | dict.fromkeys(parts, -1.0)]
        return made, part

    def unknown_part(self, volume: int, unknown: bool) -> int:
        part = self.new()
        if unknown and self.unmapped_counts:
            self.at_most_zero.append({part: 1.0, volume: -1.0})
        else:
            self.equal_zero.append({part: 1.0})
        return part


# --- allocations at random ----------------------------------------------------------------------------------------


@dataclass
class Allocation:
    """One possible world: shares that are within all bounds, and sum to one where they must."""

    chain: Chain
    chance: random.Random
    known: dict[Node, float] = field(default_factory=dict)

    def share(self) -> float:
        return self.value(self.chain.root)

    def value(self, node: Node) -> float:
        if self.chain.affected.get(node[0]):
            return 1.0
        if node not in self.known:
            self.known[node] = self.computed(self.chain.sources[node])
        return self.known[node]

    def computed(self, sources: Sources) -> float:
        ranges = [(float(a.low), float(a.high)) for a in sources.alternatives]
        values = [self.brought(a) for a in sources.alternatives]
        if sources.ingredients:
            values.append(self.made(sources.ingredients))
        if sources.has_rest:
            values.append(self.anything() if sources.rest_is_unmapped else 0.0)
        ranges += [(0.0, 1.0)] * (len(values) - len(ranges))
        if sources.contradict:  # nobody knows which claim is wrong
            ranges = [(0.0, 1.0)] * len(ranges)
        return sum(share * value for share, value in zip(self.shares(ranges), values, strict=True))

    def brought(self, inflow: Inflow) -> float:
        return self.value(inflow.origin) if inflow.origin else self.anything()

    def made(self, ingredients: tuple[Inflow, ...]) -> float:
        """What has the one or the other ingredient: they may be in the same goods or in different ones."""
        parts = []
        for ingredient in ingredients:
            used = float(ingredient.low) + self.anything() * float(ingredient.high - ingredient.low)
            parts.append(used * self.brought(ingredient))
        least, most = max(parts), min(1.0, sum(parts))
        return least + self.anything() * (most - least)

    def shares(self, ranges: list[tuple[float, float]]) -> list[float]:
        """Every source its low share; what is left, in any order and any amounts, until nothing is left."""
        shares = [low for low, _ in ranges]
        left = 1.0 - sum(shares)
        for last in (False, True):
            for n in self.chance.sample(range(len(ranges)), len(ranges)):
                more = max(0.0, min(left, ranges[n][1] - shares[n])) * (1.0 if last else self.anything())
                shares[n] += more
                left -= more
        return shares

    def anything(self) -> float:
        return self.chance.choice((0.0, 1.0, self.chance.random()))
