"""Triage as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tracegraph.access import Principal
from tracegraph.services.triage import Standing, Why, written_by
from tracegraph.services.triage_bulk import Row
from tracegraph.triage import Triage
from tracegraph.vocabulary import TriageState


def standing_body(standing: Standing, who: Principal) -> dict[str, Any]:
    """Return a triage as it counts as JSON, for a reader."""
    return {
        **version_body(standing.triage, who),
        "counts_as": standing.counts_as.value,
        "expired": standing.expired,
        "stale": bool(standing.why),
        "why": [_why(one) for one in standing.why],
        "status": standing.status,
    }


def untriaged_body(incident_id: str, contract_id: str, visibility: str, status: str | None) -> dict[str, Any]:
    """Return, as `standing_body` has it, that nothing is said of a contract."""
    nothing = ("state", "reason", "owner", "due_on", "expires_on", "basis", "recorded_at", "by", "operation_id")
    return {
        "incident_id": incident_id,
        "contract_id": contract_id,
        "visibility": visibility,
        "version": 0,
        **dict.fromkeys(nothing),
        "counts_as": TriageState.POTENTIAL.value,
        "expired": False,
        "stale": False,
        "why": [],
        "status": status,
    }


def version_body(triage: Triage, who: Principal) -> dict[str, Any]:
    """Return one version of a triage as JSON, for a reader; a state of null takes back what was said before."""
    said, basis = triage.said, triage.basis
    return {
        "incident_id": triage.incident_id,
        "contract_id": triage.contract_id,
        "visibility": triage.visibility,
        "version": triage.version,
        "state": said.state.value if said.state else None,
        "reason": said.reason,
        "owner": said.owner,
        "due_on": said.due_on,
        "expires_on": said.expires_on,
        "basis": {
            "revision": basis.revision,
            "revision_recorded_at": basis.revision_recorded_at,
            "graph_version": basis.graph_version,
            "status": basis.status,
        },
        "recorded_at": triage.recorded_at,
        "by": written_by(triage, who),
        "operation_id": triage.operation_id,
    }


def operation_body(operation_id: str, visibility: str, rows: Iterable[Row]) -> dict[str, Any]:
    """Return what an operation did as JSON: each contract, and how many came out how."""
    listed = list(rows)
    outcomes = [row.outcome.value for row in listed]
    return {
        "operation_id": operation_id,
        "visibility": visibility,
        "counts": {outcome: outcomes.count(outcome) for outcome in sorted(set(outcomes))},
        "rows": [{"contract_id": row.contract_id, "outcome": row.outcome.value} for row in listed],
    }


def beside_contracts(
    contracts: Iterable[dict[str, Any]], standings: Mapping[str, list[Standing]], who: Principal
) -> None:
    """Put the triage of each contract of an answer beside it, for a reader."""
    for contract in contracts:
        found = standings.get(contract["contract_id"], ())
        contract["triage"] = [standing_body(standing, who) for standing in found]


def _why(why: Why) -> dict[str, Any]:
    facts = {"change": why.change, "recorded_at": why.recorded_at, "before": why.before, "after": why.after}
    return {"what": why.what.value, **facts}
