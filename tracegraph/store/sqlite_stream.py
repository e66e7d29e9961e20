"""Everything out of the SQLite store, and into an empty one, as canonical lines; never all of it in memory."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Final

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.model import Claim, NodeRef, canonical_json
from tracegraph.store import canonical
from tracegraph.store.canonical import ChangeSetRow
from tracegraph.store.port import Progress
from tracegraph.store.sqlite_apply import put_references
from tracegraph.store.sqlite_codes import (
    CLAIM_COLUMNS,
    CLAIM_JOINS,
    HOLDER_SPACE,
    LABELS,
    SPACES,
    TYPES,
    claim_of,
    id_blob,
    second,
    second_text,
)
from tracegraph.store.sqlite_journal import touch
from tracegraph.store.sqlite_keys import Keys
from tracegraph.store.sqlite_records import RECORD_COLUMNS, insert, record_of
from tracegraph.store.sqlite_write import ClaimWriter
from tracegraph.vocabulary import Label

_BATCH: Final = 5_000


def _case(column: str, words: Iterable[str]) -> str:
    return f"CASE {column} {' '.join(f'WHEN {code} THEN {word!r}' for code, word in enumerate(words))} END"


_DAY = "printf('%04d-%02d-%02d', {0} / 10000, {0} / 100 % 100, {0} % 100)"
#: `Statement.claim_key` in SQL; the engine sorts by it outside memory.
CLAIM_KEY: Final = " || '|' || ".join(
    (
        "t.text",
        _case("c.type", (kind.value for kind in TYPES)),
        f"{_case('s.label', (label.value for label in LABELS))} || ':' || s.id",
        f"{_case('e.label', (label.value for label in LABELS))} || ':' || e.id",
        "o.id",
        _DAY.format("c.valid_from"),
        "v.text",
        "q.text",
    )
)


def stream(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    """Yield everything that finished change sets wrote; see `StoreKeeper.stream`."""
    yield dict(canonical.HEADER)
    yield from _change_sets(connection)
    for label in canonical.REFERENCE_CLASSES:
        rows = connection.execute(
            "SELECT r.body FROM node n CROSS JOIN reference r ON r.node_pk = n.pk WHERE n.space = ? ORDER BY n.id",
            (SPACES[label],),
        )
        for (body,) in rows:
            yield canonical.reference_line(canonical.reference_from_body(label, json.loads(body)))
    for node_id, code in connection.execute(f"SELECT id, label FROM node WHERE space = {HOLDER_SPACE} ORDER BY id"):
        yield canonical.holder_line(node_id, LABELS[code].value)
    yield from _records(connection)
    rows = connection.execute(
        f"""
        SELECT {CLAIM_COLUMNS} FROM claim c NOT INDEXED {CLAIM_JOINS}
        WHERE c.change_set NOT IN (SELECT number FROM change_set WHERE state = 'open')
        ORDER BY {CLAIM_KEY}, c.version"""
    )
    for row in rows:
        yield canonical.claim_line(claim_of(row))


def _change_sets(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    rows = connection.execute(
        "SELECT number, description, recorded_at, digest, visibilities, counts FROM change_set"
        " WHERE state = 'finished' ORDER BY number"
    )
    for number, description, recorded_at, digest, visibilities, counts in rows:
        lists = json.loads(visibilities), json.loads(counts)
        row = ChangeSetRow(number, description, second_text(recorded_at), "finished", digest, *lists)
        yield canonical.change_set_line(row)


def _records(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    rows = connection.execute(f"SELECT {RECORD_COLUMNS}, digest, change_set FROM record ORDER BY kind, id, version")
    for *row, digest, change_set in rows:
        yield canonical.record_line(record_of(tuple(row)), digest, change_set)


class Restorer:
    """Fills an empty store with lines, inside one transaction.

    Parameters
    ----------
    connection : sqlite3.Connection
        A connection that is writing.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._keys = Keys(connection, {})
        self._claims = ClaimWriter(connection, self._keys, 0, 0)
        self._counts: dict[str, int] = {}

    def run(self, lines: Iterable[Mapping[str, Any]], progress: Progress | None) -> dict[str, int]:
        """Write all lines; return how many of each kind."""
        self._refuse_unless_empty()
        source = iter(lines)
        if next(source, None) != canonical.HEADER:
            raise InvalidInput(
                N_("the first line is not {header}: this is not an export of tracegraph, or one of another version"),
                header=canonical_json(canonical.HEADER),
            )
        done = 1
        while batch := list(islice(source, _BATCH)):
            self._write(batch, done + 1)
            done += len(batch)
            if progress:
                progress(done, done)
        self._connection.execute(
            "UPDATE change_set SET settled_at = ? WHERE number = (SELECT max(number) FROM change_set)",
            (self._claims.settled_at,),
        )
        self._connection.execute("UPDATE chain_state SET settled_at = ?", (self._claims.settled_at or 0,))
        return self._counts

    def _refuse_unless_empty(self) -> None:
        for table in ("change_set", "claim", "reference", "node", "record"):
            if self._connection.execute(f"SELECT 1 FROM {table} LIMIT 1").fetchone():
                raise InvalidInput(N_("the store is not empty: load into a new one, made with `tracegraph store init`"))

    def _write(self, batch: list[Mapping[str, Any]], first: int) -> None:
        """Write a batch; the lines before a claim go in one by one, claims together."""
        claims: list[Claim] = []
        for number, line in enumerate(batch, first):
            try:
                kind = line["line"]
                if kind == "claim":
                    claims.append(canonical.claim_from_line(line))
                else:
                    self._write_line(kind, line)
            except (KeyError, TypeError, ValueError, AttributeError, sqlite3.IntegrityError) as error:
                raise _malformed(number, line, repr(error)) from error
            self._counts[kind] = self._counts.get(kind, 0) + 1
        try:
            self._write_claims(claims)
        except sqlite3.IntegrityError as error:
            raise _malformed(first, batch[0], str(error)) from error

    def _write_line(self, kind: str, line: Mapping[str, Any]) -> None:
        if kind == "change_set":
            self._write_change_set(canonical.change_set_from_line(line))
        elif kind == "reference":
            reference = canonical.reference_from_body(Label(line["label"]), line["body"])
            ref = NodeRef(canonical.reference_label(reference), canonical.reference_id(reference))
            put_references(self._connection, self._keys, {ref: canonical_json(canonical.reference_body(reference))})
        elif kind == "holder":
            self._keys.node(NodeRef(Label(line["label"]), line["id"]))
        elif kind == "record":
            insert(self._connection, *canonical.record_from_line(line))
        else:
            raise ValueError(kind)

    def _write_change_set(self, row: ChangeSetRow) -> None:
        if row.state != "finished":
            raise ValueError(row.state)
        lists = canonical_json(list(row.visibilities)), canonical_json(dict(row.counts))
        self._connection.execute(
            "INSERT INTO change_set (number, description, recorded_at, state, digest, visibilities, counts)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (row.number, row.description, second(row.recorded_at), row.state, row.digest, *lists),
        )
        touch(self._connection, self._keys, row.number, row.visibilities)

    def _write_claims(self, claims: list[Claim]) -> None:
        """Write claims; later versions in a second go, when the first ones have their keys."""
        keys = {id(claim): claim.claim_key for claim in claims}
        firsts = [claim for claim in claims if claim.version == 1]
        self._claims.restore(firsts, [keys[id(claim)] for claim in firsts], [None] * len(firsts))
        later = [claim for claim in claims if claim.version != 1]
        self._claims.restore(
            later, [keys[id(claim)] for claim in later], [self._first(keys[id(claim)]) for claim in later]
        )

    def _first(self, key: str) -> int | None:
        row = self._connection.execute("SELECT pk FROM claim WHERE claim_id = ?", (id_blob(key, 1),)).fetchone()
        return row and int(row[0])


def _malformed(number: int, line: Any, reason: str) -> InvalidInput:
    return InvalidInput(
        N_("line {number} is not one that an export of tracegraph holds ({reason}): {line}"),
        number=number,
        line=str(line)[:200],
        reason=reason,
    )
