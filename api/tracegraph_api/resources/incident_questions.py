"""What incidents reach, or would reach, and what to ask about them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.answer import Dependent
from tracegraph.answer_compare import Widening
from tracegraph.answer_exposure import Exposure
from tracegraph.answer_open_ends import look_up_open_ends
from tracegraph.exchange.answers import interval_body, share_body
from tracegraph.exchange.bundle import bundle_bytes, bundle_files
from tracegraph.exchange.compare import preview_body
from tracegraph.exchange.csv_export import ANSWER_COLUMNS, answer_row
from tracegraph.exchange.exposure import exposure_body, rollups_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.triage_bodies import beside_contracts
from tracegraph.services import triage
from tracegraph.services.bundle import bundle_of
from tracegraph.services.dependents import dependents
from tracegraph.services.exposure import exposure
from tracegraph.services.incident_bodies import read_scope_body
from tracegraph.services.incidents import IncidentView
from tracegraph.services.previewing import preview
from tracegraph.services.roll_ups import roll_ups
from tracegraph_api import heavy, media
from tracegraph_api.context import context, now, principal, store
from tracegraph_api.cursors import page_by_key
from tracegraph_api.incident_inputs import ExposuresQuery, PreviewBody, PreviewQuery
from tracegraph_api.incident_seen import incident_asked, incident_seen, scope_exposed
from tracegraph_api.inputs import CursorQuery, LensQuery, LimitsQuery, PageQuery, lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.problems import problem_entry
from tracegraph_api.questions import (
    FORMS,
    ResultQuery,
    answered,
    chosen,
    drawn,
    key_of,
    of_suppliers,
    question_of,
    suppliers_of,
)
from tracegraph_api.respond import envelope, page_of, respond

resource = Resource("incident-questions", __name__, description=N_("What incidents reach, or would reach."))
COLUMNS: Final = (
    *ANSWER_COLUMNS,
    *("share_low", "share_high", "share_unmapped", "exposed_sek_low", "exposed_sek_high", "incidents", "triage"),
)


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
            N_("Contracts by status, then by id; the counts are of all pages."), "incident_exposure_page", FORMS
        )
    },
    query=(LensQuery, ExposuresQuery, LimitsQuery, ResultQuery, CursorQuery),
    errors=(404,),
)
@heavy.question
def exposures(given: Mapping[str, Any], id: str) -> Response:
    """Answer which contracts an incident reaches."""
    view, lens = incident_asked(id, given)
    views = [view, *(incident_seen(other, lens) for other in given["also"])]
    found = exposure(views, question_of((), lens, given), store(), context().portfolios)
    rows, triaged = chosen(found.answer, given), triaged_by_contract(views, lens)
    summary = found.answer.summary
    if (form := media.wanted()) in FORMS:
        content = exposure_table(rows, found, triaged) if form == media.CSV else drawn(found.answer, rows, form)
        return media.as_file(content, "exposures", truncated=summary.truncated)
    shown, counted = page_by_key(rows, key_of, given, lens)
    look_up_open_ends(row.open_ends for row in shown)
    answer = replace(of_suppliers(found.answer, given["suppliers"]), dependents=tuple(shown))
    part = replace(found, answer=answer)
    body = exposure_body(part, with_no_link=True, with_routes=given["routes"])
    contracts = body.pop("contracts")
    beside_contracts(contracts, triaged, principal())
    cut = {"truncated": summary.truncated, "items_cut": summary.items_cut}
    meta = {**body, **cut, "direct_suppliers_total": suppliers_of(found.answer)}
    return respond(envelope(contracts, given, counted, meta=meta))


def exposure_table(
    rows: Iterable[Dependent], found: Exposure, triaged: Mapping[str, list[triage.Standing]]
) -> str | bytes:
    """Return contracts as a table for a spreadsheet."""
    return media.table(COLUMNS, (_row(row, found, triaged) for row in rows))


def _row(row: Dependent, found: Exposure, triaged: Mapping[str, list[triage.Standing]]) -> list[Any]:
    """Return a contract as a row for a spreadsheet: which incidents reach it, and what its triage counts as."""
    id = row.facts.contract_id
    counts = [f"{one.triage.incident_id} {one.triage.visibility} {one.counts_as.value}" for one in triaged.get(id, ())]
    share, exposed = share_body(row.share) or {}, interval_body(row.exposed_sek) or {}
    figures = [*(share.get(name) for name in ("low", "high", "unmapped")), exposed.get("low"), exposed.get("high")]
    return [*answer_row(row), *figures, "|".join(sorted(found.reached_by.get(id, {}))), "|".join(counts)]


def triaged_by_contract(views: list[IncidentView], lens: Lens) -> dict[str, list[triage.Standing]]:
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
    asked = replace(question_of((), lens, given), scope=scope_exposed(view))
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
    answers={
        200: Answered(N_("Contracts by status, then by id; the counts are of all pages."), "scope_preview_page", FORMS)
    },
    query=(LensQuery, LimitsQuery, ResultQuery, CursorQuery),
    body=PreviewBody,
)
@heavy.question
def previewed(given: Mapping[str, Any], said: Mapping[str, Any]) -> Response:
    """Preview a scope that nothing is recorded of."""
    lens = lens_of(given)
    scope, warnings = read_scope_body(store(), lens, said["scope"])
    answer = dependents(question_of(scope, lens, given), store(), context().portfolios)
    return answered(
        answer,
        given,
        rollups=rollups_body(roll_ups(answer, store())),
        call=sorted({name for found in answer.dependents for name in found.direct_suppliers}),
        ask=sorted({name for found in answer.dependents for name in found.ask}),
        warnings=[problem_entry(one) for one in warnings],
    )


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
    return media.as_file(evidence_of(view, lens), "evidence")


def evidence_of(view: IncidentView, lens: Lens) -> bytes:
    """Return the evidence bundle of an incident: a ZIP file.

    Raises
    ------
    IncidentWithdrawn
        It exposes nothing any more.
    """
    scope_exposed(view)
    found = exposure([view], question_of((), lens, {}), store(), context().portfolios)
    body = exposure_body(found, with_no_link=True)
    bundle = bundle_of(found.answer, store(), context().portfolios)
    return bundle_bytes(bundle_files(bundle, body, body["incidents"], now()))
