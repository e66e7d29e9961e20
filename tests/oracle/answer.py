"""The answer of `dependents --json --all` (model.md sections 6 to 8, formats.md section 4); shares: see `shares`."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.oracle.catalogue import UNSPECIFIED
from tests.oracle.dataset import (
    DEFAULT_RECORDED_AT,
    GRADES,
    Dataset,
    Tables,
    dataset_from_tables,
    holder_of,
    product_of,
    read_dataset,
    split_list,
)
from tests.oracle.scope import Scope, Selector, resolve
from tests.oracle.shares import Supply, share_part, shares
from tests.oracle.world import INFERRED, Lens, Step, World, decided_attribute, decided_number

STATUSES = ("established", "possible", "unmapped", "no_link")
LISTED_OPEN_ENDS = 100
MAX_ITEMS = 200000

#: A place on a route: the item, and whether an inferred step led there (section 5). A start counts as by a claim.
State = tuple[str, bool]


def answer(
    data: Dataset | Tables | Path | str,
    scope: Iterable[Mapping[str, Any]],
    lens: Mapping[str, Any],
    max_tier: int | None = None,
    recorded_at: str = DEFAULT_RECORDED_AT,
) -> dict[str, Any]:
    """The whole answer. `recorded_at` is for rows that do not state it."""
    if not isinstance(data, Dataset):
        tables = isinstance(data, dict)
        data = dataset_from_tables(data, recorded_at) if tables else read_dataset(data, recorded_at)  # type: ignore[arg-type]
    world = World(data, Lens.of(lens))
    selectors = [Selector.of(given) for given in scope]
    resolved = resolve(world, selectors)
    walk = Walk(world, resolved, max_tier)
    ends = {contract: open_ends(world, resolved, contract, max_tier) for contract in world.contracts}
    contracts = [contract_answer(world, walk, contract, ends[contract]) for contract in world.contracts]
    contradictions = add_shares(world, resolved, contracts, ends)
    truncated = any(cut_items(world, upstream_tiers(world, c, max_tier), max_tier) for c in world.contracts)
    return {
        "query": query_part(world.lens, selectors, max_tier),
        "affected_items": [
            {"item_id": item, "certainty": "certain" if certain else "candidate"}
            for item, certain in sorted(resolved.affected.items())
        ],
        "summary": summary(contracts, truncated),
        "unmatched": [selector.as_given() for selector in resolved.unmatched],
        "contradictions": contradictions,
        "contracts": sorted(contracts, key=lambda c: (STATUSES.index(c["status"]), c["contract_id"])),
    }


def query_part(lens: Lens, selectors: list[Selector], max_tier: int | None) -> dict[str, Any]:
    return {
        "scope": [selector.as_given() for selector in selectors],
        "lens": {
            "valid_at": lens.valid_at,
            "known_at": lens.known_at,
            "visible_to": sorted(lens.visible_to),
            "min_grade": lens.min_grade,
        },
        "max_tier": max_tier,
        "max_items": MAX_ITEMS,
    }


def summary(contracts: list[dict[str, Any]], truncated: bool) -> dict[str, Any]:
    listed = [c for c in contracts if c["status"] != "no_link"]
    return {
        **{status: sum(c["status"] == status for c in contracts) for status in STATUSES},
        "truncated": truncated,
        "value_sek": {
            status: sum(c["value_sek"] or 0 for c in listed if c["status"] == status) for status in STATUSES[:3]
        },
        "contracts_without_value": sum(c["value_sek"] is None for c in listed),
        "unmapped_by_basis": {
            basis: sum(c["status"] == "unmapped" and c["basis"] == basis for c in listed)
            for basis in ("goods_match", "not_excluded")
        },
    }


# --- routes from the affected items (sections 5, 7 and 8) ---------------------------------------------------------


@dataclass(frozen=True, order=True)
class Route:
    """Ordered as section 8 wants: fewest tiers, fewest steps, highest confidence, smallest ids, claims first."""

    tiers: int
    length: int
    minus_confidence: Fraction
    ids: tuple[str, ...]
    kinds: tuple[bool, ...]

    def then(self, step: Step) -> Route:
        return Route(
            self.tiers + step.tiers,
            self.length + 1,
            self.minus_confidence * step.confidence,
            (*self.ids, step.end),
            (*self.kinds, step.inferred),
        )


class Walk:
    """The best route to each contract, for each weakest grade allowed."""

    def __init__(self, world: World, scope: Scope, max_tier: int | None) -> None:
        self.max_tier = max_tier
        self.steps = {(s.start, s.end, s.inferred): s for s in world.steps}
        self.best_to = {}
        for rank in range(len(GRADES)):
            # a candidate start counts as grade inferred
            starts = [item for item, certain in scope.affected.items() if certain or rank == INFERRED]
            self.best_to[rank] = best_routes([s for s in world.steps if s.rank >= rank], starts)

    def within(self, tiers: int) -> bool:
        """Routes over max_tier do not count."""
        return self.max_tier is None or tiers <= self.max_tier

    def route(self, contract: str, rank: int) -> Route | None:
        """The best route on which every step (and the start) is of at least this grade."""
        found = self.best_to[rank].get((contract, False))
        return found if found and self.within(found.tiers) else None

    def best_route(self, contract: str) -> tuple[Route, int] | None:
        """For each grade from the best down: the first that reaches the contract wins."""
        for rank in reversed(range(len(GRADES))):
            found = self.route(contract, rank)
            if found:
                return found, rank
        return None

    def direct_suppliers(self, world: World, contract: str) -> list[str]:
        """Holders of the delivered items that any route, established or possible, goes through."""
        suppliers = set()
        for item, end in world.deliveries:
            ways = [self.best_to[INFERRED].get((item, inferred)) for inferred in (False, True)]
            if end == contract and any(way and self.within(way.tiers + 1) for way in ways):
                suppliers.add(holder_of(item))
        return sorted(suppliers)

    def as_steps(self, route: Route) -> list[dict[str, Any]]:
        """Tiers count from the contract; a step that adds nothing has that of its neighbour nearer the contract."""
        listed: list[dict[str, Any]] = []
        tier = 0
        for start, end, inferred in reversed(list(zip(route.ids, route.ids[1:], route.kinds, strict=False))):
            step = self.steps[start, end, inferred]
            tier += step.tiers
            listed.append(
                {
                    "from": start,
                    "to": end,
                    "type": step.type,
                    "tier": tier,
                    "grade": GRADES[step.rank],
                    "rule": step.rule,
                    "source_ids": list(step.sources),
                }
            )
        return listed[::-1]


def best_routes(steps: list[Step], starts: list[str]) -> dict[State, Route]:
    """Dijkstra over (item, entered by an inferred step): two inferred steps never follow one another.

    Each step makes a route larger in the order of `Route`, and of two routes to one state the smaller stays smaller
    whatever follows, so the first route to leave the queue is the best.
    """
    leaving: dict[str, list[Step]] = {}
    for step in steps:
        leaving.setdefault(step.start, []).append(step)
    best: dict[State, Route] = {}
    queue = [(Route(0, 0, Fraction(-1), (item,), ()), (item, False)) for item in starts]
    heapq.heapify(queue)
    while queue:
        route, state = heapq.heappop(queue)
        if state in best:
            continue
        best[state] = route
        item, by_inferred = state
        for step in leaving.get(item, []):
            if not (by_inferred and step.inferred):
                heapq.heappush(queue, (route.then(step), (step.end, step.inferred)))
    return best


# --- upstream of a contract (section 7) ---------------------------------------------------------------------------


def upstream_tiers(world: World, contract: str, max_tier: int | None) -> dict[str, int]:
    """The items from which, as a start, a route leads to the contract, each with its smallest tier.

    With a limit a SUPPLIES inflow is followed when the smallest tier of the item it enters, plus 1, is within it.
    """
    far = 10**9
    tier: dict[State, int] = {(contract, False): 0}
    changed = True
    while changed:
        changed = False
        for step in world.steps:
            onward = tier.get((step.end, step.inferred), far) + step.tiers
            if onward >= far or (max_tier is not None and step.type == "SUPPLIES" and onward > max_tier):
                continue
            for by_inferred in (False,) if step.inferred else (False, True):
                if onward < tier.get((step.start, by_inferred), far):
                    tier[step.start, by_inferred] = onward
                    changed = True
    return {item: n for (item, by_inferred), n in tier.items() if not by_inferred and item != contract}


def cut_items(world: World, tiers: dict[str, int], max_tier: int | None) -> set[str]:
    """Items of which some SUPPLIES inflow is not followed."""
    if max_tier is None:
        return set()
    return {item for item, tier in tiers.items() if item in world.supplies_into and tier + 1 > max_tier}


def relevant_products(world: World, item: str, at_stake: set[str]) -> set[str]:
    """The products at stake whose goods could enter at this open end."""
    products, p = world.catalogue, product_of(item)
    if holder_of(item) not in world.factories or item in world.supplies_into:
        return {a for a in at_stake if products.could_contain(a, p)}
    return {
        a
        for a in at_stake  # a factory that makes p is taken not to buy it
        if UNSPECIFIED in (a, p)
        or products.made_into(a, p)
        or (not products.same_or_comparable(a, p) and products.could_contain(a, p))
    }


@dataclass
class OpenEnds:
    """The open ends of one contract."""

    relevant: set[str]
    goods_match: bool
    any_at_all: bool
    makes_own: bool
    upstream: set[str]
    cut: set[str]  # of these, items of which some inflow is not followed


def open_ends(world: World, scope: Scope, contract: str, max_tier: int | None) -> OpenEnds:
    products = world.catalogue
    tiers = upstream_tiers(world, contract, max_tier)
    cut = cut_items(world, tiers, max_tier)
    found = OpenEnds(set(), goods_match=False, any_at_all=False, makes_own=False, upstream=set(tiers), cut=cut)
    for item in tiers:
        p = product_of(item)
        if item in cut:
            by: set[str] = set(scope.at_stake)  # relevant whatever its sourcing
        elif item in world.open_items:
            by = relevant_products(world, item, scope.at_stake)
        else:
            continue
        found.any_at_all = True
        if by:
            found.relevant.add(item)
            found.goods_match |= any(products.equal_or_may_become(a, p) for a in by)
        elif holder_of(item) in world.factories and item not in world.supplies_into:
            found.makes_own |= any(products.could_contain(a, p) for a in scope.at_stake)
    if world.contract_is_open_end(contract):
        found.relevant.add(contract)
        found.goods_match = found.any_at_all = True
    return found


# --- one contract -------------------------------------------------------------------------------------------------


def contract_answer(world: World, walk: Walk, contract: str, ends: OpenEnds) -> dict[str, Any]:
    result = contract_attributes(world, contract)
    result |= {"basis": None, "tier": None, "direct_suppliers": [], "weakest_grade": None, "route": None}
    result |= {"share": None, "exposed_sek": None}
    best = walk.best_route(contract)
    if best:
        route, rank = best
        established = rank > INFERRED
        # the smallest tier over the routes of that status: it need not be that of the best route
        over = walk.route(contract, INFERRED + 1 if established else INFERRED)
        assert over is not None
        result |= {
            "status": "established" if established else "possible",
            "tier": over.tiers,
            "direct_suppliers": walk.direct_suppliers(world, contract),
            "weakest_grade": GRADES[rank],
            "route": walk.as_steps(route),
        }
    elif ends.relevant:
        result |= {"status": "unmapped", "basis": "goods_match" if ends.goods_match else "not_excluded"}
    else:
        result |= {"status": "no_link", "basis": no_link_basis(world, ends)}
        result["assumptions"] = assumptions(world, contract, ends)
    result["open_ends"] = sorted(ends.relevant)[:LISTED_OPEN_ENDS]
    result["open_ends_total"] = len(ends.relevant)
    return result


def add_shares(world: World, scope: Scope, contracts: list[dict[str, Any]], ends: dict[str, OpenEnds]) -> list[str]:
    """Fill in the shares; return what contradicts itself. A limit on tiers gives each contract open ends of its own."""
    listed = {c["contract_id"]: c for c in contracts if c["status"] != "no_link"}
    together = not any(ends[contract].cut for contract in listed)
    contradicting: set[str] = set()
    for group in [list(listed)] if together else [[contract] for contract in listed]:
        relevant = {end for contract in group for end in ends[contract].relevant}
        supply = Supply(world, relevant, {item for contract in group for item in ends[contract].cut})
        upstream = {item for contract in group for item in (*ends[contract].upstream, contract)}
        contradicting |= {end for end in upstream if supply.sources((end, True)).contradict}
        linked = [contract for contract in group if listed[contract]["status"] in ("established", "possible")]
        for contract, share in shares(supply, scope, linked).items():
            listed[contract] |= share_part(share, listed[contract]["value_sek"])
    return sorted(contradicting)


def no_link_basis(world: World, ends: OpenEnds) -> str:
    if not world.lens.infers:
        return "filtered"
    return "other_products" if ends.any_at_all else "complete_chain"


def assumptions(world: World, contract: str, ends: OpenEnds) -> list[str]:
    listed = [] if world.contract_states_sourcing(contract) else ["deliveries_listed"]
    return sorted(listed + (["makes_own"] if ends.makes_own else []))


def contract_attributes(world: World, contract: str) -> dict[str, Any]:
    """From the visible rows whatever their grade; regions: of all of them (formats.md section 4)."""
    rows = world.rows_about(contract)
    value = decided_number(rows, "value_sek")
    return {
        "contract_id": contract,
        "title": decided_attribute(rows, "title"),
        "regions": sorted({region for row in rows for region in split_list(row.attribute("regions"))}),
        "category": decided_attribute(rows, "category"),
        "value_sek": None if value is None else money(value),
        "end": decided_attribute(rows, "end"),
    }


def money(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else float(value)
