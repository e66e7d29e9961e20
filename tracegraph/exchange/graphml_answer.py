"""An answer to "which contracts depend on this" as GraphML: the contracts, and the best route to each."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import networkx as nx

from tracegraph.answer import Answer, Dependent, RouteStep
from tracegraph.exchange.answers import evidence_body
from tracegraph.exchange.graphml import goods_key, plain
from tracegraph.model import holder_of, product_of
from tracegraph.vocabulary import Label


def answer_graph(answer: Answer, dependents: Sequence[Dependent]) -> nx.MultiDiGraph[str]:
    """Return contracts of an answer, the affected items and the best routes as a graph of plain values.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes ``Item:...`` and ``Contract:...``; one edge for each claim of a step, with the claim id as key, and one
        for each inferred step.
    """
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for item in sorted(answer.affected):
        _add_item(graph, item, answer)
    for dependent in sorted(dependents, key=lambda dependent: dependent.facts.contract_id):
        graph.add_node(goods_key(dependent.facts.contract_id), **plain(_contract(dependent)))
        for step in dependent.route or ():
            for end in (step.start, step.end):
                if "/" in end:
                    _add_item(graph, end, answer)
            _add_step(graph, step)
    return graph


def graphml_bytes(graph: nx.MultiDiGraph[str]) -> bytes:
    """Return a graph as a GraphML file."""
    file = io.BytesIO()
    nx.write_graphml_xml(graph, file, prettyprint=True)
    return file.getvalue()


def _add_item(graph: nx.MultiDiGraph[str], item: str, answer: Answer) -> None:
    values = {
        "label": Label.ITEM.value,
        "id": item,
        "holder_id": holder_of(item),
        "product": product_of(item),
        "affected": answer.affected.get(item),
    }
    graph.add_node(goods_key(item), **plain(values))


def _contract(dependent: Dependent) -> dict[str, Any]:
    facts, share = dependent.facts, dependent.share
    return {
        "label": Label.CONTRACT.value,
        "id": facts.contract_id,
        "title": facts.title,
        "status": dependent.status.value,
        "basis": dependent.basis,
        "regions": facts.regions,
        "category": facts.category,
        "value_sek": None if facts.value_sek is None else float(facts.value_sek),
        "end": facts.end,
        "tier": dependent.tier,
        "direct_suppliers": dependent.direct_suppliers or None,
        "share_low": None if share is None else float(share.low),
        "share_high": None if share is None else float(share.high),
    }


def _add_step(graph: nx.MultiDiGraph[str], step: RouteStep) -> None:
    ends = goods_key(step.start), goods_key(step.end)
    common = {"type": step.type, "tier": step.tier}
    if step.rule:
        inferred: dict[str, Any] = plain({**common, "rule": step.rule})
        graph.add_edge(*ends, key=f"inferred:{step.start}>{step.end}", **inferred)
    for claim in step.claims:
        said: dict[str, Any] = plain({**common, **evidence_body(claim)})
        graph.add_edge(*ends, key=claim.claim_id, **said)
