"""The pass over the whole portfolio: which open ends lie upstream of every contract (`docs/model.md`, section 7).

Contracts with a route cost a cone; contracts without one need to know what is not known upstream of them. One pass
answers that for all contracts and every question under one lens: for each contract the set of *classes* of its open
ends, a class being a product and whether the holder may have bought it or makes it. Relevance for the products at stake
is then a look-up (`tracegraph.walk.open_ends`).

Goods flow on pairs (item, how it is left): two inferred steps never follow one another. Node ``i`` stands for item i
left by an inferred step, which only claims may enter; node ``n + i`` for item i left by a claim, or as an open end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tracegraph.decide import SourcingValue, decide_share, decide_sourcing
from tracegraph.model import item_id
from tracegraph.products import Catalogue
from tracegraph.store.rows import PortfolioColumns
from tracegraph.vocabulary import UNSPECIFIED, Sourcing
from tracegraph.walk.inference import becoming
from tracegraph.walk.propagate import Flow, Ints

SHARE_TOLERANCE = 1e-9
SUPPLIES, BECOMES, DELIVERED_UNDER = range(3)  # as in PortfolioColumns.type


@dataclass(frozen=True, slots=True)
class Items:
    """Items as parallel lists, by index."""

    ids: list[str]
    holders: list[str]
    products: list[str]
    at_factory: list[bool]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Distinct pairs of ends, as parallel index arrays."""

    start: Ints
    end: Ints


class Portfolio:
    """Everything that carries goods under one lens, and the open ends in it.

    Parameters
    ----------
    columns : PortfolioColumns
        What the store holds under the lens.
    catalogue : Catalogue
        Which goods may become which.
    infers : bool
        Whether steps may be inferred under the lens.
    """

    def __init__(self, columns: PortfolioColumns, catalogue: Catalogue, *, infers: bool) -> None:
        self.catalogue, self.infers = catalogue, infers
        self.items, self.contract_ids, index = _index(columns, infers)
        self.n = len(self.items.ids)
        self.supplies, self.becomes, self.deliveries = (_pairs(columns, kind, index) for kind in range(3))
        self._low, self._high = _share_sums(columns, index, self.items, self.n + len(self.contract_ids))
        self._sourcing = _sourcings(columns, index)
        self.operations = columns.operations

    @cached_property
    def contract_index(self) -> Mapping[str, int]:
        """Position of each contract."""
        return {contract: position for position, contract in enumerate(self.contract_ids)}

    @cached_property
    def sellers(self) -> Ints:
        """Number of distinct sellers of each item."""
        return np.bincount(self.supplies.end, minlength=self.n)

    @cached_property
    def bought(self) -> npt.NDArray[np.bool_]:
        """Whether goods may have been bought: at a supplier, or at a factory to which somebody is seen to sell them."""
        return ~np.array(self.items.at_factory, dtype=bool) | (self.sellers > 0)

    @cached_property
    def open_items(self) -> npt.NDArray[np.bool_]:
        """Whether each item is an open end."""
        made = np.zeros(self.n, dtype=bool)
        made[self.becomes.end] = True
        return self._open(0, self.sellers, made, None)

    @cached_property
    def open_contracts(self) -> npt.NDArray[np.bool_]:
        """Whether each contract is an open end itself: always when no delivery is visible."""
        count = len(self.contract_ids)
        delivered = np.bincount(self.deliveries.end - self.n, minlength=count)
        default = SourcingValue(Sourcing.COMPLETE, None)
        unlisted = self._open(self.n, delivered, np.zeros(count, dtype=bool), default)
        undelivered: npt.NDArray[np.bool_] = delivered == 0
        return unlisted | undelivered

    @cached_property
    def deliveries_assumed(self) -> npt.NDArray[np.bool_]:
        """Whether nobody stated a contract's sourcing, so that its list of deliveries is taken to be all of it."""
        stated = np.zeros(len(self.contract_ids), dtype=bool)
        stated[[position - self.n for position in self._sourcing if position >= self.n]] = True
        assumed: npt.NDArray[np.bool_] = ~stated
        return assumed

    def _open(
        self, offset: int, inflows: Ints, made: npt.NDArray[np.bool_], default: SourcingValue | None
    ) -> npt.NDArray[np.bool_]:
        """Return which nodes from `offset` on are open ends, by their counts of inflows and whether they are made."""
        low = self._low[offset : offset + len(inflows)]
        high = inflows + self._high[offset : offset + len(inflows)] + made
        unlisted = np.abs(low - 1) > SHARE_TOLERANCE
        covered = high >= 1 - SHARE_TOLERANCE
        stated = {p - offset: value for p, value in self._sourcing.items() if offset <= p < offset + len(inflows)}
        is_open = unlisted & ~covered if default else unlisted.copy()
        for position, (sourcing, count) in stated.items():
            listed = count is None or inflows[position] >= count
            complete = sourcing is Sourcing.COMPLETE and (
                (listed and covered[position]) or (count == 0 and inflows[position] == 0)
            )
            is_open[position] = unlisted[position] and not complete and sourcing is not Sourcing.ORIGIN
        return is_open

    # --- inferred steps and flow ---

    @cached_property
    def inferred(self) -> Pairs:
        """Every inferred step between two items."""
        pairs = list(self._inferred_pairs()) if self.infers else []
        return Pairs(*np.array(pairs, dtype=np.int64).reshape(-1, 2).T)

    def _inferred_pairs(self) -> Iterator[tuple[int, int]]:
        held: dict[str, dict[str, int]] = {}
        for position, (holder, product) in enumerate(zip(self.items.holders, self.items.products, strict=True)):
            held.setdefault(holder, {})[product] = position
        for goods in held.values():
            if len(goods) > 1:
                for product, position in goods.items():
                    yield from ((position, goods[q]) for q, _ in becoming(product, goods, self.catalogue))
        for factory, operator in self.operations:
            yield from self._passed_on(held.get(factory, {}), held.get(operator, {}))

    def _passed_on(self, made: Mapping[str, int], held: Mapping[str, int]) -> Iterator[tuple[int, int]]:
        for product, position in made.items() if held else ():
            if product in held:
                yield position, held[product]
            yield from ((position, held[q]) for q, _ in becoming(product, held, self.catalogue))

    @cached_property
    def flow(self) -> Flow:
        """The graph of pairs (item, how it is left) along which open ends are gathered."""
        every = np.arange(self.n)
        start = np.concatenate([self.n + self.supplies.start, self.n + self.becomes.start, every, self.inferred.start])
        end = np.concatenate([self.supplies.end, self.becomes.end, self.n + every, self.n + self.inferred.end])
        return Flow(2 * self.n, start, end)

    @cached_property
    def classes(self) -> Sequence[tuple[str, bool]]:
        """The classes of open ends: (product, bought)."""
        return list(self._class_numbers)

    @cached_property
    def _class_numbers(self) -> Mapping[tuple[str, bool], int]:
        numbers: dict[tuple[str, bool], int] = {}
        for position in np.flatnonzero(self.open_items).tolist():
            numbers.setdefault(self.class_of(position), len(numbers))
        return numbers

    def class_of(self, position: int) -> tuple[str, bool]:
        """Return the class of an item: its product, and whether it may have been bought."""
        return self.items.products[position], bool(self.bought[position])

    @cached_property
    def class_sets(self) -> list[int]:
        """By component of the flow: the classes of the open ends upstream, as bits."""
        positions = np.flatnonzero(self.open_items)
        return self.flow.joined(positions, (1 << self._class_numbers[self.class_of(p)] for p in positions.tolist()))

    def by_contract(self, sets: Sequence[int]) -> list[int]:
        """Return, by contract, the union of what lies upstream of its deliveries, from sets by component."""
        gathered = [0] * len(self.contract_ids)
        origins = self.flow.component[self.n + self.deliveries.start]
        for origin, contract in zip(origins.tolist(), (self.deliveries.end - self.n).tolist(), strict=True):
            gathered[contract] |= sets[origin]
        return gathered

    @cached_property
    def contract_classes(self) -> list[int]:
        """By contract: the classes of the open ends upstream, as bits."""
        return self.by_contract(self.class_sets)


