"""Recording incidents: a new one, or the next revision of one, as one change set that can be taken back.

Who writes sees what every reader in their place sees: an incident that they may not see is not there. So an id that
only another region uses can be taken, and nothing of it is given away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tracegraph.change_set import ChangeSet
from tracegraph.errors import DatasetRejected, InvalidInput, Problem, StaleWrite, UnknownNode
from tracegraph.incidents import IncidentRevision
from tracegraph.incidents_history import differences
from tracegraph.intake.incident_stated import (
    IncidentReading,
    entry_of,
    read_incident_file,
    read_stated,
)
from tracegraph.intake.known import AsksStanding
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.services.incident_doubts import with_doubts
from tracegraph.services.incident_stated import Stated, named_by_flags, stated_entry
from tracegraph.services.incidents import find_incident
from tracegraph.services.seen_standing import standing_seen
from tracegraph.store.port import Store
from tracegraph.store.rows import ApplyReport
from tracegraph.vocabulary import IncidentStatus

_NOTHING: Final = ApplyReport(None, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was recorded, or would be.

    Attributes
    ----------
    steps : tuple of (IncidentRevision or None, IncidentRevision)
        Each revision with the one that it follows; None for the first of an incident.
    warnings : tuple of Problem
        What is worth a look.
    report : ApplyReport
        What became of it in the store.
    dry_run : bool
        Whether nothing was written because nothing was to be.
    """

    steps: tuple[tuple[IncidentRevision | None, IncidentRevision], ...]
    warnings: tuple[Problem, ...]
    report: ApplyReport
    dry_run: bool


@dataclass(frozen=True, slots=True)
class Planned:
    """What is to be recorded.

    Attributes
    ----------
    steps, warnings
        As in `Recorded`.
    change_set : ChangeSet or None
        What to apply; None: the revision says what the present one says.
    """

    steps: tuple[tuple[IncidentRevision | None, IncidentRevision], ...]
    warnings: tuple[Problem, ...]
    change_set: ChangeSet | None


# --- a new incident ------------------------------------------------------------------------------------------------


def add_incident(store: Store, lens: Lens, incident_id: str, stated: Stated, *, dry_run: bool = False) -> Recorded:
    """Record a new incident from what a person says of it; its status is `alleged` unless they say another.

    Raises
    ------
    InvalidInput
        The reader sees an incident of this id already; the message names the command that revises it.
    DatasetRejected
        Something breaks a rule of ``incidents.toml``.
    """
    _refuse_known(store, lens, [incident_id])
    entry = {
        "status": IncidentStatus.ALLEGED.value,
        **stated_entry(stated, {}),
        "incident_id": incident_id,
    }
    reading = with_doubts(read_stated(entry, "incident add", _known(store, lens), {}), lens.known_at)
    return _record(store, lens, named_by_flags(reading), dry_run)


def add_incidents(store: Store, lens: Lens, path: Path, *, dry_run: bool = False) -> Recorded:
    """Record the new incidents of a file, with all the revisions that it holds; errors as in `add_incident`."""
    reading = with_doubts(read_incident_file(path, _known(store, lens), {}, lambda entry: entry), lens.known_at)
    _refuse_known(store, lens, [revision.incident_id for revision in reading.revisions])
    return _record(store, lens, reading, dry_run)


def _refuse_known(store: Store, lens: Lens, incident_ids: Sequence[str]) -> None:
    for incident_id in dict.fromkeys(incident_ids):
        try:
            current = find_incident(store, incident_id, lens).current
        except UnknownNode:
            continue
        raise InvalidInput(
            N_(
                "the incident {id} is recorded already ({title}, {day}): record what is new with "
                "`tracegraph incident revise {id}`, or choose another id"
            ),
            id=incident_id,
            title=current.title,
            day=current.recorded_at[:10],
        )


# --- the next revision ---------------------------------------------------------------------------------------------


