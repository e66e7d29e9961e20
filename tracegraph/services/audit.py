"""Rows of the audit trail: who read or changed what. The store numbers and chains them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final

from tracegraph.access import Principal
from tracegraph.moments import later
from tracegraph.services.newest import newest_records
from tracegraph.store.audit_chain import Anchor, Verdict, audit_id, verify
from tracegraph.store.port import AUDIT, RecordStore
from tracegraph.store.rows import Record


def audit_row(
    who: Principal, action: str, subject: str, *, request_id: str = "", facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return a row of the audit trail.

    Parameters
    ----------
    who : Principal
        Who acts; only their id and their tenant are kept.
    action : str
        What they do, as ``noun.verb``: ``claim.create``, ``incident.revise``, ``dataset.commit``, ``question.read``.
    subject : str
        Of what, as ``kind:id``; never a text that a person wrote.
    request_id : str
        The request, as logs have it.
    facts : mapping, optional
        Plain values that say more (counts, versions, parameters); no personal data and no free text.
    """
    row = {"actor": who.id, "tenant": who.tenant, "action": action, "subject": subject, "request_id": request_id}
    return {**row, "facts": dict(facts or {})}


#: Actions of rows that tell of a read: what was given, or given again, without a change.
READ_ACTIONS: Final = frozenset({"question.read", "operation.replay"})
READ_SUBJECT: Final = "read:"

# --- reading ---------------------------------------------------------------------------------------------------------

_PAGE: Final = 1_000
#: Rows that one request looks at, at most.
LOOKED_AT: Final = 20_000
_SKEW: Final = timedelta(hours=1)  # by which clocks may differ, and a request may last


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the trail are wanted.

    Attributes
    ----------
    actor, action, subject, tenant : str or None
        Equal to these; of action and subject also what begins with it and ends in ``*``. None: whichever.
    since, until : str or None
        Recorded from this moment on, and before that one.
    visible_to : tuple of str or None
        What whoever reads the rows sees; None: everything. What somebody read by a grant beyond this is left out of
        their row before anything else looks at it, so that no filter tells what it was.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    tenant: str | None = None
    since: str | None = None
    until: str | None = None
    visible_to: tuple[str, ...] | None = None

    def of(self, rows: Iterable[Record]) -> Iterator[Record]:
        """Yield the rows that are wanted, as who reads them may see them."""
        shown = rows if self.visible_to is None else (without_granted(row, self.visible_to) for row in rows)
        yield from (row for row in shown if self._fits(row))

    def _fits(self, row: Record) -> bool:
        exact = ("actor", "tenant")
        alike = ("action", "subject")
        return (
            all(getattr(self, name) in (None, row.body[name]) for name in exact)
            and all(_alike(row.body[name], getattr(self, name)) for name in alike)
            and (self.since is None or row.recorded_at >= self.since)
            and (self.until is None or row.recorded_at < self.until)
        )


def _alike(value: str, wanted: str | None) -> bool:
    if wanted is None:
        return True
    return value.startswith(wanted[:-1]) if wanted.endswith("*") else value == wanted


def without_granted(row: Record, visible_to: Collection[str]) -> Record:
    """Return a row without what was read, where that may have been seen by a grant that its reader does not have."""
    facts = row.body["facts"]
    if row.body["action"] not in READ_ACTIONS or set(facts.get("grants", ())) <= set(visible_to):
        return row
    kept = {name: facts[name] for name in ("route", "status", "grants")}
    return replace(row, body={**row.body, "subject": f"{READ_SUBJECT}-", "facts": kept})


def trail(store: RecordStore, after: str = "") -> Iterator[Record]:
    """Return the rows of the trail in their order, those after an id."""
    return newest_records(store, AUDIT, after=after)


def rows_wanted(store: RecordStore, wanted: Wanted) -> Iterator[Record]:
    """Yield all rows that are wanted."""
    yield from wanted.of(_in_time(store, wanted, ""))


