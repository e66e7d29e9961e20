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
from tracegraph_api.node_routes import Listed, serve_list, serve_one
from tracegraph_api.nodes import (
    CountryQuery,
    ProductQuery,
    require_holder,
)
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import DEPENDENTS_QUERY, FORMS, dependent_contracts

resource = Resource(
    "suppliers", __name__, url_prefix="/suppliers", description=N_("Companies, and what depends on them.")
)


serve_list(
    resource,
    Label.SUPPLIER,
    Listed(
        N_("Suppliers"),
        N_("All companies that you see, by id; as CSV the whole list."),
        N_("Companies, page by page."),
        "supplier_list",
        narrowed_by=(
            CountryQuery,
            ProductQuery,
        ),
    ),
)
serve_one(resource, Label.SUPPLIER, N_("A company"))


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
