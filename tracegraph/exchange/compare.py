"""Two answers side by side as JSON: compare, incident preview, what-if."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tracegraph.answer_compare import (
    Cause,
    CauseKind,
    ClaimChange,
    Comparison,
    Difference,
    Movement,
    Preview,
    Side,
    Supposed,
    WhatIf,
)
from tracegraph.answer_exposure import KnownRevision
from tracegraph.exchange.answers import dependent_body, question_body, summary_body
from tracegraph.exchange.exposure import exposed_body, revision_ref
from tracegraph.incidents import selector_body
from tracegraph.model import Claim, Source

Sources = Mapping[str, Source]


def comparison_body(
    comparison: Comparison, sources: Sources, *, with_routes: bool = True, with_causes: bool = True
) -> dict[str, Any]:
    """Return two answers side by side as JSON.

    Parameters
    ----------
    comparison : Comparison
        From `tracegraph.services.comparing`.
    sources : mapping
        Documents by id, of all causes.
    with_routes, with_causes : bool
        Whether routes are given; whether causes are.
    """
    counts = Counter(difference.movement for difference in comparison.differences)
    body: dict[str, Any] = {
        "before": _side_body(comparison.before),
        "after": _side_body(comparison.after),
        "differences": {movement.value: counts[movement] for movement in Movement},
        "contracts": [_difference_body(difference, with_routes) for difference in comparison.differences],
    }
    if with_causes:
        for contract in body["contracts"]:
            found = comparison.causes.by_contract.get(contract["contract_id"], ())
            contract["causes"] = [_cause_body(cause, comparison, sources) for cause in found]
        body["documents"] = {
            "taken_back": comparison.causes.tested,
            "not_taken_back": comparison.causes.left_out,
            "truncated": comparison.causes.truncated,
        }
    return body


def _side_body(side: Side) -> dict[str, Any]:
    return {
        "query": question_body(side.answer.question),
        "incidents": [revision_ref(known) for known in side.incidents],
        "summary": summary_body(side.answer.summary),
        "unmatched": [selector_body(selector) for selector in side.answer.unmatched],
        **exposed_body(side.exposed),
    }


def _difference_body(difference: Difference, with_routes: bool) -> dict[str, Any]:
    sides = {"before": difference.before, "after": difference.after}
    return {
        "contract_id": difference.contract_id,
        "movement": difference.movement.value,
        **{name: found and dependent_body(found, with_route=with_routes) for name, found in sides.items()},
    }


def _cause_body(cause: Cause, comparison: Comparison, sources: Sources) -> dict[str, Any]:
    of_scope = cause.kind is CauseKind.SCOPE
    return {
        "kind": cause.kind.value,
        "verified": cause.verified,
        "without": cause.without.value if cause.without else None,
        "sources": [_source_body(source_id, sources) for source_id in cause.source_ids],
        "claims": [_change_body(change) for change in cause.changes],
        "claims_total": cause.total,
        "revisions": _refs(comparison.scope_changes) if of_scope else [],
    }


def _refs(known: tuple[KnownRevision, ...]) -> list[dict[str, Any]]:
    return [revision_ref(one) for one in known]


def _source_body(source_id: str, sources: Sources) -> dict[str, Any]:
    source = sources.get(source_id)
    named = {name: getattr(source, name, None) for name in ("title", "publisher", "published", "url")}
    return {"source_id": source_id, **named}


def _change_body(change: ClaimChange) -> dict[str, Any]:
    return {"change": "new" if change.is_new else "gone", "unseen": change.unseen.value, **claim_body(change.claim)}


def claim_body(claim: Claim) -> dict[str, Any]:
    """Return a claim as it bears on an answer, as JSON."""
    return {
        "claim_id": claim.claim_id,
        "type": claim.type.value,
        "from": claim.start.id,
        "to": claim.end.id,
        "grade": claim.grade.value,
        "source_id": claim.source_id,
        "valid_from": claim.valid_from,
        "valid_to": claim.valid_to,
        "recorded_at": claim.recorded_at,
    }


def preview_body(preview: Preview, *, with_routes: bool = True) -> dict[str, Any]:
    """Return what a wider scope would add as JSON."""
    widened = [
        {
            "selector": selector_body(found.selector),
            "added": [selector_body(selector) for selector in found.wider],
            "partly_owned": list(found.partly_owned),
        }
        for found in preview.widened
    ]
    return {
        "widen": preview.widening.value,
        "widened": widened,
        **comparison_body(preview.comparison, {}, with_routes=with_routes, with_causes=False),
        "call": list(preview.call),
        "ask": list(preview.ask),
    }


def whatif_body(found: WhatIf, *, with_routes: bool = True) -> dict[str, Any]:
    """Return an answer as things would stand as JSON."""
    compared = comparison_body(found.comparison, {}, with_routes=with_routes, with_causes=False)
    return {"assumed": supposed_body(found.supposed), **compared}


def supposed_body(supposed: Supposed) -> dict[str, Any]:
    """Return what suppositions come to as JSON."""
    return {
        "without_claims": list(supposed.without_claims),
        "without_sources": list(supposed.without_sources),
        "closed": list(supposed.closed),
        "files": list(supposed.files),
        "hidden": [claim_body(claim) for claim in supposed.hidden],
        "added": [claim_body(claim) for claim in supposed.added],
    }
