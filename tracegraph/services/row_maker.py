"""What is said of one contract of an answer, made from where all of them stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from tracegraph.answer import Dependent, RouteStep, Share
from tracegraph.answer_open_ends import OpenEnds
from tracegraph.graph.routes import Route
from tracegraph.services.contract_table import STATUSES
from tracegraph.services.route_finding import Found
from tracegraph.services.shares import at_exposure, shares_of
from tracegraph.services.standing import Standing
from tracegraph.vocabulary import Assumption, Basis, Grade, RelationshipType, Status
from tracegraph.walk.cone import Cone
from tracegraph.walk.open_ends import Outlook, Outlooks
from tracegraph.walk.open_ends_later import OpenEndsLater
from tracegraph.walk.outlook_table import BASES
from tracegraph.walk.portfolio import Flags


class RowMaker:
    """Makes rows for one reader of an answer; what it needs for that goes with it.

    Parameters
    ----------
    standing : Standing
        Where all contracts stand.
    """

    def __init__(self, standing: Standing) -> None:
        self._standing, self._view = standing, standing.view

    def rows(self, positions: Sequence[int]) -> dict[int, Dependent]:
        """Return what is said of some contracts, by position; routes and shares are found for these together."""
        standing = self._standing
        found = standing.routes.to(positions)
        routed = [self._view.portfolio.contract_ids[p] for p in positions if standing.routes.anyhow[p]]
        shares = shares_of(self._view, standing.scope.affected, self._outlooks, standing.limited, routed)
        return {position: self._row(position, found, shares) for position in positions}

    def _row(self, position: int, found: Found, shares: Mapping[str, Share]) -> Dependent:
        standing, facts = self._standing, self._view.table.facts[position]
        status = STATUSES[standing.status[position]]
        open_ends = self._open_ends(facts.contract_id)
        if status is Status.NO_LINK:
            outlook = self._outlook(facts.contract_id)
            basis = outlook.basis if standing.question.lens.infers else Basis.FILTERED
            return Dependent(facts, status, basis, assumptions=_assumed(outlook))
        if status is Status.UNMAPPED:
            basis = Basis.NOT_EXCLUDED if standing.routes.truncated else BASES[standing.codes[position]]
            ask = self._view.deliverers.of(position, self._asked)
            return Dependent(facts, status, basis, open_ends=open_ends, ask=ask)
        reached, share = found.reached[facts.contract_id], shares[facts.contract_id]
        return Dependent(
            facts=facts,
            status=status,
            tier=reached.tier,
            direct_suppliers=self._view.deliverers.of(position, self._called),
            weakest_grade=reached.route.weakest_grade,
            route=route_steps(reached.route, found.cone),
            share=share,
            exposed_sek=at_exposure(facts.value_sek, share),
            open_ends=open_ends,
        )

    @cached_property
    def _asked(self) -> Flags:
        return self._standing.asked()

    @cached_property
    def _called(self) -> Flags:
        return self._standing.called()

    @cached_property
    def _outlooks(self) -> Outlooks:
        return Outlooks(self._view.portfolio, self._standing.scope.at_stake)

    @cached_property
    def _later(self) -> OpenEndsLater:
        """What looks up the open ends of the listed contracts."""
        return OpenEndsLater(self._outlooks, lambda: self._standing.ids(self._standing.listed))

    def _open_ends(self, contract: str) -> OpenEnds:
        if self._standing.limited is None:
            return OpenEnds.later(self._later, contract)
        return self._standing.judged[contract][1]

    def _outlook(self, contract: str) -> Outlook:
        return self._outlooks.of(contract) if self._standing.limited is None else self._standing.judged[contract][0]


def _assumed(outlook: Outlook) -> tuple[Assumption, ...]:
    """Return what a No takes for granted."""
    assumed = {Assumption.DELIVERIES_LISTED: outlook.deliveries_listed, Assumption.MAKES_OWN: outlook.makes_own}
    return tuple(assumption for assumption, holds in assumed.items() if holds)


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
