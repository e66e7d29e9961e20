"""Factories, and the contracts that depend on one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph_api.inputs import LensQuery, LimitsQuery, PageQuery, ScopeQuery
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import dependent_contracts

resource = Resource("factories", __name__, url_prefix="/factories", description=N_("Plants, and what depends on them."))


@resource.get("/<id>/dependent-contracts")
@operation(
    Permission.READ,
    says=(
        N_("Contracts that depend on a factory"),
        N_(
            "Every contract that a route leads to from this factory, and those of which it cannot be said, with the "
            "evidence. A contract that is not listed has no link that is known."
        ),
    ),
    answers={200: Answered(N_("Contracts by status, then by id; the counts are of all pages."), "exposure_page")},
    query=(LensQuery, ScopeQuery, LimitsQuery, PageQuery),
    errors=(404,),
)
def contracts_of_factory(given: Mapping[str, Any], id: str) -> Response:
    """Answer which contracts depend on a factory."""
    return dependent_contracts(given, factories=[id])
