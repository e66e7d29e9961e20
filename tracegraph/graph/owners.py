"""Who stands at the top of ownership (pure)."""

from __future__ import annotations

from collections.abc import Collection

import networkx as nx


def top_owners(companies: Collection[str], owned: Collection[tuple[str, str]]) -> list[str]:
    """Return the companies that nobody else owns, sorted; of a circle of owners the first by id.

    Parameters
    ----------
    companies : collection of str
        All companies concerned.
    owned : collection of (company, owner)
        Who owns whom.
    """
    graph: nx.DiGraph[str] = nx.DiGraph(owned)
    graph.add_nodes_from(companies)
    return sorted(min(circle) for circle in nx.attracting_components(graph))
