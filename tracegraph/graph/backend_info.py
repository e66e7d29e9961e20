"""What NetworkX reads of our backend when it is imported; nothing heavy is loaded for that.

NetworkX finds it by the entry points `networkx.backends` and `networkx.backend_info` of `pyproject.toml`.
"""

from __future__ import annotations

from typing import Any, Final

_NEAR: Final = "Small cones are searched by a plain loop, wide ones by NumPy; the same result as NetworkX's own."
_DIJKSTRA: Final = (
    "Cones of at most 256 nodes are given to NetworkX, others to SciPy. Of equally short paths either may be returned. "
    "Weights by a function, negative and non-finite ones are left to NetworkX."
)
_ORDER: Final = "The same order as NetworkX's own."

#: The functions offered, with a word for their documentation.
FUNCTIONS: Final = {
    "ancestors": _NEAR,
    "bfs_layers": _NEAR,
    "condensation": "Components by SciPy, numbered as NetworkX numbers them; returns an ordinary DiGraph.",
    "descendants": _NEAR,
    "dijkstra_path": _DIJKSTRA,
    "dijkstra_path_length": _DIJKSTRA,
    "has_path": _NEAR,
    "immediate_dominators": "The same algorithm as NetworkX's own, on the numbers of the cone.",
    "is_directed_acyclic_graph": "By SciPy's strongly connected components.",
    "multi_source_dijkstra": _DIJKSTRA,
    "multi_source_dijkstra_path": _DIJKSTRA,
    "multi_source_dijkstra_path_length": _DIJKSTRA,
    "number_strongly_connected_components": "By SciPy.",
    "number_weakly_connected_components": "By SciPy.",
    "pagerank": "NetworkX's own power iteration, without making a matrix for each call.",
    "single_source_dijkstra": _DIJKSTRA,
    "single_source_dijkstra_path": _DIJKSTRA,
    "single_source_dijkstra_path_length": _DIJKSTRA,
    "single_source_shortest_path_length": _NEAR,
    "single_target_shortest_path_length": _NEAR,
    "strongly_connected_components": f"By SciPy. {_ORDER}",
    "to_scipy_sparse_array": "The arrays of the snapshot, copied.",
    "topological_generations": _ORDER,
    "topological_sort": _ORDER,
    "weakly_connected_components": f"By SciPy. {_ORDER}",
}


def backend_info() -> dict[str, Any]:
    """Return the backend's metadata, in the form that NetworkX documents for `networkx.backend_info`."""
    return {
        "backend_name": "tracegraph",
        "project": "tracegraph",
        "package": "tracegraph",
        "short_summary": "Immutable snapshots of a supply graph as compressed sparse rows.",
        "functions": {name: {"additional_docs": text} for name, text in FUNCTIONS.items()},
    }
