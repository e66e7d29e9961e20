"""In which column of a picture each box stands: tiers, and within a tier the way that goods go (pure)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

import networkx as nx

SUB_COLUMNS: Final = 4

Pair = tuple[int, int]


def columns_of(tiers: Sequence[int], pairs: Sequence[Pair], heights: Sequence[int], tallest: int) -> list[int]:
    """Return the column of every box, from 0, without gaps; those of a tier lie side by side.

    Parameters
    ----------
    tiers : sequence of int
        By box.
    pairs : sequence of (start, end)
        Lines between boxes.
    heights : sequence of int
        By box, in pixels.
    tallest : int
        Where the boxes of one column are together higher, in pixels, they stand in several: those into which nothing
        enters nearest to the contract, since no line has to pass others to reach them.
    """
    fed = {end for start, end in pairs if start != end}
    stacked: dict[tuple[int, int], list[int]] = {}
    for box, place in enumerate(zip(tiers, sub_columns(tiers, pairs), strict=True)):
        stacked.setdefault(place, []).append(box)
    found = [0] * len(tiers)
    number = 0
    for place in sorted(stacked):
        boxes = sorted(stacked[place], key=lambda box: (box in fed, box))
        parts = max(1, math.ceil(sum(heights[box] for box in boxes) / tallest))
        each = math.ceil(len(boxes) / parts)
        for first in range(0, len(boxes), each):
            for box in boxes[first : first + each]:
                found[box] = number
            number += 1
    return found


def sub_columns(tiers: Sequence[int], pairs: Iterable[tuple[int, int]], most: int = SUB_COLUMNS) -> list[int]:
    """Return, for every box, its column within its tier, counted from the contract's side.

    Parameters
    ----------
    tiers : sequence of int
        By box.
    pairs : iterable of (start, end)
        Lines between boxes; those within one tier count.
    most : int
        Columns of a tier at most; boxes of longer ways share the last one.

    Notes
    -----
    The longest way to a box from which no line stays in the tier; boxes in a circle share a column. O(boxes + pairs).
    """
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(len(tiers)))
    graph.add_edges_from((end, start) for start, end in pairs if start != end and tiers[start] == tiers[end])
    whole = nx.condensation(graph)
    found = [0] * len(tiers)
    depth: dict[int, int] = {}
    for component in nx.topological_sort(whole):
        depth[component] = max((depth[before] + 1 for before in whole.predecessors(component)), default=0)
        for box in whole.nodes[component]["members"]:
            found[box] = min(depth[component], most - 1)
    return found
