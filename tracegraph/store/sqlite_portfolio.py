"""The portfolio in the SQLite store: everything that carries goods under a lens, as columns.

Claims are read in the order of the covering index, one packed integer each, straight into an array.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from itertools import chain
from typing import Final

import numpy as np
import numpy.typing as npt

from tracegraph.store.port import ItemRow, PortfolioColumns, StatedShare, StatedSourcing
from tracegraph.store.sqlite_codes import (
    CONTRACT_SPACE,
    DELIVERED_UNDER,
    DESCRIBES,
    HOLDER_SPACE,
    ITEM_SPACE,
    LABEL_CODES,
    OFFERS,
    OPERATED_BY,
    second_text,
)
from tracegraph.store.sqlite_lens import LensSql
from tracegraph.vocabulary import Label

_TYPE_BITS: Final = 2
_END_BITS: Final = 30  # keys of nodes are below 2^30
_FETCH: Final = 50_000

Ints = npt.NDArray[np.int64]


def portfolio(connection: sqlite3.Connection, lens: LensSql) -> PortfolioColumns:
    """Return everything that carries goods under the lens; see `GraphReader.portfolio`."""
    packed = _ints(connection.execute(goods_sql(lens), lens.values))
    start = packed >> (_END_BITS + _TYPE_BITS)
    end = (packed >> _TYPE_BITS) & ((1 << _END_BITS) - 1)
    kind = (packed & 3).astype(np.uint8)
    offered = _ints(connection.execute(offers_sql(lens, "c.end_pk"), lens.values))
    contracts = dict(connection.execute(contracts_sql(lens), lens.values).fetchall())
    return PortfolioColumns(
        start=start,
        end=end,
        type=kind,
        shares=_shares(connection, lens),
        items=list(_items(connection, [start, end[kind != DELIVERED_UNDER], offered])),
        sourcings=_sourcings(connection, lens),
        contracts=contracts,
        operations=connection.execute(operations_sql(lens), lens.values).fetchall(),
    )


def _ints(cursor: sqlite3.Cursor) -> Ints:
    """Return the only column of a cursor as an array, fetched in chunks."""
    rows: Iterator[list[tuple[int]]] = iter(lambda: cursor.fetchmany(_FETCH), [])
    parts = [np.fromiter(chain.from_iterable(part), np.int64, len(part)) for part in rows]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def goods_sql(lens: LensSql) -> str:
    """Return the statement that reads all goods claims: start, end and type packed into one integer each."""
    return f"""
        SELECT (c.start_pk << {_END_BITS + _TYPE_BITS}) | (c.end_pk << {_TYPE_BITS}) | c.type
        FROM claim c INDEXED BY goods_down WHERE c.type < 3 AND {lens.sees}"""


def offers_sql(lens: LensSql, columns: str) -> str:
    """Return the statement that reads all offers."""
    return f"""
        SELECT {columns} FROM claim c INDEXED BY link_up WHERE c.type = {OFFERS} AND c.type > 2 AND {lens.sees}"""


def contracts_sql(lens: LensSql) -> str:
    """Return the statement that reads all contracts that exist."""
    return f"SELECT n.pk, n.id FROM node n WHERE n.space = {CONTRACT_SPACE} AND {lens.contract_exists}"


def operations_sql(lens: LensSql) -> str:
    """Return the statement that reads who operates which factory."""
    return f"""
        SELECT DISTINCT s.id, e.id
        FROM claim c INDEXED BY link_up CROSS JOIN node s ON s.pk = c.start_pk CROSS JOIN node e ON e.pk = c.end_pk
        WHERE c.type = {OPERATED_BY} AND c.type > 2 AND {lens.sees} ORDER BY s.id, e.id"""


def _shares(connection: sqlite3.Connection, lens: LensSql) -> list[StatedShare]:
    rows = connection.execute(
        f"""
        SELECT c.start_pk, c.end_pk, c.grade, c.recorded_at, c.share_low, c.share_high
        FROM claim c NOT INDEXED WHERE c.share_low IS NOT NULL AND c.type < 3 AND {lens.sees}""",
        lens.values,
    )
    return [
        StatedShare(start, end, grade, second_text(recorded_at), low, high)
        for start, end, grade, recorded_at, low, high in rows
    ]


def _items(connection: sqlite3.Connection, touched: list[Ints]) -> Iterator[ItemRow]:
    (size,) = connection.execute("SELECT coalesce(max(pk), 0) + 1 FROM node").fetchone()
    exists = np.zeros(size, np.uint8)
    for pks in touched:
        exists[pks] = 1
    flags = exists.tobytes()
    factories = {
        pk
        for (pk,) in connection.execute(
            f"SELECT pk FROM node WHERE space = {HOLDER_SPACE} AND label = {LABEL_CODES[Label.FACTORY]}"
        )
    }
    rows = connection.execute(f"SELECT pk, id, holder_pk FROM node NOT INDEXED WHERE space = {ITEM_SPACE}")
    for pk, item_id, holder_pk in rows:
        if flags[pk]:
            holder, _, product = item_id.partition("/")
            yield ItemRow(pk, item_id, holder, product, holder_pk in factories)


def _sourcings(connection: sqlite3.Connection, lens: LensSql) -> list[StatedSourcing]:
    columns = """c.end_pk, c.grade, c.recorded_at, c.attributes ->> 'sourcing', c.attributes ->> 'source_count'"""
    of_items = f"{offers_sql(lens, columns)} AND c.attributes ->> 'sourcing' IS NOT NULL"
    of_contracts = f"""
        SELECT {columns} FROM node n CROSS JOIN claim c INDEXED BY link_up
        WHERE n.space = {CONTRACT_SPACE} AND c.type = {DESCRIBES} AND c.type > 2 AND c.end_pk = n.pk
            AND c.attributes ->> 'sourcing' IS NOT NULL AND {lens.sees_any_grade}"""
    return [
        StatedSourcing(handle, grade, second_text(recorded_at), sourcing, source_count)
        for sql in (of_items, of_contracts)
        for handle, grade, recorded_at, sourcing, source_count in connection.execute(sql, lens.values)
    ]
