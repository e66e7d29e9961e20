"""Events: what happened, written in the transaction of the change itself, and worked off by ``tracegraph worker``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import uuid4

from tracegraph.store.rows import RecordWrite

#: Kind of the records; each is due at once.
EVENT: Final = "event"


def event_write(name: str, subject: str, visibility: str, now: str, facts: Mapping[str, Any]) -> RecordWrite:
    """Return the record of an event.

    Parameters
    ----------
    name : str
        ``claims.changed``, ``incident.revised``, ``incident.withdrawn``, ``triage.changed``.
    subject : str
        Of what, as ``kind:id``.
    visibility : str
        Who may learn of it: that of what changed.
    now : str
        When.
    facts : mapping
        Ids and numbers that the worker needs (``change_set``, ``incident_id``); nothing that a person wrote.
    """
    body = {"event": name, "subject": subject, "at": now, "facts": dict(facts)}
    return RecordWrite(EVENT, f"{now}:{uuid4().hex}", body, expected_version=0, visibility=visibility, due_at=now)
