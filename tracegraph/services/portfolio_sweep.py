"""Every contract's status towards many scopes at once, under one lens: what `dependents` says, without routes.

One pass over the snapshot of the portfolio serves 64 scopes. There is no limit on items: nothing is cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from tracegraph.answer_exposures import Reading
from tracegraph.graph.sweep import Flags, Sweep
from tracegraph.lens import Lens
from tracegraph.model import Scope, Selector
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import GraphReader, Progress
from tracegraph.vocabulary import Basis, Status
from tracegraph.walk.outlook_table import BASES
from tracegraph.walk.scope import ResolvedScope, resolve_scope

_POSSIBLE: Final = len(BASES)
_ESTABLISHED: Final = len(BASES) + 1


@dataclass(frozen=True, slots=True)
class ScopeReadings:
    """Where every contract stands towards one scope.

    Attributes
    ----------
    readings : tuple of Reading
        One for each of the portfolio's contracts, in its order.
    unmatched : tuple of Selector
        Selectors that touch nothing.
    """

    readings: tuple[Reading, ...]
    unmatched: tuple[Selector, ...]


class PortfolioSweep:
    """The portfolio under a lens, ready to be asked about many scopes.

    Parameters
    ----------
    lens, reader
        Who asks as of when, and the store.
    portfolios : Portfolios
        The store's portfolio views, kept between questions.
    """

    def __init__(self, lens: Lens, reader: GraphReader, portfolios: Portfolios) -> None:
        self.lens, self._reader = lens, reader
        self.version = reader.version(lens)
        self.view = portfolios.under(lens)
        self._portfolio = self.view.portfolio
        self._found: dict[Scope, ScopeReadings] = {}
        self._without_route = lru_cache(maxsize=256)(self.view.outlook_table.codes)

    @property
    def contracts(self) -> list[str]:
        """The contracts, in the portfolio's order."""
        return self._portfolio.contract_ids

    @cached_property
    def _sweep(self) -> Sweep:
        return Sweep(self.view.snapshot, self._portfolio.item_index)

    def readings(self, scopes: Sequence[Scope], progress: Progress | None = None) -> list[ScopeReadings]:
        """Return where every contract stands towards each scope; kept, so that a scope is worked out once."""
        missing = [scope for scope in dict.fromkeys(scopes) if scope not in self._found]
        resolved = []
        for number, scope in enumerate(missing, start=1):
            resolved.append(resolve_scope(scope, self._reader, self.lens, self._portfolio.catalogue))
            if progress is not None:
                progress(number, len(missing))
        swept = self._sweep.reached([scope.affected for scope in resolved])
        for scope, one, flags in zip(missing, resolved, swept, strict=True):
            self._found[scope] = self._judged(one, *flags)
        return [self._found[scope] for scope in scopes]

    def by_contract(self, scope: Scope | None) -> dict[str, Reading]:
        """Return where every contract stands towards a scope; nothing where there is none."""
        if scope is None:
            return {}
        return dict(zip(self.contracts, self.readings([scope])[0].readings, strict=True))

    def _judged(self, scope: ResolvedScope, established: Flags, anyhow: Flags) -> ScopeReadings:
        codes = self._without_route(scope.at_stake).copy()
        codes[anyhow] = _POSSIBLE
        codes[established] = _ESTABLISHED
        return ScopeReadings(tuple(map(self._meanings.__getitem__, codes.tolist())), scope.unmatched)

    @cached_property
    def _meanings(self) -> list[Reading]:
        """What each code stands for: those of `OutlookTable`, then possible, then established."""
        return [*map(self._reading, BASES), Reading(Status.POSSIBLE), Reading(Status.ESTABLISHED)]

    def _reading(self, basis: Basis) -> Reading:
        if basis in (Basis.GOODS_MATCH, Basis.NOT_EXCLUDED):
            return Reading(Status.UNMAPPED, basis)
        return Reading(Status.NO_LINK, basis if self.lens.infers else Basis.FILTERED)
