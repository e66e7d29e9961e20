"""The columns of a portfolio with some claims taken away and others put in (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from tracegraph.decide import NOT_STATED_SHARE
from tracegraph.model import Claim, holder_of, product_of
from tracegraph.store.rows import ItemRow, PortfolioColumns, StatedShare, StatedSourcing
from tracegraph.vocabulary import GOODS_TYPES, Label, RelationshipType

Row = TypeVar("Row", bound=Hashable)

_CODES: Final = {kind: code for code, kind in enumerate(GOODS_TYPES)}


@dataclass(frozen=True, slots=True)
class Overlaid:
    """What changes in the columns; claims are those that the lens shows.

    Attributes
    ----------
    hidden, added : sequence of Claim
        Claims of any type.
    gone_items, gone_contracts : collection of str
        Items and contracts that no visible claim touches any more.
    new_contracts : sequence of str
        Contracts that the columns do not have.
    operated : collection of str
        Factories of which the operators may be others than before.
    operations : collection of (factory_id, operator_id)
        Their operators.
    factories : collection of str
        Those holders of new items that are factories.
    """

    hidden: Sequence[Claim]
    added: Sequence[Claim]
    gone_items: Collection[str]
    gone_contracts: Collection[str]
    new_contracts: Sequence[str]
    operated: Collection[str]
    operations: Collection[tuple[str, str]]
    factories: Collection[str]


def overlaid_columns(columns: PortfolioColumns, change: Overlaid) -> PortfolioColumns:
    """Return the columns with the change; neither is altered."""
    handles = _Handles(columns, change)
    goods = [claim for claim in change.added if claim.type in _CODES]
    kept = _kept(columns, [claim for claim in change.hidden if claim.type in _CODES], handles)
    ends = np.array([(handles.of(c.start.id), handles.of(c.end.id)) for c in goods], dtype=np.int64).reshape(-1, 2)
    gone = {handles.known[contract] for contract in change.gone_contracts}
    contracts = {handle: contract for handle, contract in columns.contracts.items() if handle not in gone}
    operations = {pair for pair in columns.operations if pair[0] not in change.operated}
    return PortfolioColumns(
        start=np.concatenate([columns.start[kept], ends[:, 0]]),
        end=np.concatenate([columns.end[kept], ends[:, 1]]),
        type=np.concatenate([columns.type[kept], np.array([_CODES[c.type] for c in goods], dtype=np.uint8)]),
        grade=np.concatenate([columns.grade[kept], np.array([c.grade.rank for c in goods], dtype=np.uint8)]),
        shares=_changed(columns.shares, handles.shares(change.hidden), handles.shares(goods)),
        items=[*(row for row in columns.items if row.item_id not in change.gone_items), *handles.new_items],
        sourcings=_changed(columns.sourcings, handles.sourcings(change.hidden), handles.sourcings(change.added)),
        contracts=contracts | {handles.of(contract): contract for contract in change.new_contracts},
        operations=sorted(operations | set(change.operations)),
    )


class _Handles:
    """Handles of items and contracts by id; new ones are given to what the columns do not have."""

    def __init__(self, columns: PortfolioColumns, change: Overlaid) -> None:
        self.known: dict[str, int] = {row.item_id: row.handle for row in columns.items}
        self.known |= {contract: handle for handle, contract in columns.contracts.items()}
        used = (int(array.max()) for array in (columns.start, columns.end) if len(array))
        self._next = 1 + max(chain(used, self.known.values()), default=-1)
        self._factories = {row.holder_id for row in columns.items if row.is_factory} | set(change.factories)
        touched = {ref.id for c in change.added for ref in (c.start, c.end) if ref.label is Label.ITEM}
        fresh = sorted(touched - self.known.keys())
        self.new_items = [
            ItemRow(self.of(item), item, holder_of(item), product_of(item), holder_of(item) in self._factories)
            for item in fresh
        ]

    def of(self, node_id: str) -> int:
        """Return the handle of an item or a contract."""
        if node_id not in self.known:
            self.known[node_id] = self._next
            self._next += 1
        return self.known[node_id]

    def shares(self, claims: Iterable[Claim]) -> list[StatedShare]:
        """Return the shares that goods claims state."""
        return [
            StatedShare(
                *(self.of(claim.start.id), self.of(claim.end.id), claim.grade.rank),
                *(claim.recorded_at, claim.share_low, claim.share_high),
            )
            for claim in claims
            if claim.type in _CODES and (claim.share_low, claim.share_high) != NOT_STATED_SHARE
        ]

    def sourcings(self, claims: Iterable[Claim]) -> list[StatedSourcing]:
        """Return the sourcing that claims state of items and contracts."""
        found = []
        for claim in claims:
            sourcing, count = claim.attributes.get("sourcing"), claim.attributes.get("source_count")
            of_contract = claim.type is RelationshipType.DESCRIBES and claim.end.label is Label.CONTRACT
            if sourcing is not None and (of_contract or claim.type is RelationshipType.OFFERS):
                counted = count if isinstance(count, int) else None
                said = (claim.grade.rank, claim.recorded_at, str(sourcing), counted)
                found.append(StatedSourcing(self.of(claim.end.id), *said))
        return found


def _kept(columns: PortfolioColumns, hidden: Sequence[Claim], handles: _Handles) -> npt.NDArray[np.bool_]:
    """Return which rows stay: for each hidden claim one of those of its ends, type and grade goes."""
    kept = np.ones(len(columns.start), dtype=bool)
    if not hidden:
        return kept
    ends = [(handles.of(claim.start.id), handles.of(claim.end.id)) for claim in hidden]
    away = Counter((*pair, _CODES[claim.type], claim.grade.rank) for pair, claim in zip(ends, hidden, strict=True))
    for row in np.flatnonzero(np.isin(columns.start, [start for start, _ in ends])).tolist():
        key = (int(columns.start[row]), int(columns.end[row]), int(columns.type[row]), int(columns.grade[row]))
        if away[key]:
            away[key] -= 1
            kept[row] = False
    return kept


def _changed(rows: Sequence[Row], away: Iterable[Row], more: Iterable[Row]) -> list[Row]:
    """Return rows without one for each of `away`, and with `more`."""
    missing = Counter(away)
    if not missing:
        return [*rows, *more]
    kept: list[Row] = []
    for row in rows:
        if missing[row]:
            missing[row] -= 1
        else:
            kept.append(row)
    return [*kept, *more]
