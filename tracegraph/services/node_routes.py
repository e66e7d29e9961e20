"""How goods get from one node to another: a company, a plant or an item, to one of these or to a contract."""

from __future__ import annotations

from collections.abc import Sequence

from tracegraph.answer import DEFAULT_MAX_ITEMS
from tracegraph.answer_node_routes import DEFAULT_BETWEEN, NodeRoute, NodeRoutes
from tracegraph.answer_routes import RouteCount
from tracegraph.errors import InvalidInput
from tracegraph.graph.node_routes import routes_to_contract, routes_to_items
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef, holder_of, item_id
from tracegraph.services.row_maker import route_steps
from tracegraph.services.show_one import not_seen
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Certainty, Label
from tracegraph.walk.reach import reach
from tracegraph.walk.scope import products_of


def node_routes(
    ends: tuple[str, str],
    lens: Lens,
    reader: GraphReader,
    most: int = DEFAULT_BETWEEN,
    max_items: int = DEFAULT_MAX_ITEMS,
) -> NodeRoutes:
    """Return the best routes from one node to another, with the goods.

    Parameters
    ----------
    ends : pair of str
        Where routes begin (holder or item), and where they end (holder, item or contract).
    lens, reader
        Who asks as of when, and the store.
    most : int
        Routes at most.
    max_items : int
        Items downstream of the start at most; when there are more the answer says `truncated`.

    Raises
    ------
    InvalidInput
        Routes would begin at a contract, or end where they begin.
    UnknownNode
        The reader does not see one of the two.
    """
    (start, starts), (end, targets) = (_node(node_id, lens, reader) for node_id in ends)
    if start.label is Label.CONTRACT:
        raise InvalidInput(
            N_("{id} is a contract, and goods end there: name a company, plant or item first"), id=start.id
        )
    begin = sorted(set(starts) - set(targets))
    if starts and not begin:
        raise InvalidInput(N_("{start} and {end} are the same goods: name two places"), start=start.id, end=end.id)
    if not begin or (end.label is not Label.CONTRACT and not targets):  # nothing is recorded of the goods of one
        version = reader.version(lens)
        return NodeRoutes(lens, start, end, most, max_items, (), RouteCount(0, exact=True), False, version)
    cone = reach(dict.fromkeys(begin, Certainty.CERTAIN), reader, lens, reader.catalogue(), max_items=max_items)
    if end.label is Label.CONTRACT:
        found, count = routes_to_contract(cone, end.id, most)
    else:
        found, count = routes_to_items(cone, set(targets), most)
    listed = []
    for route in found:
        steps = route_steps(route, cone)
        listed.append(NodeRoute(steps, route.weakest_grade, steps[0].tier))
    return NodeRoutes(
        lens, start, end, most, max_items, tuple(listed), count, cone.truncated, graph_version=reader.version(lens)
    )


def _node(node_id: str, lens: Lens, reader: GraphReader) -> tuple[NodeRef, Sequence[str]]:
    """Return a node that is seen, and its items; a contract has none."""
    held = reader.items_of([holder_of(node_id)], lens)
    items = [item_id(held[0].holder_id, product) for product in products_of(held[0])] if held else []
    if "/" in node_id and node_id in items:
        return NodeRef(Label.ITEM, node_id), [node_id]
    if "/" not in node_id and held:
        return NodeRef(held[0].label, node_id), items
    if "/" not in node_id and reader.descriptions(Label.CONTRACT, [node_id], lens):
        return NodeRef(Label.CONTRACT, node_id), ()
    raise not_seen(node_id, lens, reader)
