"""Open ends under a limit on tiers (pure; `docs/model.md`, section 7)."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection
from functools import cached_property, lru_cache

from tracegraph.answer_open_ends import LISTED, OpenEnds
from tracegraph.vocabulary import Basis
from tracegraph.walk.open_ends import Outlook, relevance
from tracegraph.walk.portfolio import Portfolio


class TierLimited:
    """The open ends of contracts under a limit on tiers, by a search upstream of each (`docs/model.md`, section 7).

    Parameters
    ----------
    portfolio, at_stake
        As for `Outlooks`.
    max_tier : int
        At least 1.
    """

    def __init__(self, portfolio: Portfolio, at_stake: Collection[str], max_tier: int) -> None:
        self.portfolio, self.at_stake, self.max_tier = portfolio, sorted(at_stake), max_tier
        self.truncated = False
        self._relevance = lru_cache(maxsize=None)(
            lambda product, bought: relevance(product, bought, self.at_stake, portfolio.catalogue)
        )

    @cached_property
    def _inflows(self) -> tuple[list[list[int]], list[list[int]], list[list[int]], list[list[int]]]:
        """Sellers, inputs, inferred origins by item; deliveries by contract."""
        portfolio = self.portfolio
        sold, made, inferred, delivered = (
            _empty_lists(size) for size in (portfolio.n, portfolio.n, portfolio.n, len(portfolio.contract_ids))
        )
        for lists, pairs, offset in (
            (sold, portfolio.supplies, 0),
            (made, portfolio.becomes, 0),
            (inferred, portfolio.inferred, 0),
            (delivered, portfolio.deliveries, portfolio.n),
        ):
            for start, end in zip(pairs.start.tolist(), pairs.end.tolist(), strict=True):
                lists[end - offset].append(start)
        return sold, made, inferred, delivered

    def upstream(self, contract: int) -> dict[int, int]:
        """Return the items upstream of a contract within the limit, with their smallest tier."""
        sold, made, inferred, delivered = self._inflows
        tiers: dict[int, int] = {}
        inferred_from: set[int] = set()
        waiting = deque((item, 1, True) for item in delivered[contract])
        while waiting:
            item, tier, by_claim = waiting.popleft()
            if item not in tiers:
                tiers[item] = tier
                waiting.extendleft((origin, tier, True) for origin in made[item])
                if tier < self.max_tier:
                    waiting.extend((seller, tier + 1, True) for seller in sold[item])
            if by_claim and item not in inferred_from:
                inferred_from.add(item)
                waiting.extendleft((origin, tier, False) for origin in inferred[item])
        return tiers

    def judged(self, contract: str) -> tuple[Outlook, OpenEnds]:
        """Return the outlook of one contract and its relevant open ends within the limit."""
        portfolio = self.portfolio
        position = portfolio.contract_index[contract]
        relevant, match, own, any_open = [], False, False, False
        for item, tier in self.upstream(position).items():
            cut = tier >= self.max_tier and bool(portfolio.sellers[item])
            self.truncated = self.truncated or cut
            if not (cut or portfolio.open_items[item]):
                continue
            any_open = True
            judged = self._relevance(*portfolio.class_of(item))
            if cut or judged.relevant:
                relevant.append(portfolio.items.ids[item])
                match = match or (self._any_match(portfolio.items.products[item]) if cut else judged.goods_match)
            own = own or judged.makes_own
        if portfolio.open_contracts[position]:
            relevant, match = [*relevant, contract], True
        basis = Basis.OTHER_PRODUCTS if any_open else Basis.COMPLETE_CHAIN
        if relevant:
            basis = Basis.GOODS_MATCH if match else Basis.NOT_EXCLUDED
        outlook = Outlook(basis, bool(relevant), own, bool(portfolio.deliveries_assumed[position]))
        return outlook, OpenEnds(sorted(relevant)[:LISTED], len(relevant))

    def _any_match(self, product: str) -> bool:
        return any(a == product or self.portfolio.catalogue.may_become(a, product) for a in self.at_stake)


def _empty_lists(size: int) -> list[list[int]]:
    return [[] for _ in range(size)]
