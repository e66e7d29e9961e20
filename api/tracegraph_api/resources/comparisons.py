"""Two answers held against each other: what changed, and what made the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response
from marshmallow import fields, validate

from tracegraph.access import Permission
from tracegraph.answer import Question
from tracegraph.answer_compare import DEFAULT_MAX_DOCUMENTS, Comparison
from tracegraph.errors import InvalidInput
from tracegraph.exchange.compare import comparison_body, whatif_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.services.asking import Asked, scope_of
from tracegraph.services.comparing import Pair, compare
from tracegraph.services.legend import sources_of
from tracegraph.services.pairing import Pairing, questions
from tracegraph.services.whatif import assume, what_if
from tracegraph_api.asked_bodies import LensBody, ScopeBody, SuppositionsBody, lens_in, selectors_of, suppositions
from tracegraph_api.context import context, store
from tracegraph_api.heavy import question
from tracegraph_api.inputs import LimitsQuery, PageQuery, described
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.questions import question_of
from tracegraph_api.respond import page_of, respond

resource = Resource(
    "comparisons",
    __name__,
    url_prefix="/comparisons",
    description=N_("Two answers held against each other: what changed, and what made the difference."),
)


class SideBody(ScopeBody):
    """One of two questions."""

    lens = fields.Nested(LensBody, load_default=dict, metadata=described(N_("Who reads, and as of when.")))


class ComparisonBody(LimitsQuery):
    """What is compared."""

    before = fields.Nested(SideBody, required=True, metadata=described(N_("The first question.")))
    after = fields.Nested(
        SideBody,
        load_default=None,
        allow_none=True,
        metadata=described(
            N_("The second question; without a scope it is that of the first. Not given: the first, as of now.")
        ),
    )
    revisions = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=1, max=10_000)),
        load_default=list,
        validate=validate.Length(max=2),
        metadata=described(N_("With one incident: the numbers of two of its revisions."), example=[1, 2]),
    )
    what_if = fields.Nested(
        SuppositionsBody,
        load_default=None,
        allow_none=True,
        metadata=described(N_("What is assumed in the second answer, to the question of the first.")),
    )
    max_documents = fields.Integer(
        strict=True,
        load_default=DEFAULT_MAX_DOCUMENTS,
        validate=validate.Range(min=1, max=400),
        metadata=described(N_("Take back at most so many documents one by one."), example=40),
    )
    routes = fields.Boolean(
        load_default=True, metadata=described(N_("Whether the best route of each contract is given."), example=True)
    )


@resource.post("")
@operation(
    Permission.READ,
    says=(
        N_("What changed between two moments, readers or scopes"),
        N_(
            "Contract by contract, and which document or revision made the difference: each is taken back and the "
            "answer computed again. With what_if: how the answer would stand if something were so."
        ),
    ),
    answers={200: Answered(N_("Contracts that stand otherwise."), "comparison_page")},
    query=(PageQuery,),
    body=ComparisonBody,
    errors=(404, 409),
)
@question
def compare_answers(given: Mapping[str, Any], body: Mapping[str, Any]) -> Response:
    """Answer what changed."""
    if body["what_if"] is not None:
        found = _what_if(body)
    else:
        comparison = compare(_pair(body), store(), max_documents=body["max_documents"], portfolios=context().portfolios)
        named = {source for causes in comparison.causes.by_contract.values() for c in causes for source in c.source_ids}
        documents = sources_of(named, store()) if named else {}
        found = {"assumed": None, **comparison_body(comparison, documents, with_routes=body["routes"])}
        found |= _cut(comparison)
    return respond(page_of(found.pop("contracts"), given, meta=found))


def _cut(comparison: Comparison) -> dict[str, Any]:
    summaries = [side.answer.summary for side in (comparison.before, comparison.after)]
    return {
        "truncated": any(summary.truncated for summary in summaries) or comparison.causes.truncated,
        "items_cut": any(summary.items_cut for summary in summaries),
    }


def _what_if(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer as things stand, and as they would stand."""
    if body["after"] is not None or body["revisions"]:
        raise InvalidInput(N_("with what_if the second question is that of the first: leave after and revisions out"))
    before = body["before"]
    lens = lens_in(before["lens"], {})
    scope = selectors_of(before)
    if before["incidents"]:
        scope += scope_of(Asked(incidents=before["incidents"]), store(), lens)
    _require(scope)
    with suppositions(body["what_if"]) as supposed:
        assumed, overlay = assume(supposed, store(), lens)
        found = what_if(question_of(scope, lens, body), assumed, store(), overlay, context().portfolios)
    return {**whatif_body(found, with_routes=body["routes"]), "documents": None, **_cut(found.comparison)}


def _pair(body: Mapping[str, Any]) -> Pair:
    """Return the two questions."""
    before = body["before"]
    after = body["after"] or {"scope": [], "incidents": [], "lens": _now_of(before["lens"])}
    if not after["scope"] and not after["incidents"]:
        after = {**after, "scope": before["scope"], "incidents": before["incidents"]}
    lenses = lens_in(before["lens"], {}), lens_in(after["lens"], {})
    limits = question_of((), lenses[0], body)
    pair = _of_incidents(before, after, lenses, limits, body["revisions"])
    first, second = (_with(selectors_of(s), q) for s, q in zip((before, after), (pair.before, pair.after), strict=True))
    _require((*selectors_of(before), *before["incidents"]))
    return replace(pair, before=first, after=second)


def _of_incidents(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    lenses: tuple[Lens, Lens],
    limits: Question,
    revisions: list[int],
) -> Pair:
    """Return the questions about the incidents that are named."""
    if revisions and (before["scope"] or after["scope"]):
        raise InvalidInput(N_("revisions are of one incident: leave scope out"))
    if not before["incidents"] and not after["incidents"]:
        return Pair(limits, replace(limits, lens=lenses[1]))
    sides = [Pairing(Asked(incidents=side["incidents"]), lenses, revisions) for side in (before, after)]
    pairs = [questions(side, limits, store()) if side.asked.incidents else None for side in sides]
    if before["incidents"] == after["incidents"] and pairs[0] is not None:
        return pairs[0]
    first, then = pairs
    return Pair(
        before=first.before if first else limits,
        after=then.after if then else replace(limits, lens=lenses[1]),
        known=(first.known[0] if first else (), then.known[1] if then else ()),
        scope_changes=then.known[1] if then else (),
    )


def _now_of(lens: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: value for name, value in lens.items() if name in ("reader", "min_grade", "valid_at")}


def _with(selectors: Scope, question: Question) -> Question:
    return replace(question, scope=tuple(dict.fromkeys((*selectors, *question.scope))))


def _require(named: tuple[object, ...]) -> None:
    if not named:
        raise InvalidInput(N_("nothing is named: scope takes selectors, incidents ids"))
