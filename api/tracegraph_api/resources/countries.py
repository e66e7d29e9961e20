"""Countries, and what depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph import countries
from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.services.show_one import not_seen
from tracegraph.vocabulary import Label
from tracegraph_api.context import store
from tracegraph_api.heavy import question
from tracegraph_api.inputs import lens_of
from tracegraph_api.node_routes import Listed, serve_list, serve_one
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import DEPENDENTS_QUERY, FORMS, dependent_contracts

resource = Resource(
    "countries", __name__, url_prefix="/countries", description=N_("Countries, and what depends on them.")
)


serve_list(
    resource,
    Label.COUNTRY,
    Listed(
        N_("Countries"),
        N_("All countries in which something stands, or is registered, that you see, by code. As CSV the whole list."),
        N_("Countries, page by page."),
        "country_list",
    ),
)
serve_one(resource, Label.COUNTRY, N_("A country"))


@resource.get("/<code>/dependent-contracts")
@operation(
    Permission.READ,
    says=(
        N_("Contracts that depend on a country"),
        N_(
            "Every contract that a route leads to from what is made in this country, and those of which it cannot be "
            "said, with the evidence; with product, from these goods alone. A country of which nothing is known has an "
            "answer too: what cannot be excluded."
        ),
    ),
    answers={200: Answered(N_("Contracts by status, then by id; counts are of all."), "exposure_page", media=FORMS)},
    query=DEPENDENTS_QUERY,
    errors=(404,),
)
@question
def contracts_of_country(given: Mapping[str, Any], code: str) -> Response:
    """Answer which contracts depend on it."""
    lens = lens_of(given)
    if code not in countries.alpha2_codes():
        raise not_seen(code, lens, store())
    return dependent_contracts(given, lens, countries_named=[code])
