"""Lists of nodes and single nodes, the same for every label: rows, filters, forms and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.answer_list import Listing, NodeFilter, NodeRow
from tracegraph.exchange.answers import lens_body
from tracegraph.exchange.geojson import features_of
from tracegraph.exchange.show import portrait_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.services import asking
from tracegraph.services.listing import Listings
from tracegraph.services.listing_rows import rows_of
from tracegraph.services.show_one import not_seen, show_one
from tracegraph.store.port_lists import Part
from tracegraph.vocabulary import Label
from tracegraph_api.context import context, store, translator
from tracegraph_api.cursors import cursor_at, key_of
from tracegraph_api.inputs import Checked, CursorQuery, LensQuery, described, lens_of
from tracegraph_api.media import CSV, GEOJSON, as_file, features, table_of_bodies, wanted
from tracegraph_api.node_links import ID_NAMES, links_of
from tracegraph_api.respond import Counted, envelope, respond

#: What a row says of a node, by label; in CSV the columns.
COLUMNS: Final[Mapping[Label, Sequence[str]]] = {
    Label.FACTORY: ("factory_id", "name", "identified", "countries", "operated_by", "products"),
    Label.SUPPLIER: ("supplier_id", "name", "countries", "products"),
    Label.ITEM: ("item_id", "name", "holder_id", "holder_label", "product"),
    Label.PRODUCT: ("product_id", "name", "name_en", "name_sv", "broader", "made_from", "cpv", "hs"),
    Label.CONTRACT: ("contract_id", "title", "regions", "category", "value_sek", "end"),
    Label.REGION: ("region_id", "name", "procurement_region"),
    Label.CATEGORY: ("category_id", "name", "name_en", "name_sv", "led_by"),
    Label.COUNTRY: ("country", "name"),
    Label.SOURCE: ("source_id", "title", "publisher", "published", "url", "kind", "language"),
}
_PART_OF_A_FILE: Final = 2_000


class NameQuery(Schema):
    """Nodes by a part of what they are called."""

    name = fields.String(
        load_default="",
        validate=validate.Length(max=100),
        metadata=described(
            N_("Only those whose id, name, alias or identifier holds this, ignoring case."), example="glove"
        ),
    )


class CountryQuery(Schema):
    """Nodes by country."""

    country = fields.List(
        Checked(asking.country_code),
        load_default=list,
        metadata=described(N_("Only in these countries, by code or name; may be repeated."), example=["MY"]),
    )


class ProductQuery(Schema):
    """Nodes by product."""

    product = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        load_default=list,
        metadata=described(N_("Only with these goods, or narrower ones; may be repeated."), example=["gloves"]),
    )


class SupplierQuery(Schema):
    """Nodes by supplier."""

    supplier = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        load_default=list,
        metadata=described(
            N_("Only what these companies operate, hold or deliver; may be repeated."), example=["demo-wholesale-01"]
        ),
    )


class SinceQuery(Schema):
    """What changed."""

    since = Checked(
        lambda text: asking.day(text, "since"),
        metadata=described(
            N_("Also say what is new and what is gone on valid_at, compared with this day."), example="2018-06-01"
        ),
    )


#: What every list of nodes takes, and what every node does.
LIST_QUERY: Final = (LensQuery, NameQuery, CursorQuery)
NODE_QUERY: Final = (LensQuery, SinceQuery)


def list_nodes(label: Label, given: Mapping[str, Any]) -> Response:
    """Answer which nodes of a label there are, in the form that is wanted."""
    lens = lens_of(given)
    listings = Listings(store(), context().portfolios, lens)
    asked = filter_of(given)
    if wanted() != "application/json":
        return _file(label, asked, listings, lens)
    after, limit = key_of(given, ("",)), given["limit"]
    part = Part(str(after[0]), 0, limit) if after else Part("", (given["page"] - 1) * limit, limit)
    found = listings.part(label, asked, part)
    rows = [row_body(row) for row in rows_of(label, found.ids, store(), lens, translator().lang)]
    meta = {"lens": lens_body(lens), "truncated": not found.is_exact}
    return respond(envelope(rows, given, _counted(found, lens), meta=meta))


def filter_of(given: Mapping[str, Any]) -> NodeFilter:
    """Return what a list is narrowed to, by the queries that the list takes."""
    return NodeFilter(
        name=given["name"].strip(),
        countries=given.get("country", ()),
        products=given.get("product", ()),
        suppliers=given.get("supplier", ()),
        regions=given.get("region", ()),
        categories=given.get("category", ()),
    )


def _counted(found: Listing, lens: Lens) -> Counted:
    cursor = cursor_at((found.ids[-1],), lens) if found.has_next else None
    return Counted(found.total, found.has_next, found.is_exact, cursor)


def _file(label: Label, asked: NodeFilter, listings: Listings, lens: Lens) -> Response:
    """Return the whole list as a file."""
    found = listings.part(label, asked, Part())
    truncated = not found.is_exact
    stem = ID_NAMES[label].plural
    if wanted() == GEOJSON:
        return as_file(features(features_of(found.ids, store(), lens)), stem, truncated=truncated)
    assert wanted() == CSV
    rows = row_bodies(label, found.ids, lens)
    return as_file(table_of_bodies(COLUMNS[label], rows), stem, truncated=truncated)


def row_bodies(label: Label, ids: Sequence[str], lens: Lens) -> Iterable[Mapping[str, Any]]:
    """Yield the rows of a whole list, read part by part."""
    for at in range(0, len(ids), _PART_OF_A_FILE):
        for row in rows_of(label, ids[at : at + _PART_OF_A_FILE], store(), lens, translator().lang):
            yield row_body(row)


def row_body(row: NodeRow) -> dict[str, Any]:
    """Return a row as JSON: what is not stated is null, and a list that nothing is in is empty."""
    said = {ID_NAMES[row.label].key: row.id, "name": row.name} | {k: v for k, v in row.facts.items() if k != "name"}
    return {**{name: said.get(name) for name in COLUMNS[row.label]}, "_links": links_of(NodeRef(row.label, row.id))}


def one_node(label: Label, node_id: str, given: Mapping[str, Any]) -> Response:
    """Answer what is known of a node."""
    lens = lens_of(given)
    node = NodeRef(label, node_id)
    portrait = show_one(node, lens, store(), since=given.get("since"), lang=translator().lang)
    body = {**portrait_body(portrait), "lens": lens_body(lens), "_links": links_of(node)}
    return respond(body)


def require_region(region_id: str, lens: Lens) -> None:
    """Raise `UnknownNode` unless the caller sees a region with this id."""
    if region_id not in Listings(store(), context().portfolios, lens).all(Label.REGION):
        raise not_seen(region_id, lens, store())


def require_holder(holder_id: str, label: Label, lens: Lens) -> None:
    """Raise `UnknownNode` unless the caller sees a factory, or a supplier, with this id."""
    if not any(held.label is label for held in store().items_of([holder_id], lens)):
        raise not_seen(holder_id, lens, store())
