"""The SQLite store's schema: numbered migrations, each in one transaction with its entry, checked by checksum."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from tracegraph.errors import StoreDamaged, StoreNotReady
from tracegraph.messages import N_
from tracegraph.store.port import Progress

APPLICATION_ID: Final = 0x54726163  # "Trac", at a fixed place in the file
_JOURNAL: Final = "CREATE TABLE migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema.

    Attributes
    ----------
    number : int
        1 for the first; they are applied in this order, without gaps.
    name : str
        Its file's name without the ending.
    sql : str
        Its statements.
    """

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Hash of the statements, by which a change made afterwards is noticed."""
        return hashlib.sha256(self.sql.encode()).hexdigest()[:16]


@cache
def migrations() -> tuple[Migration, ...]:
    """Return all migrations that this version knows, in order."""
    folder = files("tracegraph.store") / "sqlite_migrations"
    found = sorted((entry for entry in folder.iterdir() if entry.name.endswith(".sql")), key=lambda entry: entry.name)
    return tuple(
        Migration(int(entry.name[:4]), entry.name.removesuffix(".sql"), entry.read_text("utf-8")) for entry in found
    )


def check_schema(connection: sqlite3.Connection, path: Path) -> None:
    """Raise unless the file has exactly the schema that this version knows."""
    if applied_migrations(connection, path) < len(migrations()):
        raise StoreNotReady(
            N_("the store {path} has no schema yet, or an older one: run `tracegraph store init`"), path=str(path)
        )


def applied_migrations(connection: sqlite3.Connection, path: Path) -> int:
    """Return how many migrations a file has.

    Raises
    ------
    StoreDamaged
        The file belongs to another program.
    StoreNotReady
        It has a migration that this version does not know, or one whose statements were others.
    """
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if not tables and application == 0:
        return 0
    if application != APPLICATION_ID or "migration" not in tables:
        raise StoreDamaged(
            N_("{path} is a database of another program: give the path of a tracegraph store, or of a new file"),
            path=str(path),
        )
    applied = connection.execute("SELECT number, checksum FROM migration ORDER BY number").fetchall()
    _check_applied(applied, path)
    return len(applied)


def _check_applied(applied: list[tuple[int, str]], path: Path) -> None:
    known = migrations()
    if len(applied) > len(known):
        raise StoreNotReady(
            N_("the store {path} has schema {found}, this tracegraph knows {known}: use a newer tracegraph"),
            path=str(path),
            found=len(applied),
            known=len(known),
        )
    for (number, checksum), migration in zip(applied, known, strict=False):
        if (number, checksum) != (migration.number, migration.checksum):
            raise StoreNotReady(
                N_(
                    "the store {path} was made with another migration {name} than this tracegraph has: use the version "
                    "that made it to export it, and load the export into a new store"
                ),
                path=str(path),
                name=migration.name,
            )


def migrate(connection: sqlite3.Connection, path: Path, progress: Progress | None) -> list[str]:
    """Apply the migrations that are missing, and return their names.

    Each is one transaction together with its entry, so that a run that was cut short is taken up where it ended.
    """
    if applied_migrations(connection, path) == len(migrations()):
        return []  # without waiting for a writer
    connection.execute("PRAGMA journal_mode = WAL")
    done: list[str] = []
    for migration in migrations():
        connection.execute("BEGIN IMMEDIATE")
        try:
            if applied_migrations(connection, path) < migration.number:
                _apply(connection, migration)
                done.append(migration.name)
            connection.execute("COMMIT")
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        if progress:
            progress(migration.number, len(migrations()))
    return done


def _apply(connection: sqlite3.Connection, migration: Migration) -> None:
    if migration.number == 1:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(_JOURNAL)
    for statement in statements_of(migration.sql):
        connection.execute(statement)
    entry = (migration.number, migration.name, migration.checksum)
    connection.execute("INSERT INTO migration (number, name, checksum) VALUES (?, ?, ?)", entry)


def statements_of(sql: str) -> Iterator[str]:
    """Split a script into its statements."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip() and not all(line.startswith("--") or not line.strip() for line in statement.splitlines()):
        yield statement
