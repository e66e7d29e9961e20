"""Every contract against every current incident, and what is new in that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.answer import LISTED_STATUSES
from tracegraph.answer_exposures import Exposed
from tracegraph.exchange.chain import facts_body
from tracegraph.exchange.exposures import (
    CHANGE_COLUMNS,
    EXPOSURE_COLUMNS,
    change_row,
    exposure_row,
    exposures_body,
    pair_body,
)
from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph.services.dependents import STATUS_ORDER
from tracegraph.services.exposures import Asked, exposures
from tracegraph.vocabulary import Status
from tracegraph_api.context import context, store
from tracegraph_api.cursors import Key, page_by_key
from tracegraph_api.heavy import question
from tracegraph_api.inputs import Checked, CursorQuery, LensQuery, PageQuery, described, lens_of
from tracegraph_api.media import CSV, as_file, table, wanted
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.reports import several
from tracegraph_api.respond import envelope, page_of, respond

resource = Resource(
    "exposures", __name__, url_prefix="/exposures", description=N_("Every contract against every current incident.")
)


class IncidentsQuery(Schema):
    """Which incidents and contracts."""

    incident = several(N_("Only this incident; may be repeated."), "demo-inc-order")
    region = several(N_("Only contracts that this region uses; may be repeated."), "SE-AB")


class StatusQuery(Schema):
    """Which rows."""

    status = fields.List(
        fields.String(validate=validate.OneOf(list(Status))),
        load_default=[status.value for status in LISTED_STATUSES],
        metadata=described(N_("Only pairs of this status; may be repeated."), example=["established"]),
    )


class EarlierQuery(PageQuery):
    """Since when."""

    since = Checked(
        lambda text: asking.moment(text, "since"),
        required=True,
        metadata=described(
            N_("What is new since then: a date, which means the end of that day in UTC, or a time."),
            example="2019-02-18",
        ),
    )


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Every contract against every current incident"),
        N_(
            "Where each contract that you see stands towards each incident that you see; withdrawn ones expose nothing."
        ),
    ),
    answers={200: Answered(N_("Pairs by status, contract and incident."), "exposures_page", media=(CSV,))},
    query=(LensQuery, IncidentsQuery, StatusQuery, CursorQuery),
    errors=(404, 409),
)
@question
def all_exposures(given: Mapping[str, Any]) -> Response:
    """Answer where every contract stands towards every incident."""
    lens = lens_of(given)
    report = exposures(_asked(given, Asked(lens)), store(), context().portfolios)
    statuses = set(given["status"])
    rows = [row for row in report.rows(with_no_link=True) if row.reading.status.value in statuses]
    rows.sort(key=_key)
    if wanted() == CSV:
        return as_file(table(EXPOSURE_COLUMNS, map(exposure_row, rows)), "exposures")
    shown, counted = page_by_key(rows, _key, given, lens)
    body = exposures_body(report, with_no_link=False)
    meta = {name: body[name] for name in ("query", "summary", "incidents")}
    items = [{**pair_body(row), "contract": facts_body(row.facts)} for row in shown]
    return respond(envelope(items, given, counted, meta={**meta, "truncated": False}))


@resource.get("/changes")
@operation(
    Permission.READ,
    says=(
        N_("Which contracts stand otherwise towards an incident than they did"),
        N_(
            "Compared with an earlier moment, by both clocks, unless valid_at holds one of them; and why: an incident "
            "that was recorded or revised, or claims that are new or gone."
        ),
    ),
    answers={200: Answered(N_("Changes, the worst first."), "exposure_changes_page", media=(CSV,))},
    query=(LensQuery, IncidentsQuery, EarlierQuery),
    errors=(404,),
)
@question
def changed_exposures(given: Mapping[str, Any]) -> Response:
    """Answer which contracts stand otherwise."""
    lens = lens_of(given)
    known_at = given["since"]
    since = replace(lens, known_at=known_at, valid_at=lens.valid_at if given.get("valid_at") else known_at[:10])
    report = exposures(_asked(given, Asked(lens, since)), store(), context().portfolios)
    changes = report.changes or ()
    if wanted() == CSV:
        return as_file(table(CHANGE_COLUMNS, map(change_row, changes)), "exposure-changes")
    body = exposures_body(replace(report, contracts=(), incidents=()))
    meta = {"query": body["query"], "graph_version": report.graph_version, "truncated": False}
    return respond(page_of(body["changes"], given, meta=meta))


def _asked(given: Mapping[str, Any], asked: Asked) -> Asked:
    regions = tuple(dict.fromkeys(region.upper() for region in given["region"]))
    return replace(asked, incidents=tuple(dict.fromkeys(given["incident"])), regions=regions)


def _key(row: Exposed) -> Key:
    return STATUS_ORDER[row.reading.status], row.facts.contract_id, str(row.incident.revision.incident_id)
