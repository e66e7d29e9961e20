"""Plants, and what depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.heavy import question
from tracegraph_api.inputs import lens_of
from tracegraph_api.media import CSV, GEOJSON
from tracegraph_api.node_routes import Listed, serve_list, serve_one
from tracegraph_api.nodes import (
    CountryQuery,
    ProductQuery,
    SupplierQuery,
    require_holder,
)
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import DEPENDENTS_QUERY, FORMS, dependent_contracts

resource = Resource("factories", __name__, url_prefix="/factories", description=N_("Plants, and what depends on them."))


serve_list(
    resource,
    Label.FACTORY,
    Listed(
        N_("Factories"),
        N_("All factories that you see, by id; as CSV or GeoJSON the whole list."),
        N_("Factories, page by page."),
        "factory_list",
        narrowed_by=(
            CountryQuery,
            ProductQuery,
            SupplierQuery,
        ),
        media=(CSV, GEOJSON),
    ),
)
serve_one(resource, Label.FACTORY, N_("A factory"))


@resource.get("/<id>/dependent-contracts")
@operation(
    Permission.READ,
    says=(
        N_("Contracts that depend on a factory"),
        N_(
            "Every contract that a route leads to from this factory, "
            "and those of which it cannot be said, with the evidence. A contract that is not listed has no link "
            "that is known; status=no_link lists those."
        ),
    ),
    answers={200: Answered(N_("Contracts by status, then by id; counts are of all."), "exposure_page", media=FORMS)},
    query=DEPENDENTS_QUERY,
    errors=(404,),
)
@question
def contracts_of_factory(given: Mapping[str, Any], id: str) -> Response:
    """Answer which contracts depend on it."""
    lens = lens_of(given)
    require_holder(id, Label.FACTORY, lens)
    return dependent_contracts(given, lens, factories=[id])
