"""What an SQLite store is and holds."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tracegraph.store.rows import StoreInfo
from tracegraph.store.sqlite_codes import LABELS, TYPES
from tracegraph.store.sqlite_connection import Connections
from tracegraph.store.sqlite_journal import entries
from tracegraph.store.sqlite_schema import applied_migrations, migrations

_IMPORTS = 20


def store_info(connections: Connections) -> StoreInfo:
    """Return what the store is and holds; see `StoreKeeper.info`."""
    url, server = f"sqlite:///{connections.path}", f"SQLite {sqlite3.sqlite_version}"
    if not connections.path.exists():
        return StoreInfo(url, "sqlite", server, 0, len(migrations()), {}, ())
    with connections.translated(connections.busy_seconds), closing(connections.open("rw")) as connection:
        version = applied_migrations(connection, connections.path)
        is_ready = version == len(migrations())
        return StoreInfo(
            url=url,
            kind="sqlite",
            server=server,
            schema_version=version,
            schema_expected=len(migrations()),
            counts=_counts(connection) if is_ready else {},
            imports=entries(connection, _IMPORTS) if is_ready else (),
        )


def _counts(connection: sqlite3.Connection) -> dict[str, int]:
    labels = connection.execute("SELECT label, count(*) FROM node GROUP BY label ORDER BY label")
    counts = {LABELS[label].value: number for label, number in labels}
    types = connection.execute("SELECT type, count(*) FROM claim GROUP BY type ORDER BY type")
    counts |= {TYPES[kind].value: number for kind, number in types}
    counts.update(connection.execute("SELECT kind, count(*) FROM record GROUP BY kind ORDER BY kind"))
    return counts
