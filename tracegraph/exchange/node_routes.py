"""How goods get from one node to another, as JSON."""

from __future__ import annotations

from typing import Any

from tracegraph.answer_node_routes import NodeRoute, NodeRoutes
from tracegraph.exchange.answers import lens_body, step_body
from tracegraph.model import NodeRef


def node_routes_body(found: NodeRoutes) -> dict[str, Any]:
    """Return the best routes between two nodes as JSON."""
    return {
        "query": {
            "from": _node(found.start),
            "to": _node(found.end),
            "lens": lens_body(found.lens),
            "k": found.most,
            "max_items": found.max_items,
        },
        "route_count": {"number": found.count.number, "exact": found.count.exact},
        "routes": [_route(route) for route in found.routes],
        "truncated": found.truncated,
        "graph_version": found.graph_version,
    }


def _node(node: NodeRef) -> dict[str, str]:
    return {"label": node.label.value, "id": node.id}


def _route(route: NodeRoute) -> dict[str, Any]:
    return {
        "weakest_grade": route.weakest_grade.value,
        "tier": route.tier,
        "steps": [step_body(step) for step in route.steps],
    }
