"""Steps between the goods of one card: each way has a lane beside the rows, so that no two lie on one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.render.svg.canvas import Canvas, number
from tracegraph.render.svg.shapes import LINE_STYLE, ROUTE_WIDTH
from tracegraph.vocabulary import Grade

LANE: Final = 9  # pixels
_HEAD: Final = 7
_APART: Final = 6.0


@dataclass(frozen=True, slots=True)
class Bus:
    """The steps of one grade from some rows of a card into one of them.

    Attributes
    ----------
    sources : tuple of int
        Rows, each once.
    target : int
        Row, none of the sources.
    on_route : bool
        Whether they lie on a route from what is touched.
    title : str
        What shows beside the mouse.
    """

    sources: tuple[int, ...]
    target: int
    grade: Grade
    on_route: bool
    title: str

    @property
    def rows(self) -> tuple[int, ...]:
        """All rows that it touches."""
        return (*self.sources, self.target)


def lanes_of(buses: Sequence[Bus]) -> list[int]:
    """Return the lane of each bus, from 0, nearest to the rows: short ones first, none over another."""
    taken: list[list[tuple[int, int]]] = []
    found = [0] * len(buses)
    for n in sorted(range(len(buses)), key=lambda n: (max(buses[n].rows) - min(buses[n].rows), n)):
        low, high = min(buses[n].rows), max(buses[n].rows)
        lane = next((k for k, spans in enumerate(taken) if all(high < a or b < low for a, b in spans)), len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        found[n] = lane
    return found


def draw_buses(canvas: Canvas, buses: Sequence[Bus], right: float, rows: Sequence[tuple[float, float]]) -> None:
    """Draw the ways beside the rows of a card.

    Parameters
    ----------
    right : float
        Where the rows begin, in pixels: the lanes lie to the left of it.
    rows : sequence of (float, float)
        Middle and height of each row, in pixels from the top of the picture.
    """
    touching: dict[int, list[int]] = {}
    for n, bus in enumerate(buses):
        for row in bus.rows:
            touching.setdefault(row, []).append(n)
    height: dict[tuple[int, int], float] = {}
    for row, found in touching.items():
        middle, tall = rows[row]
        apart = min(_APART, (tall - 6) / max(1, len(found) - 1))
        height.update({(row, n): middle + apart * (k - (len(found) - 1) / 2) for k, n in enumerate(found)})
    for n, (bus, lane) in enumerate(zip(buses, lanes_of(buses), strict=True)):
        heights = [height[row, n] for row in bus.rows]
        _draw(canvas.part(bus.title), bus, heights, (right - LANE * (lane + 1), right))


def _draw(part: Canvas, bus: Bus, heights: Sequence[float], between: tuple[float, float]) -> None:
    lane, right = between
    *sources, target = heights
    way = f"M{number(lane)} {number(min(heights))}V{number(max(heights))}"
    way += "".join(f"M{number(right)} {number(y)}H{number(lane)}" for y in sources)
    if bus.on_route:
        part.path(f"{way}M{number(lane)} {number(target)}H{number(right)}", "route", stroke_width=ROUTE_WIDTH - 3)
    part.path(f"{way}M{number(lane)} {number(target)}H{number(right - _HEAD + 1)}", "line", **LINE_STYLE[bus.grade])
    part.path(f"M{number(right)} {number(target)}l{-_HEAD} -3.5v7z", "head")
