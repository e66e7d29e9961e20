"""Which contracts the affected items reach, by which routes: found in arrays, or by a walk where a limit asks for it.

The arrays of the portfolio say at once what is reached. The routes to a few contracts are then searched for among what
lies on the way to them alone; for many, the walk fetches the whole cone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Protocol

import numpy as np

from tracegraph.answer import Question
from tracegraph.graph.labels import labels_by_contract, labels_in
from tracegraph.graph.portfolio_reach import PortfolioReach, on_the_way, reach_in
from tracegraph.graph.route_graph import CLAIM, INFERRED, Node, build_route_graph
from tracegraph.graph.routes import Reached, reached_contracts
from tracegraph.model import Claim, holder_of, product_of
from tracegraph.services.portfolios import PortfolioView
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import GOODS_TYPES, Certainty, Rule
from tracegraph.walk.cone import Cone, Pair
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.reach import reach

#: Routes to more contracts than this, or on the way to which more items lie, are searched for in the whole cone.
FEW_CONTRACTS: Final = 250
FEW_ITEMS: Final = 3_000


@dataclass(frozen=True, slots=True)
class Found:
    """Routes to some contracts.

    Attributes
    ----------
    reached : mapping
        What the routes amount to, by contract id.
    cone : Cone
        The claims and inferred steps that they pass.
    """

    reached: Mapping[str, Reached]
    cone: Cone


class Routes(Protocol):
    """What the affected items reach."""

    @property
    def truncated(self) -> bool:
        """Whether the limit on items cut the way."""
        ...

    @property
    def established(self) -> Flags:
        """By contract: whether a route documented throughout reaches it."""
        ...

    @property
    def anyhow(self) -> Flags:
        """By contract: whether any route reaches it."""
        ...

    @property
    def delivered(self) -> Flags:
        """By delivery of the portfolio: whether a route goes through what is delivered."""
        ...

    def to(self, contracts: Sequence[int]) -> Found:
        """Return the routes to these contracts, by position; of contracts that no route reaches there are none."""
        ...

    def items(self) -> list[str]:
        """Return the items that routes may pass."""
        ...

    def labels(self, *kinds: Mapping[str, Collection[str]]) -> list[Mapping[int, Collection[str]]]:
        """Return, for items by label of several kinds, which labels lie on the routes to contracts, by position."""
        ...


class WalkedRoutes:
    """What a walk from the affected items reached.

    Parameters
    ----------
    question, starts, reader, view
        As for `routes_from`.
    """

    def __init__(
        self, question: Question, starts: Mapping[str, Certainty], reader: GraphReader, view: PortfolioView
    ) -> None:
        portfolio = view.portfolio
        cone = reach(starts, reader, question.lens, portfolio.catalogue, max_items=question.max_items)
        found = reached_contracts(build_route_graph(cone), set(portfolio.contract_ids), question.max_tier)
        self._question, self._found, self._portfolio = question, Found(found, cone), portfolio
        self.truncated = cone.truncated

    @cached_property
    def established(self) -> Flags:
        """By contract: whether a route documented throughout reaches it."""
        return self._flagged([c for c, found in self._found.reached.items() if found.established])

    @cached_property
    def anyhow(self) -> Flags:
        """By contract: whether any route reaches it."""
        return self._flagged(list(self._found.reached))

    @cached_property
    def delivered(self) -> Flags:
        """By delivery of the portfolio: whether a route goes through what is delivered."""
        portfolio, deliveries = self._portfolio, self._portfolio.deliveries
        items, contracts, width = portfolio.item_index, portfolio.contract_index, len(portfolio.contract_ids)
        reached = self._found.reached.items()
        passed = [items[item] * width + contracts[contract] for contract, found in reached for item in found.direct]
        pairs = deliveries.start.astype(np.int64) * width + (deliveries.end - portfolio.n)
        return np.isin(pairs, np.array(passed, dtype=np.int64))

    def to(self, contracts: Sequence[int]) -> Found:  # noqa: ARG002 - it found them all
        """Return the routes to these contracts, and to all others."""
        return self._found

    def items(self) -> list[str]:
        """Return the items that routes may pass."""
        cone = self._found.cone
        passed = {end for pair in (*cone.claims, *cone.inferred) for end in pair} | cone.starts.keys()
        return sorted(passed - self._portfolio.contract_index.keys())

    def labels(self, *kinds: Mapping[str, Collection[str]]) -> list[Mapping[int, Collection[str]]]:
        """Return, for items by label of several kinds, which labels lie on the routes to contracts, by position."""
        graph, number = build_route_graph(self._found.cone), self._portfolio.contract_index
        found: list[Mapping[int, Collection[str]]] = []
        for labelled in kinds:
            nodes = {label: [node for node in _nodes(items) if node in graph] for label, items in labelled.items()}
            of = labels_by_contract(graph, self._found.reached, nodes, self._question.max_tier)
            found.append({number[contract]: labels for contract, labels in of.items()})
        return found

    def _flagged(self, contracts: Sequence[str]) -> Flags:
        flags = np.zeros(len(self._portfolio.contract_ids), dtype=bool)
        flags[[self._portfolio.contract_index[contract] for contract in contracts]] = True
        return flags


class SweptRoutes:
    """What the arrays of the portfolio say that the affected items reach.

    Parameters
    ----------
    question, starts, reader, view
        As for `routes_from`.
    found : PortfolioReach
        What is reached.
    """

    truncated = False

    def __init__(
        self,
        question: Question,
        starts: Mapping[str, Certainty],
        reader: GraphReader,
        view: PortfolioView,
        found: PortfolioReach,
    ) -> None:
        self._question, self._starts, self._reader, self._view = question, starts, reader, view
        self._found = found
        self.established, self.anyhow = found.established, found.anyhow

    @property
    def delivered(self) -> Flags:
        """By delivery of the portfolio: whether a route goes through what is delivered."""
        flags: Flags = self._found.items[self._view.portfolio.deliveries.start]
        return flags

    def to(self, contracts: Sequence[int]) -> Found:
        """Return the routes to these contracts, by position."""
        wanted = [contract for contract in contracts if self.anyhow[contract]]
        if len(wanted) > FEW_CONTRACTS:
            return self.whole()
        way = on_the_way(self._view.snapshot, self._found, wanted)
        if int(way.sum()) > FEW_ITEMS:
            return self.whole()
        cone = self._cone_of(way, wanted)
        names = [self._view.portfolio.contract_ids[contract] for contract in wanted]
        return Found(reached_contracts(build_route_graph(cone), set(names)), cone)

    def items(self) -> list[str]:
        """Return the items that routes may pass."""
        ids = self._view.portfolio.items.ids
        return [ids[item] for item in np.flatnonzero(self._found.items).tolist()]

    def labels(self, *kinds: Mapping[str, Collection[str]]) -> list[Mapping[int, Collection[str]]]:
        """Return, for items by label of several kinds, which labels lie on the routes to contracts, by position."""
        index, found = self._view.portfolio.item_index, list[Mapping[int, Collection[str]]]()
        for labelled in kinds:
            places = {label: [index[item] for item in items if item in index] for label, items in labelled.items()}
            found.append(labels_in(self._view.snapshot, self._found, places))
        return found

    def whole(self) -> Found:
        """Return the routes to all contracts; not kept here, for it holds every claim on the way."""
        lens, portfolio = self._question.lens, self._view.portfolio
        cone = reach(self._starts, self._reader, lens, portfolio.catalogue, max_items=self._question.max_items)
        return Found(reached_contracts(build_route_graph(cone), set(portfolio.contract_ids)), cone)

    def _cone_of(self, way: Flags, contracts: Sequence[int]) -> Cone:
        """Return the part of the cone that lies on the way to these contracts."""
        portfolio = self._view.portfolio
        items = [portfolio.items.ids[item] for item in np.flatnonzero(way).tolist()]
        ends = {*items, *(portfolio.contract_ids[contract] for contract in contracts)}
        passed, claims = set(items), dict[Pair, list[GoodsClaim]]()
        for claim in self._claims(way, items, ends):
            if claim.start.id in passed and claim.end.id in ends:
                claims.setdefault((claim.start.id, claim.end.id), []).append(_goods_claim(claim))
        starts = {item: certainty for item, certainty in self._starts.items() if item in passed}
        return Cone(starts, claims, self._inferred(way))

    def _claims(self, way: Flags, items: Collection[str], ends: Collection[str]) -> list[Claim]:
        """Return the claims between what is on the way, and others at one side of it: where there are fewer."""
        if not items:
            return []
        snapshot, lens = self._view.snapshot, self._question.lens
        places = np.flatnonzero(way)
        leaving, entering = (int(np.diff(csr.indptr)[places].sum()) for csr in (snapshot.out, snapshot.into))
        if leaving < entering:
            return self._reader.links_of(items, GOODS_TYPES, "downstream", lens)
        return self._reader.links_of(ends, GOODS_TYPES, "upstream", lens)

    def _inferred(self, way: Flags) -> dict[Pair, Rule]:
        """Return the inferred steps between items on the way."""
        portfolio = self._view.portfolio
        pairs, ids = portfolio.inferred, portfolio.items.ids
        inside = way[pairs.start] & way[pairs.end]
        ends = zip(pairs.start[inside].tolist(), pairs.end[inside].tolist(), strict=True)
        return {(ids[a], ids[b]): self._rule(ids[a], ids[b]) for a, b in ends}

    def _rule(self, start: str, end: str) -> Rule:
        if holder_of(start) != holder_of(end):
            return Rule.OPERATION
        rule = self._view.portfolio.catalogue.rule(product_of(start), product_of(end))
        assert rule is not None, "a step within a holder is inferred by a rule"
        return rule


def routes_from(
    question: Question, starts: Mapping[str, Certainty], reader: GraphReader, view: PortfolioView
) -> Routes:
    """Return what affected items reach.

    Parameters
    ----------
    question : Question
        What is asked, with its limits.
    starts : mapping
        The affected items.
    reader : GraphReader
        The store.
    view : PortfolioView
        The portfolio under the question's lens.
    """
    if question.max_tier is None:
        index = view.portfolio.item_index
        places = {index[item]: certainty for item, certainty in starts.items() if item in index}
        found = reach_in(view.snapshot, places)
        if int(found.items.sum()) + len(starts) - len(places) <= question.max_items:
            return SweptRoutes(question, starts, reader, view, found)
    return WalkedRoutes(question, starts, reader, view)


def _nodes(items: Iterable[str]) -> Iterator[Node]:
    """Yield where items stand in a route graph, however they are entered."""
    return ((item, entered) for item in items for entered in (CLAIM, INFERRED))


def _goods_claim(claim: Claim) -> GoodsClaim:
    return GoodsClaim(
        claim.start.id,
        claim.end.id,
        claim.type.value,
        claim.grade.rank,
        claim.share_low,
        claim.share_high,
        claim.confidence,
        claim.valid_from,
        claim.valid_to,
        claim.recorded_at,
        claim.claim_id,
        claim.source_id,
    )
