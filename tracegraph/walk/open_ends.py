"""Open ends: where knowledge stops, and what that means for the products at stake (`docs/model.md`, section 7)."""

from __future__ import annotations

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


def meaning_for(at_stake: Iterable[str], portfolio: Portfolio) -> Meaning:
    """Return what the classes of open ends mean for several products at stake: what they mean for any of them."""
    relevant = match = own = 0
    for product in at_stake:
        meaning = meaning_of(product, portfolio)
        relevant, match, own = relevant | meaning[0], match | meaning[1], own | meaning[2]
    return relevant, match, own & ~relevant


def flags_of(classes: int, portfolio: Portfolio) -> Flags:
    """Return, by class of open ends, whether it is one of these, which are given as bits."""
    flags = np.zeros(len(portfolio.classes), dtype=bool)
    flags[members(classes, len(flags))] = True
    return flags


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
        return meaning_for(self.at_stake, self.portfolio)

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
        One more pass over the part of the flow that relevant open ends reach and that leads to these contracts, in
        blocks that bound the memory.
        """
        portfolio = self.portfolio
        positions = [portfolio.contract_index[contract] for contract in contracts]
        leads_there = self._upstream_of(positions)
        ids: dict[int, list[str]] = {position: [] for position in positions}
        totals = dict.fromkeys(positions, 0)
        for block in self._blocks(leads_there):
            found = self._reached_by(block, leads_there)
            first = lru_cache(maxsize=None)(lambda bits: members(bits, LISTED))
            for position in positions:
                if bits := portfolio.upstream_in(found, position):
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
        judged = np.append(self._relevant_classes, False)  # the last: of an item that is no open end
        flags: Flags = judged[self.portfolio.open_classes[items]]
        return flags

    @cached_property
    def _relevant_classes(self) -> Flags:
        """By class of open ends: whether it is relevant."""
        return flags_of(self._masks[0], self.portfolio)

    def relevant_items(self) -> Ints:
        """Return the positions of the relevant open items, by item id."""
        by_id = self.portfolio.items_by_id
        relevant: Ints = by_id[self.relevant_flags[by_id]]
        return relevant

    def _upstream_of(self, contracts: Sequence[int]) -> Flags:
        """Return, by component of the flow, whether what is there can reach one of the contracts."""
        portfolio = self.portfolio
        wanted = np.zeros(len(portfolio.contract_ids), dtype=bool)
        wanted[list(contracts)] = True
        delivered = portfolio.deliveries.start[wanted[portfolio.deliveries.end - portfolio.n]]
        return portfolio.flow.upstream(portfolio.n + delivered)

    def _blocks(self, within: Flags) -> Iterator[list[int]]:
        items = self.relevant_items()
        every: list[int] = items[within[self.portfolio.flow.component[items]]].tolist()
        size = max(64, 8 * SET_MEMORY // max(1, self.portfolio.flow.n_components))
        yield from (every[at : at + size] for at in range(0, len(every), size))

    def _reached_by(self, block: list[int], within: Flags) -> list[int]:
        through = self._passes_on & within
        nodes: Ints = np.array(block, dtype=np.int64)
        return self.portfolio.flow.joined(nodes, (1 << n for n in range(len(block))), through)

    @cached_property
    def _passes_on(self) -> Flags:
        """By component of the flow: whether a relevant open end lies upstream."""
        table = self.portfolio.component_table
        flags: Flags = table.meets(self._relevant_classes)[table.of]
        return flags
