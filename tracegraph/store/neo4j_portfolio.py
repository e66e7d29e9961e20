"""The portfolio in the Neo4j store: everything that carries goods under a lens, as columns.

The server sends ids, one row an item; integer handles are given out here, in the order in which ids are met.
"""

from __future__ import annotations

from array import array
from typing import Any, Final

import numpy as np

from tracegraph.model import holder_of, product_of
from tracegraph.store.neo4j_connection import Transaction
from tracegraph.store.neo4j_rows import RANK_OF_GRADE
from tracegraph.store.neo4j_state import LensParameters
from tracegraph.store.rows import ItemRow, PortfolioColumns, StatedShare, StatedSourcing
from tracegraph.vocabulary import GOODS_TYPES

_CODES: Final = {kind.value: code for code, kind in enumerate(GOODS_TYPES)}
_NOT_STATED: Final = (0.0, 1.0)


class _Columns:
    """The columns while they grow."""

    def __init__(self) -> None:
        self.handles: dict[str, int] = {}
        self.start, self.end = array("q"), array("q")
        self.type, self.grade = bytearray(), bytearray()
        self.shares: list[StatedShare] = []
        self.sourcings: list[StatedSourcing] = []
        self.exists = bytearray()
        self.at_factory: dict[int, bool] = {}

    def handle(self, node_id: str) -> int:
        """Return the handle of an item or a contract; item ids hold a ``/``, contract ids none."""
        found = self.handles.setdefault(node_id, len(self.handles))
        if found == len(self.exists):
            self.exists.append(0)
        return found

    def add_item(self, item: str, at_factory: bool, goods: list[Any], offers: list[Any]) -> None:
        """Add an item, and the claims that leave it."""
        start = self.handle(item)
        self.at_factory[start] = at_factory
        if goods or offers:
            self.exists[start] = 1
        for kind, other, grade, recorded_at, low, high in goods:
            end = self.handle(other)
            self.exists[end] = 1
            self.start.append(start)
            self.end.append(end)
            self.type.append(_CODES[kind])
            self.grade.append(RANK_OF_GRADE[grade])
            if (low, high) != _NOT_STATED:
                self.shares.append(StatedShare(start, end, RANK_OF_GRADE[grade], recorded_at, low, high))
        for offer in offers:
            self.add_sourcing(start, *offer)

    def add_sourcing(
        self, handle: int, grade: str, recorded_at: str, sourcing: str | None, source_count: int | None
    ) -> None:
        """Add what a claim states of an item's or a contract's sourcing."""
        if sourcing is not None:
            self.sourcings.append(StatedSourcing(handle, RANK_OF_GRADE[grade], recorded_at, sourcing, source_count))

    def items(self) -> list[ItemRow]:
        """Return the items that exist, in the order of their handles."""
        return [
            ItemRow(handle, item, holder_of(item), product_of(item), self.at_factory[handle])
            for item, handle in self.handles.items()
            if self.exists[handle] and "/" in item
        ]


def portfolio(tx: Transaction, lens: LensParameters) -> PortfolioColumns:
    """Return everything that carries goods under the lens; see `GraphReader.portfolio`."""
    columns = _Columns()
    for item, at_factory, goods, offers in tx.stream("portfolio_items", **lens.sees):
        columns.add_item(item, at_factory, goods, offers)
    contracts: dict[int, str] = {}
    for contract, *sourcing in tx.stream("portfolio_contracts", **lens.sees_any_grade):
        handle = columns.handle(contract)
        contracts[handle] = contract
        columns.add_sourcing(handle, *sourcing)
    operations = [(factory, operator) for factory, operator in tx.stream("portfolio_operations", **lens.sees)]
    return PortfolioColumns(
        start=np.frombuffer(columns.start, np.int64) if columns.start else np.empty(0, np.int64),
        end=np.frombuffer(columns.end, np.int64) if columns.end else np.empty(0, np.int64),
        type=np.frombuffer(bytes(columns.type), np.uint8),
        grade=np.frombuffer(bytes(columns.grade), np.uint8),
        shares=columns.shares,
        items=columns.items(),
        sourcings=columns.sourcings,
        contracts=contracts,
        operations=sorted(operations),
    )
