"""A graph of links made ready for counting worlds: nodes in an order, evidence split into shared and own doubt (pure).

The probability model. An assertion of confidence c by evidence s is right when both hold::

    U_s <= c ** w          s is right as far as this assertion needs it to be; U_s uniform on [0, 1], one for each s
    V   <= c ** (1 - w)    and it is right on this link;                     V uniform on [0, 1], one for each assertion

All U and V are independent, so that the assertion is right with probability c whatever w is. The part w of its doubt
(in logarithms) is the evidence's, shared with everything else that the same evidence asserts: at w = 0 all assertions
are independent, at w = 1 those of one document with equal confidence stand and fall together. A link exists when one of
its assertions is right. Every event is monotone in independent variables, so events are positively associated (Harris
1960), and a link more never lowers a probability.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

import networkx as nx

from tracegraph.graph.reliability_graph import Link
from tracegraph.graph.route_graph import START, Node

CERTAIN: Final = -1
_END: Final[Node] = ("", -1)


class Term(NamedTuple):
    """An assertion of shared evidence: right with `chance` when the evidence is right to at least `level`."""

    evidence: int
    level: int
    chance: float


class Chance(NamedTuple):
    """When a link exists: `alone` is the probability that evidence of its own says so rightly; and shared terms."""

    alone: float
    terms: tuple[Term, ...]

    def given(self, levels: Mapping[int, int]) -> float:
        """Return the probability that the link exists, for evidence that is right to these levels."""
        missing = 1 - self.alone
        for term in self.terms:
            if levels[term.evidence] >= term.level:
                missing *= 1 - term.chance
        return 1 - missing


@dataclass(frozen=True)
class Network:
    """Links between numbered nodes; every node lies on a way from the start to a target.

    Attributes
    ----------
    nodes : tuple of Node
        In an order in which only circles go back; the first is the start.
    circle : tuple of int
        By node: number of its strongly connected component, ascending.
    leaving : tuple of tuple of (int, int)
        By node: heads of its edges, and the link of each, or `CERTAIN`.
    links : tuple of Link
        A link may lie on two edges if they join the same nodes in both directions.
    chances : tuple of Chance
        By link.
    thresholds : tuple of tuple of float
        By shared evidence: it is right to level i (from 1) when its variable is at most the i-th, descending.
    """

    nodes: tuple[Node, ...]
    circle: tuple[int, ...]
    leaving: tuple[tuple[tuple[int, int], ...], ...]
    links: tuple[Link, ...]
    chances: tuple[Chance, ...]
    thresholds: tuple[tuple[float, ...], ...]

    @cached_property
    def number(self) -> Mapping[Node, int]:
        """Number of each node."""
        return {node: number for number, node in enumerate(self.nodes)}

    @cached_property
    def levels(self) -> tuple[tuple[float, ...], ...]:
        """By shared evidence: probability of being right to exactly level 0, 1, ..."""
        return tuple(
            tuple(high - low for high, low in zip((1.0, *steps), (*steps, 0.0), strict=True))
            for steps in self.thresholds
        )

    @cached_property
    def edges(self) -> tuple[tuple[int, int, int], ...]:
        """All edges as (tail, head, link)."""
        return tuple((tail, head, link) for tail, heads in enumerate(self.leaving) for head, link in heads)


def build_network(graph: nx.DiGraph[Node], targets: Collection[Node], shared_doubt: float) -> Network | None:
    """Return what leads from `START` to the targets, ready for counting; None where nothing does.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `tracegraph.graph.reliability_graph.build_evidence_graph`.
    targets : collection of Node
        ``(contract, CLAIM)`` of the contracts in question.
    shared_doubt : float
        w of the module's docstring, in [0, 1].
    """
    relevant = _without_what_adds_nothing(graph)
    relevant.add_edges_from((target, _END) for target in targets if target in graph)
    if _END not in relevant or not nx.has_path(relevant, START, _END):
        return None
    kept = {START} | (nx.descendants(relevant, START) & nx.ancestors(relevant, _END))
    ordered: nx.DiGraph[Node] = nx.DiGraph()
    ordered.add_node(START)  # the first, so that components come in an order that goes deep before it goes wide
    ordered.add_edges_from(sorted((a, b) for a, b in relevant.edges if a in kept and b in kept))
    circles = [sorted(circle) for circle in nx.strongly_connected_components(ordered)][::-1]
    nodes = tuple(node for circle in circles for node in circle)
    number = {node: position for position, node in enumerate(nodes)}
    found = {graph.edges[edge]["link"] for edge in ordered.edges}
    links = tuple(sorted(link for link in found if link is not None))
    at: dict[Link | None, int] = {None: CERTAIN, **{link: position for position, link in enumerate(links)}}
    chances, thresholds = _split(links, shared_doubt)
    return Network(
        nodes=nodes,
        circle=tuple(position for position, circle in enumerate(circles) for _ in circle),
        leaving=tuple(
            tuple(sorted((number[head], at[graph.edges[node, head]["link"]]) for head in ordered.succ[node]))
            for node in nodes
        ),
        links=links,
        chances=chances,
        thresholds=thresholds,
    )


def _without_what_adds_nothing(graph: nx.DiGraph[Node]) -> Any:
    """Return the graph without the links into nodes that are certainly reached: an affected item is affected anyhow."""
    certain: Any = nx.DiGraph()
    certain.add_node(START)
    certain.add_edges_from((a, b) for a, b, edge in graph.edges(data=True) if edge["link"] is None)
    surely = nx.descendants(certain, START)
    kept: Any = nx.DiGraph()
    kept.add_node(START)
    kept.add_edges_from((a, b) for a, b, edge in graph.edges(data=True) if edge["link"] is None or b not in surely)
    return kept


def _split(links: Collection[Link], w: float) -> tuple[tuple[Chance, ...], tuple[tuple[float, ...], ...]]:
    """Return each link's chance, and the thresholds of the evidence that several of them share."""
    said = Counter(assertion.evidence for link in links for assertion in link.assertions)
    shared = {evidence: n for n, evidence in enumerate(sorted(e for e, times in said.items() if times > 1 and w > 0))}
    steps: list[set[float]] = [set() for _ in shared]
    for link in links:
        for assertion in link.assertions:
            if assertion.evidence in shared:
                steps[shared[assertion.evidence]].add(assertion.confidence**w)
    thresholds = tuple(tuple(sorted(found, reverse=True)) for found in steps)
    return tuple(_chance(link, w, shared, thresholds) for link in links), thresholds


def _chance(link: Link, w: float, shared: Mapping[str, int], thresholds: tuple[tuple[float, ...], ...]) -> Chance:
    missing, terms = 1.0, []
    for assertion in link.assertions:
        if assertion.evidence not in shared:
            missing *= 1 - assertion.confidence
            continue
        evidence = shared[assertion.evidence]
        level = thresholds[evidence].index(assertion.confidence**w) + 1
        terms.append(Term(evidence, level, assertion.confidence ** (1 - w)))
    return Chance(1 - missing, tuple(terms))
