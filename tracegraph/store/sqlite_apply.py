"""Applying a change set to the SQLite store, at once or in batches under the journal; and what a dry run would do.

In batches, nothing that is in the store is touched before the last transaction: the versions that are replaced are
noted in the table `replaced` and end there, and reference data and incidents are written there. Readers leave out the
claims of the unfinished change set, so that until then every one of them sees the store as it was.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Final

from tracegraph.change_set import ChangeSet
from tracegraph.errors import ImportInterrupted
from tracegraph.incidents import IncidentRevision, incident_body
from tracegraph.messages import N_
from tracegraph.model import NodeRef, ReferenceRecord, canonical_json
from tracegraph.store.canonical import body_digest, reference_body, reference_id, reference_label
from tracegraph.store.port import ATOMIC_STATEMENTS, BesideOf, Progress
from tracegraph.store.rows import ApplyReport
from tracegraph.store.sqlite_codes import SPACES, id_text, second
from tracegraph.store.sqlite_connection import Connections
from tracegraph.store.sqlite_journal import Journal, next_journal, refuse, unfinished
from tracegraph.store.sqlite_keys import Keys
from tracegraph.store.sqlite_records import put_beside
from tracegraph.store.sqlite_write import ClaimWriter, Tally, fates
from tracegraph.vocabulary import PUBLIC, Label

BATCH: Final = 20_000
INCIDENT: Final = "incident"


class Application:
    """One change set on its way into the store.

    Parameters
    ----------
    connections : Connections
        The store's connections.
    change_set : ChangeSet
        What to write.
    now : str
        UTC time.
    progress : callable, optional
        Called with (done, total) statements, between transactions.
    beside : callable, optional
        Returns what commits with it.
    """

    def __init__(
        self,
        connections: Connections,
        change_set: ChangeSet,
        now: str,
        progress: Progress | None,
        beside: BesideOf | None,
    ) -> None:
        self._connections = connections
        self._change_set = change_set
        self._digest = change_set.digest
        self._now = second(now)
        self._progress = progress or (lambda _done, _total: None)
        self._beside = beside
        self._total = len(change_set.statements)
        self._in_batches = self._total > ATOMIC_STATEMENTS
        self._tally = Tally()
        self._claim_ids: Sequence[str] = ()
        self._resumed = False
        self._number: int | None = None  # of the change set, once a part of it is written
        self._keys: Keys | None = None

    def run(self) -> ApplyReport:
        """Write it; see `GraphWriter.apply`."""
        self._progress(0, self._total)
        if self._in_batches:
            with self._connections.large_cache():
                self._run_batches()
        with self._connections.writing() as connection:
            journal = self._journal(connection)
            if not self._in_batches:
                self._write(connection, journal, 0, ATOMIC_STATEMENTS)
            report = self._finish(connection, journal)
            if self._beside:
                put_beside(connection, self._beside(report), self._now)
        if not self._in_batches:
            self._progress(self._total, self._total)
        return report

    def _run_batches(self) -> None:
        position = 0
        while position < self._total:
            with self._connections.writing() as connection:
                journal = self._journal(connection)
                self._resumed = self._resumed or (position == 0 and journal.is_written)
                position = self._write(connection, journal, max(position, journal.done), BATCH)
            self._progress(position, self._total)

    def preview(self) -> ApplyReport:
        """Return what `run` would do, and write nothing."""
        with self._connections.reading(unlimited=True) as connection:
            journal = self._journal(connection)
            claim_ids: list[str] = []
            for fate in fates(connection, self._change_set.statements):
                self._tally.add_fate(fate)
                if not self._in_batches:
                    claim_ids.append(id_text(fate.claim_id))
            self._claim_ids = claim_ids
            journal.counts |= {kind: self._tally.counts.get(kind, 0) for kind in ("new", "changed")}
            journal.counts["references"] = len(changed_references(connection, self._change_set.references))
            journal.counts["incidents"] = len(new_revisions(connection, self._change_set.incidents))
            return self._report(journal, None)

    def _journal(self, connection: sqlite3.Connection) -> Journal:
        journal = unfinished(connection)
        if self._number not in (None, journal and journal.number):
            raise ImportInterrupted(
                N_("import {number} was finished or discarded by somebody else while it was written: run it again"),
                number=self._number,
            )
        if journal is None:
            description = self._change_set.description
            return next_journal(connection, description, self._digest, self._now, later=self._in_batches)
        if journal.digest != self._digest:
            raise refuse(journal)
        return journal

    def _keys_of(self, connection: sqlite3.Connection) -> Keys:
        """Return the keys found so far: what earlier batches committed stays true."""
        if self._keys is None or self._keys.connection is not connection:
            self._keys = Keys(connection, self._change_set.holders)
        return self._keys

    def _write(self, connection: sqlite3.Connection, journal: Journal, position: int, limit: int) -> int:
        """Write a batch of statements, and return how many are done."""
        statements = self._change_set.statements[position : position + limit]
        decided = list(fates(connection, statements))
        if not self._in_batches:
            self._claim_ids = [id_text(fate.claim_id) for fate in decided]
        tally = Tally()
        for fate in decided:
            tally.add_fate(fate)
            self._tally.add_example(fate)
        journal.done = position + len(statements)
        journal.visibilities |= tally.visibilities
        journal.names_only = tally.names_only and not self._in_batches
        for kind in ("new", "changed"):
            journal.counts[kind] += tally.counts.get(kind, 0)
        if journal.is_written or tally.visibilities:
            journal.write(connection)
            self._number = journal.number
            writer = ClaimWriter(connection, self._keys_of(connection), journal.number, journal.recorded_at)
            ends = writer.write(decided)
            journal.settle(connection, writer.settled_at)
            connection.executemany("INSERT INTO replaced (claim_pk, retracted_at) VALUES (?, ?)", ends.items())
        return journal.done

    def _finish(self, connection: sqlite3.Connection, journal: Journal) -> ApplyReport:
        """Write what goes with the statements, and let readers see it all."""
        references = changed_references(connection, self._change_set.references)
        revisions = new_revisions(connection, self._change_set.incidents)
        if not (journal.is_written or references or revisions):
            return self._report(journal, None)
        journal.counts["references"], journal.counts["incidents"] = len(references), len(revisions)
        journal.visibilities |= {revision.visibility for revision, _ in revisions}
        if any(ref.label is not Label.SOURCE for ref in references):
            journal.visibilities.add(PUBLIC)
            journal.names_only = False
        journal.write(connection)
        keys = self._keys_of(connection)
        put_references(connection, keys, references)
        record_revisions(connection, revisions, journal)
        end_replaced(connection)
        journal.finish(connection, keys)
        return self._report(journal, journal.number)

    def _report(self, journal: Journal, number: int | None) -> ApplyReport:
        counts = journal.counts
        return ApplyReport(
            change_set=number,
            new=counts["new"],
            changed=counts["changed"],
            unchanged=self._total - counts["new"] - counts["changed"],
            references_changed=counts["references"],
            incidents_changed=counts["incidents"],
            examples=tuple(chain.from_iterable(self._tally.examples.values())),
            resumed=self._resumed,
            claim_ids=self._claim_ids,
        )


def end_replaced(connection: sqlite3.Connection) -> None:
    """End the versions that the change set being finished replaces."""
    connection.execute(
        """
        UPDATE claim SET retracted_at = (SELECT r.retracted_at FROM replaced r WHERE r.claim_pk = claim.pk)
        WHERE pk IN (SELECT claim_pk FROM replaced)"""
    )
    connection.execute("DELETE FROM replaced")


def changed_references(connection: sqlite3.Connection, records: Sequence[ReferenceRecord]) -> dict[NodeRef, str]:
    """Return the records that are new or differ from what the store has, as JSON; the newest wins."""
    bodies = {
        NodeRef(reference_label(record), reference_id(record)): canonical_json(reference_body(record))
        for record in records
    }
    changed: dict[NodeRef, str] = {}
    for ref, body in bodies.items():
        row = connection.execute(
            "SELECT r.body FROM node n CROSS JOIN reference r ON r.node_pk = n.pk WHERE n.space = ? AND n.id = ?",
            (SPACES[ref.label], ref.id),
        ).fetchone()
        if row is None or row[0] != body:
            changed[ref] = body
    return changed


def put_references(connection: sqlite3.Connection, keys: Keys, bodies: Mapping[NodeRef, str]) -> None:
    """Write reference records over older ones."""
    connection.executemany(
        "INSERT INTO reference (node_pk, body) VALUES (?, ?) ON CONFLICT (node_pk) DO UPDATE SET body = excluded.body",
        ((keys.node(ref), body) for ref, body in bodies.items()),
    )


def new_revisions(
    connection: sqlite3.Connection, incidents: Sequence[IncidentRevision]
) -> list[tuple[IncidentRevision, str]]:
    """Return the revisions that the store does not hold yet, with the digests by which they are recognised."""
    found: dict[tuple[str, str], IncidentRevision] = {}
    for revision in incidents:
        digest = body_digest(incident_body(revision))
        known = connection.execute(
            "SELECT 1 FROM record WHERE kind = ? AND id = ? AND digest = ? AND retracted_at IS NULL",
            (INCIDENT, revision.incident_id, digest),
        ).fetchone()
        if not known:
            found.setdefault((revision.incident_id, digest), revision)
    return [(revision, digest) for (_, digest), revision in found.items()]


def record_revisions(
    connection: sqlite3.Connection, revisions: Sequence[tuple[IncidentRevision, str]], journal: Journal
) -> None:
    """Record revisions, each as the next version of its incident."""
    for revision, digest in revisions:
        recorded_at = second(revision.recorded_at) if revision.recorded_at else journal.recorded_at
        connection.execute(
            """
            INSERT INTO record (kind, id, version, body, recorded_at, visibility, digest, change_set)
            SELECT :kind, :id, coalesce(max(version), 0) + 1, :body, :recorded_at, :visibility, :digest, :number
            FROM record WHERE kind = :kind AND id = :id""",
            {
                "kind": INCIDENT,
                "id": revision.incident_id,
                "body": canonical_json(incident_body(revision)),
                "recorded_at": recorded_at,
                "visibility": revision.visibility,
                "digest": digest,
                "number": journal.number,
            },
        )
