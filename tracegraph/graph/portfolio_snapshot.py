"""The whole portfolio as a snapshot on which every path is a route (pure; what `route_graph` is of a cone).

Nodes are pairs (id, entered), in this order: ``(item, CLAIM)`` for every item, ``(item, INFERRED)`` for every item that
an inferred step enters, which only claims leave, ``(contract, CLAIM)``. Edges carry ``grade`` (rank), ``tier`` (0 or 1)
and ``kind`` (`CLAIM` or `INFERRED`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from functools import cached_property
from itertools import chain, repeat

import numpy as np
import numpy.typing as npt

from tracegraph.graph.csr import Csr, Ints, csr_of
from tracegraph.graph.node_names import Positions, chosen, named
from tracegraph.graph.route_graph import CLAIM, INFERRED
from tracegraph.graph.snapshot import CsrGraph
from tracegraph.vocabulary import Grade
from tracegraph.walk.portfolio import Portfolio


class RouteNames:
    """The names of a portfolio's nodes, made when first asked for: a sweep needs none.

    Parameters
    ----------
    portfolio : Portfolio
        Items and contracts.
    entered : int array
        Positions of the items that an inferred step enters, ascending.
    """

    def __init__(self, portfolio: Portfolio, entered: Ints) -> None:
        self._portfolio, self.entered = portfolio, entered

    @property
    def first_contract(self) -> int:
        """Position of the first contract."""
        return self._portfolio.n + len(self.entered)

    def __len__(self) -> int:
        return self.first_contract + len(self._portfolio.contract_ids)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._names)

    def many(self, positions: Positions) -> list[Hashable]:
        """Return the pairs at these positions."""
        return chosen(self._names, positions)

    def find(self, name: object) -> int | None:
        """Return the position of a pair."""
        hash(name)
        if not isinstance(name, tuple) or len(name) != 2:
            return None
        item = self._portfolio.item_index.get(name[0])
        if name[1] == INFERRED:
            return None if item is None else self._inferred.get(item)
        contract = self._portfolio.contract_index.get(name[0])
        if name[1] != CLAIM or contract is None:
            return item if name[1] == CLAIM else None
        return self.first_contract + contract

    @cached_property
    def _names(self) -> npt.NDArray[np.object_]:
        ids, contracts = self._portfolio.items.ids, self._portfolio.contract_ids
        pairs = chain(
            zip(ids, repeat(CLAIM)),
            ((ids[item], INFERRED) for item in self.entered.tolist()),
            zip(contracts, repeat(CLAIM)),
        )
        return named(pairs, len(self))

    @cached_property
    def _inferred(self) -> dict[int, int]:
        return {item: self._portfolio.n + place for place, item in enumerate(self.entered.tolist())}


class PortfolioSnapshot(CsrGraph):
    """A portfolio as a snapshot, with where its contracts lie.

    Parameters
    ----------
    portfolio : Portfolio
        Everything that carries goods under one lens.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        inferred = portfolio.inferred
        names = RouteNames(portfolio, np.unique(inferred.end))
        self.first_contract = names.first_contract
        self._items, self._entered = portfolio.n, names.entered
        place = np.full(portfolio.n, -1, dtype=np.int64)
        place[names.entered] = portfolio.n + np.arange(len(names.entered))
        claims = (portfolio.supplies, portfolio.becomes, portfolio.deliveries)
        start = np.concatenate([pairs.start for pairs in claims])
        beyond = self.first_contract - portfolio.n  # how much farther contracts lie than in the portfolio
        end = np.concatenate([portfolio.supplies.end, portfolio.becomes.end, portfolio.deliveries.end + beyond])
        grade = np.concatenate([pairs.grade for pairs in claims]).astype(np.uint8)
        tier = np.repeat(np.array([1, 0, 1], dtype=np.uint8), [len(pairs.start) for pairs in claims])
        again = np.flatnonzero(place[start] >= 0)  # claims that leave an item which an inferred step enters
        count, steps = len(start) + len(again), len(inferred.start)
        super().__init__(
            np.concatenate([start, place[start[again]], inferred.start]),
            np.concatenate([end, end[again], place[inferred.end]]),
            names,
            {
                "grade": np.concatenate([grade, grade[again], np.full(steps, Grade.INFERRED.rank, dtype=np.uint8)]),
                "tier": np.concatenate([tier, tier[again], np.zeros(steps, dtype=np.uint8)]),
                "kind": np.repeat(np.array([CLAIM, INFERRED], dtype=np.uint8), [count, steps]),
            },
        )

    def items_at(self, nodes: Ints) -> npt.NDArray[np.bool_]:
        """Return, by item of the portfolio, whether one of these nodes stands for it; none of them is a contract's."""
        flags = np.zeros(self._items, dtype=np.bool_)
        flags[nodes[nodes < self._items]] = True
        flags[self._entered[nodes[nodes >= self._items] - self._items]] = True
        return flags

    def item_of(self, nodes: Ints) -> Ints:
        """Return the items of the portfolio that these nodes stand for; none of them is a contract's."""
        items: Ints = nodes.copy()
        items[nodes >= self._items] = self._entered[nodes[nodes >= self._items] - self._items]
        return items

    @cached_property
    def documented(self) -> Csr:
        """The rows of the documented steps alone: claims of a grade above `inferred`."""
        kept = self.attributes["grade"][self.out.edges] > Grade.INFERRED.rank
        return csr_of(self.out.n, self.out.tails()[kept], self.out.indices[kept])


def snapshot_of(portfolio: Portfolio) -> PortfolioSnapshot:
    """Return a portfolio as a snapshot."""
    return PortfolioSnapshot(portfolio)
