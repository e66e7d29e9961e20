"""Scope: from the selectors of an incident or a question to the items that it touches (`docs/model.md`, section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tracegraph.decide import best_rank, decide_attribute, decide_owned_share
from tracegraph.lens import Lens
from tracegraph.model import Claim, Scope, Selector, holder_of, item_id, product_of
from tracegraph.products import Catalogue
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import Holding
from tracegraph.vocabulary import UNSPECIFIED, Certainty, Direction, Label, RelationshipType, SelectorKind, Service

Touched = dict[str, Certainty]

MAJORITY = 0.5  # an owned share below it makes a candidate


def products_of(holding: Holding) -> tuple[str, ...]:
    """Return a holder's products; a factory with no item has the item `unspecified`, so that it is not lost."""
    if holding.label is Label.FACTORY and not holding.products:
        return (UNSPECIFIED,)
    return holding.products


@dataclass(frozen=True, slots=True)
class ResolvedScope:
    """A scope under a lens.

    Attributes
    ----------
    affected : mapping
        Affected items, by item id.
    at_stake : frozenset of str
        The products at stake, `A` of `docs/model.md` section 7.
    unmatched : tuple of Selector
        Selectors that touch nothing, as given.
    """

    affected: Mapping[str, Certainty]
    at_stake: frozenset[str]
    unmatched: tuple[Selector, ...]


def resolve_scope(scope: Scope, reader: GraphReader, lens: Lens, catalogue: Catalogue) -> ResolvedScope:
    """Resolve selectors to affected items and products at stake.

    An item that one selector makes certain and another a candidate is certain.
    """
    affected: Touched = {}
    at_stake: set[str] = set()
    unmatched = []
    for selector in scope:
        touched = _SelectorWalk(selector, reader, lens, catalogue).touched()
        for item, certainty in touched.items():
            _add(affected, item, certainty)
        at_stake |= _products_at_stake(selector, touched, catalogue)
        if not touched:
            unmatched.append(selector)
    return ResolvedScope(affected, frozenset(at_stake), tuple(unmatched))


def unnamed_lookalikes(scope: Scope, reader: GraphReader, lens: Lens, catalogue: Catalogue) -> frozenset[str]:
    """Return items of plants that nobody names, and that may be plants of the companies and groups of a scope.

    They stand in a country where it has a plant, and have goods like that one's. The scope of a factory has such items
    as candidates, that of a company or group has not (`docs/model.md`, section 6): what depends on them reads no link.
    """
    walks = (_SelectorWalk(selector, reader, lens, catalogue) for selector in scope)
    return frozenset(item for walk in walks for item in walk.lookalikes())


def _products_at_stake(selector: Selector, touched: Touched, catalogue: Catalogue) -> set[str]:
    products: set[str] = {product_of(item) for item in touched}
    if selector.products is not None:
        wanted = set(selector.products)
        return wanted | {product for product in products if not wanted.isdisjoint(catalogue.ancestors(product))}
    if not touched or selector.kind is SelectorKind.COUNTRY:
        return {UNSPECIFIED}
    return products


def _add(touched: Touched, key: str, certainty: Certainty) -> None:
    """Put a certainty beside a key, unless it is certain already."""
    if touched.get(key) is not Certainty.CERTAIN:
        touched[key] = certainty


def _weaker(one: Certainty, other: Certainty) -> Certainty:
    return Certainty.CERTAIN if one is other is Certainty.CERTAIN else Certainty.CANDIDATE


def _certainty_of(claims: Iterable[Claim]) -> Certainty:
    """Return what a link can carry: a link of grade `inferred` alone gives candidates."""
    return Certainty.CERTAIN if best_rank(claims) > 0 else Certainty.CANDIDATE


