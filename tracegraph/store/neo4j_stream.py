"""Everything out of the Neo4j store, as canonical lines; never all of it in memory."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

from tracegraph.model import Claim
from tracegraph.store import canonical
from tracegraph.store.neo4j_connection import Connection, Row, Transaction
from tracegraph.store.neo4j_journal import change_set_rows
from tracegraph.store.neo4j_records import stored_of
from tracegraph.store.neo4j_references import references_of
from tracegraph.store.neo4j_rows import claim_of
from tracegraph.store.neo4j_state import State, read_state
from tracegraph.vocabulary import NOT_RETRACTED, Label, RelationshipType

_PAGE: Final = 5_000
_ALL: Final = 1_000_000_000


def stream(connection: Connection) -> Iterator[dict[str, Any]]:
    """Yield everything that finished change sets wrote; see `StoreKeeper.stream`.

    Claims are read in pages of each type, in the order of an index, and merged here.
    """
    state = connection.read(lambda tx: read_state(tx, connection))
    yield dict(canonical.HEADER)
    yield from connection.read(_head, long=True)
    for holder, is_factory in _pages(connection, "holders_page", lambda row: str(row[0])):
        yield canonical.holder_line(holder, (Label.FACTORY if is_factory else Label.SUPPLIER).value)
    yield from _records(connection)
    types = [_claims(connection, kind) for kind in RelationshipType]
    for _, _, claim in heapq.merge(*types, key=lambda met: met[:2]):
        if not state.open or claim.change_set < state.open:
            yield canonical.claim_line(_as_finished(claim, state))


def _as_finished(claim: Claim, state: State) -> Claim:
    """Return a claim as it was before an unfinished change set ended it."""
    if state.open and claim.retracted_at == state.open_recorded_at:
        return replace(claim, retracted_at=NOT_RETRACTED)
    return claim


def _head(tx: Transaction) -> list[dict[str, Any]]:
    """Return the lines of change sets and reference data."""
    journal = [row for row in reversed(change_set_rows(tx, _ALL)) if row.state == "finished"]
    lines = [canonical.change_set_line(row) for row in journal]
    for label in canonical.REFERENCE_CLASSES:
        lines += [canonical.reference_line(record) for record in references_of(tx, label)]
    return lines


def _records(connection: Connection) -> Iterator[dict[str, Any]]:
    kinds = connection.read(lambda tx: sorted(str(kind) for kind, _ in tx.rows("record_counts")), long=True)
    for kind in kinds:
        versions: list[Row] = []
        for row in _pages(connection, "record_versions_page", lambda row: str(row[1]), kind=kind):
            if versions and versions[0][1] != row[1]:
                yield from _lines(versions)
                versions = []
            versions.append(row)
        yield from _lines(versions)


def _lines(versions: list[Row]) -> list[dict[str, Any]]:
    """Return the lines of all versions of one record."""
    return [canonical.record_line(*stored_of(row)) for row in sorted(versions, key=lambda row: int(row[2]))]


def _claims(connection: Connection, kind: RelationshipType) -> Iterator[tuple[str, int, Claim]]:
    """Yield the claims of a type by key and version."""
    for (row,) in _pages(connection, f"{kind.value.lower()}_page", lambda row: str(row[0][1])):
        claim = claim_of(row)
        yield row[1], claim.version, claim


def _pages(connection: Connection, query: str, key_of: Callable[[Row], str], **more: str) -> Iterator[Row]:
    """Yield the rows of a query page by page; rows of one key are never parted."""
    after, limit = "", _PAGE
    while True:
        page = connection.read(partial(_page, query, more | {"after": after, "limit": limit}), long=True)
        last = key_of(page[-1]) if page else ""
        if len(page) < limit:
            yield from page
            return
        whole = [row for row in page if key_of(row) != last]
        if whole:
            yield from whole
            after, limit = key_of(whole[-1]), _PAGE
        else:
            limit *= 2


def _page(query: str, parameters: dict[str, Any], tx: Transaction) -> list[Row]:
    return tx.rows(query, **parameters)
