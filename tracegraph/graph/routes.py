"""Best routes: one rule, so that every interface shows the same (`docs/model.md`, section 8; pure).

The weakest grade of a route is a bottleneck, not a sum: for each grade from the best down, NetworkX's Dijkstra searches
among the steps of at least that grade, and the first search that reaches a contract has its best route. Within a search
a route's length is a `RouteLength`, which compares as the rule says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import networkx as nx

from tracegraph.graph.route_graph import CLAIM, INFERRED, START, Node
from tracegraph.vocabulary import Grade


class RouteLength(tuple[int, int, int, tuple[str, ...], tuple[int, ...]]):
    """The length of a route, smaller is better: tiers, steps, minus the product of confidences, ids, kinds of step.

    Lengths are added step by step. Confidences are compared only between routes of equally many steps, so products of
    millionths are exact. All parts keep their order when the same step is added to two lengths, which is what Dijkstra
    needs.
    """

    __slots__ = ()

    def __add__(self, step: Any) -> RouteLength:
        """Return the length with one step more."""
        tiers, steps, confidence, ids, kinds = self
        return RouteLength(
            (tiers + step[0], steps + step[1], -confidence * step[2], ids + step[3], kinds + step[4]),
        )

    def __radd__(self, start: int) -> RouteLength:
        """Return the length itself: NetworkX begins with 0."""
        return self


@dataclass(frozen=True, slots=True)
class Route:
    """A route from an affected item to a contract.

    Attributes
    ----------
    nodes : tuple of str
        Ids from the affected item to the contract.
    inferred : tuple of bool
        By step: whether it is an inferred one.
    weakest_grade : Grade
        Of its steps and its start.
    """

    nodes: tuple[str, ...]
    inferred: tuple[bool, ...]
    weakest_grade: Grade


@dataclass(frozen=True, slots=True)
class Reached:
    """What the routes to one contract amount to.

    Attributes
    ----------
    established : bool
        Whether a route is documented throughout.
    tier : int
        The smallest over the established routes, or over all where none is.
    route : Route
        The best one.
    direct : tuple of str
        Sorted delivered items that some route goes through.
    """

    established: bool
    tier: int
    route: Route
    direct: tuple[str, ...]


def reached_contracts(graph: nx.DiGraph[Node], contracts: set[str], max_tier: int | None = None) -> dict[str, Reached]:
    """Return the contracts that some route reaches, and what their routes amount to.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `tracegraph.graph.route_graph.build_route_graph`.
    contracts : set of str
        The contracts that exist for the reader.
    max_tier : int, optional
        Routes of more tiers do not count.

    Returns
    -------
    dict of Reached by contract id
        Contracts that no route reaches are absent.

    Notes
    -----
    One Dijkstra a grade that the graph has steps of: O(M log N) each, with lengths as long as the route.

    References
    ----------
    E. W. Dijkstra (1959), as `networkx.dijkstra_predecessor_and_distance`; bottleneck by thresholds: `docs/model.md`
    section 8.
    """
    limit = max_tier if max_tier is not None else graph.number_of_nodes()
    met = contracts.intersection(node for node, _ in graph)
    present: set[int] = {edge["grade"] for _, _, edge in graph.edges(data=True)}
    best: dict[str, Route] = {}
    documented: dict[str, int] = {}
    anyhow: Mapping[Node, RouteLength] = {}
    for grade in Grade:
        if grade.rank not in present:
            continue
        lengths = _lengths(graph, grade.rank)
        for contract in met:
            length = lengths.get((contract, CLAIM))
            if length is not None and length[0] <= limit:
                best.setdefault(contract, Route((*length[3], contract), _inferred(length), grade))
                if grade is not Grade.INFERRED:
                    documented[contract] = length[0]
        anyhow = lengths
    return {
        contract: Reached(
            established=contract in documented,
            tier=documented.get(contract, anyhow[contract, CLAIM][0]),
            route=route,
            direct=tuple(sorted(_direct(graph, contract, anyhow, limit))),
        )
        for contract, route in best.items()
    }


def _direct(graph: nx.DiGraph[Node], contract: str, lengths: Mapping[Node, RouteLength], limit: int) -> Iterator[str]:
    """Yield the delivered items of a contract that a route within the limit goes through."""
    yield from {node[0] for node in graph.pred[contract, CLAIM] if node in lengths and lengths[node][0] < limit}


def _inferred(length: RouteLength) -> tuple[bool, ...]:
    return tuple(kind == INFERRED for kind in length[4])


def _lengths(graph: nx.DiGraph[Node], min_rank: int) -> Mapping[Node, RouteLength]:
    """Return the best length of every node that steps of at least this grade reach."""
    step: Any = step_of(min_rank)  # NetworkX adds and compares lengths; its stubs know only numbers
    _, lengths = nx.dijkstra_predecessor_and_distance(graph, START, weight=step)
    return cast(Mapping[Node, RouteLength], lengths)


def step_of(min_rank: int) -> Callable[[Node, Node, Mapping[str, Any]], RouteLength | None]:
    """Return the length of a step as NetworkX asks for it; None hides a step below the grade."""

    def step(start: Node, _end: Node, edge: Mapping[str, Any]) -> RouteLength | None:
        if edge["grade"] < min_rank:
            return None
        if start == START:
            return RouteLength((0, 0, -1, (), ()))
        return RouteLength((edge["tier"], 1, -edge["confidence"], (start[0],), (edge["kind"],)))

    return step
