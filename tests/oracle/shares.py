"""Shares, exposed value and contradictions (model.md sections 3, 5 and 7, section 8 "Share"; formats.md section 4).

Where the page can be read in more than one way:

- "A claim between two items replaces the inferred step between them": in the direction of the step, whatever the
  claim's grade, and also where the claim is not followed because of `max_tier`.
- "Without the origin's own inferred inflows" (rule 2): these are no sources at all then, so the shares of the other
  sources sum to 1 without them; they are not sources that are worth nothing.
- An item contradicts itself (rule 5) when all its sources do, the inferred ones among them. Where only the claims
  cannot sum to 1 but an inferred source can take what is left, the value without inferred inflows is
  `[min low_i, max high_i]` and the item is not listed.
- `[min low_i, max high_i]` is over all sources, own making and the unmapped rest too.
- An affected item, and what lies upstream of one, is listed under `contradictions` like any other.
- A contract whose deliveries contradict each other is listed by its own id.
- An inflow that is not followed (`max_tier`) keeps its share interval; its item's rest, if it has one, is worth [0, 1]
  also where the item is an `origin`. Where `complete` is in force there is still no rest.
- "Sum to more than 1", "less than 1": by more than 1e-9, the tolerance that section 7 states for open ends.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tests.oracle import fixpoint
from tests.oracle.catalogue import UNSPECIFIED
from tests.oracle.dataset import product_of
from tests.oracle.fixpoint import ONE, ZERO, CappedSum, Equations, Largest, Pour, Term, Unknown
from tests.oracle.scope import Scope
from tests.oracle.world import NEARLY_ONE, World, decided_share

#: An item or a contract, and whether with its inferred inflows. What a claim brings is with them, what an inferred
#: step brings is without (rule 2).
Node = tuple[str, bool]
Part = tuple[fixpoint.Number, fixpoint.Number, Term]  # the share of a source, and what it brings


@dataclass(frozen=True)
class Inflow:
    """One inflow; `origin` is None where it is not followed."""

    origin: Node | None
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Sources:
    """What an item has its goods from (rule 3)."""

    alternatives: tuple[Inflow, ...]
    ingredients: tuple[Inflow, ...]
    has_rest: bool
    rest_is_unmapped: bool

    @property
    def are_none(self) -> bool:
        return not (self.alternatives or self.ingredients or self.has_rest)

    @property
    def contradict(self) -> bool:
        """Rule 5. Own making and the rest can have any share."""
        lows = sum((a.low for a in self.alternatives), ZERO)
        highs = sum((a.high for a in self.alternatives), ZERO)
        can_take_the_rest = self.has_rest or bool(self.ingredients)
        return not self.are_none and (lows > 1 + NEARLY_ONE or (highs < 1 - NEARLY_ONE and not can_take_the_rest))


class Supply:
    """What every item and contract has its goods from.

    For one contract, or for several where no limit on tiers makes them differ: `relevant` are their relevant open
    ends, `cut` the items of which some inflow is not followed.
    """

    def __init__(self, world: World, relevant: set[str], cut: set[str]) -> None:
        self.world, self.relevant, self.cut = world, relevant, cut
        self.claims = {**world.supplies, **world.becomes, **world.deliveries}
        self.claims_into: dict[str, list[str]] = {}
        for start, end in self.claims:
            self.claims_into.setdefault(end, []).append(start)
        self.inferred_into: dict[str, list[str]] = {}
        for step in world.steps:
            if step.inferred and (step.start, step.end) not in self.claims:
                self.inferred_into.setdefault(step.end, []).append(step.start)

    def sources(self, node: Node) -> Sources:
        """Rules 2, 3 and 6."""
        end, with_inferred = node
        alternatives: list[Inflow] = []
        ingredients: list[Inflow] = []
        for start in self.claims_into.get(end, []):
            followed = not (end in self.cut and (start, end) in self.world.supplies)
            low, high = decided_share(self.claims[start, end])
            kind = alternatives if self.is_alternative(start, end) else ingredients
            kind.append(Inflow((start, True) if followed else None, low, high))
        for start in self.inferred_into.get(end, []) if with_inferred else []:
            kind = alternatives if self.is_alternative(start, end) else ingredients
            kind.append(Inflow((start, False), ZERO, ONE))
        complete = self.sourcing(end) == "complete"
        return Sources(tuple(alternatives), tuple(ingredients), not complete, end in self.relevant)

    def is_alternative(self, start: str, end: str) -> bool:
        if end in self.world.contracts:
            return True
        p, q = product_of(start), product_of(end)
        return UNSPECIFIED in (p, q) or self.world.catalogue.same_or_comparable(p, q)

    def sourcing(self, end: str) -> str:
        in_force = self.world.contract_sourcing if end in self.world.contracts else self.world.sourcing_in_force
        return in_force(end)

    def upstream(self, contracts: Iterable[str]) -> dict[Node, Sources]:
        """All nodes that the contracts' sources lead to, affected ones and what lies behind them too."""
        found: dict[Node, Sources] = {}
        todo: list[Node] = [(contract, True) for contract in contracts]
        while todo:
            node = todo.pop()
            if node not in found:
                found[node] = self.sources(node)
                inflows = (*found[node].alternatives, *found[node].ingredients)
                todo += [inflow.origin for inflow in inflows if inflow.origin]
        return found


