"""Companies with all that they own, and what depends on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph.vocabulary import Label
from tracegraph_api.heavy import question
from tracegraph_api.inputs import lens_of
from tracegraph_api.nodes import require_holder
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import DEPENDENTS_QUERY, FORMS, dependent_contracts

resource = Resource(
    "groups",
    __name__,
    url_prefix="/groups",
    description=N_("Companies with all that they own, and what depends on them."),
)


@resource.get("/<id>/dependent-contracts")
@operation(
    Permission.READ,
    says=(
        N_("Contracts that depend on a group"),
        N_(
            "Every contract that a route leads to from this company, from the companies that it owns and from the "
            "factories that they operate, and those of which it cannot be said, with the evidence. A contract that is "
            "not listed has no link that is known; status=no_link lists those."
        ),
    ),
    answers={200: Answered(N_("Contracts by status, then by id; counts are of all."), "exposure_page", media=FORMS)},
    query=DEPENDENTS_QUERY,
    errors=(404,),
)
@question
def contracts_of_group(given: Mapping[str, Any], id: str) -> Response:
    """Answer which contracts depend on it."""
    lens = lens_of(given)
    require_holder(id, Label.SUPPLIER, lens)
    return dependent_contracts(given, lens, groups=[id])
