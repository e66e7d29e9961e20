"""Routes that end at items instead of at a contract (pure): the graph of routes, with one end for all of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

import networkx as nx

from tracegraph.answer_routes import RouteCount
from tracegraph.graph.kbest import best_routes, count_routes, routes_to
from tracegraph.graph.route_graph import CLAIM, Node, build_route_graph
from tracegraph.graph.routes import Route
from tracegraph.vocabulary import Grade
from tracegraph.walk.cone import Cone

#: No id is spelled so.
_END: Final = "/"


def routes_to_items(cone: Cone, items: Collection[str], most: int) -> tuple[tuple[Route, ...], RouteCount]:
    """Return the best routes from the starts of a cone to items, and how many there are.

    Parameters
    ----------
    cone : Cone
        What lies downstream of the starts; none of them is among `items`.
    items : collection of str
        Where a route ends: at the first of them that it meets.
    most : int
        Routes at most.
    """
    graph: nx.DiGraph[Node] = build_route_graph(cone)
    for node in [node for node in graph if node[0] in items]:
        graph.remove_edges_from(list(graph.out_edges(node)))
        graph.add_edge(node, (_END, CLAIM), grade=Grade.VERIFIED.rank, tier=0, confidence=1, kind=CLAIM)
    found = routes_to(graph, _END)
    best = best_routes(found, _END, most)
    return tuple(replace(r, nodes=r.nodes[:-1], inferred=r.inferred[:-1]) for r in best), count_routes(found, _END)


def routes_to_contract(cone: Cone, contract: str, most: int) -> tuple[tuple[Route, ...], RouteCount]:
    """Return the best routes from the starts of a cone to a contract, and how many there are."""
    found = routes_to(build_route_graph(cone), contract)
    return best_routes(found, contract, most), count_routes(found, contract)
