"""Which items lie upstream of which deliveries, many contracts at a time (pure).

A *line* is a contract and one direct supplier of it. Lines are bits that flow against the goods, from the delivered
items up: one pass over the flow tells of every item which lines it reaches. Contracts go through in blocks, so that
memory is bounded however large the portfolio is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt

from tracegraph.vocabulary import Grade
from tracegraph.walk.portfolio import Flags, Portfolio
from tracegraph.walk.propagate import Flow, Ints

SET_MEMORY: Final = 256 * 2**20  # bytes that the sets of one pass may take
TABLE_MEMORY: Final = 64 * 2**20  # bytes that the table read from them may take
LEAST: Final = 64  # lines of a pass, at least


@dataclass(frozen=True)
class Block:
    """What some items reach among the lines of some contracts.

    Attributes
    ----------
    contracts : int64 array
        Positions of contracts in the portfolio; all that have a delivery.
    first : int64 array by contract
        Its first line; lines of one contract lie side by side.
    holders : sequence of str by line
        The direct supplier.
    reaches : bool array of shape (items, lines)
        Whether the item lies upstream of the line, or is what is delivered.
    """

    contracts: Ints
    first: Ints
    holders: Sequence[str]
    reaches: Flags

    @cached_property
    def at_contracts(self) -> Flags:
        """Whether each item lies upstream of each contract, by item and contract."""
        return by_group(self.reaches, self.first)

    @cached_property
    def contract_of(self) -> Ints:
        """Place of each line's contract among `contracts`."""
        return np.repeat(np.arange(len(self.first)), np.diff(np.append(self.first, len(self.holders))))


def by_group(flags: Flags, first: Ints) -> Flags:
    """Return whether any column of each group is set; groups are given by their first columns, none is empty."""
    if not len(first):
        return np.zeros((len(flags), 0), dtype=bool)
    sizes = np.diff(np.append(first, flags.shape[1]))
    found: Flags = flags[:, first]
    for place in range(1, int(sizes.max())):  # most groups have one column, few have many
        longer = np.flatnonzero(sizes > place)
        found[:, longer] |= flags[:, first[longer] + place]
    return found


class Lines:
    """The lines of a portfolio, to be asked what lies upstream of them.

    Parameters
    ----------
    portfolio : Portfolio
        Everything that carries goods under one lens.
    documented : bool
        Only along claims of a grade above `inferred`; else along every claim and inferred step.
    """

    def __init__(self, portfolio: Portfolio, *, documented: bool = False) -> None:
        self._portfolio = portfolio
        deliveries = portfolio.deliveries
        kept = deliveries.grade > Grade.INFERRED.rank if documented else np.ones(len(deliveries.start), dtype=bool)
        self._flow = _documented(portfolio) if documented else portfolio.flow
        self._leaves = 0 if documented else portfolio.n  # from node i the item may go on by a claim only as node n + i
        self._delivered: dict[int, dict[str, list[int]]] = {}
        ends = (deliveries.end[kept] - portfolio.n).tolist()
        for item, contract in zip(deliveries.start[kept].tolist(), ends, strict=True):
            of_contract = self._delivered.setdefault(contract, {})
            of_contract.setdefault(portfolio.items.holders[item], []).append(item)

    def holders(self, contract: int) -> tuple[str, ...]:
        """Return the direct suppliers of a contract, sorted."""
        return tuple(sorted(self._delivered.get(contract, ())))

    def blocks(self, items: Ints, contracts: Iterable[int], through: Flags | None = None) -> Iterator[Block]:
        """Yield which lines some items reach, a block of contracts at a time.

        Parameters
        ----------
        items : int64 array
            Positions of the items to be told about; goods are at them, or enter there.
        contracts : iterable of int
            Positions of contracts; those without a delivery are passed over.
        through : bool array by component of the portfolio's flow, optional
            Components worth looking at; the others have none of the items upstream.
        """
        size = min(8 * SET_MEMORY // max(1, self._flow.n_components), TABLE_MEMORY // max(1, len(items)))
        nodes = self._flow.component[items]
        for block in self._cut(contracts, max(LEAST, size)):
            named = [(place, holder) for place, c in enumerate(block) for holder in self.holders(c)]
            first = np.searchsorted([place for place, _ in named], np.arange(len(block)))
            starts = ((block[place], holder) for place, holder in named)
            sets = self._reaching(starts, through)
            reaches = _matrix([sets[node] for node in nodes.tolist()], len(named))
            yield Block(np.array(block, dtype=np.int64), first, [holder for _, holder in named], reaches)

    def _cut(self, contracts: Iterable[int], size: int) -> Iterator[list[int]]:
        block: list[int] = []
        lines = 0
        for contract in contracts:
            count = len(self._delivered.get(contract, ()))
            if block and lines + count > size:
                yield block
                block, lines = [], 0
            if count:
                block.append(contract)
                lines += count
        if block:
            yield block

    def _reaching(self, lines: Iterable[tuple[int, str]], through: Flags | None) -> list[int]:
        """Return, by component, the lines that it reaches, as bits."""
        flow = self._flow
        held = [0] * flow.n_components
        for number, (contract, holder) in enumerate(lines):
            for item in self._delivered[contract][holder]:
                held[int(flow.component[self._leaves + item])] |= 1 << number
        tails, heads = self._against
        if through is not None:
            kept = through[tails]
            tails, heads = tails[kept], heads[kept]
        for tail, head in zip(tails.tolist(), heads.tolist(), strict=True):
            if held[head]:
                held[tail] |= held[head]
        return held

    @property
    def _against(self) -> tuple[Ints, Ints]:
        """The edges between components, the last of the topological order first."""
        tails, heads = self._flow.between
        return tails[::-1], heads[::-1]


def _documented(portfolio: Portfolio) -> Flow:
    """Return the flow of items along documented claims alone."""
    claims = (portfolio.supplies, portfolio.becomes)
    kept = [pairs.grade > Grade.INFERRED.rank for pairs in claims]
    start = np.concatenate([pairs.start[k] for pairs, k in zip(claims, kept, strict=True)])
    end = np.concatenate([pairs.end[k] for pairs, k in zip(claims, kept, strict=True)])
    return Flow(portfolio.n, start, end)


def _matrix(sets: Sequence[int], width: int) -> npt.NDArray[np.bool_]:
    """Return sets of bits as rows of flags."""
    octets = max(1, (width + 7) // 8)
    packed = np.frombuffer(b"".join(bits.to_bytes(octets, "little") for bits in sets), dtype=np.uint8)
    flags = np.unpackbits(packed.reshape(len(sets), octets), axis=1, bitorder="little", count=width)
    return flags.astype(bool)
