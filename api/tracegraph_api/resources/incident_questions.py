"""What incidents reach, or would reach, and what to ask about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.answer import DEFAULT_MAX_ITEMS, LISTED_STATUSES, Question
from tracegraph.answer_compare import Widening
from tracegraph.exchange.answers import answer_body
from tracegraph.exchange.bundle import bundle_bytes, bundle_files
from tracegraph.exchange.compare import preview_body
from tracegraph.exchange.exposure import exposure_body, rollups_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.triage_bodies import beside_contracts
from tracegraph.services import triage
from tracegraph.services.bundle import bundle_of
from tracegraph.services.dependents import dependents
from tracegraph.services.exposure import exposure, roll_ups
from tracegraph.services.incident_bodies import read_scope_body
from tracegraph.services.incidents import IncidentView
from tracegraph.services.previewing import preview
from tracegraph_api import heavy, media
from tracegraph_api.context import context, now, store
from tracegraph_api.incident_inputs import ExposuresQuery, PreviewBody, PreviewQuery
from tracegraph_api.incident_seen import incident_asked, incident_seen, scope_exposed
from tracegraph_api.inputs import LensQuery, LimitsQuery, PageQuery, lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.problems import problem_entry
from tracegraph_api.respond import page_of, respond

resource = Resource("incident-questions", __name__, description=N_("What incidents reach, or would reach."))
COLUMNS: Final = (
    *("contract_id", "title", "status", "basis", "regions", "category", "value_sek", "end", "tier"),
    *("direct_suppliers", "ask", "weakest_grade", "share", "exposed_sek", "open_ends_total", "incidents", "triage"),
)


def _question(given: Mapping[str, Any], lens: Lens) -> Question:
    return Question((), lens, given.get("max_tier"), given.get("max_items") or DEFAULT_MAX_ITEMS)


@resource.get("/incidents/<id>/exposures")
@operation(
    Permission.READ,
    says=(
        N_("Contracts that an incident reaches"),
        N_(
            "Every contract that a route leads to from what the incident names, and those of which it cannot be said, "
            "with shares, values, the evidence, and what your region, or all together, have found out about it. A "
            "withdrawn incident reaches none, and stopped says since when. A contract that is not listed has no link "
            "that is known."
        ),
    ),
    answers={
        200: Answered(
            N_("Contracts by status, then by id; the counts are of all pages."), "incident_exposure_page", (media.CSV,)
        )
    },
    query=(LensQuery, ExposuresQuery, LimitsQuery, PageQuery),
    errors=(404,),
)
@heavy.question
def exposures(given: Mapping[str, Any], id: str) -> Response:
    """Answer which contracts an incident reaches."""
    view, lens = incident_asked(id, given)
    views = [view, *(incident_seen(other, lens) for other in given["also"])]
    found = exposure(views, _question(given, lens), store(), context().portfolios)
    wanted = given.get("status") or [status.value for status in LISTED_STATUSES]
    body = exposure_body(found, with_no_link=True)
    contracts = [contract for contract in body.pop("contracts") if contract["status"] in wanted]
    triaged = _triaged(views, lens)
    if media.wanted() == media.CSV:
        beside_contracts(contracts, triaged)
        truncated = found.answer.summary.items_cut
        return media.as_file(media.table_of_bodies(COLUMNS, contracts), "exposures", truncated=truncated)
    page = page_of(contracts, given, meta=body)
    beside_contracts(page["items"], triaged)
    return respond(page)


def _triaged(views: list[IncidentView], lens: Lens) -> dict[str, list[triage.Standing]]:
    """Return what was found out about the contracts of an answer, by contract."""
    by_contract: dict[str, list[triage.Standing]] = {}
    for view in {view.current.incident_id: view for view in views}.values():
        said = triage.triages(store(), str(view.current.incident_id), lens)
        if not said:
            continue
        present = triage.situation(view, lens, store(), context().portfolios)
        for one in said:
            by_contract.setdefault(one.contract_id, []).append(triage.standing(one, present))
    return by_contract


@resource.get("/incidents/<id>/preview")
@operation(
    Permission.READ,
    says=(
        N_("What a wider scope would reach"),
        N_(
            "What the incident would reach if its scope were wider: contract by contract, what would change, and whom "
            "to call and to ask then. Nothing is recorded and nobody is told."
        ),
    ),
    answers={200: Answered(N_("Contracts that would stand otherwise."), "incident_preview_page")},
    query=(LensQuery, PreviewQuery, LimitsQuery, PageQuery),
    errors=(404, 409),
)
@heavy.question
def widened(given: Mapping[str, Any], id: str) -> Response:
    """Preview a wider scope."""
    view, lens = incident_asked(id, given)
    asked = replace(_question(given, lens), scope=scope_exposed(view))
    body = preview_body(preview(view, asked, Widening(given["widen"]), store()))
    contracts = body.pop("contracts")
    return respond(page_of(contracts, given, meta=body))


@resource.post("/incident-previews")
@operation(
    Permission.READ,
    says=(
        N_("What a scope would reach that is not recorded"),
        N_("Who would be touched by an incident before it is recorded. Nothing is recorded and nobody is told."),
    ),
    answers={200: Answered(N_("Contracts by status, then by id; the counts are of all pages."), "scope_preview_page")},
    query=(LensQuery, LimitsQuery, PageQuery),
    body=PreviewBody,
)
@heavy.question
def previewed(given: Mapping[str, Any], said: Mapping[str, Any]) -> Response:
    """Preview a scope that nothing is recorded of."""
    lens = lens_of(given)
    scope, warnings = read_scope_body(store(), lens, said["scope"])
    answer = dependents(replace(_question(given, lens), scope=scope), store(), context().portfolios)
    body = answer_body(answer)
    contracts = body.pop("contracts")
    meta = {
        **body,
        "rollups": rollups_body(roll_ups(answer, store())),
        "call": sorted({name for found in answer.dependents for name in found.direct_suppliers}),
        "ask": sorted({name for found in answer.dependents for name in found.ask}),
        "warnings": [problem_entry(one) for one in warnings],
    }
    return respond(page_of(contracts, given, meta=meta))


@resource.get("/incidents/<id>/evidence-bundle")
@operation(
    Permission.READ,
    says=(
        N_("The evidence of what an incident reaches"),
        N_(
            "One ZIP file with the answer, everything that it was computed from as you see it, and a script that "
            "computes it again."
        ),
    ),
    answers={200: Answered(N_("The ZIP file."), media=(media.ZIP,))},
    query=(LensQuery,),
    errors=(404, 409),
)
@heavy.question
def evidence(given: Mapping[str, Any], id: str) -> Response:
    """Give the evidence bundle of an incident."""
    view, lens = incident_asked(id, given)
    scope_exposed(view)
    found = exposure([view], _question(given, lens), store(), context().portfolios)
    body = exposure_body(found, with_no_link=True)
    bundle = bundle_of(found.answer, store(), context().portfolios)
    return media.as_file(bundle_bytes(bundle_files(bundle, body, body["incidents"], now())), "evidence")
