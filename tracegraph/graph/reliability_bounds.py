"""Bounds that always enclose the probability that a target is reached, however large the cone (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import pairwise, product
from math import ceil, exp, log, prod
from typing import Any, Final, cast

import networkx as nx
import numpy as np
import numpy.typing as npt

from tracegraph.graph.reliability_exact import exact_probability
from tracegraph.graph.reliability_network import CERTAIN, Chance, Network

MAX_PATHS: Final = 32
MAX_STATES: Final = 4_000
MAX_CASES: Final = 256
MAX_EDGES_FOR_CUT: Final = 5_000
_SCALE: Final = 1_000_000_000  # NetworkX's flows are exact on whole numbers

Floats = npt.NDArray[np.float64]


def lower_bound(network: Network, target: int, max_paths: int = MAX_PATHS) -> float:
    """Return a probability that is certainly not above that of reaching a node.

    The exact probability over some good paths: a part of the network can only be less likely to reach than all of it.
    First the best paths that share no link, so that it is at least the best path's product, and the bound by
    edge-disjoint paths where these are independent; then paths that shun what was used. Shared evidence is taken care
    of, because it is exact. Paths are added while that stays small (`MAX_PATHS`, `MAX_STATES`). Shortest paths by
    `networkx.single_source_dijkstra` on minus log of probabilities.
    """
    graph = _graph(network)
    uses: Counter[int] = Counter()
    kept: set[tuple[int, int]] = set()
    bound, disjoint = 0.0, True
    for _ in range(max_paths):
        path = _best_path(graph, network, target, uses, disjoint=disjoint)
        if path is None:
            disjoint = False
            continue
        links = [graph.edges[edge]["link"] for edge in path]
        uses.update(link for link in links if link != CERTAIN)
        bound = max(bound, prod(_probability(network, link) for link in links))
        if kept.issuperset(path):
            continue
        kept.update(path)
        found = exact_probability(_only(network, kept), target, MAX_STATES)
        if found is None:
            break
        bound = max(bound, found.probability)
    return min(bound, 1.0)


def upper_bound(network: Network, target: int) -> float:
    """Return a probability that is certainly not below that of reaching a node.

    The smaller of two: noisy-OR over the circles in topological order, which is an upper bound because events are
    positively associated (given what shared evidence is right: see `noisy_or`); and one less the product of the doubts
    along a minimum cut.
    """
    return min(1.0, noisy_or(network, target), minimum_cut_bound(network, target))


def noisy_or(network: Network, target: int) -> float:
    """Return the noisy-OR bound: ``x_v = 1 - prod(1 - p_uv * x_u)``, averaged over the cases of shared evidence.

    Exact on trees. On a circle it would creep towards 1 when repeated, so the nodes of a circle are taken as one,
    reached when any of them is: that is certainly not too low. Each case says to which level shared evidence is right;
    the evidence with most assertions is told apart into cases first, `MAX_CASES` at most, and the rest is taken as
    right. Never above the union bound, which is the sum of the paths' products. O(edges * cases).
    """
    cases, weights = _cases(network)
    missing: Floats = np.ones((network.circle[-1] + 1, len(weights)))
    missing[0] = 0.0
    for tail, heads in enumerate(network.leaving):
        reached = 1 - missing[network.circle[tail]]
        for head, link in heads:
            if network.circle[head] != network.circle[tail]:
                missing[network.circle[head]] *= 1 - reached * _chances(network, link, cases)
    return float(weights @ (1 - missing[network.circle[target]]))


def minimum_cut_bound(network: Network, target: int) -> float:
    """Return ``1 - prod(1 - p_e)`` over a minimum cut: something of every cut must exist.

    Valid with circles and with shared evidence. `networkx.minimum_cut_value` with capacities ``-log(1 - p_e)``, rounded
    up; 1 where the network has more than `MAX_EDGES_FOR_CUT` edges, or a certain path.
    """
    if len(network.edges) > MAX_EDGES_FOR_CUT:
        return 1.0
    graph: nx.DiGraph[int] = nx.DiGraph()
    for tail, head, link in network.edges:
        p = _probability(network, link)
        # an edge without a capacity has an infinite one
        graph.add_edge(tail, head, **({} if p >= 1 else {"capacity": ceil(-log(1 - p) * _SCALE)}))
    try:
        value = nx.minimum_cut_value(graph, 0, target)
    except nx.NetworkXUnbounded:
        return 1.0
    return 1 - exp(-value / _SCALE)


# --- parts --------------------------------------------------------------------------------------------------------


def _graph(network: Network) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_edges_from((tail, head, {"link": link}) for tail, head, link in network.edges)
    return graph


def _probability(network: Network, link: int) -> float:
    return 1.0 if link == CERTAIN else network.links[link].probability


def _best_path(
    graph: nx.DiGraph[int], network: Network, target: int, uses: Mapping[int, int], *, disjoint: bool
) -> list[tuple[int, int]] | None:
    """Return the edges of the most probable path; used links are hidden (disjoint), or the longer the more used."""

    def length(_tail: int, _head: int, edge: dict[str, Any]) -> float | None:
        used = uses.get(edge["link"], 0)
        return None if used and disjoint else -log(_probability(network, edge["link"])) * (1 + used)

    weight: Any = length
    try:
        _, path = nx.single_source_dijkstra(graph, 0, target, weight=weight)
    except nx.NetworkXNoPath:
        return None
    return list(pairwise(cast(list[int], path)))


def _only(network: Network, kept: Collection[tuple[int, int]]) -> Network:
    """Return the network with these edges alone."""
    return replace(
        network,
        leaving=tuple(
            tuple((head, link) for head, link in heads if (tail, head) in kept)
            for tail, heads in enumerate(network.leaving)
        ),
    )


def _cases(network: Network) -> tuple[dict[int, npt.NDArray[np.int64]], Floats]:
    """Return, by case, the level of the evidence that is told apart, and each case's probability."""
    said = [0] * len(network.thresholds)
    for chance in network.chances:
        for term in chance.terms:
            said[term.evidence] += 1
    chosen: list[int] = []
    number = 1
    for evidence in sorted(range(len(said)), key=lambda n: (-said[n], n)):
        if number * len(network.levels[evidence]) <= MAX_CASES:
            chosen.append(evidence)
            number *= len(network.levels[evidence])
    rows = list(product(*(range(len(network.levels[evidence])) for evidence in chosen)))
    weights = [prod(network.levels[e][level] for e, level in zip(chosen, row, strict=True)) for row in rows]
    columns = {evidence: np.array([row[n] for row in rows]) for n, evidence in enumerate(chosen)}
    return columns, np.array(weights)


def _chances(network: Network, link: int, cases: dict[int, npt.NDArray[np.int64]]) -> Floats | float:
    """Return a link's probability by case."""
    if link == CERTAIN:
        return 1.0
    chance: Chance = network.chances[link]
    missing: Any = 1 - chance.alone
    for term in chance.terms:
        right = cases[term.evidence] >= term.level if term.evidence in cases else 1.0
        missing = missing * (1 - term.chance * right)
    return cast(Floats, 1 - missing)
