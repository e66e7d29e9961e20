"""What one revision of an incident changes in the one before it: the kind of change, and every single difference.

Only the two revisions are compared, never the graph: whether a scope is wider is told from its selectors. So the answer
is the same for everybody who sees the same two revisions.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

from tracegraph.incidents import IncidentRevision, RegulatoryAction
from tracegraph.model import Scope, Selector
from tracegraph.vocabulary import IncidentStatus, RevisionChange, SelectorKind

_Part = TypeVar("_Part", bound=Hashable)


class ScopeChange(StrEnum):
    """How a scope relates to an earlier one, as far as selectors tell."""

    SAME = "same"
    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"  # some is gone and some is new


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which two revisions differ.

    Attributes
    ----------
    what : str
        ``scope``, ``status``, ``reply``, ``action``, ``source``, ``indicator``, or the name of another key.
    before, after : object or None
        A `Selector`, a `Reply`, a `RegulatoryAction`, or a plain value; None: there was, or is, none.
    """

    what: str
    before: Any
    after: Any


#: How sure the statuses are that say whether it happened; the others say what became of it.
_SURENESS: Final[Mapping[str, int]] = {
    IncidentStatus.ALLEGED: 0,
    IncidentStatus.CORROBORATED: 1,
    IncidentStatus.OFFICIALLY_INDICATED: 2,
    IncidentStatus.OFFICIALLY_ESTABLISHED: 3,
}
_BREADTH: Final = {kind: place for place, kind in enumerate(SelectorKind)}  # factory, supplier, group, country
_SCOPE_WORDS: Final = {ScopeChange.WIDER: RevisionChange.WIDENED, ScopeChange.NARROWER: RevisionChange.NARROWED}
#: Keys whose value is one thing, in the order in which differences are listed.
_SINGLE: Final = ("title", "kind", "happened_from", "happened_to", "severity", "indicators_edition")


# --- the kind of change --------------------------------------------------------------------------------------------


def change_of(revision: IncidentRevision, before: IncidentRevision | None) -> str:
    """Return what a revision changes: as it says, or derived from the one before it (None: there is none)."""
    return revision.change or derived_change(revision, before).value


def derived_change(revision: IncidentRevision, before: IncidentRevision | None) -> RevisionChange:
    """Return what a revision changes, told from scope and status.

    The first that applies: `reported` (nothing before, or a withdrawal), `withdrawn`, `widened` or `narrowed` (by the
    selectors; where they alone do not tell, by their kinds: plant, company, group, country), `corrected` (another
    scope), then the word of a new status, else `updated`.
    """
    if begins_anew(revision, before):
        return RevisionChange.REPORTED
    assert before is not None
    if revision.status != before.status and revision.status == IncidentStatus.WITHDRAWN:
        return RevisionChange.WITHDRAWN
    scope = scope_change(before.scope, revision.scope)
    if scope is ScopeChange.OTHER:
        return _by_breadth(before.scope, revision.scope)
    return _SCOPE_WORDS.get(scope) or _by_status(before.status, revision.status)


def begins_anew(revision: IncidentRevision, before: IncidentRevision | None) -> bool:
    """Return whether a revision reports for the first time, or for the first time after a withdrawal."""
    withdrawn = IncidentStatus.WITHDRAWN
    return before is None or (before.status == withdrawn and revision.status != withdrawn)


def scope_change(before: Scope, after: Scope) -> ScopeChange:
    """Return whether a scope is provably wider or narrower than an earlier one, whatever the graph holds."""
    wider = all(any(covers(new, old) for new in after) for old in before)
    narrower = all(any(covers(old, new) for old in before) for new in after)
    if wider and narrower:
        return ScopeChange.SAME
    if wider or narrower:
        return ScopeChange.WIDER if wider else ScopeChange.NARROWER
    return ScopeChange.OTHER


def covers(one: Selector, other: Selector) -> bool:
    """Return whether all that one selector touches is touched by another whatever the graph holds."""
    is_owner = one.kind is SelectorKind.GROUP and other.kind is SelectorKind.SUPPLIER
    return (
        one.id == other.id
        and (one.kind is other.kind or is_owner)
        and _within(other.products, one.products)
        and _within(other.countries, one.countries)
        and set(one.exclude) <= set(other.exclude)
        and (one.services or not other.services)
    )


def _within(part: Sequence[str] | None, whole: Sequence[str] | None) -> bool:
    """Return whether a choice is part of another; None is everything."""
    return whole is None or (part is not None and set(part) <= set(whole))


def _by_breadth(before: Scope, after: Scope) -> RevisionChange:
    gone, new = set(before) - set(after), set(after) - set(before)
    was, now = (max(_BREADTH[selector.kind] for selector in scope) for scope in (gone, new))
    if was == now:
        return RevisionChange.CORRECTED
    return RevisionChange.WIDENED if now > was else RevisionChange.NARROWED


def _by_status(before: str, after: str) -> RevisionChange:
    if before == after:
        return RevisionChange.UPDATED
    if after in _SURENESS:
        return RevisionChange.CONFIRMED if _SURENESS[after] > _SURENESS.get(before, 0) else RevisionChange.UPDATED
    return RevisionChange(after) if after in set(RevisionChange) else RevisionChange.UPDATED


# --- the differences -----------------------------------------------------------------------------------------------


def differences(before: IncidentRevision, after: IncidentRevision) -> tuple[Difference, ...]:
    """Return everything in which a revision differs from the one before it, the most telling first.

    The time of recording and the word for the change are no differences. A selector with another product, or an
    action with a new date, is one difference with both its states; what is only gone, or only new, has one.
    """
    return tuple(_differences(before, after))


def _differences(before: IncidentRevision, after: IncidentRevision) -> Iterator[Difference]:
    if before.status != after.status:
        yield Difference("status", before.status, after.status)
    yield from _paired("scope", before.scope, after.scope, lambda selector: (selector.kind, selector.id))
    yield from _paired("action", before.actions, after.actions, _identity)
    yield from _paired("reply", before.replies, after.replies, lambda reply: reply)
    for name in _SINGLE:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Difference(name, was, now)
    yield from _paired("indicator", before.indicators, after.indicators, lambda indicator: indicator)
    yield from _paired("source", before.sources, after.sources, lambda source: source)
    for name in ("note", "visibility"):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Difference(name, was, now)


def _identity(action: RegulatoryAction) -> Hashable:
    """Return what makes an action the same one in two revisions, though its dates may differ."""
    return (action.authority, action.kind, action.reference)


def _paired(what: str, before: Iterable[_Part], after: Iterable[_Part], identity: Any) -> Iterator[Difference]:
    """Yield what is gone, changed and new in a list; parts of one identity are paired in their order."""
    gone = [part for part in before if part not in set(after)]
    new = [part for part in after if part not in set(before)]
    for part in gone:
        match = next((other for other in new if identity(other) == identity(part)), None)
        if match is not None:
            new.remove(match)
        yield Difference(what, part, match)
    yield from (Difference(what, None, part) for part in new)
