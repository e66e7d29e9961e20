"""What a scope touches: affected items, certain or candidate, and the products at stake (model.md sections 6 and 7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle.catalogue import UNSPECIFIED
from tests.oracle.dataset import holder_of, product_of
from tests.oracle.world import INFERRED, World, best_rank, decide

#: item or holder -> is it certain? (False: candidate)
Certainty = dict[str, bool]


@dataclass(frozen=True)
class Selector:
    kind: str
    id: str
    products: tuple[str, ...] | None
    countries: tuple[str, ...] | None
    exclude: tuple[str, ...]
    services: bool

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Selector:
        products, countries = given.get("products"), given.get("countries")
        return cls(
            kind=given["kind"],
            id=given["id"],
            products=tuple(products) if products else None,
            countries=tuple(countries) if countries else None,
            exclude=tuple(given.get("exclude") or ()),
            services=given.get("services", True),
        )

    def as_given(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "id": self.id,
            "products": list(self.products) if self.products else None,
            "countries": list(self.countries) if self.countries else None,
            "exclude": list(self.exclude),
            "services": self.services,
        }


@dataclass(frozen=True)
class Scope:
    affected: Certainty
    at_stake: set[str]  # `A` of section 7
    unmatched: list[Selector]


def resolve(world: World, selectors: Iterable[Selector]) -> Scope:
    """The union over the selectors. An item that is both is certain."""
    scope = Scope({}, set(), [])
    for selector in selectors:
        items = affected_by(world, selector)
        for item, certain in items.items():
            add(scope.affected, item, certain)
        scope.at_stake.update(products_at_stake(world, selector, items))
        if not items:
            scope.unmatched.append(selector)
    return scope


def add(found: Certainty, name: str, certain: bool) -> None:
    found[name] = found.get(name, False) or certain


def products_at_stake(world: World, selector: Selector, items: Certainty) -> set[str]:
    """Section 7, `A`: per selector."""
    products = {product_of(item) for item in items}
    if selector.products:
        given = set(selector.products)
        return given | {p for p in products if world.catalogue.ancestors(p) & given}
    if selector.kind == "country" or not items:
        return {UNSPECIFIED}
    return products


def affected_by(world: World, selector: Selector) -> Certainty:
    """Kind, then the services of the selected holders, then the options; candidates only where the lens infers."""
    if selector.kind == "country":
        items = country_items(world, selector.id)
    else:
        holders = selected_holders(world, selector)
        items = items_of_holders(world, holders)
        if selector.kind == "factory" and holders:
            for item in undisclosed_candidates(world, selector.id):
                add(items, item, False)
        if selector.services:
            served = served_holders(world, holders, selector.exclude)
            for item, certain in items_of_holders(world, served).items():
                add(items, item, certain)
    kept: Certainty = {}
    for item, certain in items.items():
        verdicts = [exclude_option(selector, item), products_option(world, selector, item)]
        verdicts.append(countries_option(world, selector, item))
        if "dropped" not in verdicts:
            kept[item] = certain and "candidate" not in verdicts
    return {item: certain for item, certain in kept.items() if certain or world.lens.infers}


def items_of_holders(world: World, holders: Certainty) -> Certainty:
    return {item: certain for holder, certain in holders.items() for item in world.items_of(holder)}


# --- the four kinds -----------------------------------------------------------------------------------------------


def selected_holders(world: World, selector: Selector) -> Certainty:
    """The holders that a factory, supplier or group selector selects, and whether for certain."""
    if selector.kind == "factory":
        return {selector.id: True} if selector.id in world.factories else {}
    suppliers = world.holders - world.factories
    if selector.id not in suppliers:
        return {}
    members = group_members(world, selector.id) if selector.kind == "group" else {selector.id: True}
    holders = dict(members)
    for (factory, operator), claims in world.operated_by.items():
        if operator in members:
            add(holders, factory, members[operator] and best_rank(claims) > INFERRED)
    return holders


def group_members(world: World, head: str) -> Certainty:
    """Downwards through OWNED_BY (child -> owner). Certain: by some chain of certain steps."""
    certain_steps = {pair for pair in world.owned_by if ownership_is_certain(world, pair)}
    every = owned(head, set(world.owned_by))
    certain = owned(head, certain_steps)
    return {member: member in certain for member in every}


def owned(head: str, steps: set[tuple[str, str]]) -> set[str]:
    found = {head}
    while True:
        more = {child for child, owner in steps if owner in found} - found
        if not more:
            return found
        found |= more


def ownership_is_certain(world: World, pair: tuple[str, str]) -> bool:
    """Not where the decided owned_share is below 50 %, or the step is of grade inferred. No share stated: certain."""
    claims = world.owned_by[pair]
    share = decide(claims, lambda c: Fraction(v) if (v := c.attribute("owned_share")) else None, lambda number: number)
    return best_rank(claims) > INFERRED and (share is None or share >= Fraction(1, 2))


def undisclosed_candidates(world: World, factory: str) -> set[str]:
    """Items of unidentified factories in the factory's country with a product that may be the same."""
    countries = countries_of(world, factory)
    products = {product_of(item) for item in world.items_of(factory)}
    found = set()
    for other in world.factories - {factory}:
        if not world.is_identified(other) and countries & countries_of(world, other):
            found |= {i for i in world.items_of(other) if any(may_be_one(world, product_of(i), p) for p in products)}
    return found


