"""Where the lists of sources in a cone end: what the AND/OR graph needs to know beside the claims."""

from __future__ import annotations

from collections.abc import Collection

from tracegraph.graph.failure_graph import Ends
from tracegraph.walk.cone import Cone
from tracegraph.walk.open_ends import relevance
from tracegraph.walk.portfolio import Portfolio


def ends_of(cone: Cone, portfolio: Portfolio, at_stake: Collection[str] = ()) -> Ends:
    """Return where the lists of sources in a cone end, and which ends goods at stake could reach."""
    wanted = {node for pair in (*cone.claims, *cone.inferred) for node in pair} | cone.starts.keys()
    unlisted, bought, reachable = set(), set(), set()
    judged: dict[tuple[str, bool], bool] = {}
    for position, item in enumerate(portfolio.items.ids):
        if item not in wanted:
            continue
        if portfolio.bought[position]:
            bought.add(item)
        if portfolio.open_items[position]:
            unlisted.add(item)
            kind = portfolio.class_of(position)
            if kind not in judged:
                judged[kind] = relevance(*kind, at_stake, portfolio.catalogue).relevant
            if judged[kind]:
                reachable.add(item)
    index = portfolio.contract_index
    contracts = {node for node in wanted if node in index and portfolio.open_contracts[index[node]]}
    return Ends(unlisted | contracts, bought, reachable | contracts)
