"""The portfolio under a lens, kept while nothing visible changes: ordinary questions never pay for it twice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property, partial
from typing import Final

from tracegraph.answer import Answer, ContractFacts
from tracegraph.decide import decide_attribute
from tracegraph.graph.contract_shares import PortfolioShares
from tracegraph.graph.portfolio_snapshot import PortfolioSnapshot, snapshot_of
from tracegraph.kept import Kept
from tracegraph.lens import Lens
from tracegraph.model import AttributeValue, Claim
from tracegraph.services.contract_table import ContractTable
from tracegraph.store.chain_state import ChainState
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Label
from tracegraph.walk.deliverers import Deliverers
from tracegraph.walk.outlook_table import OutlookTable
from tracegraph.walk.portfolio import Portfolio

#: A lens, without its `known_at` and those of its visibilities that make no difference, and what it saw last.
LensKey = tuple[Lens, ChainState]
#: What contracts are, by id.
Facts = Mapping[str, ContractFacts]
#: How many answers are kept; one takes some 10 bytes for each contract of the portfolio, and 1 MB at most for its rows.
_ANSWERS: Final = 600


def contract_facts(contract_id: str, claims: Collection[Claim]) -> ContractFacts:
    """Return what the `DESCRIBES` claims of a contract amount to."""
    said = _decided(claims)
    value = said.get("value_sek")
    return ContractFacts(
        contract_id=contract_id,
        title=_text(said.get("title")),
        regions=tuple(sorted({region for claim in claims for region in _listed(claim.attributes.get("regions"))})),
        category=_text(said.get("category")),
        value_sek=value if isinstance(value, int | float) else None,
        end=_text(said.get("end")),
    )


def _decided(claims: Collection[Claim]) -> Mapping[str, AttributeValue | None]:
    """Return the deciding values of the facts; one row alone, the usual case, decides all."""
    if len(claims) == 1:
        (claim,) = claims
        return claim.attributes
    return {name: decide_attribute(claims, name) for name in ("title", "category", "value_sek", "end")}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _listed(value: object) -> Iterable[str]:
    return value if isinstance(value, list) else ()


def claims_by_node(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    """Return `DESCRIBES` claims by the node that they describe."""
    described: dict[str, list[Claim]] = {}
    for claim in claims:
        described.setdefault(claim.end.id, []).append(claim)
    return described


def facts_of(reader: GraphReader, lens: Lens) -> Facts:
    """Return the facts of all contracts that a visible row names."""
    described = claims_by_node(reader.descriptions(Label.CONTRACT, None, lens))
    return {contract: contract_facts(contract, claims) for contract, claims in described.items()}


class PortfolioView:
    """A portfolio, the facts of its contracts and what is computed of it, read or computed when first needed.

    Parameters
    ----------
    portfolio : Portfolio
        Everything that carries goods under one lens.
    read_facts : callable
        Returns the facts of all contracts that the lens sees described.
    """

    def __init__(self, portfolio: Portfolio, read_facts: Callable[[], Facts]) -> None:
        self.portfolio, self._read_facts = portfolio, read_facts
        self.shares = PortfolioShares(portfolio)

    @cached_property
    def facts(self) -> Facts:
        """The facts of all contracts of the portfolio, by id; of one that nothing describes: that nothing is known."""
        read = self._read_facts()
        return {
            contract: read.get(contract) or contract_facts(contract, ()) for contract in self.portfolio.contract_ids
        }

    @cached_property
    def table(self) -> ContractTable:
        """The facts of all contracts, in columns."""
        return ContractTable(list(self.facts.values()))

    @cached_property
    def snapshot(self) -> PortfolioSnapshot:
        """Everything that carries goods, as a graph in arrays."""
        return snapshot_of(self.portfolio)

    @cached_property
    def outlook_table(self) -> OutlookTable:
        """What the open ends say of all contracts."""
        return OutlookTable(self.portfolio)

    @cached_property
    def deliverers(self) -> Deliverers:
        """Who delivers under each contract."""
        return Deliverers(self.portfolio)


class Portfolios:
    """Portfolio views of one store, by lens and what was seen last of its chains, the latest few.

    Lenses that differ in `known_at` alone see the same once every claim is settled, so that those who ask as of now
    share a view; so do those whose visibilities differ in such alone that hold no part of a chain. Two threads never
    build the same view; different ones at the same time.

    Parameters
    ----------
    reader : GraphReader
        The store.
    keep : int
        How many views are kept.

    Attributes
    ----------
    answers : Kept
        Answers that were given last, by the view that they were computed from and what was asked; they go with it.
    """

    def __init__(self, reader: GraphReader, keep: int = 12) -> None:
        self._reader = reader
        self.answers: Kept[tuple[PortfolioView, Hashable], Answer] = Kept(_ANSWERS)
        self._views: Kept[LensKey, PortfolioView] = Kept(keep)
        self._facts: Kept[LensKey, Facts] = Kept(keep)

    def facts(self, lens: Lens) -> Facts:
        """Return the facts of all contracts under a lens, without building a portfolio; kept as views are."""
        key = self.key(lens.any_grade())  # facts are read whatever their grade

        def read() -> Facts:
            found = facts_of(self._reader, lens)
            if self.key(lens.any_grade()) == key:
                self._facts.put(key, found)
            return found

        return self._facts.once(key, read)

    def under(self, lens: Lens) -> PortfolioView:
        """Return the view under a lens, building it if need be."""
        key = self.key(lens)
        return self._views.once(key, partial(self._build, key, lens))

    def key(self, lens: Lens) -> LensKey:
        """Return what tells whether what was computed of chains under a lens holds under another, or later."""
        state = self._reader.chain_state(lens)
        known_at = "" if lens.known_at >= state.settled_at else lens.known_at
        return replace(lens, known_at=known_at, visible_to=state.visible_to), state

    def _build(self, key: LensKey, lens: Lens) -> PortfolioView:
        """Build a view, and keep it unless a chain changed meanwhile: it may hold what comes next."""
        portfolio = Portfolio(self._reader.portfolio(lens), self._reader.catalogue(), infers=lens.infers)
        view = PortfolioView(portfolio, partial(self.facts, lens))
        gone = self._views.drop(lambda old: old[0] == key[0] and old[1] != key[1])
        if self.key(lens) == key:
            gone += self._views.put(key, view)
        if gone:
            self.answers.drop(lambda one: one[0] in gone)
        return view
