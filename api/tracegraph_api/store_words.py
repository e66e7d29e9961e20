"""What callers are told when the store fails: not where it is, nor what it said; the log has the kind of failure."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Final

from tracegraph.errors import CommitUnknown, ImportInterrupted, QueryTimeout, StoreUnavailable, TracegraphError
from tracegraph.messages import N_, Message

_LOG: Final = logging.getLogger("tracegraph_api.store")

_WORDS: Final[Mapping[type[StoreUnavailable], str]] = {
    CommitUnknown: N_(
        "the store went away while it wrote, and the change may have been made or not: ask again with the same "
        "Idempotency-Key"
    ),
    QueryTimeout: N_("the store took too long to answer: narrow the question, or ask again in a few seconds"),
    StoreUnavailable: N_("the store cannot be asked now: ask again in a few seconds"),
}


def told(error: TracegraphError) -> Message:
    """Return what a caller is told of an error: its own message, unless it is the store's."""
    if isinstance(error, ImportInterrupted):  # whose it is, is nobody's business
        return Message(N_("something else is being written: ask again in a minute"))
    if not isinstance(error, StoreUnavailable):
        return error.message
    cause = type(error.__cause__).__name__ if error.__cause__ else None
    _LOG.warning("the store failed", extra={"code": error.code, "cause": cause})
    return Message(next(_WORDS[kind] for kind in type(error).__mro__ if kind in _WORDS))
