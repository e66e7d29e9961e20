"""Into an empty Neo4j store: the canonical lines of an export, in batches; never all of it in memory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any, Final

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.model import Claim, NodeRef, ReferenceRecord, canonical_json, claim_id_of
from tracegraph.store import canonical
from tracegraph.store.neo4j_connection import Connection, Transaction
from tracegraph.store.neo4j_fates import chunks, make_holders, write_claims
from tracegraph.store.neo4j_journal import change_set_rows, journal_row
from tracegraph.store.neo4j_records import row_of_record
from tracegraph.store.neo4j_references import put_references
from tracegraph.store.neo4j_state import READY, RESTORING, State, lock, read_state
from tracegraph.store.port import Progress
from tracegraph.vocabulary import NOT_RETRACTED, Label

_BATCH: Final = 5_000
_DELETE: Final = 10_000


class Restorer:
    """Fills an empty store with lines, in batches; until the last one is written, nothing else may use the store.

    Parameters
    ----------
    connection : Connection
        The store's.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._state = State()
        self._counts: dict[str, int] = {}

    def run(self, lines: Iterable[Mapping[str, Any]], progress: Progress | None) -> dict[str, int]:
        """Write all lines; return how many of each kind. What cannot be written is taken back."""
        source = iter(lines)
        self._connection.read(self._check_empty)
        if next(source, None) != canonical.HEADER:
            raise InvalidInput(
                N_("the first line is not {header}: this is not an export of tracegraph, or one of another version"),
                header=canonical_json(canonical.HEADER),
            )
        self._connection.write(self._begin)
        done = 1
        try:
            while batch := list(islice(source, _BATCH)):
                self._write(batch, done + 1)
                done += len(batch)
                if progress:
                    progress(done, done)
            self._connection.write(self._end)
        except InvalidInput:
            self._take_back()
            raise
        return self._counts

    def _check_empty(self, tx: Transaction) -> None:
        read_state(tx, self._connection)
        queries = ("node_counts", "claim_counts", "record_counts")
        if any(number for query in queries for _, number in tx.rows(query)) or change_set_rows(tx, 1):
            raise InvalidInput(N_("the store is not empty: load into a new one, made with `tracegraph store init`"))

    def _begin(self, tx: Transaction) -> None:
        self._state = lock(tx, self._connection)
        self._check_empty(tx)
        tx.run("set_store", **replace(self._state, state=RESTORING).to_write())

    def _end(self, tx: Transaction) -> None:
        for kind, query in (("claim", "claim_counts"), ("record", "record_counts")):
            held, written = sum(number for _, number in tx.rows(query)), self._counts.get(kind, 0)
            if held != written:
                raise InvalidInput(
                    N_(
                        "{twice} of {written} lines of kind {kind} are there twice: this is not an export of tracegraph"
                    ),
                    written=written,
                    kind=kind,
                    twice=written - held,
                )
        self._mark_ready(tx)

    def _mark_ready(self, tx: Transaction) -> None:
        tx.run("set_store", **replace(self._state, state=READY).to_write())

    def _take_back(self) -> None:
        for query in ("delete_claims", "delete_nodes"):
            while self._connection.write(partial(_delete, query)):
                pass
        self._state = replace(self._state, finished=0, last_number=0, last_recorded_at="", settled_at="")
        self._connection.write(self._mark_ready)

    def _write(self, batch: list[Mapping[str, Any]], first: int) -> None:
        """Write a batch, in one transaction; the lines before a claim come before the claims."""
        parts = _Parts()
        for number, line in enumerate(batch, first):
            try:
                kind = parts.add(line)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise _malformed(number, line, repr(error)) from error
            self._counts[kind] = self._counts.get(kind, 0) + 1
        for row in parts.change_sets:
            self._state = replace(
                self._state,
                finished=max(row.number, self._state.finished),
                last_number=max(row.number, self._state.last_number),
                last_recorded_at=max(row.recorded_at, self._state.last_recorded_at),
            )
        self._state = replace(self._state, settled_at=max(self._state.settled_at, parts.settled_at))
        try:
            self._connection.write(parts.write)
        except InvalidInput as error:
            raise _malformed(first, batch[0], str(error)) from error


class _Parts:
    """The lines of a batch, by kind."""

    def __init__(self) -> None:
        self.change_sets: list[canonical.ChangeSetRow] = []
        self._references: dict[NodeRef, ReferenceRecord] = {}
        self._holders: dict[str, Label] = {}
        self._records: list[dict[str, Any]] = []
        self._claims: list[Claim] = []
        self.settled_at = ""

    def add(self, line: Mapping[str, Any]) -> str:
        """Sort a line in; return its kind."""
        kind = str(line["line"])
        if kind == "claim":
            claim = canonical.claim_from_line(line)
            if claim.claim_id != claim_id_of(claim.claim_key, claim.version):
                raise ValueError(claim.claim_id)
            self._claims.append(claim)
            ended = claim.retracted_at if claim.retracted_at != NOT_RETRACTED else ""
            self.settled_at = max(self.settled_at, claim.recorded_at, ended)
        elif kind == "change_set":
            row = canonical.change_set_from_line(line)
            if row.state != "finished":
                raise ValueError(row.state)
            self.change_sets.append(row)
        elif kind == "reference":
            record = canonical.reference_from_body(Label(line["label"]), line["body"])
            self._references[NodeRef(canonical.reference_label(record), canonical.reference_id(record))] = record
        elif kind == "holder":
            self._holders[line["id"]] = Label(line["label"])
        elif kind == "record":
            self._records.append(row_of_record(*canonical.record_from_line(line)))
        else:
            raise ValueError(kind)
        return kind

    def write(self, tx: Transaction) -> None:
        """Write them all."""
        for rows in chunks([journal_row(row) for row in self.change_sets]):
            tx.run("put_change_sets", rows=rows)
        put_references(tx, self._references)
        make_holders(tx, self._holders)
        for rows in chunks(self._records):
            tx.run("put_records", rows=rows)
        write_claims(tx, self._claims, self._holders)


def _delete(query: str, tx: Transaction) -> int:
    """Delete some; return how many."""
    return int(tx.rows(query, limit=_DELETE)[0][0])


def _malformed(number: int, line: Any, reason: str) -> InvalidInput:
    return InvalidInput(
        N_("line {number} is not one that an export of tracegraph holds ({reason}): {line}"),
        number=number,
        line=str(line)[:200],
        reason=reason,
    )
