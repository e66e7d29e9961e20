"""Triage: where a contract stands towards an incident, as somebody who followed it up says. Versions that are kept.

One for each region and (incident, contract), and one for all regions together (`network`), and one for everybody
(`public`), which national leads write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tracegraph.vocabulary import TriageState

#: Stands between the parts of a record's id; no part can hold it.
_MARK: Final = "|"


@dataclass(frozen=True, slots=True)
class Basis:
    """What was known when somebody said it, as all see it who see the triage.

    Attributes
    ----------
    revision : int
        Number of the incident's revision, counted from 1 among those that all of them see.
    revision_recorded_at : str
        When it became known.
    graph_version : int
        State of the graph.
    status : str or None
        The contract's status (`Status`); None: the incident exposed nothing.
    """

    revision: int
    revision_recorded_at: str
    graph_version: int
    status: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody says of a contract.

    Attributes
    ----------
    state : TriageState or None
        None: what was said before is taken back, and nothing is said.
    reason : str or None
        Why.
    owner : str or None
        A role, a function, or the id of a key or user: never a person's name or address.
    due_on, expires_on : str or None
        Day on which something is to be done; last day on which the state counts.
    """

    state: TriageState | None
    reason: str | None = None
    owner: str | None = None
    due_on: str | None = None
    expires_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Triage:
    """One version of a triage.

    Attributes
    ----------
    recorded_at, by : str
        When, and by whom: the id of a principal.
    operation_id : str or None
        The bulk operation that wrote it.
    """

    incident_id: str
    contract_id: str
    visibility: str
    version: int
    said: Said
    basis: Basis
    recorded_at: str
    by: str
    operation_id: str | None = None

    def is_expired(self, day: str) -> bool:
        """Return whether the state no longer counts on a day."""
        return self.said.expires_on is not None and self.said.expires_on < day


def record_id(visibility: str, incident_id: str, contract_id: str) -> str:
    """Return the id of a triage's record."""
    return _MARK.join((visibility, incident_id, contract_id))


def record_prefix(visibility: str, incident_id: str) -> str:
    """Return how the ids begin of the records of an incident."""
    return record_id(visibility, incident_id, "")


def triage_body(said: Said, basis: Basis, by: str, operation_id: str | None) -> dict[str, Any]:
    """Return a triage as the JSON of its record."""
    return {
        "state": said.state.value if said.state else None,
        "reason": said.reason,
        "owner": said.owner,
        "due_on": said.due_on,
        "expires_on": said.expires_on,
        "revision": basis.revision,
        "revision_recorded_at": basis.revision_recorded_at,
        "graph_version": basis.graph_version,
        "status": basis.status,
        "by": by,
        "operation_id": operation_id,
    }


def triage_from_body(id: str, version: int, body: Mapping[str, Any], recorded_at: str) -> Triage:
    """Return the triage that `triage_body` wrote."""
    visibility, incident_id, contract_id = id.split(_MARK)
    state = body["state"]
    return Triage(
        incident_id=incident_id,
        contract_id=contract_id,
        visibility=visibility,
        version=version,
        said=Said(
            state=TriageState(state) if state else None,
            **{name: body[name] for name in ("reason", "owner", "due_on", "expires_on")},
        ),
        basis=Basis(**{name: body[name] for name in ("revision", "revision_recorded_at", "graph_version", "status")}),
        recorded_at=recorded_at,
        by=body["by"],
        operation_id=body["operation_id"],
    )
