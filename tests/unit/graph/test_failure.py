"""AND/OR failure against brute force, on random graphs with circles; and the two extremes that NetworkX knows."""

from __future__ import annotations

import random
from collections.abc import Collection
from itertools import chain, combinations

import networkx as nx
import pytest

from tracegraph.answer_stops import Cycles
from tracegraph.graph.failure import AndOr, Points, failing

Graph = AndOr[int]
BOTH = tuple(Cycles)


def brute(graph: Graph, closed: Collection[int], cycles: Cycles) -> set[int]:
    """What fails, by turning the definition over and over until nothing changes."""
    nodes = set(graph.nodes())
    failed = set(closed) if cycles is Cycles.OPTIMISTIC else set(nodes)
    while True:
        found = {
            v
            for v in nodes
            if v in closed or any(all(member in failed for member in group) for group in graph.needs.get(v, ()))
        }
        if found == failed:
            return failed
        failed = found


def random_graph(seed: int, nodes: int = 12, *, circles: bool = True) -> Graph:
    chance = random.Random(seed)
    needs = {}
    for node in range(nodes):
        before = [n for n in range(nodes if circles else node) if n != node]
        groups = chance.randint(0, 3) if before else 0
        needs[node] = [chance.sample(before, chance.randint(1, min(3, len(before)))) for _ in range(groups)]
    return AndOr(needs)


def of_one(graph: Graph) -> Points[int, int]:
    return Points(graph, {node: (node,) for node in graph.nodes()})


@pytest.mark.parametrize("block", range(5))
def test_failures_and_single_points_are_those_of_brute_force(block: int) -> None:
    """500 random graphs, half of them with circles: every node, every closure, both choices on circles."""
    circular = 0
    for seed in range(100 * block, 100 * block + 100):
        graph = random_graph(seed, circles=seed % 2 == 0)
        circular += not nx.is_directed_acyclic_graph(
            nx.DiGraph((n, m) for n, groups in graph.needs.items() for g in groups for m in g)
        )
        for cycles in BOTH:
            values = of_one(graph).values(cycles)
            base = brute(graph, (), cycles)
            alone = {node: brute(graph, (node,), cycles) for node in graph.nodes()}
            assert failing(graph, (), cycles) == base
            for node in graph.nodes():
                assert failing(graph, (node,), cycles) == alone[node]
                expected = None if node in base else {other for other in alone if node in alone[other]}
                assert values[node] == expected
    assert circular > 30


@pytest.mark.parametrize("block", range(3))
def test_pairs_are_those_of_brute_force(block: int) -> None:
    """300 random graphs: the minimal sets of two."""
    for seed in range(1000 + 100 * block, 1100 + 100 * block):
        graph = random_graph(seed, nodes=9, circles=seed % 2 == 0)
        nodes = sorted(graph.nodes())
        for cycles in BOTH:
            base = brute(graph, (), cycles)
            alone = {node: brute(graph, (node,), cycles) for node in nodes}
            both = {frozenset(two): brute(graph, two, cycles) for two in combinations(nodes, 2)}
            found = of_one(graph).pairs(nodes, cycles, nodes)
            for node in nodes:
                minimal = {
                    two for two, failed in both.items() if node in failed and not any(node in alone[one] for one in two)
                }
                assert found[node] == (frozenset() if node in base else minimal)


@pytest.mark.parametrize("seed", range(20))
def test_labels_close_all_their_nodes_at_once(seed: int) -> None:
    graph = random_graph(seed)
    labels = {node: (f"h{node % 4}", f"c{node % 3}") for node in graph.nodes()}
    for cycles in BOTH:
        values = Points(graph, labels).values(cycles)
        base = brute(graph, (), cycles)
        for label in ("h0", "h1", "h2", "h3", "c0", "c1", "c2"):
            failed = brute(graph, [node for node in labels if label in labels[node]], cycles)
            for node, value in values.items():
                assert (value is None) == (node in base)
                assert value is None or (label in value) == (node in failed)


@pytest.mark.parametrize("seed", range(30))
def test_one_group_a_node_gives_the_dominators(seed: int) -> None:
    """All-OR, grounded: the chain of immediate dominators from a source over all raw nodes."""
    graph = AndOr({n: [list(chain(*groups))] if groups else [] for n, groups in random_graph(seed).needs.items()})
    flow: nx.DiGraph[int] = nx.DiGraph((m, n) for n, groups in graph.needs.items() for group in groups for m in group)
    flow.add_edges_from((-1, n) for n, groups in graph.needs.items() if not groups)
    above = nx.immediate_dominators(flow, -1) if -1 in flow else {}
    for node, value in of_one(graph).values(Cycles.GROUNDED).items():
        dominators, at = set(), node
        while at in above and at != -1:
            dominators.add(at)
            at = above[at]
        assert (value or frozenset()) == dominators


@pytest.mark.parametrize("seed", range(30))
def test_groups_of_one_give_the_ancestors(seed: int) -> None:
    graph = AndOr(
        {n: [[m] for group in groups for m in group] for n, groups in random_graph(seed, circles=False).needs.items()}
    )
    flow: nx.DiGraph[int] = nx.DiGraph((m, n) for n, groups in graph.needs.items() for group in groups for m in group)
    flow.add_nodes_from(graph.nodes())
    for cycles in BOTH:
        for node, value in of_one(graph).values(cycles).items():
            assert value == frozenset({node, *nx.ancestors(flow, node)})


def test_a_circle_fails_only_where_supply_must_come_from_somewhere() -> None:
    """O14 of the design: a needs (source or b), b needs a; the source fails."""
    graph = AndOr({"a": [["source", "b"]], "b": [["a"]]})
    assert failing(graph, ["source"], Cycles.OPTIMISTIC) == {"source"}
    assert failing(graph, ["source"], Cycles.GROUNDED) == {"source", "a", "b"}
    points = Points(graph, {node: (node,) for node in graph.nodes()})
    assert points.values(Cycles.OPTIMISTIC)["b"] == frozenset({"b", "a"})
    assert points.values(Cycles.GROUNDED)["b"] == frozenset({"b", "a", "source"})


def test_a_circle_without_any_source_has_failed_before_anything_closes() -> None:
    graph = AndOr({"a": [["b"]], "b": [["a"]]})
    points = Points(graph, {node: (node,) for node in graph.nodes()})
    assert points.values(Cycles.GROUNDED) == {"a": None, "b": None}
    assert points.values(Cycles.OPTIMISTIC)["a"] == frozenset({"a", "b"})
    assert failing(graph, (), Cycles.GROUNDED) == {"a", "b"}


def test_a_need_that_nobody_fills_fails() -> None:
    graph: AndOr[str] = AndOr({"a": [[]], "b": [["a"]]})
    for cycles in BOTH:
        assert failing(graph, (), cycles) == {"a", "b"}


def test_upstream_keeps_what_the_targets_depend_on() -> None:
    graph = AndOr({"c": [["a", "b"]], "d": [["b"]], "e": [["d"]]})
    assert set(graph.upstream(["d"]).nodes()) == {"d", "b"}
