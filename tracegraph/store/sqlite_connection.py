"""Connections of the SQLite store: one per thread, none shared over a fork; and the engine's errors, translated."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import closing, contextmanager
from math import inf
from pathlib import Path
from typing import Final
from urllib.parse import quote

from tracegraph.errors import (
    QueryTimeout,
    StoreDamaged,
    StoreNotReady,
    StoreUnavailable,
    TracegraphError,
)
from tracegraph.messages import N_
from tracegraph.store.sqlite_schema import check_schema

BUSY_SECONDS: Final = 5.0  # how long a writer waits for another, at most
PROGRESS_STEPS: Final = 20_000  # instructions of the engine between two looks at the clock: about a millisecond
CACHE_KIB: Final = 64 * 1024  # page cache of a connection, at most
IMPORT_CACHE_KIB: Final = 256 * 1024  # the same during a large import, which writes all over the indexes
CHECKPOINT_PAGES: Final = 16_000  # size of the log, 64 MB, from which it is moved into the file

_LOCKED = N_(
    "the store {path} is being written by another process and stayed locked for {seconds:g} s; try again when that "
    "has ended"
)
_DAMAGED = N_("the store {path} is damaged ({reason}): load the last export into a new store")
_FOREIGN = N_("{path} is not a tracegraph store: give the path of one, or of a file that does not exist yet")
_FULL = N_("no room left to write the store {path} ({reason}): free some space and repeat; nothing was written")
_READ_ONLY = N_("the store {path} cannot be written ({reason}): give write access to the file and its folder")
_NO_FILE = N_("the store {path} cannot be opened ({reason}): check that the folder exists and may be read and written")
_IO = N_("the disk failed under the store {path} ({reason}): check the disk, then `tracegraph store info`")
_OTHER = N_("the store {path} refused an instruction ({reason})")
_TOO_LONG = N_("the store {path} took longer than {seconds:g} s to answer; narrow the question")

#: Error and text by the engine's primary result code.
_ERRORS: Final[dict[int, tuple[type[TracegraphError], str]]] = {
    sqlite3.SQLITE_BUSY: (StoreUnavailable, _LOCKED),
    sqlite3.SQLITE_LOCKED: (StoreUnavailable, _LOCKED),
    sqlite3.SQLITE_CORRUPT: (StoreDamaged, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (StoreDamaged, _FOREIGN),
    sqlite3.SQLITE_FULL: (StoreDamaged, _FULL),
    sqlite3.SQLITE_IOERR: (StoreDamaged, _IO),
    sqlite3.SQLITE_READONLY: (StoreUnavailable, _READ_ONLY),
    sqlite3.SQLITE_PERM: (StoreUnavailable, _READ_ONLY),
    sqlite3.SQLITE_CANTOPEN: (StoreUnavailable, _NO_FILE),
    sqlite3.SQLITE_INTERRUPT: (QueryTimeout, _TOO_LONG),
}


#: Connections that came over a fork. Closing them here could harm the process that opened them, so they are kept.
_INHERITED: Final[list[Connection]] = []


class Connection(sqlite3.Connection):
    """A connection that knows until when its current work may run, and in which process it was opened."""

    deadline: float = inf
    process: int = 0

    def is_late(self) -> bool:
        """Return whether the current work has run for too long."""
        return time.monotonic() > self.deadline


class Connections:
    """The connections of one store.

    Parameters
    ----------
    path : Path
        The store's file.
    read_seconds : float
        How long one read may take before it raises `QueryTimeout`.
    """

    def __init__(self, path: Path, read_seconds: float) -> None:
        self.path = path
        self.read_seconds = read_seconds
        self._local = threading.local()
        self._all: weakref.WeakSet[Connection] = weakref.WeakSet()

    @property
    def busy_seconds(self) -> float:
        """How long a writer waits for another: no longer than a read may take."""
        return min(BUSY_SECONDS, self.read_seconds)

    @contextmanager
    def reading(self, *, unlimited: bool = False) -> Iterator[Connection]:
        """Give a connection on which all statements see one state; inside a write of the same thread, that write's."""
        with self.translated(self.read_seconds):
            connection = self._mine()
            if connection.in_transaction:
                yield connection
                return
            connection.deadline = inf if unlimited else time.monotonic() + self.read_seconds
            with _transaction(connection, "BEGIN"):
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection that alone may write; all is kept when the block ends well, nothing when it raises."""
        with self.translated(self.busy_seconds):
            connection = self._mine()
            connection.deadline = inf
            with _transaction(connection, "BEGIN IMMEDIATE"):
                yield connection

    @contextmanager
    def large_cache(self) -> Iterator[None]:
        """Let this thread's connection keep more pages in memory for a while."""
        with self.translated(self.busy_seconds):
            self._mine().execute(f"PRAGMA cache_size = -{IMPORT_CACHE_KIB}")
            try:
                yield
            finally:
                self._mine().execute(f"PRAGMA cache_size = -{CACHE_KIB}")

    @contextmanager
    def separate(self) -> Iterator[Connection]:
        """Give a connection of its own, in one state, for a read that other reads of the thread may interleave."""
        with self.translated(self.read_seconds), closing(self.open("rw")) as connection:
            check_schema(connection, self.path)
            with _transaction(connection, "BEGIN"):
                yield connection

    def open(self, mode: str) -> Connection:
        """Open a connection; `mode` is ``rw``, or ``rwc`` to make the file."""
        if mode == "rw" and not self.path.exists():
            raise StoreNotReady(
                N_("there is no store at {path}: make it with `tracegraph store init`"), path=str(self.path)
            )
        connection = sqlite3.connect(
            f"file:{quote(str(self.path.absolute()))}?mode={mode}",
            uri=True,
            timeout=self.busy_seconds,
            isolation_level=None,
            check_same_thread=False,  # only so that `close` can close them all
            cached_statements=512,
            factory=Connection,
        )
        connection.process = os.getpid()
        connection.set_progress_handler(connection.is_late, PROGRESS_STEPS)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        self._all.add(connection)
        return connection

    @contextmanager
    def translated(self, seconds: float) -> Iterator[None]:
        """Turn the engine's errors into ours, which name the file and what to do."""
        try:
            yield
        except sqlite3.Error as error:
            code = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
            kind, text = _ERRORS.get(code, (StoreUnavailable, _OTHER))
            raise kind(text, path=str(self.path), reason=str(error), seconds=seconds) from error

    def close(self) -> None:
        """Close all connections of this process; the next use opens one again."""
        for connection in list(self._all):
            if connection.process == os.getpid():
                connection.close()
            else:
                _INHERITED.append(connection)
        self._all = weakref.WeakSet()
        self._local = threading.local()

    def _mine(self) -> Connection:
        """Return this thread's connection; one that came over a fork is left alone, never used or closed."""
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is not None and connection.process != os.getpid():
            _INHERITED.append(connection)
            connection = None
        if connection is None:
            connection = self.open("rw")
            try:
                check_schema(connection, self.path)
            except BaseException:
                connection.close()
                raise
            self._local.connection = connection
        return connection


@contextmanager
def _transaction(connection: Connection, begin: str) -> Iterator[None]:
    connection.execute(begin)
    try:
        yield
        connection.deadline = inf
        connection.execute("COMMIT")
    finally:
        connection.deadline = inf
        if connection.in_transaction:
            connection.execute("ROLLBACK")
