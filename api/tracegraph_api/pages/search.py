"""What is meant by a text: found, with the reason, and suggested while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.services.search import FOUND, NEAR, Hit
from tracegraph.vocabulary import Label
from tracegraph_api.context import context, translator
from tracegraph_api.inputs import Given, LensQuery, PageQuery, lens_of
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import node_link
from tracegraph_api.pages.paging import paged
from tracegraph_api.pages.templates import page_from
from tracegraph_api.pages.words import say, word
from tracegraph_api.resources.search import search_of

pages = Pages("search")

_REASONS: Final[Mapping[str, str]] = {
    "id": N_("this is its identifier here"),
    "name": N_("this is in its name"),
    "alias": N_("this is in another name that it has"),
    "identifier": N_("this is in a number that it has"),
    NEAR: N_("it is spelled like this"),
}
_SUGGESTED: Final = 8
_SHORTEST: Final = 2


class _TextQuery(Schema):
    """What is looked for."""

    q = fields.String(validate=validate.Length(max=200), load_default="")
    label = fields.List(fields.String(validate=validate.OneOf([label.value for label in FOUND])), load_default=list)


@pages.shows("/search", Permission.READ, (LensQuery, _TextQuery, PageQuery))
def results(given: Given) -> Response:
    """Show what may be meant by a text."""
    q = " ".join(given["q"].split())
    hits, is_whole = _found(q, lens_of(given), given["label"])
    listed, about = paged(hits, given)
    return render(
        "pages/search.html",
        say(N_("Search: {q}"), q=q) if q else say(N_("Search")),
        q=q,
        asked=bool(q),
        hits=[_row(hit) for hit in listed],
        is_near=bool(hits) and hits[0].reason == NEAR,
        is_whole=is_whole,
        **about,
        labels=[(label.value, word(label)) for label in FOUND],
        chosen=given["label"],
        no_search=True,
    )


@pages.shows("/search/suggestions", Permission.READ, (LensQuery, _TextQuery))
def suggestions(given: Given) -> Response:
    """Give a few links for what is typed so far: a piece of a page."""
    q = " ".join(given["q"].split())
    is_asked = len(q) >= _SHORTEST
    hits = _found(q, lens_of(given), given["label"])[0] if is_asked else []
    exact = [hit for hit in hits if hit.reason != NEAR][:_SUGGESTED]
    return Response(
        page_from("pages/suggestions.html", hits=[_row(hit) for hit in exact], is_asked=is_asked),
        mimetype="text/html",
    )


def _found(q: str, lens: Lens, labels: list[str]) -> tuple[list[Hit], bool]:
    wanted = [Label(label) for label in labels] or FOUND
    return search_of(context()).find(q, lens, wanted, translator().lang)


def _row(hit: Hit) -> dict[str, Any]:
    return {
        "id": hit.node.id,
        "name": hit.name or hit.node.id,
        "kind": word(hit.node.label),
        "reason": say(_REASONS[hit.reason]),
        "href": node_link(hit.node),
    }
