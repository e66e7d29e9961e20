"""Everything upstream of a contract as GraphML: items, and one edge for each claim or inferred step."""

from __future__ import annotations

from typing import Any

import networkx as nx

from tracegraph.answer_chain import Chain, ChainNode, ChainStep
from tracegraph.answer_show import SourcingState
from tracegraph.exchange.answers import evidence_body
from tracegraph.exchange.graphml import goods_key, plain
from tracegraph.vocabulary import Label


def chain_graph(chain: Chain) -> nx.MultiDiGraph[str]:
    """Return a chain as a graph of plain values.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes ``Item:...`` and the ``Contract:...``, each with what is known of where its goods come from; one edge for
        each claim of a step, with the claim id as key, and one for each inferred step.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    facts = chain.facts
    contract = {
        "label": Label.CONTRACT.value,
        "id": facts.contract_id,
        "title": facts.title,
        "regions": facts.regions,
        "category": facts.category,
        "value_sek": None if facts.value_sek is None else float(facts.value_sek),
        "end": facts.end,
        "tier": 0,
        **_sourcing(chain.sourcing),
    }
    graph.add_node(goods_key(facts.contract_id), **plain(contract))
    for node in chain.nodes:
        graph.add_node(goods_key(node.item_id), **plain(_item(node)))
    for step in chain.steps:
        _add_step(graph, step)
    return graph


def _item(node: ChainNode) -> dict[str, Any]:
    return {
        "label": Label.ITEM.value,
        "id": node.item_id,
        "holder_id": node.holder_id,
        "holder_label": node.holder_label.value if node.holder_label else None,
        "product": node.product,
        "tier": node.tier,
        "identified": node.identified,
        "countries": node.countries or None,
        "inferred_only": node.inferred_only,
        **_sourcing(node.sourcing),
    }


def _sourcing(state: SourcingState) -> dict[str, Any]:
    return {
        "sourcing": state.in_force.value,
        "stated": state.stated.value if state.stated else None,
        "source_count": state.source_count,
        "sources": state.sources,
        "open_end": state.is_open_end,
    }


def _add_step(graph: nx.MultiDiGraph[str], step: ChainStep) -> None:
    ends = goods_key(step.start), goods_key(step.end)
    common: dict[str, Any] = {"type": step.type, "tier": step.tier}
    if step.share:
        common |= {"share_low": float(step.share[0]), "share_high": float(step.share[1])}
    if step.rule:
        inferred: dict[str, Any] = plain({**common, "grade": step.grade.value, "rule": step.rule.value})
        graph.add_edge(*ends, key=f"inferred:{step.start}>{step.end}", **inferred)
    for claim in step.claims:
        said: dict[str, Any] = plain({**common, **evidence_body(claim)})
        graph.add_edge(*ends, key=claim.claim_id, **said)
