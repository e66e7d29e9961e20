"""Small networks of links for the tests of reliability, and their probability by enumeration of all worlds."""

from __future__ import annotations

import random
from collections.abc import Iterable
from itertools import pairwise, product
from typing import Any

import networkx as nx

from tracegraph.graph.reliability_graph import Assertion, Link
from tracegraph.graph.reliability_network import Network, build_network
from tracegraph.graph.route_graph import START, Node

TARGET: Node = ("c", 0)

#: Tail, head ("s" is the start, "c" the target), and (evidence, confidence) of each assertion, or one probability.
Edge = tuple[str, str, float | list[tuple[str, float]]]


def node(name: str) -> Node:
    return START if name == "s" else (name, 0)


def links(edges: Iterable[Edge], *, both_ways: bool = False) -> nx.DiGraph[Node]:
    """The graph of links; a number alone is evidence of its own, 1 a certain step; both ways: one link in two edges."""
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_node(START)
    for tail, head, said in edges:
        asserted = [(f"own:{tail}>{head}", said)] if isinstance(said, int | float) else said
        link = Link(tail, head, False, tuple(sorted(Assertion(*one) for one in asserted)))
        kept = None if said == 1 else link
        graph.add_edge(node(tail), node(head), link=kept)
        if both_ways and tail != "s" and head != "c":
            graph.add_edge(node(head), node(tail), link=kept)
    return graph


def network(edges: Iterable[Edge], *, both_ways: bool = False, w: float = 0.5) -> tuple[Network, int]:
    """The network to the target, and the target's number."""
    built = build_network(links(edges, both_ways=both_ways), [TARGET], w)
    assert built is not None
    return built, built.number[TARGET]


def enumerated(graph: nx.DiGraph[Node], w: float = 0.5, settled: dict[Link, bool] | None = None) -> float:
    """The probability that the target is reached: the definition itself, world by world.

    A world says of every document how far it is right (which of its thresholds ``c ** w`` its variable lies below), and
    of every assertion whether it is right on its link.
    """
    every = sorted({edge["link"] for _, _, edge in graph.edges(data=True)} - {None})
    assertions = [(link, assertion) for link in every for assertion in link.assertions]
    evidence = sorted({assertion.evidence for _, assertion in assertions})
    cuts = {e: sorted({a.confidence**w for _, a in assertions if a.evidence == e} | {0.0, 1.0}) for e in evidence}
    total = 0.0
    for cells in product(*(list(pairwise(cuts[e])) for e in evidence)):
        upper = {e: high for e, (_, high) in zip(evidence, cells, strict=True)}
        weight = 1.0
        for low, high in cells:
            weight *= high - low
        chances = []
        for link in every:
            missing = 1.0
            for assertion in link.assertions:
                if upper[assertion.evidence] <= assertion.confidence**w:
                    missing *= 1 - assertion.confidence ** (1 - w)
            chances.append(1 - missing)
        if settled:
            chances = [float(settled[link]) if link in settled else p for link, p in zip(every, chances, strict=True)]
        total += weight * _independent(graph, every, chances)
    return total


def _independent(graph: nx.DiGraph[Node], every: list[Link], chances: list[float]) -> float:
    total = 0.0
    for exists in product((False, True), repeat=len(every)):
        weight = 1.0
        for there, p in zip(exists, chances, strict=True):
            weight *= p if there else 1 - p
        if weight:
            alive = {None, *(link for link, yes in zip(every, exists, strict=True) if yes)}
            world: nx.DiGraph[Any] = nx.DiGraph()
            world.add_nodes_from(graph)
            world.add_edges_from((a, b) for a, b, edge in graph.edges(data=True) if edge["link"] in alive)
            total += weight * (TARGET in world and nx.has_path(world, START, TARGET))
    return total


def random_edges(chance: random.Random, *, most: int = 8, connected: bool = False) -> list[Edge]:
    """A random network of up to so many links, with shared sources and circles; connected: with a way to the target."""
    names = ["s", *"abde", "c"]
    found: dict[tuple[str, str], Edge] = {}
    if connected:
        found = {(tail, head): (tail, head, [("src-1", 0.7)]) for tail, head in (("s", "d"), ("d", "c"))}
    for _ in range(chance.randint(3, most)):
        tail, head = sorted(chance.sample(range(len(names)), 2))
        if tail > 0 and head < len(names) - 1 and chance.random() < 0.4:
            tail, head = head, tail
        said: list[tuple[str, float]] = [
            (source, chance.choice([0.2, 0.5, 0.7, 0.9, 1.0]))
            for source in chance.sample(["src-1", "src-2", "src-3", "own"], chance.choice([1, 1, 2]))
        ]
        said = [(f"own:{tail}>{head}" if source == "own" else source, p) for source, p in said]
        found[names[tail], names[head]] = (names[tail], names[head], said)
    return list(found.values())
