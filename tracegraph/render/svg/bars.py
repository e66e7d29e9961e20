"""Stacked bars with their numbers beside them: each part has a pattern, a word and a figure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tracegraph.render.svg.canvas import Canvas, Picture
from tracegraph.render.svg.canvas import number as number_text
from tracegraph.render.svg.frame import MARGIN, Line, write_lines
from tracegraph.render.svg.shapes import Box
from tracegraph.render.svg.text import clean, cut, width
from tracegraph.render.svg.theme import NAME, SMALL, TEXT

BAR: Final = 360  # pixels of the longest bar
MOST_SERIES: Final = 6
_LABEL: Final = (120, 250)  # pixels, at least and at most
_ROW: Final = 26
_THICK: Final = 16
_LEAST: Final = 3  # pixels of a part that is not nothing
_BETWEEN: Final = 18
_SWATCH: Final = 14


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar.

    Attributes
    ----------
    label : str
        What it stands for.
    parts : tuple of float
        Length of each part, at least 0, in one unit for all bars of a chart.
    figures : tuple of str
        What is written for each part, and for each further column.
    title : str
        What shows beside the mouse; empty: the label.
    """

    label: str
    parts: tuple[float, ...]
    figures: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Some bars under one heading."""

    heading: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class BarChart:
    """A picture of stacked bars.

    Attributes
    ----------
    lang : str
        Language of the words.
    title, description : str
        What it is, and all of it in words, for those who do not see it.
    head, foot : tuple of Line
        What stands above and below.
    series : tuple of str
        What each part of a bar is; at most `MOST_SERIES`, from the emptiest pattern to the fullest.
    further : tuple of str
        Headings of columns with figures that no part of the bar shows.
    panels : tuple of Panel
        Bars; those of one panel have one scale.
    """

    lang: str
    title: str
    description: str
    head: tuple[Line, ...]
    foot: tuple[Line, ...]
    series: tuple[str, ...]
    further: tuple[str, ...]
    panels: tuple[Panel, ...]


def bars_svg(chart: BarChart) -> str:
    """Return stacked bars as an SVG document: the same bytes for the same chart.

    Notes
    -----
    The longest bar of each panel is `BAR` pixels long. A part that is not nothing is drawn, however small: at least
    `_LEAST` pixels.
    """
    sheet = Picture(chart.lang, chart.title, chart.description)
    _define_patterns(sheet, len(chart.series))
    paper = sheet.add("rect", {"class": "paper"})
    places = _places(chart)
    room = places.right - MARGIN
    top = write_lines(sheet, chart.head, MARGIN, MARGIN - 6, room) + 14
    top = _draw_headings(sheet, chart, places, top)
    for panel in chart.panels:
        sheet.text((MARGIN, top + 18), cut(clean(panel.heading), room, NAME, bold=True), size=NAME, bold=True)
        top += _ROW
        longest = max((sum(bar.parts) for bar in panel.bars), default=0)
        for number, bar in enumerate(panel.bars):
            _draw_bar(sheet, bar, places, top, (longest, number % 2 == 0))
            top += _ROW
        top += 10
    bottom = write_lines(sheet, chart.foot, MARGIN, top, room) + MARGIN
    size = round(places.right + MARGIN), round(bottom)
    paper.attrib.update(width=str(size[0]), height=str(size[1]))
    return sheet.written(*size)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the bars begin, and where each column of figures ends, in pixels."""

    label: float
    bars: float
    columns: tuple[float, ...]

    @property
    def right(self) -> float:
        return self.columns[-1]


def _places(chart: BarChart) -> _Places:
    bars = [bar for panel in chart.panels for bar in panel.bars]
    least, most = _LABEL
    label = min(most, max([least, *(width(clean(bar.label), TEXT) for bar in bars)]))
    begin = MARGIN + label + _BETWEEN
    slack = _LEAST * len(chart.series)
    ends = [begin + BAR + slack]
    for n, heading in enumerate((*chart.series, *chart.further)):
        swatch = _SWATCH + 6 if n < len(chart.series) else 0
        figures = (width(clean(bar.figures[n]), TEXT) for bar in bars)
        ends.append(ends[-1] + _BETWEEN + max([swatch + width(clean(heading), SMALL, bold=True), *figures]))
    return _Places(label, begin, tuple(ends[1:]))


def _draw_headings(sheet: Canvas, chart: BarChart, places: _Places, top: float) -> float:
    """Write what each column of figures is, with the pattern of its part; return where the bars begin."""
    for n, heading in enumerate((*chart.series, *chart.further)):
        right = places.columns[n]
        if n < len(chart.series):
            _draw_part(sheet, n, (right - _SWATCH, top + 1, _SWATCH, _SWATCH))
            right -= _SWATCH + 5
        sheet.text((right, top + 12), clean(heading), size=SMALL, bold=True, end=True)
    return top + 18


def _draw_bar(sheet: Canvas, bar: Bar, places: _Places, top: float, how: tuple[float, bool]) -> None:
    """Draw one bar with its label and figures; `how` is the longest bar's length, and whether the row has a ground."""
    longest, ground = how
    part = sheet.part(bar.title or bar.label)
    if ground:
        part.rect((MARGIN - 8, top, places.right - MARGIN + 16, _ROW), "band")
    part.text((MARGIN, top + 17), cut(clean(bar.label), places.label, TEXT))
    left = places.bars
    for n, length in enumerate(bar.parts):
        if length > 0:
            long = max(float(_LEAST), BAR * (length / longest))
            _draw_part(part, n, (left, top + (_ROW - _THICK) / 2, long, _THICK))
            left += long
    for right, figure in zip(places.columns, bar.figures, strict=True):
        part.text((right, top + 17), clean(figure), end=True)


def _draw_part(canvas: Canvas, number: int, box: Box) -> None:
    """Draw one part of a bar, or a sample of it: its pattern under an outline, dashed for the emptiest."""
    dashes = {} if number else {"stroke-dasharray": "3 2"}
    canvas.rect(box, "part", fill=f"url(#part-{number})", **{"stroke-width": 1.2, **dashes})


def _define_patterns(sheet: Canvas, count: int) -> None:
    """Define the patterns, from the emptiest to the fullest: lines ever closer, turned or crossed."""
    defined = Canvas(sheet.add("defs", {}))
    for number, (step, turn, crossed, thick) in enumerate(_PATTERNS[:count]):
        tile = {"width": step, "height": step, "patternUnits": "userSpaceOnUse", "patternTransform": f"rotate({turn})"}
        pattern = Canvas(defined.add("pattern", {"id": f"part-{number}", **tile}))
        pattern.rect((0, 0, step, step), "ground")
        if thick:
            half = number_text(step / 2)
            way = f"M{half} 0V{step}" + (f"M0 {half}H{step}" if crossed else "")
            pattern.path(way, "line", stroke_width=thick)


#: Pixels between the lines of a pattern, degrees by which they are turned, whether they are crossed, and their width.
_PATTERNS: Final = (
    (8, 0, False, 0.0),
    (8, 0, False, 1.2),
    (6, 45, False, 1.4),
    (5, 45, True, 1.4),
    (4, 0, False, 4.0),
    (3, 0, True, 1.4),
)
