"""Compressed sparse rows: the neighbours of every node in two arrays, and breadth-first search over them (pure).

The neighbours of node i are ``indices[indptr[i]:indptr[i + 1]]``. A layer of few edges is searched by a plain loop, a
wide one by NumPy; either way the scratch is one byte a node that the operating system zeroes only where it is touched,
so that a tiny cone in a large graph costs microseconds. Nothing is shared between calls: threads do not meet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

Ints = npt.NDArray[Any]  # int32 where it is wide enough, else int64
Layer = list[int] | Ints

#: Edges of a layer up to which a plain loop is faster than the fixed cost of NumPy's calls (about 15 microseconds).
THIN: Final = 128


@dataclass(frozen=True, slots=True)
class Csr:
    """Neighbours of n nodes.

    Attributes
    ----------
    indptr : int array of n + 1
        Where each node's neighbours begin in `indices`.
    indices : int array, one an edge
        The neighbours, in the order in which the edges were given.
    edges : int array, one an edge
        Position of each edge among the edges as given.
    """

    indptr: Ints
    indices: Ints
    edges: Ints

    @property
    def n(self) -> int:
        """Number of nodes."""
        return len(self.indptr) - 1

    def row(self, node: int) -> slice:
        """Return where a node's neighbours lie in `indices` and `edges`."""
        return slice(int(self.indptr[node]), int(self.indptr[node + 1]))

    def tails(self) -> Ints:
        """Return, for each of `indices`, the node whose neighbour it is."""
        return np.repeat(np.arange(self.n, dtype=self.indices.dtype), np.diff(self.indptr))

    def rows(self, nodes: Ints) -> Ints:
        """Return the positions in `indices` of the neighbours of several nodes, node by node."""
        first = self.indptr[nodes]
        counts = self.indptr[nodes + 1] - first
        skipped = np.cumsum(counts, dtype=first.dtype) - counts
        return np.repeat(first - skipped, counts) + np.arange(counts.sum(), dtype=first.dtype)


def csr_of(n: int, tails: Ints, heads: Ints) -> Csr:
    """Return the rows of a graph given as edges; edges of one tail keep their order. O(N + M), arrays read-only."""
    numbers = np.int32 if max(n, len(tails)) < np.iinfo(np.int32).max else np.int64
    count = len(tails)
    ones = np.ones(count, dtype=np.int8)
    # One row an edge, one column a node: turning it round is a counting sort by tail.
    by_edge = csr_array((ones, tails.astype(numbers), np.arange(count + 1, dtype=numbers)), shape=(count, n))
    sorted_by_tail = by_edge.tocsc()
    edges = sorted_by_tail.indices
    return Csr(
        read_only(sorted_by_tail.indptr.astype(numbers, copy=False)),
        read_only(heads[edges].astype(numbers, copy=False)),
        read_only(edges.astype(numbers, copy=False)),
    )


def read_only(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return the array, contiguous and closed to writing."""
    array = np.ascontiguousarray(array)
    array.flags.writeable = False
    return array


def layers(csr: Csr, starts: Sequence[int], *, ordered: bool = True) -> Iterator[Layer]:
    """Yield the nodes at distance 0, 1, 2, ... from distinct starts, those of one in the order in which they are met.

    Without `ordered`, in any order, which is faster where much is reached.
    """
    visited = np.zeros(csr.n, dtype=np.bool_)
    seen = visited.data
    for start in starts:
        seen[start] = True
    indptr, indices = csr.indptr.data, csr.indices.data
    owner: Ints | None = None
    layer: Layer = list(starts)
    while len(layer):
        yield layer
        if len(layer) <= THIN:
            nodes = layer.tolist() if isinstance(layer, np.ndarray) else layer
            spans = [(indptr[node], indptr[node + 1]) for node in nodes]
            if sum(end - first for first, end in spans) <= THIN:
                layer = _thin(spans, indices, seen)
                continue
        if owner is None:
            owner = np.empty(csr.n, dtype=csr.indices.dtype)
        met = csr.indices[csr.rows(np.asarray(layer))]
        layer = _first_met(met, visited, owner) if ordered or len(met) < csr.n // 8 else _met(met, visited)


def _thin(spans: Sequence[tuple[int, int]], indices: memoryview[Any], seen: memoryview[Any]) -> list[int]:
    fresh: list[int] = []
    for first, end in spans:
        for node in indices[first:end]:
            if not seen[node]:
                seen[node] = True
                fresh.append(node)
    return fresh


def _met(met: Ints, visited: npt.NDArray[np.bool_]) -> Ints:
    fresh = np.zeros(len(visited), dtype=np.bool_)
    fresh[met] = True
    fresh &= ~visited
    visited |= fresh
    return np.flatnonzero(fresh)


def _first_met(met: Ints, visited: npt.NDArray[np.bool_], owner: Ints) -> Ints:
    met = met[~visited[met]]
    numbers = np.arange(len(met), dtype=owner.dtype)
    owner[met[::-1]] = numbers[::-1]  # written from the back: the first meeting stays
    fresh: Ints = met[owner[met] == numbers]
    visited[fresh] = True
    return fresh


def reached(csr: Csr, starts: Sequence[int]) -> Ints:
    """Return all nodes that paths from the starts reach, the distinct starts first, nearer ones before farther."""
    found = [np.asarray(layer, dtype=csr.indices.dtype) for layer in layers(csr, starts, ordered=False)]
    return np.concatenate(found) if found else np.empty(0, dtype=csr.indices.dtype)
