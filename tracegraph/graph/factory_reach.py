"""Which contracts the goods of many plants reach, all at once (pure).

Contracts are bits that flow against the goods (`tracegraph.walk.lines`): one pass for a block of contracts serves every
plant, where a walk for each plant would pass the shared part of the chains again and again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from tracegraph.vocabulary import Certainty
from tracegraph.walk.lines import Lines
from tracegraph.walk.portfolio import Flags, Portfolio
from tracegraph.walk.propagate import Ints

TABLE: Final = 2**24  # flags (one octet each) that a table of plants by contracts may have


@dataclass(frozen=True, slots=True)
class Table:
    """Which contracts of a block each plant reaches.

    Attributes
    ----------
    contracts : list of int
        Positions in the portfolio.
    established : bool array of shape (plants, contracts)
        By documented claims alone, from an item that is certainly the plant's.
    anyhow : bool array of the same shape
        By any route; holds `established`.
    """

    contracts: list[int]
    established: Flags
    anyhow: Flags


class FactoryReach:
    """What plants reach.

    Parameters
    ----------
    portfolio : Portfolio
        Everything that carries goods under one lens.
    starts : sequence of mapping
        For each plant its affected items, by item id.

    Attributes
    ----------
    plants : int
        How many there are.
    """

    def __init__(self, portfolio: Portfolio, starts: Sequence[Mapping[str, Certainty]]) -> None:
        self._portfolio, self.plants = portfolio, len(starts)
        index = portfolio.item_index
        self._every = [[index[item] for item in of if item in index] for of in starts]
        self._certain = [
            [index[item] for item, certainty in of.items() if item in index and certainty is Certainty.CERTAIN]
            for of in starts
        ]

    @cached_property
    def lines(self) -> Lines:
        """The lines of the portfolio, by any route."""
        return Lines(self._portfolio)

    @cached_property
    def _documented(self) -> Lines:
        return Lines(self._portfolio, documented=True)

    def tables(self, contracts: Sequence[int]) -> Iterator[Table]:
        """Yield what each plant reaches among contracts, a block at a time."""
        size = max(64, TABLE // max(1, self.plants))
        for at in range(0, len(contracts), size):
            block = list(contracts[at : at + size])
            established = self._reached(self._documented, self._certain, block)
            yield Table(block, established, self._reached(self.lines, self._every, block) | established)

    def _reached(self, lines: Lines, starts: Sequence[Collection[int]], contracts: Sequence[int]) -> Flags:
        found = np.zeros((self.plants, len(contracts)), dtype=bool)
        plants = np.array([plant for plant, items in enumerate(starts) if items], dtype=np.int64)
        if not len(plants):
            return found
        sizes: Ints = np.array([len(starts[plant]) for plant in plants.tolist()], dtype=np.int64)
        items: Ints = np.array([item for of in starts for item in of], dtype=np.int64)
        first: Ints = np.cumsum(sizes) - sizes
        place = {contract: column for column, contract in enumerate(contracts)}
        for block in lines.blocks(items, contracts):
            columns: Ints = np.array([place[contract] for contract in block.contracts.tolist()], dtype=np.int64)
            reached = np.logical_or.reduceat(block.at_contracts, first, axis=0)
            found[np.ix_(plants, columns)] = reached
        return found
