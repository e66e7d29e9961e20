"""NetworkX functions on a snapshot that order it or take it apart: components, generations, dominators.

Each has the parameters, results and errors of the NetworkX function of its name, whose documentation holds here too.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from functools import reduce

import networkx as nx
import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from tracegraph.graph.backend_reach import position
from tracegraph.graph.csr import THIN, Csr, Ints, Layer
from tracegraph.graph.snapshot import CsrGraph

# --- components ---


def strong_labels(graph: CsrGraph) -> tuple[int, Ints]:
    """Return the number of strongly connected components and each node's, numbered against the edges.

    Notes
    -----
    SciPy visits the last neighbour of a row first (D. J. Pearce 2005); with the rows turned round, it finds the
    components in the order in which NetworkX's Tarjan does.
    """
    rows = graph.out
    backwards = rows.indptr[:-1].repeat(np.diff(rows.indptr)) + rows.indptr[1:].repeat(np.diff(rows.indptr)) - 1
    turned = rows.indices[backwards - np.arange(len(rows.indices), dtype=rows.indices.dtype)]
    matrix = csr_array((np.ones(len(turned)), turned, rows.indptr), shape=(rows.n, rows.n))
    count, labels = connected_components(matrix, directed=True, connection="strong")
    return int(count), labels


def strongly_connected_components(G: CsrGraph) -> Iterator[set[Hashable]]:
    """Yield the strongly connected components, none before those that it leads to."""
    yield from _components(G, *strong_labels(G))


def weakly_connected_components(G: CsrGraph) -> Iterator[set[Hashable]]:
    """Yield the weakly connected components, by their first nodes."""
    count, labels = connected_components(G.matrix(None), directed=True, connection="weak")
    first = np.full(count, len(G), dtype=np.int64)
    np.minimum.at(first, labels, np.arange(len(G)))
    rank = np.empty(count, dtype=np.int64)
    rank[np.argsort(first)] = np.arange(count)
    yield from _components(G, int(count), rank[labels])


def number_strongly_connected_components(G: CsrGraph) -> int:
    """Return the number of strongly connected components."""
    return strong_labels(G)[0]


def number_weakly_connected_components(G: CsrGraph) -> int:
    """Return the number of weakly connected components."""
    return int(connected_components(G.matrix(None), directed=True, connection="weak")[0])


def _components(graph: CsrGraph, count: int, labels: Ints) -> Iterator[set[Hashable]]:
    nodes = graph.names.many(np.argsort(labels, kind="stable"))
    first = 0
    for size in np.bincount(labels, minlength=count).tolist():
        yield set(nodes[first : first + size])
        first += size


def condensation(G: CsrGraph, scc: Iterable[set[Hashable]] | None = None) -> nx.DiGraph[int]:
    """Return the graph of the strongly connected components, an ordinary one, with `members` and `mapping`."""
    parts = list(strongly_connected_components(G) if scc is None else scc)
    condensed: nx.DiGraph[int] = nx.DiGraph(backend="networkx")
    mapping = {node: number for number, members in enumerate(parts) for node in members}
    condensed.graph["mapping"] = mapping
    condensed.add_nodes_from((number, {"members": members}) for number, members in enumerate(parts))
    part = np.array([mapping[node] for node in G], dtype=np.int64)
    tails, heads = part[G.out.tails()], part[G.out.indices]
    apart = tails != heads
    condensed.add_edges_from(zip(tails[apart].tolist(), heads[apart].tolist(), strict=True))
    return condensed


# --- generations ---


def is_directed_acyclic_graph(G: CsrGraph) -> bool:
    """Return whether no path leads back to where it began."""
    loops = np.any(G.out.indices == G.out.tails())
    return not loops and strong_labels(G)[0] == len(G)


def topological_generations(G: CsrGraph) -> Iterator[list[Hashable]]:
    """Yield the nodes with nothing before them, then those with only these before them, and so on."""
    done = 0
    for generation in _generations(G.out):
        done += len(generation)
        yield G.names.many(generation)
    if done < len(G):
        raise nx.NetworkXUnfeasible("Graph contains a cycle or graph changed during iteration")


def topological_sort(G: CsrGraph) -> Iterator[Hashable]:
    """Yield the nodes so that every edge leads to a later one."""
    for generation in topological_generations(G):
        yield from generation


def _generations(rows: Csr) -> Iterator[Layer]:
    """Yield generations (Kahn 1962), nodes of one in the order in which their last predecessor is taken."""
    missing = np.bincount(rows.indices, minlength=rows.n)
    left = missing.data
    owner = np.empty(rows.n, dtype=np.int64)
    generation: Layer = np.flatnonzero(missing == 0)
    while len(generation):
        yield generation
        at = rows.rows(np.asarray(generation)) if len(generation) > 1 else rows.row(int(generation[0]))
        heads = rows.indices[at]
        if len(heads) <= THIN:
            generation = []
            for head in heads.tolist():
                left[head] -= 1
                if not left[head]:
                    generation.append(head)
            continue
        np.subtract.at(missing, heads, 1)
        numbers = np.arange(len(heads))
        owner[heads] = numbers  # the last meeting stays
        generation = heads[(missing[heads] == 0) & (owner[heads] == numbers)]


# --- dominators ---


def immediate_dominators(G: CsrGraph, start: Hashable) -> dict[Hashable, Hashable]:
    """Return, for each node that `start` reaches, the last node that every path from `start` to it passes.

    References
    ----------
    K. D. Cooper, T. J. Harvey and K. Kennedy (2006), "A simple, fast dominance algorithm", as NetworkX.
    """
    root = position(G, start, nx.NetworkXError, "start is not in G")
    order = _postorder(G.out, root)
    number = dict(zip(order, range(len(order)), strict=True))
    before = _predecessors(G.into, order, number)
    top = len(order) - 1
    dominator: list[int] = [-1] * top + [top]

    def meet(one: int, other: int) -> int:
        while one != other:
            while one < other:
                one = dominator[one]
            while other < one:
                other = dominator[other]
        return one

    changed = True
    while changed:
        changed = False
        for node in range(top - 1, -1, -1):
            found = reduce(meet, (other for other in before[node] if dominator[other] >= 0))
            changed = changed or dominator[node] != found
            dominator[node] = found
    names = G.names.many(order)
    return {names[node]: names[dominator[node]] for node in range(top - 1, -1, -1)}


def _predecessors(into: Csr, order: list[int], number: dict[int, int]) -> list[list[int]]:
    return [[number[other] for other in into.indices[into.row(node)].tolist() if other in number] for node in order]


def _postorder(rows: Csr, root: int) -> list[int]:
    """Return the nodes that a root reaches, each after those first met from it (depth first)."""
    seen, order = {root}, []
    stack = [(root, iter(rows.indices[rows.row(root)].tolist()))]
    while stack:
        node, waiting = stack[-1]
        for other in waiting:
            if other not in seen:
                seen.add(other)
                stack.append((other, iter(rows.indices[rows.row(other)].tolist())))
                break
        else:
            order.append(node)
            stack.pop()
    return order
