"""From the columns of a store to positions: items, contracts, and the distinct pairs of ends that carry goods.

A store gives one row a claim, under handles of its own choosing. Here claims of one pair of ends are one pair, with the
best grade among them and the share that decides (`tracegraph.decide`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tracegraph.decide import SourcingValue, decide_share, decide_sourcing
from tracegraph.model import item_id
from tracegraph.store.rows import PortfolioColumns
from tracegraph.vocabulary import UNSPECIFIED, Sourcing
from tracegraph.walk.propagate import Ints

Floats = npt.NDArray[np.float64]
Ranks = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Items:
    """Items as parallel lists, by position."""

    ids: list[str]
    holders: list[str]
    products: list[str]
    at_factory: list[bool]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Distinct pairs of ends, as parallel arrays of positions."""

    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class ClaimedPairs(Pairs):
    """Distinct pairs of ends that claims of one type name, sorted by start, then end.

    Attributes
    ----------
    grade : uint8 array
        Rank of the best grade among the claims of the pair.
    low, high : float arrays
        The share that decides; 0 and 1 where none is stated.
    """

    grade: Ranks
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True)
class DecidedShares:
    """The share that decides, for each pair of ends of which one is stated; parallel arrays, handles as ends."""

    start: Ints
    end: Ints
    low: Floats
    high: Floats


def index_of(columns: PortfolioColumns, infers: bool) -> tuple[Items, list[str], Ints]:
    """Return items, contracts, and the position of each handle (-1: neither); contracts come after the items.

    A factory with no item that somebody operates gets its item `unspecified`.
    """
    rows = columns.items
    ids, holders = [row.item_id for row in rows], [row.holder_id for row in rows]
    products, at_factory = [row.product for row in rows], [row.is_factory for row in rows]
    bare = {factory for factory, _ in columns.operations} - set(holders) if infers else set()
    for factory in sorted(bare):
        ids.append(item_id(factory, UNSPECIFIED))
        holders.append(factory)
        products.append(UNSPECIFIED)
        at_factory.append(True)
    handles = np.array([row.handle for row in rows], dtype=np.int64)
    contracts = np.array(list(columns.contracts), dtype=np.int64)
    size = 1 + max((int(a.max()) for a in (handles, contracts, columns.start, columns.end) if len(a)), default=0)
    index = np.full(size, -1, dtype=np.int64)
    index[handles] = np.arange(len(handles))
    index[contracts] = len(ids) + np.arange(len(contracts))
    return Items(ids, holders, products, at_factory), list(columns.contracts.values()), index


def decided_shares(columns: PortfolioColumns) -> DecidedShares:
    """Return the share that decides, for each pair of ends of which one is stated."""
    by_pair: dict[tuple[int, int], list[tuple[int, str, float, float]]] = {}
    for share in columns.shares:
        stated = (share.grade, share.recorded_at, share.low, share.high)
        by_pair.setdefault((share.start, share.end), []).append(stated)
    decided = [decide_share(rows) for rows in by_pair.values()]
    ends = np.array(list(by_pair), dtype=np.int64).reshape(-1, 2)
    bounds = np.array(decided, dtype=np.float64).reshape(-1, 2)
    return DecidedShares(ends[:, 0], ends[:, 1], bounds[:, 0], bounds[:, 1])


def claimed_pairs(columns: PortfolioColumns, kind: int, index: Ints, shares: DecidedShares) -> ClaimedPairs:
    """Return the distinct pairs of one type; deliveries under contracts that no visible row names are left out."""
    of_kind = columns.type == kind
    start, end = index[columns.start[of_kind]], index[columns.end[of_kind]]
    known = (start >= 0) & (end >= 0)
    width = len(index) + 1
    codes = start[known] * width + end[known]
    order = np.argsort(codes, kind="stable")
    codes = codes[order]
    first = np.flatnonzero(np.diff(codes, prepend=-1))
    grades = columns.grade[of_kind][known][order]
    codes, grade = codes[first], np.maximum.reduceat(grades, first) if len(first) else grades
    low, high = np.zeros(len(codes)), np.ones(len(codes))
    stated = index[shares.start] * width + index[shares.end]
    place = np.minimum(np.searchsorted(codes, stated), max(0, len(codes) - 1))
    found = codes[place] == stated if len(codes) else np.zeros(len(stated), dtype=bool)
    low[place[found]], high[place[found]] = shares.low[found], shares.high[found]
    return ClaimedPairs(codes // width, codes % width, grade, low, high)


def decided_sourcings(columns: PortfolioColumns, index: Ints) -> dict[int, SourcingValue]:
    """Return the decided sourcing by position, where somebody states one."""
    stated: dict[int, list[tuple[int, str, str, int | None]]] = {}
    positions = index[np.array([row.handle for row in columns.sourcings], dtype=np.int64)].tolist()
    for position, (_, grade, recorded_at, sourcing, count) in zip(positions, columns.sourcings, strict=True):
        if position >= 0:
            stated.setdefault(position, []).append((grade, recorded_at, sourcing, count))
    words = {word.value: word for word in Sourcing}
    decided: dict[int, SourcingValue] = {}
    for position, rows in stated.items():
        if len(rows) == 1:  # the usual case: nothing to decide
            decided[position] = SourcingValue(words[rows[0][2]], rows[0][3])
        elif (value := decide_sourcing(rows)) is not None:
            decided[position] = value
    return decided
