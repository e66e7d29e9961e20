"""Companies, and what depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.heavy import question
from tracegraph_api.inputs import lens_of
from tracegraph_api.media import CSV
from tracegraph_api.nodes import (
    LIST_QUERY,
    NODE_QUERY,
    CountryQuery,
    ProductQuery,
    list_nodes,
    one_node,
    require_holder,
)
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import DEPENDENTS_QUERY, FORMS, dependent_contracts

resource = Resource(
    "suppliers", __name__, url_prefix="/suppliers", description=N_("Companies, and what depends on them.")
)


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Suppliers"),
        N_("All companies that you see, by id; as CSV the whole list."),
    ),
    answers={200: Answered(N_("Companies, page by page."), "supplier_list", media=(CSV,))},
    query=(*LIST_QUERY, CountryQuery, ProductQuery),
)
def list_suppliers(given: Mapping[str, Any]) -> Response:
    """List them."""
    return list_nodes(Label.SUPPLIER, given)


@resource.get("/<id>")
@operation(
    Permission.READ,
    says=(
        N_("A company"),
        N_(
            "What is said of it, by which source, since when and how well documented; what it is linked with; and "
            "links to the questions that can be asked about it. With since: what changed between two days."
        ),
    ),
    answers={200: Answered(N_("All that you see of it."), "node")},
    query=NODE_QUERY,
    errors=(404,),
)
def one_of_suppliers(given: Mapping[str, Any], id: str) -> Response:
    """Show one."""
    return one_node(Label.SUPPLIER, id, given)


@resource.get("/<id>/dependent-contracts")
@operation(
    Permission.READ,
    says=(
        N_("Contracts that depend on a company"),
        N_(
            "Every contract that a route leads to from this company and the factories that it operates, "
            "and those of which it cannot be said, with the evidence. A contract that is not listed has no link "
            "that is known; status=no_link lists those."
        ),
    ),
    answers={200: Answered(N_("Contracts by status, then by id; counts are of all."), "exposure_page", media=FORMS)},
    query=DEPENDENTS_QUERY,
    errors=(404,),
)
@question
def contracts_of_supplier(given: Mapping[str, Any], id: str) -> Response:
    """Answer which contracts depend on it."""
    lens = lens_of(given)
    require_holder(id, Label.SUPPLIER, lens)
    return dependent_contracts(given, lens, suppliers=[id])
