"""Where lines leave and enter boxes, and the curves between: pure geometry."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from tracegraph.graph.layout import Layout
from tracegraph.render.svg.canvas import number
from tracegraph.render.svg.shapes import Box

HEAD: Final = 9.0  # pixels of an arrow head
_APART: Final = 10.0  # pixels between two lines at one side of a box, at most
_SPAN: Final = 0.5  # part of a side that lines share
_BULGE: Final = 26.0  # how far a line within a column swings out

LEFT: Final = -1
RIGHT: Final = 1

Side = tuple[int, int, int]  # box, row of it, left or right
Key = tuple[str, int]  # leaving: with its segment; entering: with its style


@dataclass(frozen=True, slots=True)
class Placed:
    """A layout with its columns' places.

    Attributes
    ----------
    boxes : int
        How many of the points are boxes; the rest are joints.
    left, width, column_width : tuple of float
        By point, in pixels: boxes begin at the left of their columns and may be narrower; joints are as wide.
    top : float
        Where the layout begins, in pixels from the top of the picture.
    """

    layout: Layout
    boxes: int
    left: tuple[float, ...]
    width: tuple[float, ...]
    column_width: tuple[float, ...]
    top: float

    def box(self, point: int) -> Box:
        """Return left, top, width and height of a point."""
        return self.left[point], self.top + self.layout.top[point], self.width[point], self.layout.height[point]

    def middle(self, point: int, row: int) -> float:
        """Return the height of a row's middle, in pixels from the top of the picture."""
        return self.top + self.layout.middle(point, row)

    def room(self, point: int) -> float:
        """Return how much of the side of a box the lines of one row may take, in pixels."""
        rows = self.layout.rows[point]
        least = min((low - high for high, low in pairwise(rows)), default=self.layout.height[point])
        return least * _SPAN

    def side(self, point: int, side: int) -> float:
        """Return where the left or right side of a point is."""
        return self.left[point] + (self.width[point] if side == RIGHT else 0)

    def edge(self, point: int, side: int) -> float:
        """Return where the left or right side of a point's column is."""
        return self.left[point] + (self.column_width[point] if side == RIGHT else 0)


@dataclass(frozen=True, slots=True)
class Way:
    """A segment as it is drawn: level within columns, a curve between them.

    Attributes
    ----------
    segment : int
        Position of the segment in the layout.
    start, end : tuple of float
        Where it begins and ends: at a box on the side of it, at a joint on the side where the line enters.
    out, into : float
        Where the curve begins and ends: at the edges of the columns.
    start_side, end_side : int
        `LEFT` or `RIGHT`: on which side of its columns the curve is.
    enters_box : bool
        Whether an arrow head belongs at its end.
    """

    segment: int
    start: tuple[float, float]
    end: tuple[float, float]
    out: float
    into: float
    start_side: int
    end_side: int
    enters_box: bool

    def curve(self, *, short: float = 0) -> str:
        """Return the path, ending some pixels before its end."""
        (x1, y1), (x2, y2) = self.start, self.end
        x2 += self.end_side * short
        into = self.into if abs(self.into - self.end[0]) > short else x2
        first, second = self.controls(into)
        way = [f"M{number(x1)} {number(y1)}"]
        if self.out != x1:
            way.append(f"H{number(self.out)}")
        way.append(f"C{number(first)} {number(y1)} {number(second)} {number(y2)} {number(into)} {number(y2)}")
        if into != x2:
            way.append(f"H{number(x2)}")
        return "".join(way)

    def controls(self, into: float) -> tuple[float, float]:
        """Return the horizontal places of the curve's two control points."""
        if self.start_side == self.end_side:
            return self.out + self.start_side * _BULGE, into + self.end_side * _BULGE
        return (self.out + into) / 2, (self.out + into) / 2

    def head(self) -> str:
        """Return the arrow head at its end."""
        x, y = self.end
        return f"M{number(x)} {number(y)}l{number(self.end_side * HEAD)} -4.5v9z"


def ways(placed: Placed) -> list[Way]:
    """Return every segment with its ends; lines at one side of a box lie apart, in the order of their other ends."""
    layout = placed.layout
    heights = _port_heights(placed)
    found = []
    for n, segment in enumerate(layout.segments):
        start_side, end_side = _sides(layout, segment.start, segment.end)
        start_at = (segment.start, segment.start_row, start_side)
        end_at = (segment.end, segment.end_row, end_side)
        start_height = heights.get((start_at, ("out", n)), placed.middle(segment.start, segment.start_row))
        end_height = heights.get((end_at, ("in", segment.style)), placed.middle(segment.end, segment.end_row))
        leaves_joint = segment.start >= placed.boxes
        found.append(
            Way(
                segment=n,
                start=(placed.side(segment.start, -start_side if leaves_joint else start_side), start_height),
                end=(placed.side(segment.end, end_side), end_height),
                out=placed.edge(segment.start, start_side),
                into=placed.edge(segment.end, end_side),
                start_side=start_side,
                end_side=end_side,
                enters_box=segment.end < placed.boxes,
            )
        )
    return found


def _sides(layout: Layout, start: int, end: int) -> tuple[int, int]:
    """Return the sides at which a segment leaves and enters; within a column down on the right, up on the left."""
    if layout.column[start] == layout.column[end]:
        side = RIGHT if layout.top[start] < layout.top[end] else LEFT
        return side, side
    return (LEFT, RIGHT) if layout.column[start] > layout.column[end] else (RIGHT, LEFT)


def _port_heights(placed: Placed) -> dict[tuple[Side, Key], float]:
    """Return the height of each place at which lines touch a box."""
    layout = placed.layout
    touching: dict[Side, dict[Key, list[int]]] = {}
    for n, segment in enumerate(layout.segments):
        start_side, end_side = _sides(layout, segment.start, segment.end)
        start, end = (segment.start, segment.start_row), (segment.end, segment.end_row)
        leaving: Key = ("out", n)
        entering: Key = ("in", segment.style)
        for point, side, key, other in ((start, start_side, leaving, end), (end, end_side, entering, start)):
            if point[0] < placed.boxes:
                touching.setdefault((*point, side), {}).setdefault(key, []).append(layout.middle(*other))
    found: dict[tuple[Side, Key], float] = {}
    for at, keys in touching.items():
        order = sorted(keys, key=lambda key: (sum(keys[key]) / len(keys[key]), key))
        apart = min(_APART, placed.room(at[0]) / max(1, len(order) - 1))
        first = placed.middle(at[0], at[1]) - apart * (len(order) - 1) / 2
        found.update({(at, key): first + apart * n for n, key in enumerate(order)})
    return found
