"""tracegraph itself as a system under measurement: reach, and the full answer."""

from __future__ import annotations

import json
from collections.abc import Mapping

from bench.system import Facts, Found, Setting
from tracegraph.answer import Answer, Question
from tracegraph.composition import open_store
from tracegraph.exchange.answers import answer_body
from tracegraph.lens import Lens
from tracegraph.model import Selector
from tracegraph.services.dependents import dependents
from tracegraph.services.portfolios import Portfolios, claims_by_node, contract_facts
from tracegraph.store.port import Store
from tracegraph.vocabulary import Label, SelectorKind
from tracegraph.walk.reach import reach
from tracegraph.walk.scope import ResolvedScope, resolve_scope


class Tracegraph:
    """Reach: the scope resolved, the walk, and the facts of the contracts met; only the catalogue is kept.

    Every claim of the cone comes with it, as the answer shows it: both ends, grade, shares, dates, source.
    """

    def __init__(self, url: str, lens: Lens) -> None:
        self.store: Store = open_store(url)
        self.lens = lens

    def ask(self, factory: str) -> Found:
        """Return the contracts with a route, and how many claims were fetched."""
        catalogue = self.store.catalogue()
        affected = self.scope(factory).affected
        cone = reach(affected, self.store, self.lens, catalogue)
        met = {end for _, end in cone.claims if "/" not in end}
        return Found(self._facts(met), sum(map(len, cone.claims.values())))

    def scope(self, factory: str) -> ResolvedScope:
        """Return what a question about a factory touches."""
        return resolve_scope(scope_of(factory), self.store, self.lens, self.store.catalogue())

    def _facts(self, contracts: set[str]) -> Mapping[str, Facts]:
        if not contracts:
            return {}
        described = claims_by_node(self.store.descriptions(Label.CONTRACT, contracts, self.lens))
        known = (contract_facts(contract, claims) for contract, claims in described.items())
        return {facts.contract_id: (facts.title, facts.value_sek) for facts in known}

    def close(self) -> None:
        """Close the store."""
        self.store.close()


def on_sqlite(setting: Setting) -> Tracegraph:
    """Return tracegraph on SQLite."""
    return Tracegraph(f"sqlite:///{setting.sqlite}", setting.lens)


def on_neo4j(setting: Setting) -> Tracegraph:
    """Return tracegraph on Neo4j."""
    return Tracegraph(setting.neo4j, setting.lens)


def scope_of(factory: str) -> tuple[Selector]:
    """Return the scope of a question about one factory."""
    return (Selector(SelectorKind.FACTORY, factory),)


class FullAnswer:
    """The full answer, with `unmapped`, routes and open ends, as `tracegraph dependents` gives it."""

    def __init__(self, url: str, lens: Lens) -> None:
        self.store = open_store(url)
        self.lens = lens
        self.portfolios = Portfolios(self.store)

    def ask(self, factory: str) -> Answer:
        """Return the answer."""
        return dependents(Question(scope_of(factory), self.lens), self.store, self.portfolios)

    def forget(self) -> None:
        """Let the next question find no portfolio pass."""
        self.portfolios = Portfolios(self.store)

    @staticmethod
    def printed(answer: Answer) -> int:
        """Return the length of the answer as the JSON that `--json` prints."""
        return len(json.dumps(answer_body(answer), ensure_ascii=False, indent=2))

    def close(self) -> None:
        """Close the store."""
        self.store.close()
