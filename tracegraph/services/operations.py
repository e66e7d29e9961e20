"""Operations that a caller names by a key of their own: each has one effect, however often it is sent."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from tracegraph.errors import KeyReused, OperationInProgress, StaleWrite
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.store.port import RecordStore
from tracegraph.store.rows import Beside, Record, RecordWrite

OPERATION: Final = "operation"
#: For so long the reply to a key is kept.
KEPT: Final = timedelta(hours=24)
#: What began and did not end within this time was cut short: the same request may take it up.
ABANDONED: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Reply:
    """What the caller was answered.

    Attributes
    ----------
    status : int
        HTTP status.
    body : mapping
        JSON.
    headers : mapping
        Headers that belong to it: ``Location``, ``ETag``.
    """

    status: int
    body: Mapping[str, Any]
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation that has begun.

    Attributes
    ----------
    id : str
        Made of who asks, what they ask for and their key.
    version : int
        Of its record: only who holds the newest one finishes it.
    digest : str
        Of what was sent.
    """

    id: str
    version: int
    digest: str


def operation_id(caller: str, route: str, key: str) -> str:
    """Return the id of an operation: keys of different callers and routes do not meet."""
    return hashlib.sha256("\x00".join((caller, route, key)).encode()).hexdigest()


def begin(store: RecordStore, id: str, digest: str, now: str) -> Operation | Reply:
    """Begin an operation, or return the reply that it had.

    Raises
    ------
    KeyReused
        Something else was sent under this key.
    OperationInProgress
        It is being done.
    """
    held = _held(store, id)
    expected = 0
    if held is not None:
        if held.body["digest"] != digest:
            raise KeyReused(N_("this Idempotency-Key was used for another request: choose a new key for each request"))
        if held.body["reply"] is not None:
            return Reply(**held.body["reply"])
        if later(held.body["at"], ABANDONED) > now:
            raise OperationInProgress(N_("the same request is being worked on: wait, then repeat it with the same key"))
        expected = held.version
    try:
        (record,) = store.commit(Beside([_write(id, digest, now, expected, None)]), now)
    except StaleWrite as error:
        raise OperationInProgress(
            N_("the same request is being worked on: wait, then repeat it with the same key")
        ) from error
    return Operation(id, record.version, digest)


def done(operation: Operation, reply: Reply, now: str) -> RecordWrite:
    """Return the record that keeps an operation's reply; it commits with what the operation does."""
    body = {"status": reply.status, "body": dict(reply.body), "headers": dict(reply.headers)}
    return _write(operation.id, operation.digest, now, operation.version, body)


def give_up(store: RecordStore, operation: Operation, now: str) -> None:
    """Forget an operation that did nothing, so that its key serves for a corrected request."""
    try:
        store.commit(Beside([RecordWrite(OPERATION, operation.id, None, expected_version=operation.version)]), now)
    except StaleWrite:  # somebody took it up, or it is done
        return


def reply_of(store: RecordStore, operation: Operation) -> Reply | None:
    """Return the reply of an operation whose commit nobody saw; None: it was not committed."""
    held = _held(store, operation.id)
    return Reply(**held.body["reply"]) if held is not None and held.body["reply"] is not None else None


def forget_expired(store: RecordStore, now: str, limit: int = 500) -> int:
    """Remove operations whose replies are no longer kept; return how many."""
    expired = store.take(OPERATION, now, later(now, ABANDONED), limit)
    if expired:
        store.commit(Beside([RecordWrite(OPERATION, record.id, None) for record in expired]), now)
    return len(expired)


def _write(id: str, digest: str, now: str, expected: int, reply: Mapping[str, Any] | None) -> RecordWrite:
    body = {"digest": digest, "at": now, "reply": reply}
    return RecordWrite(OPERATION, id, body, expected_version=expected, due_at=later(now, KEPT))


def _held(store: RecordStore, id: str) -> Record | None:
    records = store.records(OPERATION, id)
    return records[-1] if records else None
