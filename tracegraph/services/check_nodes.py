"""Rules on nodes: what is missing around them, and what the claims about them amount to together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any, Final

from tracegraph.answer_check import Finding, FindingKind, Severity
from tracegraph.answer_show import Shortfall, SourcingState
from tracegraph.decide import decide_attribute
from tracegraph.graph.chain import broader_circles, circles_without_inflow
from tracegraph.messages import N_, Message
from tracegraph.model import Claim, holder_of, product_of
from tracegraph.products import Catalogue
from tracegraph.vocabulary import UNSPECIFIED, Label, RelationshipType, Sourcing
from tracegraph.walk.portfolio import SHARE_TOLERANCE
from tracegraph.walk.sourcing import shares_by_start, sourcing_rows, sourcing_state

T = RelationshipType
ByEnd = dict[str, list[Claim]]

_PLACES: Final = (T.DESCRIBES, T.LOCATED_IN, T.REGISTERED_IN)


class Seen:
    """Everything that is seen, grouped as the rules ask for it.

    Parameters
    ----------
    claims : iterable of Claim
        All visible claims.
    catalogue : Catalogue
        The products.
    inferred : callable
        Returns the inferred steps between items; called only where there is a circle.
    """

    def __init__(
        self, claims: Iterable[Claim], catalogue: Catalogue, inferred: Callable[[], Iterable[tuple[str, str]]]
    ) -> None:
        self.catalogue, self.inferred = catalogue, inferred
        self.into: dict[RelationshipType, ByEnd] = {kind: {} for kind in T}
        self.holders: dict[str, Label] = {}
        self.linked: set[str] = set()  # holders, and items, that something other than their own row leads to
        for claim in claims:
            self._add(claim)
        self.items = sorted({item for item in self.into[T.OFFERS]} | self.linked_items)
        self.operated = {c.start.id for claims in self.into[T.OPERATED_BY].values() for c in claims}
        self.located = {c.start.id for claims in self.into[T.LOCATED_IN].values() for c in claims}

    def _add(self, claim: Claim) -> None:
        self.into[claim.type].setdefault(claim.end.id, []).append(claim)
        for end in (claim.start, claim.end):
            if end.label in (Label.SUPPLIER, Label.FACTORY):
                self.holders[end.id] = end.label
            if claim.type not in _PLACES:
                self.linked.add(holder_of(end.id) if end.label is Label.ITEM else end.id)
            if end.label is Label.ITEM and claim.type is not T.OFFERS:
                self.linked.add(end.id)

    @cached_property
    def linked_items(self) -> set[str]:
        """Items that goods go into or out of."""
        return {node for node in self.linked if "/" in node}

    @cached_property
    def factories(self) -> list[str]:
        """Factories, by id."""
        return sorted(holder for holder, label in self.holders.items() if label is Label.FACTORY)

    @cached_property
    def contracts(self) -> list[str]:
        """Contracts that a visible row names, by id."""
        return sorted(
            end for end, claims in self.into[T.DESCRIBES].items() if claims and claims[0].end.label is Label.CONTRACT
        )

    @cached_property
    def sourcing(self) -> dict[str, SourcingState]:
        """What is known of where each item, and what is delivered under each contract, comes from."""
        states = {}
        for item in self.items:
            sold = shares_by_start(self.into[T.SUPPLIES].get(item, ()))
            made = item in self.into[T.BECOMES]
            states[item] = sourcing_state(sourcing_rows(self.into[T.OFFERS].get(item, ())), sold, made=made)
        for contract in self.contracts:
            delivered = shares_by_start(self.into[T.DELIVERED_UNDER].get(contract, ()))
            stated = sourcing_rows(self.into[T.DESCRIBES][contract])
            states[contract] = sourcing_state(stated, delivered, contract=True)
        return states


def node_findings(seen: Seen) -> Iterator[Finding]:
    """Yield what the rules on nodes find."""
    for rule in (_orphans, _sourcing, _circles, _products, _contracts, _factories):
        yield from rule(seen)


def _finding(rule: str, severity: Severity, node: str, text: str, remedy: str, **values: Any) -> Finding:
    told = {"id": node, **values}
    return Finding(rule, severity, FindingKind.NODE, node, Message(text, told), Message(remedy, told))


def _orphans(seen: Seen) -> Iterator[Finding]:
    for holder in sorted(seen.holders.keys() - seen.linked):
        text = N_("nothing links {id} to anything: no goods, no plant, no owner, no service")
        remedy = N_("add the rows in supplies, deliveries, items or factories that name it, or retract it")
        yield _finding("orphan-holder", Severity.WARNING, holder, text, remedy)
    for item in seen.items:
        if item not in seen.linked_items and holder_of(item) not in seen.operated:
            text = N_("nothing is seen to go into or out of {id}")
            remedy = N_("say in supplies who buys it or what it is made from, or in deliveries where it goes")
            yield _finding("orphan-item", Severity.NOTE, item, text, remedy)


def _sourcing(seen: Seen) -> Iterator[Finding]:
    for node, state in seen.sourcing.items():
        if state.share_low > 1 + SHARE_TOLERANCE:
            text = N_("the sources of {id} have shares that come to at least {share}: more than all of it")
            remedy = N_("correct the shares; until then they contradict each other and {id} counts as open")
            yield _finding(
                "shares-over-one", Severity.ERROR, node, text, remedy, share=f"{100 * state.share_low:.4g} %"
            )
        if state.stated is Sourcing.COMPLETE and state.source_count is None:
            text = N_("{id} is said to be complete, but not how many sources that are")
            remedy = N_("add source_count: a list of which a part is hidden must not pass for the whole")
            yield _finding("complete-without-count", Severity.WARNING, node, text, remedy)
        if state.shortfall is Shortfall.TOO_FEW_SOURCES:
            text = N_("{id} is said to have {count} sources, but {sources} are seen: it counts as open")
            remedy = N_("add the sources that are missing, or correct source_count")
            found = {"count": state.source_count, "sources": state.sources}
            yield _finding("complete-not-in-force", Severity.WARNING, node, text, remedy, **found)
        elif state.shortfall is Shortfall.SHARES_BELOW_ONE:
            text = N_("the sources of {id}, said or taken to be all, come to at most {share}: it counts as open")
            remedy = N_("correct the shares, add the sources that are missing, or say open")
            yield _finding(
                "complete-not-in-force", Severity.WARNING, node, text, remedy, share=f"{100 * state.share_high:.4g} %"
            )


def _circles(seen: Seen) -> Iterator[Finding]:
    goods = [
        (claim.start.id, end)
        for kind in (T.SUPPLIES, T.BECOMES)
        for end, claims in seen.into[kind].items()
        for claim in claims
    ]
    fed = {node for node, state in seen.sourcing.items() if state.is_open_end or state.in_force is Sourcing.ORIGIN}
    found = circles_without_inflow(goods, (), fed)
    if found:
        found = circles_without_inflow(goods, seen.inferred(), fed)
    for circle in found:
        text = N_("goods go round in a circle that nothing is seen to enter: {circle}")
        remedy = N_("add where the goods come from, or correct a complete that is none")
        yield _finding("circle-without-origin", Severity.WARNING, circle[0], text, remedy, circle=", ".join(circle))


def _products(seen: Seen) -> Iterator[Finding]:
    listed = seen.catalogue.products
    named = {product_of(item) for item in seen.items}
    named.update(p for product in listed.values() for p in (*product.broader, *product.made_from))
    for product in sorted(named - listed.keys() - {UNSPECIFIED}):
        text = N_("the product {id} is named, but products does not have it")
        remedy = N_("add it to products: what it is made from and what it is a kind of decide what a No means")
        yield _finding("product-not-in-catalogue", Severity.WARNING, product, text, remedy)
    for circle in broader_circles({p: product.broader for p, product in listed.items()}):
        text = N_("these products are each broader than the others: {circle}")
        remedy = N_("remove one broader of the circle in products")
        yield _finding("broader-circle", Severity.ERROR, circle[0], text, remedy, circle=", ".join(circle))


def _contracts(seen: Seen) -> Iterator[Finding]:
    for contract in seen.contracts:
        if contract not in seen.into[T.DELIVERED_UNDER]:
            text = N_("no delivery is seen under the contract {id}: nothing can be said of it")
            remedy = N_("add supplier_id and product to its row, or rows in deliveries")
            yield _finding("contract-without-delivery", Severity.WARNING, contract, text, remedy)
        described = seen.into[T.DESCRIBES][contract]
        start, end = decide_attribute(described, "start"), decide_attribute(described, "end")
        if start is not None and end is not None and str(start) > str(end):
            text = N_("the contract {id} starts on {start} and ends on {end}")
            remedy = N_("correct start and end in contracts")
            yield _finding("reversed-dates", Severity.ERROR, contract, text, remedy, start=start, end=end)


def _factories(seen: Seen) -> Iterator[Finding]:
    for factory in seen.factories:
        if decide_attribute(seen.into[T.DESCRIBES].get(factory, ()), "identified") is False:
            text = N_("the factory {id} is not identified")
            remedy = N_("ask who buys from it for its name and address, and import them with identified = true")
            yield _finding("unidentified-factory", Severity.NOTE, factory, text, remedy)
        if factory not in seen.located:
            text = N_("nobody says in which country the factory {id} stands")
            remedy = N_("add its country in factories")
            yield _finding("location-missing", Severity.WARNING, factory, text, remedy)
