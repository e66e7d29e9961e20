"""Triage in, one contract at a time: as a write of a record, for the caller to commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tracegraph.errors import StaleWrite, UnknownNode
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.services.incidents import find_incident
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.triage import KIND, Situation, audience, history, situation
from tracegraph.store.rows import RecordWrite
from tracegraph.triage import Basis, Said, record_id, triage_body
from tracegraph.vocabulary import Label

if TYPE_CHECKING:
    from tracegraph.store.port import Store


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes whose triage of which incident, and what all know who will read it.

    Attributes
    ----------
    by : str
        Id of the principal.
    visibility : str
        Whose triage it is.
    known : Situation
        The incident and every contract, as seen by all who see this visibility.
    """

    by: str
    visibility: str
    known: Situation

    @property
    def incident_id(self) -> str:
        """The incident's id."""
        return self.known.incident_id

    def basis(self, contract_id: str) -> Basis:
        """Return what is known of a contract as it is triaged."""
        revisions = self.known.view.revisions
        status = self.known.statuses.get(contract_id)
        return Basis(
            len(revisions), revisions[-1].recorded_at, self.known.graph_version, status.value if status else None
        )

    def write(self, contract_id: str, said: Said, version: int, operation_id: str | None = None) -> RecordWrite:
        """Return the next version of a triage; `version` is the one that it must have until then."""
        return RecordWrite(
            KIND,
            record_id(self.visibility, self.incident_id, contract_id),
            triage_body(said, self.basis(contract_id), self.by, operation_id),
            expected_version=version,
            visibility=self.visibility,
        )


def writer(store: Store, portfolios: Portfolios, lens: Lens, *, by: str, visibility: str, incident_id: str) -> Writer:
    """Return what is needed to write triage of an incident.

    Parameters
    ----------
    store, portfolios
        The store, and its portfolio views.
    lens : Lens
        Of who writes: today, and now.
    by, visibility : str
        Id of the principal, and whose triage it is (`tracegraph.services.triage_rules.writable_visibility`).
    incident_id : str
        The incident.

    Raises
    ------
    UnknownNode
        Not all who will read the triage see such an incident.
    """
    shared = replace(lens, visible_to=audience(visibility))
    try:
        view = find_incident(store, incident_id, shared)
    except UnknownNode:
        raise UnknownNode(N_("there is no incident {id} that all readers of this triage see"), id=incident_id) from None
    return Writer(by, visibility, situation(view, shared, store, portfolios))


def written(writes: Writer, contract_id: str, said: Said, version: int, store: Store) -> RecordWrite:
    """Return the write of one triage.

    Parameters
    ----------
    writes, contract_id, said
        Who says what of which contract.
    version : int
        The version that it must have; 0: nothing may be said yet.
    store : Store
        Where it is to be written.

    Raises
    ------
    UnknownNode
        Not all who will read the triage see such a contract.
    StaleWrite
        It has another version.
    """
    if unseen(writes, [contract_id], store):
        raise UnknownNode(N_("there is no contract {id} that all readers of this triage see"), id=contract_id)
    versions = history(store, writes.incident_id, contract_id, writes.visibility, writes.known.lens)
    present = versions[-1].version if versions else 0
    stands = present if versions and versions[-1].said.state else 0
    if version != stands:
        raise StaleWrite(
            N_("the triage is in version {present}, not {version}: read it again, then decide"),
            present=stands,
            version=version,
        )
    return writes.write(contract_id, said, present)


def unseen(writes: Writer, contract_ids: Sequence[str], store: Store) -> list[int]:
    """Return the places of ids that stand for no contract that all readers see."""
    known = set(writes.known.statuses)
    missing = sorted(set(contract_ids) - known)
    if missing:
        lens = writes.known.lens
        known |= {claim.end.id for claim in store.descriptions(Label.CONTRACT, missing, lens)}
    return [place for place, contract_id in enumerate(contract_ids) if contract_id not in known]
