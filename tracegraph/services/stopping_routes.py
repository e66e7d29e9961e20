"""How many independent routes lead from a factory to a contract, and what all of them pass."""

from __future__ import annotations

from tracegraph.answer import DEFAULT_MAX_ITEMS
from tracegraph.answer_points import RoutesBetween
from tracegraph.errors import InvalidInput
from tracegraph.graph.failure_routes import ways_between
from tracegraph.graph.route_graph import build_route_graph
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import item_id
from tracegraph.services.portfolios import contract_facts
from tracegraph.services.show import unknown_node
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Certainty, Label
from tracegraph.walk.reach import reach
from tracegraph.walk.scope import products_of


def routes_between(
    holder_id: str, contract_id: str, lens: Lens, reader: GraphReader, max_items: int = DEFAULT_MAX_ITEMS
) -> RoutesBetween:
    """Return the independent routes from a factory (or a supplier's own items) to a contract.

    Parameters
    ----------
    holder_id, contract_id : str
        Where the routes begin and end.
    lens, reader
        Who asks as of when, and the store.
    max_items : int
        Items downstream of the factory, at most; when there are more the answer says `truncated`.

    Raises
    ------
    InvalidInput
        The first of the two is a contract.
    UnknownNode
        The reader does not see one of the two.
    """
    described = reader.descriptions(Label.CONTRACT, [contract_id], lens)
    held = reader.items_of([holder_id], lens)
    if not held and reader.descriptions(Label.CONTRACT, [holder_id], lens):
        raise InvalidInput(N_("{id} is a contract: name the plant first, then the contract"), id=holder_id)
    if not described or not held:
        raise unknown_node(contract_id if held else holder_id, lens, reader)
    items: list[str] = [item_id(holder_id, product) for product in products_of(held[0])]
    starts = dict.fromkeys(items, Certainty.CERTAIN)
    cone = reach(starts, reader, lens, reader.catalogue(), max_items=max_items)
    graph = build_route_graph(cone)
    return RoutesBetween(
        factory_id=holder_id,
        facts=contract_facts(contract_id, described),
        lens=lens,
        max_items=max_items,
        documented=ways_between(graph, items, contract_id, infers=False),
        all=ways_between(graph, items, contract_id, infers=True),
        truncated=cone.truncated,
        graph_version=reader.version(lens),
    )
