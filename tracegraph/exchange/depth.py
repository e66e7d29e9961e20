"""How deep contracts are mapped, as JSON."""

from __future__ import annotations

from typing import Any

from tracegraph.answer_depth import ContractDepth, DepthReport, RollUp
from tracegraph.exchange.answers import lens_body
from tracegraph.exchange.chain import facts_body


def depth_body(report: DepthReport) -> dict[str, Any]:
    """Return the depth of a portfolio as JSON."""
    return {
        "query": {
            "lens": lens_body(report.lens),
            "regions": list(report.regions),
            "contracts": list(report.asked),
        },
        "summary": {**_roll_up(report.total), "graph_version": report.graph_version},
        "by_region": {key: _roll_up(total) for key, total in report.by_region.items()},
        "by_category": {key: _roll_up(total) for key, total in report.by_category.items()},
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
    }
