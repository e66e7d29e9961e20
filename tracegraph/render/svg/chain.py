"""The picture of a contract's chain: the contract on the left, tiers in columns, goods flowing from right to left."""

from __future__ import annotations

from itertools import groupby
from typing import Final

from tracegraph.answer_picture import ChainPicture
from tracegraph.messages import N_
from tracegraph.render.svg.canvas import Canvas, Picture
from tracegraph.render.svg.captions import Captions
from tracegraph.render.svg.chain_words import ChainWords
from tracegraph.render.svg.frame import MARGIN, draw_key, write_lines
from tracegraph.render.svg.key import chain_key
from tracegraph.render.svg.lines import HEAD, Placed, Way, ways
from tracegraph.render.svg.plan import GAP, OPEN_LINE, Plan
from tracegraph.render.svg.shapes import LINE_STYLE, ROUTE_WIDTH, status
from tracegraph.render.svg.text import cut
from tracegraph.render.svg.theme import TEXT
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import GRADES_BY_RANK

_LEAST_ROOM: Final = 720  # pixels for the words above and below
_HEAD_ROW: Final = 26
_BLEED: Final = 14  # how far a tier's ground reaches beyond its boxes
_STATUS: Final = 30


def chain_svg(picture: ChainPicture, legend: Legend, say: Translator, *, dark: bool = True) -> str:
    """Return a chain as an SVG document.

    Parameters
    ----------
    picture : ChainPicture
        From `tracegraph.services.picture.picture`.
    legend : Legend
        Names of holders, products, countries and documents.
    say : Translator
        Language of the words.
    dark : bool
        Whether it turns dark in dark surroundings; for paper it does not.

    Returns
    -------
    str
        One document with title, text alternative and style sheet inside, without scripts or links; sizes in pixels.
        The same bytes for the same picture.
    """
    captions = Captions(legend, say, picture.grouping)
    words = ChainWords(picture, captions)
    plan = Plan(picture, captions, say)
    room = max(plan.right - MARGIN, _LEAST_ROOM)
    sheet = Picture(say.lang, words.title(), words.description(), dark=dark)
    paper = sheet.add("rect", {"class": "paper"})
    top = _write_head(sheet, picture, words, room)
    placed = plan.placed(top + _HEAD_ROW + GAP)
    bottom = placed.top + plan.layout.total + GAP
    draw_tiers(sheet, plan, say, top, bottom)
    draw_lines(sheet, plan, placed)
    for number, card in enumerate(plan.cards):
        card.draw(sheet, placed.box(number))
    bottom = draw_key(sheet, chain_key(picture, say), MARGIN, bottom + GAP, room)
    bottom = write_lines(sheet, words.foot(), MARGIN, bottom + 6, room)
    width, height = round(room + 2 * MARGIN), round(bottom + MARGIN)
    paper.attrib.update(width=str(width), height=str(height))
    return sheet.written(width, height)


def _write_head(sheet: Canvas, picture: ChainPicture, words: ChainWords, room: float) -> float:
    """Write what the picture is of, and the status of what is asked; return where the columns begin."""
    bottom = write_lines(sheet, words.head(), MARGIN, MARGIN - 6, room)
    if picture.dependent:
        status(sheet, (MARGIN, bottom + 8), picture.dependent.status)
        bottom = write_lines(sheet, words.status(), MARGIN + _STATUS, bottom + 7, room - _STATUS)
    return write_lines(sheet, words.notes(), MARGIN, bottom + 4, room) + 14


def draw_tiers(sheet: Canvas, plan: Plan, say: Translator, top: float, bottom: float) -> None:
    """Draw the ground and the heading of each tier; its columns lie side by side."""
    tiers: list[int | None] = [None] * len(plan.widths)
    for card, of_card in enumerate(plan.tiers):
        tiers[plan.columns[card]] = of_card
    for tier, columns in groupby(range(len(tiers)), key=tiers.__getitem__):
        listed = list(columns)
        left = plan.lefts[listed[0]] - _BLEED
        width = plan.lefts[listed[-1]] + plan.widths[listed[-1]] + _BLEED - left
        sheet.rect((left, top, width, bottom - top), "band", rx=4)
        sheet.text(
            (left + _BLEED, top + 18), cut(_tier_words(tier, plan, say), width - 2 * _BLEED, TEXT, bold=True), bold=True
        )


def _tier_words(tier: int | None, plan: Plan, say: Translator) -> str:
    if tier is None:
        return say.text("not mapped")
    if tier == 0:
        return say.text("contract")
    count = sum(len(node.items) for node in plan.picture.nodes if node.tier == tier)
    name = say.text("tier {n} and deeper", n=tier) if tier == plan.picture.deepest else say.text("tier {n}", n=tier)
    return f"{name} · {say.plural(N_('{n} item'), N_('{n} items'), count)}"


def draw_lines(sheet: Canvas, plan: Plan, placed: Placed) -> None:
    """Draw the bands under routes first, then the lines, so that no band hides a line."""
    found = ways(placed)
    for way in found:
        style = placed.layout.segments[way.segment].style
        if style != OPEN_LINE and style % 2:
            sheet.path(way.curve(), "route", stroke_width=ROUTE_WIDTH)
    for way in found:
        _draw_line(sheet, plan, placed, way)


def _draw_line(sheet: Canvas, plan: Plan, placed: Placed, way: Way) -> None:
    segment = placed.layout.segments[way.segment]
    if segment.style == OPEN_LINE:
        sheet.path(way.curve(), "thin", stroke_width=1)
        return
    part = sheet.part(plan.captions.lines([line for link in segment.links if (line := plan.drawn[link])]))
    part.path(
        way.curve(short=HEAD - 1 if way.enters_box else 0), "line", **LINE_STYLE[GRADES_BY_RANK[segment.style // 2]]
    )
    if way.enters_box:
        part.path(way.head(), "head")
