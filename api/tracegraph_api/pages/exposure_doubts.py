"""What makes an answer less sure than it looks: shares that contradict each other, and plants that nobody names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from flask import request

from tracegraph.answer import Answer, Contradiction
from tracegraph.model import NodeRef, holder_of
from tracegraph.render.contradictions import place_words, stated, sum_words
from tracegraph.render.dependents_rows import unnamed_words
from tracegraph.services.legend import Legend
from tracegraph.services.links import SourceBook
from tracegraph.services.unnamed_plants import unnamed_plants
from tracegraph.vocabulary import Label
from tracegraph_api.context import context, store, translator
from tracegraph_api.pages.links import link, node_link
from tracegraph_api.pages.said import said_of
from tracegraph_api.pages.words import share

Row = dict[str, Any]
#: Places that a page lists, and statements at each; the workbook has all.
PLACES: Final = 10
_STATEMENTS: Final = 12
#: Plants that an address names.
_PLANTS: Final = 50


def with_first_contradictions(answer: Answer) -> Answer:
    """Return an answer with those of its contradictions that a page lists."""
    return replace(answer, contradictions=answer.contradictions[:PLACES])


def contradictions_of(answer: Answer, legend: Legend) -> list[Row]:
    """Return where shares contradict each other, with what each source says, side by side."""
    listed = answer.contradictions[:PLACES]
    book = SourceBook(store())
    book.read([claim for one in listed for claim in one.claims])
    return [_place(one, legend, book) for one in listed]


def _place(one: Contradiction, legend: Legend, book: SourceBook) -> Row:
    told, claims = translator(), stated(one, legend, translator())
    return {
        "place": place_words(one, legend, told),
        "href": node_link(_node(one.id, legend)),
        "sum": sum_words(one, told),
        "rows": [
            {
                "seller": row.seller,
                "href": node_link(_node(row.claim.start.id, legend)),
                "share": share(row.claim.share_low, row.claim.share_high) if row.share else None,
                "said": replace(said_of(book.evidence(row.claim)), share=""),
            }
            for row in claims[:_STATEMENTS]
        ],
        "more": max(0, len(claims) - _STATEMENTS),
    }


def _node(id: str, legend: Legend) -> NodeRef:
    """Return the node whose page tells of an item, or a contract."""
    if "/" not in id:
        return NodeRef(Label.CONTRACT, id)
    holder = holder_of(id)
    return NodeRef(Label.FACTORY if holder in legend.factories else Label.SUPPLIER, holder)


def unnamed_of(answer: Answer) -> Row | None:
    """Return what a No takes for granted about plants that nobody names, and where to ask about them; None: nothing."""
    found = unnamed_plants(answer, store(), context().portfolios)
    if found is None:
        return None
    plants: Sequence[str] = found.plants[:_PLANTS]
    return {
        "text": unnamed_words(found, translator()),
        "href": link("exposure.one", factory=list(plants), product=request.args.getlist("product")),
    }
