"""A revision's word for what it changes, held against what it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tracegraph.incidents import IncidentRevision
from tracegraph.incidents_history import ScopeChange, begins_anew, scope_change
from tracegraph.intake.refusal import Refusal
from tracegraph.messages import N_, Message
from tracegraph.vocabulary import IncidentStatus, RevisionChange

#: What is wrong, with key and value.
Wrong = tuple[Refusal, str, str]

#: The statuses that go with a word. Others are only warned of: a company may claim a remedy while an authority's
#: finding stands, and a status is one word.
_STATUSES: Final[Mapping[str, tuple[IncidentStatus, ...]]] = {
    RevisionChange.CONFIRMED: (
        IncidentStatus.CORROBORATED,
        IncidentStatus.OFFICIALLY_INDICATED,
        IncidentStatus.OFFICIALLY_ESTABLISHED,
    ),
    RevisionChange.DISPUTED: (IncidentStatus.DISPUTED, IncidentStatus.REFUTED),
    RevisionChange.REFUTED: (IncidentStatus.REFUTED,),
    RevisionChange.REMEDIATION_CLAIMED: (IncidentStatus.REMEDIATION_CLAIMED, IncidentStatus.REMEDIATION_VERIFIED),
    RevisionChange.REMEDIATION_VERIFIED: (IncidentStatus.REMEDIATION_VERIFIED,),
}
#: What the selectors must not show, for a word about the scope.
_DISPROVED_BY: Final = {
    RevisionChange.WIDENED: (ScopeChange.SAME, ScopeChange.NARROWER),
    RevisionChange.NARROWED: (ScopeChange.SAME, ScopeChange.WIDER),
}
_SCOPE_IS: Final = {
    ScopeChange.SAME: N_("the same"),
    ScopeChange.WIDER: N_("wider"),
    ScopeChange.NARROWER: N_("narrower"),
    ScopeChange.OTHER: N_("another"),
}
#: Words that say themselves what became of the scope, or begin anew.
_MAY_MOVE: Final = (
    RevisionChange.REPORTED,
    RevisionChange.WIDENED,
    RevisionChange.NARROWED,
    RevisionChange.CORRECTED,
    RevisionChange.WITHDRAWN,
)


def check_change(revision: IncidentRevision, before: IncidentRevision) -> tuple[list[Wrong], list[Wrong]]:
    """Return what is wrong, and what is doubtful, with the word that a revision has for what it changes.

    Wrong is what would mislead about who is exposed: a widening that is none, a withdrawal that is not called one. A
    revision that states no word is never wrong.
    """
    if revision.change is None:
        return [], []
    refusals = [(refusal, "change", revision.change) for refusal in _contradictions(revision, before)]
    warnings = [(refusal, "change", revision.change) for refusal in _doubts(revision, before)]
    return refusals, [] if refusals else warnings


def _contradictions(revision: IncidentRevision, before: IncidentRevision) -> Iterator[Refusal]:
    word = RevisionChange(str(revision.change))
    withdrawn = IncidentStatus.WITHDRAWN
    if word is RevisionChange.REPORTED and not begins_anew(revision, before):
        yield Refusal(
            "change",
            N_("{change} is the word for the first revision; this one follows that of {day}"),
            N_("write what it changes, or leave the key out: it is then told from status and scope"),
            change=word.value,
            day=before.recorded_at[:10],
        )
    if (word is RevisionChange.WITHDRAWN) != (revision.status == withdrawn != before.status):
        yield Refusal(
            "change",
            N_("the change is {change}, and the status goes from {before} to {status}"),
            N_('a withdrawal is change = "withdrawn" and status = "withdrawn", together'),
            change=word.value,
            before=before.status,
            status=revision.status,
        )
    moved = scope_change(before.scope, revision.scope)
    if moved in _DISPROVED_BY.get(word, ()):
        yield Refusal(
            "change",
            N_("the change is {change}, but the scope is {scope}, compared with the revision before it"),
            N_("correct the scope, or leave the key out: it is then told from status and scope"),
            change=word.value,
            scope=Message(_SCOPE_IS[moved]),
        )


def _doubts(revision: IncidentRevision, before: IncidentRevision) -> Iterator[Refusal]:
    word = RevisionChange(str(revision.change))
    statuses = _STATUSES.get(word)
    if statuses and revision.status not in statuses:
        yield Refusal(
            "change",
            N_("the change is {change}, and the status is {status}"),
            N_("right where the one happened and the other still holds; else write one of: {statuses}"),
            change=word.value,
            status=revision.status,
            statuses=", ".join(statuses),
        )
    moved = scope_change(before.scope, revision.scope)
    if word not in _MAY_MOVE and moved is not ScopeChange.SAME:
        yield Refusal(
            "change",
            N_("the change is {change}, and the scope is {scope}, compared with the revision before it"),
            N_("two revisions say it more plainly: one for each"),
            change=word.value,
            scope=Message(_SCOPE_IS[moved]),
        )
