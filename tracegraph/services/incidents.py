"""Incidents as a reader sees them: the revision that was newest then, and all that were known."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tracegraph.errors import IncidentWithdrawn, UnknownNode
from tracegraph.incidents import IncidentRevision, incident_from_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.vocabulary import IncidentStatus

if TYPE_CHECKING:
    from tracegraph.store.port import RecordStore
    from tracegraph.store.rows import Record

KIND = "incident"


@dataclass(frozen=True, slots=True)
class IncidentView:
    """An incident under a lens.

    Attributes
    ----------
    revisions : tuple of IncidentRevision
        All that the reader sees, the oldest first; never empty.
    """

    revisions: tuple[IncidentRevision, ...]

    @property
    def current(self) -> IncidentRevision:
        """The newest revision: the state as of the lens."""
        return self.revisions[-1]


def list_incidents(store: RecordStore, lens: Lens) -> list[IncidentView]:
    """Return the incidents that a reader sees, by the day they happened, then by id."""
    views = _views(store.records(KIND), lens)
    return sorted(views, key=lambda view: (view.current.happened_from or "", view.current.incident_id))


def find_incident(store: RecordStore, incident_id: str, lens: Lens) -> IncidentView:
    """Return one incident.

    Raises
    ------
    UnknownNode
        The reader sees none of this id; the message names near ones.
    """
    views = _views(store.records(KIND, incident_id), lens)
    if views:
        return views[0]
    known = [str(view.current.incident_id) for view in list_incidents(store, lens)]
    near = difflib.get_close_matches(incident_id, known, n=3, cutoff=0.5)
    if near:
        raise UnknownNode(
            N_("no incident {id} is recorded under this view; did you mean {near}?"),
            id=incident_id,
            near=", ".join(near),
        )
    raise UnknownNode(
        N_("no incident {id} is recorded under this view; `tracegraph incident list` shows those that are"),
        id=incident_id,
    )


def exposing(view: IncidentView) -> bool:
    """Return whether contracts are exposed to an incident, as of the lens.

    A withdrawn incident exposes none. A refuted one still does: somebody has contradicted it, the allegation has not
    been taken back, and its status stands beside it (docs/model.md section 9).
    """
    return view.current.status != IncidentStatus.WITHDRAWN


def exposed_scope(view: IncidentView) -> Scope:
    """Return what an incident touches, as of the lens.

    Raises
    ------
    IncidentWithdrawn
        It no longer exposes anything; the message says how to ask for what it touched before.
    """
    if exposing(view):
        return view.current.scope
    standing = [place for place, revision in enumerate(view.revisions) if revision.status != IncidentStatus.WITHDRAWN]
    withdrawn = view.revisions[standing[-1] + 1 if standing else 0]
    values = {
        "id": str(view.current.incident_id),
        "day": withdrawn.recorded_at[:10],
        "named": " ".join(f"--{selector.kind} {selector.id}" for selector in view.current.scope),
    }
    if not standing:
        raise IncidentWithdrawn(
            N_(
                "the incident {id} is known only as withdrawn on {day}, and exposes nothing; ask what it names: {named}"
            ),
            **values,
        )
    raise IncidentWithdrawn(
        N_(
            "the incident {id} was withdrawn on {day}, and nothing is exposed to it since; ask as it was known before, "
            "with --known-at {before}, or about what it names: {named}"
        ),
        before=_day_or_moment(view.revisions[standing[-1]].recorded_at, withdrawn.recorded_at),
        **values,
    )


def _day_or_moment(before: str, after: str) -> str:
    """Return the day of a moment; the moment itself when what follows is of the same day."""
    return before[:10] if before[:10] < after[:10] else before


def _views(records: list[Record], lens: Lens) -> list[IncidentView]:
    seen: dict[str, list[Record]] = {}
    for record in records:
        if record.recorded_at <= lens.known_at < record.retracted_at and record.visibility in lens.visible_to:
            seen.setdefault(record.id, []).append(record)
    return [
        IncidentView(
            tuple(
                incident_from_body(record.id, record.body, record.recorded_at)
                for record in sorted(versions, key=lambda record: (record.recorded_at, record.version))
            )
        )
        for versions in seen.values()
    ]
