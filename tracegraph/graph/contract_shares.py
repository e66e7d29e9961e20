"""The share of each contract that a scope reaches, and the part of it that is owed to what nobody mapped (pure).

Outside the cone of a scope nothing affected flows, so low bounds are 0 there and high bounds depend on the relevant
open ends alone. They are found once for all items and kept, by the classes of open ends that are relevant; an ordinary
question costs its cone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cached_property

import numpy as np

from tracegraph.answer import Share, settled
from tracegraph.graph.share_network import Network, ShareNetwork
from tracegraph.graph.share_sources import Side
from tracegraph.graph.shares import Sweep, contradictory
from tracegraph.kept import Kept
from tracegraph.vocabulary import Certainty
from tracegraph.walk.open_ends import Outlooks
from tracegraph.walk.portfolio import Flags, Portfolio
from tracegraph.walk.portfolio_columns import Floats
from tracegraph.walk.propagate import Ints
from tracegraph.walk.tier_limited import TierLimited

KEPT = 64  # backgrounds that are kept: 8 bytes for each item and contract


class PortfolioShares:
    """Shares in one portfolio.

    Parameters
    ----------
    portfolio : Portfolio
        Everything that carries goods under one lens.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self.portfolio = portfolio
        self._backgrounds: Kept[int, Floats] = Kept(KEPT)

    @cached_property
    def network(self) -> ShareNetwork:
        """What flows into what."""
        return ShareNetwork(self.portfolio)

    @cached_property
    def contradictory(self) -> tuple[str, ...]:
        """Ids of the items and contracts whose stated shares contradict each other, sorted."""
        nodes = contradictory(self.network.network)
        full = nodes[self.network.is_full[nodes]]
        ids, n = self.portfolio.items.ids, self.portfolio.n
        positions = self.network.position[full].tolist()
        return tuple(sorted(ids[p] if p < n else self.portfolio.contract_ids[p - n] for p in positions))

    def of_contracts(
        self, affected: Mapping[str, Certainty], outlooks: Outlooks, contracts: Collection[str]
    ) -> Mapping[str, Share]:
        """Return the shares of contracts that some route from the affected items reaches.

        Parameters
        ----------
        affected : mapping
            Affected items by certainty.
        outlooks : Outlooks
            Which open ends are relevant.
        contracts : collection of str
            Contracts that a route reaches; of others nothing affected flows into, so they have no share.

        Notes
        -----
        Costs three sweeps over the part of the cone that leads to these contracts, and once for each set of relevant
        classes one over the portfolio.
        """
        index, network = self.portfolio.item_index, self.network
        by_position = {index[item]: certainty for item, certainty in affected.items() if item in index}
        wanted = network.contract[[self.portfolio.contract_index[contract] for contract in contracts]]
        if not len(wanted):
            return {}
        nodes = network.leading(network.downstream(network.nodes_of(by_position)), wanted.tolist())
        part, outside = network.part(nodes)
        position = network.position[nodes]
        sweep, unaffected = self._sweep(part, position, by_position), np.zeros(len(outside))
        rest, nothing = self.relevant(outlooks, position), np.zeros(len(nodes))
        low = sweep.bound(Side.LOW, nothing, unaffected)
        high = sweep.bound(Side.HIGH, rest, self.background(outlooks)[outside])
        mapped = sweep.bound(Side.HIGH, nothing, unaffected)
        places = np.searchsorted(nodes, wanted)
        numbers = {contract: number for number, contract in enumerate(contracts)}
        return SharesByContract(numbers, low[places], high[places], mapped[places])

    def within_tiers(
        self, affected: Mapping[str, Certainty], outlooks: Outlooks, limited: TierLimited, contract: str
    ) -> Share:
        """Return the share of one contract when routes over a limit of tiers do not count (`docs/model.md`, section 7).

        A purchase that is not followed is worth anything, and so are sources that nobody listed of the item it enters.
        """
        index, network = self.portfolio.item_index, self.network
        by_position = {index[item]: certainty for item, certainty in affected.items() if item in index}
        number = self.portfolio.contract_index[contract]
        tiers = limited.upstream(number)
        end = int(network.contract[number])
        nodes = np.array(sorted({*network.nodes_of(tiers), end}), dtype=np.int64)
        part, outside = network.part(nodes)
        last = np.array([tiers.get(p, 0) >= limited.max_tier for p in network.position[nodes].tolist()], dtype=bool)
        cut = part.bought & np.repeat(last, np.diff(part.first))
        part = replace(part, origin=np.where(cut, len(nodes) + len(outside), part.origin))
        position = network.position[nodes]
        rest = self.relevant(outlooks, position)
        rest[np.repeat(np.arange(len(nodes)), np.diff(part.first))[cut]] = 1.0
        sweep, nothing = self._sweep(part, position, by_position), np.zeros(len(nodes))
        not_followed = np.append(np.zeros(len(outside)), 1.0)
        low = sweep.bound(Side.LOW, nothing, np.zeros(len(outside) + 1))
        high = sweep.bound(Side.HIGH, rest, not_followed)
        mapped = sweep.bound(Side.HIGH, nothing, np.zeros(len(outside) + 1))
        place = int(np.searchsorted(nodes, end))
        return share_of(low[place], high[place], mapped[place])

    def relevant(self, outlooks: Outlooks, position: Ints) -> Floats:
        """Return what goods from sources that nobody listed may be worth: 1 at relevant open ends.

        `position`: of items in the portfolio; of contracts, plus the number of items.
        """
        contract = position >= self.portfolio.n
        worth = np.zeros(len(position))
        worth[~contract] = outlooks.relevant_at(position[~contract])
        worth[contract] = self.portfolio.open_contracts[position[contract] - self.portfolio.n]
        return worth

    def background(self, outlooks: Outlooks) -> Floats:
        """Return, by node, the high bound that relevant open ends alone make."""
        key = outlooks.relevant_classes
        found = self._backgrounds.get(key)
        if found is None:
            position = self.network.position
            rest = self.relevant(outlooks, position)
            found = self._sweep(self.network.network, position, {}).bound(Side.HIGH, rest)
            self._backgrounds.put(key, found)
        return found

    @staticmethod
    def _sweep(network: Network, position: Ints, affected: Mapping[int, Certainty]) -> Sweep:
        certain, candidate = (_flagged(position, affected, c) for c in (Certainty.CERTAIN, Certainty.CANDIDATE))
        return Sweep(network, certain, candidate)


class SharesByContract(Mapping[str, Share]):
    """Shares, each made when somebody asks for it.

    Parameters
    ----------
    places : mapping
        Position in the arrays, by contract id.
    low, high, mapped : float arrays
        Bounds, and the high bound that is left when what is not mapped is worth nothing.
    """

    def __init__(self, places: Mapping[str, int], low: Floats, high: Floats, mapped: Floats) -> None:
        self._places, self._low, self._high, self._mapped = places, low, high, mapped

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __getitem__(self, contract: str) -> Share:
        """Return the share of a contract."""
        place = self._places[contract]
        return share_of(self._low[place], self._high[place], self._mapped[place])


def share_of(low: float, high: float, mapped: float) -> Share:
    """Return a share from its bounds, and the high bound that it has when what is not mapped is worth nothing."""
    least, most = settled(low), settled(max(low, high))
    return Share(least, most, settled(max(0.0, most - mapped)))


def _flagged(position: Ints, affected: Mapping[int, Certainty], certainty: Certainty) -> Flags:
    wanted = np.array([p for p, found in affected.items() if found is certainty], dtype=np.int64)
    return np.isin(position, wanted)
