"""Text, colours and bars: what every picture is made of."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.render.drawing import SVG, Area, canvas_of, overlaps, parsed, texts_of, written
from tracegraph.render.svg.bars import BAR, MOST_SERIES, Bar, BarChart, Panel, bars_svg
from tracegraph.render.svg.canvas import number
from tracegraph.render.svg.frame import Line
from tracegraph.render.svg.lanes import Bus, lanes_of
from tracegraph.render.svg.text import clean, cut, width, wrap
from tracegraph.render.svg.theme import DARK, LIGHT, Colours, style_sheet
from tracegraph.vocabulary import Grade

# --- text ---

#: Widths in pixels of texts of 100 pixels, as DejaVu Sans sets them; read from the font's own table of advances.
SET_IN_DEJAVU = {"Demo Plant Klang": 894, "40 to 60 %": 545, "Åsa Öberg": 522, "illicit": 233, "MWMW": 370}


@pytest.mark.parametrize(("text", "real"), SET_IN_DEJAVU.items())
def test_a_text_is_never_taken_for_narrower_than_it_is(text: str, real: int) -> None:
    assert real <= width(text, 100) <= 1.05 * real
    assert width(text, 100, bold=True) > width(text, 100)


@given(st.text(max_size=60), st.integers(30, 300), st.integers(1, 4))
def test_wrapped_lines_have_room_and_lose_nothing_but_what_is_cut(text: str, room: int, most: int) -> None:
    words = clean(text)
    lines = wrap(words, room, 12, lines=most)
    assert len(lines) <= most
    assert all(width(line, 12) <= room or line == "…" for line in lines)
    assert " ".join(lines) == words or any(line.endswith("…") for line in lines)


def test_cutting() -> None:
    assert cut("examination gloves", 500, 12) == "examination gloves"
    assert cut("examination gloves", 80, 12) == "examinati…"
    assert cut("examination gloves", 1, 12) == "…"
    assert wrap("nitrile gloves of size L", 90, 12, lines=2) == ["nitrile gloves", "of size L"]
    assert wrap("", 90, 12) == []


def test_cleaning() -> None:
    assert clean(" a\tb \n c ") == "a b c"
    assert clean("10\N{NO-BREAK SPACE}000") == "10\N{NO-BREAK SPACE}000"
    assert clean("a\x00b\ud800") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"
    assert clean("x\N{RIGHT-TO-LEFT OVERRIDE}y\N{FIRST STRONG ISOLATE}z") == "xyz"
    assert clean("Škoda e\N{COMBINING ACUTE ACCENT}") == "Škoda e\N{COMBINING ACUTE ACCENT}"
    assert len(clean("\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}")) > 10
    assert width("\N{ARABIC LIGATURE BISMILLAH AR-RAHMAN AR-RAHEEM}", 1) > 10


@pytest.mark.parametrize(("value", "text"), [(1.0, "1"), (0.25, "0.2"), (-0.01, "0"), (12.35, "12.3"), (100, "100")])
def test_numbers_are_short(value: float, text: str) -> None:
    assert number(value) == text


# --- colours ---


def contrast(one: str, two: str) -> float:
    """Return the contrast of two colours by WCAG 2.2: 1 to 21."""

    def light(colour: str) -> float:
        parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    high, low = sorted((light(one), light(two)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_words_and_lines_stand_out_in_light_and_in_dark(colours: Colours) -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    for ground in (colours.paper, colours.band, colours.card):
        assert min(contrast(words, ground) for words in (colours.ink, colours.dim)) >= 4.5
        assert contrast(colours.line, ground) >= 4.5
        assert contrast(colours.accent, ground) >= 3
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.line, colours.route) >= 4.5


def test_the_style_sheet_has_both_and_asks_nobody() -> None:
    sheet = style_sheet()
    light, dark = sheet.split("@media (prefers-color-scheme:dark)")
    assert LIGHT.paper in light
    assert DARK.paper in dark
    assert "url(" not in sheet
    assert "@import" not in sheet


# --- lanes ---


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 8)).filter(lambda pair: pair[0] != pair[1]), max_size=12))
def test_no_two_ways_share_a_lane_where_they_would_touch(pairs: list[tuple[int, int]]) -> None:
    buses = [Bus((a,), b, Grade.DECLARED, on_route=False, title="") for a, b in pairs]
    lanes = lanes_of(buses)
    for lane in set(lanes):
        spans = sorted((min(bus.rows), max(bus.rows)) for bus, at in zip(buses, lanes, strict=True) if at == lane)
        assert all(high < low for (_, high), (low, _) in pairwise(spans))


# --- bars ---


def chart(*bars: Bar, series: int = 3) -> BarChart:
    return BarChart(
        lang="en",
        title="Title",
        description="Words",
        head=(Line("Title", bold=True),),
        foot=(Line("Foot"),),
        series=tuple(f"series {n}" for n in range(series)),
        further=("all",),
        panels=(Panel("one", bars), Panel("none", ())),
    )


def parts_of(svg: str) -> list[float]:
    """Return the lengths of the parts of all bars; the samples in the heading are 14 pixels wide and high."""
    rects = [rect for rect in parsed(svg).iter(f"{SVG}rect") if rect.get("class") == "part"]
    return [float(rect.get("width")) for rect in rects if float(rect.get("height")) != 14]


def test_parts_are_as_long_as_their_numbers_and_none_is_lost() -> None:
    svg = bars_svg(
        chart(Bar("a", (1, 0, 3), ("1", "0", "3", "4")), Bar("b", (0, 0.001, 0), ("0", "0.001", "0", "0.001")))
    )
    assert parts_of(svg) == [BAR / 4, BAR * 3 / 4, 3]
    assert written(svg)[1:] == [*written(svg)[1:5], "one", "a", "1", "0", "3", "4", "b", *written(svg)[12:]]


def test_nothing_at_all_is_drawn_as_nothing() -> None:
    assert parts_of(bars_svg(chart(Bar("a", (0, 0, 0), ("0", "0", "0", "0"))))) == []
    assert "Title" in written(bars_svg(chart()))


LABELS = st.text(st.characters(codec="utf-8"), max_size=20)
BARS = st.builds(
    lambda label, parts: Bar(label, tuple(parts), (*(f"{part:g}" for part in parts), f"{sum(parts):g}")),
    LABELS,
    st.lists(st.floats(0, 1e6), min_size=MOST_SERIES, max_size=MOST_SERIES),
)


@given(st.lists(BARS, max_size=3))
def test_labels_and_figures_lie_apart_and_inside(bars: list[Bar]) -> None:
    svg = bars_svg(chart(*bars, series=MOST_SERIES))
    root = parsed(svg)
    texts = [text for text in texts_of(root) if text.what]
    assert not list(overlaps(texts))
    assert all(canvas_of(root).holds(text) for text in texts)
    for bar in root.findall(f"{SVG}g"):
        parts = [rect for rect in bar.findall(f"{SVG}rect") if rect.get("class") == "part"]
        areas = [_area(*(float(rect.get(name)) for name in ("x", "y", "width", "height"))) for rect in parts]
        assert not list(overlaps([*areas, *(text for text in texts_of(bar) if text.what)]))


def _area(left: float, top: float, wide: float, high: float) -> Area:
    return Area(left, top, left + wide, top + high)
