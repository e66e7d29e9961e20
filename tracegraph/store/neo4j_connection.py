"""One driver and its transactions."""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import neo4j
from neo4j.exceptions import DriverError, Neo4jError, ServiceUnavailable

from tracegraph.errors import CommitUnknown, QueryTimeout
from tracegraph.messages import N_
from tracegraph.store.neo4j_address import Address
from tracegraph.store.neo4j_errors import DRIVER_ERRORS, UNKNOWN_OUTCOME, is_passing, translate
from tracegraph.store.neo4j_watch import GivenUp, SignsOfLife, watched
from tracegraph.store.queries import load_queries

T = TypeVar("T")
Row = tuple[Any, ...]

#: Seconds without a sign of life after which a server counts as hung.
TIMEOUT_S: Final = 8.0
#: What takes long (a large cone, an import) may take this long in one transaction, as long as it shows signs of life.
LONG_S: Final = 300.0
_CONNECT_S: Final = 3.0
_ACQUIRE_S: Final = 4.0
_IDLE_S: Final = 30.0
_LIFETIME_S: Final = 600.0
#: For so long a transaction is tried again after a passing failure.
_RETRY_S: Final = 3.0
_FIRST_PAUSE_S: Final = 0.05
_FETCH: Final = 2_000


class Transaction:
    """A transaction in which statements are run by name.

    Parameters
    ----------
    inner : neo4j.Transaction
        The driver's.
    life : SignsOfLife
        Is shown every row.
    """

    def __init__(self, inner: neo4j.Transaction, life: SignsOfLife) -> None:
        self._inner = inner
        self._life = life

    def stream(self, name: str, /, **parameters: Any) -> Iterator[Row]:
        """Yield the rows of a query as they come."""
        query = load_queries()[name]
        query.check_arguments(parameters)
        for record in self._inner.run(query.text, parameters):
            self._life.show()
            yield record
        self._life.show()

    def rows(self, name: str, /, **parameters: Any) -> list[Row]:
        """Return all rows of a query."""
        return list(self.stream(name, **parameters))

    def run(self, name: str, /, **parameters: Any) -> None:
        """Run a statement of which nothing comes back."""
        self.rows(name, **parameters)


