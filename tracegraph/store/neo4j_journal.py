"""The journal of the Neo4j store: which change set is being written, how far, and what it touched."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from tracegraph.errors import ImportInterrupted
from tracegraph.messages import N_
from tracegraph.model import canonical_json
from tracegraph.moments import later as moved
from tracegraph.store.canonical import ChangeSetRow
from tracegraph.store.neo4j_connection import Transaction
from tracegraph.store.neo4j_state import State
from tracegraph.store.rows import ImportEntry

COUNTS: Final = ("new", "changed", "retracted", "incidents", "references")


@dataclass(slots=True)
class Journal:
    """The entry of the change set being written.

    Attributes
    ----------
    number, description, recorded_at, digest : int, str, str, str
        As in the entry.
    is_written : bool
        Whether the entry is in the store; nothing is recorded before something changes.
    done : int
        Statements written in earlier batches.
    counts : dict
        By the names in `COUNTS`.
    visibilities : set of str
        What it touched so far.
    settled_at : str
        The last moment at which a claim that it wrote or ended becomes known or ends; empty: there is none.
    names_only : bool
        Whether it is known to touch nothing but names of suppliers; not kept between batches.
    """

    number: int
    description: str
    recorded_at: str
    digest: str
    is_written: bool = False
    done: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTS, 0))
    visibilities: set[str] = field(default_factory=set)
    settled_at: str = ""
    names_only: bool = False

    def settle(self, moments: Iterable[str]) -> None:
        """Note that claims become known or end at these moments."""
        self.settled_at = max((self.settled_at, *moments))

    def write(self, tx: Transaction, state: State, *, finished: bool) -> None:
        """Write the entry as it is now, and note in the store whether it is finished."""
        row = ChangeSetRow(
            number=self.number,
            description=self.description,
            recorded_at=self.recorded_at,
            state="finished" if finished else "open",
            digest=self.digest,
            visibilities=sorted(self.visibilities),
            counts=self.counts,
        )
        is_chain = not (finished and self.names_only)
        tx.run("put_change_sets", rows=[journal_row(row, self.done, self.settled_at, is_chain=is_chain)])
        self.is_written = True
        after = replace(
            state,
            finished=max(self.number, state.finished) if finished else state.finished,
            open=0 if finished else self.number,
            open_recorded_at="" if finished else self.recorded_at,
            last_number=max(self.number, state.last_number),
            last_recorded_at=max(self.recorded_at, state.last_recorded_at),
            settled_at=max(self.settled_at, state.settled_at) if finished else state.settled_at,
        )
        tx.run("set_store", **after.to_write())


def journal_row(row: ChangeSetRow, done: int = 0, settled_at: str = "", *, is_chain: bool = True) -> dict[str, Any]:
    """Return a row of ``put_change_sets``."""
    lists = {"visibilities": list(row.visibilities), "counts": canonical_json(dict(row.counts))}
    return asdict(row) | lists | {"done": done, "settled_at": settled_at, "is_chain": is_chain}


def next_journal(state: State, description: str, digest: str, now: str, *, later: bool = False) -> Journal:
    """Return an entry to be written.

    Its time is not before that of the last change set; `later` puts it at least one second past that.
    """
    last = state.last_recorded_at
    recorded_at = max(now, (moved(last, 1) if later else last) if last else now)
    return Journal(state.last_number + 1, description, recorded_at, digest)


def unfinished(tx: Transaction, state: State) -> Journal | None:
    """Return the change set that was begun and is not finished."""
    if not state.open:
        return None
    ((number, description, recorded_at, _state, digest, visibilities, counts, done, settled_at),) = tx.rows(
        "change_set", number=state.open
    )
    touched = json.loads(counts), set(visibilities)
    return Journal(number, description, recorded_at, digest, True, done, *touched, settled_at)


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


def change_set_rows(tx: Transaction, limit: int) -> list[ChangeSetRow]:
    """Return the newest entries of the journal, newest first."""
    return [
        ChangeSetRow(number, description, recorded_at, state, digest, tuple(visibilities), json.loads(counts))
        for number, description, recorded_at, state, digest, visibilities, counts, _ in tx.rows(
            "change_sets", limit=limit
        )
    ]


def entry_of(row: ChangeSetRow) -> ImportEntry:
    """Return an entry of the journal as a line of the store's info."""
    return ImportEntry(row.number, row.description, row.recorded_at, row.state, dict(row.counts))
