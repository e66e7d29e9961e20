"""Incidents: all that are recorded, and one with what is said of it and the contracts that it may touch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate
from werkzeug.exceptions import NotFound

from tracegraph.access import Permission
from tracegraph.answer import LISTED_STATUSES
from tracegraph.answer_exposure import Exposure
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.render.incident_bodies import incident_line_body
from tracegraph.render.phrases import known_day
from tracegraph.render.shares import amounts
from tracegraph.services.contract_table import most_of
from tracegraph.services.exposure import exposure
from tracegraph.services.incidents import IncidentView, exposing, list_incidents, narrowed
from tracegraph.services.names import names_of, node_names
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.vocabulary import IncidentStatus, Label, Status
from tracegraph_api.context import context, principal, store, translator
from tracegraph_api.incident_seen import incident_asked
from tracegraph_api.inputs import Given, LensQuery, PageQuery, lens_of
from tracegraph_api.media import table_of_bodies
from tracegraph_api.pages.exposure_doubts import unnamed_of
from tracegraph_api.pages.exposure_files import ENDINGS, file_of
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.incident_pages import crumbs_of, pages
from tracegraph_api.pages.incident_shown import Row, contract_rows, line, revisions, said_of, telling_of
from tracegraph_api.pages.links import here, link
from tracegraph_api.pages.paging import paged
from tracegraph_api.pages.words import say, word
from tracegraph_api.questions import ResultQuery, chosen, question_of
from tracegraph_api.resources.incident_questions import evidence_of, exposure_table, triaged_by_contract
from tracegraph_api.resources.incidents import LINE_COLUMNS

_SUPPLIERS: Final = 50
_ROLLED: Final = 10
_LABELS: Final = {"region": Label.REGION, "category": Label.CATEGORY, "direct_supplier": Label.SUPPLIER}
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
    parts = _parts(lens)
    listed = parts[given["which"]]
    shown, about = paged(listed, given)
    return render(
        "pages/incidents/all.html",
        say(N_("Incidents")),
        rows=[line(view) | {"counts": counts} for view, counts in zip(shown, _touched(shown, lens), strict=True)],
        which=given["which"],
        kinds=[
            ("open", say(N_("open")), len(parts["open"])),
            ("ended", say(N_("withdrawn or refuted")), len(parts["ended"])),
            ("all", say(N_("all")), len(parts["all"])),
        ],
        **about,
        can_report=principal().may(Permission.REPORT),
    )


def _parts(lens: Lens) -> dict[str, list[IncidentView]]:
    """Return the incidents that are open, those that ended, and all, the newest first."""
    views = sorted(list_incidents(store(), lens), key=lambda view: view.current.recorded_at, reverse=True)
    ended = [view for view in views if view.current.status in _ENDED]
    return {"open": narrowed(views, only_open=True), "ended": ended, "all": views}


@pages.shows("/incidents.csv", Permission.READ, (LensQuery, _Which))
def all_file(given: Given) -> Response:
    """Give the incidents that are chosen as a table."""
    lens = lens_of(given)
    rows = [incident_line_body(view, lens.valid_at) for view in _parts(lens)[given["which"]]]
    return as_download(table_of_bodies(LINE_COLUMNS, rows), "csv", "incidents")


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
        compare=link("compare.ask", incident=id),
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
    listed, about = paged(rows, given)
    triaged = triaged_by_contract([view], lens)
    return {
        "since": stopped.since if stopped else None,
        "before": here(known_at=stopped.known_before) if stopped and stopped.known_before else None,
        "counts": {status.value: summary.counts.get(status, 0) for status in Status},
        "unmatched": _unmatched(found, lens),
        "unnamed": unnamed_of(found.answer),
        "truncated": summary.truncated or summary.items_cut,
        "rows": contract_rows(listed, lens, triaged),
        **about,
        "filters": _filters(found, lens),
        "rolled": _rolled(found, lens),
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
    names = _names(ids, lens)
    choices = {
        name: sorted(((id, names[id]) for id in listed), key=lambda pair: pair[1].casefold())
        for name, listed in ids.items()
    }
    return {"status": [(status.value, str(word(status))) for status in Status], **choices}


def _names(ids: Mapping[str, Iterable[str]], lens: Lens) -> dict[str, str]:
    """Return what regions, categories and direct suppliers are called, by id; one without a name is its own."""
    nodes = [NodeRef(_LABELS[name], id) for name, listed in ids.items() for id in listed]
    found = node_names(nodes, store(), lens, translator().lang)
    return {node.id: found.get(node, node.id) for node in nodes}


def _rolled(found: Exposure, lens: Lens) -> list[dict[str, Any]]:
    """Return the contracts of an answer by direct supplier, region and category: the rows of most contracts."""
    parts = (
        ("direct_supplier", N_("By direct supplier"), found.rollups.direct_supplier),
        ("region", N_("By region"), found.rollups.region),
        ("category", N_("By category"), found.rollups.category),
    )
    names = _names({name: [row.key for row in rows[:_ROLLED] if row.key] for name, _, rows in parts}, lens)
    return [
        {
            "caption": say(caption),
            "total": len(rows),
            "rows": [
                {
                    "name": names[row.key] if row.key else say(N_("not known")),
                    "href": here(**{name: row.key, "page": None}) if row.key else None,
                    "counts": {status.value: row.counts.get(status, 0) for status in LISTED_STATUSES},
                    "exposed": amounts(row.exposed.total, translator()) if row.exposed.total else None,
                    "left_out": row.exposed.left_out,
                }
                for row in rows[:_ROLLED]
            ],
        }
        for name, caption, rows in parts
        if rows
    ]


# --- files -----------------------------------------------------------------------------------------------------------


@pages.shows("/incidents/<id>/contracts.<ending>", Permission.READ, (LensQuery, ResultQuery), is_heavy=True)
def contracts(given: Given, id: str, ending: str) -> Response:
    """Give the contracts of an incident as a file: all that match."""
    view, lens = incident_asked(id, given)
    if ending not in ENDINGS:
        raise NotFound
    found = exposed(view, lens)
    rows = chosen(found.answer, given)
    if ending != "csv":
        return file_of(found.answer, rows, ending, given)
    content = exposure_table(rows, found, triaged_by_contract([view], lens))
    return as_download(content, ending, "incident-contracts", truncated=found.answer.summary.truncated)


@pages.shows("/incidents/<id>/evidence.zip", Permission.READ, (LensQuery,), is_heavy=True)
def evidence(given: Given, id: str) -> Response:
    """Give all that the answer was computed from, as one file."""
    view, lens = incident_asked(id, given)
    return as_download(evidence_of(view, lens), "zip", "evidence")


def files_of(id: str, given: Row) -> list[tuple[str, str]]:
    """Return the files of an incident's contracts, each with its address: what is shown, whole."""
    kept = {name: given[name] for name in ("status", "region", "category", "direct_supplier") if given.get(name)}
    return [
        (str(say(text)), link("incidents.contracts", id=id, ending=ending, **kept)) for ending, text in ENDINGS.items()
    ]