class Connection:
    """The driver of one store: made when first needed, and again in a process that was forked off.

    Parameters
    ----------
    address : Address
        Where to connect.
    timeout_s : float
        Seconds without a sign of life after which a server counts as hung; also the server's own limit for one
        question.
    """

    def __init__(self, address: Address, timeout_s: float = TIMEOUT_S) -> None:
        self.address = address
        self.timeout_s = timeout_s
        self._lock = threading.Lock()
        self._inherited: neo4j.Driver | None = None
        self._driver: neo4j.Driver | None = None
        self._owner = 0

    @property
    def place(self) -> str:
        """The store's URL, for messages."""
        return self.address.shown

    def read(self, work: Callable[[Transaction], T], *, long: bool = False) -> T:
        """Return what `work` returns, in a transaction that reads; it may be called again after a passing failure."""
        limit = LONG_S if long else self.timeout_s
        return self._within_limit(lambda life: self._repeated(work, neo4j.READ_ACCESS, limit, life))

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Return what `work` returns, in a transaction that writes; it may be called again after a passing failure."""
        return self._within_limit(lambda life: self._repeated(work, neo4j.WRITE_ACCESS, LONG_S, life))

    def run_schema(self, statement: str) -> None:
        """Run one statement of a migration."""

        def change(_life: SignsOfLife) -> None:
            session = self._session(self._ready_driver(), neo4j.WRITE_ACCESS)
            try:
                session.run(neo4j.Query(statement, timeout=LONG_S)).consume()
            finally:
                _close(session)

        self._within_limit(change)

    def close(self) -> None:
        """Give back the connections; without waiting for a server that hangs."""
        closing = self._drop()
        if closing is not None:
            closing.join(1.0)

    def _within_limit(self, call: Callable[[SignsOfLife], T]) -> T:
        """Return what a call returns; raise our errors for the driver's, and when it shows no sign of life."""
        try:
            return watched(call, self.timeout_s)
        except GivenUp as given_up:
            self._drop()
            if given_up.is_committing:
                raise CommitUnknown(UNKNOWN_OUTCOME, place=self.place) from None
            raise QueryTimeout(
                N_("{place} did not answer within {seconds:g} seconds: check that the server is well, then try again"),
                place=self.place,
                seconds=self.timeout_s,
            ) from None
        except DRIVER_ERRORS as error:
            raise translate(error, self.place) from error

    def _repeated(self, work: Callable[[Transaction], T], mode: str, limit_s: float, life: SignsOfLife) -> T:
        """Return what `work` returns in a transaction, which is tried again after a passing failure.

        Not the driver's own repetition: that one goes on when nobody waits any more, repeats what fails for want of
        memory, and keeps trying a server that cannot even be connected to.
        """
        until, pause = time.monotonic() + _RETRY_S, _FIRST_PAUSE_S
        while True:
            driver = self._ready_driver()
            try:
                return _once(self._session(driver, mode), work, limit_s, life, writes=mode == neo4j.WRITE_ACCESS)
            except (Neo4jError, DriverError) as error:
                if isinstance(error, ServiceUnavailable) and driver is self._driver:
                    self._drop()
                if life.is_given_up or not is_passing(error) or time.monotonic() > until:
                    raise
            time.sleep(pause)
            pause *= 2

    def _session(self, driver: neo4j.Driver, mode: str) -> neo4j.Session:
        return driver.session(database=self.address.database, default_access_mode=mode, fetch_size=_FETCH)

    def _ready_driver(self) -> neo4j.Driver:
        """Return the driver; a new one is tried once, so that a missing server or a wrong password shows at once."""
        with self._lock:
            driver = self._driver
            if driver is None or self._owner != os.getpid():
                self._inherited = driver  # its sockets are the parent's: kept, and never used or closed here
                driver = self._driver = self._new_driver()
                self._owner = os.getpid()
            return driver

    def _new_driver(self) -> neo4j.Driver:
        logging.getLogger("neo4j").addHandler(logging.NullHandler())  # what it has to say comes as errors
        try:
            driver = neo4j.GraphDatabase.driver(
                self.address.uri,
                auth=(self.address.user, self.address.password),
                user_agent="tracegraph",
                connection_timeout=_CONNECT_S,
                connection_acquisition_timeout=_ACQUIRE_S,
                connection_write_timeout=_CONNECT_S,
                liveness_check_timeout=_IDLE_S,
                max_connection_lifetime=_LIFETIME_S,
                notifications_min_severity="OFF",
            )
        except ValueError as error:
            raise translate(error, self.place) from error
        try:
            driver.verify_connectivity()
        except BaseException:
            _close(driver)
            raise
        return driver

    def _drop(self) -> threading.Thread | None:
        """Leave the driver in use, and return the thread that closes it: a hung server may make that wait.

        Whoever still waits on one of its connections gets an error.
        """
        driver, self._driver = self._driver, None
        if driver is None or self._owner != os.getpid():
            return None
        closing = threading.Thread(target=_close, args=(driver,), daemon=True)
        closing.start()
        return closing


def _once(
    session: neo4j.Session, work: Callable[[Transaction], T], limit_s: float, life: SignsOfLife, *, writes: bool
) -> T:
    try:
        with session.begin_transaction(timeout=limit_s) as inner:
            result = work(Transaction(inner, life))
            if writes:
                life.commit()
                inner.commit()
            else:
                life.show()
                inner.close()  # left open, it would be committed, and nobody could say of a read what became of that
            return result
    finally:
        _close(session)


def _close(closing: neo4j.Driver | neo4j.Session) -> None:
    """Close what nothing more is expected of; what fails the first time is left out the second."""
    for _ in range(2):
        with contextlib.suppress(*DRIVER_ERRORS):
            closing.close()
