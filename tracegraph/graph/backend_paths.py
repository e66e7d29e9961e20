"""NetworkX functions on a snapshot that weigh the edges: Dijkstra's, the matrix, PageRank.

Each has the parameters, results and errors of the NetworkX function of its name, whose documentation holds here too. A
small cone is given to NetworkX itself, a wide one to SciPy; what SciPy would not answer as NetworkX does (weights by a
function, negative or infinite ones) goes to NetworkX with the whole graph.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, Final, cast

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from tracegraph.graph.backend_reach import position
from tracegraph.graph.csr import Ints, layers
from tracegraph.graph.snapshot import CsrGraph

Weight = str | Callable[..., float | None] | None
Lengths = dict[Hashable, Any]
Paths = dict[Hashable, list[Hashable]]

#: Nodes of a cone up to which NetworkX on that cone is faster than SciPy on arrays of the whole graph.
SMALL_CONE: Final = 256
_EXACT: Final = 2**53  # integers up to it are exact as floats


def multi_source_dijkstra(
    G: CsrGraph,
    sources: Iterable[Hashable],
    target: Hashable | None = None,
    cutoff: float | None = None,
    weight: Weight = "weight",
) -> tuple[Any, Any]:
    """Return lengths and shortest paths from the nearest of several nodes, to all nodes or to one."""
    starts, names = _starts(G, sources)
    if (own := _for_networkx(G, starts, cutoff, weight)) is not None:
        answer: tuple[Any, Any] = nx.multi_source_dijkstra(own, names, target, cutoff, weight, backend="networkx")
        return answer
    search = _Search(G, starts, cutoff, weight)
    if target is None:
        return search.lengths(), search.paths()
    if target in names:
        return 0, [target]
    goal = G.names.find(target)
    if goal is None or not search.reaches(goal):
        raise nx.NetworkXNoPath(f"No path to {target}.")
    return search.length(goal), search.path(goal)


def multi_source_dijkstra_path(
    G: CsrGraph, sources: Iterable[Hashable], cutoff: float | None = None, weight: Weight = "weight"
) -> Paths:
    """Return shortest paths from the nearest of several nodes."""
    paths: Paths = multi_source_dijkstra(G, sources, cutoff=cutoff, weight=weight)[1]
    return paths


def multi_source_dijkstra_path_length(
    G: CsrGraph, sources: Iterable[Hashable], cutoff: float | None = None, weight: Weight = "weight"
) -> Lengths:
    """Return the lengths of shortest paths from the nearest of several nodes."""
    starts, names = _starts(G, sources)
    if (own := _for_networkx(G, starts, cutoff, weight)) is not None:
        lengths: Any = nx.multi_source_dijkstra_path_length(own, names, cutoff, weight, backend="networkx")
        return cast(Lengths, lengths)
    return _Search(G, starts, cutoff, weight).lengths()


def single_source_dijkstra(
    G: CsrGraph,
    source: Hashable,
    target: Hashable | None = None,
    cutoff: float | None = None,
    weight: Weight = "weight",
) -> tuple[Any, Any]:
    """Return lengths and shortest paths from a node, to all nodes or to one."""
    return multi_source_dijkstra(G, {source}, target, cutoff, weight)


def single_source_dijkstra_path(
    G: CsrGraph, source: Hashable, cutoff: float | None = None, weight: Weight = "weight"
) -> Paths:
    """Return shortest paths from a node."""
    return multi_source_dijkstra_path(G, {source}, cutoff, weight)


def single_source_dijkstra_path_length(
    G: CsrGraph, source: Hashable, cutoff: float | None = None, weight: Weight = "weight"
) -> Lengths:
    """Return the lengths of shortest paths from a node."""
    return multi_source_dijkstra_path_length(G, {source}, cutoff, weight)


def dijkstra_path(G: CsrGraph, source: Hashable, target: Hashable, weight: Weight = "weight") -> list[Hashable]:
    """Return a shortest path from one node to another."""
    path: list[Hashable] = multi_source_dijkstra(G, {source}, target, weight=weight)[1]
    return path


def dijkstra_path_length(G: CsrGraph, source: Hashable, target: Hashable, weight: Weight = "weight") -> Any:
    """Return the length of a shortest path from one node to another."""
    try:
        return multi_source_dijkstra(G, {source}, target, weight=weight)[0]
    except nx.NetworkXNoPath as error:
        raise nx.NetworkXNoPath(f"Node {target} not reachable from {source}") from error


def to_scipy_sparse_array(
    G: CsrGraph,
    nodelist: Sequence[Hashable] | None = None,
    dtype: Any = None,
    weight: str | None = "weight",
    format: Any = "csr",
) -> Any:
    """Return the weights of the edges as a sparse matrix of SciPy's, rows and columns as in `nodelist`."""
    if not len(G):
        raise nx.NetworkXError("Graph has no nodes or edges")
    graph = G if nodelist is None else _in_order(G, nodelist)
    values = None if weight is None else graph.attributes.get(weight)
    data = np.ones(graph.number_of_edges(), dtype=np.int64) if values is None else values[graph.out.edges]
    shape = (len(graph), len(graph))
    matrix = csr_array((data.copy(), graph.out.indices.copy(), graph.out.indptr.copy()), shape=shape, dtype=dtype)
    matrix.sort_indices()
    try:
        return matrix.asformat(format)
    except ValueError as error:
        raise nx.NetworkXError(f"Unknown sparse matrix format: {format}") from error


