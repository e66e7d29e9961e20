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
from tracegraph_api.nodes import (
    LIST_QUERY,
    NODE_QUERY,
    CountryQuery,
    ProductQuery,
    SupplierQuery,
    list_nodes,
    one_node,
    require_holder,
)
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import DEPENDENTS_QUERY, FORMS, dependent_contracts

resource = Resource("factories", __name__, url_prefix="/factories", description=N_("Plants, and what depends on them."))


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Factories"),
        N_("All factories that you see, by id; as CSV or GeoJSON the whole list."),
    ),
    answers={
        200: Answered(
            N_("Factories, page by page."),
            "factory_list",
            media=(
                CSV,
                GEOJSON,
            ),
        )
    },
    query=(*LIST_QUERY, CountryQuery, ProductQuery, SupplierQuery),
)
def list_factories(given: Mapping[str, Any]) -> Response:
    """List them."""
    return list_nodes(Label.FACTORY, given)


@resource.get("/<id>")
@operation(
    Permission.READ,
    says=(
        N_("A factory"),
        N_(
            "What is said of it, by which source, since when and how well documented; what it is linked with; and "
            "links to the questions that can be asked about it. With since: what changed between two days."
        ),
    ),
    answers={200: Answered(N_("All that you see of it."), "node")},
    query=NODE_QUERY,
    errors=(404,),
)
def one_of_factories(given: Mapping[str, Any], id: str) -> Response:
    """Show one."""
    return one_node(Label.FACTORY, id, given)


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
