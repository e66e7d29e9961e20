"""If a factory, or a company with its factories, closes: which contracts stop, which have another source."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tracegraph.answer import DEFAULT_MAX_ITEMS, Dependent, Question
from tracegraph.answer_stops import (
    LISTED_SOURCES,
    Closed,
    Closure,
    Cycles,
    Delivery,
    Doubtful,
    Fails,
    Outcome,
    Reading,
    Source,
)
from tracegraph.graph.failure import AndOr, failing
from tracegraph.graph.failure_graph import ALL, UNSEEN, FailureGraphs, Node, item_nodes
from tracegraph.graph.failure_reasons import Open, Others
from tracegraph.lens import Lens
from tracegraph.model import Selector, product_of
from tracegraph.products import Catalogue
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.show import unknown_node
from tracegraph.services.stopping_ends import ends_of
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import UNSPECIFIED, Certainty, Label, SelectorKind, Status
from tracegraph.walk.cone import Cone
from tracegraph.walk.reach import reach

ORDER = {outcome: position for position, outcome in enumerate(Outcome)}
_ROUTED = (Status.ESTABLISHED, Status.POSSIBLE)


@dataclass(frozen=True, slots=True)
class Closing:
    """What is asked.

    Attributes
    ----------
    holder_id : str
        A factory, or a supplier, which closes with the factories that it operates.
    lens : Lens
        Who asks, and as of when.
    at_most : float
        Part of 1: contracts that lose at most this are marked.
    max_items : int
        Items on the way, at most.
    """

    holder_id: str
    lens: Lens
    at_most: float = 0.5
    max_items: int = DEFAULT_MAX_ITEMS


def if_closed(asked: Closing, reader: GraphReader, portfolios: Portfolios) -> Closure:
    """Return what a closure does to every contract.

    Parameters
    ----------
    asked : Closing
        What closes, and who asks.
    reader, portfolios
        The store, and its portfolio views.

    Raises
    ------
    UnknownNode
        The reader sees no holder with this id.

    Notes
    -----
    The contracts that depend on what closes are those of `dependents`; of these alone the cone upstream is read, and
    the AND/OR graph propagated in both readings and with both choices on circles: linear in the cone.
    """
    lens = asked.lens
    held = reader.items_of([asked.holder_id], lens)
    if not held:
        raise unknown_node(asked.holder_id, lens, reader)
    kind = SelectorKind.FACTORY if held[0].label is Label.FACTORY else SelectorKind.SUPPLIER
    selector = Selector(kind, asked.holder_id, services=False)
    answer = dependents(Question((selector,), lens, max_items=asked.max_items), reader, portfolios)
    portfolio = portfolios.under(lens).portfolio
    routed = {d.facts.contract_id: Certainty.CERTAIN for d in answer.dependents if d.status in _ROUTED}
    cone = reach(routed, reader, lens, portfolio.catalogue, direction="upstream", max_items=asked.max_items)
    at_stake: set[str] = {product_of(item) for item in answer.affected} or {UNSPECIFIED}
    states = _States(FailureGraphs(cone, ends_of(cone, portfolio, at_stake), portfolio.catalogue), answer.affected)
    judge = _Judge(states, cone, portfolio.catalogue)
    found = [judge.closed(dependent) for dependent in answer.dependents]
    return Closure(
        closes=selector,
        label=held[0].label,
        lens=lens,
        at_most=asked.at_most,
        max_items=asked.max_items,
        items=dict(sorted(answer.affected.items())),
        contracts=tuple(sorted(found, key=lambda c: (ORDER[c.outcome], c.facts.contract_id))),
        ungrounded=tuple(contract for contract in sorted(routed) if (contract, ALL) in states.before),
        truncated=cone.truncated or answer.summary.items_cut,
        graph_version=answer.summary.graph_version,
    )


class _States:
    """What fails in each reading, with each choice on circles."""

    def __init__(self, graphs: FailureGraphs, closed: Mapping[str, Certainty]) -> None:
        self.sure, self.maybe = graphs.build(Reading.FOR_CERTAIN), graphs.build(Reading.MAYBE)
        certain = list(item_nodes(item for item, c in closed.items() if c is Certainty.CERTAIN))
        self.candidates = frozenset(item for item, c in closed.items() if c is Certainty.CANDIDATE)
        perhaps = [*item_nodes(closed), UNSEEN]
        self.before = failing(self.sure, (), Cycles.GROUNDED)
        self.surely, self.surely_optimistic = _failing(self.sure, certain, self.before)
        self.perhaps, self.perhaps_optimistic = _failing(self.maybe, perhaps, failing(self.maybe, (), Cycles.GROUNDED))

    def fails(self, node: Node) -> Fails:
        return Fails(
            for_certain_optimistic=node in self.surely_optimistic,
            for_certain_grounded=node in self.surely,
            maybe_optimistic=node in self.perhaps_optimistic,
            maybe_grounded=node in self.perhaps,
        )


def _failing(
    graph: AndOr[Node], closed: Sequence[Node], before: Collection[Node]
) -> tuple[frozenset[Node], frozenset[Node]]:
    """Return what fails by the closure, grounded and optimistic; what had no source before has not failed by it."""
    optimistic = failing(graph, closed, Cycles.OPTIMISTIC)
    return (failing(graph, closed, Cycles.GROUNDED) - set(before)) | optimistic, optimistic


class _Judge:
    """Says what becomes of each contract."""

    def __init__(self, states: _States, cone: Cone, catalogue: Catalogue) -> None:
        self.states, self.catalogue = states, catalogue
        self.others = Others(states.maybe, states.sure, states.perhaps)
        self.open = Open(states.sure, states.surely, states.perhaps, states.candidates)
        self.deliveries: dict[str, list[str]] = {}
        for start, end in cone.claims:
            if "/" not in end:
                self.deliveries.setdefault(end, []).append(start)

    def closed(self, dependent: Dependent) -> Closed:
        facts, status = dependent.facts, dependent.status
        if status is Status.UNMAPPED:
            ends, ask = dependent.open_ends, dependent.ask
            return Closed(facts, status, Outcome.CANNOT_TELL, open_ends=ends, ask=ask)
        if status is Status.NO_LINK:
            return Closed(facts, status, Outcome.NOT_TOUCHED)
        contract = facts.contract_id
        delivered = tuple(
            Delivery(item, self._outcome((item, ALL))) for item in sorted(self.deliveries.get(contract, ()))
        )
        outcome = self._outcome((contract, ALL))
        if outcome is not Outcome.STOPS and self._loses_part(delivered):
            outcome = Outcome.LOSES_PART
        others, open_ = self._reasons(contract)
        return Closed(
            facts=facts,
            status=status,
            outcome=outcome,
            fails=self.states.fails((contract, ALL)),
            share=dependent.share,
            deliveries=delivered,
            others=tuple(others[:LISTED_SOURCES]),
            others_total=len(others),
            doubts=tuple(open_[:LISTED_SOURCES]),
            doubts_total=len(open_),
            open_ends=dependent.open_ends,
        )

    def _outcome(self, node: Node) -> Outcome:
        if node in self.states.surely:
            return Outcome.STOPS
        return Outcome.MAY_STOP if node in self.states.perhaps else Outcome.HOLDS

    def _loses_part(self, delivered: Sequence[Delivery]) -> bool:
        """Return whether a delivered product stops that no other delivery could stand in for."""
        going = [product_of(d.item) for d in delivered if d.outcome is not Outcome.STOPS]
        stopped = [product_of(d.item) for d in delivered if d.outcome is Outcome.STOPS]
        return any(not any(self.catalogue.same_goods(p, q) for q in going) for p in stopped)

    def _reasons(self, contract: str) -> tuple[list[Source], list[Doubtful]]:
        """Return the other sources of a contract that goes on, or where it is open whether it does."""
        states = self.states
        if (contract, ALL) in states.surely:
            return [], []
        if (contract, ALL) in states.perhaps:
            return [], self.open.doubts(contract)
        return self.others.of(contract), []
