"""Who read what: a row for each read by a known caller, written before the answer leaves; rows of requests that come
at the same time share one commit. Where it cannot be written, nothing is answered.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from threading import Condition, Lock
from time import monotonic
from typing import Any, Final

from flask import Flask, Response, g, request

from tracegraph.access import LOCAL, Permission
from tracegraph.errors import AuditUnavailable
from tracegraph.kept import Kept
from tracegraph.messages import N_
from tracegraph.services.audit import READ_SUBJECT, audit_row
from tracegraph.settings_audit import ON
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside
from tracegraph_api.changes import REPLAYED, payload_digest
from tracegraph_api.context import context_of, now, principal
from tracegraph_api.inputs import ID_PATTERN
from tracegraph_api.policy import permission_of
from tracegraph_api.problems import problem_of_ours

READS: Final = frozenset({"GET", "HEAD", "POST"})
#: Endpoints that a page asks by itself while somebody types: not each of their reads has a row of its own.
TYPED: Final = frozenset({"page_search.suggestions"})
_TYPED_SECONDS: Final = 60.0
TYPED_MOST: Final = 10
_TYPISTS: Final = 1_000
_LOG: Final = logging.getLogger("tracegraph_api.audit")
#: Parameters of a question that are noted: the lens, and ids of the model; never what somebody typed to search.
_NOTED: Final = ("valid_at", "known_at", "as", "min_grade", "product", "from", "to", "factory", "region", "since")
_ID: Final = re.compile(ID_PATTERN)


@dataclass
class _Batch:
    """Rows that commit together."""

    rows: list[Mapping[str, Any]] = field(default_factory=list)
    is_done: bool = False
    is_written: bool = False


class Typed:
    """Which reads of somebody who types are covered by a row: it stands for itself, and so many more in its minute.

    A row is there before any read that it stands for is answered.

    Parameters
    ----------
    clock : callable
        Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._rows: Kept[Hashable, tuple[float, int]] = Kept(_TYPISTS)

    def is_covered(self, reader: Hashable) -> bool:
        """Return whether a row of before stands for one more read of a reader, and count it."""
        with self._lock:
            ends, left = self._rows.get(reader) or (0.0, 0)
            if not left or self._clock() >= ends:
                return False
            self._rows.put(reader, (ends, left - 1))
            return True

    def cover(self, reader: Hashable) -> None:
        """Note that a row of a reader is written."""
        with self._lock:
            self._rows.put(reader, (self._clock() + _TYPED_SECONDS, TYPED_MOST - 1))


class ReadAudit:
    """Writes rows in groups: while one group is being written, the next one gathers.

    Parameters
    ----------
    store : Store
        Where the trail is.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._changed = Condition()
        self._gathering = _Batch()
        self._is_writing = False

    def write(self, row: Mapping[str, Any], moment: str) -> None:
        """Return when the row is in the trail.

        Raises
        ------
        AuditUnavailable
            It is not, whatever the reason.
        """
        with self._changed:
            batch = self._gathering
            batch.rows.append(row)
            while self._is_writing and not batch.is_done:
                self._changed.wait()
            if not batch.is_done:
                self._is_writing = True
                self._gathering = _Batch()
        if not batch.is_done:
            self._commit(batch, moment)
        if not batch.is_written:
            raise AuditUnavailable(N_("who reads is written down, and that cannot be done now: ask again"))

    def _commit(self, batch: _Batch, moment: str) -> None:
        """Write a group, and let the next one go; whose rows are not written learns so."""
        try:
            self._store.commit(Beside(audit=batch.rows), moment)
            batch.is_written = True
        except Exception:  # noqa: BLE001 - whoever waits for these rows learns that they are not written
            _LOG.exception("rows of the audit trail are not written", extra={"rows": len(batch.rows)})
        finally:
            with self._changed:
                batch.is_done = True
                self._is_writing = False
                self._changed.notify_all()


def install(app: Flask) -> None:
    """Write a row for every read by a known caller of an application, unless that is switched off."""
    shared = context_of(app)
    if shared.settings.audit.audit_reads != ON:
        return
    audit, typed = ReadAudit(shared.store), Typed()

    def note(response: Response) -> Response:
        if not is_noted(app, response):
            return response
        facts = {"route": str(request.url_rule), "status": response.status_code, "query": noted_query()}
        reader = (principal().id, frozenset(principal().grants))
        is_typed = request.endpoint in TYPED
        if is_typed:
            if typed.is_covered(reader):
                return response
            facts["stands_for_at_most"] = TYPED_MOST
        if request.method == "POST":
            facts["asked"] = payload_digest()
        if principal().grants:  # what they saw by these is not for all of their region to read
            facts["grants"] = sorted(principal().grants)
        subject = "/".join(str(value) for value in (request.view_args or {}).values()) or "-"
        action = "operation.replay" if REPLAYED in response.headers else "question.read"
        subject = READ_SUBJECT + subject
        row = audit_row(principal(), action, subject, request_id=str(g.get("request_id", "")), facts=facts)
        try:
            audit.write(row, now())
        except AuditUnavailable as error:
            return problem_of_ours(error)
        if is_typed:
            typed.cover(reader)
        return response

    app.after_request(note)


def is_noted(app: Flask, response: Response) -> bool:
    """Return whether a request is a read that the trail has a row of."""
    if request.endpoint is None or request.method not in READS or "principal" not in g:
        return False
    if "change" in g or response.status_code >= 400:  # a change has its own row
        return False
    who = principal()
    return who.is_known and who.id != LOCAL.id and permission_of(app, request.endpoint) is not Permission.OPEN


def noted_query() -> dict[str, Any]:
    """Return the parameters of a question that are noted."""
    given = {name: [value for value in request.args.getlist(name) if _ID.match(value)] for name in _NOTED}
    return {name: values for name, values in given.items() if values}
