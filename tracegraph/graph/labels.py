"""Which labels lie on the routes to each contract: countries passed, products that set out (pure).

A label is put on nodes of the route graph. A contract has it when some route passes one of them.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Final

import networkx as nx
import numpy as np

from tracegraph.graph.portfolio_reach import PortfolioReach
from tracegraph.graph.portfolio_snapshot import PortfolioSnapshot
from tracegraph.graph.route_graph import CLAIM, START, Node
from tracegraph.walk.propagate import Flow, bits_of, members

_PROBE: Final[Node] = ("", -1)


def labels_by_contract(
    graph: nx.DiGraph[Node],
    contracts: Collection[str],
    nodes: Mapping[str, Collection[Node]],
    max_tier: int | None = None,
) -> dict[str, frozenset[str]]:
    """Return, by contract, the labels that routes to it pass.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `tracegraph.graph.route_graph.build_route_graph`.
    contracts : collection of str
        Contracts with a route.
    nodes : mapping
        Nodes of the graph by label.
    max_tier : int, optional
        Only routes of at most so many tiers count.

    Returns
    -------
    dict of frozenset of str by contract id

    Notes
    -----
    Without a limit one pass over the graph, with labels as bits. With a limit one Dijkstra a label, over tiers.
    """
    if max_tier is None:
        return _on_any_route(graph, contracts, nodes)
    found: dict[str, set[str]] = {contract: set() for contract in contracts}
    from_start = nx.single_source_dijkstra_path_length(graph, START, cutoff=max_tier, weight="tier")
    for label, labelled in nodes.items():
        graph.add_edges_from((_PROBE, node, {"tier": from_start[node]}) for node in labelled if node in from_start)
        if _PROBE in graph:
            reached = nx.single_source_dijkstra_path_length(graph, _PROBE, cutoff=max_tier, weight="tier")
            graph.remove_node(_PROBE)
            for contract in contracts:
                if (contract, CLAIM) in reached:
                    found[contract].add(label)
    return {contract: frozenset(labels) for contract, labels in found.items()}


def labels_in(
    snapshot: PortfolioSnapshot, found: PortfolioReach, labelled: Mapping[str, Collection[int]]
) -> dict[int, frozenset[str]]:
    """Return the same by position of contract, for all contracts that a scope reaches in a portfolio.

    Parameters
    ----------
    snapshot : PortfolioSnapshot
        Everything that carries goods.
    found : PortfolioReach
        What the scope reaches.
    labelled : mapping
        Items, by position, by label.

    Notes
    -----
    One pass over what is reached. A label on an item is on the item however a route enters it: what a route reaches
    from where only an inferred step enters, another reaches from where it begins, or a claim enters.
    """
    names = sorted(labelled)
    held: dict[int, list[int]] = {}
    for number, name in enumerate(names):
        for item in labelled[name]:
            held.setdefault(item, []).append(number)
    nodes = np.sort(found.nodes)
    inner = nodes[nodes < snapshot.first_contract]
    marked = [(at, held[item]) for at, item in enumerate(snapshot.item_of(inner).tolist()) if item in held]
    out = snapshot.out
    tails = np.repeat(np.arange(len(nodes)), np.diff(out.indptr)[nodes])
    flow = Flow(len(nodes), tails, np.searchsorted(nodes, out.indices[out.rows(nodes)]))
    own = [bits_of(numbers) for _, numbers in marked]
    sets = flow.joined(np.array([at for at, _ in marked], dtype=np.int64), own)
    alike = lru_cache(maxsize=None)(lambda bits: frozenset(names[number] for number in members(bits, len(names))))
    contracts = nodes[len(inner) :] - snapshot.first_contract
    components = flow.component[len(inner) :].tolist()
    return {c: alike(sets[component]) for c, component in zip(contracts.tolist(), components, strict=True)}


def _on_any_route(
    graph: nx.DiGraph[Node], contracts: Collection[str], nodes: Mapping[str, Collection[Node]]
) -> dict[str, frozenset[str]]:
    index = {node: position for position, node in enumerate(graph)}
    ends = np.array([(index[a], index[b]) for a, b in graph.edges if a != START], dtype=np.int64).reshape(-1, 2)
    flow = Flow(len(index), ends[:, 0], ends[:, 1])
    names = sorted(nodes)
    held: dict[int, list[int]] = {}
    for number, name in enumerate(names):
        for node in nodes[name]:
            held.setdefault(index[node], []).append(number)
    sets = flow.joined(np.array(list(held), dtype=np.int64), [bits_of(numbers) for numbers in held.values()])
    return {
        contract: frozenset(
            names[number] for number in members(sets[flow.component[index[contract, CLAIM]]], len(names))
        )
        for contract in contracts
    }
