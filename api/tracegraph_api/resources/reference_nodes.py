"""Nodes that are read and asked nothing of besides: categories, products, regions, sources."""

from __future__ import annotations

from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.node_routes import Listed, serve_list, serve_one
from tracegraph_api.operation import Resource

categories = Resource("categories", __name__, url_prefix="/categories", description=N_("Categories of contracts."))
serve_list(
    categories,
    Label.CATEGORY,
    Listed(
        N_("Categories"),
        N_("All categories, by id. As CSV the whole list."),
        N_("Categories, page by page."),
        "category_list",
    ),
)
serve_one(categories, Label.CATEGORY, N_("A category with its contracts"), is_heavy=True)

products = Resource("products", __name__, url_prefix="/products", description=N_("Kinds of goods."))
serve_list(
    products,
    Label.PRODUCT,
    Listed(
        N_("Products"),
        N_("All products: those of the catalogue, and others that items are of. As CSV the whole list."),
        N_("Products, page by page."),
        "product_list",
    ),
)
serve_one(products, Label.PRODUCT, N_("A product"), is_heavy=True)

regions = Resource("regions", __name__, url_prefix="/regions", description=N_("Regions, and their contracts."))
serve_list(
    regions,
    Label.REGION,
    Listed(
        N_("Regions"),
        N_("All regions, by id. As CSV the whole list."),
        N_("Regions, page by page."),
        "region_list",
    ),
)
serve_one(regions, Label.REGION, N_("A region with its contracts"), is_heavy=True)

sources = Resource("sources", __name__, url_prefix="/sources", description=N_("Documents behind what is said."))
serve_list(
    sources,
    Label.SOURCE,
    Listed(
        N_("Sources"),
        N_("Documents that a claim or an incident names which you see, by id. As CSV the whole list."),
        N_("Documents, page by page."),
        "source_list",
    ),
)
serve_one(sources, Label.SOURCE, N_("A document, and what it is cited for"), is_heavy=True)
