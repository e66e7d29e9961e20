"""What stands in which country, and which contracts depend on it: every country at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tracegraph.answer import ContractFacts
from tracegraph.answer_exposures import Reading
from tracegraph.lens import Lens
from tracegraph.model import Selector
from tracegraph.services.narrowing import narrowed
from tracegraph.services.portfolio_sweep import PortfolioSweep
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader, Store
from tracegraph.vocabulary import Label, RelationshipType, SelectorKind, Status


@dataclass(frozen=True, slots=True)
class CountryRow:
    """One country.

    Attributes
    ----------
    code : str
        ISO 3166-1 alpha-2.
    sites, companies : int
        Factories that stand there, and companies that are registered there.
    contracts : mapping of Status to int
        Contracts by how they stand towards what is made there.
    value_sek : float or None
        Sum of the stated values of the established and possible ones, in SEK; None: none is stated.
    without_value : int
        Those of them whose value nobody states.
    """

    code: str
    sites: int
    companies: int
    contracts: Mapping[Status, int]
    value_sek: float | None
    without_value: int

    @property
    def touched(self) -> int:
        """Contracts with a route from there, established or possible."""
        return self.contracts[Status.ESTABLISHED] + self.contracts[Status.POSSIBLE]


@dataclass(frozen=True, slots=True)
class World:
    """Every country in which something stands or is registered.

    Attributes
    ----------
    countries : tuple of CountryRow
        Those with most contracts first, then sites, then code.
    contracts : int
        Contracts that were looked at.
    graph_version : int
        Of the store.
    """

    countries: tuple[CountryRow, ...]
    contracts: int
    graph_version: int


def world(
    lens: Lens, store: Store, portfolios: Portfolios, *, regions: Sequence[str] = (), categories: Sequence[str] = ()
) -> World:
    """Return what stands in which country, and which contracts depend on it.

    Parameters
    ----------
    lens, store, portfolios
        Who asks as of when, the store, and its portfolio views.
    regions, categories : sequence of str
        Only contracts that one of these regions uses, and of one of these categories; empty: all.

    Raises
    ------
    InvalidInput
        No contract of a region is seen, or there is no such category.

    Notes
    -----
    A contract stands towards a country as `dependents` says of it. One pass serves 64 countries.
    """
    sweep = PortfolioSweep(lens, store, portfolios)
    chosen = narrowed(sweep.view, store, regions, categories)
    codes = sorted(store.ids(Label.COUNTRY, lens))
    placed = _placed(codes, lens, store)
    found = sweep.readings([(Selector(SelectorKind.COUNTRY, code),) for code in codes])
    rows = [
        _row(code, placed, dict(zip(sweep.contracts, readings.readings, strict=True)), chosen)
        for code, readings in zip(codes, found, strict=True)
    ]
    ranked = sorted(rows, key=lambda row: (-row.touched, -row.sites, row.code))
    return World(tuple(ranked), len(chosen), sweep.version)


def _placed(codes: Sequence[str], lens: Lens, reader: GraphReader) -> Counter[tuple[str, Label]]:
    """Return how many holders of each kind are placed in each country."""
    types = (RelationshipType.LOCATED_IN, RelationshipType.REGISTERED_IN)
    claims = reader.links_of(codes, types, "upstream", lens) if codes else []
    return Counter((code, label) for code, label, _ in {(c.end.id, c.start.label, c.start.id) for c in claims})


def _row(
    code: str,
    placed: Counter[tuple[str, Label]],
    readings: Mapping[str, Reading],
    chosen: Mapping[str, ContractFacts],
) -> CountryRow:
    counts = Counter(readings[contract].status for contract in chosen)
    reached = (Status.ESTABLISHED, Status.POSSIBLE)
    values = [facts.value_sek for contract, facts in chosen.items() if readings[contract].status in reached]
    stated = [value for value in values if value is not None]
    return CountryRow(
        code=code,
        sites=placed[code, Label.FACTORY],
        companies=placed[code, Label.SUPPLIER],
        contracts={status: counts[status] for status in Status},
        value_sek=sum(stated) if stated else None,
        without_value=len(values) - len(stated),
    )
