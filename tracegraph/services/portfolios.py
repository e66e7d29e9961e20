"""The portfolio under a lens, kept while nothing visible changes: ordinary questions never pay for it twice."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from threading import Lock

from tracegraph.answer import ContractFacts
from tracegraph.decide import decide_attribute
from tracegraph.graph.contract_shares import PortfolioShares
from tracegraph.lens import Lens
from tracegraph.model import AttributeValue, Claim
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Label
from tracegraph.walk.portfolio import Portfolio

#: A lens, without its `known_at` where that makes no difference, and a graph version.
_Key = tuple[Lens, int]


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


class PortfolioView:
    """A portfolio, the facts of its contracts and the shares in it, read or computed when first needed."""

    def __init__(self, portfolio: Portfolio, reader: GraphReader, lens: Lens) -> None:
        self.portfolio = portfolio
        self._reader, self._lens = reader, lens
        self._facts: dict[str, ContractFacts] = {}
        self.shares = PortfolioShares(portfolio)

    def facts(self, contracts: Collection[str]) -> Mapping[str, ContractFacts]:
        """Return the facts of these contracts (and of others that were asked for before)."""
        missing = [contract for contract in contracts if contract not in self._facts]
        if missing:
            described = claims_by_node(self._reader.descriptions(Label.CONTRACT, missing, self._lens))
            self._facts.update(
                (contract, contract_facts(contract, described.get(contract, ()))) for contract in missing
            )
        return self._facts


class Portfolios:
    """Portfolio views of one store, by lens and graph version, the latest few.

    While the graph version stays, lenses that differ in `known_at` alone see the same once every claim is settled, so
    that those who ask as of now share a view. Two threads never build the same view; different ones at the same time.

    Parameters
    ----------
    reader : GraphReader
        The store.
    keep : int
        How many views are kept.
    """

    def __init__(self, reader: GraphReader, keep: int = 4) -> None:
        self._reader, self._keep = reader, keep
        self._views: OrderedDict[_Key, PortfolioView] = OrderedDict()
        self._builds: dict[_Key, Lock] = {}
        self._lock = Lock()

    def under(self, lens: Lens, version: int) -> PortfolioView:
        """Return the view under a lens at a graph version, building it if need be."""
        settled_at = self._reader.settled_at()
        key = (replace(lens, known_at="") if lens.known_at >= settled_at else lens, version)
        with self._lock:
            if key in self._views:
                self._views.move_to_end(key)
                return self._views[key]
            build = self._builds.setdefault(key, Lock())
        with build:
            kept = self._views.get(key)
            return kept or self._build(key, lens, settled_at)

    def _build(self, key: _Key, lens: Lens, settled_at: str) -> PortfolioView:
        """Build a view, and keep it unless the graph changed meanwhile: it may hold what the next version says."""
        try:
            portfolio = Portfolio(self._reader.portfolio(lens), self._reader.catalogue(), infers=lens.infers)
            view = PortfolioView(portfolio, self._reader, lens)
            is_still = (self._reader.version(lens), self._reader.settled_at()) == (key[1], settled_at)
            with self._lock:
                if is_still:
                    self._views[key] = view
                while len(self._views) > self._keep:
                    self._views.popitem(last=False)
            return view
        finally:
            with self._lock:
                self._builds.pop(key, None)
