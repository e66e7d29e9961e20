"""Migrations of the SQLite store: numbered, checked, and taken up where they were cut short."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.contract.build import LENS, NOW, change_set, stored, supplies
from tracegraph.errors import StoreDamaged, StoreNotReady
from tracegraph.store import sqlite_schema
from tracegraph.store.sqlite import SqliteStore
from tracegraph.store.sqlite_schema import Migration, migrations, statements_of

SECOND = "-- A note; with a semicolon.\nCREATE TABLE extra (x TEXT DEFAULT ';');\n\nINSERT INTO extra VALUES ('a');\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Path of a store with one claim."""
    store = SqliteStore(tmp_path / "store.db")
    store.init()
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    store.close()
    return tmp_path / "store.db"


def know(monkeypatch: pytest.MonkeyPatch, *more: Migration) -> None:
    """Make this version know further migrations."""
    all_of_them = (*migrations(), *more)
    monkeypatch.setattr(sqlite_schema, "migrations", lambda: all_of_them)


def test_numbers_have_no_gaps() -> None:
    assert [migration.number for migration in migrations()] == list(range(1, len(migrations()) + 1))


def test_a_newer_version_brings_an_older_store_up_to_date(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    know(monkeypatch, Migration(len(migrations()) + 1, "9999_extra", SECOND))
    store = SqliteStore(path)
    with pytest.raises(StoreNotReady, match="tracegraph store init"):
        store.version(LENS)
    assert store.init() == ["9999_extra"]
    assert store.init() == []
    assert len(stored(store)) == 1
    store.close()


#: What a store of the first schema may hold: a finished import, an interrupted one that replaces a claim, a revision.
OLD_ROWS = """
INSERT INTO change_set VALUES (1, 'a', 100, 'finished', 'x', '["network"]', '{}', 0);
INSERT INTO change_set VALUES (2, 'b', 100, 'open', 'y', '["network"]', '{"new": 0}', 1);
INSERT INTO touched VALUES (2, 1);
INSERT INTO node (pk, space, label, id) VALUES (1, 0, 0, 's1'), (2, 0, 0, 's2');
INSERT INTO claim VALUES (1, x'01', 1, NULL, 4, 1, 2, 1, 0, 0, 2, 0, 20200101, 20300101, 100, 300, 1, 0, 1, NULL, '');
INSERT INTO claim VALUES (2, x'02', 1, NULL, 4, 1, 2, 1, 0, 0, 2, 0, 20200101, 20300101, 200, NULL, 1, 0, 1, NULL, '');
INSERT INTO claim VALUES (3, x'03', 1, NULL, 4, 1, 2, 1, 0, 0, 2, 0, 20200101, 20300101, 400, NULL, 2, 0, 1, NULL, '');
INSERT INTO replaced VALUES (2, 500);
INSERT INTO record VALUES ('incident', 'i1', 1, '{"title":"x"}', 100, NULL, 'network', 'd', 1);
INSERT INTO record VALUES ('incident', 'i1', 2, '{"title":"y"}', 100, 200, 'public', 'e', 1);
"""


def test_what_an_older_store_holds_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "old.db"
    first = migrations()[:1]
    with monkeypatch.context() as older, closing(sqlite3.connect(path, isolation_level=None)) as old:
        older.setattr(sqlite_schema, "migrations", lambda: first)
        sqlite_schema.migrate(old, path, None)
        old.executescript(OLD_ROWS)
    store = SqliteStore(path)
    assert store.init() == [migration.name for migration in migrations()[1:]]
    assert store.settled_at() == "1970-01-01T00:05:00Z"  # 300 s: what is unfinished does not count yet
    with store._connections.reading() as connection:
        assert connection.execute("SELECT settled_at FROM change_set ORDER BY number").fetchall() == [(300,), (500,)]
    assert [(r.version, r.body, r.visibility, r.retracted_at[:4], r.due_at) for r in store.records("incident")] == [
        (1, {"title": "x"}, "network", "9999", None),
        (2, {"title": "y"}, "public", "1970", None),
    ]
    assert [line["change_set"] for line in store.stream() if line["line"] == "record"] == [1, 1]
    assert store.retract(NOW, change_set=2).retracted == 1
    assert store.settled_at() == "1970-01-01T00:08:20Z"
    assert store.retract(NOW, change_set=1).incidents_changed == 1
    store.close()


def test_an_older_version_refuses_a_newer_store(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as newer:
        know(newer, Migration(len(migrations()) + 1, "9999_extra", SECOND))
        SqliteStore(path).init()
    for use in (SqliteStore(path).init, SqliteStore(path).info, lambda: SqliteStore(path).version(LENS)):
        with pytest.raises(StoreNotReady, match="use a newer tracegraph"):
            use()


def test_a_migration_that_was_changed_afterwards_is_noticed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tuple(Migration(m.number, m.name, m.sql + "-- changed\n") for m in migrations())
    monkeypatch.setattr(sqlite_schema, "migrations", lambda: changed)
    for use in (SqliteStore(path).init, lambda: SqliteStore(path).version(LENS)):
        with pytest.raises(StoreNotReady, match="0001_schema"):
            use()


def test_cut_short_at_any_statement_it_is_taken_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail at the n-th statement, for every n: the file is as before the migration, and the next run completes it."""
    know(monkeypatch, Migration(len(migrations()) + 1, "9999_extra", SECOND))
    steps = sum(len(list(statements_of(migration.sql))) for migration in sqlite_schema.migrations())
    for n in range(steps):
        store = SqliteStore(tmp_path / f"{n}.db")
        left = [n]

        def failing(sql: str, left: list[int] = left) -> list[str]:
            kept = list(statements_of(sql))
            cut = kept[: left[0]]
            left[0] -= len(kept)
            return cut if left[0] >= 0 else [*cut, "SELECT no_such_function()"]

        with monkeypatch.context() as broken:
            broken.setattr(sqlite_schema, "statements_of", failing)
            with pytest.raises(Exception, match="no_such_function"):
                store.init()
        store.init()
        store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
        assert store.version(LENS) == 1
        store.close()


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE migration (number, name, checksum)")
    before = path.read_bytes()
    with pytest.raises(StoreDamaged, match="another program"):
        SqliteStore(path).init()
    assert path.read_bytes() == before


def test_statements_are_split_where_they_end() -> None:
    assert [statement.split()[0] for statement in statements_of("SELECT ';';\nINSERT\nx;\n-- end\n")] == [
        "SELECT",
        "INSERT",
    ]
