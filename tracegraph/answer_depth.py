"""What an answer to "how deep is each contract mapped, and where does it stop" carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tracegraph.answer import ContractFacts, Interval
from tracegraph.lens import Lens
from tracegraph.vocabulary import Grade

STOPS_LISTED: Final = 10  # open ends listed for one contract; the total is always given
OTHERS_NEEDED: Final = 3  # other regions with a stated value, for their median to mean anything
EVIDENCE_CONTRACTS: Final = 100  # contracts of which the age of the evidence is read at most
EVIDENCE_ITEMS: Final = 50_000  # items on the ways to them together; where there are more, fewer contracts are read


@dataclass(frozen=True, slots=True)
class DepthQuestion:
    """What is asked about depth.

    Attributes
    ----------
    regions, contracts, categories : tuple of str
        Only contracts that one of these regions uses, only these contracts, only of these categories; empty: all.
    by_grade : bool
        Whether to split what the value ends at by the grade of the links on the way.
    evidence : int
        Of how many contracts, the first by id, to read the age of the evidence.
    """

    regions: tuple[str, ...] = ()
    contracts: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    by_grade: bool = False
    evidence: int = EVIDENCE_CONTRACTS


class Ending(StrEnum):
    """Where the known chain of a part of a contract's value ends; the parts of all kinds are the whole.

    An item from which no step leads on, or that is stated to be an origin, by who holds it; or no item at all:
    `UNMAPPED` is what nobody listed, at contracts and at items that have other sources.
    """

    ORIGIN = "origin"
    IDENTIFIED_FACTORY = "identified_factory"
    UNIDENTIFIED_FACTORY = "unidentified_factory"
    SUPPLIER = "supplier"
    UNMAPPED = "unmapped"


#: The ends that are known places.
KNOWN_ENDS: Final = (Ending.ORIGIN, Ending.IDENTIFIED_FACTORY)


@dataclass(frozen=True, slots=True)
class Split:
    """Which parts of a value end where; each an interval in [0, 1].

    Attributes
    ----------
    ends : mapping
        The part that ends at each kind of end. The kinds exclude one another.
    known_end : Interval
        The part that ends at an origin or an identified factory: not the sum of two intervals, but the sharp one.
    """

    ends: Mapping[Ending, Interval]
    known_end: Interval


@dataclass(frozen=True, slots=True)
class Evidence:
    """How old the claims are that carry goods on the ways to a contract.

    Attributes
    ----------
    claims : int
        How many.
    newest, median : str
        When the newest, and the middle one (of an even number the earlier of the two), was recorded: UTC times.
    oldest_published : str or None
        Date of the oldest of their sources that has one.
    sources, undated : int
        Their sources, and those of them without a date.
    """

    claims: int
    newest: str
    median: str
    oldest_published: str | None
    sources: int
    undated: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Where knowledge stops.

    Attributes
    ----------
    id : str
        An item's id, or the contract's own where its list of deliveries is not all of it.
    holder_id : str or None
        Whom to ask; None for the contract itself.
    tier : int
        The smallest over the item's routes; 0 for the contract itself.
    """

    id: str
    holder_id: str | None
    tier: int


@dataclass(frozen=True, slots=True)
class ContractDepth:
    """How deep one contract is mapped.

    Attributes
    ----------
    deliveries : int
        Delivered items that are seen; 0: the contract is not mapped at all.
    tiers : int
        Number of tiers mapped: the deepest with any item, each item at its smallest tier.
    factory_tier : int or None
        The deepest tier with an identified factory; None: there is none.
    tiers_without_gap : int
        Tiers from the contract on before the first at which an open end lies.
    open_ends : int
        Open ends upstream, the contract itself included.
    stops : tuple of Stop
        The first `STOPS_LISTED` of them by tier, then id.
    inferred : bool
        Whether any step upstream is inferred.
    split : Split
        Where its value ends.
    by_grade : mapping
        The same, of what comes the whole way by links of at least the grade; empty: not asked for.
    evidence : Evidence or None
        None: no claim on the way, or not read (see `DepthReport.evidence_read`).
    """

    facts: ContractFacts
    deliveries: int
    tiers: int
    factory_tier: int | None
    tiers_without_gap: int
    open_ends: int
    stops: tuple[Stop, ...]
    inferred: bool
    split: Split
    by_grade: Mapping[Grade, Split] = field(default_factory=dict)
    evidence: Evidence | None = None


@dataclass(frozen=True, slots=True)
class RollUp:
    """The depth of some contracts together.

    Attributes
    ----------
    contracts : int
        How many.
    by_factory_tier : mapping
        Contracts by the deepest tier with an identified factory, ascending; None, last: no identified factory.
    without_delivery : int
        Contracts of which no delivery is seen.
    with_open_end : int
        Contracts with any open end.
    inferred : int
        Contracts with an inferred step upstream.
    value_sek : float or None
        Sum of the stated values; None: nobody states any.
    without_value : int
        Contracts without a stated value: counted, but without weight in `split`.
    split : Split or None
        Where the stated value ends, lows and highs summed apart; None: there is no stated value.
    by_grade : mapping
        The same by grade; empty: not asked for, or no stated value.
    """

    contracts: int
    by_factory_tier: Mapping[int | None, int]
    without_delivery: int
    with_open_end: int
    inferred: int
    value_sek: float | None = None
    without_value: int = 0
    split: Split | None = None
    by_grade: Mapping[Grade, Split] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A region beside the others.

    Attributes
    ----------
    region : str
        Whose.
    category : str or None
        Only contracts of this category; None: of all that were asked about.
    contracts : int
        How many of the region's.
    value_sek : float or None
        Sum of their stated values; None: nobody states any.
    own : Split or None
        Where the region's stated value ends.
    others : int
        Other regions with a stated value.
    median : Split or None
        Medians over these, of lows and highs apart; None: fewer than `OTHERS_NEEDED`.
    """

    region: str
    category: str | None
    contracts: int
    value_sek: float | None
    own: Split | None
    others: int
    median: Split | None


@dataclass(frozen=True, slots=True)
class DepthReport:
    """The depth of a portfolio.

    Attributes
    ----------
    regions, asked, categories : tuple of str
        What the report was narrowed to: regions, contracts, categories; empty: everything.
    contracts : tuple of ContractDepth
        By contract id.
    total : RollUp
        All of them.
    by_region, by_category : mapping
        Roll-ups by key, sorted; a contract of several regions counts in each.
    comparisons : tuple of Comparison
        By region: all its contracts, then its categories; empty where single contracts were asked about.
    evidence_read : int
        Contracts, the first by id, of which the age of the evidence was looked at.
    """

    lens: Lens
    regions: tuple[str, ...]
    asked: tuple[str, ...]
    categories: tuple[str, ...]
    contracts: tuple[ContractDepth, ...]
    total: RollUp
    by_region: Mapping[str, RollUp]
    by_category: Mapping[str, RollUp]
    comparisons: tuple[Comparison, ...]
    evidence_read: int
    graph_version: int