def _in_order(graph: CsrGraph, nodes: Sequence[Hashable]) -> CsrGraph:
    if not len(nodes):
        raise nx.NetworkXError("nodelist has no nodes")
    missing = "Node {} in nodelist is not in G"
    positions = np.array([position(graph, node, nx.NetworkXError, missing.format(node)) for node in nodes])
    if len(np.unique(positions)) != len(positions):
        raise nx.NetworkXError("nodelist contains duplicates.")
    return graph if np.array_equal(positions, np.arange(graph.out.n)) else graph.induced(positions)


def pagerank(G: CsrGraph, *args: Any, **options: Any) -> dict[Hashable, float]:
    """Return the PageRank of each node: NetworkX's own, which asks `to_scipy_sparse_array` for the matrix."""
    own: Any = nx.pagerank
    return cast(dict[Hashable, float], own.orig_func(G, *args, **options))


# --- who searches ---


def _starts(graph: CsrGraph, sources: Iterable[Hashable]) -> tuple[list[int], list[Hashable]]:
    names = list(sources)
    if not names:
        raise ValueError("sources must not be empty")
    missing = "Node {} not found in graph"
    positions = [position(graph, name, nx.NodeNotFound, missing.format(name)) for name in names]
    return list(dict.fromkeys(positions)), names


def _for_networkx(
    graph: CsrGraph, starts: Sequence[int], cutoff: float | None, weight: Weight
) -> nx.DiGraph[Hashable] | None:
    """Return the graph on which NetworkX itself should search, None where SciPy should."""
    if callable(weight) or (cutoff is not None and cutoff < 0) or not _is_plain(graph, weight):
        return graph.to_networkx()
    cone: list[int] = []
    for layer in layers(graph.out, starts):
        cone.extend(layer)
        if len(cone) > SMALL_CONE:
            return None
    return graph.induced(np.array(cone, dtype=np.int64)).to_networkx()


def _is_plain(graph: CsrGraph, weight: str | None) -> bool:
    """Return whether SciPy's floats give these weights and their sums as NetworkX does."""
    values = None if weight is None else graph.attributes.get(weight)
    if values is None or not len(values):
        return True
    low, high = values.min(), values.max()
    exact = values.dtype.kind == "f" or int(high) * graph.out.n < _EXACT
    return bool(low >= 0 and np.isfinite(high) and exact)


class _Search:
    """SciPy's Dijkstra from the nearest of several nodes."""

    def __init__(self, graph: CsrGraph, starts: Sequence[int], cutoff: float | None, weight: Weight) -> None:
        name = weight if isinstance(weight, str) else None
        values = graph.attributes.get(name) if name is not None else None
        self._graph, self._starts = graph, starts
        self._whole = values is None or values.dtype.kind != "f"
        limit = np.inf if cutoff is None else cutoff
        self._distance, self._before, _ = dijkstra(
            graph.matrix(name), indices=starts, limit=limit, return_predecessors=True, min_only=True
        )

    def _order(self) -> Ints:
        """Return the reached nodes, nearer ones first."""
        found = np.flatnonzero(np.isfinite(self._distance))
        order: Ints = found[np.argsort(self._distance[found], kind="stable")]
        return order

    def reaches(self, node: int) -> bool:
        """Return whether a node is reached."""
        return bool(np.isfinite(self._distance[node]))

    def length(self, node: int) -> Any:
        """Return the length of the way to one node, an int where all weights are."""
        length = float(self._distance[node])
        return int(length) if self._whole else length

    def path(self, node: int) -> list[Hashable]:
        """Return the way to one node."""
        way = [node]
        while (previous := int(self._before[way[-1]])) >= 0:
            way.append(previous)
        return self._graph.names.many(way[::-1])

    def lengths(self) -> Lengths:
        """Return all lengths."""
        order = self._order()
        found = self._distance[order]
        values = found.astype(np.int64).tolist() if self._whole else found.tolist()
        return dict(zip(self._graph.names.many(order), values, strict=True))

    def paths(self) -> Paths:
        """Return all ways, each longer by its last node than another."""
        order = self._order()
        names = dict(zip(order.tolist(), self._graph.names.many(order), strict=True))
        ways: dict[int, list[Hashable]] = {}
        for node in self._by_steps(order):
            previous = int(self._before[node])
            ways[node] = [*ways[previous], names[node]] if previous >= 0 else [names[node]]
        return {names[node]: ways[node] for node in order.tolist()}

    def _by_steps(self, order: Ints) -> list[int]:
        """Return the nodes so that each comes after the one before it on its way, edges of no weight included."""
        after: dict[int, list[int]] = {}
        for node, previous in zip(order.tolist(), self._before[order].tolist(), strict=True):
            after.setdefault(max(previous, -1), []).append(node)
        arranged: list[int] = []
        waiting = after.get(-1, [])
        while waiting:
            arranged += waiting
            waiting = [node for previous in waiting for node in after.get(previous, ())]
        return arranged
