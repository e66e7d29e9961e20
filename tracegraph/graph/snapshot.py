"""A directed graph that does not change, as arrays: what NetworkX's functions run on through our own backend.

To whoever reads it a `CsrGraph` is a `networkx.DiGraph`: nodes, edges, neighbours and attributes are made from the
arrays when asked for. Whoever would change it gets NetworkX's "frozen graph" error. NetworkX's functions see
``__networkx_backend__`` and hand the graph to `tracegraph.graph.backend`, which works on the arrays themselves.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import networkx as nx
import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from tracegraph.graph.csr import Csr, Ints, csr_of, read_only
from tracegraph.graph.node_names import Names, NodeNames, Numbers

if TYPE_CHECKING:
    Base = nx.DiGraph[Hashable]
else:
    Base = nx.DiGraph  # generic in the stubs alone

EdgeArrays = Mapping[Any, npt.NDArray[Any]]


class CsrGraph(Base):
    """An immutable directed graph as compressed sparse rows, both ways.

    Parameters
    ----------
    tails, heads : int arrays
        Edges between positions 0 to n - 1; each pair at most once.
    names : NodeNames
        What the n nodes are called; `Numbers(n)` where they are called by their positions.
    attributes : mapping of str to array, optional
        One numeric array an edge attribute, parallel to the edges.

    Raises
    ------
    ValueError
        A pair is given twice, an end is no position, or an attribute is not parallel to the edges.

    Notes
    -----
    Building costs O(N + M) beside the check for pairs given twice, which sorts. The rows against the edges are built
    when first needed.
    """

    __networkx_backend__ = "tracegraph"

    def __new__(cls, *_args: object, **_options: object) -> CsrGraph:
        """Make an empty object; NetworkX's own asks the backends for one."""
        return object.__new__(cls)

    def __init__(self, tails: Ints, heads: Ints, names: NodeNames, attributes: EdgeArrays | None = None) -> None:
        n = len(names)
        _check(n, tails, heads, attributes or {})
        self.names = names
        self.out = csr_of(n, tails, heads)
        self.attributes = {name: read_only(values.copy()) for name, values in (attributes or {}).items()}
        self._matrices: dict[str | None, csr_array[Any, Any]] = {}
        self.graph = {}
        self._node = _Nodes(self)
        self._adj = _Rows(self, "out")  # NetworkX sets `_succ` with it
        self._pred = _Rows(self, "into")
        self.__networkx_cache__ = None  # type: ignore[assignment]  # NetworkX then keeps no converted graph, and does not warn
        nx.freeze(self)

    @cached_property
    def into(self) -> Csr:
        """The rows against the edges: each node's predecessors."""
        turned = csr_of(self.out.n, self.out.indices, self.out.tails())
        return Csr(turned.indptr, turned.indices, read_only(self.out.edges[turned.edges]))

    def matrix(self, weight: str | None) -> csr_array[Any, Any]:
        """Return the weights of the edges as a sparse matrix of floats, kept for the next call.

        Parameters
        ----------
        weight : str or None
            An edge attribute; edges of a graph that has none of this name weigh 1, as in NetworkX.
        """
        if weight not in self._matrices:
            values = self.attributes.get(weight) if weight is not None else None
            data = np.ones(len(self.out.indices)) if values is None else values[self.out.edges].astype(np.float64)
            self._matrices[weight] = csr_array((data, self.out.indices, self.out.indptr), shape=(self.out.n,) * 2)
        return self._matrices[weight]

    # --- what NetworkX's own class would do by making an empty graph and filling it ---

    def number_of_edges(self, u: Hashable | None = None, v: Hashable | None = None) -> int:
        """Return the number of edges, or of those between two nodes."""
        return len(self.out.indices) if u is None else int(self.has_edge(u, v))

    def subgraph(self, nodes: Iterable[Hashable]) -> CsrGraph:  # type: ignore[override]  # no view: a snapshot again
        """Return the snapshot of some nodes and the edges among them, nodes in the order that they have here."""
        found = (self.names.find(node) for node in self.nbunch_iter(nodes))
        return self.induced(np.array(sorted(position for position in found if position is not None), dtype=np.int64))

    def induced(self, positions: Ints) -> CsrGraph:
        """Return the snapshot of the nodes at distinct positions, in this order, and the edges among them."""
        place = np.full(self.out.n, -1, dtype=np.int64)
        place[positions] = np.arange(len(positions))
        at = self.out.rows(positions)
        tails = np.repeat(np.arange(len(positions)), np.diff(self.out.indptr)[positions])
        heads = place[self.out.indices[at]]
        inside = heads >= 0
        edges = self.out.edges[at[inside]]
        attributes = {name: values[edges] for name, values in self.attributes.items()}
        return CsrGraph(tails[inside], heads[inside], Names(self.names.many(positions)), attributes)

    def reverse(self, copy: bool = True) -> CsrGraph:  # noqa: ARG002 - a view and a copy are one
        """Return the snapshot with every edge turned round."""
        attributes = {name: values[self.out.edges] for name, values in self.attributes.items()}
        return CsrGraph(self.out.indices, self.out.tails(), self.names, attributes)

    def copy(self, as_view: bool = False) -> nx.DiGraph[Hashable]:  # type: ignore[override]
        """Return the snapshot itself as a view, otherwise an ordinary graph, which may be changed."""
        return self if as_view else self.to_networkx()

    def to_networkx(self) -> nx.DiGraph[Hashable]:
        """Return an ordinary NetworkX graph with the same nodes, edges and attributes, in the same order."""
        graph: nx.DiGraph[Hashable] = nx.DiGraph(backend="networkx")
        names = list(self.names)
        graph.add_nodes_from(names)
        ends = [self.out.tails().tolist(), self.out.indices.tolist()]
        columns = [values[self.out.edges].tolist() for values in self.attributes.values()]
        keys = list(self.attributes)
        graph.add_edges_from(
            (names[u], names[v], dict(zip(keys, values, strict=True)))
            for u, v, *values in zip(*ends, *columns, strict=True)
        )
        return graph


