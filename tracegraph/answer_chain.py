"""What an answer to "what lies upstream of this contract" carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracegraph.answer import ContractFacts
from tracegraph.answer_show import SourcingState
from tracegraph.lens import Lens
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Grade, Label, Rule


@dataclass(frozen=True, slots=True)
class ChainNode:
    """One item upstream of the contract.

    Attributes
    ----------
    item_id, holder_id, product : str
        Which goods at whom.
    holder_label : Label or None
        Supplier or Factory; None where only goods claims that this lens hides would tell.
    tier : int
        The smallest over its routes to the contract.
    identified : bool or None
        Whether the factory is identified; None for a supplier.
    countries : tuple of str
        Where the factory stands, or the supplier is registered, sorted.
    sourcing : SourcingState
        What is known of where its goods come from; `is_open_end` is where knowledge stops.
    inferred_only : bool
        Whether only inferred steps leave it towards the contract.
    """

    item_id: str
    holder_id: str
    product: str
    holder_label: Label | None
    tier: int
    identified: bool | None
    countries: tuple[str, ...]
    sourcing: SourcingState
    inferred_only: bool = False


@dataclass(frozen=True, slots=True)
class ChainStep:
    """One step of the chain: all claims of one pair of ends, or an inferred step.

    Attributes
    ----------
    start, end : str
        Item ids, or the contract's id.
    type : str
        Type of its claims, or ``INFERRED``.
    tier : int
        The smallest over the routes through it, counted from the contract.
    share : tuple of float or None
        Decided share [low, high]; None: not stated.
    rule : Rule or None
        Why it was inferred.
    """

    start: str
    end: str
    type: str
    tier: int
    grade: Grade
    share: tuple[float, float] | None = None
    rule: Rule | None = None
    claims: tuple[GoodsClaim, ...] = ()


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything upstream of a contract.

    Attributes
    ----------
    nodes : tuple of ChainNode
        By tier, then item id.
    steps : tuple of ChainStep
        By tier, then end, start and type.
    sourcing : SourcingState
        Of the contract itself: whether the listed deliveries are all of it.
    open_ends : tuple of str
        Items (or the contract's id) where knowledge stops, by tier, then id; whether relevant to any question or not.
    origins : tuple of str
        Items with nothing upstream of interest.
    factories, unidentified : tuple of str
        Factories in the chain that are identified, and that are not.
    by_country : mapping
        Holders by the country in which they stand or are registered.
    circles : tuple of tuple of str
        Items that supply each other in a circle into which nothing is seen to enter.
    truncated : bool
        Whether the limit on items cut the chain.
    """

    facts: ContractFacts
    lens: Lens
    max_items: int
    nodes: tuple[ChainNode, ...]
    steps: tuple[ChainStep, ...]
    sourcing: SourcingState
    open_ends: tuple[str, ...]
    origins: tuple[str, ...]
    factories: tuple[str, ...]
    unidentified: tuple[str, ...]
    by_country: Mapping[str, tuple[str, ...]]
    circles: tuple[tuple[str, ...], ...]
    truncated: bool
    graph_version: int

    @property
    def tiers(self) -> dict[int, int]:
        """Number of items by tier, from the contract on."""
        counts: dict[int, int] = {}
        for node in self.nodes:
            counts[node.tier] = counts.get(node.tier, 0) + 1
        return counts
