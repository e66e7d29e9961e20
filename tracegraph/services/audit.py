"""Rows of the audit trail: who read or changed what. The store numbers and chains them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from tracegraph.access import Principal
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.store.audit_chain import Anchor, Verdict
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


# --- reading ---------------------------------------------------------------------------------------------------------

_PAGE: Final = 1_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which rows of the trail are wanted.

    Attributes
    ----------
    actor, action, subject, tenant : str or None
        Equal to these; of action and subject also what begins with it and ends in ``*``. None: whichever.
    since, until : str or None
        Recorded from this moment on, and before that one.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    tenant: str | None = None
    since: str | None = None
    until: str | None = None

    def fits(self, row: Record) -> bool:
        """Return whether a row is wanted."""
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


def trail(store: RecordStore) -> Iterator[Record]:
    """Yield the rows of the trail in their order."""
    after = ""
    while page := store.page(AUDIT, after=after, limit=_PAGE):
        yield from page
        after = page[-1].id


def rows_wanted(store: RecordStore, wanted: Wanted, skip: int, limit: int) -> list[Record]:
    """Return rows that are wanted, at most `limit`, after the first `skip` of them."""
    return list(islice((row for row in trail(store) if wanted.fits(row)), skip, skip + limit))


def row_body(row: Record, *, in_chain: bool = True) -> dict[str, Any]:
    """Return a row as JSON; its place in the chain, which tells how much others do, is left out unless asked for."""
    chain = {"number": int(row.id), "prev": row.body["prev"], "hash": row.body["hash"]}
    names = ("actor", "tenant", "action", "subject", "request_id", "facts")
    said = {name: row.body[name] for name in names}
    return {"recorded_at": row.recorded_at, **said, **(chain if in_chain else dict.fromkeys(chain))}


def verdict_body(verdict: Verdict) -> dict[str, Any]:
    """Return what is to be said of a trail as JSON."""
    return {
        "intact": verdict.is_intact,
        "broken_at": verdict.broken_at,
        "reason": verdict.reason,
        "count": verdict.end.count,
        "head": verdict.end.head,
        "anchored": verdict.anchored,
    }


def anchor_line(anchor: Anchor, now: str) -> str:
    """Return the end of the trail as a line for a file that is kept outside the store."""
    return json.dumps({"at": now, "count": anchor.count, "head": anchor.head})


def anchors_of(lines: Iterable[str]) -> list[Anchor]:
    """Return the anchors of a file.

    Raises
    ------
    InvalidInput
        A line is none.
    """
    found: list[Anchor] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            said = json.loads(line)
            found.append(Anchor(int(said["count"]), str(said["head"])))
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput(N_("line {line} of the anchors is none: {said}"), line=number, said=line[:80]) from error
    return found
