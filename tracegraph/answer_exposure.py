"""What an answer to "how far do these incidents reach" carries, beside the contracts (`docs/model.md`, section 8)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tracegraph.answer import Answer, Interval, Summary
from tracegraph.incidents import IncidentRevision
from tracegraph.vocabulary import Status

#: Statuses whose contracts have a share and a value at exposure.
EXPOSED: Final = (Status.ESTABLISHED, Status.POSSIBLE)


@dataclass(frozen=True, slots=True)
class ExposedSum:
    """The value at exposure of several contracts.

    Attributes
    ----------
    total : Interval or None
        Sum of the bounds in SEK over the established and possible contracts that have them; None where none has.
    left_out : int
        Established and possible contracts without a value at exposure: the sum is not all.
    """

    total: Interval | None
    left_out: int


@dataclass(frozen=True, slots=True)
class RollUp:
    """The contracts of one region, category, direct supplier, country or product.

    Attributes
    ----------
    key : str or None
        Id of what they have in common; None: it is not known of these contracts.
    counts : mapping of Status to int
        Contracts of the three listed statuses.
    exposed : ExposedSum
        Their value at exposure.
    """

    key: str | None
    counts: Mapping[Status, int]
    exposed: ExposedSum


@dataclass(frozen=True, slots=True)
class RollUps:
    """The contracts of an answer, by what they have in common. A contract may be in several rows of one list.

    Attributes
    ----------
    region, category, direct_supplier : tuple of RollUp
        For `unmapped` contracts the suppliers are those to ask.
    country : tuple of RollUp
        Where the factories stand that routes begin at or pass.
    product : tuple of RollUp
        Affected products that have a route to the contract.
    """

    region: tuple[RollUp, ...] = ()
    category: tuple[RollUp, ...] = ()
    direct_supplier: tuple[RollUp, ...] = ()
    country: tuple[RollUp, ...] = ()
    product: tuple[RollUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Stopped:
    """An incident that exposes nothing any more.

    Attributes
    ----------
    since : str
        When the revision that ended it became known, UTC.
    revision : int
        Its number, counted from 1.
    known_before : str or None
        The last second at which it still exposed; None when it is known only as withdrawn.
    """

    since: str
    revision: int
    known_before: str | None


@dataclass(frozen=True, slots=True)
class KnownRevision:
    """The revision of an incident that a reader knows under a lens.

    Attributes
    ----------
    number : int
        Counted from 1, among those that the reader sees.
    change : str
        What it changed: a word of `RevisionChange`.
    """

    revision: IncidentRevision
    number: int
    change: str


@dataclass(frozen=True, slots=True)
class IncidentExposure:
    """One incident's own part.

    Attributes
    ----------
    known : KnownRevision
        The revision that is used.
    stopped : Stopped or None
        Set when the incident exposes nothing any more; then `summary` is None.
    summary : Summary or None
        Counts over all contracts, of this incident alone.
    exposed : ExposedSum
        Value at exposure, of this incident alone.
    """

    known: KnownRevision
    stopped: Stopped | None
    summary: Summary | None
    exposed: ExposedSum


@dataclass(frozen=True, slots=True)
class Exposure:
    """How far incidents reach.

    Attributes
    ----------
    answer : Answer
        Over the scopes of all of them together; no contract where all are stopped.
    incidents : tuple of IncidentExposure
        In the order asked for.
    reached_by : mapping
        For each contract of the three listed statuses: status by incident id, of those incidents that reach it.
    rollups : RollUps
        Of the whole.
    """

    answer: Answer
    incidents: tuple[IncidentExposure, ...]
    reached_by: Mapping[str, Mapping[str, Status]]
    rollups: RollUps
