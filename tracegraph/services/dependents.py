"""Which contracts depend on what a report names, how do we know, and what can we not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from tracegraph.answer import (
    LISTED_STATUSES,
    Answer,
    ContractFacts,
    Dependent,
    Question,
    RouteStep,
    Share,
    Summary,
)
from tracegraph.answer_open_ends import OpenEnds
from tracegraph.graph.route_graph import build_route_graph
from tracegraph.graph.routes import Reached, Route, reached_contracts
from tracegraph.model import holder_of
from tracegraph.services.portfolios import Portfolios, PortfolioView
from tracegraph.services.shares import at_exposure, contradictions, shares_of
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Assumption, Basis, Grade, RelationshipType, Status
from tracegraph.walk.cone import Cone
from tracegraph.walk.open_ends import Outlook, Outlooks
from tracegraph.walk.open_ends_later import OpenEndsLater
from tracegraph.walk.reach import reach
from tracegraph.walk.scope import ResolvedScope, resolve_scope
from tracegraph.walk.tier_limited import TierLimited

STATUS_ORDER = {status: position for position, status in enumerate(Status)}


def dependents(question: Question, reader: GraphReader, portfolios: Portfolios) -> Answer:
    """Answer which contracts depend on a scope.

    Parameters
    ----------
    question : Question
        Scope, lens and limits.
    reader : GraphReader
        The store.
    portfolios : Portfolios
        The store's portfolio views, kept between questions.

    Returns
    -------
    Answer
        One `Dependent` for every contract that the reader sees.
    """
    lens = question.lens
    version = reader.version(lens)
    view = portfolios.under(lens, version)
    catalogue = view.portfolio.catalogue
    scope = resolve_scope(question.scope, reader, lens, catalogue)
    cone = reach(scope.affected, reader, lens, catalogue, max_items=question.max_items)
    reached = reached_contracts(build_route_graph(cone), set(view.portfolio.contract_ids), question.max_tier)
    judge = _Judge(question, cone, reached, view, scope)
    found = judge.dependents()
    listed = [dependent.facts.contract_id for dependent in found if dependent.status in LISTED_STATUSES]
    return Answer(
        question=question,
        affected=scope.affected,
        unmatched=scope.unmatched,
        summary=_summary(found, cone, judge, version),
        dependents=found,
        contradictions=contradictions(question, reader, view, listed, judge.limited),
    )


class _Judge:
    """Gives every contract its status."""

    def __init__(
        self, question: Question, cone: Cone, reached: Mapping[str, Reached], view: PortfolioView, scope: ResolvedScope
    ) -> None:
        self.question, self.cone, self.reached, self.view = question, cone, reached, view
        self.affected = scope.affected
        self.outlooks = Outlooks(view.portfolio, scope.at_stake)
        self.limited = TierLimited(view.portfolio, scope.at_stake, question.max_tier) if question.max_tier else None

    def dependents(self) -> tuple[Dependent, ...]:
        contracts = self.view.portfolio.contract_ids
        judged = {contract: self._judged(contract) for contract in contracts}
        listed = [
            contract for contract in contracts if contract in self.reached or self._is_unmapped(judged[contract][0])
        ]
        later = OpenEndsLater(self.outlooks, listed)
        open_ends = {c: OpenEnds.later(later, c) if self.limited is None else judged[c][1] for c in listed}
        facts = self.view.facts(contracts)
        shares = shares_of(self.view, self.affected, self.outlooks, self.limited, list(self.reached))
        found = (
            self._routed(facts[c], self.reached[c], open_ends[c], shares[c])
            if c in self.reached
            else self._unrouted(facts[c], judged[c][0], open_ends.get(c))
            for c in contracts
        )
        return tuple(sorted(found, key=lambda d: (STATUS_ORDER[d.status], d.facts.contract_id)))

    def _judged(self, contract: str) -> tuple[Outlook, OpenEnds]:
        if self.limited is not None:
            return self.limited.judged(contract)
        return self.outlooks.of(contract), OpenEnds([], 0)

    def _is_unmapped(self, outlook: Outlook) -> bool:
        return outlook.relevant or self.cone.truncated

    def _routed(self, facts: ContractFacts, reached: Reached, open_ends: OpenEnds, share: Share) -> Dependent:
        return Dependent(
            facts=facts,
            status=Status.ESTABLISHED if reached.established else Status.POSSIBLE,
            tier=reached.tier,
            direct_suppliers=tuple(sorted({holder_of(item) for item in reached.direct})),
            weakest_grade=reached.route.weakest_grade,
            route=route_steps(reached.route, self.cone),
            share=share,
            exposed_sek=at_exposure(facts.value_sek, share),
            open_ends=open_ends,
        )

    def _unrouted(self, facts: ContractFacts, outlook: Outlook, open_ends: OpenEnds | None) -> Dependent:
        if self._is_unmapped(outlook):
            basis = Basis.NOT_EXCLUDED if self.cone.truncated else outlook.basis
            ask = self.outlooks.to_ask(facts.contract_id)
            return Dependent(facts, Status.UNMAPPED, basis, open_ends=open_ends or OpenEnds([], 0), ask=ask)
        assumed = {
            Assumption.DELIVERIES_LISTED: outlook.deliveries_listed,
            Assumption.MAKES_OWN: outlook.makes_own,
        }
        basis = outlook.basis if self.question.lens.infers else Basis.FILTERED
        return Dependent(
            facts,
            Status.NO_LINK,
            basis,
            assumptions=tuple(assumption for assumption, holds in assumed.items() if holds),
        )


def route_steps(route: Route, cone: Cone) -> tuple[RouteStep, ...]:
    """Return a route's steps from the affected item to the contract, with evidence and tiers."""
    steps: list[RouteStep] = []
    tier = 0
    pairs = list(zip(route.nodes, route.nodes[1:], route.inferred, strict=False))
    for start, end, inferred in reversed(pairs):
        if inferred:
            rule = cone.inferred[start, end]
            steps.append(RouteStep(start, end, "INFERRED", tier, Grade.INFERRED, rule))
            continue
        claims = sorted(cone.claims[start, end], key=lambda claim: claim.claim_id)
        tier += claims[0].type != RelationshipType.BECOMES
        grade = Grade.of_rank(max(claim.grade for claim in claims))
        steps.append(RouteStep(start, end, claims[0].type, tier, grade, claims=tuple(claims)))
    return tuple(reversed(steps))


