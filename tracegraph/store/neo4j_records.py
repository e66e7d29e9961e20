"""Versioned records that are not claims, in the Neo4j store: an incident's revisions."""

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
from tracegraph.store.rows import Record
from tracegraph.vocabulary import NOT_RETRACTED

INCIDENT: Final = "incident"

Revisions = Sequence[tuple[IncidentRevision, str]]


def record_rows(tx: Transaction, kind: str | None, record_id: str | None = None) -> list[tuple[Record, str, int]]:
    """Return versions of records by kind, id and version, each with its digest and the change set that recorded it."""
    rows = sorted(tx.rows("records", kind=kind, id=record_id), key=lambda row: row[:3])
    return [(_record(row), row[7], row[8]) for row in rows]


def _record(row: Row) -> Record:
    kind, record_id, version, body, recorded_at, visibility, retracted_at, _digest, _change_set = row
    return Record(kind, record_id, version, json.loads(body), recorded_at, visibility, retracted_at)


def row_of_record(record: Record, digest: str, change_set: int) -> dict[str, Any]:
    """Return a row of ``put_records``."""
    return asdict(record) | {"body": canonical_json(record.body), "digest": digest, "change_set": change_set}


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
