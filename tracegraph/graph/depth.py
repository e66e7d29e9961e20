"""How deep contracts are mapped: the tiers upstream of thousands of contracts in one sweep (pure; numpy arrays).

A breadth-first search upstream from many sources at once: each item holds one bit for every source that it was reached
from, and a tier moves all of them together. Steps that add no tier (`BECOMES`, inferred) are followed to the end within
a tier. Two inferred steps never follow one another: bits come to an item as *left by a claim* or *left by an inferred
step*, and only claims lead on from the second kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from tracegraph.answer_depth import STOPS_LISTED
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.portfolio_columns import Pairs
from tracegraph.walk.propagate import Ints

Bits = npt.NDArray[np.uint64]  # shape (rows, words)
Flags = npt.NDArray[np.bool_]

SOURCES: Final = 1024  # searches that run together
_CHUNK: Final = 4096  # rows whose bits are counted at once


@dataclass(slots=True)
class Measured:
    """What the sweep found upstream of one set of delivered items.

    Attributes
    ----------
    tiers, factory_tier, first_open : int
        Deepest tier with any item, deepest with an identified factory, first with an open end; 0: none.
    open_ends : int
        How many.
    stops : list of (item position, tier)
        The first `STOPS_LISTED` by tier, then item id.
    inferred : bool
        Whether any step is inferred.
    """

    tiers: int = 0
    factory_tier: int = 0
    first_open: int = 0
    open_ends: int = 0
    stops: list[tuple[int, int]] = field(default_factory=list)
    inferred: bool = False


class Upstream:
    """Edges against the goods: from each item to the items that one kind of step comes from."""

    def __init__(self, pairs: Pairs, n: int) -> None:
        order = np.argsort(pairs.end, kind="stable")
        self.origins: Ints = pairs.start[order]
        self.first: Ints = np.searchsorted(pairs.end[order], np.arange(n + 1))

    def push(self, rows: Ints, bits: Bits) -> tuple[Ints, Bits]:
        """Return the items that steps come from, each once, with the bits of all that they go to."""
        counts = self.first[rows + 1] - self.first[rows]
        total = int(counts.sum())
        if total == 0:
            return rows[:0], bits[:0]
        ends = np.cumsum(counts)
        edges = np.arange(total) - np.repeat(ends - counts - self.first[rows], counts)
        origins = self.origins[edges]
        order = np.argsort(origins, kind="stable")
        origins = origins[order]
        begins = np.flatnonzero(np.concatenate([[True], origins[1:] != origins[:-1]]))
        moved = bits[np.repeat(np.arange(len(rows)), counts)[order]]
        return origins[begins], np.bitwise_or.reduceat(moved, begins, axis=0)


class DepthSweep:
    """Measures contracts of one portfolio.

    Parameters
    ----------
    portfolio : Portfolio
        Everything under the lens.
    identified : bool array by item
        Whether the item is at an identified factory.
    """

    def __init__(self, portfolio: Portfolio, identified: Flags) -> None:
        self.portfolio, self.identified = portfolio, identified
        inferred = _without(portfolio.inferred, portfolio.becomes, portfolio.n)
        self.supplies, self.becomes, self.inferred = (
            Upstream(pairs, portfolio.n) for pairs in (portfolio.supplies, portfolio.becomes, inferred)
        )

    @cached_property
    def rank(self) -> Ints:
        """Position of each item in the order of ids."""
        order = sorted(range(self.portfolio.n), key=self.portfolio.items.ids.__getitem__)
        rank = np.empty(self.portfolio.n, dtype=np.int64)
        rank[order] = np.arange(self.portfolio.n)
        return rank

    def measure(self, delivered: Sequence[tuple[int, ...]]) -> list[Measured]:
        """Return what lies upstream of each set of delivered items.

        Notes
        -----
        Equal sets are measured once, `SOURCES` sets together. Cost: for each such block and tier, the edges of the
        items newly reached, times `SOURCES` / 64 words.

        References
        ----------
        M. Then et al., The More the Merrier: Efficient Multi-Source Graph Traversal, PVLDB 8(4), 2014.
        """
        distinct = list(dict.fromkeys(delivered))
        found: dict[tuple[int, ...], Measured] = {}
        for at in range(0, len(distinct), SOURCES):
            block = distinct[at : at + SOURCES]
            found.update(zip(block, self._block(block), strict=True))
        return [found[items] for items in delivered]

    def _block(self, sources: Sequence[tuple[int, ...]]) -> list[Measured]:
        measured = [Measured() for _ in sources]
        words = -(-len(sources) // 64)
        state = _State(self, words)
        rows, bits = _started(sources, words)
        tier = 1
        while len(rows):
            reached_rows, reached_bits = state.spread(rows, bits)
            self._note(measured, reached_rows, reached_bits, tier)
            rows, bits = self.supplies.push(reached_rows, reached_bits)
            tier += 1
        for source in _members(state.inferred_bits):
            measured[source].inferred = True
        return measured

    def _note(self, measured: list[Measured], rows: Ints, bits: Bits, tier: int) -> None:
        """Write down what was reached at a tier."""
        if not len(rows):
            return
        for source in _members(np.bitwise_or.reduce(bits, axis=0)):
            measured[source].tiers = tier
        plants = self.identified[rows]
        if plants.any():
            for source in _members(np.bitwise_or.reduce(bits[plants], axis=0)):
                measured[source].factory_tier = tier
        is_open = self.portfolio.open_items[rows]
        if is_open.any():
            rows, bits = rows[is_open], bits[is_open]
            order = np.argsort(self.rank[rows])
            self._note_open(measured, rows[order], bits[order], tier)

    def _note_open(self, measured: list[Measured], rows: Ints, bits: Bits, tier: int) -> None:
        for at in range(0, len(rows), _CHUNK):
            chunk = rows[at : at + _CHUNK]
            table = np.unpackbits(bits[at : at + _CHUNK].view(np.uint8), axis=1, bitorder="little").T
            counts = table.sum(axis=1, dtype=np.int64)
            for source in np.flatnonzero(counts[: len(measured)]).tolist():
                found = measured[source]
                found.first_open = found.first_open or tier
                found.open_ends += int(counts[source])
                if (missing := STOPS_LISTED - len(found.stops)) > 0:
                    first = chunk[np.flatnonzero(table[source])[:missing]]
                    found.stops += [(item, tier) for item in first.tolist()]


class _State:
    """Which bits have reached which items."""

    def __init__(self, sweep: DepthSweep, words: int) -> None:
        self.sweep = sweep
        self.by_claim: Bits = np.zeros((sweep.portfolio.n, words), dtype=np.uint64)
        self.reached: Bits = np.zeros((sweep.portfolio.n, words), dtype=np.uint64)
        self.inferred_bits: Bits = np.zeros(words, dtype=np.uint64)

    def spread(self, rows: Ints, bits: Bits) -> tuple[Ints, Bits]:
        """Let bits that came by purchases spread along steps that add no tier; return what they reached as the first.

        Rows are distinct in what is given; in what is returned they may occur again, each time with other bits.
        """
        found: list[tuple[Ints, Bits]] = []
        rows, bits = _new(self.by_claim, rows, bits)
        while len(rows):
            fresh = [_new(self.reached, rows, bits)]
            origins, passed = self.sweep.inferred.push(rows, bits)
            if len(origins):
                self.inferred_bits |= np.bitwise_or.reduce(passed, axis=0)
                fresh.append(_new(self.reached, origins, passed))
            found += fresh
            rows, bits = _new(self.by_claim, *self.sweep.becomes.push(*_joined(fresh)))
        return _joined(found) if found else (rows, bits)


def _without(pairs: Pairs, others: Pairs, n: int) -> Pairs:
    """Return the pairs that are not among others: where a claim says it, nothing needs to be inferred."""
    kept = ~np.isin(pairs.start * n + pairs.end, others.start * n + others.end)
    return Pairs(pairs.start[kept], pairs.end[kept])


def _new(seen: Bits, rows: Ints, bits: Bits) -> tuple[Ints, Bits]:
    """Mark bits as seen and return those that were not; rows must be distinct, or an update would be lost."""
    new = bits & ~seen[rows]
    kept = new.any(axis=1)
    rows, new = rows[kept], new[kept]
    seen[rows] |= new
    return rows, new


def _joined(steps: Sequence[tuple[Ints, Bits]]) -> tuple[Ints, Bits]:
    return np.concatenate([rows for rows, _ in steps]), np.concatenate([bits for _, bits in steps])


def _started(sources: Sequence[tuple[int, ...]], words: int) -> tuple[Ints, Bits]:
    """Return the delivered items with the bits of the sources that they start."""
    rows = np.array(sorted({item for items in sources for item in items}), dtype=np.int64)
    place = {item: position for position, item in enumerate(rows.tolist())}
    bits = np.zeros((len(rows), words), dtype=np.uint64)
    for source, items in enumerate(sources):
        for item in items:
            bits[place[item], source // 64] |= np.uint64(1 << (source % 64))
    return rows, bits


def _members(bits: Bits) -> Iterator[int]:
    """Yield the numbers of the bits that are set in one row."""
    yield from np.flatnonzero(np.unpackbits(bits.view(np.uint8), bitorder="little")).tolist()
