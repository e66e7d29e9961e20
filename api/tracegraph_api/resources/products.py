"""Kinds of goods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.heavy import question
from tracegraph_api.media import CSV
from tracegraph_api.nodes import LIST_QUERY, NODE_QUERY, list_nodes, one_node
from tracegraph_api.operation import Answered, Resource, operation

resource = Resource("products", __name__, url_prefix="/products", description=N_("Kinds of goods."))


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Products"),
        N_("All products: those of the catalogue, and others that items are of. As CSV the whole list."),
    ),
    answers={200: Answered(N_("Products, page by page."), "product_list", media=(CSV,))},
    query=LIST_QUERY,
)
def list_products(given: Mapping[str, Any]) -> Response:
    """List them."""
    return list_nodes(Label.PRODUCT, given)


@resource.get("/<id>")
@operation(
    Permission.READ,
    says=(
        N_("A product"),
        N_(
            "What is said of it, by which source, since when and how well documented; what it is linked with; and "
            "links to the questions that can be asked about it. With since: what changed between two days."
        ),
    ),
    answers={200: Answered(N_("All that you see of it."), "node")},
    query=NODE_QUERY,
    errors=(404,),
)
@question
def one_of_products(given: Mapping[str, Any], id: str) -> Response:
    """Show one."""
    return one_node(Label.PRODUCT, id, given)
