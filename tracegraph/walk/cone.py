"""The cone: what is reached from a scope, with every claim and every inferred step on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Certainty, Rule

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Cone:
    """Everything that some route from the scope passes.

    Attributes
    ----------
    starts : mapping
        Affected items.
    claims : mapping
        Visible goods claims by pair of ends (item to item, or item to contract), of all reached items.
    inferred : mapping
        Inferred steps by pair of ends, with their rule: from items that are entered by a claim or are a start. Two
        of them never follow one another on a route.
    truncated : bool
        Whether the limit on items cut it.
    """

    starts: Mapping[str, Certainty]
    claims: Mapping[Pair, Sequence[GoodsClaim]]
    inferred: Mapping[Pair, Rule]
    truncated: bool = False
