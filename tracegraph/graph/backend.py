"""Our backend for NetworkX: its functions, called as ever, run on the arrays of a snapshot.

``nx.descendants(graph, node)`` comes here when `graph` is a `CsrGraph` (entry point `networkx.backends` in
`pyproject.toml`). Nothing is converted by itself unless somebody asks NetworkX for that (``backend="tracegraph"``, or
``nx.config.backend_priority``); a function that is not offered here says so, and runs on ``graph.to_networkx()`` or
with ``nx.config.fallback_to_nx``.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import networkx as nx
import numpy as np
import numpy.typing as npt

from tracegraph.graph import backend_order, backend_paths, backend_reach
from tracegraph.graph.backend_info import FUNCTIONS
from tracegraph.graph.node_names import Names
from tracegraph.graph.snapshot import CsrGraph

_ALL: Any = None  # the default of NetworkX's parameter


class Backend:
    """What NetworkX loads; the functions of `FUNCTIONS` are added below."""

    @staticmethod
    def convert_from_nx(
        graph: nx.Graph[Hashable],
        edge_attrs: Mapping[str, Any] | None = None,
        preserve_edge_attrs: bool = False,
        **_other: Any,
    ) -> CsrGraph:
        """Return a snapshot of an ordinary graph.

        Parameters
        ----------
        graph : networkx.DiGraph
        edge_attrs : mapping, optional
            Edge attributes to take, with the value of edges that lack them.
        preserve_edge_attrs : bool
            Take all edge attributes; every edge must have them.

        Raises
        ------
        NotImplementedError
            The graph is undirected or has parallel edges, or an attribute is not a number on every edge.
        """
        if (reason := _unfit(graph)) is not None:
            raise NotImplementedError(reason)
        names = list(graph)
        place = {name: position for position, name in enumerate(names)}
        edges = list(graph.edges(data=True))
        ends = np.array([(place[u], place[v]) for u, v, _ in edges], dtype=np.int64).reshape(-1, 2)
        given = [attributes for _, _, attributes in edges]
        wanted = dict(edge_attrs or {})
        if preserve_edge_attrs:
            wanted |= dict.fromkeys((name for attributes in given for name in attributes), _ALL)
        columns = {name: _numbers(name, [d.get(name, default) for d in given]) for name, default in wanted.items()}
        return CsrGraph(ends[:, 0], ends[:, 1], Names(names), columns)

    @staticmethod
    def convert_to_nx(result: Any, **_other: Any) -> Any:
        """Return a result with every snapshot in it as an ordinary graph."""
        return result.to_networkx() if isinstance(result, CsrGraph) else result

    @staticmethod
    def can_run(name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bool | str:
        """Return whether the function runs on such arguments, or why not."""
        graph = args[0] if args else kwargs.get("G")
        if name not in FUNCTIONS:
            return "not offered"
        if isinstance(graph, CsrGraph):
            return True
        if callable(kwargs.get("weight")) or any(callable(value) for value in args[1:]):
            return "weights by a function are for NetworkX itself"
        return _unfit(graph) or True

    @staticmethod
    def should_run(name: str, _args: Sequence[Any], _kwargs: Mapping[str, Any]) -> bool | str:
        """Return whether a conversion pays: it costs more than most functions do."""
        return name in {"pagerank", "immediate_dominators"} or "the conversion would cost more than the function"


for _name in FUNCTIONS:
    _home = next(home for home in (backend_reach, backend_paths, backend_order) if hasattr(home, _name))
    setattr(Backend, _name, staticmethod(getattr(_home, _name)))


def _unfit(graph: Any) -> str | None:
    """Return why a graph is no snapshot's, None where it may be one."""
    if not graph.is_directed() or graph.is_multigraph():
        return "a snapshot is directed and has no parallel edges"
    return None


def _numbers(name: str, values: Sequence[Any]) -> npt.NDArray[Any]:
    """Return an attribute as an array of numbers."""
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise NotImplementedError(f"the edge attribute {name!r} is not a number on every edge")
    try:
        return np.array(values, dtype=np.int64 if all(isinstance(value, int) for value in values) else np.float64)
    except OverflowError as error:
        raise NotImplementedError(f"the edge attribute {name!r} has numbers beyond 64 bits") from error
