"""Everything that a reader sees as GraphML, for Gephi, yEd, Cytoscape and NetworkX.

GraphML knows plain values only: what is not stated is left out, and lists are joined by ``|``. A node's id there is its
label and id (``Factory:f1``), since a product and a category may share an id.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, cast

import networkx as nx

from tracegraph.decide import NOT_STATED_SHARE, decide_attribute
from tracegraph.exchange.files import replacing
from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, holder_of, product_of
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Label, RelationshipType
from tracegraph.walk.visible import visible_claims

#: Characters that XML 1.0 cannot hold.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Plain = str | int | float | bool


def write_graphml(reader: GraphReader, lens: Lens, path: Path) -> dict[str, int]:
    """Write everything that a reader sees to a file.

    Returns
    -------
    dict of int
        ``nodes`` and ``edges``: an edge is a claim; what sources say of a node is in the node's attributes.

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    graph = build_export_graph(visible_claims(reader, lens))
    with replacing(path) as file:
        nx.write_graphml_xml(graph, file.buffer, prettyprint=True)
    return {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges()}


def read_graphml(path: Path) -> nx.MultiDiGraph[str]:
    """Return the graph that `write_graphml` wrote: nodes, edges with their claim ids as keys, and all attributes."""
    return cast("nx.MultiDiGraph[str]", nx.read_graphml(os.fspath(path), force_multigraph=True))


def build_export_graph(claims: Iterable[Claim]) -> nx.MultiDiGraph[str]:
    """Return claims as a graph of plain values.

    Returns
    -------
    networkx.MultiDiGraph
        Nodes ``Label:id`` with ``label``, ``id`` and the deciding value of each attribute; one edge for each claim
        but `DESCRIBES`, with the claim id as key. Sorted by id, so that equal claims give equal files.
    """
    described: dict[NodeRef, list[Claim]] = {}
    links: list[Claim] = []
    for claim in claims:
        if claim.type is RelationshipType.DESCRIBES:
            described.setdefault(claim.end, []).append(claim)
        else:
            links.append(claim)
    links.sort(key=lambda claim: claim.claim_id)
    nodes = set(described).union(*((claim.start, claim.end) for claim in links))
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node in sorted(nodes):
        graph.add_node(node_key(node), **_node(node, described.get(node, [])))
    for claim in links:
        graph.add_edge(node_key(claim.start), node_key(claim.end), key=claim.claim_id, **_edge(claim))
    return graph


def node_key(node: NodeRef) -> str:
    """Return a node's id in the file."""
    return f"{node.label.value}:{node.id}"


def goods_key(id: str) -> str:
    """Return the id in the file of an item, or of a contract."""
    return node_key(NodeRef(Label.ITEM if "/" in id else Label.CONTRACT, id))


def _node(node: NodeRef, described: list[Claim]) -> dict[str, Plain]:
    names = {name for claim in described for name in claim.attributes}
    values: dict[str, Any] = {name: decide_attribute(described, name) for name in sorted(names)}
    if node.label is Label.ITEM:
        values |= {"holder_id": holder_of(node.id), "product": product_of(node.id)}
    values |= {"sources": sorted({claim.source_id for claim in described}) or None}
    return plain({**values, "label": node.label.value, "id": node.id})


def _edge(claim: Claim) -> dict[str, Plain]:
    shared = (claim.share_low, claim.share_high) != NOT_STATED_SHARE
    return plain(
        {
            **claim.attributes,
            "type": claim.type.value,
            "source_id": claim.source_id,
            "grade": claim.grade.value,
            "share_low": float(claim.share_low) if shared else None,
            "share_high": float(claim.share_high) if shared else None,
            "confidence": claim.confidence,
            "valid_from": claim.valid_from,
            "valid_to": claim.valid_to,
            "recorded_at": claim.recorded_at,
            "visibility": claim.visibility,
            "service": claim.qualifier if claim.type is RelationshipType.SERVES else None,
        }
    )


def plain(values: Mapping[str, Any]) -> dict[str, Plain]:
    """Return values as GraphML can hold them."""
    return {name: _plain(value) for name, value in values.items() if value is not None}


def _plain(value: Any) -> Plain:
    if isinstance(value, bool | int | float):
        return value
    text = "|".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
