"""Independent routes between a factory and a contract, and what every route passes (pure; on cones only).

Routes are paths of the route graph (`tracegraph.graph.route_graph`), on which an item may occur twice, entered by a
claim or by an inferred step. The factory's own items are the start of every route, the contract its end, and neither
counts as shared.

Notes
-----
By Menger's theorem the most node-disjoint paths are as many as the fewest nodes that cut all of them
(`networkx.node_disjoint_paths`, `networkx.node_connectivity`). An item that occurs twice, and a holder with several
items, are one obstacle of several nodes, for which that does not hold; so the number is given as bounds: below by
routes that were found, above by the connectivity of the graph and of the one in which such nodes are merged.
What every route passes is the single points of failure with one group a node: the dominators, for items and holders at
once (`tracegraph.graph.failure`).

References
----------
K. Menger, Fund. Math. 10, 1927; J. Edmonds, R. M. Karp, J. ACM 19(2), 1972.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence

import networkx as nx

from tracegraph.answer_points import Choke, Independent, Ways
from tracegraph.answer_stops import Cycles
from tracegraph.graph.failure import AndOr, Points
from tracegraph.graph.route_graph import CLAIM, INFERRED, START, Node
from tracegraph.model import holder_of

Route = tuple[Node, ...]


def ways_between(graph: nx.DiGraph[Node], starts: Collection[str], contract: str, *, infers: bool) -> Ways | None:
    """Return the independent routes from some items to a contract, and what all routes pass.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `tracegraph.graph.route_graph.build_route_graph`.
    starts : collection of str
        The factory's items.
    contract : str
        Where the routes end.
    infers : bool
        Whether inferred steps, and claims of grade `inferred`, count.

    Returns
    -------
    Ways or None
        None: no route leads there.
    """
    between = _between(graph, frozenset(starts), (contract, CLAIM), infers=infers)
    if between is None:
        return None
    end = (contract, CLAIM)
    return Ways(
        by_items=_independent(between, end, lambda node: node[0]),
        by_holders=_independent(between, end, lambda node: holder_of(node[0])),
        choke=_choke(between, end),
    )


def _between(graph: nx.DiGraph[Node], starts: frozenset[str], end: Node, *, infers: bool) -> nx.DiGraph[Node] | None:
    """Return the routes as a graph in which `START` stands for all the factory's items."""
    kept: nx.DiGraph[Node] = nx.DiGraph()
    for start, to, step in graph.edges(data=True):
        if start == START or to[0] in starts or (step["grade"] == 0 and not infers):
            continue
        if start[0] in starts and start[1] == INFERRED:
            continue  # a start counts as entered by a claim
        kept.add_edge(START if start[0] in starts else start, to)
    if START not in kept or end not in kept or not nx.has_path(kept, START, end):
        return None
    on_a_route = (nx.descendants(kept, START) | {START}) & (nx.ancestors(kept, end) | {end})
    found: nx.DiGraph[Node] = nx.DiGraph()
    found.add_edges_from(sorted((a, b) for a, b in kept.edges if a in on_a_route and b in on_a_route))
    return found


# --- how many are independent -----------------------------------------------------------------------------------


def _independent(between: nx.DiGraph[Node], end: Node, owner: Callable[[Node], Hashable]) -> Independent:
    """Return how many routes share no item, or no holder, in between: `owner` says which nodes are one obstacle."""
    inner = between.copy()
    direct = inner.has_edge(START, end)
    if direct:
        inner.remove_edge(START, end)
    merged: nx.DiGraph[Hashable] = nx.DiGraph()
    merged.add_nodes_from((START, end))
    ends = {START, end}
    merged.add_edges_from(
        (a if a in ends else owner(a), b if b in ends else owner(b)) for a, b in inner.edges if a != b
    )
    high = int(min(nx.node_connectivity(inner, START, end), nx.node_connectivity(merged, START, end)))
    routes = max(
        (_apart(found, owner) for found in (_by_flow(inner, end, high), _one_by_one(inner, end, owner))), key=len
    )
    every = [*([(START, end)] if direct else []), *routes]
    return Independent(len(every), high + direct, tuple(_shown(route) for route in every))


def _by_flow(inner: nx.DiGraph[Node], end: Node, high: int) -> list[Route]:
    """Return node-disjoint routes, shortest first."""
    return sorted(map(tuple, nx.node_disjoint_paths(inner, START, end)), key=_size) if high else []


def _one_by_one(inner: nx.DiGraph[Node], end: Node, owner: Callable[[Node], Hashable]) -> list[Route]:
    """Return routes found one after the other, each without what the ones before passed."""
    left = inner.copy()
    routes: list[Route] = []
    while nx.has_path(left, START, end):
        route = nx.shortest_path(left, START, end)
        routes.append(tuple(route))
        passed = {owner(node) for node in route[1:-1]}
        left.remove_nodes_from([node for node in left if node not in (START, end) and owner(node) in passed])
    return routes


def _apart(routes: Iterable[Route], owner: Callable[[Node], Hashable]) -> list[Route]:
    """Return routes of which no two pass the same obstacle."""
    kept: list[Route] = []
    passed: set[Hashable] = set()
    for route in routes:
        owners = {owner(node) for node in route[1:-1]}
        if passed.isdisjoint(owners):
            kept.append(route)
            passed |= owners
    return kept


def _size(route: Route) -> tuple[int, Route]:
    return len(route), route


def _shown(route: Sequence[Node]) -> tuple[str, ...]:
    return tuple(node[0] for node in route[1:])


# --- what every route passes -------------------------------------------------------------------------------------


def _choke(between: nx.DiGraph[Node], end: Node) -> Choke:
    graph: AndOr[Node] = AndOr({node: [list(between.pred[node])] for node in between if node != START})
    labels = {node: tuple(_labels(node)) for node in between if node not in (START, end)}
    every = Points(graph, labels).values(Cycles.GROUNDED)[end] or frozenset()
    from_start = nx.single_source_shortest_path_length(between, START)
    nearest: dict[tuple[str, str], int] = {}
    for node, distance in from_start.items():
        for label in labels.get(node, ()):
            nearest[label] = min(distance, nearest.get(label, distance))
    ordered = sorted(every, key=lambda label: (nearest[label], label))
    return Choke(
        holders=tuple(id for kind, id in ordered if kind == "holder"),
        items=tuple(id for kind, id in ordered if kind == "item"),
    )


def _labels(node: Node) -> Iterator[tuple[str, str]]:
    yield "item", node[0]
    yield "holder", holder_of(node[0])
