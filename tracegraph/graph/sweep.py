"""What many starts reach, all at once: one bit a start, 64 in a machine word (pure).

A node passes on the bits that are new to it; a node is taken up again only when another start reaches it later. Circles
need no care, and what no start reaches costs nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from tracegraph.graph.csr import Csr, Ints
from tracegraph.graph.portfolio_snapshot import PortfolioSnapshot
from tracegraph.vocabulary import Certainty

WORD: Final = 64
Words = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]


def reached_bits(csr: Csr, starts: Sequence[Collection[int]]) -> Words:
    """Return, by node, which of at most 64 sets of starts reach it, as bits; a start reaches itself.

    Notes
    -----
    Cost: the edges that leave what is reached, times the number of distances at which a node is reached for the first
    time from some set (few, as the sets share their way downstream). After M. Then et al. (PVLDB 2014).
    """
    bits: Words = np.zeros(csr.n, dtype=np.uint64)
    for number, nodes in enumerate(starts):
        bits[list(nodes)] |= np.uint64(1 << number)
    gained: Words = np.zeros(csr.n, dtype=np.uint64)
    frontier: Ints = np.unique(np.fromiter((node for nodes in starts for node in nodes), dtype=np.int64))
    fresh = bits[frontier]
    while len(frontier):
        heads = csr.indices[csr.rows(frontier)]
        carried = np.repeat(fresh, np.diff(csr.indptr)[frontier])
        np.bitwise_or.at(gained, heads, carried)
        new = heads[(gained[heads] & ~bits[heads]) != 0]
        frontier = np.unique(new)
        fresh = gained[frontier] & ~bits[frontier]
        bits[frontier] |= fresh
        gained[heads] = 0
    return bits


class Sweep:
    """Which contracts the affected items of many scopes reach, by documented steps and by any.

    Parameters
    ----------
    snapshot : PortfolioSnapshot
        The portfolio.
    places : mapping of str to int
        Position of each item.
    """

    def __init__(self, snapshot: PortfolioSnapshot, places: Mapping[str, int]) -> None:
        self._snapshot, self._places = snapshot, places

    def reached(self, scopes: Sequence[Mapping[str, Certainty]]) -> Iterator[tuple[Flags, Flags]]:
        """Yield, for each scope, which contracts are established, and which have any route.

        Parameters
        ----------
        scopes : sequence of mapping
            Affected items by certainty; items that carry no goods under the lens have no steps.
        """
        for first in range(0, len(scopes), WORD):
            block = scopes[first : first + WORD]
            certain = [self._positions(scope, only_certain=True) for scope in block]
            every = [self._positions(scope, only_certain=False) for scope in block]
            established = self._at_contracts(self._snapshot.documented, certain)
            anyhow = self._at_contracts(self._snapshot.out, every)
            for number in range(len(block)):
                bit = np.uint64(1 << number)
                yield (established & bit) != 0, (anyhow & bit) != 0

    def _positions(self, scope: Mapping[str, Certainty], *, only_certain: bool) -> list[int]:
        return [
            self._places[item]
            for item, certainty in scope.items()
            if item in self._places and (certainty is Certainty.CERTAIN or not only_certain)
        ]

    def _at_contracts(self, csr: Csr, starts: Sequence[Collection[int]]) -> Any:
        return reached_bits(csr, starts)[self._snapshot.first_contract :]
