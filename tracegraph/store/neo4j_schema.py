"""The Neo4j store's schema: numbered migrations of ``cypher/schema``, each with an entry, checked by checksum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tracegraph.errors import StoreNotReady
from tracegraph.messages import N_
from tracegraph.store.neo4j_connection import Connection, Row, Transaction
from tracegraph.store.neo4j_journal import change_set_rows, entry_of
from tracegraph.store.neo4j_state import State, check_restored
from tracegraph.store.port import Progress
from tracegraph.store.queries import Migration, load_migrations
from tracegraph.store.rows import StoreInfo

#: The long-term release that the queries are written for and tested with.
OLDEST_SERVER: Final = (5, 26)
_WAIT_SECONDS: Final = 5
_IMPORTS: Final = 20


def migrate(connection: Connection, progress: Progress | None) -> list[str]:
    """Apply the migrations that are missing, and return their names.

    Every statement may be run again, and a migration's entry is written after its last one, so that a run that was cut
    short is taken up where it ended.
    """
    connection.read(lambda tx: check_server(tx, connection))
    known = load_migrations()
    applied = connection.read(lambda tx: applied_migrations(tx, connection))
    done: list[str] = []
    for migration in known[applied:]:
        for statement in migration.statements:
            connection.run_schema(statement)
        connection.write(lambda tx, migration=migration: _note(tx, migration))  # type: ignore[misc]
        done.append(migration.name)
        if progress:
            progress(migration.number, len(known))
    if done:
        connection.read(lambda tx: tx.run("await_indexes", seconds=_WAIT_SECONDS), long=True)
    return done


def _note(tx: Transaction, migration: Migration) -> None:
    tx.run("put_migration", number=migration.number, name=migration.name, checksum=migration.checksum)
    tx.run("settle_store")


def check_server(tx: Transaction, connection: Connection) -> str:
    """Return the server's version; raises `StoreNotReady` for one that is too old."""
    ((version, _edition),) = tx.rows("server")
    numbers = tuple(int(digits) for digits in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST_SERVER:
        raise StoreNotReady(
            N_("{place} is Neo4j {version}: tracegraph needs {oldest} or newer"),
            place=connection.place,
            version=version,
            oldest=".".join(map(str, OLDEST_SERVER)),
        )
    return str(version)


def applied_migrations(tx: Transaction, connection: Connection) -> int:
    """Return how many migrations the store has; raises `StoreNotReady` where they are not ours, or not finished."""
    for row in tx.rows("store_state"):
        check_restored(State(*row), connection)
    applied = tx.rows("migrations")
    _check_applied(applied, connection)
    return len(applied)


def _check_applied(applied: Sequence[Row], connection: Connection) -> None:
    known = load_migrations()
    if len(applied) > len(known):
        raise StoreNotReady(
            N_("the store {place} has schema {found}, this tracegraph knows {known}: use a newer tracegraph"),
            place=connection.place,
            found=len(applied),
            known=len(known),
        )
    for (number, _name, checksum), migration in zip(applied, known, strict=False):
        if (number, checksum) != (migration.number, migration.checksum):
            raise StoreNotReady(
                N_(
                    "the store {place} was made with another migration {name} than this tracegraph has: use the "
                    "version that made it to export it, and load the export into a new store"
                ),
                place=connection.place,
                name=migration.name,
            )


def store_info(tx: Transaction, connection: Connection) -> StoreInfo:
    """Return what the store is and holds; see `StoreKeeper.info`."""
    ((version, edition),) = tx.rows("server")
    applied = applied_migrations(tx, connection)
    is_ready = applied == len(load_migrations())
    return StoreInfo(
        url=connection.place,
        kind="neo4j",
        server=f"Neo4j {version} {edition}",
        schema_version=applied,
        schema_expected=len(load_migrations()),
        counts=_counts(tx) if is_ready else {},
        imports=[entry_of(row) for row in change_set_rows(tx, _IMPORTS)] if is_ready else (),
    )


def _counts(tx: Transaction) -> dict[str, int]:
    """Return how much there is of each label, type and kind, where there is any."""
    rows = [row for query in ("node_counts", "claim_counts", "record_counts") for row in tx.rows(query)]
    return {name: number for name, number in rows if number}
