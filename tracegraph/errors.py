"""One tree of errors; no HTTP codes and no exit codes in it.

Every concrete class has a stable kebab-case `code`, and a message that names the bad value, what is allowed and what to
do. The edges (command line, HTTP) keep the tables that turn a class into an exit code or a status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from tracegraph.messages import Message


class TracegraphError(Exception):
    """Base of all errors that tracegraph raises on purpose.

    Parameters
    ----------
    text : str
        English message with places written ``{name}``; marked with `tracegraph.messages.N_` where it is written.
    **values
        Value for each place.
    """

    code: ClassVar[str] = "error"

    def __init__(self, text: str, **values: Any) -> None:
        self.message = Message(text, values)
        super().__init__(str(self.message))


class InvalidInput(TracegraphError):
    """A value is outside its domain: an unknown grade, a share over 1, a date that is none.

    Attributes
    ----------
    place : str
        Where the value stands in what was sent, where that is known: a JSON pointer, or the name of a parameter.
    """

    code = "invalid-input"
    place: str = ""

    def at(self, place: str) -> Self:
        """Return the same with its place."""
        self.place = place
        return self


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or worth a warning, in a file that somebody sent.

    Attributes
    ----------
    file : str
        Name of the file as given.
    line : int or None
        Line on which the row begins, counted from 1 with the header as line 1; None for the file as a whole.
    column : str or None
        Column (or TOML key) as the file names it.
    value : str or None
        The offending value, as read.
    rule : str
        Stable kebab-case name of the rule that it breaks.
    message, remedy : Message
        What is wrong, and what to do about it.
    severity : str
        ``error`` or ``warning``; a warning never stops an import.
    """

    file: str
    line: int | None
    column: str | None
    value: str | None
    rule: str
    message: Message
    remedy: Message
    severity: str = "error"


class DatasetRejected(InvalidInput):
    """Files hold rows that break a rule; nothing was written."""

    code = "dataset-rejected"

    def __init__(self, text: str, problems: Sequence[Problem], **values: Any) -> None:
        super().__init__(text, **values)
        self.problems = tuple(problems)


class UnknownNode(TracegraphError):
    """No visible node has this id."""

    code = "unknown-node"


class IncidentWithdrawn(TracegraphError):
    """The incident was withdrawn: nothing is exposed to it, which is not the same as no contract depending on it."""

    code = "incident-withdrawn"


class UnknownClaim(TracegraphError):
    """No claim has this id."""

    code = "unknown-claim"


class UnknownImport(TracegraphError):
    """No import has this number."""

    code = "unknown-import"


class UnknownJob(TracegraphError):
    """No visible job has this id."""

    code = "unknown-job"


class NotNow(TracegraphError):
    """What is asked for does not fit the state that the thing is in."""

    code = "wrong-state"


class ContentTooLarge(TracegraphError):
    """What was sent is larger than a limit allows."""

    code = "content-too-large"


class MediaTypeUnsupported(TracegraphError):
    """What was sent is of a kind that is not read here."""

    code = "unsupported-media-type"


class StaleWrite(TracegraphError):
    """The record was changed by somebody else since it was read."""

    code = "stale-write"


class ImportInterrupted(TracegraphError):
    """An earlier import of another content was cut short and has to be finished or discarded first."""

    code = "import-interrupted"


class KeyMissing(TracegraphError):
    """A change was sent without a key of the caller's own, or with one that is none."""

    code = "idempotency-key-missing"


class KeyReused(TracegraphError):
    """Two different requests were sent under one key."""

    code = "idempotency-key-reused"


class OperationInProgress(TracegraphError):
    """The same request is being worked on."""

    code = "operation-in-progress"


class PreconditionMissing(TracegraphError):
    """A change does not say which version it is made on."""

    code = "precondition-required"


class TokenMissing(TracegraphError):
    """Nobody may do this without showing who they are."""

    code = "token-missing"


class TokenInvalid(TracegraphError):
    """What was shown is no valid token: unknown, expired, revoked, or of another service."""

    code = "token-invalid"


class IdentityProviderUnavailable(TracegraphError):
    """A token cannot be checked, because its identity provider cannot be reached."""

    code = "identity-provider-unavailable"


class Forbidden(TracegraphError):
    """Who asks is known, and may not do this."""

    code = "forbidden"


class Overloaded(TracegraphError):
    """There is more to do than can be done at once; nothing was begun."""

    code = "overloaded"


class RateExceeded(TracegraphError):
    """One caller asks more often than allowed; the message's value ``seconds`` says when they may ask again."""

    code = "rate-exceeded"


class DeadlinePassed(TracegraphError):
    """It took too long; what was asked may have been done or not."""

    code = "deadline-passed"


class RequestTooSlow(TracegraphError):
    """A request did not arrive in time."""

    code = "request-too-slow"


class StoreUnavailable(TracegraphError):
    """The store cannot be reached, refuses the credentials, or does not answer."""

    code = "store-unavailable"


class QueryTimeout(StoreUnavailable):
    """The store took longer than allowed."""

    code = "query-timeout"


class CommitUnknown(StoreUnavailable):
    """The store went away while it committed: the change may or may not be there."""

    code = "commit-unknown"


class AuditUnavailable(StoreUnavailable):
    """The audit trail cannot be written, so that nothing is done or shown that belongs into it."""

    code = "audit-unavailable"


class TrailBroken(TracegraphError):
    """The audit trail is not as it was written."""

    code = "audit-trail-broken"


class StoreNotReady(StoreUnavailable):
    """The store has no schema, an older or a newer one, or one whose migrations were changed afterwards."""

    code = "store-not-ready"


class StoreDamaged(StoreUnavailable):
    """The store's own file cannot be read, is full, or is not a tracegraph store."""

    code = "store-damaged"


class SettingsInvalid(InvalidInput):
    """A setting from the environment is not what it should be."""

    code = "settings-invalid"


class QueryFileError(TracegraphError):
    """A file under ``cypher/`` is malformed: an error of ours, found at start-up."""

    code = "query-file-error"


class ResourceMissing(TracegraphError):
    """A file that ships with tracegraph is not where it should be."""

    code = "resource-missing"
