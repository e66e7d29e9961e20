"""The audit trail as a chain: every row carries the hash of the one before, so that a change in the past shows.

The chain alone shows what was edited, moved, taken out or put in between. It cannot show that its end was cut off, or
that all of it was written anew by somebody who can compute hashes as well: for that, keep an `Anchor` outside the store
now and then, and give it to `verify`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tracegraph.model import canonical_json
from tracegraph.store.port import AUDIT
from tracegraph.store.rows import Record
from tracegraph.vocabulary import NETWORK

#: What stands for the hash of the row before the first.
GENESIS: Final = "0" * 64

_DIGITS: Final = 12
_NEAR: Final = 1_000  # how far away the place is looked for to which a moved row belongs

Reason = Literal["edited", "reordered", "missing", "inserted", "truncated", "rechained"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The end of the trail at some moment: how many rows it had, and the hash of the last."""

    count: int = 0
    head: str = GENESIS


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be said of a trail.

    Attributes
    ----------
    broken_at : int or None
        Number of the first row that is not as it was written; None: intact.
    reason : str or None
        In what way: ``edited``; ``reordered`` (it belongs elsewhere); ``missing`` (this row and maybe others after
        it); ``inserted`` (it does not follow the row before); ``truncated`` (an anchor knows more rows) or
        ``rechained`` (an anchor knows another row here: it, or one before it, was written anew).
    end : Anchor
        End of the part that is intact.
    anchored : int
        Up to this row an anchor agrees; later ones might have been written anew, or have been more.
    """

    broken_at: int | None
    reason: Reason | None
    end: Anchor
    anchored: int = 0

    @property
    def is_intact(self) -> bool:
        """Whether nothing wrong was found."""
        return self.broken_at is None


def chained(rows: Sequence[Mapping[str, Any]], last: Record | None, recorded_at: str) -> list[Record]:
    """Return rows as the next records of the trail.

    Parameters
    ----------
    rows : sequence of mapping
        What they say; the names ``prev`` and ``hash`` are the chain's.
    last : Record or None
        The trail's last row so far.
    recorded_at : str
        UTC time.
    """
    count, head = (int(last.id), str(last.body["hash"])) if last else (0, GENESIS)
    records: list[Record] = []
    for number, said in enumerate(rows, count + 1):
        if taken := {"prev", "hash"} & said.keys():
            raise ValueError(f"an audit row cannot say {sorted(taken)}")
        row_hash = _hash(number, recorded_at, head, said)
        body = {**said, "prev": head, "hash": row_hash}
        records.append(Record(AUDIT, audit_id(number), 1, body, recorded_at, NETWORK))
        head = row_hash
    return records


def audit_id(number: int) -> str:
    """Return the id of the trail's row of a number."""
    return f"{number:0{_DIGITS}d}"


def verify(records: Iterable[Record], anchors: Iterable[Anchor] = ()) -> Verdict:
    """Say whether a trail is as it was written.

    Parameters
    ----------
    records : iterable of Record
        All its rows, in the order of their ids.
    anchors : iterable of Anchor
        Ends seen earlier, kept where nobody who can write the store can change them.
    """
    known = {anchor.count: anchor.head for anchor in anchors}
    end, anchored = Anchor(), 0
    if known.get(0, GENESIS) != GENESIS:
        return Verdict(1, "rechained", end)
    for record in records:
        reason = _fault(record, end)
        if reason:
            return Verdict(end.count + 1, reason, end, anchored)
        following = Anchor(end.count + 1, str(record.body["hash"]))
        if following.count in known:
            if known[following.count] != following.head:
                return Verdict(following.count, "rechained", end, anchored)
            anchored = following.count
        end = following
    if max(known, default=0) > end.count:
        return Verdict(end.count + 1, "truncated", end, anchored)
    return Verdict(None, None, end, anchored)


def _fault(record: Record, end: Anchor) -> Reason | None:
    """Return what is wrong with a row as the next after an end, if anything."""
    expected = end.count + 1
    digits = record.id.isascii() and record.id.isdecimal()
    if not digits or record.id != audit_id(int(record.id)) or int(record.id) < 1:
        return "inserted"
    number = int(record.id)
    if number != expected:
        return "missing" if number > expected else "reordered"
    if record != Record(AUDIT, record.id, 1, record.body, record.recorded_at, NETWORK):
        return "edited"
    said = {name: value for name, value in record.body.items() if name not in ("prev", "hash")}
    prev, row_hash = record.body.get("prev"), record.body.get("hash")
    if row_hash != _hash(number, record.recorded_at, str(prev), said):
        near = range(max(1, number - _NEAR), number + _NEAR)
        moved = any(row_hash == _hash(other, record.recorded_at, str(prev), said) for other in near)
        return "reordered" if moved else "edited"
    return None if prev == end.head else "inserted"


def _hash(number: int, recorded_at: str, prev: str, said: Mapping[str, Any]) -> str:
    content = canonical_json({"sequence": number, "recorded_at": recorded_at, "said": dict(said)})
    return hashlib.sha256(f"{prev}\n{content}".encode()).hexdigest()
