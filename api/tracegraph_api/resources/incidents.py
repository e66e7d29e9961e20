"""Incidents and their revisions: read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response

from tracegraph.access import Permission
from tracegraph.exchange.answers import lens_body
from tracegraph.messages import N_
from tracegraph.render.incident_bodies import incident_line_body, incident_view_body
from tracegraph.services.incidents import list_incidents, narrowed
from tracegraph_api import media
from tracegraph_api.context import store
from tracegraph_api.incident_inputs import IncidentsQuery
from tracegraph_api.incident_seen import incident_asked, revision_tag
from tracegraph_api.inputs import LensQuery, PageQuery, lens_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import link, page_of, respond

resource = Resource(
    "incidents",
    __name__,
    url_prefix="/incidents",
    description=N_("Reported, dated facts about plants and companies, kept as revisions, and what they reach."),
)


LINE_COLUMNS: Final = (
    *("incident_id", "title", "kind", "status", "exposing", "happened_from", "happened_to", "recorded_at", "change"),
    *("visibility", "sources", "indicators", "scope", "revisions"),
)


@resource.get("")
@operation(
    Permission.READ,
    says=(N_("Recorded incidents"), N_("Each in the state that was known, by the day it happened, then by id.")),
    answers={200: Answered(N_("Incidents, page by page; as CSV, all."), "incident_page", (media.CSV,))},
    query=(LensQuery, IncidentsQuery, PageQuery),
)
def incidents(given: Mapping[str, Any]) -> Response:
    """List incidents."""
    lens = lens_of(given)
    views = narrowed(
        list_incidents(store(), lens),
        statuses=given.get("status", ()),
        kinds=given.get("kind", ()),
        only_open=given["only_open"],
    )
    rows = [incident_line_body(view, lens.valid_at) for view in views]
    if media.wanted() == media.CSV:
        return media.as_file(media.table_of_bodies(LINE_COLUMNS, rows), "incidents")
    return respond(page_of(rows, given, meta={"lens": lens_body(lens)}))


@resource.get("/<id>")
@operation(
    Permission.READ,
    says=(
        N_("One incident"),
        N_(
            "Its state, and every revision, the oldest first, with what each changes. Its ETag is the number of its "
            "newest revision, which the next one names in If-Match."
        ),
    ),
    answers={200: Answered(N_("The incident."), "incident")},
    query=(LensQuery,),
    errors=(404,),
)
def incident(given: Mapping[str, Any], id: str) -> Response:
    """Show one incident."""
    view, lens = incident_asked(id, given)
    around = ("revisions", "exposures", "triage", "ask-next", "letters", "evidence-bundle")
    at = link().partition("?")[0]
    links = {"self": link(), **{name.replace("-", "_"): f"{at}/{name}" for name in around}}
    body = {
        "lens": lens_body(lens),
        **incident_view_body(view, lens.valid_at),
        "_links": {name: {"href": href} for name, href in links.items()},
    }
    return respond(body, etag=revision_tag(view, lens))


@resource.get("/<id>/revisions")
@operation(
    Permission.READ,
    says=(N_("The revisions of an incident"), N_("The oldest first, each with what it changes in the one before it.")),
    answers={200: Answered(N_("Revisions, page by page."), "incident_revision_page")},
    query=(LensQuery, PageQuery),
    errors=(404,),
)
def revisions(given: Mapping[str, Any], id: str) -> Response:
    """List the revisions of an incident."""
    view, lens = incident_asked(id, given)
    rows = incident_view_body(view, lens.valid_at)["revisions"]
    numbered = [{"revision": number, **row} for number, row in enumerate(rows, start=1)]
    return respond(page_of(numbered, given, meta={"lens": lens_body(lens)}))
