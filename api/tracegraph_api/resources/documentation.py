"""The documentation: the OpenAPI document, a page for people, and what problems mean."""

from __future__ import annotations

from flask import Response, current_app

from tracegraph.access import Permission
from tracegraph.messages import N_
from tracegraph_api.document import document_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import respond

resource = Resource(
    "documentation", __name__, url_prefix="", description=N_("How the API is used, for programs and for people.")
)


@resource.get("/openapi.json")
@operation(
    Permission.OPEN,
    says=(
        N_("The OpenAPI document"),
        N_("Every operation, its parameters and its answers, as OpenAPI 3.1, made from what is served."),
    ),
    answers={200: Answered(N_("The document."), "openapi")},
)
def openapi() -> Response:
    """Answer with the document."""
    return respond(document_of(current_app._get_current_object()))  # type: ignore[attr-defined]
