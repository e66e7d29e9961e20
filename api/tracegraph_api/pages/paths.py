"""How goods get from one place to another: the best recorded routes, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Response
from markupsafe import Markup
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.answer_node_routes import NodeRoute, NodeRoutes
from tracegraph.errors import InvalidInput
from tracegraph.graph.kbest import MAX_ROUTES
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef, holder_of
from tracegraph.render.route_sentences import route_sentences
from tracegraph.services.legend import Legend, items_legend
from tracegraph.services.node_routes import node_routes
from tracegraph.services.search import NEAR, Hit
from tracegraph.vocabulary import Label
from tracegraph_api.context import context, store, translator
from tracegraph_api.inputs import Given, LensQuery, lens_of
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import here, node_link
from tracegraph_api.pages.words import plural, say, word
from tracegraph_api.resources.search import search_of

pages = Pages("paths")

_LABELS: Final = (Label.FACTORY, Label.SUPPLIER, Label.CONTRACT)
_CANDIDATES: Final = 10
_SHOWN: Final = 3


class _EndsQuery(Schema):
    """From where, to where, as a person writes it."""

    start = fields.String(data_key="from", load_default="", validate=validate.Length(max=200))
    end = fields.String(data_key="to", load_default="", validate=validate.Length(max=200))
    k = fields.Integer(load_default=_SHOWN, validate=validate.Range(1, MAX_ROUTES))


@dataclass(frozen=True, slots=True)
class _End:
    """One of the two places.

    Attributes
    ----------
    text : str
        What was typed.
    node_id : str or None
        What is meant; None: that is not clear, or nothing was typed.
    name : str
        What it is called.
    href : str or None
        Its page.
    candidates : list of Hit
        What may be meant.
    """

    text: str
    node_id: str | None
    name: str
    href: str | None
    candidates: list[Hit]


@pages.shows("/paths", Permission.READ, (LensQuery, _EndsQuery), is_heavy=True)
def find(given: Given) -> Response:
    """Show how goods get from one place to another."""
    lens = lens_of(given)
    start, end = (_end(" ".join(given[name].split()), lens) for name in ("start", "end"))
    found, wrong = None, None
    if start.node_id and end.node_id:
        try:
            found = node_routes((start.node_id, end.node_id), lens, store(), given["k"])
        except InvalidInput as error:
            wrong = translator().say(error.message)
    return render(
        "pages/paths.html",
        _title(start, end) if found else say(N_("How do goods get from one place to another?")),
        status=422 if wrong else 200,
        start=start,
        end=end,
        unclear=[_asked("from", start), _asked("to", end)],
        wrong=wrong,
        swapped=here(from_=end.text, to=start.text),
        **(_shown(found, given["k"]) if found else {"routes": None}),
    )


def _title(start: _End, end: _End) -> Markup:
    return say(N_("From {start} to {end}"), start=start.name, end=end.name)


def _end(text: str, lens: Lens) -> _End:
    """Return what a person means by a text: an id, or the one thing that is called so."""
    if not text or "/" in text:  # goods of somebody, as links of other pages have them
        return _End(text, text or None, text, None, [])
    hits, _ = search_of(context()).find(text, lens, _LABELS, translator().lang)
    same = [hit for hit in hits if text in (hit.node.id, hit.name)]
    exact = same[:1] if same and (len(same) == 1 or same[0].node.id == text) else hits if len(hits) == 1 else []
    if exact and exact[0].reason != NEAR:
        node = exact[0].node
        return _End(text, node.id, exact[0].name or node.id, node_link(node), [])
    return _End(text, None, text, None, hits[:_CANDIDATES])


def _asked(name: str, end: _End) -> dict[str, Any] | None:
    """Return the question what is meant; None where that is clear."""
    if not end.text or end.node_id:
        return None
    choices = [
        {"name": hit.name or hit.node.id, "kind": word(hit.node.label), "href": here(**{name + "_": hit.node.id})}
        for hit in end.candidates
    ]
    return {"text": end.text, "choices": choices}


def _shown(found: NodeRoutes, most: int) -> dict[str, Any]:
    steps = [step for route in found.routes for step in route.steps]
    items = sorted({end for step in steps for end in (step.start, step.end) if "/" in end})
    others = {end for step in steps for end in (step.start, step.end) if "/" not in end}
    sources = {claim.source_id for step in steps for claim in step.claims}
    legend = items_legend(items, others, sources, store(), found.lens, lang=translator().lang)
    return {
        "routes": [_route(route, legend) for route in found.routes],
        "counted": _counted(found),
        "more": here(k=MAX_ROUTES) if found.count.number > len(found.routes) and most < MAX_ROUTES else None,
        "truncated": found.truncated,
        "max_items": found.max_items,
    }


def _counted(found: NodeRoutes) -> Markup:
    shown, count = len(found.routes), found.count
    if count.exact:
        if count.number == shown:
            return plural(N_("One route is recorded."), N_("{n} routes are recorded; all are shown."), shown)
        return say(N_("{n} routes are recorded; the best {shown} are shown."), n=count.number, shown=shown)
    return say(N_("At least {n} routes are recorded; the best {shown} are shown."), n=count.number, shown=shown)


def _route(route: NodeRoute, legend: Legend) -> dict[str, Any]:
    sentences = route_sentences(route.steps, legend, translator())
    return {
        "tiers": route.tier,
        "weakest": route.weakest_grade.value,
        "sentences": sentences,
        "names": [
            {"name": legend.holder(id), "href": node_link(NodeRef(_label(id, legend, is_last), id))}
            for id, is_last in _passed(route)
        ],
    }


def _passed(route: NodeRoute) -> list[tuple[str, bool]]:
    """Return whom a route passes, each once in a row, and which of it is a contract."""
    ends = [(holder_of(route.steps[0].start), False)]
    ends += [(holder_of(step.end), "/" not in step.end) for step in route.steps]
    return [end for n, end in enumerate(ends) if n == 0 or ends[n - 1] != end]


def _label(id: str, legend: Legend, is_contract: bool) -> Label:
    if is_contract:
        return Label.CONTRACT
    return Label.FACTORY if id in legend.factories else Label.SUPPLIER
