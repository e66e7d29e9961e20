"""How a contract depends on what a report names: its best routes, how sure that is, and what to verify next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from tracegraph.answer import Dependent, Question, RouteStep
from tracegraph.answer_routes import Effort, LinkToVerify, ListedRoute, Premise, Probability, Routes
from tracegraph.errors import InvalidInput
from tracegraph.graph.kbest import MAX_ROUTES, best_routes, count_routes, routes_to
from tracegraph.graph.reliability import Importance, all_exist, assess_reliability
from tracegraph.graph.reliability_graph import build_evidence_graph
from tracegraph.graph.route_graph import build_route_graph
from tracegraph.graph.routes import Route, reached_contracts
from tracegraph.messages import N_
from tracegraph.model import holder_of
from tracegraph.services.dependents import dependents
from tracegraph.services.legend import Legend, items_legend, merged, scope_legend, why_unsure
from tracegraph.services.portfolios import Portfolios, contract_facts
from tracegraph.services.row_maker import route_steps
from tracegraph.services.show import near_ids, unknown_node
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Certainty, Grade, Label, RelationshipType, Status
from tracegraph.walk.cone import Cone
from tracegraph.walk.reach import reach
from tracegraph.walk.scope import resolve_scope

MAX_SAMPLES: Final = 1_000_000
MOST_TO_VERIFY: Final = 10


def effort_of(k: int, seed: int, samples: int) -> Effort:
    """Return how much is asked for.

    Raises
    ------
    InvalidInput
        More routes, or more worlds, than are given.
    """
    if k > MAX_ROUTES:
        raise InvalidInput(N_("--k is {value}: write a number of routes from 1 to {most}"), value=k, most=MAX_ROUTES)
    if samples > MAX_SAMPLES:
        raise InvalidInput(
            N_("--samples is {value}: write a number of at most {most}; the standard error is then below 0.001"),
            value=samples,
            most=MAX_SAMPLES,
        )
    return Effort(k, seed, samples)


def routes(question: Question, contract_id: str, effort: Effort, reader: GraphReader, portfolios: Portfolios) -> Routes:
    """Answer how one contract depends on a scope, and how sure that is.

    Parameters
    ----------
    question : Question
        Scope, lens and limit on items; a limit on tiers is not used.
    contract_id : str
        A contract that the reader sees.
    effort : Effort
        How many routes, and how a probability is sampled where it cannot be exact.
    reader, portfolios
        The store; its portfolio views, used only where no route leads to the contract.

    Raises
    ------
    UnknownNode
        The reader sees no contract with this id.
    """
    lens = question.lens
    described = reader.descriptions(Label.CONTRACT, [contract_id], lens)
    if not described:
        raise unknown_node(contract_id, lens, reader)
    version = reader.version(lens)
    catalogue = reader.catalogue()
    scope = resolve_scope(question.scope, reader, lens, catalogue)
    cone = reach(scope.affected, reader, lens, catalogue, max_items=question.max_items)
    graph = routes_to(build_route_graph(cone), contract_id)
    best = best_routes(graph, contract_id, effort.k)
    reliability = assess_reliability(build_evidence_graph(cone), contract_id, effort)
    if reliability is None:
        answer = dependents(question, reader, portfolios)
        dependent = next(d for d in answer.dependents if d.facts.contract_id == contract_id)
    else:
        reached = reached_contracts(graph, {contract_id})[contract_id]
        dependent = Dependent(
            facts=contract_facts(contract_id, described),
            status=Status.ESTABLISHED if reached.established else Status.POSSIBLE,
            tier=reached.tier,
            direct_suppliers=tuple(sorted({holder_of(item) for item in reached.direct})),
            weakest_grade=reached.route.weakest_grade,
            route=route_steps(reached.route, cone),
        )
    return Routes(
        question=question,
        effort=effort,
        dependent=dependent,
        affected=scope.affected,
        unmatched=scope.unmatched,
        routes=tuple(_listed(route, cone, effort) for route in best),
        count=count_routes(graph, contract_id),
        probability=_probability(reliability.probability, cone) if reliability else None,
        verify_next=tuple(_to_verify(reliability.importances, cone)) if reliability else (),
        truncated=cone.truncated,
        graph_version=version,
    )


def _listed(route: Route, cone: Cone, effort: Effort) -> ListedRoute:
    """Return a route with its evidence, and how sure it is that all of it exists."""
    steps = route_steps(route, cone)
    start = route.nodes[0]
    alone = Cone(
        starts={start: cone.starts[start]},
        claims={(s.start, s.end): cone.claims[s.start, s.end] for s in steps if s.rule is None},
        inferred={(s.start, s.end): s.rule for s in steps if s.rule is not None},
    )
    sure = all_exist(build_evidence_graph(alone), effort.shared_doubt)
    return ListedRoute(steps, route.weakest_grade, steps[0].tier, sure)


def _probability(found: Probability, cone: Cone) -> Probability:
    """Return a probability as it may be said: where routes were cut off, only its lower bound stands."""
    if not cone.truncated:
        return found
    return replace(found, high=1.0, premises=(*found.premises, Premise.CUT))


def _to_verify(importances: Iterable[Importance], cone: Cone) -> Iterable[LinkToVerify]:
    for found in list(importances)[:MOST_TO_VERIFY]:
        link = found.link
        start, end = link.start or link.end, link.end
        claims = () if link.inferred else tuple(sorted(cone.claims[start, end], key=lambda claim: claim.claim_id))
        yield LinkToVerify(
            start=start,
            end=end,
            type=claims[0].type if claims else "INFERRED" if link.start else "CANDIDATE",
            grade=Grade.of_rank(max(claim.grade for claim in claims)) if claims else Grade.INFERRED,
            rule=cone.inferred[start, end] if link.inferred and link.start else None,
            claims=claims,
            ask=holder_of(start if claims and claims[0].type == RelationshipType.DELIVERED_UNDER else end),
            probability=link.probability,
            if_confirmed=found.confirmed,
            if_refuted=found.refuted,
            importance=found.birnbaum,
            expected_change=found.expected_change,
        )


def routes_legend(found: Routes, reader: GraphReader, lang: str) -> Legend:
    """Return what the ids of an answer stand for."""
    lens = found.question.lens
    shown: list[RouteStep | LinkToVerify] = [*found.verify_next, *(s for route in found.routes for s in route.steps)]
    ends = {end for step in shown for end in (step.start, step.end) if "/" in end}
    ends |= {end for end in found.dependent.open_ends.ids if "/" in end}
    cited = {claim.source_id for step in shown for claim in step.claims}
    holders = {*found.dependent.direct_suppliers, *found.dependent.ask}
    legend = items_legend(sorted(ends), holders, cited, reader, lens, lang=lang)
    candidates = {item for item in ends if found.affected.get(item) is Certainty.CANDIDATE}
    why = {item: why_unsure(item, found.question.scope, legend.factories) for item in sorted(candidates)}
    near = {selector.id: near_ids(selector.id, lens, reader) for selector in found.unmatched}
    named = scope_legend(found.question.scope, reader, lens, lang)
    return replace(merged((named, legend)), candidates=why, near=near)
