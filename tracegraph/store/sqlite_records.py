"""Records that are not claims, and the audit trail, in the SQLite store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any, Final

from tracegraph.model import canonical_json
from tracegraph.store.canonical import body_digest
from tracegraph.store.port import AUDIT, VERSIONED_KINDS
from tracegraph.store.record_writes import beyond, keys_of, leased, planned
from tracegraph.store.rows import Beside, Record
from tracegraph.store.sqlite_codes import end_second, second, second_text

#: What `record_of` reads.
RECORD_COLUMNS: Final = "kind, id, version, body, recorded_at, visibility, retracted_at, due_at"

NEWEST_SQL: Final = f"SELECT {RECORD_COLUMNS} FROM record WHERE kind = ? AND id = ? ORDER BY version DESC LIMIT 1"
LAST_SQL: Final = f"SELECT {RECORD_COLUMNS} FROM record WHERE kind = ? ORDER BY id DESC LIMIT 1"
DUE_SQL: Final = f"""
    SELECT {RECORD_COLUMNS} FROM record INDEXED BY record_due
    WHERE kind = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?"""


def records(connection: sqlite3.Connection, kind: str, record_id: str | None) -> list[Record]:
    """Return all kept versions of records of a kind, by id and version."""
    rows = connection.execute(
        f"""
        SELECT {RECORD_COLUMNS} FROM record
        WHERE kind = :kind {"" if record_id is None else "AND id = :id"} ORDER BY id, version""",
        {"kind": kind, "id": record_id},
    )
    return [record_of(row) for row in rows]


def record_of(row: tuple[str, str, int, str, int, str, int | None, int | None]) -> Record:
    """Return the record of a row of `RECORD_COLUMNS`."""
    kind, record_id, number, body, recorded_at, visibility, retracted_at, due_at = row
    times = second_text(recorded_at), visibility, second_text(retracted_at)
    return Record(kind, record_id, number, json.loads(body), *times, None if due_at is None else second_text(due_at))


def page(connection: sqlite3.Connection, kind: str, after: str, prefix: str, limit: int) -> list[Record]:
    """Return newest versions of records of a kind in the order of ids; see `RecordStore.page`."""
    values = {"kind": kind, "first": max(after, prefix), "beyond": beyond(prefix), "limit": limit}
    return [record_of(row) for row in connection.execute(page_sql(after, prefix), values)]


def page_sql(after: str, prefix: str) -> str:
    """Return the statement that reads a page: one stretch of the primary key."""
    return f"""
        SELECT {RECORD_COLUMNS} FROM record r
        WHERE kind = :kind AND id {">" if after and after >= prefix else ">="} :first
            {"" if beyond(prefix) is None else "AND id < :beyond"} AND retracted_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM record n WHERE n.kind = r.kind AND n.id = r.id AND n.version > r.version)
        ORDER BY id LIMIT :limit"""


def put_beside(connection: sqlite3.Connection, beside: Beside, now: int) -> list[Record]:
    """Write records and audit rows; see `RecordStore.commit`."""
    newest: dict[tuple[str, str], Record] = {}
    for key in keys_of(beside):
        row = connection.execute(NEWEST_SQL, key).fetchone()
        if row:
            newest[key] = record_of(row)
    last = connection.execute(LAST_SQL, (AUDIT,)).fetchone() if beside.audit else None
    plan = planned(beside, newest, last and record_of(last), second_text(now))
    _put(connection, plan.put)
    connection.executemany(
        "UPDATE record SET retracted_at = ?, due_at = NULL WHERE kind = ? AND id = ? AND version = ?",
        ((second(record.retracted_at), record.kind, record.id, record.version) for record in plan.ended),
    )
    connection.executemany("DELETE FROM record WHERE kind = ? AND id = ?", plan.deleted)
    for record in plan.audit:
        insert(connection, record, body_digest(record.body), None)
    return plan.written


def is_due(connection: sqlite3.Connection, kind: str, now: int) -> bool:
    """Return whether any record of a kind is due."""
    return connection.execute(DUE_SQL, (kind, now, 1)).fetchone() is not None


def take(connection: sqlite3.Connection, kind: str, now: int, until: int, limit: int) -> list[Record]:
    """Hand out what is due; see `RecordStore.take`."""
    due = [record_of(row) for row in connection.execute(DUE_SQL, (kind, now, limit))]
    taken = [leased(record, second_text(now), second_text(until)) for record in due]
    _put(connection, taken)
    return taken


def _put(connection: sqlite3.Connection, written: Iterable[Record]) -> None:
    """Write the next versions of records."""
    for record in written:
        if record.kind in VERSIONED_KINDS:
            sql = "UPDATE record SET due_at = NULL WHERE kind = ? AND id = ? AND due_at IS NOT NULL"
        else:
            sql = "DELETE FROM record WHERE kind = ? AND id = ?"
        connection.execute(sql, (record.kind, record.id))
        insert(connection, record, body_digest(record.body), None)


def insert(connection: sqlite3.Connection, record: Record, digest: str, change_set: int | None) -> None:
    """Insert one version of a record."""
    due_at = None if record.due_at is None else second(record.due_at)
    values: tuple[Any, ...] = (
        *(record.kind, record.id, record.version, canonical_json(record.body), second(record.recorded_at)),
        *(record.visibility, end_second(record.retracted_at), due_at, digest, change_set),
    )
    connection.execute(
        f"INSERT INTO record ({RECORD_COLUMNS}, digest, change_set) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values
    )
