"""What was found in the store lately: for a few seconds it is not looked up again."""

from __future__ import annotations

import time
from typing import Final, Generic, TypeVar

from tracegraph.kept import Kept

Found = TypeVar("Found")
#: For so long what was found valid is not looked up again: revoking it holds in every process after that.
REMEMBERED_S: Final = 3.0
_MOST: Final = 1_000


class Remembered(Generic[Found]):
    """What was found lately, by what it was looked up by."""

    def __init__(self) -> None:
        self._kept: Kept[str, tuple[float, Found]] = Kept(_MOST)

    def get(self, name: str) -> Found | None:
        """Return what was found within `REMEMBERED_S`."""
        kept = self._kept.get(name)
        return kept[1] if kept and time.monotonic() - kept[0] < REMEMBERED_S else None

    def put(self, name: str, found: Found) -> None:
        """Remember what is found now."""
        self._kept.put(name, (time.monotonic(), found))

    def forget(self, name: str) -> None:
        """Forget what was found."""
        self._kept.forget(name)
