"""A Neo4j that is missing, refuses, hangs or dies: a clear error within ten seconds, and work again afterwards."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from tests.contract.build import LATER, LENS, NOW, change_set, delivered, large, supplies
from tests.neo4j_server import Neo4jServer, parse_url
from tracegraph.errors import ImportInterrupted, QueryTimeout, StoreUnavailable, TracegraphError
from tracegraph.store.neo4j import Neo4jStore
from tracegraph.store.neo4j_connection import Transaction
from tracegraph.store.neo4j_errors import DRIVER_ERRORS, translate

LIMIT_S = 10.0
#: What the driver has open of a connection that was given up, it may leave to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """Collect it here, and not in a later test."""
    yield
    gc.collect()


@contextlib.contextmanager
def refused(kind: type[TracegraphError], says: str) -> Iterator[None]:
    """Expect an error of exactly this kind, that says this, within the limit, and that shows no password."""
    begun = time.monotonic()
    with pytest.raises(kind, match=says) as caught:
        yield
    assert time.monotonic() - begun < LIMIT_S
    assert type(caught.value) is kind
    assert "s3cret" not in str(caught.value)


@contextlib.contextmanager
def hung(server: Neo4jServer) -> Iterator[None]:
    """Stop a server in its tracks: connections stay, and nothing is answered."""
    assert server.pid is not None
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


@pytest.fixture
def store(killable_neo4j: Neo4jServer) -> Iterator[Neo4jStore]:
    """A store that holds a little, on a server that may be killed."""
    store = Neo4jStore(killable_neo4j.url)
    store.init()
    store.apply(change_set(supplies("f1/g", "s1/g"), delivered("s1/g", "c1")), NOW)
    yield store
    store.close()


def every_call(store: Neo4jStore) -> dict[str, Callable[[], object]]:
    """Return one call of each kind."""
    return {
        "init": store.init,
        "info": store.info,
        "version": lambda: store.version(LENS),
        "closure": lambda: store.closure(["f1/g"], "downstream", LENS, 100_000),
        "portfolio": lambda: store.portfolio(LENS),
        "stream": lambda: list(store.stream()),
        "apply": lambda: store.apply(change_set(supplies("f2/g", "s1/g")), LATER),
        "retract": lambda: store.retract(LATER, claim_ids=["clm-00000000000000000000"]),
        "restore": lambda: store.restore([]),
    }


# --- servers that are not there, or not ours -------------------------------------------------------------------------


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_no_server(scheme: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and nobody listens
        store = Neo4jStore(f"{scheme}://neo4j:s3cret@127.0.0.1:{taken.getsockname()[1]}")
        for call in every_call(store).values():
            with refused(StoreUnavailable, "cannot be reached: check that the server runs"):
                call()


@pytest.mark.parametrize("scheme", ["bolt", "neo4j", "neo4j+s"])
def test_a_name_that_is_none(scheme: str) -> None:
    store = Neo4jStore(f"{scheme}://neo4j:s3cret@no-such-host.invalid:7687")
    with refused(StoreUnavailable, r"no-such-host\.invalid:7687 cannot be reached"):
        store.version(LENS)


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_something_that_accepts_and_never_answers(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        store = Neo4jStore(f"{scheme}://neo4j:s3cret@127.0.0.1:{mute.getsockname()[1]}")
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable):
            store.version(LENS)
        assert time.monotonic() - begun < LIMIT_S
        store.close()


def test_something_that_is_no_neo4j() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:

        def answer() -> None:
            with contextlib.suppress(OSError):
                connection, _ = other.accept()
                with connection:
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with refused(StoreUnavailable, "127.0.0.1"):
            Neo4jStore(f"bolt://neo4j:s3cret@127.0.0.1:{other.getsockname()[1]}").version(LENS)
        thread.join()


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_wrong_password(neo4j_server: Neo4jServer, scheme: str) -> None:
    store = Neo4jStore(neo4j_server.url, password="s3cret-not-this")
    with refused(StoreUnavailable, "refuses the user name or the password"):
        store.version(LENS)


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_a_database_that_is_not_there(neo4j_server: Neo4jServer, scheme: str) -> None:
    url = f"{scheme}{neo4j_server.url.removeprefix('bolt')}/nosuchdatabase"
    store = Neo4jStore(url)
    with refused(StoreUnavailable, "no such database"):
        store.version(LENS)
    store.close()


# --- servers that hang -----------------------------------------------------------------------------------------------


def test_a_server_that_stops_answering(store: Neo4jStore, killable_neo4j: Neo4jServer) -> None:
    with hung(killable_neo4j), refused(QueryTimeout, "did not answer within 8 seconds"):
        store.closure(["f1/g"], "downstream", LENS, 100_000)
    assert len(store.closure(["f1/g"], "downstream", LENS, 100_000).claims) == 2


@pytest.mark.parametrize("name", ["init", "info", "version", "portfolio", "apply", "restore"])
def test_no_call_waits_for_a_server_that_hangs(killable_neo4j: Neo4jServer, store: Neo4jStore, name: str) -> None:
    hasty = Neo4jStore(killable_neo4j.url, timeout_s=1.0)
    hasty.version(LENS)
    with hung(killable_neo4j), refused(QueryTimeout, "within 1 seconds"):
        every_call(hasty)[name]()
    assert hasty.version(LENS) >= 1
    hasty.close()


def test_a_server_that_hangs_before_the_first_word(killable_neo4j: Neo4jServer, store: Neo4jStore) -> None:
    fresh = Neo4jStore(killable_neo4j.url)
    with hung(killable_neo4j):
        begun = time.monotonic()
        with pytest.raises(StoreUnavailable):
            fresh.version(LENS)
        fresh.close()
        assert time.monotonic() - begun < LIMIT_S
    assert fresh.version(LENS) == 1
    fresh.close()


def test_a_server_that_hangs_within_an_export(store: Neo4jStore, killable_neo4j: Neo4jServer) -> None:
    lines = store.stream()
    next(lines)
    next(lines)
    with hung(killable_neo4j), refused(QueryTimeout, "did not answer"):
        list(lines)


def test_a_server_that_hangs_within_an_import(store: Neo4jStore, killable_neo4j: Neo4jServer) -> None:
    big = large()
    stopped: list[float] = []

    def stop(done: int, total: int) -> None:
        if 0 < done < total and not stopped:
            assert killable_neo4j.pid is not None
            os.kill(killable_neo4j.pid, signal.SIGSTOP)
            stopped.append(time.monotonic())

    assert killable_neo4j.pid is not None
    try:
        with pytest.raises(QueryTimeout, match="did not answer"):
            store.apply(big, LATER, progress=stop)
        assert time.monotonic() - stopped[0] < LIMIT_S
    finally:
        os.kill(killable_neo4j.pid, signal.SIGCONT)
    with pytest.raises(ImportInterrupted, match="import 2"):
        store.apply(change_set(supplies("f9/g", "s1/g")), LATER)
    report = store.apply(big, LATER)
    assert report.resumed
    assert report.new == len(big.statements)
    assert store.version(LENS) == 2


def test_a_writer_does_not_wait_forever_for_another(store: Neo4jStore, killable_neo4j: Neo4jServer) -> None:
    with killable_neo4j.driver() as driver, driver.session() as session, session.begin_transaction() as tx:
        tx.run("MATCH (s:Store) SET s.locked = true").consume()
        with refused(QueryTimeout, "did not answer"):
            store.apply(change_set(supplies("f2/g", "s1/g")), LATER)
        assert len(store.closure(["f1/g"], "downstream", LENS, 1_000).claims) == 2  # readers never wait
        tx.rollback()


# --- servers that end, or give up ------------------------------------------------------------------------------------


def run_by_hand(store: Neo4jStore, text: str) -> object:
    """Run a statement through the store's own connection: one that no method of it would send."""

    def work(tx: Transaction) -> object:
        return tx._inner.run(text).data()

    return store._connection.read(work)


