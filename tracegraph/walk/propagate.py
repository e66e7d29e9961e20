"""Sets that flow along a directed graph with circles: what lies upstream of each node, in one pass (pure).

Circles are one component each, in which everything is upstream of everything; over the components the sets, held as
bits of Python integers, are joined in topological order. Cost: one union an edge.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

Ints = npt.NDArray[np.int64]


class Flow:
    """A directed graph, ready to let sets flow along its edges.

    Parameters
    ----------
    n : int
        Number of nodes, 0 to n - 1.
    start, end : int64 arrays
        Edges; what is in `start` flows into `end`.
    """

    def __init__(self, n: int, start: Ints, end: Ints) -> None:
        graph = csr_array((np.ones(len(start), dtype=np.int32), (start, end)), shape=(n, n))
        self.n_components, labels = connected_components(graph, directed=True, connection="strong")
        # SciPy numbers components against the edges (Pearce's algorithm), but does not promise it.
        self.component: Ints = self.n_components - 1 - labels.astype(np.int64)
        tails, heads = self.component[start], self.component[end]
        apart = tails != heads
        tails, heads = tails[apart], heads[apart]
        if len(tails) and not np.all(tails < heads):
            self.component = _topological(self.n_components, tails, heads)[self.component]
            tails, heads = self.component[start][apart], self.component[end][apart]
        order = np.argsort(tails, kind="stable")
        self.between = tails[order], heads[order]  # edges between components, by tail

    def joined(self, nodes: Ints, sets: Iterable[int], through: npt.NDArray[np.bool_] | None = None) -> list[int]:
        """Return, by component, the union of the sets of all nodes from which the component is reached.

        Parameters
        ----------
        nodes, sets
            The nodes that bring a set of their own, and these sets as bits.
        through : bool array by component, optional
            Components of interest; nothing is carried out of, or into, the others.
        """
        held = [0] * self.n_components
        for component, own in zip(self.component[nodes].tolist(), sets, strict=True):
            held[component] |= own
        tails, heads = self.between
        if through is not None:
            kept = through[tails] & through[heads]
            tails, heads = tails[kept], heads[kept]
        for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
            held[head] |= held[tail]
        return held

    def upstream(self, nodes: Ints) -> npt.NDArray[np.bool_]:
        """Return, by component, whether one of these nodes is reached from it, or is in it. O(M) of what is found."""
        first, origin = self._into
        found = np.zeros(self.n_components, dtype=bool)
        frontier = np.unique(self.component[nodes])
        while len(frontier):
            found[frontier] = True
            counts = first[frontier + 1] - first[frontier]
            skipped = np.cumsum(counts) - counts
            met = origin[np.repeat(first[frontier] - skipped, counts) + np.arange(int(counts.sum()))]
            frontier = np.unique(met[~found[met]])
        return found

    @cached_property
    def _into(self) -> tuple[Ints, Ints]:
        """Where the edges into each component begin, and the components that they come from."""
        tails, heads = self.between
        order = np.argsort(heads, kind="stable")
        return np.searchsorted(heads[order], np.arange(self.n_components + 1)), tails[order]


def _topological(n: int, tails: Ints, heads: Ints) -> Ints:
    """Return a rank for each of n components such that every edge goes from a lower rank to a higher one (Kahn)."""
    missing = np.bincount(heads, minlength=n)
    order = np.argsort(tails, kind="stable")
    followers: Sequence[int] = heads[order].tolist()
    first: Sequence[int] = np.searchsorted(tails[order], np.arange(n + 1)).tolist()
    waiting: list[int] = np.flatnonzero(missing == 0).tolist()
    left: list[int] = missing.tolist()
    rank = np.empty(n, dtype=np.int64)
    for position in range(n):
        component = waiting.pop()
        rank[component] = position
        for follower in followers[first[component] : first[component + 1]]:
            left[follower] -= 1
            if left[follower] == 0:
                waiting.append(follower)
    return rank


def bits_of(numbers: Iterable[int]) -> int:
    """Return the set of these numbers as bits."""
    bits = 0
    for number in numbers:
        bits |= 1 << number
    return bits


def members(bits: int, limit: int) -> list[int]:
    """Return the smallest members of a set of bits, at most `limit`, in order."""
    octets = np.frombuffer(bits.to_bytes((bits.bit_length() + 7) // 8, "little"), dtype=np.uint8)
    found: list[int] = np.flatnonzero(np.unpackbits(octets, bitorder="little"))[:limit].tolist()
    return found
