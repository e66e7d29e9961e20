"""What a reader knows of all contracts of a portfolio, in columns, so that sums and counts cost passes over arrays."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import fsum
from typing import Final

import numpy as np

from tracegraph.answer import LISTED_STATUSES, ContractFacts
from tracegraph.vocabulary import Status
from tracegraph.walk.outlook_table import Codes
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.propagate import Ints

#: What status codes stand for.
STATUSES: Final = tuple(Status)
CODE_OF: Final = {status: code for code, status in enumerate(STATUSES)}


class Labelled:
    """Words on rows; a row may have none, or several.

    Parameters
    ----------
    words : sequence of iterable of str
        By row.

    Attributes
    ----------
    words : list of str
        The distinct ones, sorted.
    row, word : int64 arrays
        By pair of a row and a word of its: position of the row, and of the word in `words`.
    """

    def __init__(self, words: Sequence[Iterable[str]]) -> None:
        pairs = [(row, word) for row, found in enumerate(words) for word in found]
        self.words = sorted({word for _, word in pairs})
        places = {word: place for place, word in enumerate(self.words)}
        self.row: Ints = np.array([row for row, _ in pairs], dtype=np.int64)
        self.word: Ints = np.array([places[word] for _, word in pairs], dtype=np.int64)


class ContractTable:
    """The facts of all contracts, by position in the portfolio.

    Parameters
    ----------
    facts : sequence of ContractFacts
        By position.
    """

    def __init__(self, facts: Sequence[ContractFacts]) -> None:
        self.facts = facts
        ids = [one.contract_id for one in facts]
        self.rank: Ints = np.empty(len(ids), dtype=np.int64)
        self.rank[sorted(range(len(ids)), key=ids.__getitem__)] = np.arange(len(ids))
        self.valued: Flags = np.array([one.value_sek is not None for one in facts], dtype=bool)
        self.values = np.array([one.value_sek or 0 for one in facts], dtype=np.float64)
        self.regions = Labelled([one.regions for one in facts])
        self.categories = Labelled([(one.category,) if one.category else () for one in facts])

    def in_order(self, status: Codes) -> Ints:
        """Return the positions of all contracts by status, then by id."""
        return np.lexsort((self.rank, status))

    def value_of(self, chosen: Flags) -> float:
        """Return the sum of the stated values of the chosen contracts in SEK, correctly rounded."""
        return fsum(self.values[chosen].tolist())


class Counted(Mapping[str, Mapping[Status, int]]):
    """How often each word goes with each listed status, by word, sorted; words that never do are absent.

    Parameters
    ----------
    words : sequence of str
        Sorted.
    word, status : arrays
        Pairs to count: position in `words`, and code of the status.
    """

    def __init__(self, words: Sequence[str], word: Ints, status: Codes) -> None:
        width = len(STATUSES)
        counts = np.bincount(word * width + status, minlength=len(words) * width).reshape(-1, width)
        listed = counts[:, [CODE_OF[one] for one in LISTED_STATUSES]]
        self._words = words
        self._places: Ints = np.flatnonzero(listed.any(axis=1))
        self._counts = listed[self._places].astype(np.int32)

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[str]:
        return (self._words[place] for place in self._places.tolist())

    def __getitem__(self, word: str) -> dict[Status, int]:
        """Return the counts of one word."""
        place = bisect_left(self._words, word)
        at = int(np.searchsorted(self._places, place))
        if at == len(self._places) or self._places[at] != place or self._words[place] != word:
            raise KeyError(word)
        return dict(zip(LISTED_STATUSES, self._counts[at].tolist(), strict=True))

    def most(self, number: int) -> dict[str, dict[Status, int]]:
        """Return the words that occur most, those first that come first in the alphabet, with their counts."""
        order = np.argsort(-self._counts.sum(axis=1), kind="stable")[:number].tolist()
        return {
            self._words[self._places[at]]: dict(zip(LISTED_STATUSES, self._counts[at].tolist(), strict=True))
            for at in order
        }


def most_of(counts: Mapping[str, Mapping[Status, int]], number: int) -> Mapping[str, Mapping[Status, int]]:
    """Return the words that occur most, with their counts."""
    if isinstance(counts, Counted):
        return counts.most(number)
    order = sorted(counts, key=lambda word: (-sum(counts[word].values()), word))
    return {word: counts[word] for word in order[:number]}
