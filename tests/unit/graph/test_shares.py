"""Sharp bounds of shares: known figures, circles, and random networks against plain iteration from 0."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import linprog

from tests.contract.build import LENS, contract, delivered, describes, offers, supplies
from tests.unit.demo_world import filled
from tracegraph.answer import Question, Share
from tracegraph.graph.share_network import Network
from tracegraph.graph.share_sources import Side, Sources
from tracegraph.graph.shares import Sweep, contradictory
from tracegraph.model import Selector, Statement
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.vocabulary import SelectorKind

Inflow = tuple[int, int, float, float, bool]  # origin, end, low, high, whether it is an ingredient


def network(size: int, inflows: Sequence[Inflow], rests: Iterable[int] = ()) -> tuple[Network, list[int]]:
    """Return a network of nodes 0 to size - 1, and the place of each in it."""
    graph = nx.DiGraph([(a, b) for a, b, *_ in inflows])
    graph.add_nodes_from(range(size))
    circles = nx.condensation(graph)
    layers = {c: n for n, layer in enumerate(nx.topological_generations(circles)) for c in layer}
    component = circles.graph["mapping"]
    order = sorted(range(size), key=lambda node: (layers[component[node]], component[node]))
    place = {node: n for n, node in enumerate(order)}
    rows = sorted(inflows, key=lambda inflow: place[inflow[1]])
    ends = np.array([place[inflow[1]] for inflow in rows], dtype=np.int64)
    has_rest = np.zeros(size, dtype=bool)
    has_rest[[place[node] for node in rests]] = True
    made = Network(
        first=np.searchsorted(ends, np.arange(size + 1)),
        origin=np.array([place[inflow[0]] for inflow in rows], dtype=np.int64),
        low=np.array([inflow[2] for inflow in rows], dtype=np.float64),
        high=np.array([inflow[3] for inflow in rows], dtype=np.float64),
        ingredient=np.array([inflow[4] for inflow in rows], dtype=bool),
        bought=np.ones(len(rows), dtype=bool),
        has_rest=has_rest,
        layer=np.array([layers[component[node]] for node in order], dtype=np.int64),
        circle=np.array(
            [component[n] if len(circles.nodes[component[n]]["members"]) > 1 else -1 for n in order], dtype=np.int64
        ),
    )
    return made, [place[node] for node in range(size)]


@dataclass(frozen=True)
class Given:
    """Affected nodes of a network, and what rests are worth at most; at least they are worth nothing."""

    certain: npt.NDArray[np.bool_]
    rest: npt.NDArray[np.float64]


def bound(made: Network, known: Given, side: Side) -> npt.NDArray[np.float64]:
    """Return one bound of every node."""
    rest = known.rest if side is Side.HIGH else np.zeros(made.size)
    return Sweep(made, known.certain, np.zeros(made.size, dtype=bool)).bound(side, rest)


def given(made: Network, place: Sequence[int], certain: Iterable[int], rest: float = 0.0) -> Given:
    """Return that some nodes are affected for certain, and what rests are worth."""
    flags = np.zeros(made.size, dtype=bool)
    flags[[place[node] for node in certain]] = True
    return Given(flags, np.full(made.size, rest))


def iterated(made: Network, known: Given, side: Side, rounds: int) -> np.ndarray:
    """Return what iterating the equations from 0 comes to: the least fixed point, slowly."""
    sources = Sources(made, np.arange(made.size))
    rest = known.rest if side is Side.HIGH else np.zeros(made.size)
    values = known.certain.astype(float)
    for _ in range(rounds):
        fresh = np.where(known.certain, 1.0, sources.pour(values, rest, side))
        if np.abs(fresh - values).max() == 0:
            break
        values = fresh
    return values


def test_a_loop_of_shares() -> None:
    """O8: e_a = .5 + .5 e_b, e_b = .5 e_a."""
    made, place = network(4, [(0, 1, 0.5, 0.5, False), (2, 1, 0.5, 0.5, False), (1, 2, 0.5, 0.5, False)], rests=[2])
    for side in Side:
        found = bound(made, given(made, place, [0]), side)
        assert found[place[1]] == pytest.approx(2 / 3, abs=1e-12)
        assert found[place[2]] == pytest.approx(1 / 3, abs=1e-12)


def test_a_slow_circle_is_exact() -> None:
    """A gain of 0.9999 a round: from outside comes 0.0001 of an affected item, so all of it is affected."""
    gain = 0.9999
    made, place = network(3, [(0, 1, 1 - gain, 1 - gain, False), (2, 1, gain, gain, False), (1, 2, 1.0, 1.0, False)])
    for side in Side:
        assert bound(made, given(made, place, [0]), side)[place[1]] == pytest.approx(1.0, abs=1e-9)


def test_goods_that_only_go_round_have_passed_nothing() -> None:
    made, place = network(3, [(1, 2, 1.0, 1.0, False), (2, 1, 1.0, 1.0, False)])
    for side in Side:
        found = bound(made, given(made, place, [0]), side)
        assert [found[place[node]] for node in range(3)] == [1.0, 0.0, 0.0]


def test_a_circle_may_take_all_from_outside_or_nothing() -> None:
    """a takes from b or from the affected item, b from a alone: anything between nothing and all."""
    made, place = network(3, [(0, 1, 0.0, 1.0, False), (2, 1, 0.0, 1.0, False), (1, 2, 1.0, 1.0, False)])
    low, high = (bound(made, given(made, place, [0]), side)[place[1]] for side in Side)
    assert (low, high) == (0.0, 1.0)


def test_own_making_is_between_its_strongest_ingredient_and_the_sum() -> None:
    made, place = network(4, [(0, 2, 0.3, 0.5, True), (1, 2, 0.2, 0.4, True), (2, 3, 1.0, 1.0, False)])
    low, high = (bound(made, given(made, place, [0, 1]), side)[place[3]] for side in Side)
    assert (low, high) == pytest.approx((0.3, 0.9))


def test_what_contradicts_itself_gets_the_widest_bounds() -> None:
    made, place = network(3, [(0, 2, 0.7, 0.7, False), (1, 2, 0.6, 0.6, False)])
    assert contradictory(made).tolist() == [place[2]]
    low, high = (bound(made, given(made, place, [0]), side)[place[2]] for side in Side)
    assert (low, high) == (0.0, 1.0)


@pytest.mark.parametrize("seed", range(150))
def test_random_networks_agree_with_iteration_from_nothing(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.randint(3, 9)
    pairs = {(chance.randrange(size), chance.randrange(1, size)) for _ in range(chance.randint(3, 22))}
    inflows = []
    for a, b in sorted(pairs):
        if a != b:
            low = chance.choice([0.0, 0.0, 0.1, 0.25, 0.5])
            inflows.append((a, b, low, chance.choice([low, 1.0, 1.0, min(1.0, low + 0.5)]), chance.random() < 0.25))
    made, place = network(size, inflows, rests=[n for n in range(size) if chance.random() < 0.5])
    known = given(made, place, [0], rest=chance.choice([0.0, 1.0]))
    for side in Side:
        found = bound(made, known, side)
        slow = iterated(made, known, side, 30_000)
        assert found == pytest.approx(slow, abs=2e-5)
        assert (found >= slow - 1e-9).all()  # iteration from 0 never passes the least fixed point


def programme(size: int, inflows: Sequence[Inflow], rests: set[int], worth: float, end: int, sign: int) -> float:
    """Return the least (sign 1) or most (-1) of node `end` by a linear programme over the goods that reach it.

    Variables are the amounts on each inflow, and from each rest, behind one unit at `end`; of what passes a node each
    source brings at least its low share and at most its high share. Node 0 is affected: what comes from it counts.
    """
    sources = [*inflows, *((-1, node, 0.0, 1.0, False) for node in rests)]
    counts = np.array([1.0 if a == 0 else worth if a == -1 else 0.0 for a, *_ in sources])
    equal, at_most = [], []
    for node in range(1, size):
        into = np.array([b == node for _, b, *_ in sources], dtype=float)
        if not into.any():
            continue
        through = np.array([a == node for a, *_ in sources], dtype=float)  # what leaves it, besides the unit at `end`
        unit = float(node == end)
        equal.append((into - through, unit))
        for n, (_, b, low, high, _) in enumerate(sources):
            if b == node:
                own = np.eye(len(sources))[n]
                at_most += [(own - high * through, high * unit), (low * through - own, -low * unit)]
    found = linprog(
        sign * counts,
        A_ub=[row for row, _ in at_most],
        b_ub=[limit for _, limit in at_most],
        A_eq=[row for row, _ in equal],
        b_eq=[limit for _, limit in equal],
    )
    assert found.fun is not None, found.message
    return float(sign * found.fun)


@pytest.mark.parametrize("seed", range(40))
def test_every_node_of_a_network_without_circles_is_the_optimum_of_a_linear_programme(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.randint(3, 8)
    inflows: list[Inflow] = []
    rests: set[int] = set()
    for end in range(1, size):
        origins = chance.sample(range(end), chance.randint(0, min(3, end)))
        left = 1.0
        for origin in origins:
            least = chance.choice([0.0, 0.0, 0.2, 0.5]) if left > 0.5 else 0.0
            left -= least
            inflows.append((origin, end, least, chance.choice([1.0, 1.0, least + 0.3]), False))
        if origins and (chance.random() < 0.5 or sum(inflow[3] for inflow in inflows if inflow[1] == end) < 1):
            rests.add(end)
    made, place = network(size, inflows, rests)
    worth = chance.choice([0.0, 1.0])
    known = given(made, place, [0], rest=worth)
    low, high = (bound(made, known, side) for side in Side)
    for end in {inflow[1] for inflow in inflows}:
        assert low[place[end]] == pytest.approx(programme(size, inflows, rests, 0.0, end, 1), abs=1e-7)
        assert high[place[end]] == pytest.approx(programme(size, inflows, rests, worth, end, -1), abs=1e-7)


def asked(path: Path, *statements: Statement, factory: str = "f1") -> Share | None:
    """Return the share of contract c1 for a report on a factory."""
    store = filled(path, *statements)
    question = Question((Selector(SelectorKind.FACTORY, factory),), LENS)
    (found,) = (d for d in dependents(question, store, Portfolios(store)).dependents if d.facts.contract_id == "c1")
    return found.share


def test_an_interval_and_an_unknown(tmp_path: Path) -> None:
    """O12: S1's share of F in [.2, .5]; S2 fully unknown between F and Y; contract .6 S1 + .4 S2."""
    complete = {"sourcing": "complete"}
    share = asked(
        tmp_path / "store.db",
        describes(contract("c1"), says={"title": "Gloves", "sourcing": "complete", "source_count": 2}),
        delivered("s1/gloves", "c1", share_low=0.6, share_high=0.6),
        delivered("s2/gloves", "c1", share_low=0.4, share_high=0.4),
        supplies("f1/gloves", "s1/gloves", share_low=0.2, share_high=0.5),
        supplies("f2/gloves", "s1/gloves"),
        supplies("f1/gloves", "s2/gloves"),
        supplies("f2/gloves", "s2/gloves"),
        offers("s1/gloves", attributes={**complete, "source_count": 2}),
        offers("s2/gloves", attributes={**complete, "source_count": 2}),
        offers("f2/gloves", attributes={"sourcing": "origin"}),
    )
    assert share is not None
    assert (share.low, share.high, share.unmapped) == pytest.approx((0.12, 0.70, 0.0))


def test_goods_decide_who_depends(tmp_path: Path) -> None:
    """O13: F sells gloves to D; D sells masks under c1 and gloves under c2: only c2 depends on F."""
    store = filled(
        tmp_path / "store.db",
        describes(contract("c1"), says={"title": "Masks"}),
        describes(contract("c2"), says={"title": "Gloves"}),
        supplies("f1/gloves", "d1/gloves"),
        delivered("d1/masks", "c1"),
        delivered("d1/gloves", "c2"),
    )
    question = Question((Selector(SelectorKind.FACTORY, "f1"),), LENS)
    answer = dependents(question, store, Portfolios(store))
    assert {d.facts.contract_id for d in answer.dependents if d.route} == {"c2"}
