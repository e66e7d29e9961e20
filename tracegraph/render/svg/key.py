"""The key of a chain's picture: every shape and line that occurs in it, with its word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from tracegraph.answer_picture import ChainPicture, Kind
from tracegraph.messages import N_
from tracegraph.render.svg import shapes
from tracegraph.render.svg.canvas import Canvas, number
from tracegraph.render.svg.captions import KIND, TOUCHED
from tracegraph.render.svg.frame import Sample
from tracegraph.render.words import GRADE
from tracegraph.translate import Translator
from tracegraph.vocabulary import Certainty, Grade

_WIDE, _HIGH = 36, 20
_KINDS: Final[Mapping[Kind, shapes.Shape]] = {
    Kind.FACTORY: shapes.plant,
    Kind.UNIDENTIFIED: partial(shapes.plant, named=False),
    Kind.SUPPLIER: shapes.company,
    Kind.HOLDER: shapes.holder,
}
_LINES = {
    Grade.VERIFIED: N_("{grade}: checked by an independent party"),
    Grade.DECLARED: N_("{grade}: said by a party to the link"),
    Grade.REPORTED: N_("{grade}: said by a third party"),
    Grade.INFERRED: N_("{grade}: no document says so"),
}


def chain_key(picture: ChainPicture, say: Translator) -> list[tuple[Sample, str]]:
    """Return samples with their words: what the nodes are, what the lines mean, what is marked."""
    return [*_boxes(picture, say), *_lines(picture, say), *_marks(picture, say)]


def _boxes(picture: ChainPicture, say: Translator) -> Iterator[tuple[Sample, str]]:
    yield partial(_shape, shapes.contract), say.text("contract")
    present = {node.kind for node in picture.nodes}
    for kind, draw in _KINDS.items():
        if kind in present:
            yield partial(_shape, draw), say.text(KIND[kind])
    if picture.chain.open_ends:
        yield partial(_shape, shapes.open_end), say.text("open end: not all sources are stated")
    if any(len(node.items) > 1 for node in picture.nodes):
        yield _stack, say.text("several items together")


def _lines(picture: ChainPicture, say: Translator) -> Iterator[tuple[Sample, str]]:
    present = {line.grade for line in picture.lines}
    for grade, words in _LINES.items():
        if grade in present:
            yield partial(_line, grade), say.text(words, grade=say.text(GRADE[grade]))


def _marks(picture: ChainPicture, say: Translator) -> Iterator[tuple[Sample, str]]:
    if any(line.on_route for line in picture.lines):
        yield _route, say.text("on a route from what is touched to the contract")
    for certainty in Certainty:
        if any(node.certainty is certainty for node in picture.nodes):
            yield partial(_touched, certainty), say.text(TOUCHED[certainty])
    if any(node.relevant for node in picture.nodes):
        yield partial(_shape, partial(shapes.open_end, relevant=True)), say.text("open end where the goods could enter")


def _shape(draw: shapes.Shape, canvas: Canvas, at: tuple[float, float]) -> None:
    draw(canvas, (at[0], at[1], _WIDE, _HIGH))


def _stack(canvas: Canvas, at: tuple[float, float]) -> None:
    for shift in (4, 0):
        shapes.holder(canvas, (at[0] + shift, at[1] + shift, _WIDE - 4, _HIGH - 4))


def _line(grade: Grade, canvas: Canvas, at: tuple[float, float]) -> None:
    canvas.path(_stroke(at), "line", **shapes.LINE_STYLE[grade])
    canvas.path(f"M{number(at[0])} {number(at[1] + _HIGH / 2)}l9 -4.5v9z", "head")


def _route(canvas: Canvas, at: tuple[float, float]) -> None:
    canvas.path(_stroke(at), "route", stroke_width=shapes.ROUTE_WIDTH)
    _line(Grade.DECLARED, canvas, at)


def _touched(certainty: Certainty, canvas: Canvas, at: tuple[float, float]) -> None:
    canvas.rect((at[0], at[1] + 1, _WIDE, _HIGH - 2), "touched" if certainty is Certainty.CERTAIN else "maybe", rx=3)
    shapes.touched(canvas, (at[0] + 11, at[1] + _HIGH / 2), certainty, "on")


def _stroke(at: tuple[float, float]) -> str:
    return f"M{number(at[0] + _WIDE)} {number(at[1] + _HIGH / 2)}H{number(at[0] + 8)}"
