"""Which nodes there are, narrowed by what is known of them, part by part."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tracegraph.answer import ContractFacts
from tracegraph.answer_list import Listing, NodeFilter
from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, holder_of, item_id, product_of
from tracegraph.services.incidents import list_incidents
from tracegraph.services.names import node_names, record_name
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.store.port_lists import Part
from tracegraph.vocabulary import Label, RelationshipType

T = RelationshipType
HOLDERS: Final = (Label.SUPPLIER, Label.FACTORY)
SEARCHED: Final = (*HOLDERS, Label.CONTRACT)
#: Nodes that a part of a name finds, at most; beyond, a list says that there may be more.
MOST_FOUND: Final = 10_000
LANGUAGES: Final = ("en", "sv")


def named_by_incidents(store: Store, lens: Lens) -> set[str]:
    """Return the sources that incidents name, in any revision that a reader sees."""
    views = list_incidents(store, lens)
    return {source for view in views for revision in view.revisions for source in revision.all_sources}


class Listings:
    """Lists nodes under one lens.

    Parameters
    ----------
    store, portfolios
        The store, and its portfolio views.
    lens : Lens
        Who asks, and as of when.
    """

    def __init__(self, store: Store, portfolios: Portfolios, lens: Lens) -> None:
        self._store, self._portfolios, self._lens = store, portfolios, lens
        self._cut = False

    def part(self, label: Label, wanted: NodeFilter, part: Part) -> Listing:
        """Return one part of the nodes of a label that exist and that are wanted."""
        if wanted.is_empty and label in (*SEARCHED, Label.ITEM, Label.COUNTRY, Label.PRODUCT):
            ids = self._store.ids(label, self._lens, after=part.after, skip=part.skip, limit=part.limit + 1)
            return Listing(ids[: part.limit], self._store.count(label, self._lens), len(ids) > part.limit)
        found = sorted(self._wanted(label, wanted))
        first = (bisect_right(found, part.after) if part.after else 0) + part.skip
        ids = found[first : first + part.limit]
        return Listing(ids, len(found), first + part.limit < len(found), is_exact=not self._cut)

    def _wanted(self, label: Label, wanted: NodeFilter) -> set[str]:
        """Return the ids that meet all conditions."""
        narrowed: list[set[str]] = []
        for values, find in (
            (wanted.countries, self._in_countries),
            (wanted.products, self._of_products),
            (wanted.suppliers, self._of_suppliers),
            (wanted.regions, self._of_regions),
            (wanted.categories, self._of_categories),
        ):
            if values:
                narrowed.append(find(label, values))
        if wanted.name:
            narrowed.append(self._called(label, wanted.name))
        return set.intersection(*narrowed) if narrowed else self.all(label)

    def all(self, label: Label) -> set[str]:
        """Return the ids of all nodes of a label."""
        found = set(self._store.ids(label, self._lens))
        if label is Label.REGION:
            found.update(region for facts in self._facts().values() for region in facts.regions)
        if label is Label.CATEGORY:
            found.update(facts.category for facts in self._facts().values() if facts.category)
        if label is Label.SOURCE:
            named = named_by_incidents(self._store, self._lens)
            found.update(record_name(record)[0] for record in self._store.references(label, sorted(named)))
        return found

    # --- conditions ---

    def _in_countries(self, label: Label, codes: Sequence[str]) -> set[str]:
        claims = self._store.links_of(codes, (T.LOCATED_IN, T.REGISTERED_IN), "upstream", self._lens)
        if label is Label.ITEM:
            return self._at({claim.start.id for claim in claims})
        return {claim.start.id for claim in claims if claim.start.label is label}

    def _of_products(self, label: Label, products: Sequence[str]) -> set[str]:
        catalogue = self._store.catalogue()
        wanted = {p for product in products for p in (product, *catalogue.descendants(product))}
        items = [item for item in self._store.ids(Label.ITEM, self._lens) if product_of(item) in wanted]
        if label is Label.ITEM:
            return set(items)
        if label is Label.CONTRACT:
            return {claim.end.id for claim in self._links(items, T.DELIVERED_UNDER)} & self.all(label)
        return self._labelled(label, {holder_of(item) for item in items})

    def _of_suppliers(self, label: Label, suppliers: Sequence[str]) -> set[str]:
        if label is Label.ITEM:
            return self._at(suppliers)
        if label is Label.CONTRACT:
            delivered = self._links(sorted(self._at(suppliers)), T.DELIVERED_UNDER)
            return {claim.end.id for claim in delivered} & self.all(label)
        operated = self._store.links_of(suppliers, (T.OPERATED_BY,), "upstream", self._lens)
        return {claim.start.id for claim in operated if claim.start.label is label}

    def _of_regions(self, _label: Label, regions: Sequence[str]) -> set[str]:
        used = self._store.links_of(regions, (T.USES,), "downstream", self._lens)
        asked = set(regions)
        said = {contract for contract, facts in self._facts().items() if not asked.isdisjoint(facts.regions)}
        return said | ({claim.end.id for claim in used} & self._facts().keys())

    def _of_categories(self, _label: Label, categories: Sequence[str]) -> set[str]:
        held = self._store.links_of(categories, (T.IN_CATEGORY,), "upstream", self._lens)
        said = {contract for contract, facts in self._facts().items() if facts.category in set(categories)}
        return said | ({claim.start.id for claim in held} & self._facts().keys())

    def _called(self, label: Label, name: str) -> set[str]:
        if label in SEARCHED:
            found = self._store.find(name, self._lens, MOST_FOUND)
            self._cut = self._cut or len(found) == MOST_FOUND
            return {match.id for match in found if match.label is label}
        text = name.strip().casefold()
        if label is Label.ITEM:
            return {item for item in self._store.ids(label, self._lens) if text in item.casefold()}
        ids = self.all(label)
        nodes = [NodeRef(label, node_id) for node_id in sorted(ids)]
        found_ids = {node_id for node_id in ids if text in node_id.casefold()}
        for lang in LANGUAGES:
            named = node_names(nodes, self._store, self._lens, lang)
            found_ids.update(node.id for node, called in named.items() if text in called.casefold())
        return found_ids

    # --- reading ---

    def _facts(self) -> Mapping[str, ContractFacts]:
        """Return the facts of all contracts."""
        return self._portfolios.facts(self._lens)

    def _links(self, ids: Sequence[str], kind: RelationshipType) -> Sequence[Claim]:
        return self._store.links_of(ids, (kind,), "downstream", self._lens) if ids else ()

    def _at(self, holders: Iterable[str]) -> set[str]:
        """Return the items of holders."""
        held = self._store.items_of(sorted(holders), self._lens)
        return {item_id(holding.holder_id, product) for holding in held for product in holding.products}

    def _labelled(self, label: Label, holders: Iterable[str]) -> set[str]:
        held = self._store.items_of(sorted(holders), self._lens)
        return {holding.holder_id for holding in held if holding.label is label}
