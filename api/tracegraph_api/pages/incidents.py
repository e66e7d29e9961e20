"""Incidents: all that are recorded, and one with what is said of it and the contracts that it may touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import NotFound

from tracegraph.access import Permission
from tracegraph.answer_exposure import Exposure
from tracegraph.exchange.geojson_answer import answer_features
from tracegraph.exchange.graphml_answer import answer_graph, graphml_bytes
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.phrases import known_day
from tracegraph.services.contract_table import most_of
from tracegraph.services.exposure import exposure
from tracegraph.services.incidents import IncidentView, exposing, list_incidents, narrowed
from tracegraph.services.names import names_of
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.vocabulary import IncidentStatus, Status
from tracegraph_api.context import context, principal, store, translator
from tracegraph_api.incident_seen import incident_asked
from tracegraph_api.inputs import Given, LensQuery, PageQuery, lens_of
from tracegraph_api.media import features
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.incident_pages import crumbs_of, pages
from tracegraph_api.pages.incident_shown import Row, contract_rows, line, revisions, said_of, telling_of
from tracegraph_api.pages.links import here, link
from tracegraph_api.pages.words import say, word
from tracegraph_api.questions import ResultQuery, chosen, question_of
from tracegraph_api.resources.incident_questions import evidence_of, exposure_table, triaged_by_contract

_SUPPLIERS: Final = 50
#: Statuses that end an incident.
_ENDED: Final = (IncidentStatus.WITHDRAWN.value, IncidentStatus.REFUTED.value)


class _Which(Schema):
    """Which incidents."""

    which = fields.String(validate=validate.OneOf(("open", "ended", "all")), load_default="open")


# --- all of them -----------------------------------------------------------------------------------------------------


@pages.shows("/incidents", Permission.READ, (LensQuery, _Which, PageQuery), is_heavy=True)
def all(given: Given) -> Response:
    """Show the incidents that are recorded, the newest first."""
    lens = lens_of(given)
    views = list_incidents(store(), lens)
    still_open = narrowed(views, only_open=True)
    ended = [view for view in views if view.current.status in _ENDED]
    listed = {"open": still_open, "ended": ended, "all": views}[given["which"]]
    listed = sorted(listed, key=lambda view: view.current.recorded_at, reverse=True)
    first = (given["page"] - 1) * given["limit"]
    shown = listed[first : first + given["limit"]]
    return render(
        "pages/incidents/all.html",
        say(N_("Incidents")),
        rows=[line(view) | {"counts": counts} for view, counts in zip(shown, _touched(shown, lens), strict=True)],
        which=given["which"],
        kinds=[
            ("open", say(N_("open")), len(still_open)),
            ("ended", say(N_("withdrawn or refuted")), len(ended)),
            ("all", say(N_("all")), len(views)),
        ],
        total=len(listed),
        page=given["page"],
        limit=given["limit"],
        can_report=principal().may(Permission.REPORT),
    )


def _touched(views: Sequence[IncidentView], lens: Lens) -> list[dict[str, int] | None]:
    """Return how many contracts have which status towards incidents; None: it exposes nothing."""
    if not views:
        return []
    sweep = PortfolioSweep(lens, store(), context().portfolios)
    found = sweep.readings([view.current.scope for view in views])
    return [
        {status.value: sum(one.status is status for one in readings.readings) for status in Status}
        if exposing(view)
        else None
        for view, readings in zip(views, found, strict=True)
    ]


# --- one -------------------------------------------------------------------------------------------------------------


@pages.shows("/incidents/<id>", Permission.READ, (LensQuery, ResultQuery, PageQuery), is_heavy=True)
def one(given: Given, id: str) -> Response:
    """Show an incident: its present state first, then the contracts, then how it came to be so."""
    view, lens = incident_asked(id, given)
    found = exposed(view, lens)
    telling = telling_of(view, lens)
    return render(
        "pages/incidents/one.html",
        view.current.title,
        crumbs=crumbs_of(),
        said=said_of(view, telling),
        revisions=revisions(view, telling),
        reached=contracts_shown(found, view, lens, given),
        fixed=here(known_at=lens.known_at, valid_at=lens.valid_at),
        fixed_day=known_day(lens.known_at),
        files=files_of(id, dict(given)),
        can_report=principal().may(Permission.REPORT),
        can_triage=principal().may(Permission.TRIAGE),
        id=id,
    )


def exposed(view: IncidentView, lens: Lens) -> Exposure:
    """Return which contracts an incident reaches."""
    return exposure([view], question_of((), lens, {}), store(), context().portfolios)


def contracts_shown(found: Exposure, view: IncidentView, lens: Lens, given: Given) -> dict[str, Any]:
    """Return the contracts of an incident: counts of all, those that are asked for, and what narrows them."""
    stopped, summary = found.incidents[0].stopped, found.answer.summary
    rows = chosen(found.answer, given)
    first = (given["page"] - 1) * given["limit"]
    triaged = triaged_by_contract([view], lens)
    return {
        "since": stopped.since if stopped else None,
        "before": here(known_at=stopped.known_before) if stopped and stopped.known_before else None,
        "counts": {status.value: summary.counts.get(status, 0) for status in Status},
        "unmatched": _unmatched(found, lens),
        "truncated": summary.truncated or summary.items_cut,
        "rows": contract_rows(rows[first : first + given["limit"]], lens, triaged),
        "total": len(rows),
        "page": given["page"],
        "limit": given["limit"],
        "filters": _filters(found, lens),
        "given": given,
    }


def _unmatched(found: Exposure, lens: Lens) -> list[str]:
    ids = sorted({one.id for one in found.answer.unmatched})
    names = names_of(ids, store(), lens, translator().lang)
    return [names[id] for id in ids]


def _filters(found: Exposure, lens: Lens) -> dict[str, list[tuple[str, str]]]:
    """Return what the contracts of an answer can be narrowed by, with its names."""
    summary = found.answer.summary
    ids = {
        "region": sorted(summary.by_region),
        "category": sorted(summary.by_category),
        "direct_supplier": sorted(most_of(summary.by_direct_supplier, _SUPPLIERS)),
    }
    names = names_of([id for listed in ids.values() for id in listed], store(), lens, translator().lang)
    choices = {
        name: sorted(((id, names[id]) for id in listed), key=lambda pair: pair[1].casefold())
        for name, listed in ids.items()
    }
    return {"status": [(status.value, str(word(status))) for status in Status], **choices}


# --- files -----------------------------------------------------------------------------------------------------------


@pages.shows("/incidents/<id>/contracts.<ending>", Permission.READ, (LensQuery, ResultQuery), is_heavy=True)
def contracts(given: Given, id: str, ending: str) -> Response:
    """Give the contracts of an incident as a file: all that match."""
    view, lens = incident_asked(id, given)
    if ending not in ("csv", "graphml", "geojson"):
        raise NotFound
    found = exposed(view, lens)
    rows = chosen(found.answer, given)
    if ending == "csv":
        content: str | bytes = exposure_table(rows, found, triaged_by_contract([view], lens))
    elif ending == "graphml":
        content = graphml_bytes(answer_graph(found.answer, rows))
    else:
        content = features(answer_features(found.answer, rows, store()))
    return as_download(content, ending, "incident-contracts", truncated=found.answer.summary.truncated)


@pages.shows("/incidents/<id>/evidence.zip", Permission.READ, (LensQuery,), is_heavy=True)
def evidence(given: Given, id: str) -> Response:
    """Give all that the answer was computed from, as one file."""
    view, lens = incident_asked(id, given)
    return as_download(evidence_of(view, lens), "zip", "evidence")


def files_of(id: str, given: Row) -> list[tuple[str, str]]:
    """Return the files of an incident's contracts, each with its address: what is shown, whole."""
    kept = {name: given[name] for name in ("status", "region", "category", "direct_supplier") if given.get(name)}
    named = (("csv", N_("table (CSV)")), ("graphml", N_("graph (GraphML)")), ("geojson", N_("map (GeoJSON)")))
    return [(str(say(text)), link("incidents.contracts", id=id, ending=ending, **kept)) for ending, text in named]
