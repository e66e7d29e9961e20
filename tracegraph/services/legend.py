"""What the ids of an answer stand for, so that people can read it: names, kinds of holder, documents."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tracegraph.answer import Answer, Dependent
from tracegraph.answer_exposure import RollUps
from tracegraph.lens import Lens
from tracegraph.model import Selector, Source, holder_of, product_of
from tracegraph.services.names import names_of, product_names
from tracegraph.services.show import near_ids
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Certainty, Label, SelectorKind


class Unsure(StrEnum):
    """Why it is not certain that an item is touched."""

    PLANT = "plant"  # a company's goods where plants in some countries are named
    ORIGIN = "origin"  # a company in a country that is named, and nobody says where its goods are from
    UNNAMED = "unnamed"  # a plant without a name, where one with a name is named
    GOODS = "goods"  # goods said less precisely than those that are named
    LINK = "link"  # a link to what is named that is only inferred, or a minority share


@dataclass(frozen=True, slots=True)
class Legend:
    """Names and documents behind the ids of an answer.

    Attributes
    ----------
    holders, products : mapping
        Name by id; ids without a name are absent or their own.
    factories : frozenset of str
        Which holders are factories.
    sources : mapping
        Documents by id.
    candidates : mapping
        Why the items that are only candidates are so, by item id; for those that begin a route that is shown.
    near : mapping
        For the id of each selector that touches nothing: ids like it.
    unknown_products : mapping
        For each product of the scope that the catalogue does not have: products like it.
    """

    holders: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    factories: frozenset[str] = frozenset()
    sources: Mapping[str, Source] = field(default_factory=dict)
    candidates: Mapping[str, Unsure] = field(default_factory=dict)
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_products: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def holder(self, id: str) -> str:
        """Return what a holder, or a country, is called."""
        return self.holders.get(id, id)

    def product(self, id: str) -> str:
        """Return what a product is called."""
        return self.products.get(id, id)


def legend_of(answer: Answer, shown: Collection[Dependent], reader: GraphReader, lang: str) -> Legend:
    """Return what the ids of an answer stand for, as far as it is shown.

    Parameters
    ----------
    answer : Answer
        The whole answer.
    shown : collection of Dependent
        The contracts that are shown one by one.
    reader : GraphReader
        Where to read; under the lens of the answer.
    lang : str
        Language of names.
    """
    lens = answer.question.lens
    items: set[str] = set()
    holders = set(answer.summary.by_direct_supplier)
    source_ids: set[str] = set()
    for dependent in shown:
        holders.update(dependent.direct_suppliers, dependent.ask)
        items.update(end for end in dependent.open_ends.ids if "/" in end)
        for step in dependent.route or ():
            items.update(end for end in (step.start, step.end) if "/" in end)
            source_ids.update(claim.source_id for claim in step.claims)
    for contradiction in answer.contradictions:
        items.update(end for claim in contradiction.claims for end in (claim.start.id, claim.end.id) if "/" in end)
        source_ids.update(claim.source_id for claim in contradiction.claims)
    products = {product_of(item) for item in items}
    for selector in answer.question.scope:
        holders.update((selector.id, *(selector.countries or ()), *selector.exclude))
        products.update(selector.products or ())
    holders.update(holder_of(item) for item in items)
    held = reader.items_of(sorted(holders), lens)
    factories = frozenset(holding.holder_id for holding in held if holding.label is Label.FACTORY)
    starts = {dependent.route[0].start for dependent in shown if dependent.route}
    return Legend(
        holders=names_of(sorted(holders), reader, lens, lang),
        products=product_names(products, reader, lang),
        factories=factories,
        sources=sources_of(source_ids, reader),
        candidates={
            item: why_unsure(item, answer.question.scope, factories)
            for item in starts
            if answer.affected[item] is Certainty.CANDIDATE
        },
        near={selector.id: near_ids(selector.id, lens, reader) for selector in answer.unmatched},
        unknown_products=_unknown_products(answer.question.scope, reader),
    )


def _unknown_products(scope: Collection[Selector], reader: GraphReader) -> dict[str, tuple[str, ...]]:
    known = reader.catalogue().products
    named = dict.fromkeys(p for selector in scope for p in selector.products or () if p not in known)
    return {product: tuple(difflib.get_close_matches(product, known, n=3)) for product in named}


def why_unsure(item: str, scope: Collection[Selector], factories: Collection[str]) -> Unsure:
    """Return the likeliest reason for which an item that a scope touches is only a candidate."""
    kinds = {selector.kind for selector in scope}
    holder = holder_of(item)
    if holder not in factories:
        if any(selector.countries is not None for selector in scope):
            return Unsure.PLANT
        if SelectorKind.COUNTRY in kinds:
            return Unsure.ORIGIN
    elif SelectorKind.FACTORY in kinds and holder not in {selector.id for selector in scope}:
        return Unsure.UNNAMED
    named = {product for selector in scope for product in selector.products or ()}
    return Unsure.GOODS if named and product_of(item) not in named else Unsure.LINK


def sources_of(ids: Iterable[str], reader: GraphReader) -> dict[str, Source]:
    """Return documents by id."""
    found = reader.references(Label.SOURCE, sorted(ids))
    return {record.source_id: record for record in found if isinstance(record, Source)}


def scope_legend(
    scope: Collection[Selector], reader: GraphReader, lens: Lens, lang: str, source_ids: Collection[str] = ()
) -> Legend:
    """Return what the ids of selectors, and of documents, stand for."""
    named = {id for s in scope for id in (s.id, *(s.countries or ()), *s.exclude)}
    products = {product for selector in scope for product in selector.products or ()}
    return Legend(
        holders=names_of(sorted(named), reader, lens, lang),
        products=product_names(products, reader, lang),
        sources=sources_of(source_ids, reader),
    )


def merged(legends: Sequence[Legend]) -> Legend:
    """Return one legend of several; where two say different things the later one counts."""
    return Legend(
        holders={id: name for legend in legends for id, name in legend.holders.items()},
        products={id: name for legend in legends for id, name in legend.products.items()},
        factories=frozenset().union(*(legend.factories for legend in legends)),
        sources={id: source for legend in legends for id, source in legend.sources.items()},
        candidates={item: why for legend in legends for item, why in legend.candidates.items()},
        near={id: near for legend in legends for id, near in legend.near.items()},
        unknown_products={p: near for legend in legends for p, near in legend.unknown_products.items()},
    )


def rollups_legend(rollups: RollUps, reader: GraphReader, lens: Lens, lang: str) -> Legend:
    """Return what the rows of roll-ups are called."""
    rows = (*rollups.region, *rollups.category, *rollups.direct_supplier, *rollups.country)
    return Legend(
        holders=names_of(sorted({row.key for row in rows if row.key}), reader, lens, lang),
        products=product_names({row.key for row in rollups.product if row.key}, reader, lang),
    )


def items_legend(
    items: Iterable[str],
    holders: Iterable[str],
    source_ids: Iterable[str],
    reader: GraphReader,
    lens: Lens,
    *,
    lang: str,
) -> Legend:
    """Return what items, further holders (or countries) and documents are called."""
    listed = list(items)
    named = sorted({*holders, *(holder_of(item) for item in listed)})
    held = reader.items_of(named, lens)
    return Legend(
        holders=names_of(named, reader, lens, lang),
        products=product_names({product_of(item) for item in listed}, reader, lang),
        factories=frozenset(holding.holder_id for holding in held if holding.label is Label.FACTORY),
        sources=sources_of(source_ids, reader),
    )
