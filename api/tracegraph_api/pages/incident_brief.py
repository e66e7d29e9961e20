"""A brief of two pages about an incident, as PDF."""

from __future__ import annotations

from flask import Response

from tracegraph.access import Permission
from tracegraph.answer import Question
from tracegraph.answer_ask import AskNext, AskQuestion
from tracegraph.answer_exposure import Exposure
from tracegraph.exchange.pdf import pdf_of
from tracegraph.lens import Lens
from tracegraph.render.incident_brief import CONTRACTS, REGIONS, SUPPLIERS, Brief, brief_data, regions_of
from tracegraph.services.ask_next import ask_next
from tracegraph.services.exposure import exposure, is_listed
from tracegraph.services.incidents import IncidentView, exposing
from tracegraph.services.names import names_of
from tracegraph.services.unnamed_plants import unnamed_plants
from tracegraph_api.context import context, now, store, translator
from tracegraph_api.incident_seen import incident_asked
from tracegraph_api.inputs import Given, LensQuery
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.incident_pages import pages
from tracegraph_api.pages.incident_shown import telling_of


@pages.shows("/incidents/<id>/brief.pdf", Permission.READ, (LensQuery,), is_heavy=True)
def brief(given: Given, id: str) -> Response:
    """Give the brief."""
    view, lens = incident_asked(id, given)
    return as_download(pdf_of("report", brief_data(brief_of(view, lens)), made_at=now()), "pdf", "brief")


def brief_of(view: IncidentView, lens: Lens) -> Brief:
    """Return what the brief of an incident is made of."""
    found = exposure([view], Question((), lens), store(), context().portfolios)
    asked = None
    if exposing(view):
        question = AskQuestion(lens=lens, scope=view.current.scope, rows=SUPPLIERS)
        asked = ask_next(question, store(), context().portfolios)
    shown = [one for one in found.answer.dependents[:CONTRACTS] if is_listed(one)]
    named = {id for one in shown for id in (*one.facts.regions, *one.direct_suppliers, *one.ask)}
    named |= _named(found, asked)
    names = names_of(sorted(named), store(), lens, translator().lang)
    unnamed = unnamed_plants(found.answer, store(), context().portfolios)
    return Brief(view, found, asked, shown, names, telling_of(view, lens), unnamed)


def _named(found: Exposure, asked: AskNext | None) -> set[str]:
    regions = {region for region, _ in regions_of(found)[:REGIONS]}
    return regions | {one.supplier_id for one in (asked.suppliers if asked else ()) if one.supplier_id}
