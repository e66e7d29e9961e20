"""What nodes are called, for showing: under the reader's lens and in the reader's language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from tracegraph import countries
from tracegraph.decide import decide_attribute
from tracegraph.lens import Lens
from tracegraph.model import Category, NodeRef, Product, ReferenceRecord, Region, Source, holder_of, product_of
from tracegraph.services.portfolios import claims_by_node
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import UNSPECIFIED, Label

HOLDERS: Final = (Label.SUPPLIER, Label.FACTORY)
_TITLES: Final = {Label.SUPPLIER: "name", Label.FACTORY: "name", Label.CONTRACT: "title"}
_ITEM: Final = {"en": "{product} at {holder}", "sv": "{product} hos {holder}"}
_UNSPECIFIED: Final = {"en": "unspecified goods", "sv": "ospecificerade varor"}

#: Where an id has several labels, the first of these that has a name gives it.
_ORDER: Final = (*HOLDERS, Label.CONTRACT, Label.PRODUCT, Label.REGION, Label.CATEGORY, Label.COUNTRY)


def names_of(ids: Iterable[str], reader: GraphReader, lens: Lens, lang: str = "en") -> dict[str, str]:
    """Return what nodes are called, by id.

    Parameters
    ----------
    ids : iterable of str
        Ids of holders, contracts, items (``holder/product``), products, regions, categories or countries, mixed.
    reader, lens
        Where to read, and what may be seen.
    lang : str
        ``en`` or ``sv``.

    Returns
    -------
    dict of str by id
        Every id; one without a name is its own.
    """
    wanted = list(dict.fromkeys(ids))
    items = [node_id for node_id in wanted if "/" in node_id]
    plain = [node_id for node_id in wanted if "/" not in node_id]
    found = node_names([NodeRef(Label.ITEM, node_id) for node_id in items], reader, lens, lang)
    names = {node.id: name for node, name in found.items()}
    for label in _ORDER:
        missing = [node_id for node_id in plain if node_id not in names]
        found = node_names([NodeRef(label, node_id) for node_id in missing], reader, lens, lang)
        names |= {node.id: name for node, name in found.items()}
    return {node_id: names.get(node_id, node_id) for node_id in wanted}


def node_names(nodes: Iterable[NodeRef], reader: GraphReader, lens: Lens, lang: str = "en") -> dict[NodeRef, str]:
    """Return what nodes are called; nodes without a name are absent, items are always named by what they consist of."""
    by_label: dict[Label, list[str]] = {}
    for node in dict.fromkeys(nodes):
        by_label.setdefault(node.label, []).append(node.id)
    names: dict[NodeRef, str] = {}
    for label, ids in by_label.items():
        found = _item_names(ids, reader, lens, lang) if label is Label.ITEM else _names(label, ids, reader, lens, lang)
        names |= {NodeRef(label, node_id): name for node_id, name in found.items()}
    return names


def _item_names(items: Collection[str], reader: GraphReader, lens: Lens, lang: str) -> dict[str, str]:
    holders = sorted({holder_of(item) for item in items})
    held = _described(Label.SUPPLIER, holders, reader, lens) | _described(Label.FACTORY, holders, reader, lens)
    products = product_names({product_of(item) for item in items}, reader, lang)
    pattern = _ITEM.get(lang, _ITEM["en"])
    return {
        item: pattern.format(
            product=products.get(product_of(item), product_of(item)), holder=held.get(holder_of(item), holder_of(item))
        )
        for item in items
    }


def _names(label: Label, ids: Collection[str], reader: GraphReader, lens: Lens, lang: str) -> Mapping[str, str]:
    if label in _TITLES:
        return _described(label, ids, reader, lens)
    if label is Label.PRODUCT:
        return product_names(ids, reader, lang)
    if label is Label.COUNTRY:
        named = {code: countries.name(code, lang) for code in ids}
        return {code: name for code, name in named.items() if name != code}
    if label in (Label.REGION, Label.CATEGORY, Label.SOURCE):
        records = reader.references(label, sorted(ids))
        return {node_id: name for record in records for node_id, name in [record_name(record, lang)] if name}
    return {}


def _described(label: Label, ids: Collection[str], reader: GraphReader, lens: Lens) -> dict[str, str]:
    claims = claims_by_node(reader.descriptions(label, sorted(ids), lens)) if ids else {}
    decided = {node_id: decide_attribute(said, _TITLES[label]) for node_id, said in claims.items()}
    return {node_id: str(name) for node_id, name in decided.items() if name is not None}


def product_names(products: Iterable[str], reader: GraphReader, lang: str = "en") -> dict[str, str]:
    """Return what products are called; products that the catalogue does not have are absent."""
    listed = reader.catalogue().products
    names = {UNSPECIFIED: _UNSPECIFIED.get(lang, _UNSPECIFIED["en"])}
    names |= {p: name for p in products if p in listed for _, name in [record_name(listed[p], lang)] if name}
    return names


def record_name(record: ReferenceRecord, lang: str = "en") -> tuple[str, str | None]:
    """Return the id of a reference record, and what it is called."""
    swedish = lang == "sv"
    if isinstance(record, Product):
        return record.product_id, (record.name_sv if swedish and record.name_sv else record.name_en) or None
    if isinstance(record, Category):
        names = (record.name_sv, record.name_en) if swedish else (record.name_en, record.name_sv)
        return record.category_id, names[0] or names[1]
    if isinstance(record, Region):
        return record.region_id, record.name
    assert isinstance(record, Source)
    return record.source_id, record.title
