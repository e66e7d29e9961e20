"""Cards: who holds goods, and the goods in rows; what stands on each, how large it gets, how it is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from tracegraph.answer_picture import Kind
from tracegraph.render.svg import shapes
from tracegraph.render.svg.canvas import Canvas
from tracegraph.render.svg.captions import Caption
from tracegraph.render.svg.frame import Line
from tracegraph.render.svg.lanes import LANE, Bus, draw_buses, lanes_of
from tracegraph.render.svg.shapes import Box, Shape
from tracegraph.render.svg.theme import NAME, SMALL
from tracegraph.vocabulary import Certainty

WIDTH: Final = 212  # pixels, without lanes
END_WIDTH: Final = 172
STACK: Final = 5  # pixels by which the card behind a group shows
_PADDING: Final = 11
_EDGE: Final = 8  # above the first line and below the last one
_ROW_EDGE: Final = 4
_STRIP: Final = 21
_MARK: Final = 18  # room for the question mark of an open end, and for the diamond of what is touched

_SHAPES: Final[dict[Kind, Shape]] = {
    Kind.FACTORY: shapes.plant,
    Kind.UNIDENTIFIED: partial(shapes.plant, named=False),
    Kind.SUPPLIER: shapes.company,
    Kind.HOLDER: shapes.holder,
}


@dataclass(frozen=True, slots=True)
class Row:
    """The words of one item, or of one group of items.

    Attributes
    ----------
    title : str
        What shows beside the mouse: everything, uncut.
    strip : tuple or None
        How certainly it is touched, and the words for that.
    """

    lines: tuple[Line, ...]
    title: str
    strip: tuple[Certainty, str] | None = None

    @property
    def height(self) -> int:
        """How high it is, in pixels."""
        return sum(line.height for line in self.lines) + (_STRIP if self.strip else 0) + 2 * _ROW_EDGE


@dataclass(frozen=True)
class Card:
    """A card.

    Attributes
    ----------
    head : tuple of Line
        What stands above the rows.
    rows : tuple of Row
        What it holds; none: lines touch the card as a whole.
    buses : tuple of Bus
        Steps between its rows.
    roof : int
        Room above the first line that the shape needs.
    mark : str
        A sign before the lines.
    grouped : bool
        Whether it stands for several items: another card shows behind it.
    height : int
        Of the whole, in pixels.
    middles : tuple of int
        Where lines touch it: the middle of each row, in pixels from its top.
    """

    shape: Shape
    head: tuple[Line, ...]
    rows: tuple[Row, ...] = ()
    title: str = ""
    buses: tuple[Bus, ...] = ()
    roof: int = 0
    mark: str = ""
    grouped: bool = False
    least: int = WIDTH
    height: int = field(init=False)
    middles: tuple[int, ...] = field(init=False)

    def __post_init__(self) -> None:
        tops = self._tops()
        height = tops[-1] + (_ROW_EDGE if self.rows else _EDGE - 3) + STACK * self.grouped
        middles = tuple(top + row.height // 2 for top, row in zip(tops, self.rows, strict=False))
        object.__setattr__(self, "height", height)
        object.__setattr__(self, "middles", middles if len(middles) > 1 else ((height - STACK * self.grouped) // 2,))

    @property
    def lanes(self) -> int:
        """Pixels beside the rows that steps between them take."""
        return LANE * (max(lanes_of(self.buses)) + 1) + 6 if self.buses else 0

    @property
    def width(self) -> int:
        """Of the whole, in pixels."""
        return self.least + self.lanes

    def _tops(self) -> list[int]:
        """Return where each row begins, and where the last one ends, in pixels from the top."""
        parted = _ROW_EDGE if len(self.rows) > 1 else 0
        tops = [self.roof + _EDGE - 3 + sum(line.height for line in self.head) + parted]
        for row in self.rows:
            tops.append(tops[-1] + row.height)
        return tops

    def draw(self, canvas: Canvas, box: Box) -> None:
        """Draw it where it was placed."""
        left, top, width, height = box
        part = canvas.part(self.title)
        front = (left, top, width - STACK * self.grouped, height - STACK * self.grouped)
        if self.grouped:
            self.shape(part, (left + STACK, top + STACK, front[2], front[3]))
        self.shape(part, front)
        if self.mark:
            part.text((left + _PADDING, top + front[3] / 2 + 5), self.mark, size=NAME, bold=True)
        begin = left + _PADDING + _MARK * bool(self.mark)
        _write(part, self.head, begin, top + self.roof + _EDGE - 3)
        tops = [top + row for row in self._tops()]
        for n, row in enumerate(self.rows):
            if len(self.rows) > 1:
                part.path(f"M{left + 1:.0f} {tops[n]:.0f}h{front[2] - 2:.0f}", "thin", stroke_width=0.6)
            _draw_row(part.part(row.title), row, (begin + self.lanes, tops[n], front[2] - _PADDING - self.lanes, 0))
        middles = [(top + middle, float(row.height)) for middle, row in zip(self.middles, self.rows, strict=False)]
        draw_buses(part, self.buses, begin + self.lanes - 6, middles)


def _write(part: Canvas, lines: Sequence[Line], left: float, top: float) -> float:
    for line in lines:
        top += line.height
        part.text((left, top - 1), line.text, line.kind, size=line.size, bold=line.bold)
    return top


def _draw_row(part: Canvas, row: Row, box: Box) -> None:
    left, top, width, _ = box
    bottom = _write(part, row.lines, left, top + _ROW_EDGE - 2)
    if row.strip is None:
        return
    certainty, words = row.strip
    sure = certainty is Certainty.CERTAIN
    strip = (left - 3, bottom + 4, width - 4, _STRIP - 3)
    part.rect(strip, "touched" if sure else "maybe", rx=3, **{"stroke-width": 1.5})
    middle = strip[1] + strip[3] / 2
    shapes.touched(part, (strip[0] + 11, middle), certainty, "on")
    part.text((strip[0] + _MARK + 4, middle + 4), words, "on" if sure else "ink", bold=True)


def node_row(caption: Caption, strip: tuple[Certainty, str] | None) -> Row:
    """Return the row of an item, or of a group of items."""
    room = WIDTH - 2 * _PADDING - STACK
    lines = (*Line(caption.goods).wrapped(room, 2), *Line(caption.small, "dim", SMALL).wrapped(room, 1))
    return Row(lines, caption.full, strip)


def node_card(kind: Kind, caption: Caption, rows: Sequence[Row], buses: Sequence[Bus], *, grouped: bool) -> Card:
    """Return the card of a holder with its goods, or of a group of items."""
    room = WIDTH - 2 * _PADDING - STACK
    head = (
        *Line(caption.name, size=NAME, bold=True).wrapped(room, 2),
        *Line(caption.facts, "dim", SMALL).wrapped(room, 2),
    )
    roof = shapes.ROOF if kind in (Kind.FACTORY, Kind.UNIDENTIFIED) else 0
    return Card(_SHAPES[kind], head, tuple(rows), buses=tuple(buses), roof=roof, grouped=grouped)


def contract_card(caption: Caption) -> Card:
    """Return the card of the contract."""
    room = WIDTH - 2 * _PADDING
    head = (
        *Line(caption.name, size=NAME, bold=True).wrapped(room - 14, 2),
        *Line(caption.goods).wrapped(room, 3),
        *Line(caption.facts, "dim", SMALL).wrapped(room, 3),
    )
    return Card(shapes.contract, head, title=caption.full)


def end_card(caption: Caption) -> Card:
    """Return the card of an open end, or of several at one place."""
    room = END_WIDTH - 2 * _PADDING - _MARK
    relevant = bool(caption.goods)
    head = (*Line(caption.name, bold=relevant).wrapped(room, 1), *Line(caption.goods, size=SMALL).wrapped(room, 2))
    shape = partial(shapes.open_end, relevant=relevant)
    return Card(shape, head, title=caption.full, mark="?", least=END_WIDTH)
