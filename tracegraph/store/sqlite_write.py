"""Writing statements, references and incidents into the SQLite store; `sqlite_apply` says when."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tracegraph.model import Claim, NodeRef, Statement
from tracegraph.store.canonical import says
from tracegraph.store.rows import Change
from tracegraph.store.sqlite_codes import (
    TYPE_CODES,
    attributes_text,
    day,
    day_text,
    end_second,
    id_blob,
    id_text,
    second,
)
from tracegraph.store.sqlite_find import names_of
from tracegraph.store.sqlite_keys import Keys
from tracegraph.vocabulary import GRADES_BY_RANK, Label, RelationshipType

EXAMPLES: Final = 5

_Says = tuple[int, int, float | None, float | None, float | None, str | None]


@dataclass(slots=True)
class Current:
    """The newest version of a claim in the store."""

    pk: int
    version: int
    recorded_at: int
    retracted_at: int | None
    says: _Says


@dataclass(frozen=True, slots=True)
class Fate:
    """What is to become of one statement.

    Attributes
    ----------
    statement, key : Statement, str
        The statement and its claim key.
    claim_id : bytes
        Id, as it is stored, of the claim that says it.
    kind : str
        ``new``, ``changed`` or ``unchanged``.
    version : int
        Version of the claim that says it: the next one, or the current one where nothing changes.
    first_pk : int or None
        The claim's first version, if it is in the store.
    current : Current or None
        The newest version in the store.
    says : tuple
        What the statement says beyond its key, as it is stored.
    """

    statement: Statement
    key: str
    claim_id: bytes
    kind: str
    version: int
    first_pk: int | None
    current: Current | None
    says: _Says


@dataclass(slots=True)
class Tally:
    """Counts, examples and visibilities of what was written, and whether that is names of suppliers alone."""

    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[Change]] = field(default_factory=dict)
    visibilities: set[str] = field(default_factory=set)
    names_only: bool = True

    def add(self, kind: str, number: int = 1) -> None:
        """Count something."""
        self.counts[kind] = self.counts.get(kind, 0) + number

    def add_fate(self, fate: Fate) -> None:
        """Count a statement by its fate, and keep the first few as examples."""
        self.add(fate.kind)
        if fate.kind != "unchanged":
            self.visibilities.add(fate.statement.visibility)
            self.names_only = self.names_only and fate.statement.names_a_supplier
        self.add_example(fate)

    def add_example(self, fate: Fate) -> None:
        """Keep a statement's fate as an example while there are few."""
        kept = self.examples.setdefault(fate.kind, [])
        if len(kept) < EXAMPLES:
            kept.append(_change(fate))


def _change(fate: Fate) -> Change:
    return Change(
        fate.kind,
        fate.key,
        id_text(fate.claim_id),
        before=_says_in_words(fate.current.says) if fate.kind == "changed" and fate.current else None,
        after=None if fate.kind == "unchanged" else says(fate.statement),
    )


def _says_in_words(stored: _Says) -> Mapping[str, Any]:
    grade, valid_to, low, high, confidence, attributes = stored
    return {
        "grade": GRADES_BY_RANK[grade].value,
        "valid_to": day_text(valid_to),
        "share_low": 0.0 if low is None else low,
        "share_high": 1.0 if high is None else high,
        "confidence": confidence,
        "attributes": json.loads(attributes) if attributes else {},
    }


def _says_of(statement: Statement) -> _Says:
    stated = (statement.share_low, statement.share_high) != (0, 1)
    return (
        statement.grade.rank,
        day(statement.valid_to),
        float(statement.share_low) if stated else None,
        float(statement.share_high) if stated else None,
        None if statement.confidence is None else float(statement.confidence),
        attributes_text(statement.attributes),
    )


_SAYS_COLUMNS: Final = "grade, valid_to, share_low, share_high, confidence, attributes"
FIRST_VERSION_SQL: Final = (
    f"SELECT pk, version, recorded_at, retracted_at, {_SAYS_COLUMNS} FROM claim WHERE claim_id = ?"
)
LAST_VERSION_SQL: Final = (
    f"SELECT pk, version, recorded_at, retracted_at, {_SAYS_COLUMNS} FROM claim INDEXED BY claim_versions"
    " WHERE first_pk = ? ORDER BY version DESC LIMIT 1"
)


