"""What is doubtful about a revision though it breaks no rule: no document, an uncommon kind, a day to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from tracegraph.incidents import COMMON_KINDS, IncidentRevision
from tracegraph.intake.incident_stated import IncidentReading
from tracegraph.intake.refusal import Problems, Refusal, nearest
from tracegraph.messages import N_
from tracegraph.vocabulary import UNSOURCED, IncidentStatus

#: What is doubtful, with key and value.
_Doubt = tuple[Refusal, str, str | None]


def with_doubts(reading: IncidentReading, now: str) -> IncidentReading:
    """Return a reading with what is worth a look among its problems, as warnings.

    Parameters
    ----------
    reading : IncidentReading
        What was read.
    now : str
        The moment of who writes.
    """
    found = Problems()
    told = set()
    for revision in reading.revisions:
        for refusal, key, value in _doubts(revision, now):
            if (refusal.rule, key, value) not in told:  # a file may hold many revisions that say the same
                found.warn(refusal, reading.file, None, key, value)
            told.add((refusal.rule, key, value))
    return replace(reading, problems=(*reading.problems, *found.found))


def _doubts(revision: IncidentRevision, now: str) -> Iterator[_Doubt]:
    if revision.status == IncidentStatus.WITHDRAWN:
        return
    if not set(revision.sources) - {UNSOURCED}:
        yield (
            Refusal(
                "no-source",
                N_("the incident names no document: nobody can check where it comes from"),
                N_("name the documents that report it"),
            ),
            "sources",
            None,
        )
    if revision.kind not in COMMON_KINDS:
        yield _uncommon(revision.kind), "kind", revision.kind
    for key, day in (("happened_from", revision.happened_from), ("happened_to", revision.happened_to)):
        if day and day > now[:10]:
            refusal = Refusal("day-to-come", N_("{day} is still to come"), N_("compare it with the source"), day=day)
            yield refusal, key, day
    if revision.recorded_at > now:
        yield (
            Refusal(
                "day-to-come",
                N_("recorded_at is {moment}, which is still to come: nobody sees the revision before that"),
                N_("state when it became known, or leave it out"),
                moment=revision.recorded_at,
            ),
            "recorded_at",
            revision.recorded_at,
        )


def _uncommon(kind: str) -> Refusal:
    near = nearest(kind, COMMON_KINDS)
    known = ", ".join(COMMON_KINDS)
    remedy = (
        N_("did you mean {near}? The common kinds are {known}; another is kept as it is")
        if near
        else N_("the common kinds are {known}; another is kept as it is")
    )
    message = N_("{kind} is no common kind: who asks for a common one does not find this incident")
    return Refusal("uncommon-kind", message, remedy, kind=kind, near=near, known=known)
