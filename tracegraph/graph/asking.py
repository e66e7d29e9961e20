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
from scipy.sparse import csr_array

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


class Facts:
    """Value, regions and categories of contracts in question, as arrays.

    Parameters
    ----------
    contracts : sequence of InQuestion
        Numbered as given.
    """

    def __init__(self, contracts: Sequence[InQuestion]) -> None:
        facts = [contract.facts for contract in contracts]
        self.regions = sorted({region for f in facts for region in f.regions})
        self.categories = sorted({f.category for f in facts if f.category})
        self.unclear: Flags = np.array([contract.unclear for contract in contracts], dtype=bool)
        self.without_value: Flags = np.array([f.value_sek is None for f in facts], dtype=bool)
        self.value = np.array([f.value_sek or 0 for f in facts], dtype=np.float64)
        self.used = _marked([f.regions for f in facts], self.regions)
        self.sorted_as = _marked([(f.category,) if f.category else () for f in facts], self.categories)


def _marked(values: Sequence[Sequence[str]], keys: Sequence[str]) -> Flags:
    """Return which keys each row of values names."""
    place = {key: column for column, key in enumerate(keys)}
    flags = np.zeros((len(values), len(keys)), dtype=bool)
    for row, named in enumerate(values):
        flags[row, [place[key] for key in named]] = True
    return flags


def _named(keys: Sequence[str], marked: Flags) -> tuple[str, ...]:
    return tuple(key for key, has in zip(keys, marked, strict=True) if has)


class Tally:
    """Counts of what lies behind some rows (open ends, or direct suppliers)."""

    def __init__(self, size: int, facts: Facts) -> None:
        self._facts, self._size = facts, size
        self.contracts, self.settles, self.narrows, self.without_value = np.zeros((4, size), dtype=np.int64)
        self.value = np.zeros(size)
        self._in_regions = np.zeros((2, size, len(facts.regions)), dtype=bool)
        self._in_categories = np.zeros((2, size, len(facts.categories)), dtype=bool)

    def add(self, rows: Ints, contracts: Ints, settled: Flags) -> None:
        """Add pairs of a row and a contract behind it (its number), each once, and whether the row settles it."""
        facts = self._facts
        unclear = facts.unclear[contracts]
        self.contracts += self._count(rows[unclear])
        self.narrows += self._count(rows[~unclear])
        self.settles += self._count(rows[unclear & settled])
        self.without_value += self._count(rows[unclear & facts.without_value[contracts]])
        self.value += np.bincount(rows[unclear], weights=facts.value[contracts[unclear]], minlength=self._size)
        for side, of_side in enumerate((~unclear, unclear)):
            shape = (self._size, len(facts.unclear))
            pairs = (np.ones(int(of_side.sum()), dtype=np.int32), (rows[of_side], contracts[of_side]))
            behind = csr_array(pairs, shape=shape)
            self._in_regions[side] |= (behind @ facts.used.astype(np.int32)) > 0
            self._in_categories[side] |= (behind @ facts.sorted_as.astype(np.int32)) > 0

    def _count(self, rows: Ints) -> Counts:
        return np.bincount(rows, minlength=self._size)

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
            regions=tuple(r for r, has in zip(self._facts.regions, self._in_regions[side, row], strict=True) if has),
            categories=tuple(
                c for c, has in zip(self._facts.categories, self._in_categories[side, row], strict=True) if has
            ),
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
        self.facts = Facts(contracts)
        self.ends, self.suppliers = Tally(len(self.ids), self.facts), Tally(len(self.holders), self.facts)
        self.needs: list[frozenset[int]] = []
        self._sweep()

    def _sweep(self) -> None:
        for block in self._blocks(self._items, range(len(self.contracts))):
            numbers: Ints = np.array([self._place[position] for position in block.contracts.tolist()], dtype=np.int64)
            rows, columns = np.nonzero(block.at_contracts)
            self._count(numbers, rows, numbers[columns])
            self._count_suppliers(block, numbers)
        undelivered = [n for n, c in enumerate(self.contracts) if not self.lines.holders(c.position)]
        nothing = np.zeros(0, dtype=np.int64)
        self._count(np.array(undelivered, dtype=np.int64), nothing, nothing)

    def _count(self, numbers: Ints, rows: Ints, behind: Ints) -> None:
        """Count the open ends of some contracts: pairs of an open item and a contract, and the contracts themselves."""
        own = [(self._own[position], n) for n in numbers.tolist() if (position := self._position(n)) in self._own]
        rows = np.concatenate([rows, np.array([end for end, _ in own], dtype=np.int64)])
        behind = np.concatenate([behind, np.array([number for _, number in own], dtype=np.int64)])
        self.total += np.bincount(behind, minlength=len(self.total))
        self.ends.add(rows, behind, self.total[behind] == 1)
        few = (self.total[behind] <= TOGETHER) & self.facts.unclear[behind]
        needs: dict[int, list[int]] = {}
        for end, number in zip(rows[few].tolist(), behind[few].tolist(), strict=True):
            needs.setdefault(number, []).append(end)
        self.needs += (frozenset(needs[number]) for number in sorted(needs))

    def _count_suppliers(self, block: Block, numbers: Ints) -> None:
        behind = numbers[block.contract_of]
        own = np.array([self._position(number) in self._own for number in numbers.tolist()], dtype=bool)
        asked = block.reaches.sum(axis=0) + own[block.contract_of]
        holders: Ints = np.array([self._holder[holder] for holder in block.holders], dtype=np.int64)
        kept = asked > 0
        self.suppliers.add(holders[kept], behind[kept], (asked == self.total[behind])[kept])

    def _position(self, number: int) -> int:
        return self.contracts[number].position

    def _blocks(self, items: Ints, numbers: Sequence[int]) -> Iterator[Block]:
        positions = [self.contracts[number].position for number in numbers]
        return self.lines.blocks(items, positions, self._worth)

    @cached_property
    def _worth(self) -> Flags:
        """Components of the flow with a relevant open end upstream, or that hold one."""
        mask = self._outlooks.relevant_classes
        return np.array([bool(classes & mask) for classes in self._outlooks.portfolio.class_sets], dtype=bool)

    @cached_property
    def _of_supplier(self) -> dict[str, list[int]]:
        """The contracts under which each direct supplier delivers, by number."""
        found: dict[str, list[int]] = {}
        for number, contract in enumerate(self.contracts):
            for holder in self.lines.holders(contract.position):
                found.setdefault(holder, []).append(number)
        return found

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
        numbers = self._of_supplier[holder]
        for block in self._blocks(self._items, numbers):
            lines = [line for line, name in enumerate(block.holders) if name == holder]
            places = [self._place[int(block.contracts[block.contract_of[line]])] for line in lines]
            ends, columns = np.nonzero(block.reaches[:, lines])
            for end, column in zip(ends.tolist(), columns.tolist(), strict=True):
                found.setdefault(end, []).append(places[column])
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
