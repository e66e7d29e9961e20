"""What can be wrong with the file, and what the store says then."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.contract.build import LATER, LENS, NOW, change_set, large, reach, stored, supplies
from tracegraph.errors import (
    ImportInterrupted,
    QueryTimeout,
    StoreDamaged,
    StoreNotReady,
    StoreUnavailable,
    TracegraphError,
)
from tracegraph.store import sqlite_connection
from tracegraph.store.sqlite import SqliteStore

ONE = supplies("f1/g", "s1/g")
USES: tuple[Callable[[SqliteStore], object], ...] = (
    lambda store: store.version(LENS),
    lambda store: store.init(),
    lambda store: store.info(),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Path of a store that does not exist yet."""
    return tmp_path / "a store.db"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """A store with one claim."""
    store = SqliteStore(path)
    store.init()
    store.apply(change_set(ONE), NOW)
    yield store
    store.close()


def test_a_missing_file_is_not_made_by_reading(path: Path) -> None:
    with pytest.raises(StoreNotReady, match="tracegraph store init") as failure:
        SqliteStore(path).version(LENS)
    assert str(path) in str(failure.value)
    assert SqliteStore(path).info().schema_version == 0
    assert not path.exists()


def test_a_missing_folder(tmp_path: Path) -> None:
    path = tmp_path / "none" / "store.db"
    with pytest.raises(StoreUnavailable, match="folder") as failure:
        SqliteStore(path).init()
    assert str(path) in str(failure.value)


def test_a_file_that_is_no_database(path: Path) -> None:
    path.write_bytes(b"seller_id,buyer_id,product\n" * 100)
    for use in USES:
        with pytest.raises(StoreDamaged, match="not a tracegraph store"):
            use(SqliteStore(path))
    assert path.read_bytes().startswith(b"seller_id")


def test_a_database_of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE t (x)")
    for use in USES:
        with pytest.raises(StoreDamaged, match="another program"):
            use(SqliteStore(path))


def test_an_empty_file_is_a_store_to_be(path: Path) -> None:
    path.touch()
    with pytest.raises(StoreNotReady, match="tracegraph store init"):
        SqliteStore(path).version(LENS)
    assert SqliteStore(path).init()


def test_a_folder_in_its_place(path: Path) -> None:
    path.mkdir()
    with pytest.raises(StoreUnavailable, match=r"a store\.db"):
        SqliteStore(path).init()


def test_pages_overwritten(store: SqliteStore, path: Path) -> None:
    store.apply(change_set(*(supplies(f"f{n}/g", "s1/g") for n in range(3000))), NOW)
    store.close()
    content = bytearray(path.read_bytes())
    content[4096 * 4 :] = os.urandom(len(content) - 4096 * 4)
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="damaged"):
        stored(SqliteStore(path))


def test_a_truncated_file(store: SqliteStore, path: Path) -> None:
    store.apply(change_set(*(supplies(f"f{n}/g", "s1/g") for n in range(3000))), NOW)
    store.close()
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(StoreDamaged):
        stored(SqliteStore(path))


def test_no_room_left(store: SqliteStore, path: Path) -> None:
    with store._connections.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    store._connections._mine().execute(f"PRAGMA max_page_count = {pages + 2}")
    many = change_set(*(supplies(f"f{n}/g", "s1/g") for n in range(3000)))
    with pytest.raises(StoreDamaged, match="free some space"):
        store.apply(many, LATER)
    assert reach(store, "f1/g") == {("f1/g", "s1/g")}
    assert len(stored(store)) == 1
    store.close()  # with room again
    assert store.apply(many, LATER).new == 2999


def test_no_room_left_in_the_middle_of_batches(store: SqliteStore) -> None:
    big = large()
    with store._connections.reading() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
    store._connections._mine().execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(StoreDamaged, match="free some space"):
        store.apply(big, LATER)
    store.close()
    assert store.apply(big, LATER).new == len(big.statements)


def test_a_store_that_may_not_be_written(store: SqliteStore, path: Path) -> None:
    store._connections._mine().execute("PRAGMA query_only = ON")
    with pytest.raises(StoreUnavailable, match="write access"):
        store.apply(change_set(supplies("f2/g", "s1/g")), LATER)
    assert reach(store, "f1/g") == {("f1/g", "s1/g")}