def may_be_one(world: World, p: str, q: str) -> bool:
    return UNSPECIFIED in (p, q) or world.catalogue.same_or_comparable(p, q)


def countries_of(world: World, factory: str) -> set[str]:
    return {country for holder, country in world.located_in if holder == factory}


def country_items(world: World, country: str) -> Certainty:
    found: Certainty = {}
    for (factory, place), claims in world.located_in.items():
        if place == country:
            for item in world.items_of(factory):
                add(found, item, best_rank(claims) > INFERRED)
    entered = world.supplies_into | world.becomes_into
    entered |= {step.end for step in world.steps if step.rule == "operation"}
    for supplier, place in world.registered_in:
        if place == country:
            for item in world.items_of(supplier) - entered:
                add(found, item, False)
    return found


def served_holders(world: World, holders: Certainty, exclude: tuple[str, ...]) -> Certainty:
    """One step of services, audits not counted; not from excluded holders."""
    found: Certainty = {}
    for (provider, client), claims in world.serves.items():
        counted = [c for c in claims if c.attribute("service") != "audits"]
        if counted and provider in holders and provider not in exclude:
            add(found, client, holders[provider] and best_rank(counted) > INFERRED)
    return found


# --- the options --------------------------------------------------------------------------------------------------


def exclude_option(selector: Selector, item: str) -> str:
    return "dropped" if holder_of(item) in selector.exclude else "kept"


def products_option(world: World, selector: Selector, item: str) -> str:
    """Kept: one of these or narrower. Candidate: broader, or unspecified."""
    if not selector.products:
        return "kept"
    product, given = product_of(item), set(selector.products)
    if ({product} | world.catalogue.ancestors(product)) & given:
        return "kept"
    if product == UNSPECIFIED or any(product in world.catalogue.ancestors(p) for p in given):
        return "candidate"
    return "dropped"


def countries_option(world: World, selector: Selector, item: str) -> str:
    """Factory items located there; where only an inferred claim says so, or nothing does: candidates; so suppliers'."""
    if not selector.countries:
        return "kept"
    holder = holder_of(item)
    if holder not in world.factories:
        return "candidate"
    places = {place: best_rank(claims) for (f, place), claims in world.located_in.items() if f == holder}
    inside = [rank for place, rank in places.items() if place in selector.countries]
    if any(rank > INFERRED for rank in inside):
        return "kept"
    return "candidate" if inside or not places else "dropped"
