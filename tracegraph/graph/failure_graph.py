"""The AND/OR graph of a cone: which inflows substitute for each other, and which are needed together (pure).

`docs/model.md` section 8, rule 3, says which inflow of an item is an *alternative* (the same goods, said more or less
precisely) and which an *ingredient*. Alternatives and own making substitute for each other; the ingredients of own
making are jointly needed. What is not known is read in two ways:

- *for certain*, in favour of supply: an item whose list of sources is open has one more, which does not fail; an
  inferred alternative is a source; an ingredient is needed unless a claim says that only a part of the output uses it;
- *maybe*, against supply: documented sources alone count, every ingredient that could be needed is, and where there is
  no documented source, any inferred inflow may be the only one, and an open end at which the goods could enter is fed
  by `UNSEEN`, which a closure closes too.

So what fails for certain fails whoever the unlisted sources are, and what does not even fail in the second
reading holds.

Nodes are (id, kind): ``(item, ALL)`` is an item with all its inflows, ``(item, CLAIMED)`` one that an inferred step
leaves, which only claims may have entered: two inferred steps never follow one another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import networkx as nx

from tracegraph.answer_stops import Reading
from tracegraph.decide import decide_share
from tracegraph.graph.failure import AndOr
from tracegraph.model import product_of
from tracegraph.products import Catalogue
from tracegraph.walk.cone import Cone
from tracegraph.walk.portfolio import SHARE_TOLERANCE

ALL: Final = 0  # an item with all its inflows; a contract
CLAIMED: Final = 1  # an item without its inferred inflows
MAKING: Final = 2  # own making; + ALL or CLAIMED
REST: Final = 4  # the sources of an item that nobody listed

Node = tuple[str, int]
UNSEEN: Final[Node] = ("", REST)  # where a closure could reach an open end without anybody having said so

#: A group that may be needed, by the products of its members.
Needed = dict[str, list[Node]]


@dataclass(frozen=True, slots=True)
class Ends:
    """What is known of where lists of sources end; ids of items and contracts.

    Attributes
    ----------
    unlisted : collection of str
        Open ends.
    bought : collection of str
        Items that may have been bought. Others are at factories, which are taken not to buy what they make.
    reachable : collection of str
        Open ends at which the goods in question could enter.
    """

    unlisted: Collection[str] = frozenset()
    bought: Collection[str] = frozenset()
    reachable: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Inflow:
    origin: Node
    product: str
    inferred: bool
    high: float


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Inflows by what they are to the item: alternatives or ingredients, claimed or inferred."""

    alternatives: list[_Inflow] = field(default_factory=list)
    ingredients: list[_Inflow] = field(default_factory=list)
    inferred_alternatives: list[_Inflow] = field(default_factory=list)
    inferred_ingredients: list[_Inflow] = field(default_factory=list)

    def put(self, inflow: _Inflow, *, alternative: bool) -> None:
        """Keep an inflow under what it is."""
        if alternative:
            (self.inferred_alternatives if inflow.inferred else self.alternatives).append(inflow)
        else:
            (self.inferred_ingredients if inflow.inferred else self.ingredients).append(inflow)


def item_nodes(items: Iterable[str]) -> Iterator[Node]:
    """Yield the nodes that close when items do."""
    for item in items:
        yield item, ALL
        yield item, CLAIMED


