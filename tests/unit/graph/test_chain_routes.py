"""Which steps of a chain lie on a route from what is affected."""

from __future__ import annotations

import pytest

from tests.unit.random_worlds import random_world
from tracegraph.answer import Question
from tracegraph.answer_chain import ChainStep
from tracegraph.graph.chain_routes import steps_on_routes
from tracegraph.model import Selector
from tracegraph.services.chain import chain
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios
from tracegraph.vocabulary import Grade, Rule, SelectorKind, Status


def claimed(start: str, end: str) -> ChainStep:
    return ChainStep(start, end, "SUPPLIES", 1, Grade.DECLARED)


def inferred(start: str, end: str) -> ChainStep:
    return ChainStep(start, end, "INFERRED", 1, Grade.INFERRED, rule=Rule.TAXONOMY)


def test_what_lies_beside_or_upstream_is_on_no_route() -> None:
    steps = [claimed("a/x", "b/x"), claimed("b/x", "c/x"), claimed("c/x", "c1"), claimed("d/x", "c/x")]
    assert steps_on_routes(steps, {"b/x"}, "c1") == {steps[1], steps[2]}
    assert steps_on_routes(steps, {"z/x"}, "c1") == frozenset()


def test_two_inferred_steps_in_a_row_are_no_route() -> None:
    steps = [inferred("a/x", "a/y"), inferred("a/y", "a/z"), claimed("a/z", "c1"), claimed("b/y", "a/y")]
    assert steps_on_routes(steps, {"a/x"}, "c1") == frozenset()
    assert steps_on_routes(steps, {"b/y"}, "c1") == {steps[3], steps[1], steps[2]}


def routes(steps: list[ChainStep], affected: set[str], contract: str) -> set[ChainStep]:
    """Return the steps of all routes, circles included, by spreading marks until nothing changes.

    A step is reached when it can follow a reached one (or a start), and leads on when a step that can follow it does.
    """

    def follows(step: ChainStep, before: ChainStep) -> bool:
        return before.end == step.start and not (step.rule and before.rule)

    reached = {step for step in steps if step.start in affected}
    leading = {step for step in steps if step.end == contract}
    for _ in steps:
        reached |= {step for step in steps if any(follows(step, before) for before in reached)}
        leading |= {step for step in steps if any(follows(after, step) for after in leading)}
    return reached & leading


@pytest.mark.parametrize("seed", range(12))
def test_as_spreading_marks_finds_and_as_the_status_says(seed: int) -> None:
    with random_world(seed, "small", lenses=2) as (store, lenses):
        for lens in lenses:
            scope = tuple(Selector(SelectorKind.FACTORY, f"f{n}") for n in (1, 2))
            answer = dependents(Question(scope, lens), store, Portfolios(store))
            for dependent in answer.dependents:
                contract = dependent.facts.contract_id
                steps = chain(contract, lens, store).steps
                marked = steps_on_routes(steps, answer.affected, contract)
                assert marked == routes(list(steps), set(answer.affected), contract)
                assert bool(marked) == (dependent.status in (Status.ESTABLISHED, Status.POSSIBLE))
                best = {(step.start, step.end) for step in dependent.route or ()}
                assert best <= {(step.start, step.end) for step in marked}
