"""A node by both clocks as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from tracegraph.answer_show import (
    Attribute,
    Changes,
    Evidence,
    Link,
    Portrait,
    Says,
    SaysClaim,
    Shown,
    SourcingState,
)
from tracegraph.exchange.answers import lens_body
from tracegraph.model import NodeRef, ReferenceRecord, Source


def shown_body(shown: Shown) -> dict[str, Any]:
    """Return all that is shown of an id as JSON."""
    return {
        "query": {"id": shown.id, "lens": lens_body(shown.lens)},
        "nodes": [portrait_body(portrait) for portrait in shown.portraits],
    }


def portrait_body(portrait: Portrait) -> dict[str, Any]:
    """Return one node as JSON."""
    return {
        "label": portrait.node.label.value,
        "id": portrait.node.id,
        "name": portrait.name,
        "exists": portrait.exists,
        "attributes": [_attribute(attribute) for attribute in portrait.attributes],
        "reference": reference_body(portrait.reference),
        "sourcing": sourcing_body(portrait.sourcing),
        "links": [link_body(link) for link in portrait.links],
        "says": _says(portrait.says),
        "changes": _changes(portrait.changes),
    }


def link_body(link: Link) -> dict[str, Any]:
    """Return a link as JSON."""
    return {
        "role": link.role.value,
        "type": link.type.value if link.type else None,
        "from": link.start,
        "to": link.end,
        "other": {**_node(link.other), "name": link.name},
        "product": link.product,
        "service": link.service,
        "share": share_body(link.share),
        "owned_share": link.owned_share,
        "sourcing": sourcing_body(link.sourcing),
        "evidence": [evidence_body(evidence) for evidence in link.evidence],
    }


def evidence_body(evidence: Evidence) -> dict[str, Any]:
    """Return a claim with its source as JSON."""
    return {
        "claim_id": evidence.claim_id,
        "source_id": evidence.source_id,
        "source": source_body(evidence.source),
        "grade": evidence.grade.value,
        "valid_from": evidence.valid_from,
        "valid_to": evidence.valid_to,
        "recorded_at": evidence.recorded_at,
        "visibility": evidence.visibility,
        "share": _stated_share(evidence),
        "confidence": evidence.confidence,
    }


def _stated_share(evidence: Evidence) -> dict[str, float] | None:
    low, high = evidence.share_low, evidence.share_high
    return None if low is None or high is None else {"low": low, "high": high}


def source_body(source: Source | None) -> dict[str, Any] | None:
    """Return a source as JSON, what is not stated as null."""
    return None if source is None else asdict(source)


def sourcing_body(state: SourcingState | None) -> dict[str, Any] | None:
    """Return what is known of where goods come from as JSON."""
    if state is None:
        return None
    return {
        "stated": state.stated.value if state.stated else None,
        "source_count": state.source_count,
        "sources": state.sources,
        "share_sum": {"low": state.share_low, "high": state.share_high},
        "in_force": state.in_force.value,
        "shortfall": state.shortfall.value if state.shortfall else None,
        "open_end": state.is_open_end,
    }


def share_body(share: tuple[float, float] | None) -> dict[str, float] | None:
    """Return a share as JSON; null where it is not stated."""
    return None if share is None else {"low": share[0], "high": share[1]}


def reference_body(record: ReferenceRecord | None) -> dict[str, Any] | None:
    """Return a plain record as JSON, what is not stated as null."""
    if record is None:
        return None
    return {key: list(value) if isinstance(value, tuple) else value for key, value in asdict(record).items()}


def _node(node: NodeRef) -> dict[str, Any]:
    return {"label": node.label.value, "id": node.id}


def _attribute(attribute: Attribute) -> dict[str, Any]:
    said = [{"value": s.value, "evidence": evidence_body(s.evidence)} for s in attribute.statements]
    return {"name": attribute.name, "value": attribute.value, "statements": said}


def _says(says: Says | None) -> dict[str, Any] | None:
    if says is None:
        return None
    counts = {kind.value: count for kind, count in says.counts.items()}
    return {"counts": counts, "total": sum(counts.values()), "first": [_said(claim) for claim in says.first]}


def _said(claim: SaysClaim) -> dict[str, Any]:
    evidence = evidence_body(claim.evidence)
    return {
        "type": claim.type.value,
        "from": _node(claim.start),
        "to": _node(claim.end),
        **{key: value for key, value in evidence.items() if key not in ("source", "source_id")},
    }


def _changes(changes: Changes | None) -> dict[str, Any] | None:
    if changes is None:
        return None
    return {
        "since": changes.since,
        "existed": changes.existed,
        "exists": changes.exists,
        "new": [link_body(link) for link in changes.new],
        "gone": [link_body(link) for link in changes.gone],
        "attributes": [{"name": c.name, "before": c.before, "after": c.after} for c in changes.attributes],
    }
