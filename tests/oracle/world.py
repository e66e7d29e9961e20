"""What exists under one lens, and the steps between items (model.md sections 3 to 5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

from tests.oracle.catalogue import UNSPECIFIED, Catalogue
from tests.oracle.dataset import GRADES, Claim, Dataset, holder_of, item_id, product_of

T = TypeVar("T")
Pairs = dict[tuple[str, str], list[Claim]]

INFERRED = GRADES.index("inferred")
DEFAULT_CONFIDENCE = {
    "verified": Fraction("0.9"),
    "declared": Fraction("0.7"),
    "reported": Fraction("0.5"),
    "inferred": Fraction("0.2"),
}
NEARLY_ONE = Fraction(1, 10**9)
OPENNESS = {"open": 0, "complete": 1, "origin": 2}  # the most open first
GOODS = ("SUPPLIES", "BECOMES", "DELIVERED_UNDER")


@dataclass(frozen=True)
class Lens:
    """Section 4. `visible_to` is a list; absent keys: everything recorded, the network, every grade."""

    valid_at: str
    known_at: str = "9000-01-01T00:00:00Z"
    visible_to: tuple[str, ...] = ("network", "public")
    min_grade: str = "inferred"

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Lens:
        stated = {name: value for name, value in given.items() if value is not None}
        if "visible_to" in stated:
            stated["visible_to"] = tuple(sorted(stated["visible_to"]))
        return cls(**stated)

    def sees_whatever_grade(self, c: Claim) -> bool:
        valid = c.valid_from <= self.valid_at < c.valid_to
        return valid and c.recorded_at <= self.known_at and c.visibility in self.visible_to

    def sees(self, c: Claim) -> bool:
        return self.sees_whatever_grade(c) and c.rank >= GRADES.index(self.min_grade)

    @property
    def infers(self) -> bool:
        """Under a min_grade above inferred there are no inferred steps and no candidates (sections 5 and 6)."""
        return self.min_grade == "inferred"


@dataclass(frozen=True)
class Step:
    """One step of goods between two items, or from an item to a contract."""

    start: str
    end: str
    type: str  # SUPPLIES, BECOMES, DELIVERED_UNDER or INFERRED
    rank: int  # of its grade
    confidence: Fraction
    rule: str | None = None
    sources: tuple[str, ...] = ()

    @property
    def tiers(self) -> int:
        """Section 7: 1 for DELIVERED_UNDER and each SUPPLIES; BECOMES and inferred steps add nothing."""
        return 1 if self.type in ("SUPPLIES", "DELIVERED_UNDER") else 0

    @property
    def inferred(self) -> bool:
        return self.type == "INFERRED"


# --- which claim decides a value (section 3) ----------------------------------------------------------------------


def decide(claims: Iterable[Claim], value: Callable[[Claim], T | None], tie: Callable[[T], Any]) -> T | None:
    """Of the claims that state the value: highest grade, then newest recorded, then the smallest by `tie`."""
    stated = [(c, v) for c in claims if (v := value(c)) is not None]
    if not stated:
        return None
    grade = max(c.rank for c, _ in stated)
    newest = max(c.recorded_at for c, _ in stated if c.rank == grade)
    return min((v for c, v in stated if c.rank == grade and c.recorded_at == newest), key=tie)


def decided_share(claims: Iterable[Claim]) -> tuple[Fraction, Fraction]:
    """The widest on a tie (then the smallest low); [0, 1] counts as not stated."""
    nothing = (Fraction(0), Fraction(1))
    share = decide(
        claims, lambda c: (c.low, c.high) if (c.low, c.high) != nothing else None, lambda s: (s[0] - s[1], s[0])
    )
    return share or nothing


def decided_sourcing(claims: Iterable[Claim]) -> tuple[str, int | None] | None:
    """The most open on a tie, then the larger source_count, which goes with it."""

    def stated(c: Claim) -> tuple[str, int | None] | None:
        sourcing, count = c.attribute("sourcing"), c.attribute("source_count")
        return (sourcing, int(count) if count else None) if sourcing else None

    return decide(claims, stated, lambda s: (OPENNESS[s[0]], -(s[1] if s[1] is not None else -1)))


def decided_attribute(claims: Iterable[Claim], name: str) -> str | None:
    return decide(claims, lambda c: c.attribute(name), lambda text: text)


def decided_number(claims: Iterable[Claim], name: str) -> Fraction | None:
    return decide(claims, lambda c: Fraction(v) if (v := c.attribute(name)) else None, lambda number: number)


def decided_confidence(claims: list[Claim]) -> Fraction:
    """The highest on a tie; nowhere stated: the default of the best grade."""
    stated = decide(claims, lambda c: c.confidence, lambda number: -number)
    return DEFAULT_CONFIDENCE[GRADES[best_rank(claims)]] if stated is None else stated


def best_rank(claims: Iterable[Claim]) -> int:
    return max(c.rank for c in claims)


# --- the world ----------------------------------------------------------------------------------------------------


class World:
    """All that one lens sees."""

    def __init__(self, data: Dataset, lens: Lens) -> None:
        self.lens = lens
        self.catalogue = Catalogue(data.products)
        self.claims = [c for c in data.claims if lens.sees(c)]
        self.rows = [c for c in data.claims if c.type == "DESCRIBES" and lens.sees_whatever_grade(c)]
        # what exists (section 3): what a visible claim touches
        self.holders = {end for c in self.claims for end in touched_holders(c)}
        self.factories = self.holders & data.factories
        self.items = {end for c in self.claims for end in touched_items(c)}
        self.contracts = sorted({c.end for c in self.rows if c.table == "contracts"})
        with_item = {holder_of(item) for item in self.items}
        self.items |= {item_id(factory, UNSPECIFIED) for factory in self.factories - with_item}
        # claims by type and pair of ends
        self.supplies = self.pairs("SUPPLIES")
        self.becomes = self.pairs("BECOMES")
        self.deliveries = self.pairs("DELIVERED_UNDER")
        self.operated_by = self.pairs("OPERATED_BY")
        self.located_in = self.pairs("LOCATED_IN")
        self.registered_in = self.pairs("REGISTERED_IN")
        self.owned_by = self.pairs("OWNED_BY")
        self.serves = self.pairs("SERVES")
        self.steps = self.claim_steps() + (self.inferred_steps() if lens.infers else [])
        self.supplies_into = {end for _, end in self.supplies}
        self.becomes_into = {end for _, end in self.becomes}
        self.open_items = {item for item in self.items if self.item_is_open_end(item)}

    def pairs(self, kind: str) -> Pairs:
        found: Pairs = {}
        for c in self.claims:
            if c.type == kind:
                found.setdefault((c.start, c.end), []).append(c)
        return found

    def rows_about(self, node: str) -> list[Claim]:
        """DESCRIBES claims of a node, read whatever their grade."""
        return [c for c in self.rows if c.end == node]

    def items_of(self, holder: str) -> set[str]:
        return {item for item in self.items if holder_of(item) == holder}

    def is_identified(self, factory: str) -> bool:
        """Not stated: true. On a tie the smaller, which is "false"."""
        return decided_attribute(self.rows_about(factory), "identified") != "false"

    # --- steps (section 5)

    def claim_steps(self) -> list[Step]:
        """One step for each pair of ends. A delivery under a contract that is not seen leads nowhere."""
        steps = []
        for kind in GOODS:
            for (start, end), claims in self.pairs(kind).items():
                if kind != "DELIVERED_UNDER" or end in self.contracts:
                    sources = tuple(sorted({c.source_id for c in claims}))
                    steps.append(Step(start, end, kind, best_rank(claims), decided_confidence(claims), None, sources))
        return steps

    def inferred_steps(self) -> list[Step]:
        steps = []
        for start in sorted(self.items):
            for end in sorted(self.items):
                rule = self.inference_rule(start, end)
                if rule:
                    steps.append(Step(start, end, "INFERRED", INFERRED, DEFAULT_CONFIDENCE["inferred"], rule))
        return steps

    def inference_rule(self, start: str, end: str) -> str | None:
        p, q = product_of(start), product_of(end)
        if holder_of(start) == holder_of(end):
            return self.catalogue.rule(p, q) if p != q else None
        if (holder_of(start), holder_of(end)) in self.operated_by and self.catalogue.equal_or_may_become(p, q):
            return "operation"
        return None

    # --- sourcing (section 3) and open ends (section 7)

    def sourcing_in_force(self, item: str) -> str:
        """`open`, `complete` or `origin`; a `complete` that is not in force is `open`."""
        offers = [c for c in self.claims if c.type == "OFFERS" and c.end == item]
        sourcing, count = decided_sourcing(offers) or ("open", None)
        inflows = [decided_share(claims) for (_, end), claims in self.supplies.items() if end == item]
        if sourcing == "complete" and not complete_in_force(inflows, count, item in self.becomes_into):
            return "open"
        return sourcing

    def item_is_open_end(self, item: str) -> bool:
        inflows = [decided_share(claims) for (_, end), claims in self.supplies.items() if end == item]
        return self.sourcing_in_force(item) == "open" and not lows_sum_to_one(inflows)

    def contract_states_sourcing(self, contract: str) -> bool:
        return decided_sourcing(self.rows_about(contract)) is not None

    def contract_sourcing(self, contract: str) -> str:
        """Default `complete`; a `complete` that is not in force, or without a visible delivery, is `open`."""
        inflows = [decided_share(claims) for (_, end), claims in self.deliveries.items() if end == contract]
        sourcing, count = decided_sourcing(self.rows_about(contract)) or ("complete", None)
        in_force = bool(inflows) and complete_in_force(inflows, count, becomes_enters=False)
        return "open" if sourcing == "complete" and not in_force else sourcing

    def contract_is_open_end(self, contract: str) -> bool:
        """Over its deliveries, in the same way; without a visible delivery always."""
        inflows = [decided_share(claims) for (_, end), claims in self.deliveries.items() if end == contract]
        return not inflows or (self.contract_sourcing(contract) == "open" and not lows_sum_to_one(inflows))


def complete_in_force(inflows: list[tuple[Fraction, Fraction]], count: int | None, becomes_enters: bool) -> bool:
    """At least `count` sellers visible, and their share_high sum to 1 (a BECOMES counts 1); or 0 and none."""
    if count == 0 and not inflows:
        return True
    enough = count is None or len(inflows) >= count
    highs = sum((high for _, high in inflows), Fraction(1 if becomes_enters else 0))
    return enough and highs >= 1 - NEARLY_ONE


def lows_sum_to_one(inflows: list[tuple[Fraction, Fraction]]) -> bool:
    """Within 1e-9; more than 1 is a contradiction and leaves the end open."""
    return abs(sum((low for low, _ in inflows), Fraction(0)) - 1) <= NEARLY_ONE


def touched_items(c: Claim) -> list[str]:
    if c.type == "DELIVERED_UNDER":
        return [c.start]
    if c.type in ("SUPPLIES", "BECOMES"):
        return [c.start, c.end]
    return [c.end] if c.type == "OFFERS" else []


def touched_holders(c: Claim) -> list[str]:
    """A goods claim touches its items and thereby their holders."""
    if c.type in ("OWNED_BY", "OPERATED_BY", "SERVES"):
        return [c.start, c.end]
    if c.type in ("LOCATED_IN", "REGISTERED_IN"):
        return [c.start]
    if c.type == "DESCRIBES":
        return [c.end] if c.table in ("suppliers", "factories") else []
    return [holder_of(item) for item in touched_items(c)]
