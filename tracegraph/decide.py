"""Which claim decides a value, where several sources speak of the same thing (`docs/model.md`, section 3; pure).

Claims that do not state the value do not compete. Of the rest the highest grade wins, then the newest recorded; a tie
goes to the most careful value. Nothing is averaged and nothing is lost: the others stay to be shown beside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, TypeVar

from tracegraph.model import AttributeValue, Claim
from tracegraph.vocabulary import DEFAULT_CONFIDENCE, Grade, Sourcing

T = TypeVar("T")

NOT_STATED_SHARE = (0.0, 1.0)

_OPENNESS = {Sourcing.OPEN: 0, Sourcing.COMPLETE: 1, Sourcing.ORIGIN: 2}


class SourcingValue(NamedTuple):
    """A decided sourcing, and the count that was stated with it."""

    sourcing: Sourcing
    source_count: int | None


def decide(stated: Iterable[T], standing: Callable[[T], tuple[int, str]], tie: Callable[[T], Any]) -> T | None:
    """Return the statement that decides.

    Parameters
    ----------
    stated : iterable
        Statements that state the value in question.
    standing : callable
        Grade rank and `recorded_at` of a statement; the greatest wins.
    tie : callable
        What a tie is decided by; the smallest wins.

    Returns
    -------
    T or None
        None when nobody states the value.
    """
    best: T | None = None
    best_standing: tuple[int, str] | None = None
    for statement in stated:
        current = standing(statement)
        if best is None or best_standing is None or current > best_standing:
            best, best_standing = statement, current
        elif current == best_standing and tie(statement) < tie(best):
            best = statement
    return best


def decide_share(stated: Iterable[tuple[int, str, float, float]]) -> tuple[float, float]:
    """Return the share of one pair of ends from ``(grade, recorded_at, low, high)`` rows; a tie: the widest."""
    competing = [row for row in stated if (row[2], row[3]) != NOT_STATED_SHARE]
    row = decide(competing, lambda r: (r[0], r[1]), lambda r: (r[2] - r[3], r[2]))
    return NOT_STATED_SHARE if row is None else (row[2], row[3])


def decide_confidence(stated: Sequence[tuple[int, str, float | None]], grade: int) -> float:
    """Return the confidence of a step from ``(grade, recorded_at, confidence)`` rows; not stated: that of its grade.

    A confidence equal to the default of its row's grade says nothing, as a share of [0, 1] does.
    """
    competing = [row for row in stated if row[2] not in (None, DEFAULT_CONFIDENCE[Grade.of_rank(row[0])])]
    row = decide(competing, lambda r: (r[0], r[1]), lambda r: -(r[2] or 0.0))
    return DEFAULT_CONFIDENCE[Grade.of_rank(grade)] if row is None or row[2] is None else row[2]


def decide_sourcing(stated: Iterable[tuple[int, str, str, int | None]]) -> SourcingValue | None:
    """Return the sourcing from ``(grade, recorded_at, sourcing, source_count)`` rows.

    A tie goes to the most open, then to the larger count.
    """
    row = decide(stated, lambda r: (r[0], r[1]), lambda r: (_OPENNESS[Sourcing(r[2])], -(-1 if r[3] is None else r[3])))
    return None if row is None else SourcingValue(Sourcing(row[2]), row[3])


def decide_attribute(claims: Iterable[Claim], name: str) -> AttributeValue | None:
    """Return the deciding value of an attribute of a node from its `DESCRIBES` claims; a tie: the smallest value."""
    claim = decide(
        (claim for claim in claims if name in claim.attributes),
        lambda c: (c.grade.rank, c.recorded_at),
        lambda c: c.attributes[name],
    )
    return None if claim is None else claim.attributes[name]


def decide_owned_share(claims: Iterable[Claim]) -> float | None:
    """Return the owned share of one pair from its `OWNED_BY` claims; a tie: the smaller; None: nobody states it."""
    value = decide_attribute(claims, "owned_share")
    return value if isinstance(value, int | float) else None


def best_rank(claims: Iterable[Claim]) -> int:
    """Return the rank of the best grade among claims of one pair of ends."""
    return max(claim.grade.rank for claim in claims)
