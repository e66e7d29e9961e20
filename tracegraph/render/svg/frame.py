"""What stands around every picture: lines of words above and below, and the key to its shapes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from tracegraph.render.svg.canvas import Canvas
from tracegraph.render.svg.text import clean, width, wrap
from tracegraph.render.svg.theme import TEXT

MARGIN: Final = 24
NEVER: Final = "9999-12-31T23:59:59Z"  # for `lens_words`: the moment of knowledge is named, as a picture outlives "now"
KEY_ROW: Final = 30
_KEY_SAMPLE: Final = 46
_KEY_GAP: Final = 22

#: Draws a sample 38 pixels wide and 20 high from a left upper corner on.
Sample = Callable[[Canvas, tuple[float, float]], None]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of words, as it is written."""

    text: str
    kind: str = "ink"
    size: int = TEXT
    bold: bool = False

    @property
    def height(self) -> int:
        """How much room it takes, in pixels."""
        return self.size + 4

    def wrapped(self, room: float, most: int | None = None) -> list[Line]:
        """Return it in lines that have room, at most so many of them; what is over is cut."""
        parts = wrap(clean(self.text), room, self.size, bold=self.bold, lines=most)
        return [replace(self, text=part) for part in parts]


def write_lines(canvas: Canvas, lines: Sequence[Line], left: float, top: float, room: float) -> float:
    """Write lines one under another, each wrapped where it has no room; return where the last one ends."""
    for line in lines:
        for part in line.wrapped(room):
            canvas.text((left, top + part.size), part.text, part.kind, size=part.size, bold=part.bold)
            top += part.height
    return top


def draw_key(canvas: Canvas, entries: Sequence[tuple[Sample, str]], left: float, top: float, room: float) -> float:
    """Draw samples with words, in rows; return where the last one ends."""
    x = left
    for sample, words in entries:
        (line,) = Line(words).wrapped(room - _KEY_SAMPLE, 1)
        taken = _KEY_SAMPLE + width(line.text, TEXT)
        if x > left and x + taken > left + room:
            x, top = left, top + KEY_ROW
        sample(canvas, (x, top + 4))
        canvas.text((x + _KEY_SAMPLE, top + 18), line.text)
        x += taken + _KEY_GAP
    return top + KEY_ROW