def test_another_writer_that_does_not_end(store: SqliteStore, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_connection, "BUSY_SECONDS", 0.2)
    store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert reach(store, "f1/g") == {("f1/g", "s1/g")}  # readers go on
        assert store.init() == []  # and so does setting up what is set up
        with pytest.raises(StoreUnavailable, match="locked") as failure:
            store.retract(LATER, change_set=1)
        assert str(path) in str(failure.value)
    assert store.retract(LATER, change_set=1).retracted == 1


def test_a_question_that_takes_too_long(store: SqliteStore, path: Path) -> None:
    store.apply(large(), NOW)
    hasty = SqliteStore(path, read_seconds=0.0)
    with pytest.raises(QueryTimeout, match="narrow"):
        hasty.closure([f"s-{n}/p" for n in range(5000)], "downstream", LENS, 100_000)
    assert len(hasty.portfolio(LENS).start) > 5000  # has no deadline
    assert issubclass(QueryTimeout, StoreUnavailable)
    hasty.close()


def test_no_error_of_the_engine_gets_through(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    store._connections._mine().execute("DROP TABLE touched")
    with pytest.raises(TracegraphError, match="refused"):
        store.version(LENS)


def test_a_connection_is_not_carried_over_a_fork(store: SqliteStore) -> None:
    assert reach(store, "f1/g")
    mine = store._connections._mine()
    child = os.fork()
    if not child:
        is_another = store._connections._mine() is not mine and bool(reach(store, "f1/g"))
        store.apply(change_set(supplies("f2/g", "s1/g")), LATER)
        store.close()
        os._exit(0 if is_another else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert store._connections._mine() is mine
    assert reach(store, "f2/g") == {("f2/g", "s1/g")}
    store.apply(change_set(supplies("f3/g", "s1/g")), LATER)
    assert reach(store, "f3/g")


def test_readers_beside_a_writer_see_whole_change_sets(store: SqliteStore) -> None:
    """Each change set moves a pair of claims; a reader always finds both or none."""
    ended = threading.Event()
    odd: list[int] = []
    answers: set[int] = set()

    def read() -> None:
        while not ended.is_set():
            number = len(store.closure(["s1/g"], "upstream", LENS, 1000).claims)
            answers.add(number)
            if number % 2 == 0:  # one claim is there from the beginning
                odd.append(number)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    for n in range(60):
        store.apply(change_set(supplies(f"f{n}/a", "s1/g"), supplies(f"f{n}/b", "s1/g")), NOW)
    ended.set()
    for reader in readers:
        reader.join()
    assert not odd
    assert len(answers) > 1
    assert len(store.closure(["s1/g"], "upstream", LENS, 1000).claims) == 121


def test_two_writers_take_turns(store: SqliteStore) -> None:
    failures: list[BaseException] = []

    def write(letter: str) -> None:
        try:
            for n in range(25):
                store.apply(change_set(supplies(f"{letter}{n}/g", "s1/g")), NOW)
        except BaseException as error:  # noqa: BLE001 - shown below
            failures.append(error)

    writers = [threading.Thread(target=write, args=(letter,)) for letter in "abcd"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert failures == []
    assert store.version(LENS) == 101
    assert len(stored(store)) == 101


def test_an_import_that_somebody_discards_meanwhile_stops(store: SqliteStore) -> None:
    def discard(done: int, _total: int) -> None:
        if done:
            store.retract(LATER, change_set=2)

    with pytest.raises(ImportInterrupted, match="run it again"):
        store.apply(large(), LATER, progress=discard)
    assert len(store.portfolio(LENS).start) == 1
    assert store.apply(large(), LATER).new == len(large().statements)


def test_two_runs_of_the_same_import_share_the_work(store: SqliteStore, path: Path) -> None:
    big = large()
    again = SqliteStore(path)

    def run_again(done: int, total: int) -> None:
        if done == total and again.info().imports[0].state == "open":
            assert again.apply(big, LATER).resumed

    with pytest.raises(ImportInterrupted, match="finished"):
        store.apply(big, LATER, progress=run_again)
    assert len(stored(store)) == len(big.statements) + 1
    again.close()
