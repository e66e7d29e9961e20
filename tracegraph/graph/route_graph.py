"""The cone as a NetworkX graph on which every path from `START` is a route.

Nodes are pairs (id, entered): ``(item, CLAIM)`` for an item entered by a claim or as a start, ``(item, INFERRED)`` for
one entered by an inferred step, which only claims leave, and ``(contract, CLAIM)``. Parallel claims of one pair of ends
are one step, of the best grade among them. Edges carry ``grade`` (rank), ``tier`` (0 or 1), ``confidence`` (in
millionths, so that products are exact) and ``kind``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import networkx as nx

from tracegraph.decide import decide_confidence
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import DEFAULT_CONFIDENCE, Certainty, Grade, RelationshipType
from tracegraph.walk.cone import Cone

CLAIM: Final = 0
INFERRED: Final = 1
MILLION: Final = 1_000_000

Node = tuple[str, int]
START: Final[Node] = ("", CLAIM)

#: A candidate start counts as grade `inferred`; a certain one takes nothing from its route.
_START_GRADE: Final = {Certainty.CERTAIN: Grade.VERIFIED.rank, Certainty.CANDIDATE: Grade.INFERRED.rank}
_INFERRED_STEP: Final = {
    "grade": Grade.INFERRED.rank,
    "tier": 0,
    "confidence": round(DEFAULT_CONFIDENCE[Grade.INFERRED] * MILLION),
    "kind": INFERRED,
}


def build_route_graph(cone: Cone) -> nx.DiGraph[Node]:
    """Return the graph of a cone's routes.

    Parameters
    ----------
    cone : Cone
        What the walk downstream from a scope reached.

    Returns
    -------
    networkx.DiGraph
        Nodes and edges as in the module's docstring, and ``START`` with an edge to each affected item.
    """
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_node(START)
    graph.add_edges_from(
        (START, (item, CLAIM), {"grade": _START_GRADE[certainty], "tier": 0, "confidence": 1, "kind": CLAIM})
        for item, certainty in cone.starts.items()
    )
    graph.add_edges_from(((a, CLAIM), (b, INFERRED), _INFERRED_STEP) for a, b in cone.inferred)
    entered = {b for _, b in cone.inferred}
    for (a, b), claims in cone.claims.items():
        step = claim_step(claims)
        graph.add_edge((a, CLAIM), (b, CLAIM), **step)
        if a in entered:
            graph.add_edge((a, INFERRED), (b, CLAIM), **step)
    return graph


def claim_step(claims: Sequence[GoodsClaim]) -> dict[str, Any]:
    """Return what the claims of one pair of ends make of it as a step."""
    grade = max(claim.grade for claim in claims)
    stated = [(claim.grade, claim.recorded_at, claim.confidence) for claim in claims]
    return {
        "grade": grade,
        "tier": int(claims[0].type != RelationshipType.BECOMES),
        "confidence": round(decide_confidence(stated, grade) * MILLION),
        "kind": CLAIM,
    }
