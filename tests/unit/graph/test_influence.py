"""O4, O10 and O11: input-output figures and rank scores with the numbers of the methods' oracles."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from tracegraph.errors import InvalidInput
from tracegraph.graph.influence import (
    downstreamness,
    influence_vector,
    katz,
    katz_from,
    leontief_inverse,
    technical_coefficients,
    upstreamness,
)

Z = [[150, 500], [200, 100]]
X = [1000, 2000]


def test_o4_leontief_two_by_two() -> None:
    """Miller and Blair's example."""
    a = technical_coefficients(Z, X)
    inverse = leontief_inverse(a)
    assert a == pytest.approx(np.array([[0.15, 0.25], [0.2, 0.05]]), abs=1e-12)
    assert np.linalg.det(np.eye(2) - a) == pytest.approx(0.7575, abs=1e-12)
    assert inverse == pytest.approx(np.array([[1.2541, 0.3300], [0.2640, 1.1221]]), abs=5e-5)
    assert inverse @ [350, 1700] == pytest.approx(X, abs=1e-9)
    assert inverse @ [600, 1500] == pytest.approx([1247.52, 1841.58], abs=5e-3)
    assert inverse.sum(axis=0) == pytest.approx([1.5182, 1.4521], abs=5e-5)


def test_o4_partial_sums_come_near_the_inverse_from_below() -> None:
    a = technical_coefficients(Z, X)
    sums = [sum((np.linalg.matrix_power(a, n) for n in range(last + 1)), np.zeros((2, 2))) for last in (1, 2, 3)]
    assert sums[0] == pytest.approx(np.array([[1.15, 0.25], [0.2, 1.05]]), abs=1e-12)
    assert sums[1] == pytest.approx(np.array([[1.2225, 0.3], [0.24, 1.1025]]), abs=1e-12)
    assert sums[2] == pytest.approx(np.array([[1.2434, 0.3206], [0.2565, 1.1151]]), abs=5e-5)
    assert (sums[2] < leontief_inverse(a)).all()


def test_o4_stages_up_and_down_and_their_identities() -> None:
    up, down = upstreamness(Z, X), downstreamness(Z, X)
    assert up == pytest.approx([1.914191, 1.254125], abs=5e-7)
    assert down == pytest.approx([1.518152, 1.452145], abs=5e-7)
    value_added, final = np.array(X) - np.sum(Z, axis=0), np.array(X) - np.sum(Z, axis=1)
    assert value_added @ up == pytest.approx(3000, abs=1e-9)
    assert final @ down == pytest.approx(3000, abs=1e-9)


def test_flows_that_need_more_than_they_bring_are_told() -> None:
    with pytest.raises(InvalidInput, match="spectral radius 1"):
        leontief_inverse([[0.5, 0.5], [0.5, 0.5]])
    with pytest.raises(InvalidInput, match="one output for each row"):
        technical_coefficients([[1, 2]], [3, 4])
    with pytest.raises(InvalidInput, match="above 0"):
        upstreamness([[1, 0], [0, 0]], [1, 0])


def test_o10_influence_in_a_star_and_in_a_ring() -> None:
    """Everybody in the star buys from the centre, and the centre from nobody else."""
    star: nx.DiGraph[int] = nx.DiGraph([(n, 0) for n in range(1, 5)] + [(0, 0)])
    found = influence_vector(star, alpha=0.5)
    assert [found[n] for n in range(5)] == pytest.approx([0.6, 0.1, 0.1, 0.1, 0.1], abs=1e-9)
    assert np.linalg.norm(list(found.values())) == pytest.approx(0.632456, abs=5e-7)
    ring: nx.DiGraph[int] = nx.DiGraph([(n, (n + 1) % 5) for n in range(5)])
    assert list(influence_vector(ring, alpha=0.5).values()) == pytest.approx([0.2] * 5, abs=1e-9)
    assert np.linalg.norm(list(influence_vector(ring).values())) == pytest.approx(0.447214, abs=5e-7)


@pytest.mark.parametrize("alpha", [0.2, 0.5, 0.8])
def test_o10_influence_is_what_its_formula_says(alpha: float) -> None:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_weighted_edges_from([(0, 1, 2.0), (0, 2, 1.0), (1, 2, 5.0), (2, 0, 1.0), (2, 3, 3.0), (3, 0, 1.0)])
    bought = nx.to_numpy_array(graph, nodelist=range(4))
    w = bought / bought.sum(axis=1, keepdims=True)
    expected = alpha / 4 * np.linalg.inv(np.eye(4) - (1 - alpha) * w.T) @ np.ones(4)
    assert list(influence_vector(graph, alpha).values()) == pytest.approx(expected, abs=1e-10)


def test_o11_katz() -> None:
    graph: nx.DiGraph[str] = nx.DiGraph([("f", "a"), ("f", "b"), ("a", "b"), ("a", "c"), ("b", "c")])
    assert katz_from(graph, "f", 0.5) == pytest.approx({"f": 1, "a": 0.5, "b": 0.75, "c": 0.625}, abs=1e-12)
    everywhere = katz(graph, 0.5)
    assert everywhere == pytest.approx({"f": 1, "a": 1.5, "b": 2.25, "c": 2.875}, abs=1e-12)
