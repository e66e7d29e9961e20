"""What the open ends say of every contract at once, for one set of products at stake after another (pure).

The same as `tracegraph.walk.open_ends.Outlooks`, contract by contract; here the classes of open ends upstream are rows
of a bit table, so that a set of products costs a few passes over machine words.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from tracegraph.vocabulary import Basis
from tracegraph.walk.open_ends import relevance
from tracegraph.walk.portfolio import Flags, Portfolio

#: What the codes of `OutlookTable.codes` stand for, should the contract have no route.
BASES: Final = (Basis.GOODS_MATCH, Basis.NOT_EXCLUDED, Basis.OTHER_PRODUCTS, Basis.COMPLETE_CHAIN)
Codes = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]


class OutlookTable:
    """The open ends upstream of all contracts of a portfolio.

    Parameters
    ----------
    portfolio : Portfolio
        The pass over everything under the lens.
    """

    def __init__(self, portfolio: Portfolio) -> None:
        self._portfolio = portfolio
        self._of_product = lru_cache(maxsize=None)(self._judged)

    def codes(self, at_stake: Iterable[str]) -> Codes:
        """Return, by contract, the position in `BASES` of what the open ends say.

        Notes
        -----
        What a class of open ends means for several products is what it means for any of them. Cost: the distinct sets
        of classes, times their number in words of 64.
        """
        relevant, match = np.zeros((2, len(self._portfolio.classes)), dtype=np.bool_)
        for product in at_stake:
            enters, matches = self._of_product(product)
            relevant |= enters
            match |= matches
        found = np.where(np.any(self._sets, axis=1), 2, 3).astype(np.uint8)
        found[self._meets(relevant)] = 1
        found[self._meets(match)] = 0
        codes: Codes = found[self._set_of]
        codes[self._portfolio.open_contracts] = 0
        return codes

    def _meets(self, classes: Flags) -> Flags:
        meets: Flags = np.any(self._sets & _packed(classes), axis=1)
        return meets

    def _judged(self, product: str) -> tuple[Flags, Flags]:
        """Return, by class, whether a product could enter there, and whether it then matches the goods there."""
        catalogue = self._portfolio.catalogue
        judged = [relevance(held, bought, (product,), catalogue) for held, bought in self._portfolio.classes]
        enters = np.array([one.relevant for one in judged], dtype=bool)
        matches = np.array([one.goods_match for one in judged], dtype=bool)
        return enters, matches

    @cached_property
    def _distinct(self) -> tuple[Codes, npt.NDArray[np.int64]]:
        """The distinct sets of classes as bytes, and the number of each contract's."""
        width = _octets(len(self._portfolio.classes))
        numbers: dict[int, int] = {}
        of = [numbers.setdefault(classes, len(numbers)) for classes in self._portfolio.contract_classes]
        octets = bytearray().join(classes.to_bytes(width, "little") for classes in numbers)
        table = np.array(octets, dtype=np.uint8).reshape(len(numbers), width)
        return table, np.array(of, dtype=np.int64)

    @cached_property
    def _sets(self) -> Words:
        return self._distinct[0].view(np.uint64)

    @property
    def _set_of(self) -> npt.NDArray[np.int64]:
        return self._distinct[1]


def _packed(flags: Flags) -> Words:
    """Return flags as words, bit n for flag n."""
    padded = np.zeros(_octets(len(flags)), dtype=np.uint8)
    octets = np.packbits(flags, bitorder="little")
    padded[: len(octets)] = octets
    return padded.view(np.uint64)


def _octets(bits: int) -> int:
    """Return how many bytes whole words of so many bits take; at least one word."""
    return max(1, -(-bits // 64)) * 8
