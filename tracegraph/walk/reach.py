"""The walk: from affected items along the goods, claims and inferred steps by turns, until nothing is new.

It never enumerates routes. Two inferred steps never follow one another: an item that only an inferred step enters is
left by claims alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from tracegraph.answer import DEFAULT_MAX_ITEMS
from tracegraph.lens import Lens
from tracegraph.products import Catalogue
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Certainty, Direction, RelationshipType, Rule
from tracegraph.walk.cone import Cone, Pair
from tracegraph.walk.inference import InferredSteps


def reach(
    starts: Mapping[str, Certainty],
    reader: GraphReader,
    lens: Lens,
    catalogue: Catalogue,
    *,
    direction: Direction = "downstream",
    max_items: int = DEFAULT_MAX_ITEMS,
) -> Cone:
    """Return everything that routes from (upstream: routes to) the starts pass.

    Parameters
    ----------
    starts : mapping
        Items by certainty; upstream also contracts.
    reader, lens, catalogue
        Where to read, what may be seen, and which goods may become which.
    direction : str
        ``downstream`` goes with the goods, ``upstream`` against them.
    max_items : int
        Items with a route from the starts; when there are more, the cone is cut and says `truncated`.

    Returns
    -------
    Cone
        Claims and inferred steps of the whole way.

    Notes
    -----
    Alternates two moves: the store's closure of a set of items over claims, and the inferred steps of the items that
    claims entered. An item's claims are asked for once as a start of a closure. Cost: the claims of the cone, times
    the number of turns (the largest number of inferred steps on a shortest route).
    """
    walk = _Walk(InferredSteps(reader, lens, catalogue))
    waiting = set(starts)
    contracts = sum("/" not in start for start in starts)  # they do not count as items
    truncated = False
    while waiting and not truncated:
        closure = reader.closure(sorted(waiting), direction, lens, max_items)
        found = walk.add_claims(closure.claims, direction)
        walk.reached |= waiting | found
        truncated = closure.truncated or len(walk.reached) - contracts > max_items
        fresh = (found | (waiting & starts.keys())) - walk.inferred_from
        waiting = walk.add_inferred(fresh, direction) - walk.reached
    return Cone(starts, walk.claims, walk.inferred, truncated)


class _Walk:
    """What has been found so far."""

    def __init__(self, inference: InferredSteps) -> None:
        self.inference = inference
        self.claims: dict[Pair, list[GoodsClaim]] = {}
        self.inferred: dict[Pair, Rule] = {}
        self.inferred_from: set[str] = set()
        self.reached: set[str] = set()
        self._seen: set[str] = set()

    def add_claims(self, claims: list[GoodsClaim], direction: Direction) -> set[str]:
        """Keep the claims that are new; return the items that they enter."""
        found = set()
        for claim in claims:
            if claim.claim_id in self._seen:
                continue
            self._seen.add(claim.claim_id)
            self.claims.setdefault((claim.start, claim.end), []).append(claim)
            if direction == "upstream":
                found.add(claim.start)
            elif claim.type != RelationshipType.DELIVERED_UNDER:
                found.add(claim.end)
        return found

    def add_inferred(self, items: set[str], direction: Direction) -> set[str]:
        """Keep the inferred steps of the items; return the items that they enter. Contracts have none."""
        self.inferred_from |= items
        found = set()
        for start, end, rule in self.inference.steps(sorted(item for item in items if "/" in item), direction):
            self.inferred[start, end] = rule
            found.add(end if direction == "downstream" else start)
        return found
