"""The portfolio under a lens, kept while nothing visible changes: ordinary questions never pay for it twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from threading import Lock

from tracegraph.answer import Answer, ContractFacts
from tracegraph.decide import decide_attribute
from tracegraph.graph.contract_shares import PortfolioShares
from tracegraph.graph.portfolio_snapshot import PortfolioSnapshot, snapshot_of
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


def facts_of(contracts: Collection[str] | None, reader: GraphReader, lens: Lens) -> dict[str, ContractFacts]:
    """Return the facts of these contracts; of all that a visible row names where none are given."""
    described = claims_by_node(reader.descriptions(Label.CONTRACT, contracts, lens))
    return {c: contract_facts(c, described.get(c, ())) for c in (described if contracts is None else contracts)}


class PortfolioView:
    """A portfolio, the facts of its contracts and what is computed of it, read or computed when first needed."""

    def __init__(self, portfolio: Portfolio, reader: GraphReader, lens: Lens) -> None:
        self.portfolio = portfolio
        self._reader, self._lens = reader, lens
        self._facts: dict[str, ContractFacts] = {}
        self.shares = PortfolioShares(portfolio)

    @cached_property
    def table(self) -> ContractTable:
        """The facts of all contracts, in columns."""
        facts = self.facts(self.portfolio.contract_ids)
        return ContractTable([facts[contract] for contract in self.portfolio.contract_ids])

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

    def facts(self, contracts: Collection[str]) -> Mapping[str, ContractFacts]:
        """Return the facts of these contracts (and of others that were asked for before)."""
        missing = [contract for contract in contracts if contract not in self._facts]
        if missing:
            self._facts.update(facts_of(missing, self._reader, self._lens))
        return self._facts


class KeptAnswers:
    """Answers that were given last, while what they were computed from stays.

    Parameters
    ----------
    limit : int
        How many, at most; one takes some 10 bytes for each contract of the portfolio, and 1 MB at most for its rows.
    """

    def __init__(self, limit: int = 600) -> None:
        self._limit = limit
        self._kept: OrderedDict[tuple[int, Hashable], tuple[PortfolioView, Answer]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, view: PortfolioView, asked: Hashable) -> Answer | None:
        """Return the answer to what was asked of a view."""
        with self._lock:
            kept = self._kept.get((id(view), asked))
            if kept is None:
                return None
            self._kept.move_to_end((id(view), asked))
            return kept[1]

    def keep(self, view: PortfolioView, asked: Hashable, answer: Answer) -> None:
        """Keep an answer; that which was not asked for the longest time goes."""
        with self._lock:
            self._kept[id(view), asked] = view, answer  # the view too, so that nothing else gets its id
            if len(self._kept) > self._limit:
                self._kept.popitem(last=False)

    def drop(self, view: PortfolioView) -> None:
        """Drop the answers of a view that nobody asks any more."""
        with self._lock:
            for key in [key for key in self._kept if key[0] == id(view)]:
                del self._kept[key]


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
    """

    def __init__(self, reader: GraphReader, keep: int = 12) -> None:
        self._reader, self._keep = reader, keep
        self.answers = KeptAnswers()
        self._views: OrderedDict[LensKey, PortfolioView] = OrderedDict()
        self._builds: dict[LensKey, Lock] = {}
        self._lock = Lock()
        self._facts: OrderedDict[LensKey, dict[str, ContractFacts]] = OrderedDict()

    def facts(self, lens: Lens) -> Mapping[str, ContractFacts]:
        """Return the facts of all contracts under a lens, without building a portfolio; kept as views are."""
        key = self.key(lens.any_grade())  # facts are read whatever their grade
        kept = self._facts.get(key)
        if kept is None:
            kept = facts_of(None, self._reader, lens)
            if self.key(lens.any_grade()) == key:
                with self._lock:
                    self._facts[key] = kept
                    while len(self._facts) > self._keep:
                        self._facts.popitem(last=False)
        return kept

    def under(self, lens: Lens) -> PortfolioView:
        """Return the view under a lens, building it if need be."""
        key = self.key(lens)
        with self._lock:
            if key in self._views:
                self._views.move_to_end(key)
                return self._views[key]
            build = self._builds.setdefault(key, Lock())
        with build:
            kept = self._views.get(key)
            return kept or self._build(key, lens)

    def key(self, lens: Lens) -> LensKey:
        """Return what tells whether what was computed of chains under a lens holds under another, or later."""
        state = self._reader.chain_state(lens)
        known_at = "" if lens.known_at >= state.settled_at else lens.known_at
        return replace(lens, known_at=known_at, visible_to=state.visible_to), state

    def _build(self, key: LensKey, lens: Lens) -> PortfolioView:
        """Build a view, and keep it unless a chain changed meanwhile: it may hold what comes next."""
        try:
            portfolio = Portfolio(self._reader.portfolio(lens), self._reader.catalogue(), infers=lens.infers)
            view = PortfolioView(portfolio, self._reader, lens)
            is_still = self.key(lens) == key
            with self._lock:
                if is_still:
                    self._views[key] = view
                gone = self._outdated(key)
            for one in gone:
                self.answers.drop(one)
            return view
        finally:
            with self._lock:
                self._builds.pop(key, None)

    def _outdated(self, key: LensKey) -> list[PortfolioView]:
        """Take out the views that a newer one replaces, and the oldest of too many; return them."""
        replaced = [old for old in self._views if old[0] == key[0] and old[1] != key[1]]
        oldest = list(self._views)[: max(0, len(self._views) - len(replaced) - self._keep)]
        return [self._views.pop(old) for old in dict.fromkeys([*replaced, *oldest]) if old in self._views]
