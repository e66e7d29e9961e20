"""The chain upstream of a contract as JSON."""

from __future__ import annotations

from typing import Any

from tracegraph.answer import ContractFacts
from tracegraph.answer_chain import Chain, ChainNode, ChainStep
from tracegraph.exchange.answers import evidence_body, lens_body, money
from tracegraph.exchange.show import share_body, sourcing_body


def chain_body(chain: Chain) -> dict[str, Any]:
    """Return a chain as JSON."""
    return {
        "query": {
            "contract_id": chain.facts.contract_id,
            "lens": lens_body(chain.lens),
            "max_items": chain.max_items,
        },
        "contract": {**facts_body(chain.facts), "sourcing": sourcing_body(chain.sourcing)},
        "summary": {
            "items": len(chain.nodes),
            "steps": len(chain.steps),
            "inferred_steps": sum(step.rule is not None for step in chain.steps),
            "tiers": [{"tier": tier, "items": count} for tier, count in chain.tiers.items()],
            "truncated": chain.truncated,
            "graph_version": chain.graph_version,
        },
        "nodes": [_node(node) for node in chain.nodes],
        "steps": [_step(step) for step in chain.steps],
        "open_ends": list(chain.open_ends),
        "origins": list(chain.origins),
        "factories": {"identified": list(chain.factories), "unidentified": list(chain.unidentified)},
        "countries": [{"country": country, "holders": list(holders)} for country, holders in chain.by_country.items()],
        "circles": [list(circle) for circle in chain.circles],
    }


def facts_body(facts: ContractFacts) -> dict[str, Any]:
    """Return what is known of a contract as JSON."""
    return {
        "contract_id": facts.contract_id,
        "title": facts.title,
        "regions": list(facts.regions),
        "category": facts.category,
        "value_sek": money(facts.value_sek),
        "end": facts.end,
    }


def _node(node: ChainNode) -> dict[str, Any]:
    return {
        "item_id": node.item_id,
        "holder_id": node.holder_id,
        "holder_label": node.holder_label.value if node.holder_label else None,
        "product": node.product,
        "tier": node.tier,
        "identified": node.identified,
        "countries": list(node.countries),
        "sourcing": sourcing_body(node.sourcing),
        "inferred_only": node.inferred_only,
    }


def _step(step: ChainStep) -> dict[str, Any]:
    return {
        "from": step.start,
        "to": step.end,
        "type": step.type,
        "tier": step.tier,
        "grade": step.grade.value,
        "rule": step.rule.value if step.rule else None,
        "share": share_body(step.share),
        "claim_ids": [claim.claim_id for claim in step.claims],
        "source_ids": sorted({claim.source_id for claim in step.claims}),
        "evidence": [evidence_body(claim) for claim in step.claims],
    }