class _SelectorWalk:
    """One selector's way through operation, ownership, location and services."""

    def __init__(self, selector: Selector, reader: GraphReader, lens: Lens, catalogue: Catalogue) -> None:
        self.selector, self.reader, self.lens, self.catalogue = selector, reader, lens, catalogue

    def touched(self) -> Touched:
        """Return the affected items; no candidates under a lens that shows nothing inferred."""
        items = self._in_country() if self.selector.kind is SelectorKind.COUNTRY else self._of_selected()
        kept = self._by_products(self._by_countries(self._without_excluded(items)))
        if self.lens.infers:
            return kept
        return {item: certainty for item, certainty in kept.items() if certainty is Certainty.CERTAIN}

    # --- selectors that name a holder ---

    def _of_selected(self) -> Touched:
        holders = self._selected()
        items = self._items(holders)
        if self.selector.kind is SelectorKind.FACTORY and self.lens.infers:
            for item in self._lookalikes(items):
                _add(items, item, Certainty.CANDIDATE)
        for item, certainty in self._items(self._served_by(holders)).items():
            _add(items, item, certainty)
        return items

    def _selected(self) -> Touched:
        named: Touched = {self.selector.id: Certainty.CERTAIN}
        if self.selector.kind is SelectorKind.FACTORY:
            return named
        return self._with_factories(self._group() if self.selector.kind is SelectorKind.GROUP else named)

    def _group(self) -> Touched:
        """Return the holder and all it owns; a member is certain if some chain of certain steps leads to it."""
        members: Touched = {}
        waiting: Touched = {self.selector.id: Certainty.CERTAIN}
        while waiting:
            for holder, certainty in waiting.items():
                _add(members, holder, certainty)
            found: Touched = {}
            for (owned, owner), claims in self._links(waiting, RelationshipType.OWNED_BY, "upstream"):
                share = decide_owned_share(claims)
                step = Certainty.CANDIDATE if share is not None and share < MAJORITY else _certainty_of(claims)
                _add(found, owned, _weaker(waiting[owner], step))
            waiting = {h: c for h, c in found.items() if h not in members or members[h] is not c is Certainty.CERTAIN}
        return members

    def _with_factories(self, holders: Touched) -> Touched:
        selected = dict(holders)
        for (factory, operator), claims in self._links(holders, RelationshipType.OPERATED_BY, "upstream"):
            _add(selected, factory, _weaker(holders[operator], _certainty_of(claims)))
        return selected

    def _served_by(self, holders: Touched) -> Touched:
        """Return the holders that the selected ones recruit for, house workers of, ...; audits do not count."""
        served: Touched = {}
        providers = {h: c for h, c in holders.items() if h not in self.selector.exclude}
        if not self.selector.services:
            return served
        for (provider, client), claims in self._links(providers, RelationshipType.SERVES, "downstream"):
            services = [claim for claim in claims if claim.qualifier != Service.AUDITS]
            if services:
                _add(served, client, _weaker(providers[provider], _certainty_of(services)))
        return served

    def _lookalikes(self, items: Touched) -> Iterable[str]:
        """Yield items of unidentified factories in the country of a factory of these items that may be that factory."""
        makers: dict[str, set[str]] = {}
        for item in items:
            makers.setdefault(holder_of(item), set()).add(product_of(item))
        made: dict[str, set[str]] = {}
        for (maker, country), _ in self._links(makers, RelationshipType.LOCATED_IN, "downstream"):
            made.setdefault(country, set()).update(makers[maker])
        neighbours: dict[str, set[str]] = {}
        for (factory, country), _ in self._links(made, RelationshipType.LOCATED_IN, "upstream"):
            neighbours.setdefault(factory, set()).update(made[country])
        unnamed = self._unidentified(neighbours.keys() - makers.keys())
        for item in self._items(dict.fromkeys(unnamed, Certainty.CANDIDATE)):
            if any(self.catalogue.same_goods(product, product_of(item)) for product in neighbours[holder_of(item)]):
                yield item

    def lookalikes(self) -> Touched:
        """Return items of plants that nobody names and that may be plants of the company or group asked about."""
        if self.selector.kind not in (SelectorKind.SUPPLIER, SelectorKind.GROUP):
            return {}
        items = self._without_excluded(self._items(self._selected()))
        found = dict.fromkeys(self._lookalikes(items), Certainty.CANDIDATE)
        return self._by_products(self._by_countries(self._without_excluded(found)))

    def _unidentified(self, factories: Iterable[str]) -> list[str]:
        described: dict[str, list[Claim]] = {}
        for claim in self.reader.descriptions(Label.FACTORY, sorted(factories), self.lens):
            described.setdefault(claim.end.id, []).append(claim)
        return [factory for factory, claims in described.items() if decide_attribute(claims, "identified") is False]

    # --- selectors that name a country ---

    def _in_country(self) -> Touched:
        country = [self.selector.id]
        located = {f: _certainty_of(cs) for (f, _), cs in self._links(country, RelationshipType.LOCATED_IN, "upstream")}
        items = self._items(located)
        if self.lens.infers:
            registered = {s for (s, _), _ in self._links(country, RelationshipType.REGISTERED_IN, "upstream")}
            for item in self._of_unknown_origin(registered):
                _add(items, item, Certainty.CANDIDATE)
        return items

    def _of_unknown_origin(self, suppliers: set[str]) -> Iterable[str]:
        """Yield items of suppliers into which nothing is seen to go."""
        items = list(self._items(dict.fromkeys(suppliers, Certainty.CANDIDATE)))
        if not items:
            return
        supplied = {claim.end for claim in self.reader.closure(items, "upstream", self.lens, len(items)).claims}
        made_at: dict[str, set[str]] = {}
        operations = [pair for pair, _ in self._links(suppliers, RelationshipType.OPERATED_BY, "upstream")]
        goods = self._holdings({factory for factory, _ in operations})
        for factory, operator in operations:
            made_at.setdefault(operator, set()).update(goods.get(factory, ()))
        for item in items:
            product = product_of(item)
            passes = any(
                p == product or self.catalogue.may_become(p, product) for p in made_at.get(holder_of(item), ())
            )
            if item not in supplied and not passes:
                yield item

    # --- the options ---

    def _without_excluded(self, items: Touched) -> Touched:
        excluded = set(self.selector.exclude)
        return {item: certainty for item, certainty in items.items() if holder_of(item) not in excluded}

    def _by_products(self, items: Touched) -> Touched:
        if self.selector.products is None:
            return items
        wanted = set(self.selector.products)
        broader = {UNSPECIFIED}.union(*(self.catalogue.ancestors(product) for product in wanted))
        kept: Touched = {}
        for item, certainty in items.items():
            product = product_of(item)
            if product in wanted or not wanted.isdisjoint(self.catalogue.ancestors(product)):
                kept[item] = certainty
            elif product in broader:
                kept[item] = Certainty.CANDIDATE
        return kept

    def _by_countries(self, items: Touched) -> Touched:
        if self.selector.countries is None:
            return items
        holders = {holder_of(item) for item in items}
        places: dict[str, Touched] = {}
        for (factory, country), claims in self._links(holders, RelationshipType.LOCATED_IN, "downstream"):
            places.setdefault(factory, {})[country] = _certainty_of(claims)
        kept: Touched = {}
        for item, certainty in items.items():
            seen = places.get(holder_of(item))
            if seen is None:  # a supplier's item, or a factory of which nobody says where it stands
                kept[item] = Certainty.CANDIDATE
                continue
            here = [seen[country] for country in self.selector.countries if country in seen]
            if here:
                found = Certainty.CERTAIN if Certainty.CERTAIN in here else Certainty.CANDIDATE
                kept[item] = _weaker(certainty, found)
        return kept

    # --- reading ---

    def _links(
        self, ids: Iterable[str], kind: RelationshipType, direction: Direction
    ) -> Iterable[tuple[tuple[str, str], list[Claim]]]:
        """Return the visible links as (start, end) pairs with their claims."""
        wanted = sorted(ids)
        pairs: dict[tuple[str, str], list[Claim]] = {}
        for claim in self.reader.links_of(wanted, [kind], direction, self.lens) if wanted else ():
            pairs.setdefault((claim.start.id, claim.end.id), []).append(claim)
        return pairs.items()

    def _items(self, holders: Mapping[str, Certainty]) -> Touched:
        products = self._holdings(holders)
        return {item_id(h, p): holders[h] for h, listed in products.items() for p in listed}

    def _holdings(self, holders: Iterable[str]) -> dict[str, tuple[str, ...]]:
        wanted = sorted(holders)
        held = self.reader.items_of(wanted, self.lens) if wanted else []
        return {holding.holder_id: products_of(holding) for holding in held}
