"""NetworkX's functions on a snapshot: the same results as on the same graph of NetworkX's own."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

import networkx as nx
import numpy as np
import pytest

from tracegraph.graph.backend import Backend
from tracegraph.graph.backend_info import FUNCTIONS
from tracegraph.graph.snapshot import CsrGraph

networkx_knows: Any = nx.utils.backends
matrix: Any = nx.to_scipy_sparse_array
networkx_config: Any = nx.config


def random_graph(seed: int, n: int, m: int, back: float = 0.02) -> nx.DiGraph[Hashable]:
    """Return a graph with hubs, mostly without circles, nodes called by text, weights 0 to 5 and floats."""
    chance = np.random.default_rng(seed)
    graph: nx.DiGraph[Hashable] = nx.DiGraph()
    graph.add_nodes_from(f"n{node}" for node in chance.permutation(n))
    tails = (n * chance.random(m) ** 3).astype(int)
    heads = chance.integers(0, n, m)
    for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
        u, v = (tail, head) if chance.random() < back else sorted((tail, head))
        if u != v or chance.random() < back:
            graph.add_edge(f"n{u}", f"n{v}", tier=int(chance.integers(0, 6)), length=float(chance.random()))
    return graph


def pair(seed: int, n: int = 700, m: int = 2500, back: float = 0.02) -> tuple[nx.DiGraph[Hashable], CsrGraph]:
    """Return a graph of NetworkX's and its snapshot."""
    graph = random_graph(seed, n, m, back)
    return graph, Backend.convert_from_nx(graph, preserve_edge_attrs=True)


def outcome(function: Callable[..., Any], *args: Any, **kwargs: Any) -> object:
    """Return a result with iterators listed, or the error's type and words."""
    try:
        result = function(*args, **kwargs)
        return list(result) if hasattr(result, "__next__") else result
    except nx.NetworkXException as error:
        return type(error), str(error)


def condensed(graph: Any) -> object:
    """Return what a condensation holds."""
    parts: Any = nx.condensation(graph)
    return dict(parts.nodes(data=True)), sorted(parts.edges), parts.graph


REACH: list[Callable[[Any, str, str], object]] = [
    lambda g, a, b: outcome(nx.descendants, g, a),
    lambda g, a, b: outcome(nx.ancestors, g, a),
    lambda g, a, b: outcome(nx.has_path, g, a, b),
    lambda g, a, b: outcome(nx.bfs_layers, g, [a, b]),
    lambda g, a, b: outcome(nx.bfs_layers, g, a),
    lambda g, a, b: list(nx.single_source_shortest_path_length(g, a).items()),
    lambda g, a, b: nx.single_target_shortest_path_length(g, a, cutoff=2),
    lambda g, a, b: nx.immediate_dominators(g, a),
    lambda g, a, b: nx.single_source_dijkstra_path_length(g, a, weight="length"),
    lambda g, a, b: nx.single_source_dijkstra_path_length(g, a, cutoff=3, weight="tier"),
    lambda g, a, b: nx.multi_source_dijkstra_path_length(g, {a, b}, weight="tier"),
    lambda g, a, b: nx.multi_source_dijkstra_path_length(g, {a, b}, weight="not there"),
    lambda g, a, b: nx.single_source_dijkstra(g, a, weight="length"),
    lambda g, a, b: nx.multi_source_dijkstra(g, [b, a], weight="length"),
    lambda g, a, b: nx.multi_source_dijkstra_path(g, [a, b], cutoff=0.9, weight="length"),
    lambda g, a, b: nx.single_source_dijkstra_path(g, a, weight="length"),
    lambda g, a, b: outcome(nx.single_source_dijkstra, g, a, b, weight="length"),
    lambda g, a, b: outcome(nx.dijkstra_path, g, a, b, "length"),
    lambda g, a, b: outcome(nx.dijkstra_path_length, g, a, b, "tier"),
    lambda g, a, b: nx.single_source_dijkstra_path_length(g, a, weight=lambda u, v, d: d["tier"] + len(u)),
]
WHOLE: list[Callable[[Any], object]] = [
    lambda g: list(nx.strongly_connected_components(g)),
    lambda g: nx.number_strongly_connected_components(g),
    lambda g: list(nx.weakly_connected_components(g)),
    lambda g: nx.number_weakly_connected_components(g),
    lambda g: nx.is_directed_acyclic_graph(g),
    lambda g: outcome(nx.topological_generations, g),
    lambda g: outcome(nx.topological_sort, g),
    lambda g: condensed(g),
    lambda g: matrix(g, weight="tier").toarray().tolist(),
    lambda g: matrix(g, sorted(g)[::7], dtype=float, weight=None, format="csc").toarray().tolist(),
]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("number", range(len(REACH)))
def test_what_is_asked_about_nodes_is_answered_as_by_networkx(seed: int, number: int) -> None:
    graph, snapshot = pair(seed)
    for a, b in (("n0", "n650"), ("n3", "n1"), ("n690", "n600")):  # a hub, another, and a node near the end
        assert REACH[number](snapshot, a, b) == REACH[number](graph, a, b)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("number", range(len(WHOLE)))
