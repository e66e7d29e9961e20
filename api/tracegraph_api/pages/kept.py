"""What takes long to draw is kept, under all that it was drawn from: the same again is the same drawing."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final, Generic, TypeVar

Made = TypeVar("Made")
MOST: Final = 64


class Kept(Generic[Made]):
    """Keeps what was made last.

    Nothing of it can be out of date, or of another reader: the key is the content of everything that it is made of.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, Lock()
        self._made: OrderedDict[bytes, Made] = OrderedDict()

    def get(self, make: Callable[[], Made], *parts: object) -> Made:
        """Return what is made from parts, each told apart by its `repr`; it is made where it is not kept."""
        key = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
                return self._made[key]
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                self._made.popitem(last=False)
        return made
