"""Where the boxes and lines of a layered picture go (pure; nothing of it knows what is drawn).

Boxes stand in columns; goods flow from the high columns to the low ones. A line that spans several columns passes each
column between at a *joint*, which has a place of its own among the boxes, so that no line runs behind a box. Lines with
the same end and style run together from their first common joint on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import isotonic_regression

from tracegraph.graph.ordering import Columns, ordered

JOINT_HEIGHT: Final = 6
_STRAIGHTEN: Final = 8  # how much more a line between joints counts than one at a box
_UNBOUND: Final = 0.01  # a point without neighbours on the side that is looked at gives way
_PASSES: Final = 12

Numbers = npt.NDArray[np.float64]


class _Pull(NamedTuple):
    """A point is level with another where its top is `shift` pixels below the other's."""

    other: int
    shift: int
    weight: int


@dataclass(frozen=True, slots=True)
class BoxSize:
    """How high a box is, and where the middle of each of its rows is, in pixels from its top."""

    height: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A line to be drawn from a row of one box to a row of another; those of one end and style run together."""

    start: int
    end: int
    style: int = 0
    start_row: int = 0
    end_row: int = 0


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of line between two neighbouring columns, or within one.

    Attributes
    ----------
    start, end : int
        Points: boxes by position, then joints.
    start_row, end_row : int
        Rows of these; a joint has one.
    links : tuple of int
        Positions of the links that run through it.
    """

    start: int
    start_row: int
    end: int
    end_row: int
    style: int
    links: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A layered picture.

    Attributes
    ----------
    column, height, top : tuple of int
        Of every point: boxes by position, then joints; `top` in pixels from the top of the picture.
    rows : tuple of tuple of int
        Middle of each row of every point, in pixels from its top.
    segments : tuple of Segment
        Pieces of line, by their points.
    total : int
        Height of the whole in pixels.
    """

    column: tuple[int, ...]
    height: tuple[int, ...]
    top: tuple[int, ...]
    rows: tuple[tuple[int, ...], ...]
    segments: tuple[Segment, ...]
    total: int

    def middle(self, point: int, row: int) -> int:
        """Return the height of a row's middle, in pixels from the top."""
        return self.top[point] + self.rows[point][row]


Piece = tuple[int, int, int, int, int]  # start, its row, end, its row, style


