"""The first page: one box to start from, three questions, open incidents, and what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response
from markupsafe import Markup

from tracegraph.access import Permission
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.services.incidents import IncidentView, list_incidents, narrowed
from tracegraph.store.port_lists import Place
from tracegraph.vocabulary import IncidentStatus
from tracegraph_api.context import store
from tracegraph_api.inputs import Given, LensQuery, lens_of
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import has_page, incident_link, link
from tracegraph_api.pages.words import number, say, word

pages = Pages("start")

_LISTED: Final = 6
#: Changes are looked for in the last so many days; the first of these that has any.
_WINDOWS: Final = (7, 30, 365)
_MOST: Final = 500
_DAY_S: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that one can begin with: its page, or else a search for what it is about."""

    title: str
    text: str
    endpoint: str
    label: str


_QUESTIONS: Final[Sequence[_Asked]] = (
    _Asked(
        N_("Who depends on this plant?"),
        N_("Pick a plant, a company or a whole group: the contracts that may hold its goods."),
        "exposure.ask",
        "Factory",
    ),
    _Asked(
        N_("How deep do we know this contract?"),
        N_("Pick a contract or a region: how many tiers are known, and where they stop."),
        "depth.board",
        "Contract",
    ),
    _Asked(
        N_("What is exposed in this country?"),
        N_("Pick a country, and goods if you like: the contracts with plants there."),
        "map.world",
        "Country",
    ),
)


@pages.shows("/", Permission.READ, (LensQuery,))
def home(given: Given) -> Response:
    """Show where to begin."""
    lens = lens_of(given)
    views = list_incidents(store(), lens)
    still_open = narrowed(views, only_open=True)
    newest = sorted(still_open, key=lambda view: view.current.recorded_at, reverse=True)
    return render(
        "pages/start.html",
        say(N_("Which contracts depend on it?")),
        questions=[
            {
                "title": say(one.title),
                "text": say(one.text),
                "href": link(one.endpoint) if has_page(one.endpoint) else link("search.results", label=one.label),
            }
            for one in _QUESTIONS
        ],
        incidents=[_incident(view) for view in newest[:_LISTED]],
        incident_count=len(still_open),
        changes=_revisions(views),
        freshness=_freshness(lens),
        no_search=True,
    )


def _incident(view: IncidentView) -> dict[str, Any]:
    now = view.current
    return {
        "title": now.title,
        "href": incident_link(str(now.incident_id)),
        "status": word(IncidentStatus(now.status)),
        "happened": now.happened_from,
    }


def _revisions(views: Sequence[IncidentView]) -> list[dict[str, Any]]:
    """Return what was said of incidents last, the newest first."""
    until = [IncidentView(view.revisions[: n + 1]) for view in views for n in range(len(view.revisions))]
    until.sort(key=lambda view: view.current.recorded_at, reverse=True)
    return [
        {
            "day": view.current.recorded_at[:10],
            "title": view.current.title,
            "href": incident_link(str(view.current.incident_id)),
            "change": word(view.change),
        }
        for view in until[:_LISTED]
    ]


def _freshness(lens: Lens) -> Markup:
    """Say how fresh what this reader sees is: when it last changed, and how much lately."""
    for days in _WINDOWS:
        since: Place = (later(lens.known_at, -days * _DAY_S), "")
        found = store().changes(lens, since, _MOST + 1, any_day=True)
        if len(found) > _MOST:
            return say(N_("More than {count} facts came to be known in the last {days} days."), count=_MOST, days=days)
        if found:
            return say(
                N_("{count} facts came to be known, or ended, in the last {days} days; the last of them on {day}."),
                count=number(len(found)),
                days=days,
                day=found[-1].at[:10],
            )
    return say(N_("Nothing that you see has changed in the last {days} days."), days=_WINDOWS[-1])