def _summary(found: Sequence[Dependent], cone: Cone, judge: _Judge, version: int) -> Summary:
    counts = Counter(dependent.status for dependent in found)
    bases = Counter(dependent.basis for dependent in found if dependent.status is Status.UNMAPPED)
    listed = [dependent for dependent in found if dependent.status in LISTED_STATUSES]
    return Summary(
        counts={status: counts[status] for status in Status},
        value_sek={
            status: sum(d.facts.value_sek or 0 for d in listed if d.status is status) for status in LISTED_STATUSES
        },
        contracts_without_value=sum(dependent.facts.value_sek is None for dependent in listed),
        unmapped_by_basis={basis: bases[basis] for basis in (Basis.GOODS_MATCH, Basis.NOT_EXCLUDED)},
        by_region=_counted((region, d.status) for d in listed for region in d.facts.regions),
        by_category=_counted((d.facts.category, d.status) for d in listed if d.facts.category),
        by_direct_supplier=_counted((s, d.status) for d in listed for s in (*d.direct_suppliers, *d.ask)),
        truncated=cone.truncated or (judge.limited is not None and judge.limited.truncated),
        items_cut=cone.truncated,
        graph_version=version,
    )


def _counted(pairs: Iterable[tuple[str, Status]]) -> dict[str, dict[Status, int]]:
    """Return how often each pair occurs, by key (sorted) and status."""
    counts = Counter(pairs)
    keys = sorted({key for key, _ in counts})
    return {key: {status: counts[key, status] for status in LISTED_STATUSES} for key in keys}
