"""Where every contract stands towards one scope, in arrays."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np

from tracegraph.answer import Dependent, Question, Summary
from tracegraph.services.contract_table import CODE_OF, STATUSES, Counted
from tracegraph.services.portfolios import PortfolioView
from tracegraph.services.route_finding import Routes
from tracegraph.vocabulary import Basis, Status
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
    question, routes, view, scope
        As given.
    codes : uint8 array
        By contract: position in `BASES` of what its open ends say, should it have no route.
    limited : TierLimited or None
        What judges open ends where the question limits the tiers.
    judged : dict
        Where it does: what it says, by contract id.
    kept : dict
        Rows that were made before, by position: few of them.
    """

    def __init__(self, question: Question, routes: Routes, view: PortfolioView, scope: ResolvedScope) -> None:
        self.question, self.routes, self.view, self.scope = question, routes, view, scope
        portfolio = view.portfolio
        self.limited = TierLimited(portfolio, scope.at_stake, question.max_tier) if question.max_tier else None
        self.judged = {c: self.limited.judged(c) for c in portfolio.contract_ids} if self.limited else {}
        self.codes = self._basis_codes()
        self.status = self._status_codes()
        self.kept: dict[int, Dependent] = {}

    def _basis_codes(self) -> Codes:
        if self.limited is None:
            return self.view.outlook_table.codes(self.scope.at_stake)
        found = [BASES.index(outlook.basis) for outlook, _ in self.judged.values()]
        return np.array(found, dtype=np.uint8)

    def _status_codes(self) -> Codes:
        unmapped = self.codes < RELEVANT_BELOW
        if self.routes.truncated:
            unmapped[:] = True
        status = np.where(unmapped, _UNMAPPED, _NO_LINK).astype(np.uint8)
        status[self.routes.anyhow] = CODE_OF[Status.POSSIBLE]
        status[self.routes.established] = CODE_OF[Status.ESTABLISHED]
        return status

    def in_order(self) -> Ints:
        """Return the positions of all contracts by status, then by id."""
        return self.view.table.in_order(self.status)

    def ids(self, chosen: Flags) -> list[str]:
        """Return the ids of the chosen contracts."""
        contracts = self.view.portfolio.contract_ids
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
        table, found = self.view.table, []
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

    def called(self) -> Flags:
        """Return, by pair of a contract and who delivers, whether routes go through what they deliver."""
        return self.view.deliverers.through(self.routes.delivered)

    def asked(self) -> Flags:
        """Return, by pair of a contract and who delivers, whether to ask, should the contract be unmapped."""
        return self.view.deliverers.to_ask(self.view.outlook_table.leads_from_open(self.scope.at_stake))

    def suppliers(self) -> tuple[list[str], Ints, Ints]:
        """Return whom to call or ask: ids, sorted, and pairs of a contract (position) and one of them (place)."""
        deliverers = self.view.deliverers
        status = self.status[deliverers.contract]
        pairs = (self.asked() & (status == _UNMAPPED)) | (self.called() & (status < _UNMAPPED))
        return deliverers.holders, deliverers.contract[pairs], deliverers.holder[pairs]

    # --- all contracts ---

    def summary(self, version: int) -> Summary:
        """Return the counts over all contracts."""
        table, status = self.view.table, self.status
        of = {one: status == CODE_OF[one] for one in STATUSES}
        unmapped = of[Status.UNMAPPED]
        match = unmapped & (self.codes == BASES.index(Basis.GOODS_MATCH)) & (not self.routes.truncated)
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
