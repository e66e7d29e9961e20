"""An incident as the caller sees it, and what it exposes; what is not there is said in the API's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracegraph.errors import IncidentWithdrawn, UnknownNode
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.services.exposure import stopped
from tracegraph.services.incidents import IncidentView, find_incident
from tracegraph_api.context import store
from tracegraph_api.inputs import lens_of


def incident_seen(id: str, lens: Lens) -> IncidentView:
    """Return an incident.

    Raises
    ------
    UnknownNode
        The caller sees none of this id, whether there is one or not.
    """
    try:
        return find_incident(store(), id, lens)
    except UnknownNode:
        raise UnknownNode(N_("there is no incident {id} that you see as of then"), id=id) from None


def incident_asked(id: str, given: Mapping[str, Any]) -> tuple[IncidentView, Lens]:
    """Return an incident, and the lens of the request."""
    lens = lens_of(given)
    return incident_seen(id, lens), lens


def scope_exposed(view: IncidentView) -> Scope:
    """Return what an incident touches.

    Raises
    ------
    IncidentWithdrawn
        It exposes nothing any more.
    """
    ended = stopped(view)
    if ended is None:
        return view.current.scope
    id = str(view.current.incident_id)
    if ended.known_before is None:
        raise IncidentWithdrawn(
            N_("the incident {id} is known only as withdrawn, and exposes nothing: ask what its scope names"), id=id
        )
    raise IncidentWithdrawn(
        N_(
            "the incident {id} was withdrawn on {day}, and nothing is exposed to it since: ask as it was known before, "
            "with known_at={before}, or what its scope names"
        ),
        id=id,
        day=ended.since[:10],
        before=ended.known_before,
    )


def revision_tag(view: IncidentView, lens: Lens) -> str:
    """Return the ETag of an incident: the number of its newest revision, and the day where acts of authorities count.

    Where an act stands depends on the day that is asked about.
    """
    number = len(view.revisions)
    return f"{number}.{lens.valid_at}" if view.current.actions else str(number)
