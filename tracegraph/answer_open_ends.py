"""Open ends of contracts in an answer: looked up when somebody wants to see them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final, Protocol

LISTED: Final = 100  # open ends listed by id for one contract; the total is always given


class OpenEndsTable(Protocol):
    """Looks up the open ends of many contracts at once, when somebody wants to see them."""

    def look_up(self, contracts: Collection[str]) -> None:
        """Look up the open ends of these contracts together."""
        ...

    def of(self, contract: str) -> OpenEnds:
        """Return the open ends of one contract, looking up those of all contracts if need be."""
        ...


class OpenEnds:
    """The relevant open ends upstream of one contract.

    Parameters
    ----------
    ids : list of str
        The first `LISTED` by id: item ids, or the contract's own.
    total : int
        How many there are.
    """

    __slots__ = ("_contract", "_ids", "_table", "_total")

    def __init__(self, ids: list[str], total: int) -> None:
        self._ids, self._total = ids, total
        self._table: OpenEndsTable | None = None
        self._contract = ""

    @classmethod
    def later(cls, table: OpenEndsTable, contract: str) -> OpenEnds:
        """Return the open ends of a contract, to be looked up when somebody wants to see them."""
        found = cls([], 0)
        found._table, found._contract = table, contract
        return found

    @property
    def ids(self) -> list[str]:
        """The first `LISTED` by id."""
        return self._known()._ids

    @property
    def total(self) -> int:
        """How many there are."""
        return self._known()._total

    def _known(self) -> OpenEnds:
        if self._table is not None:
            found = self._table.of(self._contract)
            self._ids, self._total, self._table = found._ids, found._total, None
        return self

    def __eq__(self, other: object) -> bool:
        """Return whether both list the same."""
        return isinstance(other, OpenEnds) and (self.ids, self.total) == (other.ids, other.total)

    __hash__ = None  # type: ignore[assignment]  # it has a list

    def __repr__(self) -> str:
        """Return what it lists."""
        return f"OpenEnds({self.ids!r}, {self.total!r})"


def look_up_open_ends(shown: Iterable[OpenEnds]) -> None:
    """Look up the open ends that are shown together; those of other contracts stay where they are."""
    tables: dict[int, tuple[OpenEndsTable, list[str]]] = {}
    for ends in shown:
        if ends._table is not None:
            tables.setdefault(id(ends._table), (ends._table, []))[1].append(ends._contract)
    for table, contracts in tables.values():
        table.look_up(contracts)
