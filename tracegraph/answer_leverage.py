"""What "which plants reach most" and "which contracts share a plant" carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tracegraph.answer import ContractFacts, Interval
from tracegraph.lens import Lens
from tracegraph.vocabulary import Status

FACTORIES_WEIGHED: Final = 50  # plants whose part of the value is worked out one by one; the others are in the rest
CONTRACTS_LISTED: Final = 100  # contracts listed for one plant; the counts are always given
PAIRS_LISTED: Final = 100  # pairs of contracts; only those of the groups that are listed are compared


@dataclass(frozen=True, slots=True)
class Reached:
    """Contracts that a plant's goods reach, of one status.

    Attributes
    ----------
    contracts : int
        How many.
    regions : tuple of str
        Regions that use them, sorted.
    value_sek : int, float or None
        Sum of their stated values in SEK; None where none is stated.
    without_value : int
        Those whose value nobody states.
    """

    contracts: int
    regions: tuple[str, ...]
    value_sek: float | None
    without_value: int


@dataclass(frozen=True, slots=True)
class ReachedContract:
    """One contract that a plant's goods reach."""

    facts: ContractFacts
    status: Status


@dataclass(frozen=True, slots=True)
class Plant:
    """A factory as it is listed.

    Attributes
    ----------
    identified : bool
        False where somebody says that its name is not disclosed.
    countries : tuple of str
        Where it stands, as far as anybody says.
    """

    factory_id: str
    identified: bool
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Leverage:
    """What one plant reaches.

    Attributes
    ----------
    regions : tuple of str
        Of established and possible contracts together.
    exposed_sek : Interval or None
        Value at exposure in SEK of the established and possible contracts; only where the plant was asked about.
    contracts : tuple of ReachedContract
        The first `CONTRACTS_LISTED`, established ones first.
    """

    plant: Plant
    established: Reached
    possible: Reached
    regions: tuple[str, ...]
    exposed_sek: Interval | None
    contracts: tuple[ReachedContract, ...]


@dataclass(frozen=True, slots=True)
class LeverageReport:
    """The plants, those that reach most regions first.

    Attributes
    ----------
    asked : tuple of str
        Plants asked about; empty: all.
    plants : tuple of Leverage
        The first rows.
    total : int
        Plants that reach some contract, or that were asked about.
    none : int
        Plants of which no goods are seen to reach a contract.
    """

    lens: Lens
    asked: tuple[str, ...]
    plants: tuple[Leverage, ...]
    total: int
    none: int
    graph_version: int


# --- concentration -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SharedPlant:
    """Contracts that look separate, and a plant that their goods come from.

    Attributes
    ----------
    direct_suppliers : tuple of str
        Of the contracts, sorted.
    contracts : tuple of ReachedContract
        The first `CONTRACTS_LISTED`, established ones first.
    """

    plant: Plant
    established: Reached
    possible: Reached
    regions: tuple[str, ...]
    direct_suppliers: tuple[str, ...]
    contracts: tuple[ReachedContract, ...]


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two contracts without a direct supplier in common, and how many plants they have in common.

    Attributes
    ----------
    first, second : str
        Contract ids, in order.
    shared, together : int
        Plants upstream of both, and of either, by any route.
    """

    first: str
    second: str
    shared: int
    together: int

    @property
    def jaccard(self) -> float:
        """`shared` by `together`, in (0, 1]."""
        return self.shared / self.together


@dataclass(frozen=True, slots=True)
class PlantShare:
    """The part of a value whose goods come from one plant, or from one country's; bounds in [0, 1]."""

    id: str
    share: Interval


@dataclass(frozen=True, slots=True)
class Herfindahl:
    """How concentrated a value is over the first plants on the way up from its contracts.

    Attributes
    ----------
    index : Interval
        Bounds of the Herfindahl-Hirschman index, in [0, 1]: 1 is one plant alone, 1/n is n alike.
    parts : tuple of PlantShare
        Plants or countries, the largest first.
    known : Interval
        Part of the value whose goods come from one of them; the rest is not known, or not weighed.
    overlapping : bool
        Whether ingredients from several plants count side by side; shares are then of their sum.
    """

    index: Interval
    parts: tuple[PlantShare, ...]
    known: Interval
    overlapping: bool


@dataclass(frozen=True, slots=True)
class Spread:
    """How concentrated some contracts are.

    Attributes
    ----------
    category : str or None
        None: all contracts of the report together.
    contracts, without_value : int
        Contracts, and those that do not count because nobody states a value.
    value_sek : int, float or None
        Sum of the stated values, in SEK.
    by_factory, by_country : Herfindahl or None
        None where no value is stated.
    """

    category: str | None
    contracts: int
    without_value: int
    value_sek: float | None
    by_factory: Herfindahl | None
    by_country: Herfindahl | None


@dataclass(frozen=True, slots=True)
class Concentration:
    """Contracts that look separate and share a plant, and how concentrated their value is.

    Attributes
    ----------
    groups : tuple of SharedPlant
        The first rows, those with the most established contracts first.
    groups_total : int
        How many there are.
    overlaps : tuple of Overlap
        Of contracts of the listed groups, the greatest Jaccard index first; the first `PAIRS_LISTED`.
    overlaps_total : int
        How many such pairs there are.
    spreads : tuple of Spread
        All together, then by category.
    factories_weighed, factories_identified : int
        Plants weighed one by one, and all identified ones of which goods reach a contract.
    """

    lens: Lens
    regions: tuple[str, ...]
    categories: tuple[str, ...]
    groups: tuple[SharedPlant, ...]
    groups_total: int
    overlaps: tuple[Overlap, ...]
    overlaps_total: int
    spreads: tuple[Spread, ...]
    factories_weighed: int
    factories_identified: int
    graph_version: int
