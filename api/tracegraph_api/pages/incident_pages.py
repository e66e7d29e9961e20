"""The pages of incidents are one part of the navigation, which several modules fill."""

from __future__ import annotations

from typing import Final

from tracegraph.messages import N_
from tracegraph.services.incidents import IncidentView
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.links import link
from tracegraph_api.pages.words import say

pages: Final = Pages("incidents")


def crumbs_of(view: IncidentView | None = None) -> list[tuple[str, str]]:
    """Return the pages above a page of an incident; None: above those of all."""
    above = [(str(say(N_("Incidents"))), link("incidents.all"))]
    if view is not None:
        above.append((view.current.title, link("incidents.one", id=str(view.current.incident_id))))
    return above
