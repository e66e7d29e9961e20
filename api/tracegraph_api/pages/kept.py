"""What takes long to draw is kept, under all that it was drawn from: the same again is the same drawing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from tracegraph.kept import Kept

Made = TypeVar("Made")
MOST: Final = 64


class KeptByContent(Generic[Made]):
    """Keeps what was made last.

    Nothing of it can be out of date, or of another reader: the key is the content of everything that it is made of.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int = MOST) -> None:
        self._kept: Kept[bytes, Made] = Kept(most)

    def get(self, make: Callable[[], Made], *parts: object) -> Made:
        """Return what is made from parts, each told apart by its `repr`; it is made where it is not kept."""
        key = hashlib.sha256(repr(parts).encode("utf-8", "backslashreplace")).digest()
        kept = self._kept.get(key)
        if kept is not None:
            return kept
        made = make()
        self._kept.put(key, made)
        return made
