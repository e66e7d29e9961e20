"""What a chain's picture is made of, and where each part goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tracegraph.answer_picture import ChainPicture, Grouping, PictureLine
from tracegraph.graph.columns import columns_of, sub_columns
from tracegraph.graph.layout import BoxSize, Link, lay_out
from tracegraph.render.svg.captions import TOUCHED, Captions
from tracegraph.render.svg.cards import Card, contract_card, end_card, node_card, node_row
from tracegraph.render.svg.frame import MARGIN
from tracegraph.render.svg.lanes import Bus
from tracegraph.render.svg.lines import Placed
from tracegraph.translate import Translator

TALLEST: Final = 2400  # pixels of cards in one column; a tier that needs more stands in several columns
GAP: Final = 12  # between two cards of a column
OPEN_LINE: Final = -1  # style of the line to an open end; others are twice the grade's rank, plus one on a route
CONTRACT: Final = 0  # the contract's card; those of holders follow, then the open ends

_BETWEEN: Final = (54, 140)  # pixels between columns, at least and at most
_EACH_LINE: Final = 4  # more for each piece of line there


class Plan:
    """Cards, links, columns and their layout.

    Attributes
    ----------
    members : list of list of int
        Nodes by card, from the first row down; none at the contract's.
    cards : list of Card
        The contract's, those of the nodes, one for each row with open ends.
    tiers : list of int
        Of the contract's card and of those of the nodes.
    links : list of Link
        Lines between cards.
    drawn : list of PictureLine or None
        What each link stands for; None: the line to an open end.
    columns : list of int
        By card.
    lefts, widths : list of float
        By column, in pixels.
    """

    def __init__(self, picture: ChainPicture, captions: Captions, say: Translator) -> None:
        self.picture, self.captions, self.say = picture, captions, say
        self.members = [[], *_members(picture)]
        self.place = {node: (card, row) for card, nodes in enumerate(self.members) for row, node in enumerate(nodes)}
        self.cards = [
            contract_card(captions.contract(picture.chain.facts)),
            *map(self._card, range(1, len(self.members))),
        ]
        self.tiers = [0, *(picture.nodes[nodes[0]].tier for nodes in self.members[1:])]
        self.links: list[Link] = []
        self.drawn: list[PictureLine | None] = []
        self._add_links()
        self.columns = self._columns()
        self._add_open_ends()
        sizes = [BoxSize(card.height, card.middles) for card in self.cards]
        self.layout = lay_out(self.columns, sizes, self.links, GAP)
        self.widths = [0.0] * (max(self.columns) + 1)
        for card, column in zip(self.cards, self.columns, strict=True):
            self.widths[column] = max(self.widths[column], card.width)
        self.lefts = self._lefts()

    @property
    def right(self) -> float:
        """Where the last column ends, in pixels."""
        return self.lefts[-1] + self.widths[-1]

    def placed(self, top: float) -> Placed:
        """Return the layout in its place, beginning so many pixels from the top of the picture."""
        joints = self.layout.column[len(self.cards) :]
        return Placed(
            layout=self.layout,
            boxes=len(self.cards),
            left=tuple(self.lefts[column] for column in self.layout.column),
            width=(*(float(card.width) for card in self.cards), *(self.widths[column] for column in joints)),
            column_width=tuple(self.widths[column] for column in self.layout.column),
            top=top,
        )

    def _card(self, number: int) -> Card:
        nodes = [self.picture.nodes[n] for n in self.members[number]]
        rows = []
        for node in nodes:
            strip = (node.certainty, self.say.text(TOUCHED[node.certainty])) if node.certainty else None
            rows.append(node_row(self.captions.of(node), strip))
        grouped = any(len(node.items) > 1 for node in nodes)
        return node_card(nodes[0].kind, self.captions.of(nodes[0]), rows, self._buses(number), grouped=grouped)

    def _buses(self, card: int) -> list[Bus]:
        """Return the steps between the rows of a card."""
        found: dict[tuple[int, int, bool], list[PictureLine]] = {}
        for line in self.picture.lines:
            if line.end is not None and self.place[line.start][0] == self.place[line.end][0] == card:
                key = (self.place[line.end][1], -line.grade.rank, line.on_route)
                found.setdefault(key, []).append(line)
        return [
            Bus(
                sources=tuple(sorted(self.place[line.start][1] for line in lines)),
                target=target,
                grade=lines[0].grade,
                on_route=on_route,
                title=self.captions.lines(lines),
            )
            for (target, _, on_route), lines in sorted(found.items())
        ]

    def _add_links(self) -> None:
        for line in self.picture.lines:
            start, start_row = self.place[line.start]
            end, end_row = (CONTRACT, 0) if line.end is None else self.place[line.end]
            if start != end:
                self.links.append(Link(start, end, 2 * line.grade.rank + line.on_route, start_row, end_row))
                self.drawn.append(line)

    def _columns(self) -> list[int]:
        pairs = [(link.start, link.end) for link in self.links]
        return columns_of(self.tiers, pairs, [card.height for card in self.cards], TALLEST)

    def _add_open_ends(self) -> None:
        """Add the open ends of every card, those apart where the goods in question could enter."""
        chain, asked = self.picture.chain, self.picture.dependent
        contract = chain.facts.contract_id
        if chain.sourcing.is_open_end:
            relevant = asked is not None and contract in asked.open_ends.ids
            self._add_end(CONTRACT, {0: [contract]}, relevant=relevant)
        for card, nodes in enumerate(self.members):
            for matters in (True, False):
                rows = {}
                for row, node in enumerate(map(self.picture.nodes.__getitem__, nodes)):
                    rows[row] = [end for end in node.open_ends if (end in node.relevant) is matters]
                self._add_end(card, rows, relevant=matters)

    def _add_end(self, card: int, rows: Mapping[int, Sequence[str]], *, relevant: bool) -> None:
        """Add a card for the open ends of some rows of a card, in the column after that; none if there are none."""
        ends = [end for found in rows.values() for end in found]
        if not ends:
            return
        for row, found in rows.items():
            if found:
                self.links.append(Link(len(self.cards), card, OPEN_LINE, end_row=row))
                self.drawn.append(None)
        self.cards.append(end_card(self.captions.open_end(ends, relevant=relevant)))
        self.columns.append(self.columns[card] + 1)

    def _lefts(self) -> list[float]:
        pieces = [0] * len(self.widths)
        for segment in self.layout.segments:
            pieces[max(self.layout.column[segment.start], self.layout.column[segment.end])] += 1
        least, most = _BETWEEN
        lefts = [float(MARGIN)]
        for column in range(1, len(self.widths)):
            lefts.append(lefts[-1] + self.widths[column - 1] + min(most, least + _EACH_LINE * pieces[column]))
        return lefts


def _members(picture: ChainPicture) -> list[list[int]]:
    """Return the nodes of each card: the items of one holder in one tier, made goods above what they are made of.

    Those of one kind stand in the order of the rows that they go to, so that lines do not cross for nothing.
    """
    if picture.grouping is not Grouping.ITEM:
        return [[n] for n in range(len(picture.nodes))]
    keys = [(node.tier, node.kind, node.holders) for node in picture.nodes]
    number = {key: n for n, key in enumerate(dict.fromkeys(keys))}
    cards = [number[key] for key in keys]
    pairs = [(line.start, line.end) for line in picture.lines if line.end is not None]
    deep = sub_columns(cards, pairs, most=len(cards))
    leaving: dict[int, list[int]] = {}
    for start, end in pairs:
        leaving.setdefault(start, []).append(end)
    members: list[list[int]] = [[] for _ in number]
    for node, card in enumerate(cards):
        members[card].append(node)
    rows: dict[int, int] = {}
    for nodes in members:  # by tier: rows nearer to the contract are settled first
        goals = {n: [rows[end] for end in leaving.get(n, ()) if end in rows] or [len(cards)] for n in nodes}
        place = {n: (deep[n], sum(found) / len(found), n) for n, found in goals.items()}
        nodes.sort(key=place.__getitem__)
        rows.update((n, row) for row, n in enumerate(nodes))
    return members
