"""Incidents as a reader sees them: the revision that was newest then, and all that were known."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Final

from tracegraph.errors import IncidentWithdrawn, InvalidInput, UnknownNode
from tracegraph.incidents import IncidentRevision, incident_from_body
from tracegraph.incidents_history import change_of
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.vocabulary import IncidentStatus

if TYPE_CHECKING:
    from tracegraph.store.port import RecordReader
    from tracegraph.store.rows import Record

KIND = "incident"
_LAST_MOMENT: Final = "9999-12-30T23:59:59Z"  # what is not retracted is known then


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

    @property
    def before(self) -> IncidentRevision | None:
        """The revision before the newest; None when there is none."""
        return self.revisions[-2] if len(self.revisions) > 1 else None

    @property
    def change(self) -> str:
        """What the newest revision changes (a word of `RevisionChange`)."""
        return change_of(self.current, self.before)

    def steps(self) -> Iterator[tuple[IncidentRevision | None, IncidentRevision]]:
        """Yield each revision with the one before it, the oldest first; None before the first."""
        yield from zip((None, *self.revisions), self.revisions, strict=False)

    def known_before_withdrawal(self) -> str | None:
        """Return what ``--known-at`` is for the last state that was not withdrawn; None when there is none.

        The day before the withdrawal; where the incident was not known yet on that day, the moment at which it was.
        """
        standing = [place for place, one in enumerate(self.revisions) if one.status != IncidentStatus.WITHDRAWN]
        if not standing or standing[-1] + 1 == len(self.revisions):
            return None
        before, after = self.revisions[standing[-1] : standing[-1] + 2]
        if before.recorded_at[:10] == after.recorded_at[:10]:
            return before.recorded_at
        return (date.fromisoformat(after.recorded_at[:10]) - timedelta(days=1)).isoformat()


def list_incidents(store: RecordReader, lens: Lens) -> list[IncidentView]:
    """Return the incidents that a reader sees, by the day they happened, then by id."""
    views = _views(store.records(KIND), lens)
    return sorted(views, key=lambda view: (view.current.happened_from or "", view.current.incident_id))


def narrowed(
    views: Sequence[IncidentView],
    *,
    statuses: Collection[str] = (),
    kinds: Collection[str] = (),
    only_open: bool = False,
) -> list[IncidentView]:
    """Return the incidents whose present state is asked for.

    Parameters
    ----------
    views : sequence of IncidentView
        From `list_incidents`.
    statuses, kinds : collection of str
        Any of these; empty: all.
    only_open : bool
        Leave out those that are withdrawn or refuted.

    Raises
    ------
    InvalidInput
        A status that is none.
    """
    for status in statuses:
        if status not in set(IncidentStatus):
            raise InvalidInput(
                N_("--status is {value!r}: use one of {allowed}"), value=status, allowed=", ".join(IncidentStatus)
            )
    closed = (IncidentStatus.WITHDRAWN, IncidentStatus.REFUTED) if only_open else ()
    return [
        view
        for view in views
        if view.current.status not in closed
        and view.current.status in (statuses or (view.current.status,))
        and view.current.kind in (kinds or (view.current.kind,))
    ]


def find_incident(store: RecordReader, incident_id: str, lens: Lens) -> IncidentView:
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


def revisions_ever(store: RecordReader, incident_id: str, lens: Lens) -> tuple[IncidentRevision, ...]:
    """Return all revisions of an incident that a reader ever sees, also those that become known after the lens."""
    views = _views(store.records(KIND, incident_id), replace(lens, known_at=_LAST_MOMENT))
    return views[0].revisions if views else ()


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
    before = view.known_before_withdrawal()
    trailing = takewhile(lambda one: one.status == IncidentStatus.WITHDRAWN, reversed(view.revisions))
    values = {
        "id": str(view.current.incident_id),
        "day": list(trailing)[-1].recorded_at[:10],
        "named": " ".join(f"--{selector.kind} {selector.id}" for selector in view.current.scope),
    }
    if before is None:
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
        before=before,
        **values,
    )


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