def rows_page(
    store: RecordStore, wanted: Wanted, after: str, limit: int, looked_at: int = LOOKED_AT
) -> tuple[list[Record], str | None]:
    """Return rows that are wanted after an id, and the id after which to go on; None: there are no more.

    The id tells how many rows there are of everybody: it is for who sees all of them.

    Parameters
    ----------
    store, wanted, after
        Where, which, and after which id.
    limit : int
        How many at most.
    looked_at : int
        So many rows are looked at, at most; then fewer, or none, are returned with where to go on.
    """
    found: list[Record] = []
    for number, row in enumerate(_in_time(store, wanted, after), 1):
        for fitting in wanted.of([row]):
            if len(found) == limit:
                return found, found[-1].id
            found.append(fitting)
        if number == looked_at:
            return found, row.id
    return found, None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a tenant's own rows ended: nothing in it depends on what others do.

    Attributes
    ----------
    moment : str
        When its last row was recorded; empty: before the first row.
    nth : int
        Which of the tenant's rows of that moment it was, from 1.
    """

    moment: str = ""
    nth: int = 0


def own_rows_page(store: RecordStore, wanted: Wanted, after: Place, limit: int) -> tuple[list[Record], Place | None]:
    """Return a tenant's own rows behind a place, and the place behind which to go on; None: there are no more.

    Rows are looked at until the page is full: a page that ended earlier would tell how much others do.
    """
    found: list[Record] = []
    last = after
    for place, row in _behind(store, wanted, after):
        for fitting in wanted.of([row]):
            if len(found) == limit:
                return found, last
            found.append(fitting)
            last = place
    return found, None


def _behind(store: RecordStore, wanted: Wanted, after: Place) -> Iterator[tuple[Place, Record]]:
    """Yield a tenant's rows behind a place, each with its own."""
    begin = replace(wanted, since=max(wanted.since or "", after.moment) or None)
    met: Counter[str] = Counter()
    is_behind = not after.moment
    for row in _in_time(store, begin, ""):
        if row.body["tenant"] != wanted.tenant:
            continue
        met[row.recorded_at] += 1
        place = Place(row.recorded_at, met[row.recorded_at])
        if is_behind:
            yield place, row
        is_behind = is_behind or place == after


def _in_time(store: RecordStore, wanted: Wanted, after: str) -> Iterator[Record]:
    """Yield the rows of the time that is wanted, and a little more: rows are nearly in the order of times."""
    first = max(after, _before(store, later(wanted.since, -_SKEW))) if wanted.since else after
    beyond = later(wanted.until, _SKEW) if wanted.until else None
    for row in trail(store, first):
        if beyond is not None and row.recorded_at >= beyond:
            return
        yield row


def _before(store: RecordStore, moment: str) -> str:
    """Return the id of a row before the first that was recorded from a moment on; the trail is halved, not read."""

    def is_early(number: int) -> bool:
        following = store.page(AUDIT, after=audit_id(number), limit=1)
        return bool(following) and following[0].recorded_at < moment

    low, high = 0, 1
    if not is_early(low):
        return ""
    while is_early(high):
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_early(middle) else (low, middle)
    return audit_id(low)


def row_body(row: Record, *, in_chain: bool = True) -> dict[str, Any]:
    """Return a row as JSON; its place in the chain, which tells how much others do, is left out unless asked for."""
    chain = {"number": int(row.id), "prev": row.body["prev"], "hash": row.body["hash"]}
    names = ("actor", "tenant", "action", "subject", "request_id", "facts")
    said = {name: row.body[name] for name in names}
    if not in_chain:
        said["facts"] = {name: value for name, value in said["facts"].items() if name != "change_set"}
    return {"recorded_at": row.recorded_at, **said, **(chain if in_chain else dict.fromkeys(chain))}


@dataclass(frozen=True, slots=True)
class Examined:
    """What an examination of the trail found.

    Attributes
    ----------
    verdict : Verdict
        Whether it is as it was written.
    unanchored_since : str or None
        When the first row was recorded that no anchor covers: from it on, rows might have been written anew, or have
        been more. None: an anchor covers all.
    """

    verdict: Verdict
    unanchored_since: str | None


def examined(store: RecordStore, anchors: Iterable[Anchor] = ()) -> Examined:
    """Return what is to be said of the trail, also against its ends as they were kept earlier."""
    verdict = verify(trail(store), anchors)
    following = store.page(AUDIT, after=audit_id(verdict.anchored), limit=1)
    return Examined(verdict, following[0].recorded_at if following else None)


def examined_body(found: Examined) -> dict[str, Any]:
    """Return what is to be said of a trail as JSON."""
    verdict = found.verdict
    return {
        "intact": verdict.is_intact,
        "broken_at": verdict.broken_at,
        "reason": verdict.reason,
        "count": verdict.end.count,
        "head": verdict.end.head,
        "anchored": verdict.anchored,
        "unanchored_since": found.unanchored_since,
    }
