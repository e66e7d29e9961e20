"""What "every contract against every current incident" carries, and what is new in it since another day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracegraph.answer import LISTED_STATUSES, ContractFacts
from tracegraph.answer_exposure import KnownRevision
from tracegraph.lens import Lens
from tracegraph.model import Selector
from tracegraph.vocabulary import Basis, Status

CLAIMS_LISTED: Final = 10  # claims named for one cause; the count is always given


class CauseKind(StrEnum):
    """Why a contract stands otherwise towards an incident."""

    INCIDENT = "incident"  # the incident was recorded, revised or withdrawn
    CONTRACT = "contract"  # the contract was not there then, or is not there now
    CLAIMS_NEW = "claims_new"  # claims on the best route now did not count then
    CLAIMS_GONE = "claims_gone"  # claims on the best route then do not count now
    OTHER_CLAIMS = "other_claims"  # others: operators, owners, countries, goods, lists of sources


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a contract stands towards an incident.

    Attributes
    ----------
    basis : Basis or None
        Of `unmapped` and `no_link`.
    """

    status: Status
    basis: Basis | None = None


@dataclass(frozen=True, slots=True)
class IncidentReadings:
    """One incident's column.

    Attributes
    ----------
    readings : tuple of Reading
        One for each contract of the report, in the same order.
    unmatched : tuple of Selector
        Selectors that touch nothing: of them nobody can tell.
    """

    incident: KnownRevision
    readings: tuple[Reading, ...]
    unmatched: tuple[Selector, ...]

    @property
    def counts(self) -> Mapping[Status, int]:
        """Contracts by status."""
        counted = Counter(reading.status for reading in self.readings)
        return {status: counted[status] for status in Status}


@dataclass(frozen=True, slots=True)
class Exposed:
    """One contract and one incident."""

    facts: ContractFacts
    incident: KnownRevision
    reading: Reading


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason for a change.

    Attributes
    ----------
    count : int
        Claims; 0 for other kinds.
    claim_ids, source_ids : tuple of str
        The first `CLAIMS_LISTED` claims, and the documents behind them.
    """

    kind: CauseKind
    count: int = 0
    claim_ids: tuple[str, ...] = ()
    source_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A contract that stands otherwise towards an incident than it did.

    Attributes
    ----------
    incident : KnownRevision
        As known now; as known then, where it is not known now.
    before, after : Reading or None
        None: there was no such contract, or no such incident that exposes anything.
    """

    facts: ContractFacts
    incident: KnownRevision
    before: Reading | None
    after: Reading | None
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True)
class Exposures:
    """Every contract against every current incident.

    Attributes
    ----------
    asked, regions : tuple of str
        What the report was narrowed to; empty: nothing.
    since : Lens or None
        Changes are those since then.
    contracts : tuple of ContractFacts
        By contract id.
    incidents : tuple of IncidentReadings
        Those that expose under the lens, by the day they happened.
    changes : tuple of Change or None
        The worst first; None where nobody asked.
    """

    lens: Lens
    asked: tuple[str, ...]
    regions: tuple[str, ...]
    since: Lens | None
    contracts: tuple[ContractFacts, ...]
    incidents: tuple[IncidentReadings, ...]
    changes: tuple[Change, ...] | None
    graph_version: int

    def rows(self, *, with_no_link: bool = False) -> Iterator[Exposed]:
        """Yield each contract with each incident, without those without a link unless they are asked for."""
        for position, facts in enumerate(self.contracts):
            for column in self.incidents:
                reading = column.readings[position]
                if with_no_link or reading.status in LISTED_STATUSES:
                    yield Exposed(facts, column.incident, reading)
