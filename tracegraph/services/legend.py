"""What the ids of an answer stand for, so that people can read it: names, kinds of holder, documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tracegraph.answer import Answer, Dependent
from tracegraph.lens import Lens
from tracegraph.model import Source, holder_of, product_of
from tracegraph.services.names import names_of, product_names
from tracegraph.services.show import near_ids
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Label


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
    near : mapping
        For the id of each selector that touches nothing: ids like it.
    """

    holders: Mapping[str, str] = field(default_factory=dict)
    products: Mapping[str, str] = field(default_factory=dict)
    factories: frozenset[str] = frozenset()
    sources: Mapping[str, Source] = field(default_factory=dict)
    near: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def holder(self, id: str) -> str:
        """Return what a holder, or a country, is called."""
        return self.holders.get(id, id)

    def product(self, id: str) -> str:
        """Return what a product is called."""
        return self.products.get(id, id)


def legend_of(answer: Answer, shown: Iterable[Dependent], reader: GraphReader, lang: str) -> Legend:
    """Return what the ids of an answer stand for, as far as it is shown.

    Parameters
    ----------
    answer : Answer
        The whole answer.
    shown : iterable of Dependent
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
    products = {product_of(item) for item in items}
    for selector in answer.question.scope:
        holders.update((selector.id, *(selector.countries or ()), *selector.exclude))
        products.update(selector.products or ())
    holders.update(holder_of(item) for item in items)
    return Legend(
        holders=names_of(sorted(holders), reader, lens, lang),
        products=product_names(products, reader, lang),
        factories=frozenset(
            holding.holder_id for holding in reader.items_of(sorted(holders), lens) if holding.label is Label.FACTORY
        ),
        sources=sources_of(source_ids, reader),
        near={selector.id: near_ids(selector.id, lens, reader) for selector in answer.unmatched},
    )


def sources_of(ids: Iterable[str], reader: GraphReader) -> dict[str, Source]:
    """Return documents by id."""
    found = reader.references(Label.SOURCE, sorted(ids))
    return {record.source_id: record for record in found if isinstance(record, Source)}


def holder_names(ids: Iterable[str], reader: GraphReader, lens: Lens, lang: str) -> dict[str, str]:
    """Return what holders, contracts, products and countries are called, by id."""
    return names_of(sorted(set(ids)), reader, lens, lang)
