"""Answers as JSON: the shapes of `docs/formats.md`, section 4. The same for every interface."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracegraph.answer import Answer, Dependent, Interval, Question, RouteStep, Share, Summary
from tracegraph.incidents import selector_body
from tracegraph.lens import Lens
from tracegraph.model import Claim
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Grade, Status


def answer_body(answer: Answer, *, with_no_link: bool = False, with_routes: bool = True) -> dict[str, Any]:
    """Return an answer to "which contracts depend on this" as JSON.

    Parameters
    ----------
    answer : Answer
        From `tracegraph.services.dependents.dependents`.
    with_no_link : bool
        Whether contracts without a link are listed; they are counted all the same.
    with_routes : bool
        Whether routes are given.
    """
    listed = [d for d in answer.dependents if with_no_link or d.status is not Status.NO_LINK]
    contracts = [dependent_body(dependent, with_route=with_routes) for dependent in listed]
    return {**frame_body(answer), "contracts": contracts}


def frame_body(answer: Answer) -> dict[str, Any]:
    """Return all of an answer but its contracts as JSON."""
    return {
        "query": question_body(answer.question),
        "affected_items": [
            {"item_id": item, "certainty": certainty.value} for item, certainty in sorted(answer.affected.items())
        ],
        "summary": summary_body(answer.summary),
        "unmatched": [selector_body(selector) for selector in answer.unmatched],
        "contradictions": [found.id for found in answer.contradictions],
        "contradicting_claims": [
            {"id": found.id, "claims": [share_claim_body(claim) for claim in found.claims]}
            for found in answer.contradictions
        ],
    }


def question_body(question: Question) -> dict[str, Any]:
    """Return a question as JSON."""
    return {
        "scope": [selector_body(selector) for selector in question.scope],
        "lens": lens_body(question.lens),
        "max_tier": question.max_tier,
        "max_items": question.max_items,
    }


def lens_body(lens: Lens) -> dict[str, Any]:
    """Return a lens as JSON."""
    return {
        "valid_at": lens.valid_at,
        "known_at": lens.known_at,
        "visible_to": sorted(lens.visible_to),
        "min_grade": lens.min_grade.value,
    }


def summary_body(summary: Summary) -> dict[str, Any]:
    """Return the counts of an answer as JSON."""
    return {
        **_by_word(summary.counts),
        "truncated": summary.truncated,
        "graph_version": summary.graph_version,
        "value_sek": {status.value: money(value) for status, value in summary.value_sek.items()},
        "contracts_without_value": summary.contracts_without_value,
        "unmapped_by_basis": _by_word(summary.unmapped_by_basis),
        "by_region": {key: _by_word(counts) for key, counts in summary.by_region.items()},
        "by_category": {key: _by_word(counts) for key, counts in summary.by_category.items()},
        "by_direct_supplier": {key: _by_word(counts) for key, counts in summary.by_direct_supplier.items()},
    }


def dependent_body(dependent: Dependent, *, with_route: bool = True) -> dict[str, Any]:
    """Return the answer for one contract as JSON."""
    facts = dependent.facts
    body: dict[str, Any] = {
        "contract_id": facts.contract_id,
        "title": facts.title,
        "status": dependent.status.value,
        "basis": dependent.basis.value if dependent.basis else None,
        "regions": list(facts.regions),
        "category": facts.category,
        "value_sek": money(facts.value_sek),
        "end": facts.end,
        "tier": dependent.tier,
        "direct_suppliers": list(dependent.direct_suppliers),
        "weakest_grade": dependent.weakest_grade.value if dependent.weakest_grade else None,
        "share": share_body(dependent.share),
        "exposed_sek": interval_body(dependent.exposed_sek),
    }
    if with_route:
        body["route"] = [step_body(step) for step in dependent.route] if dependent.route else None
    body |= {"open_ends": dependent.open_ends.ids, "open_ends_total": dependent.open_ends.total}
    if dependent.status is Status.UNMAPPED:
        body["ask"] = list(dependent.ask)
    if dependent.status is Status.NO_LINK:
        body["assumptions"] = sorted(assumption.value for assumption in dependent.assumptions)
    return body


def share_body(share: Share | None) -> dict[str, float] | None:
    """Return a share as JSON, each part in [0, 1]."""
    if share is None:
        return None
    return {"low": plain(share.low), "high": plain(share.high), "unmapped": plain(share.unmapped)}


def interval_body(interval: Interval | None) -> dict[str, float | int | None] | None:
    """Return an amount in SEK as JSON."""
    if interval is None:
        return None
    return {"low": money(plain(interval.low, 2)), "high": money(plain(interval.high, 2))}


def plain(value: float, decimals: int = 9) -> float:
    """Return a number without what rounding left beyond the precision that it is computed to."""
    return round(value, decimals) + 0.0


def share_claim_body(claim: Claim) -> dict[str, Any]:
    """Return a claim that states a share as JSON."""
    return {
        "claim_id": claim.claim_id,
        "type": claim.type.value,
        "from": claim.start.id,
        "to": claim.end.id,
        "share_low": claim.share_low,
        "share_high": claim.share_high,
        "grade": claim.grade.value,
        "source_id": claim.source_id,
    }


def step_body(step: RouteStep) -> dict[str, Any]:
    """Return one step of a route as JSON."""
    return {
        "from": step.start,
        "to": step.end,
        "type": step.type,
        "tier": step.tier,
        "grade": step.grade.value,
        "rule": step.rule.value if step.rule else None,
        "claim_ids": [claim.claim_id for claim in step.claims],
        "source_ids": sorted({claim.source_id for claim in step.claims}),
        "evidence": [evidence_body(claim) for claim in step.claims],
    }


def evidence_body(claim: GoodsClaim) -> dict[str, Any]:
    """Return one claim behind a step as JSON."""
    return {
        "claim_id": claim.claim_id,
        "source_id": claim.source_id,
        "grade": Grade.of_rank(claim.grade).value,
        "valid_from": claim.valid_from,
        "valid_to": claim.valid_to,
        "recorded_at": claim.recorded_at,
    }


def money(value: float | None) -> float | int | None:
    """Return a value in SEK, whole where it is."""
    return int(value) if value is not None and float(value).is_integer() else value


def _by_word(counts: Mapping[Any, int]) -> dict[str, int]:
    return {str(word.value): count for word, count in counts.items()}
