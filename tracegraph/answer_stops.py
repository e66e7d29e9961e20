"""What an answer to "if this closes, what stops" carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from tracegraph.answer import ContractFacts, Share
from tracegraph.answer_open_ends import OpenEnds
from tracegraph.lens import Lens
from tracegraph.model import Selector
from tracegraph.vocabulary import Certainty, Label, Status

LISTED_SOURCES: Final = 10  # other sources, and doubts, listed for one contract; the total is always given


class Outcome(StrEnum):
    """What a closure does to a contract, in the order in which they are listed."""

    STOPS = "stops"
    LOSES_PART = "loses_part"
    MAY_STOP = "may_stop"
    HOLDS = "holds"
    CANNOT_TELL = "cannot_tell"
    NOT_TOUCHED = "not_touched"


class Cycles(StrEnum):
    """Whether goods that only go round keep a circle going."""

    OPTIMISTIC = "optimistic"  # they do: the least set of failures
    GROUNDED = "grounded"  # they do not: supply must come from somewhere


class Reading(StrEnum):
    """How what is not known is read."""

    FOR_CERTAIN = "for_certain"  # in favour of supply: what fails, fails whatever the unknown is
    MAYBE = "maybe"  # against supply: only documented sources count


class Doubt(StrEnum):
    """What keeps it open whether an item stops."""

    UNSEEN_SOURCE = "unseen_source"  # nobody has said who else supplies it
    INFERRED_STEP = "inferred_step"  # only an inferred step keeps it going
    INGREDIENT = "ingredient"  # nobody has said that all its output needs the ingredient that fails
    CANDIDATE = "candidate"  # it may itself be what closes


@dataclass(frozen=True, slots=True)
class Source:
    """Another source that keeps an item, or a contract, supplied.

    Attributes
    ----------
    at : str
        Item, or contract, one of whose documented sources fails.
    item : str
        The documented source that does not; `at` itself for its own making.
    """

    at: str
    item: str


@dataclass(frozen=True, slots=True)
class Doubtful:
    """An item of which it is open whether it stops, and why.

    Attributes
    ----------
    item : str
        The item, or the contract.
    origin : str or None
        For an inferred step: where it comes from.
    """

    item: str
    doubt: Doubt
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """What becomes of one delivered item."""

    item: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Fails:
    """The four answers of the AND/OR graph for one contract: by reading, and by what circles can do."""

    for_certain_optimistic: bool = False
    for_certain_grounded: bool = False
    maybe_optimistic: bool = False
    maybe_grounded: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """What a closure does to one contract.

    Attributes
    ----------
    status : Status
        Whether the contract depends on what closes.
    fails : Fails or None
        None where the contract has no route, so that nothing was to be computed.
    share : Share or None
        Part of the contract's value that has passed through what closes; None: no route, or not computed.
    deliveries : tuple of Delivery
        Delivered items, by id; empty where there is no route.
    others : tuple of Source
        Documented other sources, nearest to the contract first, at most `LISTED_SOURCES`.
    doubts : tuple of Doubtful
        Where it is open whether supply goes on, in the same order and number.
    ask : tuple of str
        For `cannot_tell`: holders to ask.
    """

    facts: ContractFacts
    status: Status
    outcome: Outcome
    fails: Fails | None = None
    share: Share | None = None
    deliveries: tuple[Delivery, ...] = ()
    others: tuple[Source, ...] = ()
    others_total: int = 0
    doubts: tuple[Doubtful, ...] = ()
    doubts_total: int = 0
    open_ends: OpenEnds = field(default_factory=lambda: OpenEnds([], 0))
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Closure:
    """The answer to "if this closes, what stops".

    Attributes
    ----------
    closes : Selector
        The factory, or the supplier with the factories that it operates.
    label : Label
        Which of the two.
    items : mapping
        Items that close; candidates are items of plants without a name that may be the one that closes.
    at_most : float
        Part of 1: contracts that do not stop and whose share is at most this are marked.
    contracts : tuple of Closed
        Every contract that the reader sees, by outcome, then id.
    ungrounded : tuple of str
        Contracts that have no source at all even before: their goods only go round.
    truncated : bool
        Whether a limit was hit: then nothing is said to stop for certain.
    """

    closes: Selector
    label: Label
    lens: Lens
    at_most: float
    max_items: int
    items: Mapping[str, Certainty]
    contracts: tuple[Closed, ...]
    ungrounded: tuple[str, ...]
    truncated: bool
    graph_version: int

    def of(self, outcome: Outcome) -> tuple[Closed, ...]:
        """Return the contracts with an outcome."""
        return tuple(found for found in self.contracts if found.outcome is outcome)

    def lose_at_most(self) -> tuple[Closed, ...]:
        """Return the contracts with a route that do not stop, and lose at most `at_most`."""
        kept = (Outcome.LOSES_PART, Outcome.MAY_STOP, Outcome.HOLDS)
        return tuple(c for c in self.contracts if c.outcome in kept and c.share and c.share.high <= self.at_most)
