"""What is meant by a text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, cast

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.exchange.answers import lens_body
from tracegraph.messages import N_
from tracegraph.services.search import FOUND, Search
from tracegraph.vocabulary import Label
from tracegraph_api.context import Context, context, store, translator
from tracegraph_api.inputs import LensQuery, PageQuery, described, lens_of
from tracegraph_api.media import CSV, as_file, table_of_bodies, wanted
from tracegraph_api.node_links import links_of
from tracegraph_api.operation import Answered, Resource, operation
from tracegraph_api.respond import Counted, envelope, respond

resource = Resource("search", __name__, url_prefix="/search", description=N_("What is meant by a text."))

COLUMNS: Final = ("label", "id", "name", "reason")


class TextQuery(Schema):
    """What is looked for."""

    q = fields.String(
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata=described(N_("A part of a name, an alias, an identifier or an id, ignoring case."), example="glove"),
    )
    label = fields.List(
        fields.String(validate=validate.OneOf([label.value for label in FOUND])),
        load_default=[label.value for label in FOUND],
        metadata=described(N_("Only nodes of this kind; may be repeated."), example=["Factory"]),
    )


@resource.get("")
@operation(
    Permission.READ,
    says=(
        N_("Find by name"),
        N_(
            "Companies, plants and contracts by name, alias, identifier or id; products, countries, regions and "
            "categories by name in Swedish or English, or id. Exact matches first. Where nothing holds the text: a few "
            "nodes that are spelled like it, with the reason near."
        ),
    ),
    answers={200: Answered(N_("What may be meant, and why."), "search_page", media=(CSV,))},
    query=(LensQuery, TextQuery, PageQuery),
)
def search(given: Mapping[str, Any]) -> Response:
    """Answer what may be meant by a text."""
    lens = lens_of(given)
    labels = [Label(label) for label in given["label"]]
    hits, is_whole = search_of(context()).find(given["q"], lens, labels, translator().lang)
    rows = [{"label": h.node.label.value, "id": h.node.id, "name": h.name, "reason": h.reason} for h in hits]
    if wanted() == CSV:
        return as_file(table_of_bodies(COLUMNS, rows), "search", truncated=not is_whole)
    limit, first = given["limit"], (given["page"] - 1) * given["limit"]
    items = [
        {**row, "_links": links_of(hit.node)}
        for row, hit in zip(rows[first : first + limit], hits[first : first + limit], strict=True)
    ]
    counted = Counted(len(rows), first + limit < len(rows), is_whole)
    meta = {"q": given["q"], "lens": lens_body(lens), "truncated": not is_whole}
    return respond(envelope(items, given, counted, meta=meta))


def search_of(shared: Context) -> Search:
    """Return the search of the application."""
    made = shared.parts.setdefault("search", Search(store(), shared.portfolios))
    return cast("Search", made)
