"""Open ends: where knowledge stops, and what that means for the products at stake (`docs/model.md`, section 7)."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from tracegraph.answer_open_ends import LISTED, OpenEnds
from tracegraph.products import Catalogue
from tracegraph.vocabulary import UNSPECIFIED, Basis
from tracegraph.walk.portfolio import Flags, Portfolio
from tracegraph.walk.propagate import Ints, members

SET_MEMORY = 256 * 2**20  # bytes that the sets of one pass over the open ends may take


@dataclass(frozen=True, slots=True)
class Relevance:
    """What one class of open end means for the products at stake.

    Attributes
    ----------
    relevant : bool
        Whether goods at stake could enter there.
    goods_match : bool
        Whether some goods by which it is relevant are, or may become, the goods there.
    makes_own : bool
        Whether it is set aside only because a factory is taken not to buy what it makes.
    """

    relevant: bool
    goods_match: bool
    makes_own: bool


def relevance(product: str, bought: bool, at_stake: Iterable[str], catalogue: Catalogue) -> Relevance:
    """Return what an open end of this class means for the products at stake."""
    enters = match = makes_own = False
    for a in at_stake:
        if not catalogue.could_contain(a, product):
            continue
        if not bought and not _could_be_an_input(a, product, catalogue):
            makes_own = True
            continue
        enters = True
        match = match or a == product or catalogue.may_become(a, product)
    return Relevance(enters, match, makes_own and not enters)


def _could_be_an_input(a: str, made: str, catalogue: Catalogue) -> bool:
    """Return whether goods `a`, which `made` could contain, could be bought by a factory that makes `made`."""
    if UNSPECIFIED in (a, made) or catalogue.made_into(a, made):
        return True
    return a != made and not catalogue.comparable(a, made)


#: Classes of open ends, as bits: relevant, matching the goods, set aside only as own making.
Meaning = tuple[int, int, int]


def meaning_of(product: str, portfolio: Portfolio) -> Meaning:
    """Return what the classes of open ends mean for one product at stake; kept with the portfolio."""
    if product not in portfolio.meanings:
        relevant = match = own = 0
        for number, (there, bought) in enumerate(portfolio.classes):
            judged = relevance(there, bought, (product,), portfolio.catalogue)
            relevant |= judged.relevant << number
            match |= judged.goods_match << number
            own |= judged.makes_own << number
        portfolio.meanings[product] = relevant, match, own
    return portfolio.meanings[product]


@dataclass(frozen=True, slots=True)
class Outlook:
    """What the open ends say of one contract, should it have no route.

    Attributes
    ----------
    basis : Basis
        `goods_match` or `not_excluded` where a relevant open end lies upstream; else `complete_chain` or
        `other_products`.
    relevant : bool
        Whether a relevant open end lies upstream.
    makes_own, deliveries_listed : bool
        What a No would assume.
    """

    basis: Basis
    relevant: bool
    makes_own: bool
    deliveries_listed: bool


class Outlooks:
    """The open ends of all contracts, for some products at stake.

    Parameters
    ----------
    portfolio : Portfolio
        The pass over everything under the lens.
    at_stake : collection of str
        The products at stake.
    """

    def __init__(self, portfolio: Portfolio, at_stake: Collection[str]) -> None:
        self.portfolio, self.at_stake = portfolio, sorted(at_stake)
        self._of_classes = lru_cache(maxsize=None)(self._judge)

    @cached_property
    def _masks(self) -> Meaning:
        """What the classes of open ends mean for any of the products at stake."""
        relevant = match = own = 0
        for product in self.at_stake:
            meaning = meaning_of(product, self.portfolio)
            relevant, match, own = relevant | meaning[0], match | meaning[1], own | meaning[2]
        return relevant, match, own & ~relevant

    def of(self, contract: str) -> Outlook:
        """Return the outlook of one contract."""
        position = self.portfolio.contract_index[contract]
        is_open = bool(self.portfolio.open_contracts[position])
        judged = self._of_classes(self.portfolio.contract_classes[position])
        basis = Basis.GOODS_MATCH if is_open else judged[0]
        assumed = bool(self.portfolio.deliveries_assumed[position])
        return Outlook(basis, is_open or judged[1], judged[2], assumed)

    def _judge(self, classes: int) -> tuple[Basis, bool, bool]:
        relevant, match, own = self._masks
        if classes & relevant:
            return (Basis.GOODS_MATCH if classes & match else Basis.NOT_EXCLUDED), True, bool(classes & own)
        return (Basis.OTHER_PRODUCTS if classes else Basis.COMPLETE_CHAIN), False, bool(classes & own)

    def listed(self, contracts: Sequence[str]) -> dict[str, OpenEnds]:
        """Return the relevant open ends upstream of each of these contracts.

        Notes
        -----
        One more pass over the part of the flow that relevant open ends reach, in blocks that bound the memory.
        """
        portfolio = self.portfolio
        positions = [portfolio.contract_index[contract] for contract in contracts]
        ids: dict[int, list[str]] = {position: [] for position in positions}
        totals = dict.fromkeys(positions, 0)
        for block in self._blocks():
            found = portfolio.by_contract(self._reached_by(block))
            first = lru_cache(maxsize=None)(lambda bits: members(bits, LISTED))
            for position in positions:
                if bits := found[position]:
                    totals[position] += bits.bit_count()
                    if (missing := LISTED - len(ids[position])) > 0:
                        ids[position] += [portfolio.items.ids[block[n]] for n in first(bits)[:missing]]
        for position, contract in zip(positions, contracts, strict=True):
            if portfolio.open_contracts[position]:
                ids[position] = sorted([*ids[position], contract])[:LISTED]
                totals[position] += 1
        return {c: OpenEnds(ids[p], totals[p]) for c, p in zip(contracts, positions, strict=True)}

    def to_ask(self, contract: str) -> tuple[str, ...]:
        """Return the holders of the contract's delivered items upstream of which a relevant open end lies, sorted.

        Where the contract itself is the only one: all of them.
        """
        portfolio = self.portfolio
        items = self._delivered.get(portfolio.contract_index[contract], [])
        component, held, relevant = portfolio.flow.component, portfolio.class_sets, self._masks[0]
        asked = [item for item in items if held[component[portfolio.n + item]] & relevant]
        return tuple(sorted({portfolio.items.holders[item] for item in asked or items}))

    @cached_property
    def _delivered(self) -> dict[int, list[int]]:
        delivered: dict[int, list[int]] = {}
        deliveries = self.portfolio.deliveries
        for item, end in zip(deliveries.start.tolist(), deliveries.end.tolist(), strict=True):
            delivered.setdefault(end - self.portfolio.n, []).append(item)
        return delivered

    @property
    def relevant_classes(self) -> int:
        """The classes of open ends that are relevant, as bits."""
        return self._masks[0]

    @cached_property
    def relevant_flags(self) -> Flags:
        """Whether each item is a relevant open end."""
        return self.relevant_at(np.arange(self.portfolio.n))

    def relevant_at(self, items: Ints) -> Flags:
        """Return whether items, by position, are relevant open ends."""
        judged = np.zeros(len(self.portfolio.classes) + 1, dtype=bool)  # the last: of an item that is no open end
        judged[members(self._masks[0], len(judged))] = True
        flags: Flags = judged[self.portfolio.open_classes[items]]
        return flags

    def relevant_items(self) -> list[int]:
        """Return the positions of the relevant open items, by item id."""
        positions: list[int] = np.flatnonzero(self.relevant_flags).tolist()
        return sorted(positions, key=self.portfolio.items.ids.__getitem__)

    def _blocks(self) -> Iterator[list[int]]:
        every = self.relevant_items()
        size = max(64, 8 * SET_MEMORY // max(1, self.portfolio.flow.n_components))
        yield from (every[at : at + size] for at in range(0, len(every), size))

    def _reached_by(self, block: list[int]) -> list[int]:
        mask = self._masks[0]
        through = np.array([bool(classes & mask) for classes in self.portfolio.class_sets], dtype=bool)
        nodes: Ints = np.array(block, dtype=np.int64)
        return self.portfolio.flow.joined(nodes, (1 << n for n in range(len(block))), through)


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
