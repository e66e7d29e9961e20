"""NetworkX in memory: the whole trade as one graph in the process, read from the store's file.

Three forms. `AnyLens` holds every goods claim and applies the lens at each edge, so it can answer for any reader and
day, as tracegraph does. `OneLens` holds only what one lens sees, in a plain graph for `nx.descendants`; another reader
or day needs another load. `WithInference` is `OneLens` on pairs (item, entered by a claim or by an inferred step), with
all inferred steps worked out beforehand; its starts are given to it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import NamedTuple

import networkx as nx

from bench.system import Facts, Found, Setting
from tracegraph.composition import open_store
from tracegraph.lens import Lens
from tracegraph.store.sqlite_codes import CONTRACT_SPACE, DESCRIBES, ITEM_SPACE, day, second
from tracegraph.walk.portfolio import Portfolio


class Claim(NamedTuple):
    """What an edge carries: the lens's columns first."""

    grade: int
    valid_from: int
    valid_to: int
    recorded_at: int
    retracted_at: int
    visibility: str
    type: int
    claim_id: bytes
    share_low: float | None
    share_high: float | None
    source_id: str


NEVER = 2**62


class Sight(NamedTuple):
    """A lens as the edges need it."""

    min_grade: int
    valid_at: int
    known_at: int
    visible_to: frozenset[str]

    @classmethod
    def of(cls, lens: Lens) -> Sight:
        return cls(lens.min_grade.rank, day(lens.valid_at), second(lens.known_at), frozenset(lens.visible_to))

    def sees(self, claim: Claim) -> bool:
        return (
            claim.visibility in self.visible_to
            and claim.valid_from <= self.valid_at < claim.valid_to
            and claim.grade >= self.min_grade
            and claim.recorded_at <= self.known_at < claim.retracted_at
        )


_COLUMNS = f"""c.grade, c.valid_from, c.valid_to, c.recorded_at, coalesce(c.retracted_at, {NEVER}), v.text, c.type,
    c.claim_id, c.share_low, c.share_high, o.id"""


def _goods(path: str) -> Iterator[tuple[str, str, Claim]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            f"""SELECT s.id, e.id, {_COLUMNS} FROM claim c CROSS JOIN node s ON s.pk = c.start_pk
            CROSS JOIN node e ON e.pk = c.end_pk CROSS JOIN node o ON o.pk = c.source_pk
            CROSS JOIN word v ON v.pk = c.visibility_pk WHERE c.type < 3"""
        )
        yield from ((start, end, Claim(*rest)) for start, end, *rest in rows)


def _descriptions(path: str) -> dict[str, list[tuple[Claim, Facts]]]:
    found: dict[str, list[tuple[Claim, Facts]]] = {}
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute(
            f"""SELECT n.id, c.attributes, {_COLUMNS} FROM claim c CROSS JOIN node n ON n.pk = c.end_pk
            CROSS JOIN node o ON o.pk = c.source_pk CROSS JOIN word v ON v.pk = c.visibility_pk
            WHERE c.type = {DESCRIBES} AND n.space = {CONTRACT_SPACE}"""
        )
        for contract, attributes, *rest in rows:
            said = json.loads(attributes)
            found.setdefault(contract, []).append((Claim(*rest), (said.get("title"), said.get("value_sek"))))
    return found


