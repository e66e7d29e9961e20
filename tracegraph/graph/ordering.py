"""The order of points in the columns of a layered picture, with few crossings (pure)."""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

SWEEPS: Final = 24

Columns = list[list[int]]

#: A point, and how far down its side a line touches it, in [0, 1).
End = tuple[int, float]
Pair = tuple[End, End]


def ordered(columns: Sequence[int], pairs: Iterable[Pair], sweeps: int = SWEEPS) -> Columns:
    """Return the points of every column in an order with few crossings.

    Parameters
    ----------
    columns : sequence of int
        Column by point, from 0.
    pairs : iterable of (end, end)
        Lines between points of neighbouring columns, or of one, each with the places where it touches them.
    sweeps : int
        How often the columns are gone through, to and fro by turns.

    Returns
    -------
    list of list of int
        Points by column; of all orders met, the first with the fewest crossings.

    Notes
    -----
    Barycentre heuristic (Sugiyama, Tagawa and Toda 1981): each point goes to the mean place of the points that it is
    tied to in the column passed before, and in its own; one without such ties keeps its place. After each sweep
    neighbours are exchanged as long as that helps (Gansner, Koutsofios, North and Vo 1993). Deterministic: equal means
    keep the order there was. O(sweeps x pairs x log), and for the exchanges the squares of the points' ties.
    """
    listed = list(pairs)
    order: Columns = [[] for _ in range(max(columns, default=-1) + 1)]
    for point, column in enumerate(columns):
        order[column].append(point)
    before: list[list[End]] = [[] for _ in columns]
    after: list[list[End]] = [[] for _ in columns]
    for start, end in listed:
        for point, other in ((start[0], end), (end[0], start)):
            if columns[other[0]] <= columns[point]:
                before[point].append(other)
            if columns[other[0]] >= columns[point]:
                after[point].append(other)
    between = _between(columns, listed)
    best, fewest = [list(column) for column in order], _crossings(order, between)
    for sweep in range(sweeps):
        if not fewest:
            break
        _sweep(order, before if sweep % 2 == 0 else after, backward=sweep % 2 == 1)
        _switch(order, between)
        found = _crossings(order, between)
        if found < fewest:
            best, fewest = [list(column) for column in order], found
    return best


def crossings(order: Columns, columns: Sequence[int], pairs: Iterable[Pair]) -> int:
    """Return how often lines between neighbouring columns cross."""
    return _crossings(order, _between(columns, pairs))


def _sweep(order: Columns, ties: Sequence[Sequence[End]], *, backward: bool) -> None:
    """Sort each column by the places of the points that its points are tied to."""
    place = {point: float(n) for column in order for n, point in enumerate(column)}
    for column in reversed(order) if backward else order:
        means = {
            point: sum(place[n] + part for n, part in ties[point]) / len(ties[point]) if ties[point] else place[point]
            for point in column
        }
        column.sort(key=means.__getitem__)
        place.update((point, float(n)) for n, point in enumerate(column))


def _switch(order: Columns, between: Sequence[Sequence[Pair]]) -> None:
    """Exchange neighbours in a column as long as that takes crossings away."""
    low: dict[int, list[End]] = {}
    high: dict[int, list[End]] = {}
    for here, there in (pair for lines in between for pair in lines):
        high.setdefault(here[0], []).append(there)
        low.setdefault(there[0], []).append(here)
    place = {point: float(n) for column in order for n, point in enumerate(column)}
    while any([_switch_in(column, (low, high), place) for column in order]):
        continue


def _switch_in(column: list[int], sides: Sequence[Mapping[int, list[End]]], place: dict[int, float]) -> bool:
    """Exchange neighbours of one column where that takes crossings away; return whether any were."""
    changed = False
    for n in range(len(column) - 1):
        above, below = column[n], column[n + 1]
        if sum(_gain(ties.get(above, ()), ties.get(below, ()), place) for ties in sides) > 0:
            column[n], column[n + 1] = below, above
            place[above], place[below] = place[below], place[above]
            changed = True
    return changed


def _gain(above: Iterable[End], below: Iterable[End], place: Mapping[int, float]) -> int:
    """Return how many crossings an exchange takes away, by the other ends of the two points' lines on one side."""
    lows = [place[n] + part for n, part in below]
    return sum((place[n] + part > low) - (place[n] + part < low) for n, part in above for low in lows)


def _between(columns: Sequence[int], pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Return the lines from each column to the next, the lower column's point first."""
    between: list[list[Pair]] = [[] for _ in range(max(columns, default=-1) + 1)]
    for start, end in pairs:
        low, high = sorted((start, end), key=lambda at: columns[at[0]])
        if columns[low[0]] != columns[high[0]]:
            between[columns[low[0]]].append((low, high))
    return between


def _crossings(order: Columns, between: Sequence[Sequence[Pair]]) -> int:
    """Count pairs of lines that are in one order at one end and in the other at the other (Barth et al. 2004)."""
    place = {point: n for column in order for n, point in enumerate(column)}
    total = 0
    for lines in between:
        seen: list[float] = []
        for _, high in sorted((place[a] + low, place[b] + high) for (a, low), (b, high) in lines):
            total += len(seen) - bisect_right(seen, high)
            insort(seen, high)
    return total