def fates(connection: sqlite3.Connection, statements: Iterable[Statement]) -> Iterator[Fate]:
    """Yield what is to become of each statement, by what the store holds now.

    The id of a claim's first version follows from its key, and later versions lead back to the first: no key is stored.
    """
    for statement in statements:
        key, said = statement.claim_key, _says_of(statement)
        claim_id = id_blob(key, 1)
        first = connection.execute(FIRST_VERSION_SQL, (claim_id,)).fetchone()
        if first is None:
            yield Fate(statement, key, claim_id, "new", 1, None, None, said)
            continue
        # The first version is the last one unless it was retracted.
        row = (first[3] is not None and connection.execute(LAST_VERSION_SQL, (first[0],)).fetchone()) or first
        current = Current(row[0], row[1], row[2], row[3], row[4:])
        is_current = current.retracted_at is None
        kind = "new" if not is_current else "unchanged" if current.says == said else "changed"
        version = current.version + (kind != "unchanged")
        yield Fate(statement, key, id_blob(key, version), kind, version, first[0], current, said)


_INSERT_CLAIM: Final = (
    "INSERT INTO claim (claim_id, version, first_pk, type, start_pk, end_pk, source_pk, table_pk, qualifier_pk,"
    " visibility_pk, valid_from, recorded_at, retracted_at, change_set, grade, valid_to, share_low, share_high,"
    " confidence, attributes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_TIMES: Final = slice(11, 13)  # recorded_at and retracted_at among them


class ClaimWriter:
    """Inserts versions of claims.

    Parameters
    ----------
    connection, keys
        The connection that is writing, and its keys.
    number, recorded_at : int
        Change set and time of what is written.

    Attributes
    ----------
    settled_at : int or None
        The last moment at which a claim that it wrote, or that one replaces, becomes known or ends.
    """

    def __init__(self, connection: sqlite3.Connection, keys: Keys, number: int, recorded_at: int) -> None:
        self._connection = connection
        self._keys = keys
        self._number = number
        self._recorded_at = recorded_at
        self.settled_at: int | None = None

    def write(self, decided: Iterable[Fate]) -> dict[int, int]:
        """Write the new and changed among statements; return the end of each version that is replaced, by its key."""
        rows: list[tuple[Any, ...]] = []
        described: list[tuple[Statement, bytes]] = []
        ends: dict[int, int] = {}
        for fate in decided:
            if fate.kind == "unchanged":
                continue
            statement = fate.statement
            recorded_at = second(statement.recorded_at) if statement.recorded_at else self._recorded_at
            rows.append(self._row(statement, fate.claim_id, fate.version, fate.first_pk, recorded_at, None, fate.says))
            if fate.kind == "changed" and fate.current:
                ends[fate.current.pk] = max(recorded_at, fate.current.recorded_at)
            if statement.type is RelationshipType.DESCRIBES:
                described.append((statement, fate.claim_id))
        self._insert(rows, described)
        self._settle(ends.values())
        return ends

    def restore(self, claims: Sequence[Claim], keys: Sequence[str], firsts: Sequence[int | None]) -> None:
        """Write claims as they were, given with their keys and the first versions in the store."""
        rows: list[tuple[Any, ...]] = []
        described: list[tuple[Statement, bytes]] = []
        for claim, key, first_pk in zip(claims, keys, firsts, strict=True):
            blob = id_blob(key, claim.version)
            times = second(claim.recorded_at), end_second(claim.retracted_at)
            row = self._row(claim, blob, claim.version, first_pk, *times, _says_of(claim))
            rows.append((*row[:13], claim.change_set, *row[14:]))
            if claim.type is RelationshipType.DESCRIBES:
                described.append((claim, blob))
        self._insert(rows, described)

    def _row(  # noqa: PLR0913, PLR0917 - the columns of a claim
        self,
        statement: Statement,
        blob: bytes,
        version: int,
        first_pk: int | None,
        recorded_at: int,
        retracted_at: int | None,
        said: _Says,
    ) -> tuple[Any, ...]:
        node, word = self._keys.node, self._keys.word
        return (
            *(blob, version, first_pk, TYPE_CODES[statement.type]),
            *(node(statement.start), node(statement.end), node(NodeRef(Label.SOURCE, statement.source_id))),
            *(word(statement.table), word(statement.qualifier), word(statement.visibility)),
            *(day(statement.valid_from), recorded_at, retracted_at, self._number),
            *said,
        )

    def _settle(self, moments: Iterable[int | None]) -> None:
        known = [moment for moment in (self.settled_at, *moments) if moment is not None]
        self.settled_at = max(known, default=None)

    def _insert(self, rows: list[tuple[Any, ...]], described: list[tuple[Statement, bytes]]) -> None:
        self._connection.executemany(_INSERT_CLAIM, rows)
        self._settle(moment for row in rows for moment in row[_TIMES])
        self._connection.executemany(
            "INSERT OR IGNORE INTO name SELECT ?, end_pk, ?, pk FROM claim WHERE claim_id = ?",
            ((text, reason, blob) for statement, blob in described for text, reason in names_of(statement)),
        )
