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
