"""The journal of the SQLite store: which change set is being written, how far, and what it touched."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tracegraph.errors import ImportInterrupted
from tracegraph.messages import N_
from tracegraph.model import canonical_json
from tracegraph.store.rows import ImportEntry
from tracegraph.store.sqlite_codes import second_text
from tracegraph.store.sqlite_keys import Keys

COUNTS: Final = ("new", "changed", "retracted", "incidents", "references")


@dataclass(slots=True)
class Journal:
    """The row of the change set being written.

    Attributes
    ----------
    number, description, recorded_at, digest : int, str, int, str
        As in the row.
    is_written : bool
        Whether the row is in the store; nothing is recorded before something changes.
    done : int
        Statements written in earlier batches.
    counts : dict
        By the names in `COUNTS`.
    visibilities : set of str
        What it touched so far.
    names_only : bool
        Whether it is known to touch nothing but names of suppliers; not kept between batches.
    """

    number: int
    description: str
    recorded_at: int
    digest: str
    is_written: bool = False
    done: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    visibilities: set[str] = field(default_factory=set)
    names_only: bool = False

    def write(self, connection: sqlite3.Connection) -> None:
        """Write the row as it is now, open."""
        connection.execute(
            """
            INSERT INTO change_set (number, description, recorded_at, state, digest, visibilities, counts, done)
            VALUES (?, ?, ?, 'open', ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE
            SET visibilities = excluded.visibilities, counts = excluded.counts, done = excluded.done""",
            (
                *(self.number, self.description, self.recorded_at, self.digest),
                *(json.dumps(sorted(self.visibilities)), canonical_json(self.counts), self.done),
            ),
        )
        self.is_written = True

    def settle(self, connection: sqlite3.Connection, moment: int | None) -> None:
        """Note in the row, which is written, that a claim becomes known or ends at a moment."""
        if moment is not None:
            connection.execute(
                "UPDATE change_set SET settled_at = max(coalesce(settled_at, :moment), :moment) WHERE number = :number",
                {"moment": moment, "number": self.number},
            )

    def finish(self, connection: sqlite3.Connection, keys: Keys) -> None:
        """Close the row: from now on readers see what it recorded."""
        self.write(connection)
        connection.execute("UPDATE change_set SET state = 'finished' WHERE number = ?", (self.number,))
        touch(connection, keys, self.number, self.visibilities, chain=not self.names_only)


def touch(
    connection: sqlite3.Connection, keys: Keys, number: int, visibilities: Iterable[str], *, chain: bool = True
) -> None:
    """Note for which readers a finished change set counts, and whether it touched the chain."""
    rows = [(keys.word(visibility), number) for visibility in visibilities]
    connection.executemany("INSERT INTO touched (visibility_pk, change_set) VALUES (?, ?)", rows)
    if chain:
        connection.executemany(
            """
            INSERT INTO chain_state (visibility_pk, change_set, settled_at)
            SELECT ?, number, coalesce(settled_at, 0) FROM change_set WHERE number = ?
            ON CONFLICT (visibility_pk) DO UPDATE
            SET change_set = excluded.change_set, settled_at = max(settled_at, excluded.settled_at)""",
            rows,
        )


def unfinished(connection: sqlite3.Connection) -> Journal | None:
    """Return the change set that was begun and is not finished."""
    row = connection.execute(
        "SELECT number, description, recorded_at, digest, done, counts, visibilities"
        " FROM change_set WHERE state = 'open'"
    ).fetchone()
    if row is None:
        return None
    number, description, recorded_at, digest, done, counts, visibilities = row
    return Journal(
        *(number, description, recorded_at, digest, True, done), json.loads(counts), set(json.loads(visibilities))
    )


def refuse(journal: Journal) -> ImportInterrupted:
    """Return the error that says that another change set has to be finished or discarded first."""
    return ImportInterrupted(
        N_(
            "import {number} ({description}) is still being written, or was interrupted: run the same import again to "
            "finish it, or `tracegraph retract --import {number}` to discard it"
        ),
        number=journal.number,
        description=journal.description,
    )


def next_journal(
    connection: sqlite3.Connection, description: str, digest: str, now: int, *, later: bool = False
) -> Journal:
    """Return a journal entry to be written.

    Its time is not before that of the last change set; `later` puts it at least one second past that.
    """
    number, last = connection.execute("SELECT coalesce(max(number), 0), max(recorded_at) FROM change_set").fetchone()
    recorded_at = now if last is None else max(now, last + 1 if later else last)
    return Journal(number + 1, description, recorded_at, digest)


def entries(connection: sqlite3.Connection, limit: int) -> list[ImportEntry]:
    """Return the newest entries of the journal, newest first."""
    rows = connection.execute(
        "SELECT number, description, recorded_at, state, counts FROM change_set ORDER BY number DESC LIMIT ?", (limit,)
    )
    return [
        ImportEntry(number, description, second_text(recorded_at), state, json.loads(counts))
        for number, description, recorded_at, state, counts in rows
    ]
