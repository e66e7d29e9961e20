"""Which contracts depend on any scope, under any lens, with anything assumed; and the evidence of the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response
from marshmallow import fields

from tracegraph.access import Permission
from tracegraph.answer import Answer, Question
from tracegraph.errors import InvalidInput
from tracegraph.exchange.answers import answer_body
from tracegraph.exchange.bundle import bundle_bytes, bundle_files
from tracegraph.exchange.compare import supposed_body
from tracegraph.exchange.exposure import revision_ref
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Selector
from tracegraph.services.asking import Asked, scope_of
from tracegraph.services.bundle import bundle_of
from tracegraph.services.dependents import dependents
from tracegraph.services.exposure import known_revision
from tracegraph.services.incidents import find_incident
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.whatif import assume
from tracegraph.vocabulary import SelectorKind
from tracegraph_api.asked_bodies import LensBody, ScopeBody, SuppositionsBody, lens_in, selectors_of, suppositions
from tracegraph_api.context import context, now, store
from tracegraph_api.heavy import question
from tracegraph_api.inputs import CursorQuery, LimitsQuery, described
from tracegraph_api.media import ZIP, as_file, wanted
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import FORMS, ResultQuery, answered, question_of

resource = Resource(
    "exposure-queries",
    __name__,
    url_prefix="/exposure-queries",
    description=N_("Questions that do not fit into an address: any scope, any lens, anything assumed."),
)


class QueryBody(ScopeBody, LimitsQuery, ResultQuery):
    """A question."""

    lens = fields.Nested(LensBody, load_default=dict, metadata=described(N_("Who reads, and as of when.")))
    what_if = fields.Nested(
        SuppositionsBody,
        load_default=None,
        allow_none=True,
        metadata=described(N_("What is assumed; without a scope, the plants that close are the scope.")),
    )


@resource.post("")
@operation(
    Permission.READ,
    says=(
        N_("Contracts that depend on anything"),
        N_(
            "Every contract that a route leads to from what is named, and those of which it cannot be said, with the "
            "evidence; also as things would stand if something were so. Nothing is recorded. As a ZIP file: the "
            "evidence, with a script that computes the answer again. Send the same body to the link next."
        ),
    ),
    answers={
        200: Answered(
            N_("Contracts by status, then by id; counts are of all."), "exposure_query_page", media=(*FORMS, ZIP)
        )
    },
    query=(CursorQuery,),
    body=QueryBody,
    errors=(404, 409),
)
@question
def query_exposures(given: Mapping[str, Any], body: Mapping[str, Any]) -> Response:
    """Answer which contracts depend on a scope."""
    lens = lens_in(body["lens"], given)
    if body["what_if"] is not None:
        return _supposed(given, body, lens)
    answer = dependents(_question(body, lens), store(), context().portfolios)
    if wanted() == ZIP:
        return _bundle(answer, body["incidents"], lens)
    return answered(answer, {**given, **body}, assumed=None)


def _question(body: Mapping[str, Any], lens: Lens) -> Question:
    selectors = selectors_of(body)
    if body["incidents"]:
        selectors += scope_of(Asked(incidents=body["incidents"]), store(), lens)
    if not selectors and body["what_if"] is not None:
        selectors = tuple(Selector(SelectorKind.FACTORY, plant) for plant in body["what_if"]["close"])
    if not selectors:
        raise InvalidInput(N_("nothing is named: scope takes selectors, incidents ids"))
    return question_of(tuple(dict.fromkeys(selectors)), lens, body)


def _supposed(given: Mapping[str, Any], body: Mapping[str, Any], lens: Lens) -> Response:
    """Answer as things would stand."""
    if wanted() == ZIP:
        raise InvalidInput(N_("evidence is of what is recorded: leave what_if out"))
    question = _question(body, lens)
    with suppositions(body["what_if"]) as supposed:
        assumed, overlay = assume(supposed, store(), lens)
        answer = dependents(question, overlay, Portfolios(overlay))
    return answered(answer, {**given, **body}, assumed=supposed_body(assumed), reader=overlay)


def _bundle(answer: Answer, incidents: list[str], lens: Lens) -> Response:
    """Return the evidence of an answer."""
    revisions = [revision_ref(known_revision(find_incident(store(), id, lens))) for id in incidents]
    bundle = bundle_of(answer, store(), context().portfolios)
    files = bundle_files(bundle, answer_body(answer, with_no_link=True), revisions, now())
    return as_file(bundle_bytes(files), "evidence")
