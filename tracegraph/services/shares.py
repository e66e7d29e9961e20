"""Shares, values at exposure, and where stated shares contradict each other, for one answer."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from tracegraph.answer import Contradiction, Interval, Question, Share
from tracegraph.model import Claim
from tracegraph.services.portfolios import PortfolioView
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import GOODS_TYPES, Certainty
from tracegraph.walk.open_ends import Outlooks
from tracegraph.walk.portfolio import Portfolio
from tracegraph.walk.tier_limited import TierLimited


def shares_of(
    view: PortfolioView,
    affected: Mapping[str, Certainty],
    outlooks: Outlooks,
    limited: TierLimited | None,
    contracts: Collection[str],
) -> Mapping[str, Share]:
    """Return the shares of the contracts that a route reaches, by contract id."""
    if limited is None:
        return view.shares.of_contracts(affected, outlooks, contracts)
    return {c: view.shares.within_tiers(affected, outlooks, limited, c) for c in contracts}


def at_exposure(value_sek: float | None, share: Share | None) -> Interval | None:
    """Return the value at exposure in SEK; None where value or share is not stated."""
    if value_sek is None or share is None:
        return None
    return Interval(value_sek * share.low, value_sek * share.high)


def contradictions(
    question: Question,
    reader: GraphReader,
    view: PortfolioView,
    listed: Collection[str],
    limited: TierLimited | None,
) -> tuple[Contradiction, ...]:
    """Return where stated shares contradict each other upstream of the listed contracts, with the claims."""
    found = sorted(_upstream(view.shares.contradictory, view.portfolio, listed, limited))
    if not found:
        return ()
    into: dict[str, list[Claim]] = {}
    for claim in reader.links_of(found, GOODS_TYPES, "upstream", question.lens):
        into.setdefault(claim.end.id, []).append(claim)
    return tuple(Contradiction(node, tuple(into.get(node, ()))) for node in found)


def _upstream(
    ids: Iterable[str], portfolio: Portfolio, listed: Collection[str], limited: TierLimited | None
) -> set[str]:
    """Return the ids, of items and contracts, that lie upstream of one of the contracts or are one of them."""
    contracts = {contract: portfolio.contract_index[contract] for contract in listed}
    found = {node for node in ids if node in contracts}
    items = {portfolio.item_index[node]: node for node in ids if node in portfolio.item_index}
    if not items or not contracts:
        return found
    if limited is not None:
        within = set().union(*(limited.upstream(number).keys() for number in contracts.values()))
        return found | {node for position, node in items.items() if position in within}
    above = portfolio.upstream_of(list(items), contracts.values())
    return found | {items[position] for position in above}
