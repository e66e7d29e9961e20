"""What the nodes of a snapshot are called: inside it they are numbers, to NetworkX any hashable (pure)."""

from __future__ import annotations

import operator
from collections.abc import Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

Positions = Sequence[int] | npt.NDArray[Any]


class NodeNames(Protocol):
    """The names of n nodes, by position."""

    def __len__(self) -> int:
        """Return n."""
        ...

    def __iter__(self) -> Iterator[Hashable]:
        """Yield all names in order."""
        ...

    def many(self, positions: Positions) -> list[Hashable]:
        """Return the names at these positions, in their order."""
        ...

    def find(self, name: object) -> int | None:
        """Return the position of a name, None if no node is called so. Raises TypeError where it is not hashable."""
        ...


def listed(positions: Positions) -> list[int]:
    """Return positions as Python's own numbers."""
    return positions.tolist() if isinstance(positions, np.ndarray) else list(positions)


def named(names: Iterable[Hashable], count: int) -> npt.NDArray[np.object_]:
    """Return names as an array of objects, of which many are taken faster than of a list."""
    return np.fromiter(names, dtype=object, count=count)


def chosen(names: npt.NDArray[np.object_], positions: Positions) -> list[Hashable]:
    """Return the names at these positions: a few one by one, many at once."""
    if isinstance(positions, np.ndarray):
        return cast(list[Hashable], names[positions].tolist())
    return [names[position] for position in positions]


class Numbers:
    """Nodes that are called 0 to n - 1: nothing is kept."""

    def __init__(self, n: int) -> None:
        self._n = n

    def __len__(self) -> int:
        return self._n

    def __iter__(self) -> Iterator[Hashable]:
        return iter(range(self._n))

    def many(self, positions: Positions) -> list[Hashable]:
        """Return the positions themselves."""
        return list[Hashable](listed(positions))

    def find(self, name: object) -> int | None:
        """Return the number itself if it is one of the nodes."""
        hash(name)  # NetworkX tells what cannot be a node from what is none
        try:
            number = operator.index(name)  # type: ignore[arg-type]  # whatever has no index is no node here
        except TypeError:
            return None
        return number if 0 <= number < self._n else None


class Names:
    """Nodes with names of their own; the way from name to position is built when first needed."""

    def __init__(self, names: Sequence[Hashable]) -> None:
        self._names = named(names, len(names))

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self._names)

    def many(self, positions: Positions) -> list[Hashable]:
        """Return the names at these positions."""
        return chosen(self._names, positions)

    def find(self, name: object) -> int | None:
        """Return the position of a name."""
        return self._index.get(name)

    @cached_property
    def _index(self) -> dict[Hashable, int]:
        return {name: position for position, name in enumerate(self._names)}
