"""Who read what: a row for each read by a known caller, written before the answer leaves; rows of requests that come
at the same time share one commit. Where it cannot be written, nothing is answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import Condition
from typing import Any, Final

from flask import Flask, Response, g, request

from tracegraph.access import LOCAL, Permission
from tracegraph.errors import AuditUnavailable, TracegraphError
from tracegraph.messages import N_
from tracegraph.services.audit import audit_row
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside
from tracegraph_api.context import context_of, now, principal
from tracegraph_api.policy import permission_of
from tracegraph_api.problems import problem_of_ours

READS: Final = frozenset({"GET", "HEAD", "POST"})
#: Parameters of a question that are noted: words and ids of the model, never what somebody typed to search.
_NOTED: Final = ("valid_at", "known_at", "as", "min_grade", "product", "from", "to", "factory", "region", "since")


@dataclass
class _Batch:
    """Rows that commit together."""

    rows: list[Mapping[str, Any]] = field(default_factory=list)
    done: bool = False
    error: TracegraphError | None = None


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
        TracegraphError
            It could not be written.
        """
        with self._changed:
            batch = self._gathering
            batch.rows.append(row)
            while self._is_writing and not batch.done:
                self._changed.wait()
            if not batch.done:
                self._is_writing = True
                self._gathering = _Batch()
        if not batch.done:
            self._commit(batch, moment)
        if batch.error is not None:
            raise batch.error

    def _commit(self, batch: _Batch, moment: str) -> None:
        """Write a group, and let the next one go."""
        try:
            self._store.commit(Beside(audit=batch.rows), moment)
        except TracegraphError as error:
            batch.error = error
        finally:
            with self._changed:
                batch.done = True
                self._is_writing = False
                self._changed.notify_all()


def install(app: Flask) -> None:
    """Write a row for every read by a known caller of an application."""
    shared = context_of(app)
    audit = ReadAudit(shared.store)

    def note(response: Response) -> Response:
        if not is_noted(app, response):
            return response
        facts = {"route": str(request.url_rule), "status": response.status_code, "query": noted_query()}
        subject = "/".join(str(value) for value in (request.view_args or {}).values()) or "-"
        row = audit_row(
            principal(), "question.read", f"read:{subject}", request_id=str(g.get("request_id", "")), facts=facts
        )
        try:
            audit.write(row, now())
        except TracegraphError:
            return problem_of_ours(AuditUnavailable(N_("who reads is written down, and that cannot be done now")))
        return response

    app.after_request(note)


def is_noted(app: Flask, response: Response) -> bool:
    """Return whether a request is a read that the trail has a row of."""
    if request.endpoint is None or request.method not in READS or "principal" not in g:
        return False
    if "change" in g or response.status_code >= 400:  # a change has its own row
        return False
    return principal().is_known and principal() != LOCAL and permission_of(app, request.endpoint) is not Permission.OPEN


def noted_query() -> dict[str, Any]:
    """Return the parameters of a question that are noted."""
    return {name: request.args.getlist(name) for name in _NOTED if name in request.args}
