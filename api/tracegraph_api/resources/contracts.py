"""Contracts, and what lies behind them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.media import CSV
from tracegraph_api.nodes import (
    LIST_QUERY,
    NODE_QUERY,
    ContractFilter,
    ProductQuery,
    SupplierQuery,
    list_nodes,
    one_node,
)
from tracegraph_api.operation import Answered, Resource, operation

resource = Resource(
    "contracts", __name__, url_prefix="/contracts", description=N_("Contracts, and what lies behind them.")
)


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Contracts"),
        N_("All contracts that you see, by id. As CSV the whole list."),
    ),
    answers={200: Answered(N_("Contracts, page by page."), "contract_list", media=(CSV,))},
    query=(*LIST_QUERY, ContractFilter, ProductQuery, SupplierQuery),
)
def list_contracts(given: Mapping[str, Any]) -> Response:
    """List them."""
    return list_nodes(Label.CONTRACT, given)


@resource.get("/<id>")
@operation(
    Permission.READ,
    says=(
        N_("A contract"),
        N_(
            "What is said of it, by which source, since when and how well documented; what it is linked with; and "
            "links to the questions that can be asked about it. With since: what changed between two days."
        ),
    ),
    answers={200: Answered(N_("All that you see of it."), "node")},
    query=NODE_QUERY,
    errors=(404,),
)
def one_of_contracts(given: Mapping[str, Any], id: str) -> Response:
    """Show one."""
    return one_node(Label.CONTRACT, id, given)
