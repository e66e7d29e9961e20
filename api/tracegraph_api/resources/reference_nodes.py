"""Nodes that are read and asked nothing of besides: categories, products, regions, sources."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.heavy import question
from tracegraph_api.media import CSV
from tracegraph_api.nodes import LIST_QUERY, NODE_QUERY, list_nodes, one_node
from tracegraph_api.operation import Answered, Resource, operation


@dataclass(frozen=True, slots=True)
class Told:
    """The words of one kind of node, in English, marked with ``N_``.

    Attributes
    ----------
    about : str
        What the resource is.
    title, listed, pages : str
        Of the list: its name, what is in it, and what an answer is.
    one : str
        One node.
    """

    about: str
    title: str
    listed: str
    pages: str
    one: str


def node_resource(label: Label, name: str, shape: str, told: Told) -> Resource:
    """Return a resource with the list of the nodes of a label, and with each of them.

    Parameters
    ----------
    label : Label
        Which nodes.
    name : str
        The resource's, in the plural, as its address has it.
    shape : str
        Of the list.
    told : Told
        Its words.
    """
    resource = Resource(name, __name__, url_prefix=f"/{name}", description=told.about)

    def listed(given: Mapping[str, Any]) -> Response:
        """List them."""
        return list_nodes(label, given)

    def one(given: Mapping[str, Any], id: str) -> Response:
        """Show one."""
        return one_node(label, id, given)

    listed.__name__, one.__name__ = f"list_{name}", f"one_of_{name}"
    resource.get("")(
        operation(
            Permission.READ,
            says=(told.title, told.listed),
            answers={200: Answered(told.pages, shape, media=(CSV,))},
            query=LIST_QUERY,
        )(listed)
    )
    resource.get("/<id>")(
        operation(
            Permission.READ,
            says=(
                told.one,
                N_(
                    "What is said of it, by which source, since when and how well documented; what it is linked with; "
                    "and links to the questions that can be asked about it. With since: what changed between two days."
                ),
            ),
            answers={200: Answered(N_("All that you see of it."), "node")},
            query=NODE_QUERY,
            errors=(404,),
        )(question(one))
    )
    return resource


categories = node_resource(
    Label.CATEGORY,
    "categories",
    "category_list",
    Told(
        about=N_("Categories of contracts."),
        title=N_("Categories"),
        listed=N_("All categories, by id. As CSV the whole list."),
        pages=N_("Categories, page by page."),
        one=N_("A category with its contracts"),
    ),
)
products = node_resource(
    Label.PRODUCT,
    "products",
    "product_list",
    Told(
        about=N_("Kinds of goods."),
        title=N_("Products"),
        listed=N_("All products: those of the catalogue, and others that items are of. As CSV the whole list."),
        pages=N_("Products, page by page."),
        one=N_("A product"),
    ),
)
regions = node_resource(
    Label.REGION,
    "regions",
    "region_list",
    Told(
        about=N_("Regions, and their contracts."),
        title=N_("Regions"),
        listed=N_("All regions, by id. As CSV the whole list."),
        pages=N_("Regions, page by page."),
        one=N_("A region with its contracts"),
    ),
)
sources = node_resource(
    Label.SOURCE,
    "sources",
    "source_list",
    Told(
        about=N_("Documents behind what is said."),
        title=N_("Sources"),
        listed=N_("Documents that a claim or an incident names which you see, by id. As CSV the whole list."),
        pages=N_("Documents, page by page."),
        one=N_("A document, and what it is cited for"),
    ),
)
