"""Closure in the Neo4j store: the goods claims of everything that is reached from a set of items.

The server finds the whole cone by one statement, a pruning breadth-first search for each start. Level by level, one
question each, costs more for one start and a deep chain, and less for several starts whose cones overlap; and it alone
keeps a limit in a determined way: the items kept are those nearest to the start, and of equally near ones those with
the smallest ids.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, Final

from tracegraph.errors import StoreDamaged
from tracegraph.messages import N_
from tracegraph.store.neo4j_connection import Transaction
from tracegraph.store.neo4j_rows import goods_downstream, goods_upstream
from tracegraph.store.rows import Closure, GoodsClaim
from tracegraph.vocabulary import Direction

#: With more starts than this, one question a level costs less than one search a start.
FEW_STARTS: Final = 4
#: Below this limit, a cone that goes beyond it costs more than the levels within it.
SMALL_LIMIT: Final = 2_000
_CHUNK: Final = 5_000

_GoodsOf = Callable[[str, Sequence[Any]], list[GoodsClaim]]


class Walk:
    """One question of the closure, within one transaction.

    Parameters
    ----------
    tx : Transaction
        To ask in.
    direction : str
        ``downstream`` or ``upstream``.
    sees : mapping
        The lens as parameters.
    """

    def __init__(self, tx: Transaction, direction: Direction, sees: dict[str, Any]) -> None:
        self._tx = tx
        self._sees = sees
        self._upstream = direction == "upstream"
        self._cone = f"cone_{direction}"
        self._level = "goods_into_items" if self._upstream else "goods_from_items"
        self._goods: _GoodsOf = goods_upstream if self._upstream else goods_downstream

    def closure(self, starts: Collection[str], max_items: int) -> Closure:
        """Return what is reached; see `GraphReader.closure`."""
        asked = sorted(set(starts))
        items = [start for start in asked if "/" in start]
        contracts = [start for start in asked if "/" not in start] if self._upstream else []
        delivered = list(self._claims("goods_into_contracts", contracts))
        first = {claim.start for claim in delivered}
        if len(items) <= max_items and max_items >= SMALL_LIMIT and len(first.union(items)) <= FEW_STARTS:
            cone = self._whole(items, first, max_items)
            if cone is not None:
                return Closure(delivered + cone)
        claims, truncated = self._by_levels(items, first, max_items)
        return Closure(delivered + claims, truncated)

    def _whole(self, items: list[str], first: set[str], max_items: int) -> list[GoodsClaim] | None:
        """Return the claims of the whole cone; None when it holds more items than allowed."""
        claims: list[GoodsClaim] = []
        met: set[str] = set()
        reached = set(items)  # the unknown ones too, so that the limit tells nothing of what is hidden
        starts = sorted(first.union(items))
        for item, goods in self._tx.stream(self._cone, ids=starts, limit=max_items + 1, **self._sees):
            if item in met:  # other forms of this question do that on Neo4j 5.26
                raise StoreDamaged(N_("the server gave {item} twice for {query}"), item=item, query=self._cone)
            met.add(item)
            reached.add(item)
            if len(reached) > max_items:
                return None
            claims += self._goods(item, goods)
        return claims

    def _by_levels(self, items: list[str], first: set[str], max_items: int) -> tuple[list[GoodsClaim], bool]:
        truncated = len(items) > max_items
        level = items[:max_items]
        reached = set(level)
        claims: list[GoodsClaim] = []
        waiting = first
        while level or waiting:
            met = waiting
            for claim in self._claims(self._level, level):
                claims.append(claim)
                if self._upstream:
                    met.add(claim.start)
                elif "/" in claim.end:
                    met.add(claim.end)
            new, room = sorted(met - reached), max_items - len(reached)
            truncated = truncated or len(new) > room
            level, waiting = new[:room], set()
            reached.update(level)
        return claims, truncated

    def _claims(self, query: str, ids: Sequence[str]) -> Iterator[GoodsClaim]:
        for place in range(0, len(ids), _CHUNK):
            for near, goods in self._tx.stream(query, ids=list(ids[place : place + _CHUNK]), **self._sees):
                yield from self._goods(near, goods)
