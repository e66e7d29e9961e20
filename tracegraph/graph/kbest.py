"""The k best routes of one contract, and how many routes there are (pure; `docs/model.md`, section 8).

A route is told apart from another by the items that it passes. Where a claim and an inferred step join the same two
items, that is one way to go, and the better of both is shown.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Any, Final, cast

import networkx as nx

from tracegraph.answer_routes import RouteCount
from tracegraph.graph.route_graph import CLAIM, INFERRED, START, Node
from tracegraph.graph.routes import Route, RouteLength, step_of
from tracegraph.vocabulary import Grade

MAX_ROUTES: Final = 10
MAX_STEPS_IN_CIRCLES: Final = 100_000

Path = tuple[Node, ...]


def routes_to(graph: nx.DiGraph[Node], contract: str) -> nx.DiGraph[Node]:
    """Return the part of a graph of routes that leads to one contract; empty where none does.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `tracegraph.graph.route_graph.build_route_graph`, or another with `START` and ``(contract, CLAIM)``.
    """
    target = (contract, CLAIM)
    if target not in graph:
        return nx.DiGraph()
    whole: Any = graph
    passed = nx.descendants(whole, START) & nx.ancestors(whole, target)
    return graph.subgraph({START, *passed, target} if passed else ()).copy()


def best_routes(graph: nx.DiGraph[Node], contract: str, k: int = MAX_ROUTES) -> tuple[Route, ...]:
    """Return the k best routes, best first.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `routes_to`.
    contract : str
        The contract that it leads to.
    k : int
        At most so many, 1 to `MAX_ROUTES`.

    Returns
    -------
    tuple of Route
        The first is the best route of `tracegraph.graph.routes.reached_contracts`; all of them where there are fewer
        than k. None passes a pair (item, how it is entered) twice.

    Notes
    -----
    Grade by grade, because the weakest grade is a bottleneck; within a grade, Yen's method around NetworkX's Dijkstra.
    (`networkx.shortest_simple_paths` searches from both ends and adds lengths in another order than that of the route,
    in which the ids are compared.) Cost: a Dijkstra for each step of each route found, on the part of the cone that
    leads to the contract.

    References
    ----------
    J. Y. Yen, Finding the k shortest loopless paths in a network, Management Science 17 (1971).
    """
    found: dict[tuple[str, ...], Route] = {}
    if not graph:
        return ()
    ways = _without_what_claims_say(graph)
    present: set[int] = {edge["grade"] for _, _, edge in ways.edges(data=True)}
    for grade in Grade:
        if grade.rank not in present and grade is not Grade.INFERRED:
            continue
        for path in _in_order(ways, (contract, CLAIM), grade.rank):
            ids = tuple(node for node, _ in path[1:])
            if not found or (ids not in found and not _turns_back(ways, ids)):
                found[ids] = Route(ids, tuple(entered == INFERRED for _, entered in path[2:]), grade)
            if len(found) == k:
                return tuple(found.values())
    return tuple(found.values())


def count_routes(graph: nx.DiGraph[Node], contract: str, most_steps: int = MAX_STEPS_IN_CIRCLES) -> RouteCount:
    """Return how many routes there are.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `routes_to`.
    contract : str
        The contract that it leads to.
    most_steps : int
        Ways through circles that are followed, at most; when there are more, the number is a lower bound.

    Notes
    -----
    A sum over the graph in topological order, O(nodes + edges) where it has no circle. Through a circle (a strongly
    connected component), the ways that pass nothing twice are followed one by one: their number is #P-hard to find
    (Valiant 1979).
    """
    if not graph:
        return RouteCount(0, exact=True)
    one_way = graph.copy()
    one_way.remove_edges_from([(a, b) for a, b in graph.edges if b[1] == INFERRED and _said(graph, a[0], b[0])])
    ways: Counter[Node] = Counter({START: 1})
    left = most_steps
    circles = nx.condensation(one_way)
    for circle in nx.topological_sort(circles):
        members: set[Node] = circles.nodes[circle]["members"]
        arrived = Counter({node: ways[node] for node in members})
        if len(members) > 1:
            arrived, left = _through(one_way, members, ways, left)
        for node in members:
            for after in one_way.succ[node]:
                if after not in members:
                    ways[after] += arrived[node]
    return RouteCount(ways[contract, CLAIM], exact=left > 0)


def _through(graph: nx.DiGraph[Node], members: set[Node], ways: Counter[Node], left: int) -> tuple[Counter[Node], int]:
    """Return in how many ways each member is reached, passing no member twice, and how many steps are left."""
    arrived: Counter[Node] = Counter()
    for entry in sorted(node for node in members if ways[node]):
        waiting: list[Path] = [(entry,)]
        while waiting and left > 0:
            path = waiting.pop()
            left -= 1
            arrived[path[-1]] += ways[entry]
            waiting += [(*path, node) for node in graph.succ[path[-1]] if node in members and node not in path]
    return arrived, left


def _without_what_claims_say(graph: nx.DiGraph[Node]) -> nx.DiGraph[Node]:
    """Return the graph without inferred steps that are no better than a claim between the same items.

    No route is lost, and the best one stays: whatever leads on after an inferred step leads on after a claim.
    """
    kept = graph.copy()
    for start, end, step in graph.edges(data=True):
        claim = graph.get_edge_data(start, (end[0], CLAIM))
        if end[1] == INFERRED and claim and claim["tier"] == 0 and claim["confidence"] >= step["confidence"]:
            kept.remove_edge(start, end)
    return kept


def _said(graph: nx.DiGraph[Node], start: str, end: str) -> bool:
    """Return whether a claim joins two items."""
    return any(graph.has_edge((start, entered), (end, CLAIM)) for entered in (CLAIM, INFERRED))


def _turns_back(graph: nx.DiGraph[Node], ids: tuple[str, ...]) -> bool:
    """Return whether a route passes something twice when its steps are taken as claims wherever one joins the items."""
    entered = [(ids[0], CLAIM)]
    entered += [(end, CLAIM if _said(graph, start, end) else INFERRED) for start, end in pairwise(ids)]
    return len(set(entered)) < len(entered)


# --- Yen's method -------------------------------------------------------------------------------------------------


def _in_order(graph: nx.DiGraph[Node], target: Node, min_rank: int) -> Iterator[Path]:
    """Yield the paths from `START` over steps of at least a grade that pass no node twice, best first."""
    neutral = RouteLength((0, 0, -1, (), ()))
    waiting: list[tuple[RouteLength, Path]] = []
    known: set[Path] = set()
    found: list[Path] = []
    _put(_detour(graph, (START,), target, (), min_rank), neutral, (), known, waiting)
    step: Any = step_of(min_rank)
    while waiting:
        _, path = heapq.heappop(waiting)
        yield path
        found.append(path)
        length = neutral
        for position in range(len(path) - 1):
            root = path[: position + 1]
            taken = {other[position + 1] for other in found if other[: position + 1] == root}
            _put(_detour(graph, root, target, taken, min_rank), length, root[:-1], known, waiting)
            length = length + step(root[-1], path[position + 1], graph.edges[root[-1], path[position + 1]])


def _put(
    detour: tuple[RouteLength, Path] | None,
    before: RouteLength,
    root: Path,
    known: set[Path],
    waiting: list[tuple[RouteLength, Path]],
) -> None:
    """Put a path with a new end among those that wait."""
    if detour is not None and (path := root + detour[1]) not in known:
        known.add(path)
        heapq.heappush(waiting, (before + detour[0], path))


def _detour(
    graph: nx.DiGraph[Node], root: Path, target: Node, taken: Collection[Node], min_rank: int
) -> tuple[RouteLength, Path] | None:
    """Return the best end of a path that begins with `root` and goes on to none of the nodes `taken`."""
    spur, passed, step = root[-1], set(root), step_of(min_rank)

    def length(start: Node, end: Node, edge: Any) -> RouteLength | None:
        if end in passed or (start == spur and end in taken):
            return None
        return step(start, end, edge)

    weight: Any = length  # NetworkX adds and compares lengths; its stubs know only numbers
    try:
        found, path = nx.single_source_dijkstra(graph, spur, target, weight=weight)
    except nx.NetworkXNoPath:
        return None
    return cast(RouteLength, found), tuple(path)
