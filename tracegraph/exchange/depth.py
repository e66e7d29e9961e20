"""How deep contracts are mapped, and where their value ends, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tracegraph.answer import Interval
from tracegraph.answer_depth import Comparison, ContractDepth, DepthReport, Evidence, RollUp, Split
from tracegraph.exchange.answers import lens_body, money, plain
from tracegraph.exchange.chain import facts_body
from tracegraph.vocabulary import Grade


def depth_body(report: DepthReport) -> dict[str, Any]:
    """Return the depth of a portfolio as JSON."""
    return {
        "query": {
            "lens": lens_body(report.lens),
            "regions": list(report.regions),
            "contracts": list(report.asked),
            "categories": list(report.categories),
        },
        "summary": {
            **_roll_up(report.total),
            "evidence_read": report.evidence_read,
            "graph_version": report.graph_version,
        },
        "by_region": {key: _roll_up(total) for key, total in report.by_region.items()},
        "by_category": {key: _roll_up(total) for key, total in report.by_category.items()},
        "comparisons": [_comparison(comparison) for comparison in report.comparisons],
        "contracts": [_contract(contract) for contract in report.contracts],
    }


def _roll_up(total: RollUp) -> dict[str, Any]:
    return {
        "contracts": total.contracts,
        "by_factory_tier": [
            {"factory_tier": tier, "contracts": count} for tier, count in total.by_factory_tier.items()
        ],
        "without_delivery": total.without_delivery,
        "with_open_end": total.with_open_end,
        "inferred": total.inferred,
        "value_sek": money(total.value_sek),
        "without_value": total.without_value,
        **_split(total.split),
        "by_grade": _by_grade(total.by_grade),
    }


def _contract(contract: ContractDepth) -> dict[str, Any]:
    return {
        **facts_body(contract.facts),
        "deliveries": contract.deliveries,
        "tiers": contract.tiers,
        "factory_tier": contract.factory_tier,
        "tiers_without_gap": contract.tiers_without_gap,
        "stops": [{"id": stop.id, "holder_id": stop.holder_id, "tier": stop.tier} for stop in contract.stops],
        "open_ends_total": contract.open_ends,
        "inferred": contract.inferred,
        **_split(contract.split),
        "by_grade": _by_grade(contract.by_grade),
        "evidence": _evidence(contract.evidence),
    }


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "region": comparison.region,
        "category": comparison.category,
        "contracts": comparison.contracts,
        "value_sek": money(comparison.value_sek),
        **_split(comparison.own),
        "others": {"regions": comparison.others, **_split(comparison.median)},
    }


def _split(split: Split | None) -> dict[str, Any]:
    if split is None:
        return {"ends": None, "known_end": None}
    return {
        "ends": {ending.value: _interval(interval) for ending, interval in split.ends.items()},
        "known_end": _interval(split.known_end),
    }


def _by_grade(splits: Mapping[Grade, Split]) -> dict[str, Any] | None:
    """Return splits by grade; None: not asked for, or no stated value."""
    return {grade.value: _split(split) for grade, split in splits.items()} or None


def _interval(interval: Interval) -> dict[str, float]:
    return {"low": plain(interval.low), "high": plain(interval.high)}


def _evidence(evidence: Evidence | None) -> dict[str, Any] | None:
    if evidence is None:
        return None
    return {
        "claims": evidence.claims,
        "newest": evidence.newest,
        "median": evidence.median,
        "oldest_published": evidence.oldest_published,
        "sources": evidence.sources,
        "undated": evidence.undated,
    }
