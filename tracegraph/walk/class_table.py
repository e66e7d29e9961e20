"""Sets of classes of open ends as rows of a bit table: what a set of products means costs passes over words (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tracegraph.walk.propagate import Ints

Flags = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_WORD: Final = 64


class ClassTable:
    """Sets of classes, many of them equal.

    Parameters
    ----------
    sets : sequence of int
        Sets of classes, as bits.
    classes : int
        How many classes there are.

    Attributes
    ----------
    of : int64 array
        By position in `sets`: the number of the distinct set.
    """

    def __init__(self, sets: Sequence[int], classes: int) -> None:
        width = _octets(classes)
        numbers: dict[int, int] = {}
        self.of: Ints = np.array([numbers.setdefault(one, len(numbers)) for one in sets], dtype=np.int64)
        octets = bytearray().join(one.to_bytes(width, "little") for one in numbers)
        self._rows: Words = np.array(octets, dtype=np.uint8).reshape(len(numbers), width).view(np.uint64)
        self.holds_any: Flags = np.any(self._rows, axis=1)

    def meets(self, classes: Flags) -> Flags:
        """Return, by distinct set, whether it holds one of these classes."""
        padded = np.zeros(_octets(len(classes)), dtype=np.uint8)
        octets = np.packbits(classes, bitorder="little")
        padded[: len(octets)] = octets
        met: Flags = np.any(self._rows & padded.view(np.uint64), axis=1)
        return met


def _octets(bits: int) -> int:
    """Return how many bytes whole words of so many bits take; at least one word."""
    return max(1, -(-bits // _WORD)) * 8
