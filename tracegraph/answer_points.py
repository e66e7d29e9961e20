"""What answers about weak points carry: single points of failure, pairs, independent routes, what all routes pass."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracegraph.answer import ContractFacts
from tracegraph.lens import Lens
from tracegraph.vocabulary import Certainty

PAIR_CANDIDATES: Final = 400  # companies and plants that are tried in pairs


class Level(StrEnum):
    """What fails as one."""

    HOLDER = "holder"
    ITEM = "item"
    COUNTRY = "country"


@dataclass(frozen=True, slots=True)
class Point:
    """A single point of failure: if it alone fails, the contract stops.

    Attributes
    ----------
    id : str
        Id of a holder, an item, or a country (the plants that stand there).
    certainty : Certainty
        Certain: whatever the unknown sources are. Candidate: as far as sources are documented.
    around_a_circle : bool
        Whether goods that only go round would keep the contract going: true only where supply must be grounded.
    """

    level: Level
    id: str
    certainty: Certainty
    around_a_circle: bool = False


@dataclass(frozen=True, slots=True)
class PointPair:
    """Two holders that stop the contract if both fail, and neither alone."""

    ids: tuple[str, str]
    certainty: Certainty


class Way(StrEnum):
    """How a probability was found."""

    TREE = "tree"
    ENUMERATED = "enumerated"
    SAMPLED = "sampled"


@dataclass(frozen=True, slots=True)
class Chance:
    """A probability.

    Attributes
    ----------
    probability : float
        In [0, 1].
    standard_error : float
        0 where it is exact.
    """

    probability: float
    standard_error: float
    way: Way


@dataclass(frozen=True, slots=True)
class Weakness:
    """The single points of failure of one contract.

    Attributes
    ----------
    direct : tuple of str
        Holders of the delivered items.
    points : tuple of Point
        By level, certain before candidate, then id.
    pairs : tuple of PointPair or None
        None: not asked for.
    unseen : int
        Items upstream that may have sources that nobody listed: beyond them further points may lie.
    ungrounded : bool
        Whether the contract's goods only go round, so that it has no source and no points.
    holds : tuple of Chance or None
        How likely supply is to hold if each link holds by chance: on documented sources alone, and with those that may
        be there. None: not asked for.
    """

    facts: ContractFacts
    direct: tuple[str, ...]
    points: tuple[Point, ...]
    unseen: int
    ungrounded: bool = False
    pairs: tuple[PointPair, ...] | None = None
    holds: tuple[Chance, Chance] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A point of failure and the contracts that it alone stops.

    Attributes
    ----------
    certain, candidate : tuple of str
        Contract ids by certainty.
    value_sek : float
        Sum of the stated values of both.
    without_value : int
        Contracts of both whose value nobody states.
    """

    level: Level
    id: str
    certain: tuple[str, ...]
    candidate: tuple[str, ...]
    value_sek: float
    without_value: int


@dataclass(frozen=True, slots=True)
class Weaknesses:
    """The single points of failure of some contracts.

    Attributes
    ----------
    asked_contracts, categories, regions : tuple of str
        What the question was narrowed to; empty: everything.
    contracts : tuple of Weakness
        By contract id.
    hits : tuple of Hit
        Points by level, the one that stops most contracts first.
    pair_candidates : int or None
        Holders that were tried in pairs; None: not asked for.
    pairs_cut : bool
        Whether there were more than `PAIR_CANDIDATES`, so that pairs may be missing.
    links_hold : float or None
        Probability that a link holds, in [0, 1], for `Weakness.holds`; None: not asked for.
    """

    lens: Lens
    max_items: int
    asked_contracts: tuple[str, ...]
    categories: tuple[str, ...]
    regions: tuple[str, ...]
    contracts: tuple[Weakness, ...]
    hits: tuple[Hit, ...]
    pair_candidates: int | None
    pairs_cut: bool
    links_hold: float | None
    truncated: bool
    graph_version: int


@dataclass(frozen=True, slots=True)
class Independent:
    """How many routes share nothing in between, as bounds.

    Attributes
    ----------
    low, high : int
        At least, at most.
    routes : tuple of tuple of str
        `low` such routes, as items from the factory's on to the contract.
    """

    low: int
    high: int
    routes: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Choke:
    """What every route passes between the factory and the contract, from the factory on."""

    holders: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """The routes of one kind: by documented claims alone, or with inferred steps too."""

    by_items: Independent
    by_holders: Independent
    choke: Choke


@dataclass(frozen=True, slots=True)
class RoutesBetween:
    """The answer to "how many independent routes lead from this factory to this contract".

    Attributes
    ----------
    documented, all : Ways or None
        None: there is no route of the kind.
    """

    factory_id: str
    facts: ContractFacts
    lens: Lens
    max_items: int
    documented: Ways | None
    all: Ways | None
    truncated: bool
    graph_version: int
