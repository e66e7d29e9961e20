"""The chain upstream of a contract as a NetworkX graph: tiers and circles (pure; `docs/model.md`, sections 5 and 7)."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import networkx as nx

from tracegraph.vocabulary import RelationshipType
from tracegraph.walk.cone import Cone

INFERRED: Final = "INFERRED"


def build_chain_graph(cone: Cone) -> nx.MultiDiGraph[str]:
    """Return a cone as a graph of items and contracts.

    Parameters
    ----------
    cone : Cone
        From `tracegraph.walk.reach.reach`, upstream.

    Returns
    -------
    networkx.MultiDiGraph
        One edge for each claim, with its id as key and attributes ``type``, ``tier`` (0 or 1) and ``claim``; one for
        each inferred step, with key ``INFERRED`` and attributes ``type``, ``tier`` (0) and ``rule``.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from(cone.starts)
    for (start, end), claims in cone.claims.items():
        for claim in claims:
            tier = int(claim.type != RelationshipType.BECOMES)
            graph.add_edge(start, end, key=claim.claim_id, type=claim.type, tier=tier, claim=claim)
    for (start, end), rule in cone.inferred.items():
        graph.add_edge(start, end, key=INFERRED, type=INFERRED, tier=0, rule=rule)
    return graph


@dataclass(frozen=True, slots=True)
class Tiers:
    """Tiers of the items upstream of a contract.

    Attributes
    ----------
    smallest : mapping
        By item id: the smallest tier over its routes to the contract, at least 1.
    by_claim : mapping
        The same over the routes on which a claim leaves the item; other items are left by inferred steps alone. The
        contract itself has 0.
    """

    smallest: Mapping[str, int]
    by_claim: Mapping[str, int]


def tiers_upstream(graph: nx.MultiDiGraph[str], contract: str) -> Tiers:
    """Return the smallest tier of every item over its routes to a contract.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        From `build_chain_graph`.
    contract : str
        A node of it.

    Notes
    -----
    Breadth-first search with steps of 0 and 1 (Dial 1969, with two buckets) over pairs (item, left by a claim | left
    by an inferred step): two inferred steps never follow one another, so only claims enter the second kind.
    O(nodes + edges).
    """
    by_claim: dict[str, int] = {}
    by_inferred: dict[str, int] = {}
    waiting = deque([(contract, True, 0)])
    while waiting:
        node, claimed, tier = waiting.popleft()
        if node in (by_claim if claimed else by_inferred):
            continue
        (by_claim if claimed else by_inferred)[node] = tier
        for origin, _, edge in graph.in_edges(node, data=True):
            inferred = edge["type"] == INFERRED
            if inferred and not claimed:
                continue
            step = (origin, not inferred, tier + edge["tier"])
            if edge["tier"]:
                waiting.append(step)
            else:
                waiting.appendleft(step)
    found = by_claim.keys() | by_inferred.keys()
    none = len(found) + 1
    smallest = {node: min(by_claim.get(node, none), by_inferred.get(node, none)) for node in found if node != contract}
    return Tiers(smallest, by_claim)


def circles_without_inflow(
    pairs: Iterable[tuple[str, str]], inflows: Iterable[tuple[str, str]], fed: Collection[str]
) -> tuple[tuple[str, ...], ...]:
    """Return the circles of goods into which nothing is seen to enter.

    Parameters
    ----------
    pairs : iterable of (start, end)
        Claims that carry goods between items.
    inflows : iterable of (start, end)
        Further steps by which goods could enter an item: inferred ones.
    fed : collection of str
        Items into which goods may enter unseen: open ends and origins.

    Returns
    -------
    tuple of tuple of str
        Each circle's items, sorted; circles by their first item.

    Notes
    -----
    Strongly connected components (Tarjan 1972, as `networkx.strongly_connected_components`): O(pairs + inflows).
    """
    graph: nx.DiGraph[str] = nx.DiGraph(pairs)
    found = {item: circle for circle in circles(graph) for item in circle}
    alive = {found[item] for item in fed if item in found}
    for start, end in (*graph.edges, *inflows):
        if end in found and found.get(start) != found[end]:
            alive.add(found[end])
    return tuple(sorted(set(found.values()) - alive))


def circles(graph: nx.DiGraph[str]) -> Iterator[tuple[str, ...]]:
    """Yield the strongly connected components that hold a circle, each sorted."""
    for component in nx.strongly_connected_components(graph):
        first = next(iter(component))
        if len(component) > 1 or graph.has_edge(first, first):
            yield tuple(sorted(component))


def broader_circles(broader: Mapping[str, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the circles among products by ``broader``: each would be broader than itself."""
    pairs = [(product, above) for product, many in broader.items() for above in many]
    return tuple(sorted(circles(nx.DiGraph(pairs))))
