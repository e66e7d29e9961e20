"""The state of the Neo4j store's own node, and what it means for a reader's lens."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tracegraph.errors import StoreNotReady
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.store.chain_state import ChainState
from tracegraph.store.neo4j_connection import Connection, Transaction
from tracegraph.store.queries import load_migrations

READY = "ready"
RESTORING = "restoring"


@dataclass(frozen=True, slots=True)
class State:
    """The store's own node; see ``store_state.cypher``."""

    state: str = READY
    schema_version: int = 0
    finished: int = 0
    open: int = 0
    open_recorded_at: str = ""
    last_number: int = 0
    last_recorded_at: str = ""
    settled_at: str = ""

    def to_write(self) -> dict[str, Any]:
        """Return the parameters of ``set_store``."""
        names = ("state", "finished", "open", "open_recorded_at", "last_number", "last_recorded_at", "settled_at")
        return {name: getattr(self, name) for name in names}


def read_state(tx: Transaction, connection: Connection) -> State:
    """Return the state of a store that may be read; raises `StoreNotReady` for one that may not."""
    return checked(tx.rows("store_state"), connection)


def lock(tx: Transaction, connection: Connection) -> State:
    """Wait for the writer before us, and return the state of the store, which nobody else changes until we are done."""
    return checked(tx.rows("lock_store"), connection)


def checked(rows: list[Any], connection: Connection) -> State:
    """Return the state of a row; raises `StoreNotReady` where there is none, or it says that the store is not ready."""
    state, expected = State(*rows[0]) if rows else State(), len(load_migrations())
    if state.schema_version < expected:
        raise StoreNotReady(
            N_("the store {place} has no schema yet, or an older one: run `tracegraph store init`"),
            place=connection.place,
        )
    if state.schema_version > expected:
        raise StoreNotReady(
            N_("the store {place} has schema {found}, this tracegraph knows {known}: use a newer tracegraph"),
            place=connection.place,
            found=state.schema_version,
            known=expected,
        )
    check_restored(state, connection)
    return state


def check_restored(state: State, connection: Connection) -> None:
    """Raise `StoreNotReady` where a restore was cut short."""
    if state.state != READY:
        raise StoreNotReady(
            N_("a restore into {place} was interrupted, or is under way: empty the database and repeat the restore"),
            place=connection.place,
        )


def chain_state(tx: Transaction, state: State, lens: Lens) -> ChainState:
    """Return when the chains that a reader may see last changed; see `GraphReader.chain_state`."""
    rows = tx.rows("chain_state", visible_to=list(lens.visible_to))
    settled_at = max((settled or state.settled_at for _, _, settled in rows), default="")
    return ChainState(tuple((str(visibility), int(number)) for visibility, number, _ in rows), settled_at)


@dataclass(frozen=True)
class LensParameters:
    """A lens as the parameters of queries, in a state of the store.

    While a change set is being written, its claims are not seen, and claims that it ended count as held: `held_at` is
    then a second before its time.
    """

    lens: Lens
    state: State

    @cached_property
    def sees(self) -> dict[str, Any]:
        """The whole lens."""
        return {
            "valid_at": self.lens.valid_at,
            "known_at": self.lens.known_at,
            "held_at": self._held_at,
            "visible_to": list(self.lens.visible_to),
            "grades": list(self.lens.grades),
            "finished": self.state.finished,
        }

    @cached_property
    def sees_any_grade(self) -> dict[str, Any]:
        """The lens without its grade filter, for attributes."""
        return self.sees | {"grades": list(self.lens.any_grade().grades)}

    @property
    def _held_at(self) -> str:
        if not self.state.open or self.lens.known_at < self.state.open_recorded_at:
            return self.lens.known_at
        return later(self.state.open_recorded_at, -1)
