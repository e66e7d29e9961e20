"""In which order to ask: which open ends, asked together, settle most contracts for what is asked (pure).

A contract is settled when all its open ends are answered. To choose the k questions that settle most contracts contains
the problem of the densest subgraph on k vertices (a contract with two open ends is an edge), so there is no quick exact
way, and no constant bound on what a quick one loses is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

LOOKED_AT: Final = 500  # bundles weighed exactly in one step: those of the best ratio by their own contracts alone

Needs = frozenset[int]


@dataclass(frozen=True, slots=True)
class Bundle:
    """Open ends to ask about together.

    Attributes
    ----------
    ends : tuple of int
        Ascending.
    settles : int
        Contracts that are settled once these are answered too.
    """

    ends: tuple[int, ...]
    settles: int


def in_order(needs: Iterable[Needs], steps: int) -> Iterator[Bundle]:
    """Yield what to ask, step by step.

    Parameters
    ----------
    needs : iterable of frozenset of int
        For each contract the open ends that keep it unclear; none is empty.
    steps : int
        Bundles, at most.

    Notes
    -----
    Greedy: each step asks about what is left of one contract, chosen so that the contracts settled for each question
    are most; then the fewest questions, then the smallest open ends. The counts are exact; the order is a rule of
    thumb without a bound. A plain greedy step of one question would stand still where no single answer settles any.
    """
    left = Counter(needs)
    for _ in range(steps):
        if not left:
            return
        best = _best(left)
        asked = frozenset(best.ends)
        yield best
        left = _without(left, asked)


def _without(left: Mapping[Needs, int], asked: Needs) -> Counter[Needs]:
    rest: Counter[Needs] = Counter()
    for need, contracts in left.items():
        if remaining := need - asked:
            rest[remaining] += contracts
    return rest


def _best(left: Mapping[Needs, int]) -> Bundle:
    ranked = sorted(left, key=lambda need: (-Fraction(left[need], len(need)), len(need), sorted(need)))
    holding: dict[int, list[Needs]] = {}
    for need in left:
        for end in need:
            holding.setdefault(end, []).append(need)
    weighed = (_weighed(need, left, holding) for need in ranked[:LOOKED_AT])
    return min(weighed, key=lambda bundle: (-Fraction(bundle.settles, len(bundle.ends)), len(bundle.ends), bundle.ends))


def _weighed(ends: Needs, left: Mapping[Needs, int], holding: Mapping[int, list[Needs]]) -> Bundle:
    """Return a bundle with all the contracts that it settles: those whose needs lie within it."""
    within = Counter(need for end in ends for need in holding[end])
    settles = sum(left[need] for need, held in within.items() if held == len(need))
    return Bundle(tuple(sorted(ends)), settles)