def _check(n: int, tails: Ints, heads: Ints, attributes: EdgeArrays) -> None:
    for name, values in {"heads": heads, **attributes}.items():
        if values.shape != tails.shape:
            raise ValueError(f"{name} has the shape {values.shape}, the edges have {tails.shape}")
    if len(tails) and not 0 <= min(tails.min(), heads.min()) <= max(tails.max(), heads.max()) < n:
        raise ValueError(f"an edge has an end outside 0 to {n - 1}")
    codes = np.sort(tails.astype(np.int64) * n + heads)
    if np.any(codes[1:] == codes[:-1]):
        raise ValueError("a pair of nodes has two edges")


class _Nodes(Mapping[Hashable, dict[str, Any]]):
    """NetworkX's ``_node``: nodes of a snapshot carry no attributes."""

    def __init__(self, graph: CsrGraph) -> None:
        self._names = graph.names

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._names)

    def __contains__(self, name: object) -> bool:
        return self._names.find(name) is not None

    def __getitem__(self, name: Hashable) -> dict[str, Any]:
        if self._names.find(name) is None:
            raise KeyError(name)
        return {}


class _Rows(Mapping[Hashable, dict[Hashable, dict[str, Any]]]):
    """NetworkX's ``_adj`` and ``_pred``: the neighbours of each node, with attributes, made when asked for."""

    def __init__(self, graph: CsrGraph, side: str) -> None:
        self._graph, self._side = graph, side

    def __len__(self) -> int:
        return len(self._graph.names)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._graph.names)

    def __contains__(self, name: object) -> bool:
        return self._graph.names.find(name) is not None

    def __getitem__(self, name: Hashable) -> dict[Hashable, dict[str, Any]]:
        graph = self._graph
        node = graph.names.find(name)
        if node is None:
            raise KeyError(name)
        rows: Csr = graph.out if self._side == "out" else graph.into
        row = rows.row(node)
        names, edges = graph.names.many(rows.indices[row]), rows.edges[row]
        columns = {key: values[edges].tolist() for key, values in graph.attributes.items()}
        return {other: {key: column[at] for key, column in columns.items()} for at, other in enumerate(names)}


def numbered(n: int, tails: Ints, heads: Ints, attributes: EdgeArrays | None = None) -> CsrGraph:
    """Return a snapshot whose nodes are called 0 to n - 1."""
    return CsrGraph(tails, heads, Numbers(n), attributes)
