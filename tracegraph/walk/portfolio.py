"""The pass over the whole portfolio: which open ends lie upstream of every contract (`docs/model.md`, section 7).

Contracts with a route cost a cone; contracts without one need to know what is not known upstream of them. One pass
answers that for all contracts and every question under one lens: for each contract the set of *classes* of its open
ends, a class being a product and whether the holder may have bought it or makes it. Relevance for the products at stake
is then a look-up (`tracegraph.walk.open_ends`).

Goods flow on pairs (item, how it is left): two inferred steps never follow one another. Node ``i`` stands for item i
left by an inferred step, which only claims may enter; node ``n + i`` for item i left by a claim, or as an open end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tracegraph.products import Catalogue
from tracegraph.store.rows import PortfolioColumns
from tracegraph.vocabulary import Sourcing
from tracegraph.walk.class_table import ClassTable
from tracegraph.walk.inference import FEW, becoming
from tracegraph.walk.portfolio_columns import (
    Floats,
    Pairs,
    claimed_pairs,
    decided_shares,
    decided_sourcings,
    index_of,
)
from tracegraph.walk.propagate import Flow, Ints, members

Flags = npt.NDArray[np.bool_]

SHARE_TOLERANCE = 1e-9
SUPPLIES, BECOMES, DELIVERED_UNDER = range(3)  # as in PortfolioColumns.type


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
        self.items, self.contract_ids, index = index_of(columns, infers)
        self.n = len(self.items.ids)
        shares = decided_shares(columns)
        self.supplies, self.becomes, self.deliveries = (
            claimed_pairs(columns, kind, index, shares) for kind in (SUPPLIES, BECOMES, DELIVERED_UNDER)
        )
        self._sourcing = decided_sourcings(columns, index)
        self.operations = columns.operations
        #: What the classes of open ends mean, by product at stake; kept by `tracegraph.walk.open_ends.meaning_of`.
        self.meanings: dict[str, tuple[int, int, int]] = {}

    @cached_property
    def contract_index(self) -> Mapping[str, int]:
        """Position of each contract."""
        return {contract: position for position, contract in enumerate(self.contract_ids)}

    @cached_property
    def item_index(self) -> Mapping[str, int]:
        """Position of each item."""
        return {item: position for position, item in enumerate(self.items.ids)}

    @cached_property
    def sellers(self) -> Ints:
        """Number of distinct sellers of each item."""
        return np.bincount(self.supplies.end, minlength=self.n)

    @cached_property
    def bought(self) -> Flags:
        """Whether goods may have been bought: at a supplier, or at a factory to which somebody is seen to sell them."""
        return ~np.array(self.items.at_factory, dtype=bool) | (self.sellers > 0)

    @cached_property
    def complete_items(self) -> Flags:
        """Whether a `complete` is in force for each item: the listed sources are all of them."""
        made = np.zeros(self.n, dtype=bool)
        made[self.becomes.end] = True
        return self._complete(0, self.sellers, self._summed(self.supplies.high, self.supplies.end, self.n) + made)

    @cached_property
    def complete_contracts(self) -> Flags:
        """Whether a `complete` is in force for each contract; with no visible delivery it never is."""
        positions, count = self.deliveries.end - self.n, len(self.contract_ids)
        delivered = np.bincount(positions, minlength=count)
        complete = self._complete(self.n, delivered, self._summed(self.deliveries.high, positions, count))
        return complete & (delivered > 0)

    @cached_property
    def origin_items(self) -> Flags:
        """Whether each item is stated to have nothing upstream of interest."""
        stated = self._sourcing.items()
        return self._flagged(p for p, (sourcing, _) in stated if sourcing is Sourcing.ORIGIN and p < self.n)

    @cached_property
    def open_items(self) -> Flags:
        """Whether each item is an open end."""
        low = self._summed(self.supplies.low, self.supplies.end, self.n)
        is_open: Flags = _unlisted(low) & ~self.complete_items & ~self.origin_items
        return is_open

    @cached_property
    def open_contracts(self) -> Flags:
        """Whether each contract is an open end itself: always when no delivery is visible."""
        positions, count = self.deliveries.end - self.n, len(self.contract_ids)
        low = self._summed(self.deliveries.low, positions, count)
        undelivered = np.bincount(positions, minlength=count) == 0
        origin = np.zeros(count, dtype=bool)
        origin[[p - self.n for p, (s, _) in self._sourcing.items() if s is Sourcing.ORIGIN and p >= self.n]] = True
        is_open: Flags = (_unlisted(low) & ~self.complete_contracts & ~origin) | undelivered
        return is_open

    @cached_property
    def deliveries_assumed(self) -> Flags:
        """Whether nobody stated a contract's sourcing, so that its list of deliveries is taken to be all of it."""
        stated = np.zeros(len(self.contract_ids), dtype=bool)
        stated[[position - self.n for position in self._sourcing if position >= self.n]] = True
        assumed: Flags = ~stated
        return assumed

    def _complete(self, offset: int, inflows: Ints, high: Floats) -> Flags:
        """Return for which nodes from `offset` on a `complete` is in force, by their inflows and the high shares."""
        covered = high >= 1 - SHARE_TOLERANCE
        # A contract of which nobody states the sourcing is complete by default, an item is open.
        complete = covered.copy() if offset else np.zeros(len(inflows), dtype=bool)
        for at, (sourcing, count) in self._sourcing.items():
            if offset <= at < offset + len(inflows):
                position = at - offset
                listed = covered[position] and (count is None or inflows[position] >= count)
                nothing = count == 0 and inflows[position] == 0
                complete[position] = sourcing is Sourcing.COMPLETE and (listed or nothing)
        return complete

    def _flagged(self, positions: Iterable[int]) -> Flags:
        flags = np.zeros(self.n, dtype=bool)
        flags[list(positions)] = True
        return flags

    @staticmethod
    def _summed(shares: Floats, ends: Ints, size: int) -> Floats:
        return np.bincount(ends, weights=shares, minlength=size).astype(np.float64)

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
                yield from self._among(goods, goods)
        for factory, operator in self.operations:
            made, kept = held.get(factory), held.get(operator)
            if made and kept:
                yield from ((position, kept[product]) for product, position in made.items() if product in kept)
                yield from self._among(made, kept)

    def _among(self, origins: Mapping[str, int], ends: Mapping[str, int]) -> Iterator[tuple[int, int]]:
        """Yield the steps from goods to other goods that they may become."""
        if len(ends) > FEW:
            for product, position in origins.items():
                yield from ((position, ends[q]) for q, _ in becoming(product, ends, self.catalogue))
            return
        rule = self.catalogue.rule
        for p, a in origins.items():
            for q, b in ends.items():
                if p != q and rule(p, q) is not None:
                    yield a, b

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

    @cached_property
    def open_classes(self) -> Ints:
        """Number of the class of each item that is an open end; -1 for the others."""
        numbers = np.full(self.n, -1, dtype=np.int64)
        positions = np.flatnonzero(self.open_items)
        numbers[positions] = [self._class_numbers[self.class_of(position)] for position in positions.tolist()]
        return numbers

    def class_of(self, position: int) -> tuple[str, bool]:
        """Return the class of an item: its product, and whether it may have been bought."""
        return self.items.products[position], bool(self.bought[position])

    @cached_property
    def class_sets(self) -> list[int]:
        """By component of the flow: the classes of the open ends upstream, as bits."""
        positions = np.flatnonzero(self.open_items)
        return self.flow.joined(positions, (1 << number for number in self.open_classes[positions].tolist()))

    @cached_property
    def component_table(self) -> ClassTable:
        """The same as a table."""
        return ClassTable(self.class_sets, len(self.classes))

    def by_contract(self, sets: Sequence[int]) -> list[int]:
        """Return, by contract, the union of what lies upstream of its deliveries, from sets by component."""
        return [self.upstream_in(sets, contract) for contract in range(len(self.contract_ids))]

    def upstream_in(self, sets: Sequence[int], contract: int) -> int:
        """Return the union of what lies upstream of one contract's deliveries, from sets by component."""
        gathered = 0
        first, origins = self._origins
        for origin in origins[first[contract] : first[contract + 1]]:
            gathered |= sets[origin]
        return gathered

    @cached_property
    def _origins(self) -> tuple[list[int], list[int]]:
        """Where the deliveries of each contract begin, and the component of the flow of what is delivered."""
        order = np.argsort(self.deliveries.end, kind="stable")
        ends = self.deliveries.end[order] - self.n
        first = np.searchsorted(ends, np.arange(len(self.contract_ids) + 1))
        return first.tolist(), self.flow.component[self.n + self.deliveries.start[order]].tolist()

    @cached_property
    def items_by_id(self) -> Ints:
        """Positions of all items, by id."""
        return np.array(sorted(range(self.n), key=self.items.ids.__getitem__), dtype=np.int64)

    def upstream_of(self, items: Sequence[int], contracts: Iterable[int]) -> set[int]:
        """Return those of the items that lie upstream of one of the contracts."""
        sets = self.flow.joined(np.array(items, dtype=np.int64), (1 << n for n in range(len(items))))
        above = 0
        for contract in contracts:
            above |= self.upstream_in(sets, contract)
        return {items[n] for n in members(above, len(items))}

    @cached_property
    def contract_classes(self) -> list[int]:
        """By contract: the classes of the open ends upstream, as bits."""
        return self.by_contract(self.class_sets)


def _unlisted(low: Floats) -> Flags:
    """Return whether the low shares do not sum to 1; more than 1 is a contradiction and says nothing."""
    unlisted: Flags = np.abs(low - 1) > SHARE_TOLERANCE
    return unlisted