@dataclass
class _Points:
    """Boxes and joints, and the pieces of line between them."""

    column: list[int]
    height: list[int]
    rows: list[tuple[int, ...]]
    pieces: dict[Piece, list[int]] = field(default_factory=dict)
    _joints: dict[tuple[int, int, int, int], int] = field(default_factory=dict)

    @property
    def boxes(self) -> int:
        """How many of the points are boxes."""
        return len(self.column) - len(self._joints)

    def add(self, number: int, link: Link) -> None:
        """Lead a link from column to column."""
        here, goal = self.column[link.start], self.column[link.end]
        start, row = link.start, link.start_row
        while abs(goal - here) > 1:
            here += 1 if goal > here else -1
            joint = self._joint((link.end, link.end_row, link.style, here))
            self.pieces.setdefault((start, row, joint, 0, link.style), []).append(number)
            start, row = joint, 0
        self.pieces.setdefault((start, row, link.end, link.end_row, link.style), []).append(number)

    def _joint(self, key: tuple[int, int, int, int]) -> int:
        if key not in self._joints:
            self._joints[key] = len(self.column)
            self.column.append(key[-1])
            self.height.append(JOINT_HEIGHT)
            self.rows.append((JOINT_HEIGHT // 2,))
        return self._joints[key]

    def part(self, point: int, row: int) -> float:
        """Return how far down its point a row is, in [0, 1)."""
        return self.rows[point][row] / (self.height[point] + 1)


def lay_out(columns: Sequence[int], boxes: Sequence[BoxSize], links: Sequence[Link], gap: int = 12) -> Layout:
    """Return a layered picture with few crossings and short lines.

    Parameters
    ----------
    columns : sequence of int
        By box; the first boxes of a column stand highest before crossings are counted.
    boxes : sequence of BoxSize
        Height and rows by box.
    links : sequence of Link
        Lines between different boxes.
    gap : int
        Pixels between two boxes of a column, at least.

    Notes
    -----
    Layered drawing in the manner of Sugiyama, Tagawa and Toda (1981): joints for long lines, order by barycentres
    (`tracegraph.graph.ordering`), then heights: each column by turns is moved to where its neighbours are, as the
    weighted least squares under the order, which is an isotonic regression (`scipy.optimize.isotonic_regression`). No
    column is taller than the tallest stack. Deterministic. O(sweeps x pieces x log).
    """
    points = _Points(list(columns), [box.height for box in boxes], [box.rows for box in boxes])
    for number, link in enumerate(links):
        points.add(number, link)
    pairs = [((a, points.part(a, row)), (b, points.part(b, other))) for a, row, b, other, _ in points.pieces]
    top, total = _Heights(points, ordered(points.column, pairs), gap).settle()
    return Layout(
        column=tuple(points.column),
        height=tuple(points.height),
        top=tuple(top),
        rows=tuple(points.rows),
        segments=tuple(Segment(*piece, tuple(numbers)) for piece, numbers in sorted(points.pieces.items())),
        total=total,
    )


class _Heights:
    """Moves the columns up and down by turns."""

    def __init__(self, points: _Points, order: Columns, gap: int) -> None:
        self.points = points
        self.columns = [(column, _stack([points.height[n] for n in column], gap)) for column in order if column]
        self.total = max((stack[-1] + points.height[column[-1]] for column, stack in self.columns), default=0.0)
        self.top = [0.0] * len(points.column)
        for column, stack in self.columns:
            room = self.total - stack[-1] - points.height[column[-1]]
            for point, top in zip(column, stack, strict=True):
                self.top[point] = room / 2 + top
        self.low: list[list[_Pull]] = [[] for _ in points.column]
        self.high: list[list[_Pull]] = [[] for _ in points.column]
        for start, start_row, end, end_row, _ in points.pieces:
            weight = _STRAIGHTEN if min(start, end) >= points.boxes else 1
            shift = points.rows[end][end_row] - points.rows[start][start_row]
            self._tie(start, _Pull(end, shift, weight))
            self._tie(end, _Pull(start, -shift, weight))

    def _tie(self, point: int, pull: _Pull) -> None:
        column, other = self.points.column[point], self.points.column[pull.other]
        if column != other:
            (self.low if other < column else self.high)[point].append(pull)

    def settle(self) -> tuple[list[int], int]:
        """Return the top of every point, and the height of the whole."""
        for turn in range(_PASSES):
            upward, last = turn % 2 == 0, turn >= _PASSES - 2
            for column, stack in self.columns if upward else reversed(self.columns):
                self._move(column, stack, with_low=upward or last, with_high=not upward or last)
        return [round(top) for top in self.top], round(self.total)

    def _move(self, column: list[int], stack: Numbers, *, with_low: bool, with_high: bool) -> None:
        """Move the points of a column level with their neighbours, as far as their order lets them."""
        wanted, weights = [], []
        for point in column:
            pulls = self.low[point] * with_low + self.high[point] * with_high
            weight = sum(pull.weight for pull in pulls)
            level = sum((self.top[pull.other] + pull.shift) * pull.weight for pull in pulls)
            wanted.append(level / weight if weight else self.top[point])
            weights.append(weight or _UNBOUND)
        room = self.total - stack[-1] - self.points.height[column[-1]]
        found = isotonic_regression(np.array(wanted) - stack, weights=np.array(weights)).x
        for point, top in zip(column, np.clip(found, 0, room) + stack, strict=True):
            self.top[point] = float(top)


def _stack(heights: Sequence[int], gap: int) -> Numbers:
    """Return the tops of boxes that stand on one another with a gap between them."""
    tops = np.zeros(len(heights))
    tops[1:] = np.cumsum([height + gap for height in heights[:-1]])
    return tops
