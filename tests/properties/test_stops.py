"""What stops, on random worlds: readings and choices on circles enclose each other, and a No is a No."""

from __future__ import annotations

import pytest

from tests.unit.random_worlds import random_world
from tracegraph.answer import Question
from tracegraph.answer_points import Level
from tracegraph.answer_stops import Cycles, Outcome, Reading
from tracegraph.graph.failure import AndOr, failing
from tracegraph.graph.failure_graph import ALL, UNSEEN, FailureGraphs, Node, item_nodes
from tracegraph.lens import Lens
from tracegraph.model import Selector, holder_of, product_of
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.stopping import Closing, if_closed
from tracegraph.services.stopping_ends import ends_of
from tracegraph.services.stopping_points import Weak, single_points
from tracegraph.store.port import Store
from tracegraph.vocabulary import Certainty, Label, SelectorKind, Status
from tracegraph.walk.reach import reach

ROUTED = (Status.ESTABLISHED, Status.POSSIBLE)
SEEDS = range(20)


def holders(store: Store, lens: Lens) -> dict[str, Label]:
    rows = store.portfolio(lens).items
    return {row.holder_id: Label.FACTORY if row.is_factory else Label.SUPPLIER for row in rows}


def newly_failing(graph: AndOr[Node], closed: list[Node]) -> frozenset[Node]:
    before: frozenset[Node] = failing(graph, (), Cycles.GROUNDED)
    return failing(graph, closed, Cycles.GROUNDED) - before


@pytest.mark.parametrize("seed", SEEDS)
def test_readings_and_circles_enclose_each_other(seed: int) -> None:
    with random_world(seed, lenses=2) as (store, lenses):
        for lens in lenses:
            portfolios = Portfolios(store)
            for holder in sorted(holders(store, lens))[::3]:
                closure = if_closed(Closing(holder, lens), store, portfolios)
                for found in closure.contracts:
                    fails = found.fails
                    assert (fails is not None) == (found.status in ROUTED)
                    if fails is None:
                        continue
                    assert fails.for_certain_optimistic <= fails.for_certain_grounded <= fails.maybe_grounded
                    assert fails.for_certain_optimistic <= fails.maybe_optimistic <= fails.maybe_grounded
                    assert (found.outcome is Outcome.STOPS) == fails.for_certain_grounded
                    assert not found.others or not fails.maybe_grounded
                    assert bool(found.doubts) <= (fails.maybe_grounded and not fails.for_certain_grounded)
                    if found.outcome is Outcome.MAY_STOP:
                        assert found.doubts, "what is open is named"


@pytest.mark.parametrize("seed", SEEDS)
def test_what_has_no_link_cannot_stop_whatever_the_unknown_is(seed: int) -> None:
    """The graph of all contracts, not of those with a route alone: what may fail has a route or is unmapped."""
    with random_world(seed, lenses=2) as (store, lenses):
        for lens in lenses:
            portfolios = Portfolios(store)
            portfolio = portfolios.under(lens).portfolio
            starts = dict.fromkeys(portfolio.contract_ids, Certainty.CERTAIN)
            cone = reach(starts, store, lens, portfolio.catalogue, direction="upstream")
            for holder, label in sorted(holders(store, lens).items())[::3]:
                kind = SelectorKind.FACTORY if label is Label.FACTORY else SelectorKind.SUPPLIER
                question = Question((Selector(kind, holder, services=False),), lens)
                answer = dependents(question, store, portfolios)
                ends = ends_of(cone, portfolio, {product_of(item) for item in answer.affected})
                graphs = FailureGraphs(cone, ends, portfolio.catalogue)
                maybe, sure = graphs.build(Reading.MAYBE), graphs.build(Reading.FOR_CERTAIN)
                certain = [i for i, c in answer.affected.items() if c is Certainty.CERTAIN]
                perhaps = newly_failing(maybe, [*item_nodes(answer.affected), UNSEEN])
                surely = newly_failing(sure, list(item_nodes(certain)))
                for dependent in answer.dependents:
                    node = (dependent.facts.contract_id, ALL)
                    assert node not in perhaps or dependent.status is not Status.NO_LINK
                    assert node not in surely or dependent.status in ROUTED


@pytest.mark.parametrize("seed", SEEDS)
def test_a_single_point_is_what_stops_the_contract_when_it_closes(seed: int) -> None:
    with random_world(seed, "small", lenses=2) as (store, lenses):
        for lens in lenses:
            portfolios = Portfolios(store)
            weak = {w.facts.contract_id: w for w in single_points(Weak(lens, pairs=True), store, portfolios).contracts}
            portfolio = portfolios.under(lens).portfolio
            starts = dict.fromkeys(weak, Certainty.CERTAIN)
            cone = reach(starts, store, lens, portfolio.catalogue, direction="upstream")
            graphs = FailureGraphs(cone, ends_of(cone, portfolio), portfolio.catalogue)
            for reading, certainties in (
                (Reading.FOR_CERTAIN, (Certainty.CERTAIN,)),
                (Reading.MAYBE, (Certainty.CERTAIN, Certainty.CANDIDATE)),
            ):
                graph = graphs.build(reading)
                before = failing(graph, (), Cycles.GROUNDED)
                items = [name for name in graphs.names if "/" in name]
                for holder in sorted({holder_of(item) for item in items}):
                    shut = list(item_nodes(item for item in items if holder_of(item) == holder))
                    failed = failing(graph, shut, Cycles.GROUNDED)
                    for contract, weakness in weak.items():
                        named = {
                            p.id for p in weakness.points if p.level is Level.HOLDER and p.certainty in certainties
                        }
                        if (contract, ALL) in before:
                            assert named <= {p.id for p in weakness.points if p.certainty is Certainty.CERTAIN}
                        else:
                            assert ((contract, ALL) in failed) == (holder in named)