def revise_incident(store: Store, lens: Lens, incident_id: str, stated: Stated, *, dry_run: bool = False) -> Recorded:
    """Record the next revision of an incident: the present one with what a person says anew.

    Raises
    ------
    UnknownNode
        The reader sees no such incident; the message names near ones.
    InvalidInput
        Nothing is said.
    DatasetRejected
        Something breaks a rule of ``incidents.toml``, or contradicts the present revision.
    """
    present = find_incident(store, incident_id, lens).current
    if stated.says_nothing:
        raise InvalidInput(N_("say what is new of {id}: --help lists what may be said"), id=incident_id)
    kept = entry_of(present)
    entry = {
        **{key: value for key, value in kept.items() if key not in stated.taken_away},
        **stated_entry(stated, kept),
    }
    reading = read_stated(entry, "incident revise", _known(store, lens), {incident_id: present})
    return _record(store, lens, named_by_flags(with_doubts(reading, lens.known_at)), dry_run, present)


def revise_from_file(store: Store, lens: Lens, incident_id: str, path: Path, *, dry_run: bool = False) -> Recorded:
    """Record the next revision of an incident from a file with one entry: its keys replace those of the present one."""
    present = find_incident(store, incident_id, lens).current

    def complete(entry: Mapping[str, Any]) -> Mapping[str, Any]:
        if entry.get("incident_id", incident_id) != incident_id:
            raise InvalidInput(
                N_("{file} is about {other}, not about {id}: leave incident_id out, or name the other one"),
                file=path.name,
                other=str(entry["incident_id"])[:100],
                id=incident_id,
            )
        return {**entry_of(present), **entry}

    reading = read_incident_file(path, _known(store, lens), {incident_id: present}, complete)
    if not reading.errors and len(reading.revisions) != 1:
        raise InvalidInput(
            N_("{file} has {n} entries [[incident]]: a revision is one"), file=path.name, n=len(reading.revisions)
        )
    return _record(store, lens, with_doubts(reading, lens.known_at), dry_run, present)


def _known(store: Store, lens: Lens) -> AsksStanding:
    """Return what answers for ids: those that the reader sees, and every document that sources.csv describes."""
    return standing_seen(store, lens, all_sources=True)


# --- both ----------------------------------------------------------------------------------------------------------


def _record(
    store: Store, lens: Lens, reading: IncidentReading, dry_run: bool, present: IncidentRevision | None = None
) -> Recorded:
    """Write revisions as one change set; nothing when the only one says what the present one says."""
    plan = planned(lens, reading, present)
    if plan.change_set is None:
        return Recorded(plan.steps, plan.warnings, _NOTHING, dry_run)
    report = store.apply(plan.change_set, lens.known_at, dry_run=dry_run)
    if report.is_nothing and not dry_run:
        raise StaleWrite(N_("the same was recorded in this very second: look at the incident, then run it again"))
    return Recorded(plan.steps, plan.warnings, report, dry_run)


def planned(lens: Lens, reading: IncidentReading, present: IncidentRevision | None = None) -> Planned:
    """Return what is to be recorded of revisions that were read.

    Raises
    ------
    DatasetRejected, InvalidInput
        As in `add_incident` and `revise_incident`.
    """
    if reading.errors:
        raise DatasetRejected(N_("nothing was written; problems: {n}"), reading.problems, n=reading.errors)
    reading = reading.recorded_at(lens.known_at)
    steps = tuple(_steps(reading.revisions, present))
    if present is not None:
        revision = steps[0][1]
        _refuse_earlier(revision, present)
        if not differences(present, revision) and revision.change in (None, present.change):
            return Planned(steps, reading.problems, None)
    if not steps:
        raise InvalidInput(N_("{file} has no entry [[incident]]"), file=reading.file)
    return Planned(steps, reading.problems, reading.change_set)


def _steps(
    revisions: Sequence[IncidentRevision], present: IncidentRevision | None
) -> list[tuple[IncidentRevision | None, IncidentRevision]]:
    latest = {} if present is None else {present.incident_id: present}
    steps: list[tuple[IncidentRevision | None, IncidentRevision]] = []
    for revision in revisions:
        steps.append((latest.get(revision.incident_id), revision))
        latest[revision.incident_id] = revision
    return steps


def _refuse_earlier(revision: IncidentRevision, present: IncidentRevision) -> None:
    if revision.recorded_at < present.recorded_at:
        raise InvalidInput(
            N_("recorded_at is {recorded_at}, before the present revision ({present}): a revision comes after it"),
            recorded_at=revision.recorded_at,
            present=present.recorded_at,
        )
