"""Sets along a graph with circles, against the plain reading: what is reached from where."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tracegraph.walk.propagate import Flow, _topological, bits_of, members

Edges = list[tuple[int, int]]


def flow(n: int, edges: Edges) -> Flow:
    pairs = np.array(edges, dtype=np.int64).reshape(-1, 2)
    return Flow(n, pairs[:, 0], pairs[:, 1])


def reached(n: int, edges: Edges, starts: list[int]) -> list[int]:
    """The set of starts from which each node is reached, by search."""
    sets = [0] * n
    for bit, start in enumerate(starts):
        waiting, seen = [start], {start}
        while waiting:
            node = waiting.pop()
            for a, b in edges:
                if a == node and b not in seen:
                    seen.add(b)
                    waiting.append(b)
        for node in seen:
            sets[node] |= 1 << bit
    return sets


def joined(found: Flow, n: int, starts: list[int]) -> list[int]:
    sets = found.joined(np.array(starts, dtype=np.int64), [1 << bit for bit in range(len(starts))])
    return [sets[found.component[node]] for node in range(n)]


@pytest.mark.parametrize("seed", range(60))
def test_random_graphs_agree_with_a_search(seed: int) -> None:
    chance = random.Random(seed)
    n = chance.randint(1, 14)
    edges = [(chance.randrange(n), chance.randrange(n)) for _ in range(chance.randint(0, 2 * n))]
    starts = [chance.randrange(n) for _ in range(chance.randint(1, 5))]
    assert joined(flow(n, edges), n, starts) == reached(n, edges, starts)


def test_a_circle_is_one_component_and_passes_all_on() -> None:
    found = flow(5, [(0, 1), (1, 2), (2, 0), (2, 3)])
    assert len({found.component[node] for node in (0, 1, 2)}) == 1
    assert joined(found, 5, [1, 4]) == [1, 1, 1, 1, 2]


def test_a_component_of_no_interest_stops_the_flow() -> None:
    found = flow(3, [(0, 1), (1, 2)])
    through = np.ones(found.n_components, dtype=bool)
    through[found.component[1]] = False
    sets = found.joined(np.array([0]), [1], through)
    assert [sets[found.component[node]] for node in range(3)] == [1, 0, 0]


def test_without_edges_everything_stays_where_it_is() -> None:
    assert joined(flow(3, []), 3, [2]) == [0, 0, 1]


@pytest.mark.parametrize("seed", range(20))
def test_a_topological_rank_rises_along_every_edge(seed: int) -> None:
    chance = random.Random(seed)
    n = chance.randint(2, 20)
    order = chance.sample(range(n), n)
    pairs = [sorted(chance.sample(range(n), 2)) for _ in range(3 * n)]
    tails = np.array([order[a] for a, _ in pairs], dtype=np.int64)
    heads = np.array([order[b] for _, b in pairs], dtype=np.int64)
    rank = _topological(n, tails, heads)
    assert sorted(rank.tolist()) == list(range(n))
    assert (rank[tails] < rank[heads]).all()


def test_members_are_the_smallest_in_order() -> None:
    assert members(bits_of([9, 2, 70]), 2) == [2, 9]
    assert members(bits_of([9, 2, 70]), 9) == [2, 9, 70]
    assert members(0, 3) == []
