"""One driver and its transactions, with our own deadline around every call.

The driver notices a server that is gone, but not one that hangs: a blocked read ends when the server says something,
or never. So every call runs in a thread of its own and has to show a sign of life, a row or an answer, within the time
limit; otherwise it is given up, together with its connections, and the caller gets an error.
"""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, Final, LiteralString, TypeVar, cast

import neo4j
from neo4j.exceptions import Neo4jError

from tracegraph.errors import QueryTimeout, StoreUnavailable
from tracegraph.messages import N_
from tracegraph.store.neo4j_address import Address
from tracegraph.store.neo4j_errors import DRIVER_ERRORS, is_final, translate
from tracegraph.store.queries import load_queries

T = TypeVar("T")
Row = tuple[Any, ...]

#: Seconds without a sign of life after which a server counts as hung.
TIMEOUT_S: Final = 8.0
_CONNECT_S: Final = 3.0
_ACQUIRE_S: Final = 4.0
_RETRY_S: Final = 3.0
_IDLE_S: Final = 30.0
_LIFETIME_S: Final = 600.0
#: What takes long (a large cone, an import) may take this long in one transaction, as long as it shows signs of life.
LONG_S: Final = 300.0
_FETCH: Final = 2_000


class SignsOfLife:
    """A deadline that moves on with every sign of life.

    Parameters
    ----------
    limit_s : float
        Seconds that may pass between two signs.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self.show()

    def show(self) -> None:
        """Something came back."""
        self._until = time.monotonic() + self._limit_s

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; negative after it."""
        return self._until - time.monotonic()


class Transaction:
    """A transaction in which statements are run by name.

    Parameters
    ----------
    inner : neo4j.ManagedTransaction
        The driver's.
    life : SignsOfLife
        Is shown every row.
    """

    def __init__(self, inner: neo4j.ManagedTransaction, life: SignsOfLife) -> None:
        self._inner = inner
        self._life = life

    def stream(self, name: str, /, **parameters: Any) -> Iterator[Row]:
        """Yield the rows of a query as they come."""
        query = load_queries()[name]
        query.check_arguments(parameters)
        try:
            for record in self._inner.run(cast(LiteralString, query.text), parameters):
                self._life.show()
                yield record
        except Neo4jError as error:
            if is_final(error):
                raise _Final(error) from error
            raise
        self._life.show()

    def rows(self, name: str, /, **parameters: Any) -> list[Row]:
        """Return all rows of a query."""
        return list(self.stream(name, **parameters))

    def run(self, name: str, /, **parameters: Any) -> None:
        """Run a statement of which nothing comes back."""
        self.rows(name, **parameters)


class _Final(Exception):
    """Wraps an error of the driver that it would repeat in vain."""

    def __init__(self, error: Neo4jError) -> None:
        super().__init__(str(error))
        self.error = error


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
        return self._watched(lambda session, unit: session.execute_read(unit), work, neo4j.READ_ACCESS, long)

    def write(self, work: Callable[[Transaction], T]) -> T:
        """Return what `work` returns, in a transaction that writes; it may be called again after a passing failure."""
        return self._watched(lambda session, unit: session.execute_write(unit), work, neo4j.WRITE_ACCESS, True)

    def run_schema(self, statement: str) -> None:
        """Run one statement of a migration."""

        def change(life: SignsOfLife) -> None:
            with self._session(neo4j.WRITE_ACCESS) as session:
                session.run(neo4j.Query(cast(LiteralString, statement), timeout=LONG_S)).consume()
                life.show()

        self._within_limit(change)

    def close(self) -> None:
        """Give back the connections; without waiting for a server that hangs."""
        driver = self._forget()
        if driver is not None:
            thread = threading.Thread(target=close_quietly, args=(driver,), daemon=True)
            thread.start()
            thread.join(1.0)

    def _watched(
        self,
        execute: Callable[[neo4j.Session, Callable[[neo4j.ManagedTransaction], T]], T],
        work: Callable[[Transaction], T],
        mode: str,
        long: bool,
    ) -> T:
        limit = LONG_S if long else self.timeout_s

        def call(life: SignsOfLife) -> T:
            unit = neo4j.unit_of_work(timeout=limit)(lambda inner: work(Transaction(inner, life)))
            with self._session(mode) as session:
                return execute(session, unit)

        return self._within_limit(call)

    def _within_limit(self, call: Callable[[SignsOfLife], T]) -> T:
        """Return what `call` returns; raise our errors for the driver's, and when it shows no sign of life."""
        life, future = SignsOfLife(self.timeout_s), Future[T]()
        threading.Thread(target=_fulfil, args=(future, call, life), daemon=True).start()
        while True:
            try:
                return future.result(max(0.0, life.left_s))
            except _Final as error:
                raise translate(error.error, self.place) from error.error
            except TimeoutError as error:
                if future.done() and future.exception() is error:
                    raise translate(error, self.place) from error
                if not future.done() and life.left_s <= 0:
                    self._give_up()
                    raise self._hung() from None
            except DRIVER_ERRORS as error:
                raise translate(error, self.place) from error

    def _hung(self) -> StoreUnavailable:
        return QueryTimeout(
            N_("{place} did not answer within {seconds:g} seconds: check that the server is well, then try again"),
            place=self.place,
            seconds=self.timeout_s,
        )

    def _session(self, mode: str) -> neo4j.Session:
        return self._ready_driver().session(database=self.address.database, default_access_mode=mode, fetch_size=_FETCH)

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
        try:
            driver = neo4j.GraphDatabase.driver(
                self.address.uri,
                auth=(self.address.user, self.address.password),
                user_agent="tracegraph",
                connection_timeout=_CONNECT_S,
                connection_acquisition_timeout=_ACQUIRE_S,
                connection_write_timeout=_CONNECT_S,
                max_transaction_retry_time=_RETRY_S,
                liveness_check_timeout=_IDLE_S,
                max_connection_lifetime=_LIFETIME_S,
                notifications_min_severity="OFF",
            )
        except ValueError as error:
            raise translate(error, self.place) from error
        try:
            driver.verify_connectivity()
        except BaseException:
            close_quietly(driver)
            raise
        return driver

    def _forget(self) -> neo4j.Driver | None:
        """Return the driver that was in use here; it is not used again."""
        driver, self._driver = self._driver, None
        return driver if self._owner == os.getpid() else None

    def _give_up(self) -> None:
        """Leave connections on which nothing comes back; their thread ends with them."""
        driver = self._forget()
        if driver is not None:
            threading.Thread(target=close_quietly, args=(driver,), daemon=True).start()


def _fulfil(future: Future[T], call: Callable[[SignsOfLife], T], life: SignsOfLife) -> None:
    try:
        future.set_result(call(life))
    except BaseException as error:  # noqa: BLE001 - it is raised in the thread that waits
        future.set_exception(error)


def close_quietly(driver: neo4j.Driver) -> None:
    """Close a driver of which nothing more is expected."""
    with contextlib.suppress(*DRIVER_ERRORS):
        driver.close()
