"""Goods at a company or a plant."""

from __future__ import annotations

from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.node_routes import Listed, serve_list, serve_one
from tracegraph_api.nodes import CountryQuery, ProductQuery, SupplierQuery
from tracegraph_api.operation import Resource

resource = Resource("items", __name__, url_prefix="/items", description=N_("Goods at a company or a plant."))


serve_list(
    resource,
    Label.ITEM,
    Listed(
        N_("Items"),
        N_("All items that you see, by id: a product at a company or a plant. As CSV the whole list."),
        N_("Items, page by page."),
        "item_list",
        narrowed_by=(
            CountryQuery,
            ProductQuery,
            SupplierQuery,
        ),
    ),
)
serve_one(resource, Label.ITEM, N_("An item"), path="/<holder>/<product>")
