"""Where value ends, weighed: of single contracts, of groups of them by value, and of regions beside each other."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from tracegraph.answer import ContractFacts, Interval, settled
from tracegraph.answer_depth import KNOWN_ENDS, OTHERS_NEEDED, Comparison, Ending, Split
from tracegraph.graph.endings import Endings
from tracegraph.vocabulary import Grade

#: One row for each of these, its low and its high bound; further axes as needed.
Parts = npt.NDArray[np.float64]
_ROWS: Final = (*((ending,) for ending in Ending), KNOWN_ENDS)


class Splits:
    """Where the value of every contract of a portfolio ends.

    Parameters
    ----------
    endings : Endings
        Finds it.
    contract_index : mapping
        Position of each contract.
    grades : collection of Grade
        Grades at which it is wanted; `INFERRED` is everything.
    """

    def __init__(self, endings: Endings, contract_index: Mapping[str, int], grades: Collection[Grade]) -> None:
        self._index = contract_index
        self._parts: dict[Grade, Parts] = {
            grade: np.array([endings.interval(kinds, grade) for kinds in _ROWS]) for grade in grades
        }
        self._listed = {grade: parts.transpose(2, 0, 1).tolist() for grade, parts in self._parts.items()}

    def of(self, contract_id: str, grade: Grade = Grade.INFERRED) -> Split:
        """Return where the value of one contract ends."""
        return _split(self._listed[grade][self._index[contract_id]])

    def weighed(self, contracts: Iterable[ContractFacts], grade: Grade = Grade.INFERRED) -> Split | None:
        """Return where the stated value of contracts ends; None where there is no stated value."""
        parts = self._weighed(contracts, grade)
        return None if parts is None else _split(parts.tolist())

    def _weighed(self, contracts: Iterable[ContractFacts], grade: Grade) -> Parts | None:
        stated = [(self._index[facts.contract_id], facts.value_sek) for facts in contracts if facts.value_sek]
        if not stated:
            return None
        positions = np.array([position for position, _ in stated])
        values = np.array([value for _, value in stated], dtype=np.float64)
        found: Parts = self._parts[grade][:, :, positions] @ (values / values.sum())
        return found

    def compared(self, contracts: Sequence[ContractFacts], regions: Collection[str]) -> tuple[Comparison, ...]:
        """Return regions beside the medians of the others, for all of the contracts together and by category.

        Parameters
        ----------
        contracts : sequence of ContractFacts
            Of all regions; a contract of several regions is each one's.
        regions : collection of str
            Which regions to compare with the others; empty: each.
        """
        groups: dict[str | None, dict[str, list[ContractFacts]]] = {}
        for facts in contracts:
            for category in (None, facts.category) if facts.category else (None,):
                for region in facts.regions:
                    groups.setdefault(category, {}).setdefault(region, []).append(facts)
        found: list[Comparison] = []
        for category, by_region in groups.items():
            parts = {region: self._weighed(members, Grade.INFERRED) for region, members in by_region.items()}
            for region, members in by_region.items():
                if not regions or region in regions:
                    found.append(_compared(region, category, members, parts))
        return tuple(sorted(found, key=lambda c: (c.region, c.category or "")))


def _compared(
    region: str, category: str | None, contracts: Sequence[ContractFacts], parts: Mapping[str, Parts | None]
) -> Comparison:
    own = parts[region]
    values = [facts.value_sek for facts in contracts if facts.value_sek is not None]
    others = [found for other, found in sorted(parts.items()) if other != region and found is not None]
    return Comparison(
        region=region,
        category=category,
        contracts=len(contracts),
        value_sek=sum(values) if values else None,
        own=None if own is None else _split(own.tolist()),
        others=len(others),
        median=_split(np.median(others, axis=0).tolist()) if len(others) >= OTHERS_NEEDED else None,
    )


def _split(parts: Sequence[Sequence[float]]) -> Split:
    intervals = [Interval(settled(low), settled(min(1.0, high))) for low, high in parts]
    return Split(dict(zip(Ending, intervals, strict=False)), intervals[-1])
