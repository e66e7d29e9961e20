"""Triage of contracts under an incident: read as of a lens, and held against what is known now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracegraph.access import Principal, Role
from tracegraph.incidents import IncidentRevision
from tracegraph.incidents_history import change_of
from tracegraph.lens import Lens, visible_to
from tracegraph.services.incidents import IncidentView, exposing
from tracegraph.services.newest import newest_records
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader, RecordStore
from tracegraph.store.rows import Record
from tracegraph.triage import Triage, record_id, record_prefix, triage_from_body
from tracegraph.vocabulary import NETWORK, PUBLIC, REGION_PREFIX, RevisionChange, Status, TriageState

KIND: Final = "triage"
_PAGE: Final = 1_000

#: What a revision changes that reopens what was triaged before it: the scope may touch what it did not touch.
_REOPENS: Final = (RevisionChange.WIDENED, RevisionChange.CORRECTED, RevisionChange.REPORTED)


class Stale(StrEnum):
    """Why a triage is to be looked at again."""

    INCIDENT_REVISED = "incident_revised"
    STATUS_CHANGED = "status_changed"


@dataclass(frozen=True, slots=True)
class Why:
    """One reason for which a triage is to be looked at again.

    Attributes
    ----------
    what : Stale
        The reason.
    change : str or None
        Of a revision: what it changes (`RevisionChange`).
    recorded_at : str or None
        Of a revision: when it became known.
    before, after : str or None
        Of a status: the contract's when the triage was made, and the one now; None: no contract that is seen.
    """

    what: Stale
    change: str | None = None
    recorded_at: str | None = None
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Where every contract stands towards an incident, under a lens.

    Attributes
    ----------
    view : IncidentView
        The incident.
    lens : Lens
        Who reads, and as of when.
    statuses : mapping
        By contract; empty where the incident exposes nothing.
    graph_version : int
        State of the graph.
    """

    view: IncidentView
    lens: Lens
    statuses: Mapping[str, Status]
    graph_version: int

    @property
    def incident_id(self) -> str:
        """The incident's id."""
        return str(self.view.current.incident_id)


@dataclass(frozen=True, slots=True)
class Standing:
    """A triage as it counts under a lens.

    Attributes
    ----------
    triage : Triage
        What was said.
    status : str or None
        The contract's status now; None: the incident exposes nothing, or the contract is not seen.
    expired : bool
        Whether its last day has passed.
    why : tuple of Why
        Why it is to be looked at again; empty: it need not be.
    """

    triage: Triage
    status: str | None
    expired: bool
    why: tuple[Why, ...]

    @property
    def counts_as(self) -> TriageState:
        """The state that counts: what was said, or potential again when it has expired or is to be looked at again."""
        said = self.triage.said.state
        return TriageState.POTENTIAL if said is None or self.expired or self.why else said


# --- what was said -------------------------------------------------------------------------------------------------


def triages(store: RecordStore, incident_id: str, lens: Lens, visibilities: Sequence[str] = ()) -> list[Triage]:
    """Return the triages of an incident that a reader sees, as they were known, by contract; a region's own first.

    Parameters
    ----------
    store : RecordStore
        Where they are.
    incident_id : str
        An incident that the reader sees.
    lens : Lens
        Who reads, and as of when.
    visibilities : sequence of str
        Only those of these; empty: of all that the reader sees.
    """
    wanted = [one for one in lens.visible_to if one in (visibilities or lens.visible_to)]
    found = (
        _known(store, record, lens)
        for visibility in wanted
        for record in newest_records(store, KIND, prefix=record_prefix(visibility, incident_id))
    )
    return sorted((one for one in found if one is not None), key=_order)


def find_triage(store: RecordStore, incident_id: str, contract_id: str, visibility: str, lens: Lens) -> Triage | None:
    """Return one triage as it was known; None where nothing is said."""
    versions = history(store, incident_id, contract_id, visibility, lens)
    return versions[-1] if versions and versions[-1].said.state else None


def history(store: RecordStore, incident_id: str, contract_id: str, visibility: str, lens: Lens) -> list[Triage]:
    """Return all versions of a triage that were known, the oldest first; none where the reader sees none."""
    if visibility not in lens.visible_to:
        return []
    records = store.records(KIND, record_id(visibility, incident_id, contract_id))
    return [_triage(record) for record in records if record.recorded_at <= lens.known_at]


def _known(store: RecordStore, newest: Record, lens: Lens) -> Triage | None:
    """Return the version that was known; None where there was none, or nothing is said any more."""
    if newest.recorded_at <= lens.known_at:
        known = _triage(newest)
        return known if known.said.state else None
    triage = _triage(newest)
    return find_triage(store, triage.incident_id, triage.contract_id, triage.visibility, lens)


def _triage(record: Record) -> Triage:
    return triage_from_body(record.id, record.version, record.body, record.recorded_at)


def _order(triage: Triage) -> tuple[str, int, str]:
    return triage.contract_id, {PUBLIC: 2, NETWORK: 1}.get(triage.visibility, 0), triage.visibility


def written_by(triage: Triage, who: Principal) -> str | None:
    """Return by whom a triage is, to those who write beside them: others learn whose it is, and no id of a person.

    What is said for all regions, or for everybody, is said by those who have no region.
    """
    home = triage.visibility if triage.visibility.startswith(REGION_PREFIX) else NETWORK
    is_beside = who.is_known and (who.home == home or Role.SYSTEM in who.roles)
    return triage.by if is_beside or triage.by == who.id else None


# --- held against what is known now --------------------------------------------------------------------------------


def situation(view: IncidentView, lens: Lens, reader: GraphReader, portfolios: Portfolios) -> Situation:
    """Return where every contract stands towards an incident; costs one pass over the portfolio."""
    if not exposing(view):
        return Situation(view, lens, {}, reader.version(lens))
    sweep = PortfolioSweep(lens, reader, portfolios)
    readings = sweep.by_contract(view.current.scope)
    return Situation(view, lens, {contract: found.status for contract, found in readings.items()}, sweep.version)


def standing(triage: Triage, now: Situation) -> Standing:
    """Return a triage as it counts: whether it has expired, and why it is to be looked at again."""
    status = now.statuses.get(triage.contract_id)
    why = [*_revised(triage, now.view)]
    before = triage.basis.status
    if exposing(now.view) and status != before:
        why.append(Why(Stale.STATUS_CHANGED, before=before, after=status))
    return Standing(triage, status, triage.is_expired(now.lens.valid_at), tuple(why))


def _revised(triage: Triage, view: IncidentView) -> Iterator[Why]:
    later = {id(revision) for revision in _later(triage, view)}
    for before, revision in view.steps():
        change = change_of(revision, before)
        if id(revision) in later and change in _REOPENS:
            yield Why(Stale.INCIDENT_REVISED, change=change, recorded_at=revision.recorded_at)


def _later(triage: Triage, view: IncidentView) -> Iterator[IncidentRevision]:
    """Yield the revisions that were not known when the triage was made, to the reader or to its audience."""
    shared = audience(triage.visibility)
    number = 0
    for revision in view.revisions:
        if revision.visibility in shared:
            number += 1
            if number > triage.basis.revision or revision.recorded_at > triage.basis.revision_recorded_at:
                yield revision
        elif revision.recorded_at > triage.recorded_at:
            yield revision


def audience(visibility: str) -> tuple[str, ...]:
    """Return what all see who see something of a visibility."""
    return visible_to(visibility.removeprefix(REGION_PREFIX))
