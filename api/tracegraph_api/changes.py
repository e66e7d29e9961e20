"""What every writing route has in common: one effect a key, versions that must match, and all of it in one transaction.

A view under `once` gets the change of its request from `change()`, and gives `Change.beside` to the store with what it
does: the audit row, the events and the reply commit with it. A commit of which nobody knows how it ended is looked up,
never repeated.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import replace
from functools import wraps
from typing import Any, Final, cast

from flask import Response, g, json, request

from tracegraph.access import Principal
from tracegraph.errors import CommitUnknown, KeyMissing, PreconditionMissing, StaleWrite, TracegraphError
from tracegraph.messages import N_
from tracegraph.services.audit import audit_row
from tracegraph.services.operations import Operation, Reply, begin, done, give_up, operation_id, reply_of
from tracegraph.store.port import BesideOf
from tracegraph.store.rows import Beside, RecordWrite
from tracegraph_api.context import now, principal, store
from tracegraph_api.respond import respond

#: Set on a view that changes something.
CHANGES: Final = "tracegraph_changes"
KEY: Final = "Idempotency-Key"
REPLAYED: Final = "Idempotency-Replayed"
_KEY: Final = re.compile(r'"?[A-Za-z0-9._:+/=-]{8,128}"?')
_VERSION: Final = re.compile(
    r'(?:W/)?"?([0-9]{1,9})(?:\.[A-Za-z0-9-]{1,40})?"?'
)  # after a dot: what else the answer depends on
_LOOKS: Final = (0.05, 0.2, 0.5)  # seconds before each look at what became of a commit


class Change:
    """The change that a request makes.

    Parameters
    ----------
    operation : Operation or None
        What the caller's key stands for; None: they gave none, and need none.
    """

    def __init__(self, operation: Operation | None) -> None:
        self.operation = operation
        self.reply: Reply | None = None

    @property
    def who(self) -> Principal:
        """Who makes it."""
        return principal()

    def expected_version(self) -> int:
        """Return the version that the caller has of what they change (``If-Match``).

        Raises
        ------
        PreconditionMissing
            They do not say.
        StaleWrite
            What they say is no version that there could be.
        """
        given = request.headers.get("If-Match")
        if given is None:
            raise PreconditionMissing(
                N_("say which version you change: send its ETag in the header If-Match"),
            )
        found = _VERSION.fullmatch(given.strip())
        if found is None:
            raise StaleWrite(N_("If-Match is {value!r}: send the ETag that you read"), value=given[:50])
        return int(found[1])

    def of_version_seen(self, write: RecordWrite) -> RecordWrite:
        """Return the change of a record as one of the version that the caller has of it (`expected_version`)."""
        return replace(write, expected_version=self.expected_version())

    def beside(
        self,
        action: str,
        subject: str,
        reply: Reply,
        *,
        records: Sequence[RecordWrite] = (),
        facts: Mapping[str, Any] | None = None,
        by: Principal | None = None,
    ) -> Beside:
        """Return what commits with the change.

        Parameters
        ----------
        action, subject, facts
            For the audit trail; see `tracegraph.services.audit.audit_row`.
        reply : Reply
            What the caller is answered; kept for their key.
        records : sequence of RecordWrite
            Records of the change itself, and its events.
        by : Principal, optional
            Who is written down instead of who asks: `ANONYMOUS` for what is promised to be told without a name.
        """
        self.reply = reply
        row = audit_row(by or self.who, action, subject, request_id=str(g.get("request_id", "")), facts=facts)
        kept = [done(self.operation, reply, now())] if self.operation else []
        return Beside([*records, *kept], [row])

    def answered(self) -> Response:
        """Return the reply of a change that is done."""
        assert self.reply is not None, "a change is answered after `beside` was given its reply"
        return response_of(self.reply)


def change() -> Change:
    """Return the change of this request; only in views that change something."""
    return cast("Change", g.change)


def in_request(made: BesideOf) -> BesideOf:
    """Return what a store calls for what commits with a change: a store may do so in a thread of its own."""
    around = copy_context()
    return lambda report: around.run(made, report)


def response_of(reply: Reply, *, replayed: bool = False) -> Response:
    """Return a reply as a response."""
    headers = dict(reply.headers)
    etag = headers.pop("ETag", None)
    response = respond(reply.body, status=reply.status, headers=headers)
    if etag:
        response.headers["ETag"] = etag
    if replayed:
        response.headers[REPLAYED] = "true"
    return response


def once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view that has one effect for each key of a caller; a POST needs a key. Put below ``@operation``."""

    @wraps(view)
    def guarded(*args: Any, **parts: Any) -> Any:
        began = _begun()
        if isinstance(began, Reply):
            return response_of(began, replayed=True)
        g.change = Change(began)
        try:
            return view(*args, **parts)
        except CommitUnknown:
            return _settled(g.change)
        except BaseException:
            if began is not None:
                _let_go(began)
            raise

    setattr(guarded, CHANGES, True)
    return guarded


def _begun() -> Operation | Reply | None:
    key = request.headers.get(KEY)
    if key is None:
        if request.method == "POST":
            raise KeyMissing(N_("this changes something: send a key of your own in the header Idempotency-Key"))
        return None
    if not _KEY.fullmatch(key):
        raise KeyMissing(N_("Idempotency-Key has 8 to 128 letters, digits and . _ : + / = -"))
    route = f"{request.method} {request.path}"
    return begin(store(), operation_id(principal().id, route, key.strip('"')), payload_digest(), now())


def payload_digest() -> str:
    """Return the hash of what was sent: JSON whatever its spacing, forms field by field."""
    if request.is_json:
        content = json.dumps(request.get_json(silent=True), sort_keys=True).encode()
    elif request.mimetype == "multipart/form-data":
        parts = [(name, value.encode()) for name, values in request.form.lists() for value in values]
        for name, files in request.files.lists():
            for file in files:
                parts.append((f"{name}\x00{file.filename}", hashlib.sha256(file.stream.read()).digest()))
                file.stream.seek(0)
        content = b"\x00".join(name.encode() + b"\x00" + value for name, value in sorted(parts))
    else:
        content = request.get_data()
    return hashlib.sha256(request.query_string + b"\x00" + content).hexdigest()


def _settled(changed: Change) -> Response:
    """Return the reply of a change whose commit nobody saw, where it was made."""
    if changed.operation is not None:
        for pause in _LOOKS:
            time.sleep(pause)
            try:
                reply = reply_of(store(), changed.operation)
            except TracegraphError:
                continue
            if reply is not None:
                return response_of(reply)
    raise CommitUnknown(
        N_("it is not known whether the change was made: send the same request again, with the same Idempotency-Key")
    )


def _let_go(operation: Operation) -> None:
    """Free a key whose request did nothing; where even that fails, it becomes free by itself after a minute."""
    try:
        give_up(store(), operation, now())
    except TracegraphError:
        return
