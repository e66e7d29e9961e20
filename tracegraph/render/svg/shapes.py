"""Shapes: each kind of node, each status and each grade has its own, told apart without colour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from tracegraph.render.svg.canvas import Canvas, number
from tracegraph.vocabulary import Certainty, Grade, Status

ROOF: Final = 9  # pixels by which the roof of a plant stands above the rest of it
_TOOTH: Final = 17
_FOLD: Final = 13
_ROUND: Final = 13

ROUTE_WIDTH: Final = 10  # pixels of the band under the steps of a route

Box = tuple[float, float, float, float]
Shape = Callable[[Canvas, Box], None]

#: How lines of each grade are drawn.
LINE_STYLE: Final[Mapping[Grade, dict[str, object]]] = {
    Grade.VERIFIED: {"stroke_width": 3.6},
    Grade.DECLARED: {"stroke_width": 1.5},
    Grade.REPORTED: {"stroke_width": 1.8, "stroke_dasharray": "9 5"},
    Grade.INFERRED: {"stroke_width": 2.2, "stroke_dasharray": "0.1 5.5", "stroke_linecap": "round"},
}


def plant(canvas: Canvas, box: Box, *, named: bool = True) -> None:
    """Draw a plant: a roof with teeth; dashed where nobody names it."""
    left, top, width, height = box
    teeth = f"v{-ROOF}l{number(min(_TOOTH, width / 4))} {ROOF}" * 3
    way = f"M{number(left)} {number(top + ROOF)}{teeth}H{number(left + width)}V{number(top + height)}H{number(left)}z"
    dashes: dict[str, object] = {} if named else {"stroke_dasharray": "5 3"}
    canvas.path(way, "card", stroke_width=1.5, **dashes)


def company(canvas: Canvas, box: Box) -> None:
    """Draw a company: round corners."""
    canvas.rect(box, "card", rx=_ROUND, **{"stroke-width": 1.5})


def holder(canvas: Canvas, box: Box) -> None:
    """Draw a holder of which it is not seen what it is: sharp corners."""
    canvas.rect(box, "card", **{"stroke-width": 1.5})


def contract(canvas: Canvas, box: Box) -> None:
    """Draw a contract: a sheet with a folded corner."""
    left, top, width, height = box
    right, folded = number(left + width), number(top + _FOLD)
    corner = number(left + width - _FOLD)
    way = f"M{number(left)} {number(top)}H{corner}L{right} {folded}V{number(top + height)}H{number(left)}z"
    canvas.path(way, "card", stroke_width=2.2)
    canvas.path(f"M{corner} {number(top)}V{folded}H{right}", "thin")


def open_end(canvas: Canvas, box: Box, *, relevant: bool = False) -> None:
    """Draw an open end: a dashed lozenge of a label; thick where the goods in question could enter."""
    left, top, width, height = box
    canvas.rect(
        (left, top, width, height),
        "card",
        rx=height / 2,
        **{"stroke-width": 2.6 if relevant else 1.2, "stroke-dasharray": "4 3"},
    )


def touched(canvas: Canvas, at: tuple[float, float], certainty: Certainty, kind: str) -> None:
    """Draw the mark of what is touched around a point: a diamond, filled where it is certain."""
    x, y = at
    way = f"M{number(x)} {number(y - 5)}l5 5l-5 5l-5 -5z"
    if certainty is Certainty.CERTAIN:
        canvas.path(way, kind)
    else:
        canvas.path(way, "maybe", stroke_width=1.5)


def status(canvas: Canvas, at: tuple[float, float], of: Status) -> None:
    """Draw the sign of a status, 20 pixels wide, from its left upper corner on."""
    x, y = at
    if of is Status.ESTABLISHED:  # a full square
        canvas.rect((x + 1, y + 1, 18, 18), "touched")
    elif of is Status.POSSIBLE:  # a triangle
        canvas.path(f"M{number(x + 10)} {number(y)}l10 19h-20z", "maybe", stroke_width=2.2)
    elif of is Status.UNMAPPED:  # a dashed circle with a question in it
        dashed = {"stroke-width": 2, "stroke-dasharray": "4 3"}
        canvas.add("circle", {"cx": x + 10, "cy": y + 10, "r": 9, "class": "card", **dashed})
        canvas.text((x + 6.5, y + 14.5), "?", size=13, bold=True)
    else:  # an empty circle, crossed
        canvas.add("circle", {"cx": x + 10, "cy": y + 10, "r": 9, "class": "card", "stroke-width": 2})
        canvas.path(f"M{number(x + 4)} {number(y + 16)}l12 -12", "line", stroke_width=2)
