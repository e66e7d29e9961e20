"""What an evidence bundle holds: everything that an answer was computed from, for somebody without tracegraph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracegraph.answer import Answer
from tracegraph.model import Source
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Certainty, Rule


@dataclass(frozen=True, slots=True)
class BundleNode:
    """An item or a contract of the bundle, as it stands under the lens.

    Attributes
    ----------
    id : str
        The item's id, or the contract's.
    affected : Certainty or None
        Whether the scope touches it.
    complete : bool
        Whether a `complete` is in force, so that nothing comes from sources that nobody listed.
    relevant_open_end : bool
        Whether goods at stake could come in there unseen.
    """

    id: str
    affected: Certainty | None
    complete: bool
    relevant_open_end: bool


@dataclass(frozen=True, slots=True)
class BundleStep:
    """A step between two nodes that no claim states.

    Attributes
    ----------
    ingredient : bool
        Whether it brings an ingredient, rather than the same goods.
    """

    start: str
    end: str
    rule: Rule
    ingredient: bool


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything that an answer was computed from.

    Attributes
    ----------
    answer : Answer
        The answer.
    items, contracts : sequence of BundleNode
        All that lies upstream of the contracts of the bundle; by id.
    claims : mapping
        By pair of ends: the claims between them, and whether they bring an ingredient.
    inferred : sequence of BundleStep
        The inferred steps between the items.
    sources : sequence of Source
        The documents behind the claims, by id.
    left_out : int
        Unmapped contracts of the answer whose upstream was too large to be put in.
    """

    answer: Answer
    items: Sequence[BundleNode]
    contracts: Sequence[BundleNode]
    claims: Mapping[tuple[str, str], tuple[Sequence[GoodsClaim], bool]]
    inferred: Sequence[BundleStep]
    sources: Sequence[Source]
    left_out: int
