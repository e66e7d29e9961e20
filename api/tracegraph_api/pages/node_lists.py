"""Lists of plants, companies and contracts, searched and narrowed; and the pages of single nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Response
from marshmallow import Schema

from tracegraph.access import Permission
from tracegraph.answer_list import NodeRow
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.services.listing import Listings
from tracegraph.services.listing_rows import rows_of
from tracegraph.services.names import names_of, node_names, product_names
from tracegraph.store.port_lists import Part
from tracegraph.vocabulary import Label
from tracegraph_api.context import context, store, translator
from tracegraph_api.inputs import ContractFilter, Given, LensQuery, PageQuery, lens_of
from tracegraph_api.media import table_of_bodies
from tracegraph_api.nodes import COLUMNS, CountryQuery, NameQuery, ProductQuery, SupplierQuery, filter_of, row_bodies
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import here, node_link
from tracegraph_api.pages.nodes import serve_one
from tracegraph_api.pages.words import country, number, say

_CHOICES: Final = 500  # names in one list to choose from
_GOODS: Final = 4  # named in one row
_TITLES: Final = {Label.FACTORY: N_("Plants"), Label.SUPPLIER: N_("Companies"), Label.CONTRACT: N_("Contracts")}
_WHAT: Final[Mapping[Label, str]] = {
    Label.FACTORY: N_("Plants that somebody has said something of: where goods are made, grown or processed."),
    Label.SUPPLIER: N_("Companies that supply, own or operate something in a chain that is recorded here."),
    Label.CONTRACT: N_("Contracts of the regions, as far as they are recorded here."),
}
#: What a list can be narrowed by, each with what it is called and the kind of its values.
_FILTERS: Final[Mapping[str, tuple[str, Label]]] = {
    "country": (N_("Country"), Label.COUNTRY),
    "product": (N_("Goods"), Label.PRODUCT),
    "supplier": (N_("Company"), Label.SUPPLIER),
    "region": (N_("Region"), Label.REGION),
    "category": (N_("Category"), Label.CATEGORY),
}
_TAKEN: Final[Mapping[Label, tuple[tuple[str, ...], Sequence[type[Schema]]]]] = {
    Label.FACTORY: (("country", "product", "supplier"), (CountryQuery, ProductQuery, SupplierQuery)),
    Label.SUPPLIER: (("country", "product"), (CountryQuery, ProductQuery)),
    Label.CONTRACT: (("region", "category", "product", "supplier"), (ContractFilter, ProductQuery, SupplierQuery)),
}


def serve_list(pages: Pages, label: Label) -> None:
    """Let a blueprint list the nodes of a label, and give the list as a file."""
    names, narrowed_by = _TAKEN[label]
    plural = pages.name.removeprefix("page_")

    def all(given: Given) -> Response:
        """List them."""
        lens = lens_of(given)
        part = Part("", (given["page"] - 1) * given["limit"], given["limit"])
        found = Listings(store(), context().portfolios, lens).part(label, filter_of(given), part)
        rows = rows_of(label, found.ids, store(), lens, translator().lang)
        return render(
            "pages/nodes.html",
            str(say(_TITLES[label])),
            label=label.value,
            what=say(_WHAT[label]),
            rows=_shown(rows, lens),
            listing=found,
            given=given,
            filters=[_filter(name, given, lens) for name in names],
            is_narrowed=bool(given["name"].strip()) or any(given[name] for name in names),
            files=here(page=None, limit=None).replace(f"/{plural}", f"/{plural}.csv", 1),
        )

    def as_csv(given: Given) -> Response:
        """Give the whole list as a file."""
        lens = lens_of(given)
        found = Listings(store(), context().portfolios, lens).part(label, filter_of(given), Part())
        rows = row_bodies(label, found.ids, lens)
        return as_download(table_of_bodies(COLUMNS[label], rows), "csv", plural, truncated=not found.is_exact)

    query: tuple[type[Schema], ...] = (LensQuery, NameQuery, *narrowed_by)
    pages.shows(f"/{plural}", Permission.READ, (*query, PageQuery))(all)
    pages.shows(f"/{plural}.csv", Permission.READ, query)(as_csv)


def _filter(name: str, given: Given, lens: Lens) -> dict[str, Any]:
    """Return a field that narrows the list: what is chosen, and what one may choose where there is little of it."""
    text, label = _FILTERS[name]
    chosen = list(given[name])
    ids = [] if label is Label.SUPPLIER else store().ids(label, lens, limit=_CHOICES + 1)
    is_long = label is Label.SUPPLIER or len(ids) > _CHOICES
    listed = chosen if is_long else sorted({*ids, *chosen})
    choices = [(one, called) for one, called in _called(label, listed, lens).items()]
    choices.sort(key=lambda pair: pair[1].casefold())
    return {"name": name, "text": say(text), "chosen": chosen, "choices": choices, "is_long": is_long}


def _called(label: Label, ids: Sequence[str], lens: Lens) -> dict[str, str]:
    if label is Label.COUNTRY:
        return {code: country(code) for code in ids}
    lang = translator().lang
    found = node_names([NodeRef(label, one) for one in ids], store(), lens, lang)
    names = {node.id: name for node, name in found.items()}
    return {one: names.get(one, one) for one in ids}


def _shown(rows: Sequence[NodeRow], lens: Lens) -> list[dict[str, Any]]:
    """Return rows of a list with what their ids stand for."""
    lang = translator().lang
    products = product_names({one for row in rows for one in row.facts.get("products", ())}, store(), lang)
    ids = {one for row in rows for name in ("operated_by", "regions") for one in row.facts.get(name, ())}
    ids |= {str(row.facts["category"]) for row in rows if row.facts.get("category")}
    names = names_of(sorted(ids), store(), lens, lang) if ids else {}
    return [_row(row, products, names) for row in rows]


def _row(row: NodeRow, products: Mapping[str, str], names: Mapping[str, str]) -> dict[str, Any]:
    facts = row.facts
    goods = [products.get(one, one) for one in facts.get("products", ())]
    value = facts.get("value_sek")
    return {
        "id": row.id,
        "name": row.name or row.id,
        "href": node_link(NodeRef(row.label, row.id)),
        "is_unnamed": facts.get("identified") is False,
        "countries": ", ".join(map(country, facts.get("countries", ()))) or None,
        "operated_by": ", ".join(names.get(one, one) for one in facts.get("operated_by", ())) or None,
        "goods": ", ".join(goods[:_GOODS]),
        "more_goods": max(0, len(goods) - _GOODS),
        "regions": ", ".join(names.get(one, one) for one in facts.get("regions", ())) or None,
        "category": names.get(str(facts["category"])) if facts.get("category") else None,
        "value": None if value is None else say(N_("SEK {amount}"), amount=number(value)),
        "end": facts.get("end"),
    }


def _made(label: Label, plural: str, *, is_heavy: bool = False) -> Pages:
    """Return the pages of one kind of node."""
    pages = Pages(plural)
    if label in _TAKEN:
        serve_list(pages, label)
    if label is not Label.CONTRACT:
        serve_one(pages, label, is_heavy=is_heavy)
    return pages


#: Their own pages are in `pages.contract`.
contracts = _made(Label.CONTRACT, "contracts")
#: Pages of the other nodes.
NODES: Final = (
    _made(Label.FACTORY, "factories"),
    _made(Label.SUPPLIER, "suppliers"),
    _made(Label.PRODUCT, "products", is_heavy=True),
    _made(Label.COUNTRY, "countries", is_heavy=True),
    _made(Label.CATEGORY, "categories", is_heavy=True),
    _made(Label.REGION, "regions", is_heavy=True),
)
