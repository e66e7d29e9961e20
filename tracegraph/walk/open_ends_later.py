"""The open ends of the contracts of one answer, looked up when somebody wants to see them (pure)."""

from __future__ import annotations

from collections.abc import Callable, Collection

from tracegraph.answer_open_ends import OpenEnds
from tracegraph.walk.open_ends import Outlooks


class OpenEndsLater:
    """The open ends of the contracts of one answer, looked up when somebody wants to see them.

    Parameters
    ----------
    outlooks : Outlooks
        What looks them up.
    contracts : callable
        Returns the contracts that are listed: whoever asks of one that was not looked up gets all of them looked up.
    """

    def __init__(self, outlooks: Outlooks, contracts: Callable[[], Collection[str]]) -> None:
        self._outlooks, self._contracts = outlooks, contracts
        self._known: dict[str, OpenEnds] = {}

    def look_up(self, contracts: Collection[str]) -> None:
        """Look up the open ends of these contracts together."""
        missing = [contract for contract in contracts if contract not in self._known]
        if missing:
            self._known |= self._outlooks.listed(missing)

    def of(self, contract: str) -> OpenEnds:
        """Return the open ends of one contract."""
        if contract not in self._known:
            self.look_up(self._contracts())
        return self._known[contract]
