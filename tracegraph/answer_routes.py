"""What an answer to "how does this contract depend on it, and how sure is that" carries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracegraph.answer import Dependent, Question, RouteStep
from tracegraph.model import Selector
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Certainty, Grade, Rule

DEFAULT_K: Final = 3
DEFAULT_SEED: Final = 1
DEFAULT_SAMPLES: Final = 10_048  # worlds; a multiple of 64, standard error at most 0.005
DEFAULT_SHARED_DOUBT: Final = 0.5


class Method(StrEnum):
    """How a probability was found."""

    EXACT = "exact"
    SAMPLED = "sampled"


class Premise(StrEnum):
    """What a probability takes for granted."""

    CONFIDENCE = "confidence"  # a confidence is read as the probability that the link exists
    RECORDED_ROUTES = "recorded_routes"  # nothing comes on ways that nobody has recorded
    SHARED_SOURCE = "shared_source"  # claims of one document share a part of their doubt
    SHARED_RULE = "shared_rule"  # so do steps inferred by one rule
    INDEPENDENT_SOURCES = "independent_sources"  # different documents err independently
    CUT = "cut"  # the limit on items cut routes away: there may be more


@dataclass(frozen=True, slots=True)
class RouteCount:
    """How many routes lead to a contract.

    Attributes
    ----------
    number : int
        Routes; at least 0.
    exact : bool
        Whether that is all; otherwise there are at least so many.
    """

    number: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Probability:
    """The probability that a contract is reached from an affected item, over the recorded links.

    Attributes
    ----------
    low, high : float
        Bounds that always enclose it, in [0, 1]; both equal to `estimate` where it is exact, unless the cone was cut.
    estimate : float
        In [`low`, `high`].
    method : Method
        `exact`, or `sampled`.
    standard_error : float or None
        Of a sampled estimate, in [0, 0.5]; None where it is exact.
    seed, samples : int or None
        Of a sampled estimate: seed of NumPy's default generator, and number of worlds.
    shared_doubt : float
        Part of a claim's doubt that its source's other claims share, in [0, 1].
    premises : tuple of Premise
        What it takes for granted.
    """

    low: float
    high: float
    estimate: float
    method: Method
    standard_error: float | None
    seed: int | None
    samples: int | None
    shared_doubt: float
    premises: tuple[Premise, ...]


@dataclass(frozen=True, slots=True)
class ListedRoute:
    """One of the best routes.

    Attributes
    ----------
    steps : tuple of RouteStep
        From the affected item to the contract.
    weakest_grade : Grade
        Of its steps and its start.
    tier : int
        At least 1.
    probability : float
        That all its steps exist, in [0, 1].
    """

    steps: tuple[RouteStep, ...]
    weakest_grade: Grade
    tier: int
    probability: float


@dataclass(frozen=True, slots=True)
class LinkToVerify:
    """A link of which it would tell most to know whether it exists.

    Attributes
    ----------
    start, end : str
        Item ids, or the contract's id; for a candidate both are the item.
    type : str
        Type of its claims, ``INFERRED``, or ``CANDIDATE``: whether what is named touches the item at all.
    grade : Grade
        The best of its claims.
    rule : Rule or None
        Why the step was inferred.
    claims : tuple of GoodsClaim
        Its evidence, by claim id.
    ask : str
        The holder to ask.
    probability : float
        That it exists, in (0, 1).
    if_confirmed, if_refuted : float
        Probability of the dependency when it is known to exist, and known not to.
    importance : float
        Birnbaum's: `if_confirmed` less `if_refuted`, in [0, 1].
    expected_change : float
        By how much knowing moves the probability of the dependency on average, in [0, 0.5].
    """

    start: str
    end: str
    type: str
    grade: Grade
    rule: Rule | None
    claims: tuple[GoodsClaim, ...]
    ask: str
    probability: float
    if_confirmed: float
    if_refuted: float
    importance: float
    expected_change: float


@dataclass(frozen=True, slots=True)
class Effort:
    """How many routes are asked for, and how a probability is sampled where it cannot be exact.

    Attributes
    ----------
    k : int
        Routes, 1 to 10.
    seed, samples : int
        Seed of the generator, at least 0; worlds, rounded up to a multiple of 64.
    shared_doubt : float
        In [0, 1], see `Probability`.
    """

    k: int = DEFAULT_K
    seed: int = DEFAULT_SEED
    samples: int = DEFAULT_SAMPLES
    shared_doubt: float = DEFAULT_SHARED_DOUBT


@dataclass(frozen=True, slots=True)
class Routes:
    """How a contract depends on a scope.

    Attributes
    ----------
    question : Question
        Scope, lens and limits.
    dependent : Dependent
        The contract: facts, status, best route; without a route, also what is not known and whom to ask.
    affected : mapping
        Affected items by certainty.
    unmatched : tuple of Selector
        Selectors that touch nothing.
    routes : tuple of ListedRoute
        The k best, best first.
    count : RouteCount
        How many there are.
    probability : Probability or None
        None where no route is recorded: that is unknown, not 0.
    verify_next : tuple of LinkToVerify
        The links whose verification would tell most, first the one that would tell most.
    truncated : bool
        Whether the limit on items cut the cone.
    """

    question: Question
    effort: Effort
    dependent: Dependent
    affected: Mapping[str, Certainty]
    unmatched: tuple[Selector, ...]
    routes: tuple[ListedRoute, ...]
    count: RouteCount
    probability: Probability | None
    verify_next: tuple[LinkToVerify, ...]
    truncated: bool
    graph_version: int