def test_a_question_that_takes_too_long(neo4j_server: Neo4jServer) -> None:
    store = Neo4jStore(neo4j_server.url, timeout_s=2.0)
    with refused(QueryTimeout, "within"):
        run_by_hand(store, "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b) AS s")
    store.close()


def test_the_server_s_own_limit_is_understood(neo4j_server: Neo4jServer) -> None:
    with (
        refused(QueryTimeout, "did not finish within the time limit"),
        neo4j_server.driver() as driver,
        driver.session() as session,
        session.begin_transaction(timeout=1.0) as tx,
    ):
        try:
            tx.run("UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b) AS s").consume()
        except DRIVER_ERRORS as error:
            raise translate(error, "here") from error


def test_a_question_that_takes_too_much_memory(neo4j_server: Neo4jServer) -> None:
    store = Neo4jStore(neo4j_server.url)
    with refused(StoreUnavailable, "ran out of memory for one transaction"):
        run_by_hand(
            store, "UNWIND range(1, 50000000) AS i WITH collect(toString(i) + 'text') AS texts RETURN size(texts) AS s"
        )
    assert run_by_hand(store, "RETURN 1 AS one") == [{"one": 1}]
    store.close()


def test_a_server_that_is_killed_beneath_a_question(store: Neo4jStore, killable_neo4j: Neo4jServer) -> None:
    timer = threading.Timer(1.0, killable_neo4j.kill)
    timer.start()
    with refused(StoreUnavailable, "cannot be reached"):
        run_by_hand(store, "UNWIND range(1, 1000000) AS a UNWIND range(1, 1000000) AS b RETURN sum(a * b) AS s")
    timer.join()
    for name, call in every_call(store).items():
        with refused(StoreUnavailable, "cannot be reached"):
            call()
        assert name
    killable_neo4j.restart()
    assert store.version(LENS) == 1


def test_the_password_is_in_no_text(neo4j_server: Neo4jServer) -> None:
    store = Neo4jStore(neo4j_server.url, database="nosuchdatabase")
    with pytest.raises(StoreUnavailable) as caught:
        store.version(LENS)
    store.close()
    shown = f"{caught.value}{caught.value.__cause__}{store._connection.address!r}"
    assert parse_url(neo4j_server.url).password not in shown