# --- equations (rules 1, 3, 4 and 5) ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bound:
    """Which bound, and what an unmapped rest and an inflow that is not followed are worth."""

    is_high: bool
    unmapped: Fraction


LOW, HIGH, HIGH_WITHOUT_UNMAPPED = Bound(False, ZERO), Bound(True, ONE), Bound(True, ZERO)


def unknown(node: Node, what: str = "all") -> Unknown:
    return (node[0], "with inferred" if node[1] else "without inferred", what)


def equations(upstream: dict[Node, Sources], scope: Scope, bound: Bound) -> Equations:
    found: Equations = {}
    for node, sources in upstream.items():
        parts: list[tuple[Fraction, Fraction, Term]] = [
            (a.low, a.high, brought(a, bound)) for a in sources.alternatives
        ]
        if sources.ingredients:
            found[unknown(node, "made")] = own_making(sources.ingredients, bound)
            parts.append((ZERO, ONE, unknown(node, "made")))
        if sources.has_rest:
            parts.append((ZERO, ONE, bound.unmapped if sources.rest_is_unmapped else ZERO))
        if sources.contradict:  # [min low_i, max high_i]: anything goes
            parts = [(ZERO, ONE, term) for _, _, term in parts]
        certain = scope.affected.get(node[0])
        if certain or (certain is not None and bound.is_high):
            parts = [(ONE, ONE, ONE)]  # a candidate's low is what its own inflows give
        found[unknown(node)] = Pour(tuple(parts), highest_first=bound.is_high)
    return found


def own_making(ingredients: tuple[Inflow, ...], bound: Bound) -> Largest | CappedSum:
    if bound.is_high:
        return CappedSum(tuple((i.high, brought(i, bound)) for i in ingredients))
    return Largest(tuple((i.low, brought(i, bound)) for i in ingredients))


def brought(inflow: Inflow, bound: Bound) -> Term:
    return unknown(inflow.origin) if inflow.origin else bound.unmapped


# --- answers ------------------------------------------------------------------------------------------------------


def shares(supply: Supply, scope: Scope, contracts: list[str]) -> dict[str, dict[str, Fraction]]:
    """Low, high and the unmapped part of each contract."""
    upstream = supply.upstream(contracts)
    low, high, without = (
        fixpoint.least_fixed_point(equations(upstream, scope, bound)) for bound in (LOW, HIGH, HIGH_WITHOUT_UNMAPPED)
    )
    of = {}
    for contract in contracts:
        root = unknown((contract, True))
        of[contract] = {"low": low[root], "high": high[root], "unmapped": high[root] - without[root]}
    return of


def share_part(of: dict[str, Fraction], value_sek: float | None) -> dict[str, Any]:
    """Value at exposure is null where the value is not stated, never 0."""
    exposed = None
    if value_sek is not None:
        exposed = {bound: float(Fraction(value_sek) * of[bound]) for bound in ("low", "high")}
    return {"share": {name: float(number) for name, number in of.items()}, "exposed_sek": exposed}
