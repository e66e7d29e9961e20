"""What changed, as JSON and as rows of a table."""

from __future__ import annotations

from typing import Any, Final

from tracegraph.answer_exposure import KnownRevision
from tracegraph.decide import NOT_STATED_SHARE
from tracegraph.exchange.exposure import revision_ref
from tracegraph.model import Claim, NodeRef

FEED_COLUMNS: Final = (
    *("at", "change", "claim_id", "type", "from", "to", "source_id", "grade", "valid_from", "valid_to", "visibility"),
    *("incident_id", "revision", "incident_status"),
)


def feed_body(
    place: tuple[str, str], claim: Claim | None, retracted: bool, incident: KnownRevision | None
) -> dict[str, Any]:
    """Return something that changed as JSON."""
    of_claim, of_incident = ("claim_recorded", "claim_retracted"), ("incident_revised", "incident_undone")
    return {
        "at": place[0],
        "change": (of_incident if claim is None else of_claim)[retracted],
        "claim": claim and claim_body(claim),
        "incident": incident and revision_ref(incident),
    }


def claim_body(claim: Claim) -> dict[str, Any]:
    """Return a claim as it was recorded as JSON; whether it has ended is not said here."""
    shared = (claim.share_low, claim.share_high) != NOT_STATED_SHARE
    return {
        "claim_id": claim.claim_id,
        "version": claim.version,
        "type": claim.type.value,
        "from": _node(claim.start),
        "to": _node(claim.end),
        "qualifier": claim.qualifier or None,
        "source_id": claim.source_id,
        "grade": claim.grade.value,
        "visibility": claim.visibility,
        "valid_from": claim.valid_from,
        "valid_to": claim.valid_to,
        "recorded_at": claim.recorded_at,
        "share": {"low": claim.share_low, "high": claim.share_high} if shared else None,
        "confidence": claim.confidence,
        "attributes": dict(claim.attributes),
    }


def feed_row(body: dict[str, Any]) -> list[Any]:
    """Return a change as the cells of `FEED_COLUMNS`."""
    claim, incident = body["claim"] or {}, body["incident"] or {}
    ends = [claim[end]["id"] if claim else None for end in ("from", "to")]
    said = [claim.get(name) for name in ("source_id", "grade", "valid_from", "valid_to", "visibility")]
    of_incident = [incident.get(name) for name in ("incident_id", "revision", "status")]
    return [body["at"], body["change"], claim.get("claim_id"), claim.get("type"), *ends, *said, *of_incident]


def _node(node: NodeRef) -> dict[str, str]:
    return {"label": node.label.value, "id": node.id}
