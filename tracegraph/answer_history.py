"""What was ever said of a node, by both clocks: also what ended, what was replaced, and what we no longer hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from tracegraph.answer_show import Evidence, Link
from tracegraph.model import Claim, NodeRef


class Fate(StrEnum):
    """What became of a claim, as the reader knows it."""

    HELD = "held"
    REPLACED = "replaced"
    RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Version:
    """One version of one claim.

    Attributes
    ----------
    claim : Claim
        The version; `retracted_at` as it is known at the lens's `known_at`.
    evidence : Evidence
        Who says so.
    fate : Fate
        Whether it is held; if not, whether a later version that the reader sees took its place.
    link : Link or None
        What it links the node with; None: it describes the node.
    """

    claim: Claim
    evidence: Evidence
    fate: Fate
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Versions of claims, the latest recorded first.

    Attributes
    ----------
    versions : sequence of Version
        At most as many as were asked for.
    has_older : bool
        Whether there are more.
    """

    node: NodeRef
    versions: Sequence[Version]
    has_older: bool
