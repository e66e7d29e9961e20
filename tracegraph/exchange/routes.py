"""How a contract depends on a scope, as JSON."""

from __future__ import annotations

from typing import Any, Final

from tracegraph.answer_routes import LinkToVerify, ListedRoute, Probability, Routes
from tracegraph.exchange.answers import evidence_body, question_body, step_body
from tracegraph.exchange.chain import facts_body
from tracegraph.incidents import selector_body

DECIMALS: Final = 9  # of a probability; beyond them lies rounding


def routes_body(found: Routes) -> dict[str, Any]:
    """Return the best routes of a contract, how sure they are, and what to verify next, as JSON."""
    dependent = found.dependent
    asked = question_body(found.question)
    return {
        "query": {
            "contract_id": dependent.facts.contract_id,
            "scope": asked["scope"],
            "lens": asked["lens"],
            "max_items": asked["max_items"],
            "k": found.effort.k,
            "seed": found.effort.seed,
            "samples": found.effort.samples,
            "shared_doubt": found.effort.shared_doubt,
        },
        "contract": facts_body(dependent.facts),
        "status": dependent.status.value,
        "basis": dependent.basis.value if dependent.basis else None,
        "probability": _probability(found.probability) if found.probability else None,
        "route_count": {"number": found.count.number, "exact": found.count.exact},
        "routes": [_route(route) for route in found.routes],
        "verify_next": [_link(link) for link in found.verify_next],
        "direct_suppliers": list(dependent.direct_suppliers),
        "ask": list(dependent.ask),
        "unmatched": [selector_body(selector) for selector in found.unmatched],
        "truncated": found.truncated,
        "graph_version": found.graph_version,
    }


def _probability(found: Probability) -> dict[str, Any]:
    return {
        "low": _rounded(found.low),
        "high": _rounded(found.high),
        "estimate": _rounded(found.estimate),
        "method": found.method.value,
        "standard_error": None if found.standard_error is None else _rounded(found.standard_error),
        "seed": found.seed,
        "samples": found.samples,
        "shared_doubt": found.shared_doubt,
        "premises": [premise.value for premise in found.premises],
    }


def _route(route: ListedRoute) -> dict[str, Any]:
    return {
        "weakest_grade": route.weakest_grade.value,
        "tier": route.tier,
        "probability": _rounded(route.probability),
        "steps": [step_body(step) for step in route.steps],
    }


def _link(link: LinkToVerify) -> dict[str, Any]:
    return {
        "from": link.start,
        "to": link.end,
        "type": link.type,
        "grade": link.grade.value,
        "rule": link.rule.value if link.rule else None,
        "ask": link.ask,
        "probability": _rounded(link.probability),
        "if_confirmed": _rounded(link.if_confirmed),
        "if_refuted": _rounded(link.if_refuted),
        "importance": _rounded(link.importance),
        "expected_change": _rounded(link.expected_change),
        "claim_ids": [claim.claim_id for claim in link.claims],
        "source_ids": sorted({claim.source_id for claim in link.claims}),
        "evidence": [evidence_body(claim) for claim in link.claims],
    }


def _rounded(p: float) -> float:
    return round(p, DECIMALS)
