"""Larger bodies than a record should hold: kept as numbered records, compressed, until they expire."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from tracegraph.errors import StaleWrite
from tracegraph.store.rows import Beside, RecordWrite

if TYPE_CHECKING:
    from tracegraph.store.port import Store

#: Kinds of records: answers of jobs, and files that were sent.
RESULT: Final = "result"
UPLOAD: Final = "upload"
PIECE_BYTES: Final = 512 * 1024
#: So many pieces are written in one transaction.
_AT_ONCE: Final = 8


def pieces(kind: str, key: str, data: bytes, visibility: str, expires_at: str) -> Iterator[RecordWrite]:
    """Yield the records of a body: one for each piece, at least one; whoever works for the store deletes them in time.

    Parameters
    ----------
    kind, key : str
        Under which the body is found again.
    data : bytes
        The body.
    visibility : str
        That of what it belongs to.
    expires_at : str
        When it may go.
    """
    for number, start in enumerate(range(0, max(len(data), 1), PIECE_BYTES)):
        packed = base64.b64encode(zlib.compress(data[start : start + PIECE_BYTES], 6)).decode()
        yield RecordWrite(kind, f"{key}:{number:05}", {"data": packed}, visibility=visibility, due_at=expires_at)


def write_pieces(store: Store, writes: Iterable[RecordWrite], now: str) -> int:
    """Write pieces, before what refers to them is written; return how many."""
    every = list(writes)
    for start in range(0, len(every), _AT_ONCE):
        store.commit(Beside(every[start : start + _AT_ONCE]), now)
    return len(every)


def whole(store: Store, kind: str, key: str, count: int) -> bytes | None:
    """Return a body from its pieces; None: it is gone."""
    found = store.page(kind, prefix=f"{key}:", limit=count + 1)
    if [record.id for record in found] != [f"{key}:{number:05}" for number in range(count)]:
        return None
    return b"".join(zlib.decompress(base64.b64decode(record.body["data"])) for record in found)


def without(kind: str, key: str, count: int) -> list[RecordWrite]:
    """Return what deletes a body."""
    return [RecordWrite(kind, f"{key}:{number:05}", None) for number in range(count)]


def forget(store: Store, kind: str, now: str, until: str, limit: int = 100) -> int:
    """Delete pieces that have expired; return how many were found."""
    due = store.take(kind, now, until, limit)
    ends = [RecordWrite(kind, record.id, None, expected_version=record.version) for record in due]
    try:
        store.commit(Beside(ends), now)
    except StaleWrite:  # somebody else deletes them
        return 0
    return len(due)
