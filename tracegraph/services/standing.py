"""Where every contract stands towards one scope, in arrays; what is said of one contract is made when it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from functools import cached_property

import numpy as np

from tracegraph.answer import Dependent, Question, RouteStep, Share, Summary
from tracegraph.answer_open_ends import OpenEnds
from tracegraph.graph.routes import Route
from tracegraph.services.contract_table import CODE_OF, STATUSES, Counted
from tracegraph.services.portfolios import PortfolioView
from tracegraph.services.route_finding import Found, Routes
from tracegraph.services.shares import at_exposure, shares_of
from tracegraph.vocabulary import Assumption, Basis, Grade, RelationshipType, Status
from tracegraph.walk.cone import Cone
from tracegraph.walk.open_ends import Outlook, Outlooks
from tracegraph.walk.open_ends_later import OpenEndsLater
from tracegraph.walk.outlook_table import BASES, RELEVANT_BELOW, Codes
from tracegraph.walk.portfolio import Flags
from tracegraph.walk.propagate import Ints
from tracegraph.walk.scope import ResolvedScope
from tracegraph.walk.tier_limited import TierLimited

_NO_LINK, _UNMAPPED = CODE_OF[Status.NO_LINK], CODE_OF[Status.UNMAPPED]


class Standing:
    """Where every contract of a portfolio stands towards a scope.

    Parameters
    ----------
    question : Question
        What is asked.
    routes : Routes
        What the affected items reach.
    view : PortfolioView
        The portfolio under the question's lens.
    scope : ResolvedScope
        The affected items.

    Attributes
    ----------
    status : uint8 array
        By contract, in the portfolio's order: code of its status.
    routes : Routes
        As given.
    limited : TierLimited or None
        What judges open ends where the question limits the tiers.
    kept : dict
        Rows that were made before, by position: few of them.
    """

    def __init__(self, question: Question, routes: Routes, view: PortfolioView, scope: ResolvedScope) -> None:
        self._question, self.routes, self._view, self._scope = question, routes, view, scope
        portfolio = view.portfolio
        self._outlooks = Outlooks(portfolio, scope.at_stake)
        self.limited = TierLimited(portfolio, scope.at_stake, question.max_tier) if question.max_tier else None
        self._judged = {c: self.limited.judged(c) for c in portfolio.contract_ids} if self.limited else {}
        self._codes = self._basis_codes()
        self.status = self._status_codes()
        self.kept: dict[int, Dependent] = {}

    def _basis_codes(self) -> Codes:
        if self.limited is None:
            return self._view.outlook_table.codes(self._scope.at_stake)
        found = [BASES.index(outlook.basis) for outlook, _ in self._judged.values()]
        return np.array(found, dtype=np.uint8)

    def _status_codes(self) -> Codes:
        unmapped = self._codes < RELEVANT_BELOW
        if self.routes.truncated:
            unmapped[:] = True
        status = np.where(unmapped, _UNMAPPED, _NO_LINK).astype(np.uint8)
        status[self.routes.anyhow] = CODE_OF[Status.POSSIBLE]
        status[self.routes.established] = CODE_OF[Status.ESTABLISHED]
        return status

    @cached_property
    def order(self) -> Ints:
        """Positions of all contracts by status, then by id."""
        return self._view.table.in_order(self.status)

    def ids(self, chosen: Flags) -> list[str]:
        """Return the ids of the chosen contracts."""
        contracts = self._view.portfolio.contract_ids
        return [contracts[position] for position in np.flatnonzero(chosen).tolist()]

    @property
    def listed(self) -> Flags:
        """By contract: whether it has one of the three listed statuses."""
        listed: Flags = self.status != _NO_LINK
        return listed

    def meeting(
        self, statuses: Set[Status], regions: Set[str], categories: Set[str], suppliers: Set[str]
    ) -> list[Flags]:
        """Return, for each of these sets that is not empty, which contracts have one of its members."""
        table, found = self._view.table, []
        if statuses:
            found.append(np.isin(self.status, [CODE_OF[status] for status in statuses]))
        for words, labelled in ((regions, table.regions), (categories, table.categories)):
            if words:
                found.append(self._having(words, labelled.words, labelled.row, labelled.word))
        if suppliers:
            names, contract, supplier = self.suppliers()
            found.append(self._having(suppliers, names, contract, supplier))
        return found

    def _having(self, wanted: Set[str], words: Sequence[str], row: Ints, word: Ints) -> Flags:
        """Return which contracts are paired with one of the wanted words."""
        chosen = np.array([one in wanted for one in words], dtype=bool)
        flags = np.zeros(len(self.status), dtype=bool)
        flags[row[chosen[word]]] = True
        return flags

    # --- whom to call, whom to ask ---

    @cached_property
    def _called(self) -> Flags:
        """By pair of a contract and who delivers: whether routes go through what they deliver."""
        return self._view.deliverers.through(self.routes.delivered)

    @cached_property
    def _asked(self) -> Flags:
        """By pair of a contract and who delivers: whether to ask, should the contract be unmapped."""
        return self._view.deliverers.to_ask(self._view.outlook_table.leads_from_open(self._scope.at_stake))

    def suppliers(self) -> tuple[list[str], Ints, Ints]:
        """Return whom to call or ask: ids, sorted, and pairs of a contract (position) and one of them (place)."""
        deliverers = self._view.deliverers
        status = self.status[deliverers.contract]
        pairs = (self._asked & (status == _UNMAPPED)) | (self._called & (status < _UNMAPPED))
        return deliverers.holders, deliverers.contract[pairs], deliverers.holder[pairs]

    # --- one contract ---

    def row(self, position: int, found: Found, later: OpenEndsLater) -> Dependent:
        """Return what is said of one contract.

        Parameters
        ----------
        position : int
            Its position.
        found : Found
            The routes to it, if there are any.
        later : OpenEndsLater
            What looks up its open ends when somebody wants to see them.
        """
        facts = self._view.table.facts[position]
        status = STATUSES[self.status[position]]
        open_ends = self._open_ends(facts.contract_id, later)
        if status is Status.NO_LINK:
            outlook = self._outlook(facts.contract_id)
            basis = outlook.basis if self._question.lens.infers else Basis.FILTERED
            return Dependent(facts, status, basis, assumptions=_assumed(outlook))
        if status is Status.UNMAPPED:
            basis = Basis.NOT_EXCLUDED if self.routes.truncated else BASES[self._codes[position]]
            ask = self._view.deliverers.of(position, self._asked)
            return Dependent(facts, status, basis, open_ends=open_ends, ask=ask)
        reached, share = found.reached[facts.contract_id], self._shares[facts.contract_id]
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

    def later(self) -> OpenEndsLater:
        """Return what looks up the open ends of the listed contracts."""
        return OpenEndsLater(self._outlooks, lambda: self.ids(self.listed))

    def _open_ends(self, contract: str, later: OpenEndsLater) -> OpenEnds:
        return OpenEnds.later(later, contract) if self.limited is None else self._judged[contract][1]

    def _outlook(self, contract: str) -> Outlook:
        return self._outlooks.of(contract) if self.limited is None else self._judged[contract][0]

    @cached_property
    def _shares(self) -> Mapping[str, Share]:
        return shares_of(self._view, self._scope.affected, self._outlooks, self.limited, self.ids(self.routes.anyhow))

    # --- all contracts ---

    def summary(self, version: int) -> Summary:
        """Return the counts over all contracts."""
        table, status = self._view.table, self.status
        of = {one: status == CODE_OF[one] for one in STATUSES}
        unmapped = of[Status.UNMAPPED]
        match = unmapped & (self._codes == BASES.index(Basis.GOODS_MATCH)) & (not self.routes.truncated)
        names, contract, supplier = self.suppliers()
        return Summary(
            counts={one: int(chosen.sum()) for one, chosen in of.items()},
            value_sek={one: table.value_of(chosen) for one, chosen in of.items() if one is not Status.NO_LINK},
            contracts_without_value=int((self.listed & ~table.valued).sum()),
            unmapped_by_basis={
                Basis.GOODS_MATCH: int(match.sum()),
                Basis.NOT_EXCLUDED: int((unmapped & ~match).sum()),
            },
            by_region=Counted(table.regions.words, table.regions.word, status[table.regions.row]),
            by_category=Counted(table.categories.words, table.categories.word, status[table.categories.row]),
            by_direct_supplier=Counted(names, supplier, status[contract]),
            truncated=self.routes.truncated or (self.limited is not None and self.limited.truncated),
            items_cut=self.routes.truncated,
            graph_version=version,
        )


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
