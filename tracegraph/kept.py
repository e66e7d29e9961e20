"""What was made or found last, kept by key, so that nobody pays for it twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values by key, at most so many; what was not asked for the longest time goes first. Threads may share it.

    Parameters
    ----------
    most : int
        How many.
    """

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._made: dict[Key, Lock] = {}

    def __len__(self) -> int:
        return len(self._values)

    def get(self, key: Key) -> Value | None:
        """Return what is kept of a key."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def put(self, key: Key, value: Value) -> list[Value]:
        """Keep a value; return those that go to make room for it."""
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            return [self._values.popitem(last=False)[1] for _ in range(len(self._values) - self._most)]

    def forget(self, key: Key) -> None:
        """Keep nothing of a key."""
        with self._lock:
            self._values.pop(key, None)

    def drop(self, is_over: Callable[[Key], bool]) -> list[Value]:
        """Drop what is kept of some keys; return it."""
        with self._lock:
            return [self._values.pop(key) for key in [key for key in self._values if is_over(key)]]

    def once(self, key: Key, make: Callable[[], Value]) -> Value:
        """Return what is kept of a key, else what is made, by one thread at a time; `make` keeps it if that may be."""
        kept = self.get(key)
        if kept is not None:
            return kept
        with self._made.setdefault(key, Lock()):  # who waited here looks again
            try:
                kept = self.get(key)
                return make() if kept is None else kept
            finally:
                self._made.pop(key, None)
