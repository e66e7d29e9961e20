"""What a reader may list: the nodes that exist under a lens, what changed, and all that was ever said of a node.

Both stores implement this beside `tracegraph.store.port`, which has the rules that hold here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef
from tracegraph.vocabulary import Label

#: A limit that no list reaches.
ALL: Final = 1 << 62

#: Where a list of changes stands: a UTC time, and an id that sorts among those of the same time.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list: those after an id, without the first so many, at most so many."""

    after: str = ""
    skip: int = 0
    limit: int = ALL


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim that came to be known, or ended.

    Attributes
    ----------
    at : str
        When, in UTC; `claim.recorded_at`, or `claim.retracted_at`.
    claim : Claim
        The claim; a reader before `at` does not know that it ends.
    retracted : bool
        Whether it ended.
    """

    at: str
    claim: Claim
    retracted: bool

    @property
    def place(self) -> Place:
        """Where it stands in the order of changes; no two have the same."""
        return self.at, self.claim.claim_id


class ListReader(Protocol):
    """Lists what exists and what changed under a lens. What a reader may not see is neither listed nor counted."""

    def ids(self, label: Label, lens: Lens, *, after: str = "", skip: int = 0, limit: int = ALL) -> list[str]:
        """Return ids of the nodes of a label that exist under the lens, in the order of code points.

        Holders and items exist as for `GraphReader.items_of`; a contract when it is described; a country when
        something stands or is registered there; a region, category or product when reference data or a visible claim
        (of a product: an item) has it; a source when reference data has it and a visible claim names it. Those after
        `after`, without the first `skip`, at most `limit`.
        """
        ...

    def count(self, label: Label, lens: Lens) -> int:
        """Return how many ids `ids` lists in all."""
        ...

    def changes(self, lens: Lens, after: Place, limit: int, *, any_day: bool = False) -> list[ClaimChange]:
        """Return claims that came to be known or ended after a place and until `known_at`, by place; at most `limit`.

        Only what the reader saw, or sees: `DESCRIBES` claims whatever their grade, others of the lens's grades;
        claims that are true at `valid_at`, or with `any_day` of any day. A claim that nobody ever saw is no change.
        """
        ...

    def count_changes(self, lens: Lens, until: Place, *, any_day: bool = False) -> int:
        """Return how many changes there are until a place, itself included."""
        ...

    def history(self, node: NodeRef, lens: Lens, limit: int) -> list[Claim]:
        """Return claims that touch a node, or an item that it holds, of any day: those that ended or were replaced too.

        What the reader knows at `known_at`, or knew before: `DESCRIBES` claims whatever their grade, others of the
        lens's grades; `retracted_at` is `NOT_RETRACTED` where the claim was held at `known_at`. Every version is seen
        under its own visibility alone, and one that nobody ever saw is none. The latest recorded first, then the
        largest id; at most `limit`.
        """
        ...
