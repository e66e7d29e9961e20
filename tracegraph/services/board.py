"""The depth of a region's contracts as a board: category by category, and what to work on first (pure)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.answer import ContractFacts
from tracegraph.answer_depth import Comparison, ContractDepth, DepthReport, RollUp

#: Contracts to work on that are listed.
LISTED: Final = 10
#: The last column of tiers holds those that lie deeper as well.
DEEPEST: Final = 5


@dataclass(frozen=True, slots=True)
class Age:
    """How old the evidence of some contracts is.

    Attributes
    ----------
    newest, oldest : str or None
        Day on which the newest claim was recorded, and of the oldest source that has a date.
    read : int
        Contracts of which the evidence was read and that have any.
    """

    newest: str | None
    oldest: str | None
    read: int


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the board.

    Attributes
    ----------
    key : str or None
        Category, or region; None: all together.
    rolled : RollUp
        Its contracts together.
    beside : Comparison or None
        The same beside the other regions; None where no one region is asked about.
    """

    key: str | None
    rolled: RollUp
    beside: Comparison | None
    age: Age

    def at_tier(self, tier: int | None) -> int:
        """Return how many contracts have their deepest named plant at a tier; None: no plant is named."""
        if tier == DEEPEST:
            return sum(n for at, n in self.rolled.by_factory_tier.items() if at is not None and at >= DEEPEST)
        return self.rolled.by_factory_tier.get(tier, 0)


@dataclass(frozen=True, slots=True)
class ToWorkOn:
    """A contract of which much is not known.

    Attributes
    ----------
    unknown_sek : float or None
        As much of its value may end at no known place; None: its value is not stated.
    """

    contract: ContractDepth
    unknown_sek: float | None


@dataclass(frozen=True, slots=True)
class Board:
    """The board.

    Attributes
    ----------
    total : Line
        All contracts together.
    categories, regions : tuple of Line
        By category, and by region; the largest part that is not known first.
    tiers : tuple of int
        Columns of the matrix; the last of five holds deeper ones too.
    work : tuple of ToWorkOn
        Contracts to work on, most unknown value first.
    unweighed : tuple of ToWorkOn
        The same without a stated value, least known first.
    work_total, unweighed_total : int
        How many there are of each.
    """

    total: Line
    categories: tuple[Line, ...]
    regions: tuple[Line, ...]
    tiers: tuple[int, ...]
    work: tuple[ToWorkOn, ...]
    unweighed: tuple[ToWorkOn, ...]
    work_total: int
    unweighed_total: int


def make_board(report: DepthReport, listed: int = LISTED) -> Board:
    """Return the board of a report.

    Parameters
    ----------
    report : DepthReport
        From `tracegraph.services.depth.depth`; of one region for the comparison with the others.
    listed : int
        Contracts to work on that are listed, with and without a stated value.
    """
    region = report.regions[0] if len(report.regions) == 1 else None
    beside = {found.category: found for found in report.comparisons if found.region == region}
    own = {found.region: found for found in report.comparisons if found.category is None}
    deepest = max((tier or 0 for tier in report.total.by_factory_tier), default=0)
    unknown = [_to_work_on(found) for found in report.contracts if found.split.known_end.low < 1]
    weighed = sorted((one for one in unknown if one.unknown_sek is not None), key=_most_unknown)
    others = sorted((one for one in unknown if one.unknown_sek is None), key=_least_known)
    lines = [
        Line(key, rolled, beside.get(key), _age([c for c in report.contracts if c.facts.category == key]))
        for key, rolled in report.by_category.items()
    ]
    regions = [
        Line(key, rolled, own.get(key), _age([c for c in report.contracts if key in c.facts.regions]))
        for key, rolled in report.by_region.items()
    ]
    return Board(
        total=Line(None, report.total, beside.get(None), _age(report.contracts)),
        categories=tuple(sorted(lines, key=_line_order)),
        regions=tuple(sorted(regions, key=_line_order)),
        tiers=tuple(range(1, min(deepest, DEEPEST) + 1)),
        work=tuple(weighed[:listed]),
        unweighed=tuple(others[:listed]),
        work_total=len(weighed),
        unweighed_total=len(others),
    )


def _to_work_on(found: ContractDepth) -> ToWorkOn:
    facts: ContractFacts = found.facts
    value = facts.value_sek
    return ToWorkOn(found, None if value is None else value * (1 - found.split.known_end.low))


def _most_unknown(one: ToWorkOn) -> tuple[float, str]:
    return (-(one.unknown_sek or 0.0), one.contract.facts.contract_id)


def _least_known(one: ToWorkOn) -> tuple[float, str]:
    return (one.contract.split.known_end.low, one.contract.facts.contract_id)


def _line_order(line: Line) -> tuple[float, str]:
    split, value = line.rolled.split, line.rolled.value_sek
    return (-(value or 0.0) * (1 - split.known_end.low) if split else 0.0, line.key or "")


def _age(contracts: Sequence[ContractDepth]) -> Age:
    found = [contract.evidence for contract in contracts if contract.evidence is not None]
    dated = [evidence.oldest_published for evidence in found if evidence.oldest_published is not None]
    newest = max((evidence.newest[:10] for evidence in found), default=None)
    return Age(newest, min(dated, default=None), len(found))
