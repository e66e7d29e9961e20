"""NetworkX functions on a snapshot that ask what can be reached, and how near it is.

Each has the parameters, results and errors of the NetworkX function of its name, whose documentation holds here too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Any

import networkx as nx

from tracegraph.graph.csr import Csr, Layer, layers, reached
from tracegraph.graph.snapshot import CsrGraph


def position(graph: CsrGraph, name: object, error: type[Exception], message: str) -> int:
    """Return where a node is, or raise the error that NetworkX raises when it is not there."""
    found = graph.names.find(name)
    if found is None:
        raise error(message)
    return found


def descendants(G: CsrGraph, source: Hashable) -> set[Hashable]:
    """Return all nodes that paths from `source` reach, without itself."""
    return _around(G, G.out, source)


def ancestors(G: CsrGraph, source: Hashable) -> set[Hashable]:
    """Return all nodes from which paths reach `source`, without itself."""
    return _around(G, G.into, source)


def _around(graph: CsrGraph, rows: Csr, source: Hashable) -> set[Hashable]:
    start = position(graph, source, nx.NetworkXError, f"The node {source} is not in the digraph.")
    return set(graph.names.many(reached(rows, [start])[1:]))


def has_path(G: CsrGraph, source: Hashable, target: Hashable) -> bool:
    """Return whether a path from `source` reaches `target`."""
    start = position(G, source, nx.NodeNotFound, f"Source {source} is not in G")
    goal = position(G, target, nx.NodeNotFound, f"Target {target} is not in G")
    return any(goal in layer for layer in layers(G.out, [start]))


def bfs_layers(G: CsrGraph, sources: Hashable | Iterable[Hashable]) -> Iterator[list[Hashable]]:
    """Yield the nodes at distance 0, 1, 2, ... from one node or several."""
    wanted: Any = [sources] if sources in G else sources
    first = list(set(wanted))  # the order in which NetworkX takes them
    starts = [position(G, source, nx.NetworkXError, f"The node {source} is not in the graph.") for source in first]
    yield from map(G.names.many, layers(G.out, starts))


def single_source_shortest_path_length(
    G: CsrGraph,
    source: Hashable,
    cutoff: float | None = None,
) -> dict[Hashable, int]:
    """Return the number of steps from `source` to each node that it reaches, nearer ones first."""
    start = position(G, source, nx.NodeNotFound, f"Source {source} is not in G")
    return _distances(G, layers(G.out, [start]), cutoff)


def single_target_shortest_path_length(
    G: CsrGraph,
    target: Hashable,
    cutoff: float | None = None,
) -> dict[Hashable, int]:
    """Return the number of steps to `target` from each node that reaches it, nearer ones first."""
    goal = position(G, target, nx.NodeNotFound, f"Target {target} is not in G")
    return _distances(G, layers(G.into, [goal]), cutoff)


def _distances(graph: CsrGraph, found: Iterator[Layer], cutoff: float | None) -> dict[Hashable, int]:
    distances: dict[Hashable, int] = {}
    for distance, layer in enumerate(found):
        if distance and cutoff is not None and distance - 1 >= cutoff:
            break
        distances.update(dict.fromkeys(graph.names.many(layer), distance))
    return distances