# --- from the store's handles to positions -----------------------------------------------------------------------


def _index(columns: PortfolioColumns, infers: bool) -> tuple[Items, list[str], Ints]:
    """Return items, contracts, and the position of each handle (-1: neither); contracts come after the items.

    A factory with no item that somebody operates gets its item `unspecified`.
    """
    rows = columns.items
    ids, holders = [row.item_id for row in rows], [row.holder_id for row in rows]
    products, at_factory = [row.product for row in rows], [row.is_factory for row in rows]
    bare = {factory for factory, _ in columns.operations} - set(holders) if infers else set()
    for factory in sorted(bare):
        ids.append(item_id(factory, UNSPECIFIED))
        holders.append(factory)
        products.append(UNSPECIFIED)
        at_factory.append(True)
    handles = np.array([row.handle for row in rows], dtype=np.int64)
    contracts = np.array(list(columns.contracts), dtype=np.int64)
    size = 1 + max((int(a.max()) for a in (handles, contracts, columns.start, columns.end) if len(a)), default=0)
    index = np.full(size, -1, dtype=np.int64)
    index[handles] = np.arange(len(handles))
    index[contracts] = len(ids) + np.arange(len(contracts))
    return Items(ids, holders, products, at_factory), list(columns.contracts.values()), index


def _pairs(columns: PortfolioColumns, kind: int, index: Ints) -> Pairs:
    """Return the distinct pairs of one type; deliveries under contracts that no visible row names are left out."""
    of_kind = columns.type == kind
    start, end = index[columns.start[of_kind]], index[columns.end[of_kind]]
    known = (start >= 0) & (end >= 0)
    start, end = start[known], end[known]
    width = len(index) + 1
    codes = np.unique(start * width + end)
    return Pairs(codes // width, codes % width)


def _share_sums(
    columns: PortfolioColumns, index: Ints, items: Items, size: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return, by position, the sum of the decided low shares, and of what the high shares lack to 1 each (negative).

    Only shares of purchases and deliveries count: the share of a `BECOMES`, inside one holder, is one of an output.
    """
    by_pair: dict[tuple[int, int], list[tuple[int, str, float, float]]] = {}
    for share in columns.shares:
        stated = (share.grade, share.recorded_at, share.low, share.high)
        by_pair.setdefault((share.start, share.end), []).append(stated)
    low, lacking = np.zeros(size), np.zeros(size)
    for (start, end), stated_shares in by_pair.items():
        origin, position = int(index[start]), int(index[end])
        inside = position < len(items.ids) and items.holders[origin] == items.holders[position]
        if position >= 0 and not inside:
            decided_low, decided_high = decide_share(stated_shares)
            low[position] += decided_low
            lacking[position] += decided_high - 1
    return low, lacking


def _sourcings(columns: PortfolioColumns, index: Ints) -> dict[int, SourcingValue]:
    """Return the decided sourcing by position, where somebody states one."""
    stated: dict[int, list[tuple[int, str, str, int | None]]] = {}
    for row in columns.sourcings:
        if (position := int(index[row.handle])) >= 0:
            stated.setdefault(position, []).append((row.grade, row.recorded_at, row.sourcing, row.source_count))
    decided = {position: decide_sourcing(rows) for position, rows in stated.items()}
    return {position: value for position, value in decided.items() if value is not None}
