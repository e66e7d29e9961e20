"""What an answer to "which contracts depend on this" carries (`docs/model.md`, section 8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from tracegraph.answer_open_ends import OpenEnds
from tracegraph.lens import Lens
from tracegraph.model import Claim, Scope, Selector
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Assumption, Basis, Certainty, Grade, Rule, Status

DEFAULT_MAX_ITEMS: Final = 200_000
LISTED_STATUSES: Final = (Status.ESTABLISHED, Status.POSSIBLE, Status.UNMAPPED)


def settled(part: float) -> float:
    """Return a computed part of 1 to 9 decimals: the order in which a store gives what is summed shows beyond them."""
    return round(float(part), 9) + 0.0


@dataclass(frozen=True, slots=True)
class Interval:
    """Bounds of a number; the unit is that of the field that holds it."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a contract's value that has passed through an affected item.

    Attributes
    ----------
    low, high : float
        Sharp bounds, in [0, 1].
    unmapped : float
        The part of `high` that is owed to relevant open ends, in [0, `high`].
    """

    low: float
    high: float
    unmapped: float


@dataclass(frozen=True, slots=True)
class Contradiction:
    """An item, or a contract, whose stated shares contradict each other.

    Attributes
    ----------
    id : str
        The item's id, or the contract's.
    claims : tuple of Claim
        The claims whose shares cannot all be true, by claim id.
    """

    id: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class ContractFacts:
    """What the visible rows say of a contract; None where nobody states it.

    Attributes
    ----------
    value_sek : int, float or None
        Value in SEK; None is unknown, never 0.
    regions : tuple of str
        Of all visible rows, sorted.
    end : str or None
        ``YYYY-MM-DD``.
    """

    contract_id: str
    title: str | None
    regions: tuple[str, ...]
    category: str | None
    value_sek: float | None
    end: str | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked.

    Attributes
    ----------
    scope : tuple of Selector
        What the report names.
    lens : Lens
        Who asks, and as of when.
    max_tier : int or None
        Routes of more tiers do not count; at least 1.
    max_items : int
        Items with a route from the scope, at most.
    """

    scope: Scope
    lens: Lens
    max_tier: int | None = None
    max_items: int = DEFAULT_MAX_ITEMS


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One step of a route.

    Attributes
    ----------
    start, end : str
        Item ids, or the contract's id at the last step.
    type : str
        Type of its claims, or ``INFERRED``.
    tier : int
        Counted from the contract; a step that adds nothing has the tier of its neighbour nearer the contract.
    grade : Grade
        The best of its claims.
    rule : Rule or None
        Why it was inferred.
    claims : tuple of GoodsClaim
        Its evidence, by claim id; none for an inferred step.
    """

    start: str
    end: str
    type: str
    tier: int
    grade: Grade
    rule: Rule | None = None
    claims: tuple[GoodsClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Dependent:
    """The answer for one contract.

    Attributes
    ----------
    tier, route, weakest_grade
        None for `unmapped` and `no_link`.
    direct_suppliers : tuple of str
        Whom to call: holders of the delivered items that routes go through.
    ask : tuple of str
        For `unmapped`: holders of the delivered items upstream of which knowledge ends.
    share : Share or None
        Part of the value at exposure; None for `unmapped` and `no_link`.
    exposed_sek : Interval or None
        Value at exposure in SEK; None also where the value is not stated.
    open_ends : OpenEnds
        The relevant ones upstream.
    assumptions : tuple of Assumption
        What a `no_link` takes for granted.
    """

    facts: ContractFacts
    status: Status
    basis: Basis | None = None
    tier: int | None = None
    direct_suppliers: tuple[str, ...] = ()
    weakest_grade: Grade | None = None
    route: tuple[RouteStep, ...] | None = None
    share: Share | None = None
    exposed_sek: Interval | None = None
    open_ends: OpenEnds = field(default_factory=lambda: OpenEnds([], 0))
    ask: tuple[str, ...] = ()
    assumptions: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """Counts over all contracts.

    Attributes
    ----------
    counts : mapping of Status to int
        Contracts by status.
    value_sek : mapping of Status to number
        Sum of the stated values in SEK of the three listed statuses.
    contracts_without_value : int
        Contracts of the three listed statuses whose value nobody states.
    unmapped_by_basis : mapping of Basis to int
        `goods_match` and `not_excluded`.
    by_region, by_category, by_direct_supplier : mapping
        Contracts of the three listed statuses by status; for `unmapped` the suppliers to ask.
    truncated, items_cut : bool
        Whether a limit was hit; whether it was the limit on items, which the user may not have wanted.
    """

    counts: Mapping[Status, int]
    value_sek: Mapping[Status, float]
    contracts_without_value: int
    unmapped_by_basis: Mapping[Basis, int]
    by_region: Mapping[str, Mapping[Status, int]]
    by_category: Mapping[str, Mapping[Status, int]]
    by_direct_supplier: Mapping[str, Mapping[Status, int]]
    truncated: bool
    items_cut: bool
    graph_version: int


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a question.

    Attributes
    ----------
    affected : mapping
        Affected items by certainty.
    unmatched : tuple of Selector
        Selectors that touch nothing.
    dependents : sequence of Dependent
        Every contract that the reader sees, in the order of statuses and then by contract id.
    contradictions : tuple of Contradiction
        Where stated shares contradict each other upstream of an established, possible or unmapped contract, by id.
    """

    question: Question
    affected: Mapping[str, Certainty]
    unmatched: tuple[Selector, ...]
    summary: Summary
    dependents: Sequence[Dependent]
    contradictions: tuple[Contradiction, ...] = ()
