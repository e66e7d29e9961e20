"""How likely supply is to hold: the figures of the tree recursion, enumeration and sampling."""

from __future__ import annotations

import itertools

import pytest

from tests.unit.graph.test_failure import brute, random_graph
from tracegraph.answer_points import Way
from tracegraph.answer_stops import Cycles
from tracegraph.graph.failure import AndOr
from tracegraph.graph.failure_chance import ENUMERATED, holding

Name = tuple[int, ...]


def tree(depth: int, inputs: int, suppliers: int, at: Name = ()) -> dict[Name, list[list[Name]]]:
    """An AND/OR tree in which every firm needs some inputs and has some suppliers of each."""
    if depth == 0:
        return {at: []}
    groups = [[(*at, i, s) for s in range(suppliers)] for i in range(inputs)]
    needs = {at: groups}
    for member in itertools.chain(*groups):
        needs |= tree(depth - 1, inputs, suppliers, member)
    return needs


@pytest.mark.parametrize(
    ("suppliers", "inputs", "expected"),
    [(2, 2, (0.9801, 0.972388, 0.969067)), (2, 5, (0.950990, 0.900387, 0.832641))],
)
def test_the_tree_has_the_figures_of_the_recursion(suppliers: int, inputs: int, expected: tuple[float, ...]) -> None:
    """O9 of the design: depths 1 to 3 at a link success of 0.9."""
    for depth, probability in enumerate(expected, start=1):
        found = holding(AndOr(tree(depth, inputs, suppliers)), (), 0.9, lambda node, member: (node, member))
        assert found.way is Way.TREE
        assert found.probability == pytest.approx(probability, abs=1e-6)


@pytest.mark.parametrize(
    ("suppliers", "inputs", "tipping"), [(2, 2, 27 / 32), (3, 2, 0.647426), (4, 5, 0.677853), (2, 5, 0.945851)]
)
def test_below_the_tipping_point_deep_supply_breaks_down(suppliers: int, inputs: int, tipping: float) -> None:
    """O9: the recursion, iterated on depth-1 trees whose links carry the value of the depth before."""
    for x, holds in ((tipping - 1e-4, False), (tipping + 1e-4, True)):
        value = 1.0
        for _ in range(3000):
            value = holding(AndOr(tree(1, inputs, suppliers)), (), x * value, lambda n, m: (n, m)).probability
        assert (value > 0.05) is holds


def test_shared_links_are_not_counted_twice() -> None:
    graph = AndOr({"top": [["a", "b"]], "a": [["x"]], "b": [["x"]]})
    found = holding(graph, "top", 0.5, lambda n, m: (n, m))
    assert found.way is Way.ENUMERATED
    assert found.probability == pytest.approx(0.4375)  # 1 - (1 - 0.25)^2: x itself never fails
    same = holding(graph, "top", 0.5, lambda n, m: "one" if m == "x" else (n, m))
    assert same.probability == pytest.approx(0.375)  # 0.5 * (1 - 0.25)
    sure = holding(graph, "top", 0.5, lambda n, m: None if m == "x" else (n, m))
    assert sure.probability == pytest.approx(0.75)


def test_a_circle_holds_nothing_by_itself() -> None:
    graph = AndOr({"a": [["source", "b"]], "b": [["a"]]})
    assert holding(graph, "b", 0.5, lambda n, m: (n, m)).probability == pytest.approx(0.25)


@pytest.mark.parametrize("seed", range(25))
def test_exact_figures_are_those_of_all_worlds(seed: int) -> None:
    graph = random_graph(seed, nodes=6)
    for top in graph.nodes():
        part = graph.upstream([top])
        links = list(dict.fromkeys((n, m) for n, groups in part.needs.items() for g in groups for m in g))
        if not 0 < len(links) <= min(ENUMERATED, 9):
            continue
        total = 0.0
        for up in itertools.product((False, True), repeat=len(links)):
            broken = {link for link, holds in zip(links, up, strict=True) if not holds}
            left = AndOr(
                {n: [[m for m in g if (n, m) not in broken] for g in groups] for n, groups in part.needs.items()}
            )
            total += (
                (top not in brute(left, (), Cycles.GROUNDED)) * 0.7 ** (len(links) - len(broken)) * 0.3 ** len(broken)
            )
        found = holding(graph, top, 0.7, lambda n, m: (n, m))
        assert found.way is not Way.SAMPLED
        assert found.probability == pytest.approx(total, abs=1e-12)


def test_a_sample_is_near_the_exact_figure_and_repeats_itself() -> None:
    middle, raw = [f"mid-{k}" for k in range(4)], [f"raw-{k}" for k in range(4)]
    graph = AndOr({"top": [[m] for m in middle]} | {m: [raw] for m in middle})
    found = holding(graph, "top", 0.8, lambda n, m: (n, m), seed=7)
    assert found.way is Way.SAMPLED
    exact = (0.8 * (1 - 0.2**4)) ** 4  # the raw goods are shared, but they never fail
    assert abs(found.probability - exact) < 4 * found.standard_error
    assert found == holding(graph, "top", 0.8, lambda n, m: (n, m), seed=7)