class FailureGraphs:
    """Makes AND/OR graphs of one cone.

    Parameters
    ----------
    cone : Cone
        From `tracegraph.walk.reach.reach`, upstream of contracts.
    ends : Ends
        Where lists of sources end.
    catalogue : Catalogue
        Which goods are comparable.
    """

    def __init__(self, cone: Cone, ends: Ends, catalogue: Catalogue) -> None:
        self.cone, self.ends, self.catalogue = cone, ends, catalogue
        self._inflows: dict[str, list[_Inflow]] = {}
        for (start, end), claims in sorted(cone.claims.items()):  # the order of the store shows nowhere
            stated = ((c.grade, c.recorded_at, c.share_low, c.share_high) for c in claims)
            high = decide_share(stated)[1]
            if high > 0:  # else somebody says that nothing comes this way
                self._add(end, _Inflow((start, ALL), product_of(start), False, high))
        for start, end in sorted(cone.inferred):
            if (start, end) not in cone.claims:
                self._add(end, _Inflow((start, CLAIMED), product_of(start), True, 1.0))
        named = {node for pair in (*cone.claims, *cone.inferred) for node in pair}
        self.names = sorted(named | cone.starts.keys())

    def _add(self, end: str, inflow: _Inflow) -> None:
        self._inflows.setdefault(end, []).append(inflow)

    def build(self, reading: Reading) -> AndOr[Node]:
        """Return the graph in one reading of what is not known."""
        needs: dict[Node, Sequence[Sequence[Node]]] = {}
        for name in self.names:
            inflows = self._inflows.get(name, [])
            if "/" not in name:
                self._put(needs, (name, ALL), _Sorted(inflows), reading)
                continue
            self._put(needs, (name, ALL), self._sorted(name, inflows), reading)
            claimed = [inflow for inflow in inflows if not inflow.inferred]
            self._put(needs, (name, CLAIMED), self._sorted(name, claimed), reading)
        return AndOr(needs)

    def _sorted(self, item: str, inflows: Iterable[_Inflow]) -> _Sorted:
        found = _Sorted()
        made = product_of(item)
        for inflow in inflows:
            found.put(inflow, alternative=self.catalogue.same_goods(inflow.product, made))
        return found

    def _put(self, needs: dict[Node, Sequence[Sequence[Node]]], node: Node, inflows: _Sorted, reading: Reading) -> None:
        making = (node[0], MAKING + node[1])
        if reading is Reading.FOR_CERTAIN:
            needs[node] = self._for_certain(node, making, inflows)
            if inflows.ingredients:
                needs[making] = list(self._surely_needed(inflows))
        else:
            needs[node] = self._maybe(node, making, inflows)
            if inflows.ingredients:
                needs[making] = list(self._possibly_needed(inflows))

    # --- in favour of supply ---

    def _for_certain(self, node: Node, making: Node, inflows: _Sorted) -> Sequence[Sequence[Node]]:
        sources = [inflow.origin for inflow in (*inflows.alternatives, *inflows.inferred_alternatives)]
        sources += [making] if inflows.ingredients else [i.origin for i in inflows.inferred_ingredients]
        if self._has_rest(node[0], made=bool(inflows.ingredients)):
            sources.append((node[0], REST))
        return [sources] if sources else []

    def _has_rest(self, name: str, *, made: bool) -> bool:
        """Return whether there may be sources that nobody listed; a factory is taken not to buy what it makes."""
        if self.cone.truncated:
            return True
        return name in self.ends.unlisted and (not made or name in self.ends.bought)

    def _surely_needed(self, inflows: _Sorted) -> Iterator[Sequence[Node]]:
        """Yield ingredients that substitute for each other, save where some output is said to need none of them."""
        by_product: dict[str, list[_Inflow]] = {}
        for inflow in inflows.ingredients:
            by_product.setdefault(inflow.product, []).append(inflow)
        alike: nx.Graph[str] = nx.Graph()
        alike.add_nodes_from(by_product)
        alike.add_edges_from((p, q) for p in by_product for q in by_product if self.catalogue.comparable(p, q))
        for kinds in nx.connected_components(alike):
            group = [inflow for kind in sorted(kinds) for inflow in by_product[kind]]
            if sum(inflow.high for inflow in group) >= 1 - SHARE_TOLERANCE:
                yield [inflow.origin for inflow in group]

    # --- against supply ---

    def _maybe(self, node: Node, making: Node, inflows: _Sorted) -> Sequence[Sequence[Node]]:
        documented = [inflow.origin for inflow in inflows.alternatives] + [making] * bool(inflows.ingredients)
        if documented:
            return [documented]
        alone = [[i.origin] for i in (*inflows.inferred_alternatives, *inflows.inferred_ingredients)]
        fed = node[0] in self.ends.reachable or self.cone.truncated
        return [*alone, [UNSEEN]] if fed else alone

    def _possibly_needed(self, inflows: _Sorted) -> Iterator[Sequence[Node]]:
        """Yield ingredients by product: claimed ones, and inferred ones of other products."""
        claimed: Needed = {}
        inferred: Needed = {}
        for inflow in inflows.ingredients:
            claimed.setdefault(inflow.product, []).append(inflow.origin)
        for inflow in inflows.inferred_ingredients:
            if not any(inflow.product == p or self.catalogue.comparable(inflow.product, p) for p in claimed):
                inferred.setdefault(inflow.product, []).append(inflow.origin)
        yield from (*claimed.values(), *inferred.values())