def test_what_is_asked_about_the_whole_is_answered_as_by_networkx(seed: int, number: int) -> None:
    graph, snapshot = pair(seed, back=0.02 * (seed % 2))
    assert WHOLE[number](snapshot) == WHOLE[number](graph)


def test_pagerank_is_that_of_networkx() -> None:
    graph, snapshot = pair(0)
    assert nx.pagerank(snapshot, weight="tier") == pytest.approx(nx.pagerank(graph, weight="tier"), abs=1e-12)


@pytest.mark.parametrize("number", range(len(REACH)))
def test_a_node_that_is_not_there_is_named_as_by_networkx(number: int) -> None:
    graph, snapshot = pair(0, n=20, m=30)
    for a, b in (("n1", "nowhere"), ("nowhere", "n1")):
        assert outcome(REACH[number], snapshot, a, b) == outcome(REACH[number], graph, a, b)


def test_of_equally_short_paths_a_shortest_one_is_returned() -> None:
    graph, snapshot = pair(1)
    found: Any = nx.single_source_dijkstra(snapshot, "n0", weight="tier")
    lengths, paths = found
    assert lengths == nx.single_source_dijkstra_path_length(graph, "n0", weight="tier")
    assert len(paths) > 256
    assert {node: nx.path_weight(graph, path, "tier") for node, path in paths.items()} == lengths


def test_a_long_thin_chain_costs_no_numpy_call_a_step() -> None:
    n = 20_000
    snapshot = Backend.convert_from_nx(nx.path_graph(n, create_using=nx.DiGraph))
    assert nx.descendants(snapshot, 0) == set(range(1, n))
    assert list(nx.topological_sort(snapshot)) == list(range(n))
    assert nx.immediate_dominators(snapshot, 0) == {node: node - 1 for node in range(1, n)}


@pytest.mark.parametrize("weights", [[-1, 1], [float("inf"), 1.0], [2**62, 2**62]])
def test_weights_that_scipy_would_answer_otherwise_are_left_to_networkx(weights: list[float]) -> None:
    graph: nx.DiGraph[Hashable] = nx.DiGraph()
    for number, weight in enumerate(weights):
        graph.add_edge(number, number + 1, weight=weight)
    graph.add_edges_from(((2, node) for node in range(3, 400)), weight=weights[0])
    snapshot = Backend.convert_from_nx(graph, preserve_edge_attrs=True)
    assert nx.single_source_dijkstra(snapshot, 0) == nx.single_source_dijkstra(graph, 0)


def test_networkx_knows_what_is_offered() -> None:
    info = networkx_knows.backend_info["tracegraph"]
    assert set(info["functions"]) == set(FUNCTIONS)
    assert "tracegraph : Immutable snapshots" in (nx.descendants.__doc__ or "")
    assert all(hasattr(Backend, name) for name in FUNCTIONS)


def test_what_is_not_offered_says_so_and_runs_on_an_ordinary_graph() -> None:
    graph, snapshot = pair(0, n=30, m=60, back=0)
    with pytest.raises(NotImplementedError, match="not implemented by"):
        nx.transitive_reduction(snapshot)
    reduced = nx.transitive_reduction(snapshot.to_networkx())
    assert sorted(reduced.edges) == sorted(nx.transitive_reduction(graph).edges)
    with networkx_config(fallback_to_nx=True):
        assert sorted(nx.transitive_reduction(snapshot).edges) == sorted(reduced.edges)


@pytest.mark.parametrize(
    ("graph", "words"),
    [
        (nx.path_graph(3), "directed"),
        (nx.MultiDiGraph([(1, 2)]), "parallel"),
        (nx.DiGraph([(1, 2, {"weight": "heavy"})]), "not a number"),
        (nx.DiGraph([(1, 2, {"weight": 2**70})]), "64 bits"),
    ],
)
def test_a_graph_that_is_no_snapshot_is_not_converted(graph: Any, words: str) -> None:
    with pytest.raises(NotImplementedError, match=words):
        Backend.convert_from_nx(graph, preserve_edge_attrs=True)


def test_a_graph_is_converted_when_somebody_asks_for_it() -> None:
    graph, _ = pair(2, n=50, m=100)
    assert nx.descendants(graph, "n0", backend="tracegraph") == nx.descendants(graph, "n0")
    with pytest.raises(NotImplementedError, match="not implemented by 'tracegraph' backend"):
        nx.dijkstra_path(graph, "n0", "n1", weight=lambda u, v, d: 1, backend="tracegraph")
