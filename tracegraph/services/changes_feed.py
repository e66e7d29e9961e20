"""What changed under a lens, in the order in which it became known: claims, and revisions of incidents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.answer_exposure import KnownRevision
from tracegraph.incidents import incident_from_body
from tracegraph.lens import Lens
from tracegraph.model import Claim
from tracegraph.services.exposure import known_revision
from tracegraph.services.incidents import KIND, IncidentView
from tracegraph.store.port import Store
from tracegraph.store.port_lists import Place
from tracegraph.store.rows import Record

#: Before everything.
BEGINNING: Final[Place] = ("0001-01-01T00:00:00Z", "")
#: Sorts behind every id of one moment.
BEHIND: Final = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """Something that changed.

    Attributes
    ----------
    place : (str, str)
        When, and an id that no other change of that moment has.
    claim : Claim or None
        The claim that came to be known, or, with `retracted`, that ended.
    incident : KnownRevision or None
        The revision that came to be known, or, with `retracted`, that was undone.
    """

    place: Place
    claim: Claim | None = None
    retracted: bool = False
    incident: KnownRevision | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """A part of what changed.

    Attributes
    ----------
    entries : list of FeedEntry
        By place.
    has_next : bool
        Whether there are more behind these.
    before : int
        How many changes there are until the place where this part begins.
    """

    entries: list[FeedEntry]
    has_next: bool
    before: int


def feed(store: Store, lens: Lens, after: Place, limit: int, *, any_day: bool = False) -> Feed:
    """Return what changed after a place, until the lens's `known_at`.

    Parameters
    ----------
    store : Store
        The store.
    lens : Lens
        Who asks: what they do not see is neither listed nor counted.
    after : (str, str)
        The place of the last change that is known; `BEGINNING` for all.
    limit : int
        Changes at most.
    any_day : bool
        Whether claims count that are not true at the lens's `valid_at`.

    Notes
    -----
    The order is that of the moments at which things became known. What is recorded later with an earlier moment of its
    own comes at its place, before what was read already: `Feed.before` is then larger than what was read.
    """
    claims = store.changes(lens, after, limit + 1, any_day=any_day)
    revisions = list(_revisions(store, lens))
    entries = [FeedEntry(change.place, change.claim, change.retracted) for change in claims]
    entries += [entry for entry in revisions if entry.place > after]
    entries.sort(key=lambda entry: entry.place)
    before = 0
    if after != BEGINNING:
        before = store.count_changes(lens, after, any_day=any_day) + sum(entry.place <= after for entry in revisions)
    return Feed(entries[:limit], len(entries) > limit, before)


def _revisions(store: Store, lens: Lens) -> Iterator[FeedEntry]:
    """Yield revisions that came to be known, and that they were undone: whoever was told of one hears of its end."""
    seen: dict[str, list[Record]] = {}
    for record in store.records(KIND):
        was_known = record.recorded_at <= lens.known_at and record.recorded_at < record.retracted_at
        if was_known and record.visibility in lens.visible_to:
            seen.setdefault(record.id, []).append(record)
    for id, records in seen.items():
        records.sort(key=lambda record: (record.recorded_at, record.version))
        for number, record in enumerate(records, start=1):
            place = f"incident:{id}:{number:06}"
            is_undone = record.retracted_at <= lens.known_at
            known = _known(record, records, min(record.retracted_at, _after(lens.known_at)))
            yield FeedEntry((record.recorded_at, place), incident=known)
            if is_undone:
                yield FeedEntry((record.retracted_at, f"{place}:undone"), incident=known, retracted=True)


def _after(moment: str) -> str:
    """Return a text that sorts behind a moment, and before the next."""
    return f"{moment}{BEHIND}"


def _known(record: Record, records: Sequence[Record], until: str) -> KnownRevision:
    """Return a revision as it was known last, among those that were not undone before it."""
    beside = [other for other in records if other.retracted_at >= until]
    view = IncidentView(tuple(incident_from_body(one.id, one.body, one.recorded_at) for one in beside))
    return known_revision(view, beside.index(record) + 1)
