"""The picture of a contract's chain as a part of a page: every box is a link, and knows its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.answer_picture import ChainPicture, PictureNode
from tracegraph.render.svg.canvas import Figure
from tracegraph.render.svg.captions import Captions
from tracegraph.render.svg.chain import draw_lines, draw_tiers
from tracegraph.render.svg.chain_words import ChainWords
from tracegraph.render.svg.frame import MARGIN, draw_key
from tracegraph.render.svg.key import chain_key
from tracegraph.render.svg.plan import GAP, Plan
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

_HEAD_ROW: Final = 26
_KEY_ROOM: Final = 900  # pixels of the key, at most: it is read in one window

#: Where a box leads: the nodes in it; none: the contract's.
LinkOf = Callable[[Sequence[PictureNode]], str]


@dataclass(frozen=True, slots=True)
class ChainFigure:
    """A drawing for a page, and its key; both markup of SVG."""

    drawing: str
    key: str


def chain_figure(picture: ChainPicture, legend: Legend, say: Translator, link_of: LinkOf, ends: str) -> ChainFigure:
    """Return a chain as a drawing for a page.

    Parameters
    ----------
    picture, legend, say
        As for `tracegraph.render.svg.chain.chain_svg`.
    link_of : callable
        Where the box of a holder, or of a group, leads.
    ends : str
        Where open ends lead.

    Notes
    -----
    Lines and headings are hidden from those who hear the page; a table has to say the same. ``data-n`` numbers the
    boxes, ``data-up`` and ``data-down`` name those that goods come from and go to, ``data-column`` the column.
    """
    captions = Captions(legend, say, picture.grouping)
    words = ChainWords(picture, captions)
    plan = Plan(picture, captions, say)
    placed = plan.placed(_HEAD_ROW + GAP)
    bottom = placed.top + plan.layout.total + GAP
    sheet = Figure(words.title(), "group", described_by="drawing-help")
    ground = sheet.part(**{"aria-hidden": "true"})
    draw_tiers(ground, plan, say, 0, bottom)
    draw_lines(ground, plan, placed)
    for number in _reading_order(plan):
        nodes = [picture.nodes[n] for n in plan.members[number]] if number < len(plan.members) else []
        href = link_of(nodes) if number < len(plan.members) else ends
        neighbours = _neighbours(plan, number)
        part = sheet.link(
            href,
            _name(plan, number, nodes, words, say),
            data_n=str(number),
            data_column=str(plan.columns[number]),
            **neighbours,
        )
        plan.cards[number].draw(part, placed.box(number))
    drawing = sheet.written(round(plan.right + MARGIN), round(bottom))
    return ChainFigure(drawing, _key(picture, say))


def _reading_order(plan: Plan) -> list[int]:
    """Return the boxes from the contract on, column by column, each from the top down."""
    return sorted(range(len(plan.cards)), key=lambda n: (plan.columns[n], plan.layout.top[n]))


def _neighbours(plan: Plan, number: int) -> dict[str, str]:
    up = dict.fromkeys(str(link.start) for link in plan.links if link.end == number)
    down = dict.fromkeys(str(link.end) for link in plan.links if link.start == number)
    return {"data_up": " ".join(up), "data_down": " ".join(down)}


def _name(plan: Plan, number: int, nodes: Sequence[PictureNode], words: ChainWords, say: Translator) -> str:
    """Return what the box is called: all that stands on it, uncut."""
    card = plan.cards[number]
    if not nodes:
        return ", ".join(card.title.splitlines())
    tier = say.text("tier {n}", n=nodes[0].tier)
    said = dict.fromkeys(line for node in nodes for line in words.captions.of(node).full.splitlines())
    return ", ".join([*said, tier])


def _key(picture: ChainPicture, say: Translator) -> str:
    """Return what the shapes and lines mean, as a picture of its own."""
    entries = chain_key(picture, say)
    sheet = Figure(say.text("What the shapes and lines mean"), "group")
    bottom = draw_key(sheet, entries, 0, 0, _KEY_ROOM)
    return sheet.written(_KEY_ROOM, round(bottom))
