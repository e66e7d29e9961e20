"""What the driver's errors mean to a user, in one table."""

from __future__ import annotations

from typing import Final

from neo4j.exceptions import (
    AuthError,
    ConfigurationError,
    ConstraintError,
    DriverError,
    IncompleteCommit,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from tracegraph.errors import (
    CommitUnknown,
    InvalidInput,
    QueryTimeout,
    StoreNotReady,
    StoreUnavailable,
    TracegraphError,
)
from tracegraph.messages import N_

#: All that the driver raises for the server's sake.
DRIVER_ERRORS: Final = (Neo4jError, DriverError, OSError)

_Row = tuple[str, type[StoreUnavailable], str]

#: By the beginning of the server's code; the first row that fits.
_BY_CODE: Final[tuple[_Row, ...]] = (
    (
        "Neo.ClientError.Security.AuthenticationRateLimit",
        StoreUnavailable,
        N_("{place} refuses to log in after too many wrong passwords: wait some seconds and give the right one"),
    ),
    (
        "Neo.ClientError.Security.CredentialsExpired",
        StoreNotReady,
        N_("{place} wants a new password before the first use: run `ALTER CURRENT USER SET PASSWORD` there once"),
    ),
    (
        "Neo.ClientError.Security.Forbidden",
        StoreUnavailable,
        N_("{place}: this user may not do that: give a user who may read, write and change the schema"),
    ),
    (
        "Neo.ClientError.Security.",
        StoreUnavailable,
        N_("{place} refuses the user name or the password: check both"),
    ),
    (
        "Neo.ClientError.Database.DatabaseNotFound",
        StoreUnavailable,
        N_("{place} has no such database: check the name at the end of the URL, or make the database"),
    ),
    (
        "Neo.ClientError.Transaction.TransactionTimedOut",
        QueryTimeout,
        N_("{place} did not finish within the time limit: ask for less, or raise the limit"),
    ),
    (
        "Neo.TransientError.General.MemoryPoolOutOfMemory",
        StoreUnavailable,
        N_("{place} ran out of memory for one transaction: ask for less, or raise `db.memory.transaction.max` there"),
    ),
    (
        "Neo.TransientError.General.TransactionMemoryLimit",
        StoreUnavailable,
        N_("{place} ran out of memory for one transaction: ask for less, or raise `db.memory.transaction.max` there"),
    ),
    (
        "Neo.TransientError.General.OutOfMemoryError",
        StoreUnavailable,
        N_("{place} ran out of memory: ask for less, or give the server more heap"),
    ),
    (
        "Neo.ClientError.Cluster.NotALeader",
        StoreUnavailable,
        N_("{place} is a member of a cluster that does not take writes: write neo4j:// in the URL, not bolt://"),
    ),
    (
        "Neo.TransientError.Database.DatabaseUnavailable",
        StoreUnavailable,
        N_("{place}: the database is stopped or starting: try again soon"),
    ),
)

#: The text of `CommitUnknown`.
UNKNOWN_OUTCOME: Final = N_(
    "{place} was lost while a change was being committed: run the same command again, it takes up where this one ended"
)
_UNREACHABLE = N_("{place} cannot be reached: check that the server runs, and host and port ({detail})")
_MISFIT = N_("{place} cannot be used: {detail}")
_REFUSED = N_("{place} refused: {code} {detail}")

_CONTRADICTION = N_("{place} holds something else under the same id: {detail}")

#: Codes that come again however often the transaction is repeated, though the driver calls them passing.
_NOT_PASSING: Final = ("Neo.TransientError.General.",)


def is_passing(error: Neo4jError | DriverError) -> bool:
    """Return whether a transaction that failed like this may do better the next time."""
    code = error.code if isinstance(error, Neo4jError) else ""
    return error.is_retryable() and not (code or "").startswith(_NOT_PASSING)


def translate(error: BaseException, place: str) -> TracegraphError:
    """Return our error for one of the driver's.

    Parameters
    ----------
    error : BaseException
        One of `DRIVER_ERRORS`.
    place : str
        The store's URL, without password.
    """
    if isinstance(error, ConstraintError):
        return InvalidInput(_CONTRADICTION, place=place, detail=first_line(error.message))
    if isinstance(error, Neo4jError):
        code = error.code or ""
        for beginning, kind, text in _BY_CODE:
            if code.startswith(beginning):
                return kind(text, place=place)
        if isinstance(error, AuthError):
            return StoreUnavailable(_BY_CODE[3][2], place=place)
        return StoreUnavailable(_REFUSED, place=place, code=code, detail=first_line(error.message))
    if isinstance(error, IncompleteCommit):
        return CommitUnknown(UNKNOWN_OUTCOME, place=place)
    if isinstance(error, ServiceUnavailable | SessionExpired | OSError):
        return StoreUnavailable(_UNREACHABLE, place=place, detail=first_line(error))
    if isinstance(error, ConfigurationError):
        return StoreUnavailable(_MISFIT, place=place, detail=first_line(error))
    return StoreUnavailable(_UNREACHABLE, place=place, detail=first_line(error))


def first_line(said: object) -> str:
    """Return the first line of what somebody said, shortened."""
    lines = str(said).splitlines()
    return lines[0][:200] if lines else type(said).__name__
