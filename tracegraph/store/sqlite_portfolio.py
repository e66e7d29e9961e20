"""The portfolio in the SQLite store: everything that carries goods under a lens, as columns.

Claims are read in the order of the covering index, one packed integer each, straight into an array. What they state
beyond that comes from one pass over the claims as they lie in the file: cheaper than a look at each by its key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tracegraph.store.rows import ItemRow, PortfolioColumns, StatedShare, StatedSourcing
from tracegraph.store.sqlite_codes import (
    CONTRACT_SPACE,
    DELIVERED_UNDER,
    DESCRIBES,
    ITEM_SPACE,
    LABEL_CODES,
    OFFERS,
    OPERATED_BY,
    second_text,
)
from tracegraph.store.sqlite_lens import LensSql
from tracegraph.vocabulary import Label

# One integer of 64 bits a claim: start, end, type, grade. Keys of nodes are below 2^30.
_END_BITS: Final = 30
_TYPE_BITS: Final = 2
_GRADE_BITS: Final = 2
_END_AT: Final = _TYPE_BITS + _GRADE_BITS
_START_AT: Final = _END_AT + _END_BITS
_FETCH: Final = 50_000

Ints = npt.NDArray[np.int64]


def portfolio(connection: sqlite3.Connection, lens: LensSql) -> PortfolioColumns:
    """Return everything that carries goods under the lens; see `GraphReader.portfolio`."""
    packed = _ints(connection.execute(goods_sql(lens), lens.values))
    start = (packed >> _START_AT) & ((1 << _END_BITS) - 1)  # the highest bit is the sign
    end = (packed >> _END_AT) & ((1 << _END_BITS) - 1)
    kind = ((packed >> _GRADE_BITS) & ((1 << _TYPE_BITS) - 1)).astype(np.uint8)
    ids = dict(connection.execute(f"SELECT pk, id FROM node WHERE space = {CONTRACT_SPACE}").fetchall())
    stated = _Stated(ids)
    stated.read(connection.execute(stated_sql(lens), lens.values))
    offered = np.fromiter(stated.offered, np.int64, len(stated.offered))
    return PortfolioColumns(
        start=start,
        end=end,
        type=kind,
        grade=(packed & ((1 << _GRADE_BITS) - 1)).astype(np.uint8),
        shares=stated.shares,
        items=_items(connection, [start, end[kind != DELIVERED_UNDER], offered]),
        sourcings=stated.sourcings,
        contracts=stated.contracts,
        operations=connection.execute(operations_sql(lens), lens.values).fetchall(),
    )


def _ints(cursor: sqlite3.Cursor) -> Ints:
    """Return the only column of a cursor as an array, fetched in chunks."""
    rows: Iterator[list[tuple[int]]] = iter(lambda: cursor.fetchmany(_FETCH), [])
    parts = [np.fromiter(chain.from_iterable(part), np.int64, len(part)) for part in rows]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def goods_sql(lens: LensSql) -> str:
    """Return the statement that reads all goods claims, packed into one integer each."""
    return f"""
        SELECT (c.start_pk << {_START_AT}) | (c.end_pk << {_END_AT}) | (c.type << {_GRADE_BITS}) | c.grade
        FROM claim c INDEXED BY goods_down WHERE c.type < 3 AND {lens.sees}"""


def stated_sql(lens: LensSql) -> str:
    """Return the statement that reads stated shares, offers and descriptions, in one pass over all claims."""
    return f"""
        SELECT c.type, c.start_pk, c.end_pk, c.grade, c.recorded_at, c.share_low, c.share_high,
               CASE WHEN c.type > 2 THEN c.attributes ->> 'sourcing' END,
               CASE WHEN c.type > 2 THEN c.attributes ->> 'source_count' END
        FROM claim c NOT INDEXED
        WHERE (c.share_low IS NOT NULL OR c.type IN ({OFFERS}, {DESCRIBES}))
            AND ((c.type < 3 OR c.type = {OFFERS}) AND {lens.sees} OR c.type = {DESCRIBES} AND {lens.sees_any_grade})"""


def operations_sql(lens: LensSql) -> str:
    """Return the statement that reads who operates which factory."""
    return f"""
        SELECT DISTINCT s.id, e.id
        FROM claim c INDEXED BY link_up CROSS JOIN node s ON s.pk = c.start_pk CROSS JOIN node e ON e.pk = c.end_pk
        WHERE c.type = {OPERATED_BY} AND c.type > 2 AND {lens.sees} ORDER BY s.id, e.id"""


@dataclass(slots=True)
class _Stated:
    """What claims state beyond that goods pass.

    Attributes
    ----------
    ids : mapping
        Handle to id of all contracts of the store.
    """

    ids: Mapping[int, str]
    shares: list[StatedShare] = field(default_factory=list)
    sourcings: list[StatedSourcing] = field(default_factory=list)
    offered: list[int] = field(default_factory=list)
    contracts: dict[int, str] = field(default_factory=dict)

    def read(self, rows: Iterable[tuple[Any, ...]]) -> None:
        """Take the rows of `stated_sql`."""
        ids, shares = self.ids, self.shares
        for kind, start, end, grade, recorded_at, low, high, sourcing, source_count in rows:
            if kind < OFFERS:
                shares.append(StatedShare(start, end, grade, second_text(recorded_at), low, high))
                continue
            if kind == OFFERS:
                self.offered.append(end)
            elif end in ids:
                self.contracts[end] = ids[end]
            else:
                continue
            if sourcing is not None:
                self.sourcings.append(StatedSourcing(end, grade, second_text(recorded_at), sourcing, source_count))


def _items(connection: sqlite3.Connection, touched: list[Ints]) -> list[ItemRow]:
    (size,) = connection.execute("SELECT coalesce(max(pk), 0) + 1 FROM node").fetchone()
    exists = np.zeros(size, np.uint8)
    for pks in touched:
        exists[pks] = 1
    flags = exists.tobytes()
    factory = LABEL_CODES[Label.FACTORY]
    makers = {pk for (pk,) in connection.execute("SELECT pk FROM node NOT INDEXED WHERE label = ?", (factory,))}
    rows = connection.execute(f"SELECT pk, id, holder_pk FROM node NOT INDEXED WHERE space = {ITEM_SPACE}")
    return [
        ItemRow._make((pk, item_id, *item_id.split("/", 1), holder_pk in makers))
        for pk, item_id, holder_pk in rows
        if flags[pk]
    ]
