"""Retraction in the Neo4j store: claims end, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Sequence

from tracegraph.errors import UnknownClaim, UnknownImport
from tracegraph.messages import N_
from tracegraph.model import Claim
from tracegraph.store.canonical import says
from tracegraph.store.neo4j_connection import Connection, Transaction
from tracegraph.store.neo4j_fates import EXAMPLES, chunks
from tracegraph.store.neo4j_journal import Journal, next_journal, refuse, unfinished
from tracegraph.store.neo4j_records import of_change_set
from tracegraph.store.neo4j_rows import claims_of
from tracegraph.store.neo4j_state import lock
from tracegraph.store.rows import ApplyReport, Change
from tracegraph.vocabulary import NOT_RETRACTED


def retract(
    tx: Transaction, connection: Connection, now: str, claim_ids: Sequence[str], change_set: int | None
) -> ApplyReport:
    """End claims, by id or as all of a change set; see `GraphWriter.retract`."""
    state = lock(tx, connection)
    interrupted = unfinished(tx, state)
    if interrupted and interrupted.number != change_set:
        raise refuse(interrupted)
    asked = _asked(tx, claim_ids, change_set)
    held = sorted((c for c in asked.values() if c.retracted_at == NOT_RETRACTED), key=lambda claim: claim.claim_id)
    discarded: list[Claim] = []
    if interrupted:
        discarded = [claim for claim in held if claim.change_set == interrupted.number]
        held = [claim for claim in held if claim.change_set != interrupted.number]
        _discard(tx, interrupted, discarded)
    text = " ".join(claim_ids[:3]) if change_set is None else f"--import {change_set}"
    journal = next_journal(state, f"retract {text}", "", now)
    ends = [(claim, max(journal.recorded_at, claim.recorded_at)) for claim in held]
    _end_claims(tx, ends)
    journal.settle(end for _, end in ends)
    journal.visibilities.update(claim.visibility for claim in held)
    incidents = _end_records(tx, journal, change_set)
    journal.counts |= {"retracted": len(held), "incidents": incidents}
    if interrupted:
        interrupted.write(tx, state, finished=True)
        state = lock(tx, connection)
    if held or incidents:
        journal.write(tx, state, finished=True)
    return ApplyReport(
        change_set=next((entry.number for entry in (journal, interrupted) if entry and entry.is_written), None),
        new=0,
        changed=0,
        unchanged=len(asked) - len(held) - len(discarded),
        retracted=len(held) + len(discarded),
        incidents_changed=incidents,
        examples=tuple(Change("retracted", c.claim_key, c.claim_id, before=says(c)) for c in held[:EXAMPLES]),
    )


def _asked(tx: Transaction, claim_ids: Sequence[str], change_set: int | None) -> dict[str, Claim]:
    """Return the claims that are to end, held or not, by id."""
    asked: dict[str, Claim] = {}
    if change_set is not None:
        if not tx.rows("change_set", number=change_set):
            raise UnknownImport(
                N_("there is no import {number}: `tracegraph store info` lists the last ones"), number=change_set
            )
        asked |= {claim.claim_id: claim for claim in claims_of(tx.stream("claims_of_change_set", number=change_set))}
    for ids in chunks(list(dict.fromkeys(claim_ids))):
        asked |= {claim.claim_id: claim for claim in claims_of(tx.rows("claims_by_id", ids=ids))}
    unknown = [claim_id for claim_id in dict.fromkeys(claim_ids) if claim_id not in asked]
    if unknown:
        raise UnknownClaim(
            N_("no such claims: {ids}; nothing was retracted. `tracegraph show ID` lists the claims of a node"),
            ids=", ".join(unknown),
        )
    return asked


def _discard(tx: Transaction, journal: Journal, claims: Sequence[Claim]) -> None:
    """End the claims of an interrupted change set at their beginning, so that nobody ever sees a part of it."""
    tx.run("end_replaced")
    _end_claims(tx, [(claim, claim.recorded_at) for claim in claims])
    journal.counts["retracted"] = len(claims)


def _end_claims(tx: Transaction, ends: Sequence[tuple[Claim, str]]) -> None:
    for batch in chunks([{"claim_id": claim.claim_id, "retracted_at": end} for claim, end in ends]):
        tx.run("end_claims", rows=batch)


def _end_records(tx: Transaction, journal: Journal, change_set: int | None) -> int:
    """End the incident revisions of a change set; return how many."""
    recorded = () if change_set is None else of_change_set(tx, change_set)
    ended = [record for record in recorded if record.retracted_at == NOT_RETRACTED]
    rows = [
        {
            "kind": record.kind,
            "id": record.id,
            "version": record.version,
            "retracted_at": max(journal.recorded_at, record.recorded_at),
        }
        for record in ended
    ]
    journal.visibilities.update(record.visibility for record in ended)
    for batch in chunks(rows):
        tx.run("end_records", rows=batch)
    return len(ended)
