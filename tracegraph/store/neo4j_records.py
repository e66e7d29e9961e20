"""Records that are not claims, and the audit trail, in the Neo4j store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from tracegraph.incidents import IncidentRevision, incident_body
from tracegraph.model import canonical_json
from tracegraph.store.canonical import body_digest
from tracegraph.store.neo4j_connection import Row, Transaction
from tracegraph.store.neo4j_fates import chunks
from tracegraph.store.neo4j_journal import Journal
from tracegraph.store.port import AUDIT, VERSIONED_KINDS
from tracegraph.store.record_writes import Key, beyond, keys_of, leased, planned
from tracegraph.store.rows import Beside, Record
from tracegraph.vocabulary import NOT_RETRACTED

INCIDENT: Final = "incident"

Revisions = Sequence[tuple[IncidentRevision, str]]
#: A record, its digest, and the change set that recorded it, if one did.
Stored = tuple[Record, str, int | None]

_BEYOND_ALL: Final = "\uffff" * 4  # no id sorts after it


def record_rows(tx: Transaction, kind: str, record_id: str | None = None) -> list[Stored]:
    """Return kept versions of records of a kind (or of one of them) by id and version."""
    of_one = None if record_id is None else tx.rows("records", kind=kind, id=record_id)
    rows = tx.rows("records_of_kind", kind=kind) if of_one is None else of_one
    return [stored_of(row) for row in sorted(rows, key=lambda row: row[:3])]


def stored_of(row: Row) -> Stored:
    """Return the record of a row, its digest, and the change set that recorded it, if one did."""
    kind, record_id, version, body, recorded_at, visibility, retracted_at, due_at, digest, change_set = row
    times = recorded_at, visibility, retracted_at, due_at
    return Record(kind, record_id, version, json.loads(body), *times), digest, change_set


def row_of_record(record: Record, digest: str, change_set: int | None) -> dict[str, Any]:
    """Return a row of ``put_records``."""
    return asdict(record) | {"body": canonical_json(record.body), "digest": digest, "change_set": change_set}


def of_change_set(tx: Transaction, number: int) -> list[Record]:
    """Return the versions of records that a change set recorded."""
    return [stored_of(row)[0] for row in tx.rows("records_of_change_set", number=number)]


def page(tx: Transaction, kind: str, after: str, prefix: str, limit: int) -> list[Record]:
    """Return newest versions of records of a kind in the order of ids; see `RecordStore.page`."""
    bounds = {"first": max(after, prefix), "after": after, "beyond": beyond(prefix) or _BEYOND_ALL}
    return [stored_of(row)[0] for row in tx.rows("records_page", kind=kind, limit=limit, **bounds)]


def put_beside(tx: Transaction, beside: Beside, now: str) -> list[Record]:
    """Write records and audit rows, in a transaction that has locked the store; see `RecordStore.commit`."""
    newest: dict[Key, Record] = {}
    for keys in chunks(_keys(keys_of(beside))):
        for row in tx.rows("newest_records", rows=keys):
            newest[row[0], row[1]] = stored_of(row)[0]
    last = [stored_of(row)[0] for row in tx.rows("last_record", kind=AUDIT)] if beside.audit else []
    plan = planned(beside, newest, last[0] if last else None, now)
    _put(tx, plan.put)
    ended = [
        {"kind": record.kind, "id": record.id, "version": record.version, "retracted_at": record.retracted_at}
        for record in plan.ended
    ]
    _run(tx, "end_records", ended)
    _run(tx, "delete_records", _keys(plan.deleted))
    _run(tx, "put_records", [row_of_record(record, body_digest(record.body), None) for record in plan.audit])
    return plan.written


def take(tx: Transaction, kind: str, now: str, until: str, limit: int) -> list[Record]:
    """Hand out what is due, in a transaction that has locked the store; see `RecordStore.take`."""
    due = [stored_of(row)[0] for row in tx.rows("due_records", kind=kind, now=now, limit=limit)]
    taken = [leased(record, now, until) for record in due]
    _put(tx, taken)
    return taken


def _put(tx: Transaction, written: Sequence[Record]) -> None:
    """Write the next versions of records."""
    for query, is_versioned in (("pass_records", True), ("delete_records", False)):
        keys = [(record.kind, record.id) for record in written if (record.kind in VERSIONED_KINDS) is is_versioned]
        _run(tx, query, _keys(keys))
    _run(tx, "put_records", [row_of_record(record, body_digest(record.body), None) for record in written])


def _keys(keys: Sequence[Key]) -> list[dict[str, str]]:
    return [{"kind": kind, "id": record_id} for kind, record_id in keys]


def _run(tx: Transaction, query: str, rows: Sequence[dict[str, Any]]) -> None:
    for batch in chunks(rows):
        tx.run(query, rows=batch)


def new_revisions(tx: Transaction, incidents: Sequence[IncidentRevision]) -> list[tuple[IncidentRevision, str]]:
    """Return the revisions that the store does not hold yet, with the digests by which they are recognised."""
    if not incidents:
        return []
    held = {
        (record.id, digest) for record, digest, _ in record_rows(tx, INCIDENT) if record.retracted_at == NOT_RETRACTED
    }
    found: dict[tuple[str, str], IncidentRevision] = {}
    for revision in incidents:
        known_by = (revision.incident_id, body_digest(incident_body(revision)))
        if known_by not in held:
            found.setdefault(known_by, revision)
    return [(revision, digest) for (_, digest), revision in found.items()]


def put_revisions(tx: Transaction, revisions: Revisions, journal: Journal) -> None:
    """Record revisions, each as the next version of its incident."""
    if not revisions:
        return
    last: dict[str, int] = {}
    for record, _, _ in record_rows(tx, INCIDENT):
        last[record.id] = max(record.version, last.get(record.id, 0))
    rows: list[dict[str, Any]] = []
    for revision, digest in revisions:
        last[revision.incident_id] = version = last.get(revision.incident_id, 0) + 1
        record = Record(
            kind=INCIDENT,
            id=revision.incident_id,
            version=version,
            body=incident_body(revision),
            recorded_at=revision.recorded_at or journal.recorded_at,
            visibility=revision.visibility,
        )
        rows.append(row_of_record(record, digest, journal.number))
    for batch in chunks(rows):
        tx.run("put_records", rows=batch)
