"""What readers say of the service's accessibility: without a name, kept until an administrator deletes it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.errors import NotNow, UnknownNode
from tracegraph.messages import N_
from tracegraph.services.newest import newest_record, newest_records
from tracegraph.store.port import RecordStore
from tracegraph.store.rows import Record, RecordWrite

FEEDBACK: Final = "feedback"
LONGEST: Final = 4_000
LONGEST_PLACE: Final = 200
#: So many are kept; then no more are taken, so that nobody can drive out what others said.
MOST: Final = 500


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody said.

    Attributes
    ----------
    id, version : str, int
        Identity.
    at : str
        When.
    text, place : str
        What, and of which page; the latter may be empty.
    """

    id: str
    version: int
    at: str
    text: str
    place: str


def new_feedback(store: RecordStore, text: str, place: str, now: str) -> RecordWrite:
    """Return what is to be written so that something is kept.

    Raises
    ------
    NotNow
        So much is kept that nobody has looked at.
    """
    if len(_records(store)) >= MOST:
        raise NotNow(N_("{n} messages wait to be read already: write an e-mail instead"), n=MOST)
    id = f"{now.translate(_NO_MARKS)}-{secrets.token_hex(4)}".lower()
    return RecordWrite(FEEDBACK, id, {"at": now, "text": text, "place": place}, expected_version=0)


def feedback_kept(store: RecordStore) -> Sequence[Feedback]:
    """Return what is kept, the newest first."""
    return [_feedback(record) for record in reversed(_records(store))]


def deleted(store: RecordStore, id: str, version: int) -> RecordWrite:
    """Return what is to be written so that something is kept no longer.

    Raises
    ------
    UnknownNode
        It is not kept.
    """
    if newest_record(store, FEEDBACK, id) is None:
        raise UnknownNode(N_("there is no message {id}"), id=id)
    return RecordWrite(FEEDBACK, id, None, expected_version=version)


_NO_MARKS: Final = str.maketrans("", "", "-:")


def _records(store: RecordStore) -> list[Record]:
    return list(newest_records(store, FEEDBACK))


def _feedback(record: Record) -> Feedback:
    body = record.body
    return Feedback(record.id, record.version, body["at"], body["text"], body["place"])
