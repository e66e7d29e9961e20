"""Applying a change set to the Neo4j store, at once or in batches under the journal; and what a dry run would do.

In batches, a version that is replaced ends at the change set's own time, which is later than all before it, so that
readers can tell and count it as held until the change set is finished (`LensParameters.held_at`). One that is replaced
by a claim that states its own time is only noted, and ends in the last transaction; reference data and incidents are
written there too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain
from typing import Any, Final

from tracegraph.change_set import ChangeSet
from tracegraph.errors import ImportInterrupted
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.store.neo4j_connection import Connection, Transaction
from tracegraph.store.neo4j_fates import ROWS, Fate, Tally, chunks, fates_of, write_claims
from tracegraph.store.neo4j_journal import Journal, next_journal, refuse, unfinished
from tracegraph.store.neo4j_records import new_revisions, put_beside, put_revisions
from tracegraph.store.neo4j_references import changed_references, put_references
from tracegraph.store.neo4j_state import State, lock, read_state
from tracegraph.store.port import ATOMIC_STATEMENTS, BesideOf, Progress
from tracegraph.store.rows import ApplyReport
from tracegraph.vocabulary import PUBLIC, Label

BATCH: Final = ROWS
_REMEMBERED: Final = 500_000


class Application:
    """One change set on its way into the store.

    Parameters
    ----------
    connection : Connection
        The store's.
    change_set : ChangeSet
        What to write.
    now : str
        UTC time.
    progress : callable or None
        Called with (done, total) statements, between transactions.
    beside : callable or None
        Returns what commits with it.
    """

    def __init__(
        self,
        connection: Connection,
        change_set: ChangeSet,
        now: str,
        progress: Progress | None,
        beside: BesideOf | None,
    ) -> None:
        self._connection = connection
        self._change_set = change_set
        self._digest = change_set.digest
        self._now = now
        self._progress = progress or (lambda _done, _total: None)
        self._beside = beside
        self._total = len(change_set.statements)
        self._in_batches = self._total > ATOMIC_STATEMENTS
        self._tally = Tally()
        self._resumed = False
        self._begun = False
        self._made: set[NodeRef] = set()

    def run(self) -> ApplyReport:
        """Write it; see `GraphWriter.apply`."""
        self._progress(0, self._total)
        position = 0
        while self._in_batches and position < self._total:
            first = position
            position, was_begun, decided, made = self._connection.write(partial(self._batch, position))
            self._remember(made)
            self._resumed = self._resumed or (first == 0 and was_begun)
            self._begun = self._begun or was_begun or any(fate.kind != "unchanged" for fate in decided)
            self._tally.add(decided)
            self._progress(position, self._total)
        report = self._connection.write(self._last)
        if not self._in_batches:
            self._progress(self._total, self._total)
        return report

    def preview(self) -> ApplyReport:
        """Return what `run` would do, and write nothing."""

        def look(tx: Transaction) -> tuple[Journal, list[Fate]]:
            journal = self._journal(tx, read_state(tx, self._connection))
            decided = fates_of(tx, self._change_set.statements)
            _count(journal, decided)
            journal.counts["references"] = len(changed_references(tx, self._change_set.references))
            journal.counts["incidents"] = len(new_revisions(tx, self._change_set.incidents))
            return journal, decided

        journal, decided = self._connection.read(look, long=True)
        return self._report(journal, None, decided)

    def _journal(self, tx: Transaction, state: State) -> Journal:
        journal = unfinished(tx, state)
        if journal is None:
            if self._begun:
                raise ImportInterrupted(
                    N_("import {description} was finished or discarded by somebody else meanwhile: run it again"),
                    description=self._change_set.description,
                )
            return next_journal(state, self._change_set.description, self._digest, self._now, later=self._in_batches)
        if journal.digest != self._digest:
            raise refuse(journal)
        return journal

    def _batch(self, position: int, tx: Transaction) -> tuple[int, bool, list[Fate], set[NodeRef]]:
        """Write the next batch; return how many are done, whether that was begun earlier, the fates, and new nodes."""
        state = lock(tx, self._connection)
        journal = self._journal(tx, state)
        begun = journal.is_written
        position = max(position, journal.done)
        statements = self._change_set.statements[position : position + BATCH]
        decided = fates_of(tx, statements)
        changes = _count(journal, decided)
        journal.done = position + len(statements)
        made: set[NodeRef] = set()
        if begun or changes:
            made = self._write(tx, journal, decided)
            journal.write(tx, state, finished=False)
        return journal.done, begun, decided, made

    def _remember(self, made: set[NodeRef]) -> None:
        """Note nodes that are there for sure, so that they need not be made again."""
        if len(self._made) > _REMEMBERED:
            self._made.clear()
        self._made |= made

    def _last(self, tx: Transaction) -> ApplyReport:
        """Write what is left and what goes beside it, and let readers see it all."""
        state = lock(tx, self._connection)
        journal = self._journal(tx, state)
        decided = [] if self._in_batches else fates_of(tx, self._change_set.statements)
        self._finish(tx, state, journal, decided)
        report = self._report(journal, journal.number if journal.is_written else None, decided)
        if self._beside:
            put_beside(tx, self._beside(report), self._now)
        return report

    def _finish(self, tx: Transaction, state: State, journal: Journal, decided: Sequence[Fate]) -> None:
        changes = _count(journal, decided)
        changed = (fate.statement for fate in decided if fate.kind != "unchanged")
        journal.names_only = not self._in_batches and all(statement.names_a_supplier for statement in changed)
        references = changed_references(tx, self._change_set.references)
        revisions = new_revisions(tx, self._change_set.incidents)
        if not (journal.is_written or changes or references or revisions):
            return
        journal.counts["references"], journal.counts["incidents"] = len(references), len(revisions)
        journal.visibilities |= {revision.visibility for revision, _ in revisions}
        if any(ref.label is not Label.SOURCE for ref in references):
            journal.visibilities.add(PUBLIC)
            journal.names_only = False
        self._write(tx, journal, decided)
        put_references(tx, references)
        put_revisions(tx, revisions, journal)
        tx.run("end_replaced")
        journal.write(tx, state, finished=True)

    def _write(self, tx: Transaction, journal: Journal, decided: Sequence[Fate]) -> set[NodeRef]:
        """Record the new and changed among statements, and end or note what they replace; return the nodes made."""
        fates = [fate for fate in decided if fate.kind != "unchanged"]
        claims = [fate.claim(journal.number, journal.recorded_at) for fate in fates]
        now: list[dict[str, Any]] = []
        noted: list[dict[str, Any]] = []
        for fate, claim in zip(fates, claims, strict=True):
            if fate.current is not None:
                end = max(claim.recorded_at, fate.current.recorded_at)
                rows = now if end == journal.recorded_at or not self._in_batches else noted
                rows.append({"claim_id": fate.current.claim_id, "retracted_at": end})
        journal.settle(claim.recorded_at for claim in claims)
        journal.settle(row["retracted_at"] for row in (*now, *noted))
        made = write_claims(tx, claims, self._change_set.holders, self._made)
        for query, ends in (("end_claims", now), ("put_replaced", noted)):
            for batch in chunks(ends):
                tx.run(query, rows=batch)
        return made

    def _report(self, journal: Journal, number: int | None, decided: Sequence[Fate]) -> ApplyReport:
        counts, tally = journal.counts, self._tally.plus(decided)
        return ApplyReport(
            change_set=number,
            new=counts["new"],
            changed=counts["changed"],
            unchanged=self._total - counts["new"] - counts["changed"],
            references_changed=counts["references"],
            incidents_changed=counts["incidents"],
            examples=tuple(chain.from_iterable(tally.examples.values())),
            resumed=self._resumed,
            claim_ids=() if self._in_batches else [fate.claim_id for fate in decided],
        )


def _count(journal: Journal, decided: Sequence[Fate]) -> int:
    """Add statements to the journal's counts; return how many of them change something."""
    changes = [fate for fate in decided if fate.kind != "unchanged"]
    for fate in changes:
        journal.counts[fate.kind] += 1
        journal.visibilities.add(fate.statement.visibility)
    return len(changes)
