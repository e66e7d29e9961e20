"""Retraction in the SQLite store: claims end, and nothing is deleted."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence

from tracegraph.errors import UnknownClaim, UnknownImport
from tracegraph.messages import N_
from tracegraph.store.canonical import says
from tracegraph.store.rows import ApplyReport, Change
from tracegraph.store.sqlite_apply import end_replaced
from tracegraph.store.sqlite_codes import CLAIM_COLUMNS, CLAIM_JOINS, blob_of, claim_of
from tracegraph.store.sqlite_journal import Journal, next_journal, refuse, unfinished
from tracegraph.store.sqlite_keys import Keys
from tracegraph.store.sqlite_write import EXAMPLES


def retract(connection: sqlite3.Connection, now: int, claim_ids: Sequence[str], change_set: int | None) -> ApplyReport:
    """End claims, by id or as all of a change set; see `GraphWriter.retract`."""
    interrupted = unfinished(connection)
    if interrupted and interrupted.number != change_set:
        raise refuse(interrupted)
    keys = Keys(connection, {})
    asked = _asked(connection, claim_ids, change_set)
    discarded = _discard(connection, keys, interrupted) if interrupted else 0
    current = _current(connection, asked)
    examples = _examples(connection, current[:EXAMPLES])
    text = " ".join(claim_ids[:3]) if change_set is None else f"--import {change_set}"
    journal = next_journal(connection, f"retract {text}", "", now)
    incidents = _end(connection, journal, current, change_set)
    if current or incidents:
        journal.write(connection)
        journal.settle(connection, _last_end(connection, current))
        journal.finish(connection, keys)
    return ApplyReport(
        change_set=next((entry.number for entry in (journal, interrupted) if entry and entry.is_written), None),
        new=0,
        changed=0,
        unchanged=len(asked) - len(current) - discarded,
        retracted=len(current) + discarded,
        incidents_changed=incidents,
        examples=examples,
    )


def _asked(connection: sqlite3.Connection, claim_ids: Sequence[str], change_set: int | None) -> set[int]:
    """Return the keys of the claims that are to end, current or not."""
    asked: set[int] = set()
    if change_set is not None:
        if not connection.execute("SELECT 1 FROM change_set WHERE number = ?", (change_set,)).fetchone():
            raise UnknownImport(
                N_("there is no import {number}: `tracegraph store info` lists the last ones"), number=change_set
            )
        rows = connection.execute("SELECT pk FROM claim WHERE change_set = ?", (change_set,))
        asked.update(pk for (pk,) in rows)
    unknown: list[str] = []
    for claim_id in dict.fromkeys(claim_ids):
        row = connection.execute("SELECT pk FROM claim WHERE claim_id = ?", (blob_of(claim_id),)).fetchone()
        if row:
            asked.add(row[0])
        else:
            unknown.append(claim_id)
    if unknown:
        raise UnknownClaim(
            N_("no such claims: {ids}; nothing was retracted. `tracegraph show ID` lists the claims of a node"),
            ids=", ".join(unknown),
        )
    return asked


def _discard(connection: sqlite3.Connection, keys: Keys, journal: Journal) -> int:
    """End an interrupted change set at its beginning, so that nobody ever sees a part of it; return how many claims."""
    end_replaced(connection)
    ended = connection.execute(
        "UPDATE claim SET retracted_at = recorded_at WHERE change_set = ? AND retracted_at IS NULL", (journal.number,)
    ).rowcount
    journal.counts["retracted"] = ended
    journal.finish(connection, keys)
    return ended


def _current(connection: sqlite3.Connection, asked: Iterable[int]) -> list[int]:
    """Return which of the claims are not retracted yet."""
    rows = connection.execute(
        "SELECT c.pk FROM json_each(?) j CROSS JOIN claim c ON c.pk = j.value WHERE c.retracted_at IS NULL",
        (json.dumps(sorted(asked)),),
    )
    return [pk for (pk,) in rows]


def _end(connection: sqlite3.Connection, journal: Journal, pks: list[int], change_set: int | None) -> int:
    """End claims, and the incident revisions of a change set; return how many of the latter."""
    visibilities = connection.execute(
        "SELECT DISTINCT w.text FROM json_each(?) j CROSS JOIN claim c ON c.pk = j.value"
        " CROSS JOIN word w ON w.pk = c.visibility_pk",
        (json.dumps(pks),),
    )
    journal.visibilities.update(text for (text,) in visibilities)
    connection.executemany(
        "UPDATE claim SET retracted_at = max(?, recorded_at) WHERE pk = ?", ((journal.recorded_at, pk) for pk in pks)
    )
    revisions = connection.execute(
        "UPDATE record SET retracted_at = max(?, recorded_at), due_at = NULL"
        " WHERE change_set = ? AND retracted_at IS NULL"
        " RETURNING visibility",
        (journal.recorded_at, change_set),
    ).fetchall()
    journal.visibilities.update(text for (text,) in revisions)
    journal.counts |= {"retracted": len(pks), "incidents": len(revisions)}
    return len(revisions)


def _last_end(connection: sqlite3.Connection, pks: list[int]) -> int | None:
    """Return when the last of some claims ends."""
    sql = "SELECT max(c.retracted_at) FROM json_each(?) j CROSS JOIN claim c ON c.pk = j.value"
    (moment,) = connection.execute(sql, (json.dumps(pks),)).fetchone()
    return moment and int(moment)


def _examples(connection: sqlite3.Connection, pks: list[int]) -> tuple[Change, ...]:
    rows = connection.execute(
        f"SELECT {CLAIM_COLUMNS} FROM json_each(?) j CROSS JOIN claim c ON c.pk = j.value {CLAIM_JOINS}",
        (json.dumps(pks),),
    )
    claims = [claim_of(row) for row in rows]
    return tuple(Change("retracted", claim.claim_key, claim.claim_id, before=says(claim)) for claim in claims)
