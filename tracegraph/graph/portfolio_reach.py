"""What one scope reaches in a portfolio, in arrays: contracts, and what lies on the way to some of them (pure)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracegraph.graph.csr import reached
from tracegraph.graph.portfolio_snapshot import PortfolioSnapshot
from tracegraph.vocabulary import Certainty

Flags = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class PortfolioReach:
    """What the affected items of a scope reach.

    Attributes
    ----------
    established, anyhow : bool arrays by contract
        Whether a route documented throughout reaches it; whether any does.
    items : bool array by item
        Whether any route passes it.
    nodes : int array
        Positions in the snapshot of all that is reached.
    """

    established: Flags
    anyhow: Flags
    items: Flags
    nodes: Ints


def reach_in(snapshot: PortfolioSnapshot, starts: Mapping[int, Certainty]) -> PortfolioReach:
    """Return what affected items, by position, reach. O(M) of what is reached."""
    certain = [item for item, certainty in starts.items() if certainty is Certainty.CERTAIN]
    documented = reached(snapshot.documented, certain)
    nodes = reached(snapshot.out, list(starts))
    return PortfolioReach(
        established=_contracts(snapshot, documented),
        anyhow=_contracts(snapshot, nodes),
        items=_items(snapshot, nodes),
        nodes=nodes,
    )


def on_the_way(snapshot: PortfolioSnapshot, found: PortfolioReach, contracts: Collection[int]) -> Flags:
    """Return, by item, whether it lies on some route to one of these contracts. O(M) of what lies upstream of them."""
    upstream = np.zeros(snapshot.out.n, dtype=bool)
    upstream[reached(snapshot.into, [snapshot.first_contract + contract for contract in contracts])] = True
    return _items(snapshot, found.nodes[upstream[found.nodes]])


def _contracts(snapshot: PortfolioSnapshot, nodes: Ints) -> Flags:
    flags = np.zeros(snapshot.out.n - snapshot.first_contract, dtype=bool)
    flags[nodes[nodes >= snapshot.first_contract] - snapshot.first_contract] = True
    return flags


def _items(snapshot: PortfolioSnapshot, nodes: Ints) -> Flags:
    return snapshot.items_at(nodes[nodes < snapshot.first_contract])
