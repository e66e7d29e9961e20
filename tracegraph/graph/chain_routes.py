"""Which steps of a chain lie on a route from what is affected (pure; `docs/model.md`, section 5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import networkx as nx

from tracegraph.answer_chain import ChainStep
from tracegraph.graph.route_graph import CLAIM, INFERRED, START, Node


def steps_on_routes(steps: Iterable[ChainStep], affected: Collection[str], contract: str) -> frozenset[ChainStep]:
    """Return the steps that some route from an affected item to the contract takes.

    Parameters
    ----------
    steps : iterable of ChainStep
        Of the contract's chain.
    affected : collection of str
        Item ids; those outside the chain do no harm.
    contract : str
        The contract's id.

    Notes
    -----
    Two inferred steps never follow one another, so the search goes over pairs (item, entered by a claim or as a start |
    entered by an inferred step), as `tracegraph.graph.route_graph` has them: `networkx.descendants` of the start and
    `networkx.ancestors` of the contract. O(steps).
    """
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_edges_from((START, (item, CLAIM)) for item in affected)
    graph.add_nodes_from([START, (contract, CLAIM)])
    taken: list[tuple[ChainStep, Node, Node]] = []
    for step in steps:
        if step.rule is not None:
            taken.append((step, (step.start, CLAIM), (step.end, INFERRED)))
        else:
            taken += [(step, (step.start, entered), (step.end, CLAIM)) for entered in (CLAIM, INFERRED)]
    graph.add_edges_from((start, end) for _, start, end in taken)
    passed = nx.descendants(graph, START) & (nx.ancestors(graph, (contract, CLAIM)) | {(contract, CLAIM)})
    return frozenset(step for step, start, end in taken if start in passed and end in passed)
