"""Goods at a company or a plant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.media import CSV
from tracegraph_api.nodes import LIST_QUERY, NODE_QUERY, CountryQuery, ProductQuery, SupplierQuery, list_nodes, one_node
from tracegraph_api.operation import Answered, Resource, operation

resource = Resource("items", __name__, url_prefix="/items", description=N_("Goods at a company or a plant."))


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Items"),
        N_("All items that you see, by id: a product at a company or a plant. As CSV the whole list."),
    ),
    answers={200: Answered(N_("Items, page by page."), "item_list", media=(CSV,))},
    query=(*LIST_QUERY, CountryQuery, ProductQuery, SupplierQuery),
)
def list_items(given: Mapping[str, Any]) -> Response:
    """List them."""
    return list_nodes(Label.ITEM, given)


@resource.get("/<holder>/<product>")
@operation(
    Permission.READ,
    says=(
        N_("An item"),
        N_(
            "What is said of it, by which source, since when and how well documented; what it is linked with; and "
            "links to the questions that can be asked about it. With since: what changed between two days."
        ),
    ),
    answers={200: Answered(N_("All that you see of it."), "node")},
    query=NODE_QUERY,
    errors=(404,),
)
def one_of_items(given: Mapping[str, Any], holder: str, product: str) -> Response:
    """Show one."""
    return one_node(Label.ITEM, f"{holder}/{product}", given)
