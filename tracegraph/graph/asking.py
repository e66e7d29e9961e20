"""What an answer at each open end would settle: contracts, value, regions and categories behind it (pure).

One pass over the portfolio, a block of contracts at a time: open ends by lines (`tracegraph.walk.lines`) as a table of
flags. A contract is settled by the answer at one open end when no other one keeps it unclear.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from tracegraph.answer import ContractFacts
from tracegraph.answer_ask import TOGETHER, Behind
from tracegraph.walk.lines import Block, Lines
from tracegraph.walk.open_ends import Outlooks
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.propagate import Ints

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class InQuestion:
    """A contract that is asked about.

    Attributes
    ----------
    position : int
        In the portfolio.
    unclear : bool
        Whether its status waits for answers; else a route is known, and answers make its share narrower.
    """

    position: int
    facts: ContractFacts
    unclear: bool


class Tally:
    """Counts of what lies behind some columns (open ends, or direct suppliers), added up contract by contract."""

    def __init__(self, size: int, contracts: Sequence[InQuestion]) -> None:
        self._contracts = contracts
        self._regions = sorted({region for c in contracts for region in c.facts.regions})
        self._categories = sorted({c.facts.category for c in contracts if c.facts.category})
        self.contracts, self.settles, self.narrows, self.without_value = (
            np.zeros(size, dtype=np.int64) for _ in range(4)
        )
        self.value = np.zeros(size)
        self._in_regions, self._in_categories = (
            np.zeros((2, size, len(keys)), dtype=bool) for keys in (self._regions, self._categories)
        )

    def add(self, number: int, rows: Ints, settled: Ints) -> None:
        """Add one contract behind some rows, of which it is settled by others."""
        contract = self._contracts[number]
        facts, unclear = contract.facts, contract.unclear
        if unclear:
            self.contracts[rows] += 1
            self.settles[settled] += 1
            self.without_value[rows] += facts.value_sek is None
            self.value[rows] += facts.value_sek or 0
        else:
            self.narrows[rows] += 1
        for region in facts.regions:
            self._in_regions[int(unclear), rows, self._regions.index(region)] = True
        if facts.category:
            self._in_categories[int(unclear), rows, self._categories.index(facts.category)] = True

    def behind(self, row: int) -> Behind:
        """Return what lies behind one row."""
        contracts, without = int(self.contracts[row]), int(self.without_value[row])
        side = int(contracts > 0)
        return Behind(
            contracts=contracts,
            settles=int(self.settles[row]),
            narrows=int(self.narrows[row]),
            value_sek=float(self.value[row]) if contracts > without else None,
            without_value=without,
            regions=tuple(r for r, has in zip(self._regions, self._in_regions[side, row], strict=True) if has),
            categories=tuple(c for c, has in zip(self._categories, self._in_categories[side, row], strict=True) if has),
        )

    def ranked(self, rows: Ints, ids: Sequence[str]) -> list[int]:
        """Return rows, those that settle most first; then those with the most contracts, then the most value."""
        keys = zip(
            (-self.settles[rows]).tolist(),
            (-self.contracts[rows]).tolist(),
            (-self.value[rows]).tolist(),
            (-self.narrows[rows]).tolist(),
            (ids[row] for row in rows.tolist()),
            rows.tolist(),
            strict=True,
        )
        return [key[-1] for key in sorted(keys)]


class OpenEndSweep:
    """The open ends upstream of contracts, for some products at stake.

    Parameters
    ----------
    outlooks : Outlooks
        Which open ends are relevant.
    contracts : sequence of InQuestion
        Contracts in question.

    Attributes
    ----------
    ids : list of str
        Open ends: items by id, then the contracts that are one themselves.
    total : int64 array by contract in question
        Its open ends.
    ends : Tally by open end
    suppliers : Tally by direct supplier
        There `settles` counts contracts all of whose open ends the supplier can be asked about.
    needs : list of frozenset of int
        The open ends of each unclear contract that has at most `TOGETHER` of them.
    """

    def __init__(self, outlooks: Outlooks, contracts: Sequence[InQuestion]) -> None:
        self._outlooks, self.contracts = outlooks, contracts
        portfolio = outlooks.portfolio
        self.lines = Lines(portfolio)
        self._items: Ints = np.array(outlooks.relevant_items(), dtype=np.int64)
        self._place = {contract.position: number for number, contract in enumerate(contracts)}
        own = [c.position for c in contracts if portfolio.open_contracts[c.position]]
        self._own = {position: len(self._items) + k for k, position in enumerate(own)}
        self.ids = [portfolio.items.ids[item] for item in self._items.tolist()]
        self.ids += [portfolio.contract_ids[position] for position in own]
        self.holders = sorted({holder for c in contracts for holder in self.lines.holders(c.position)})
        self._holder = {holder: number for number, holder in enumerate(self.holders)}
        self.total: Counts = np.zeros(len(contracts), dtype=np.int64)
        self.ends, self.suppliers = Tally(len(self.ids), contracts), Tally(len(self.holders), contracts)
        self.needs: list[frozenset[int]] = []
        self._sweep()

    def _sweep(self) -> None:
        for block in self._blocks(self._items, range(len(self.contracts))):
            for place, rows in enumerate(block.at_contracts.T):
                number = self._place[int(block.contracts[place])]
                self._count(number, np.flatnonzero(rows))
                self._count_suppliers(number, block, place)
        for number, contract in enumerate(self.contracts):
            if not self.lines.holders(contract.position):
                self._count(number, np.zeros(0, dtype=np.int64))

    def _count(self, number: int, found: Ints) -> None:
        contract = self.contracts[number]
        own = self._own.get(contract.position)
        rows = found if own is None else np.append(found, own)
        self.total[number] = len(rows)
        self.ends.add(number, rows, rows if len(rows) == 1 else rows[:0])
        if contract.unclear and 0 < len(rows) <= TOGETHER:
            self.needs.append(frozenset(rows.tolist()))

    def _count_suppliers(self, number: int, block: Block, place: int) -> None:
        own = self.contracts[number].position in self._own
        lines = np.flatnonzero(block.contract_of == place)
        asked = block.reaches[:, lines].sum(axis=0) + own
        rows = np.array([self._holder[block.holders[line]] for line in lines.tolist()], dtype=np.int64)
        self.suppliers.add(number, rows[asked > 0], rows[(asked > 0) & (asked == self.total[number])])

    def _blocks(self, items: Ints, numbers: Sequence[int]) -> Iterator[Block]:
        positions = [self.contracts[number].position for number in numbers]
        return self.lines.blocks(items, positions, self._worth)

    @cached_property
    def _worth(self) -> Flags:
        """Components of the flow with a relevant open end upstream, or that hold one."""
        mask = self._outlooks.relevant_classes
        return np.array([bool(classes & mask) for classes in self._outlooks.portfolio.class_sets], dtype=bool)

    # --- who can be asked, and about what ---

    def to_ask(self, ends: Sequence[int]) -> list[tuple[str, ...]]:
        """Return, for some open ends, the direct suppliers that can be asked, sorted."""
        asked: dict[int, set[str]] = {end: set() for end in ends}
        own = {end: position for position, end in self._own.items()}
        for end in ends:
            asked[end].update(self.lines.holders(own[end]) if end in own else ())
        items = [end for end in ends if end not in own]
        for block in self._blocks(self._items[items], range(len(self.contracts))) if items else ():
            for end, row in zip(items, block.reaches, strict=True):
                asked[end].update(block.holders[line] for line in np.flatnonzero(row).tolist())
        return [tuple(sorted(asked[end])) for end in ends]

    def questions(self, holder: str) -> dict[int, list[int]]:
        """Return the open ends that a direct supplier can be asked about, with the contracts behind (their numbers)."""
        found: dict[int, list[int]] = {}
        numbers = [k for k, c in enumerate(self.contracts) if holder in self.lines.holders(c.position)]
        for block in self._blocks(self._items, numbers):
            lines = [line for line, name in enumerate(block.holders) if name == holder]
            for end, line in zip(*np.nonzero(block.reaches[:, lines]), strict=True):
                contract = int(block.contracts[block.contract_of[lines[line]]])
                found.setdefault(int(end), []).append(self._place[contract])
        for number in numbers:
            own = self._own.get(self.contracts[number].position)
            if own is not None:
                found[own] = [number]
        return found

    def settled_alone(self, numbers: Sequence[int]) -> int:
        """Return how many of the contracts behind an open end are settled by its answer alone."""
        return sum(self.contracts[number].unclear and int(self.total[number]) == 1 for number in numbers)

    def undelivered(self) -> list[int]:
        """Return the open ends that are contracts under which nobody is seen to deliver."""
        return [end for position, end in self._own.items() if not self.lines.holders(position)]

    def number_of(self, end: int) -> int:
        """Return the number of the contract that an open end is itself."""
        return next(self._place[position] for position, own in self._own.items() if own == end)
