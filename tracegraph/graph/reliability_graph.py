"""What must exist for goods to reach a contract: links, and who asserts each (pure; `docs/methods.md`, "How sure").

A link is a step of a route that may or may not exist: what claims say of one pair of ends, an inferred step, or that a
candidate is touched at all. Nodes are pairs as in `tracegraph.graph.route_graph`, with one more for items that inferred
steps enter, ``(item, ANYHOW)``, so that each link is one edge although it leaves the item however that was entered. An
edge carries its `Link` as ``link``, or None where it is certain.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import prod
from typing import Final

import networkx as nx

from tracegraph.decide import decide_confidence
from tracegraph.graph.route_graph import CLAIM, INFERRED, START, Node
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import DEFAULT_CONFIDENCE, UNSOURCED, Certainty, Grade
from tracegraph.walk.cone import Cone

ANYHOW: Final = 2
CANDIDATE: Final = "candidate"


@dataclass(frozen=True, slots=True, order=True)
class Assertion:
    """What one document, or one rule, says of one link.

    Attributes
    ----------
    evidence : str
        Who says so; assertions of the same evidence share a part of their doubt.
    confidence : float
        Probability that the link exists, as far as this evidence goes, in (0, 1].
    """

    evidence: str
    confidence: float


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """A step that may or may not exist.

    Attributes
    ----------
    start, end : str
        Item ids, or the contract's id; `start` is empty for a candidate.
    inferred : bool
        Whether it is an inferred step.
    assertions : tuple of Assertion
        Each of other evidence, sorted; the link exists if one of them is right.
    """

    start: str
    end: str
    inferred: bool
    assertions: tuple[Assertion, ...]

    @property
    def probability(self) -> float:
        """That it exists, in (0, 1]: different evidence is independent."""
        return 1 - prod(1 - assertion.confidence for assertion in self.assertions)


def build_evidence_graph(cone: Cone) -> nx.DiGraph[Node]:
    """Return the links of a cone as a graph in which a contract is reached if some route to it exists.

    Parameters
    ----------
    cone : Cone
        What the walk downstream from a scope reached.

    Returns
    -------
    networkx.DiGraph
        Nodes and edges as in the module's docstring, from `START` on, in an order that depends on ids alone.
    """
    graph: nx.DiGraph[Node] = nx.DiGraph()
    graph.add_node(START)
    entered = {end for _, end in cone.inferred}
    for item, certainty in sorted(cone.starts.items()):
        graph.add_edge(START, (item, CLAIM), link=None if certainty is Certainty.CERTAIN else _candidate(item))
    for item in sorted(entered):
        graph.add_edge((item, CLAIM), (item, ANYHOW), link=None)
        graph.add_edge((item, INFERRED), (item, ANYHOW), link=None)
    for (start, end), rule in sorted(cone.inferred.items()):
        graph.add_edge((start, CLAIM), (end, INFERRED), link=Link(start, end, True, (_guessed(rule),)))
    for (start, end), claims in sorted(cone.claims.items()):
        origin = (start, ANYHOW if start in entered else CLAIM)
        graph.add_edge(origin, (end, CLAIM), link=Link(start, end, False, tuple(_asserted(claims))))
    return graph


def _candidate(item: str) -> Link:
    return Link("", item, True, (_guessed(CANDIDATE),))


def _guessed(rule: str) -> Assertion:
    """Return what a rule says: links inferred by one rule are right or wrong partly together."""
    return Assertion(f"rule:{rule}", DEFAULT_CONFIDENCE[Grade.INFERRED])


def _asserted(claims: Iterable[GoodsClaim]) -> list[Assertion]:
    """Return one assertion a source: a document that says a thing twice does not make it surer.

    Of claims without a source nobody knows whether they come from one hand, so they count once a pair of ends.
    """
    by_source: dict[str, list[GoodsClaim]] = {}
    for claim in claims:
        alone = f"unsourced:{claim.start}>{claim.end}"
        by_source.setdefault(alone if claim.source_id == UNSOURCED else f"source:{claim.source_id}", []).append(claim)
    return [Assertion(evidence, _confidence(said)) for evidence, said in sorted(by_source.items())]


def _confidence(claims: Iterable[GoodsClaim]) -> float:
    said = [(claim.grade, claim.recorded_at, claim.confidence) for claim in claims]
    return decide_confidence(said, max(grade for grade, _, _ in said))