def _items(path: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with closing(sqlite3.connect(path)) as connection:
        for (item,) in connection.execute(f"SELECT id FROM node WHERE space = {ITEM_SPACE}"):
            found.setdefault(item.partition("/")[0], []).append(item)
    return found


def _facts(described: Iterable[tuple[Claim, Facts]], sight: Sight) -> Facts | None:
    seen = [(c.grade, c.recorded_at, facts) for c, facts in described if sight._replace(min_grade=0).sees(c)]
    return max(seen, key=lambda row: row[:2])[2] if seen else None


class AnyLens:
    """A `MultiDiGraph` of all goods claims; breadth first over `out_edges`, the lens at each edge."""

    def __init__(self, path: str, lens: Lens) -> None:
        self.sight = Sight.of(lens)
        self.items = _items(path)
        self.described = _descriptions(path)
        self.graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        self.graph.add_edges_from((start, end, {"claim": claim}) for start, end, claim in _goods(path))

    def ask(self, factory: str) -> Found:
        """Return the contracts with a route, and the number of claims of the cone."""
        sees, graph = self.sight.sees, self.graph
        frontier = [item for item in self.items.get(factory, ()) if item in graph]
        reached = set(frontier)
        claims: list[tuple[str, str, Claim]] = []
        while frontier:
            edges: Iterable[tuple[str, str, Claim]] = graph.out_edges(frontier, data="claim")
            seen = [(start, end, claim) for start, end, claim in edges if sees(claim)]
            claims += seen
            frontier = list({end for _, end, _ in seen} - reached)
            reached.update(frontier)
        facts = {c: _facts(self.described[c], self.sight) for c in reached if c in self.described}
        return Found({c: known for c, known in facts.items() if known is not None}, len(claims))

    def close(self) -> None:
        """Hold nothing outside the process."""


class OneLens:
    """A `DiGraph` of what one lens sees: `nx.descendants`, then the claims of what was reached."""

    def __init__(self, path: str, lens: Lens) -> None:
        sight = Sight.of(lens)
        decided = {contract: _facts(rows, sight) for contract, rows in _descriptions(path).items()}
        self.facts = {contract: facts for contract, facts in decided.items() if facts is not None}
        self.items = _items(path)
        claims: dict[tuple[str, str], list[Claim]] = {}
        for start, end, claim in _goods(path):
            if sight.sees(claim):
                claims.setdefault((start, end), []).append(claim)
        self.graph: nx.DiGraph[str] = nx.DiGraph()
        self.graph.add_edges_from((start, end, {"claims": seen}) for (start, end), seen in claims.items())

    def ask(self, factory: str) -> Found:
        """Return the contracts with a route, and the number of claims of the cone."""
        graph = self.graph
        starts = [item for item in self.items.get(factory, ()) if item in graph]
        reached = set(starts).union(*(nx.descendants(graph, start) for start in starts))
        edges: Iterable[tuple[str, str, list[Claim]]] = graph.out_edges(reached, data="claims")
        claims = [claim for _, _, seen in edges for claim in seen]
        facts = self.facts
        return Found({c: facts[c] for c in reached if c in facts}, len(claims))

    def close(self) -> None:
        """Hold nothing outside the process."""


Pair = tuple[str, bool]  # an id, and whether an inferred step entered it


class WithInference:
    """A `DiGraph` on pairs with the inferred steps of one lens; its starts are those that tracegraph resolves."""

    def __init__(self, setting: Setting) -> None:
        plain = OneLens(setting.sqlite, setting.lens)
        self.facts, self.affected = plain.facts, setting.affected
        self.graph: nx.DiGraph[Pair] = nx.DiGraph()
        edges: Iterable[tuple[str, str, list[Claim]]] = plain.graph.edges(data="claims")
        for start, end, claims in edges:
            self.graph.add_edge((start, False), (end, False), claims=claims)
            self.graph.add_edge((start, True), (end, False), claims=None)
        self.graph.add_edges_from(((a, False), (b, True), {"claims": None}) for a, b in _inferred(setting))

    def ask(self, factory: str) -> Found:
        """Return the contracts with a route; the number of claims of the cone."""
        graph = self.graph
        starts: list[Pair] = [(item, False) for item in self.affected.get(factory, ())]
        present = [start for start in starts if start in graph]
        reached = set(present).union(*(nx.descendants(graph, start) for start in present))
        ids = {(item, False) for item, _ in reached}
        edges: Iterable[tuple[Pair, Pair, list[Claim] | None]] = graph.out_edges(ids, data="claims")
        claims = [claim for _, _, seen in edges if seen for claim in seen]
        facts = self.facts
        return Found({c: facts[c] for c, _ in reached if c in facts}, len(claims))

    def close(self) -> None:
        """Hold nothing outside the process."""


def _inferred(setting: Setting) -> Iterator[tuple[str, str]]:
    """Yield every inferred step under the lens, worked out for the whole portfolio."""
    store = open_store(f"sqlite:///{setting.sqlite}")
    try:
        portfolio = Portfolio(store.portfolio(setting.lens), store.catalogue(), infers=True)
        ids, steps = portfolio.items.ids, portfolio.inferred
        yield from ((ids[a], ids[b]) for a, b in zip(steps.start.tolist(), steps.end.tolist(), strict=True))
    finally:
        store.close()


def any_lens(setting: Setting) -> AnyLens:
    """Return the form that can answer under any lens."""
    return AnyLens(setting.sqlite, setting.lens)


def one_lens(setting: Setting) -> OneLens:
    """Return the form that holds what one lens sees."""
    return OneLens(setting.sqlite, setting.lens)


def with_inference(setting: Setting) -> WithInference:
    """Return the form with inferred steps."""
    return WithInference(setting)
