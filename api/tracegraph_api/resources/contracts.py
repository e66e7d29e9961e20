"""Contracts, and what lies behind them."""

from __future__ import annotations

from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.inputs import ContractFilter
from tracegraph_api.node_routes import Listed, serve_list, serve_one
from tracegraph_api.nodes import (
    ProductQuery,
    SupplierQuery,
)
from tracegraph_api.operation import Resource

resource = Resource(
    "contracts", __name__, url_prefix="/contracts", description=N_("Contracts, and what lies behind them.")
)


serve_list(
    resource,
    Label.CONTRACT,
    Listed(
        N_("Contracts"),
        N_("All contracts that you see, by id. As CSV the whole list."),
        N_("Contracts, page by page."),
        "contract_list",
        narrowed_by=(
            ContractFilter,
            ProductQuery,
            SupplierQuery,
        ),
    ),
)
serve_one(resource, Label.CONTRACT, N_("A contract"))
