"""What an answer to "how deep is each contract mapped, and where does it stop" carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tracegraph.answer import ContractFacts
from tracegraph.lens import Lens

STOPS_LISTED: Final = 10  # open ends listed for one contract; the total is always given


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
    """

    facts: ContractFacts
    deliveries: int
    tiers: int
    factory_tier: int | None
    tiers_without_gap: int
    open_ends: int
    stops: tuple[Stop, ...]
    inferred: bool


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
    """

    contracts: int
    by_factory_tier: Mapping[int | None, int]
    without_delivery: int
    with_open_end: int
    inferred: int


@dataclass(frozen=True, slots=True)
class DepthReport:
    """The depth of a portfolio.

    Attributes
    ----------
    regions, asked : tuple of str
        What the report was narrowed to: regions, contracts; empty: everything.
    contracts : tuple of ContractDepth
        By contract id.
    total : RollUp
        All of them.
    by_region, by_category : mapping
        Roll-ups by key, sorted; a contract of several regions counts in each.
    """

    lens: Lens
    regions: tuple[str, ...]
    asked: tuple[str, ...]
    contracts: tuple[ContractDepth, ...]
    total: RollUp
    by_region: Mapping[str, RollUp]
    by_category: Mapping[str, RollUp]
    graph_version: int
