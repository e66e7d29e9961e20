"""Inferred steps: where goods could pass without a claim saying so (`docs/model.md`, section 5).

Never quadratic: `unspecified` is a star, comparable goods are looked up, recipes are met with the holder's own goods.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from tracegraph.lens import Lens
from tracegraph.model import holder_of, item_id, product_of
from tracegraph.products import Catalogue
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import UNSPECIFIED, Direction, Label, RelationshipType, Rule
from tracegraph.walk.scope import products_of


def becoming(product: str, held: Collection[str], catalogue: Catalogue) -> Iterator[tuple[str, Rule]]:
    """Yield the goods among `held` that `product` may become, with the rule; never `product` itself."""
    if product == UNSPECIFIED:
        yield from ((q, Rule.UNSPECIFIED) for q in held if q != product)
        return
    if len(held) <= FEW:
        others: Iterable[str] = held
    else:
        others = {UNSPECIFIED, *catalogue.comparables(product), *catalogue.products_made_of(product)}.intersection(held)
    for q in others:
        if q != product and (rule := catalogue.rule(product, q)) is not None:
            yield q, rule


FEW = 8  # up to so many goods at one holder it is quicker to ask for each


class InferredSteps:
    """The inferred steps of a growing set of items, read from the store holder by holder.

    Parameters
    ----------
    reader, lens, catalogue
        Where to read, what may be seen, and which goods may become which.
    """

    def __init__(self, reader: GraphReader, lens: Lens, catalogue: Catalogue) -> None:
        self.reader, self.lens, self.catalogue = reader, lens, catalogue
        self._held: dict[str, tuple[str, ...]] = {}
        self._linked: dict[tuple[Direction, str], list[str]] = {}
        self._factories: set[str] = set()

    def steps(self, items: Iterable[str], direction: Direction) -> Iterator[tuple[str, str, Rule]]:
        """Yield the inferred steps that leave (downstream) or enter (upstream) the items, as (from, to, rule)."""
        if not self.lens.infers:
            return
        wanted = list(items)
        self._read({holder_of(item) for item in wanted}, direction)
        for item in wanted:
            yield from self._steps_of(item, direction)

    def _steps_of(self, item: str, direction: Direction) -> Iterator[tuple[str, str, Rule]]:
        holder, product = holder_of(item), product_of(item)
        held = self._held.get(holder, ())
        if len(held) > 1:
            if direction == "downstream":
                yield from ((item, item_id(holder, q), rule) for q, rule in becoming(product, held, self.catalogue))
            else:
                yield from ((item_id(holder, p), item, rule) for p, rule in self._origins(product, held))
        for other in self._linked.get((direction, holder), ()):
            for q in self._held.get(other, ()):
                p_from, p_to = (product, q) if direction == "downstream" else (q, product)
                if p_from == p_to or self.catalogue.may_become(p_from, p_to):
                    step = (item, item_id(other, q)) if direction == "downstream" else (item_id(other, q), item)
                    yield *step, Rule.OPERATION

    def _origins(self, product: str, held: Iterable[str]) -> Iterator[tuple[str, Rule]]:
        for p in held:
            if p != product and (rule := self.catalogue.rule(p, product)) is not None:
                yield p, rule

    def _read(self, holders: set[str], direction: Direction) -> None:
        """Fetch what is held by the holders, and by those that operate them (or that they operate)."""
        unread = {holder for holder in holders if (direction, holder) not in self._linked}
        self._hold(unread)
        ends = self._factories & unread if direction == "downstream" else unread - self._factories
        links: dict[str, list[str]] = {}
        if ends:
            for claim in self.reader.links_of(sorted(ends), [RelationshipType.OPERATED_BY], direction, self.lens):
                here, there = (
                    (claim.start.id, claim.end.id) if direction == "downstream" else (claim.end.id, claim.start.id)
                )
                if there not in links.setdefault(here, []):
                    links[here].append(there)
        for holder in unread:
            self._linked[direction, holder] = links.get(holder, [])
        self._hold({other for others in links.values() for other in others})

    def _hold(self, holders: set[str]) -> None:
        wanted = sorted(holders - self._held.keys())
        for holding in self.reader.items_of(wanted, self.lens) if wanted else ():
            self._held[holding.holder_id] = products_of(holding)
            if holding.label is Label.FACTORY:
                self._factories.add(holding.holder_id)
