"""The contracts of an answer, each made when somebody reads it: a page of twenty costs twenty."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, overload

import numpy as np

from tracegraph.answer import Answer, Dependent
from tracegraph.services.row_maker import RowMaker
from tracegraph.services.standing import Standing
from tracegraph.vocabulary import Status
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.propagate import Ints

#: So many rows are kept with an answer: who asks again asks for its first page, as a rule.
KEPT_ROWS: Final = 20


@dataclass(frozen=True, slots=True)
class Narrowing:
    """Which contracts of an answer are wanted; what is empty narrows nothing.

    Attributes
    ----------
    statuses : frozenset of Status
        Only contracts of these statuses.
    regions, categories : frozenset of str
        Only contracts of one of these.
    suppliers : frozenset of str
        Only contracts where one of these is to be called, or to be asked.
    """

    statuses: frozenset[Status] = frozenset()
    regions: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    suppliers: frozenset[str] = frozenset()


class DependentRows(Sequence[Dependent]):
    """The contracts of an answer, by status, then by id.

    Parameters
    ----------
    standing : Standing
        Where they stand.
    positions : int array, optional
        Which of them, in order; all by default.

    Attributes
    ----------
    standing : Standing
        As given.
    """

    def __init__(self, standing: Standing, positions: Ints | None = None) -> None:
        self.standing, self._given = standing, positions
        self._maker = RowMaker(standing)
        self._made: dict[int, Dependent] = {}

    @cached_property
    def _positions(self) -> Ints:
        return self.standing.in_order() if self._given is None else self._given

    def __len__(self) -> int:
        return len(self._positions)

    @overload
    def __getitem__(self, place: int) -> Dependent: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Dependent]: ...
    def __getitem__(self, place: int | slice) -> Dependent | Sequence[Dependent]:
        """Return one contract, or some."""
        if isinstance(place, slice):
            return self._rows(self._positions[place].tolist())
        return self._rows([int(self._positions[place])])[0]

    def __iter__(self) -> Iterator[Dependent]:
        return iter(self._rows(self._positions.tolist()))

    def __eq__(self, other: object) -> bool:
        """Return whether both say the same of the same contracts."""
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as of a list

    def _rows(self, positions: Sequence[int]) -> list[Dependent]:
        """Return the rows of some contracts; the routes to those that are not made yet are found together."""
        kept = self.standing.kept
        made = {position: self._made.get(position) or kept.get(position) for position in positions}
        missing = [position for position, row in made.items() if row is None]
        self._made |= self._maker.rows(missing)
        kept.update((position, self._made[position]) for position in missing[: max(0, KEPT_ROWS - len(kept))])
        return [self._made.get(position) or kept[position] for position in positions]

    def of(self, contract: str) -> Dependent | None:
        """Return what is said of one contract; None: it is not among these."""
        position = self.standing.view.portfolio.contract_index.get(contract)
        if position is None or position not in self._positions:
            return None
        return self._rows([position])[0]

    def afresh(self) -> DependentRows:
        """Return the same contracts, of which none is made yet: what is kept holds no more than it must."""
        return DependentRows(self.standing, self._given)

    def among(self, contracts: Flags) -> int:
        """Return how many of these are among some contracts: flags in the order of the portfolio."""
        return int(contracts[self._positions].sum())

    def narrowed(self, wanted: Narrowing) -> DependentRows:
        """Return those that are wanted."""
        kept = np.ones(len(self.standing.status), dtype=bool)
        for chosen in self.standing.meeting(wanted.statuses, wanted.regions, wanted.categories, wanted.suppliers):
            kept &= chosen
        return DependentRows(self.standing, self._positions[kept[self._positions]])


def narrowed(answer: Answer, wanted: Narrowing) -> Sequence[Dependent]:
    """Return those contracts of an answer that are wanted, in its order."""
    rows = _rows_of(answer)
    return () if rows is None else rows.narrowed(wanted)


def standing_of(answer: Answer) -> Standing | None:
    """Return where all contracts stand towards what was asked; None: it names nothing."""
    rows = _rows_of(answer)
    return None if rows is None else rows.standing


def _rows_of(answer: Answer) -> DependentRows | None:
    rows = answer.dependents
    if isinstance(rows, DependentRows):
        return rows
    assert not rows, "only a question that names nothing has other rows, namely none"
    return None


def dependent_of(answer: Answer, contract: str) -> Dependent | None:
    """Return what an answer says of one contract, without making the rows of the others; None: nothing."""
    rows = answer.dependents
    if isinstance(rows, DependentRows):
        return rows.of(contract)
    return next((one for one in rows if one.facts.contract_id == contract), None)
