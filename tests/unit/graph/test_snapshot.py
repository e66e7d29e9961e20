"""The snapshot itself: a graph of NetworkX's to read, arrays inside, nothing to change."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import networkx as nx
import numpy as np
import pytest

from tests.unit.graph.test_backend import pair
from tracegraph.graph.snapshot import numbered


def test_it_reads_like_the_graph_it_was_made_of() -> None:
    graph, snapshot = pair(0, n=60, m=200)
    assert list(snapshot) == list(graph)
    assert (len(snapshot), snapshot.number_of_edges()) == (len(graph), graph.number_of_edges())
    assert list(snapshot.edges(data=True)) == list(graph.edges(data=True))
    assert set(snapshot.in_edges) == set(graph.in_edges)
    assert dict(snapshot.degree) == dict(graph.degree)
    assert dict(snapshot.in_degree(weight="tier")) == dict(graph.in_degree(weight="tier"))
    assert {node: dict(snapshot.pred[node]) for node in snapshot} == {node: dict(graph.pred[node]) for node in graph}
    assert snapshot["n0"] == graph["n0"]
    assert [snapshot.has_edge("n0", node) for node in graph] == [graph.has_edge("n0", node) for node in graph]
    nothing: object = ["n0"]  # cannot be a node
    assert ("n0" in snapshot, "x" in snapshot, nothing in snapshot) == (True, False, False)


def test_it_becomes_an_ordinary_graph_again() -> None:
    graph, snapshot = pair(1, n=60, m=200)
    copy = snapshot.copy()
    assert nx.utils.graphs_equal(copy, graph)
    copy.add_edge("n0", "new")
    assert "new" not in snapshot


def test_parts_and_the_reverse_are_those_of_networkx() -> None:
    graph, snapshot = pair(2, n=60, m=300)
    some = [f"n{number}" for number in range(0, 60, 2)]
    part, expected = snapshot.subgraph(some), graph.subgraph(some)
    assert list(part) == list(expected)
    assert {(u, v, d["tier"]) for u, v, d in part.edges(data=True)} == set(expected.edges(data="tier"))
    assert set(snapshot.reverse().edges(data="length")) == set(graph.reverse().edges(data="length"))


def test_it_does_not_change() -> None:
    _, snapshot = pair(0, n=10, m=20)
    with pytest.raises(nx.NetworkXError, match="Frozen"):
        snapshot.add_edge("n0", "n1")
    with pytest.raises(ValueError, match="read-only"):
        snapshot.out.indices[0] = 1
    with pytest.raises(ValueError, match="read-only"):
        snapshot.attributes["tier"][0] = 1


@pytest.mark.parametrize(
    ("tails", "heads", "grade", "words"),
    [
        ([0, 0], [1, 1], [1, 1], "two edges"),
        ([0], [3], [1], "outside 0 to 2"),
        ([0], [-1], [1], "outside 0 to 2"),
        ([0, 1], [1, 2], [1], "shape"),
    ],
)
def test_arrays_that_make_no_graph_are_refused(
    tails: list[int], heads: list[int], grade: list[int], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        numbered(3, np.array(tails), np.array(heads), {"grade": np.array(grade)})


def test_nodes_called_by_their_numbers() -> None:
    snapshot = numbered(3, np.array([0, 1]), np.array([1, 2]))
    assert nx.descendants(snapshot, 0) == {1, 2}
    assert all(type(node) is int for node in nx.descendants(snapshot, 0))
    assert (3 in snapshot, "0" in snapshot, None in snapshot) == (False, False, False)
    empty = numbered(0, np.array([], dtype=int), np.array([], dtype=int))
    assert not list(nx.topological_sort(empty))
    assert not list(nx.strongly_connected_components(empty))


def test_threads_do_not_meet() -> None:
    graph, snapshot = pair(3, n=2000, m=8000)
    nodes = [f"n{number}" for number in range(400)]
    expected = [nx.descendants(graph, node) for node in nodes]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda node: nx.descendants(snapshot, node), nodes)) == expected
    finally:
        sys.setswitchinterval(before)
