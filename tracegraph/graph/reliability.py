"""How sure it is that a contract is reached: two-terminal reliability over the recorded links (pure).

``R = P(some route exists)``, where a link exists as `tracegraph.graph.reliability_network` says. #P-hard in general
(Valiant 1979), so: bounds that always enclose it; exact where the part of the cone that leads to the contract is small
(`reliability_exact`); sampled with a stated seed otherwise. Unit: probability, 0 to 1. It ranks and bounds; confidences
are settings, not measurements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import Final

import networkx as nx

from tracegraph.answer_routes import Effort, Method, Premise, Probability
from tracegraph.graph.reliability_bounds import lower_bound, upper_bound
from tracegraph.graph.reliability_exact import MAX_STATES, Settled, exact_probability
from tracegraph.graph.reliability_graph import Link
from tracegraph.graph.reliability_network import Network, build_network
from tracegraph.graph.reliability_sampling import Sample
from tracegraph.graph.route_graph import CLAIM, START, Node

MOST_LINKS: Final = 40  # that are looked into where their importance has to be sampled
_MAX_PASSES_OVER_EDGES: Final = 400_000
_LEAST_CHANGE: Final = 1e-9


@dataclass(frozen=True, slots=True)
class Importance:
    """What it would tell to know whether a link exists.

    Attributes
    ----------
    link : Link
        The link.
    confirmed, refuted : float
        Probability of the dependency when the link is known to exist, and known not to. Only the link is settled: what
        settles it says nothing of what else its source asserts.
    expected_change : float
        ``p * |confirmed - R| + (1 - p) * |R - refuted|``, p the link's probability: how far R moves on average.
    """

    link: Link
    confirmed: float
    refuted: float
    expected_change: float

    @property
    def birnbaum(self) -> float:
        """Birnbaum's importance dR/dp, in [0, 1]."""
        return self.confirmed - self.refuted


@dataclass(frozen=True, slots=True)
class Reliability:
    """How sure it is that a contract is reached, and which links decide it, those first that would tell most."""

    probability: Probability
    importances: tuple[Importance, ...]


def assess_reliability(
    graph: nx.DiGraph[Node], contract: str, effort: Effort, *, max_states: int = MAX_STATES
) -> Reliability | None:
    """Return how sure it is that a contract is reached; None where no route is recorded, which is not 0.

    Parameters
    ----------
    graph : networkx.DiGraph
        From `tracegraph.graph.reliability_graph.build_evidence_graph`.
    contract : str
        The contract.
    effort : Effort
        Seed, number of worlds, and the part of their doubt that claims of one source share.
    max_states : int
        Up to so many states the probability is exact; 0 samples always.
    """
    target = (contract, CLAIM)
    network = build_network(graph, [target], effort.shared_doubt)
    if network is None:
        return None
    end = network.number[target]
    exact = exact_probability(network, end, max_states)
    if exact is not None:
        r = min(max(exact.probability, 0.0), 1.0)
        found = Probability(r, r, r, Method.EXACT, None, None, None, effort.shared_doubt, _premises(network))
        return Reliability(found, _ranked(network, exact.probability, exact.settled))
    sample = Sample(network, effort.seed, effort.samples)
    low, high = lower_bound(network, end), upper_bound(network, end)
    frequency = sample.frequency(end)
    found = Probability(
        low=low,
        high=max(low, high),
        estimate=min(max(frequency, low), max(low, high)),
        method=Method.SAMPLED,
        standard_error=sample.standard_error(end),
        seed=effort.seed,
        samples=sample.samples,
        shared_doubt=effort.shared_doubt,
        premises=_premises(network),
    )
    most = min(MOST_LINKS, max(1, _MAX_PASSES_OVER_EDGES // len(network.edges)))
    return Reliability(found, _ranked(network, frequency, sample.settled(end, most)))


def all_exist(graph: nx.DiGraph[Node], shared_doubt: float) -> float:
    """Return the probability that every link of a graph exists, in (0, 1].

    Parameters
    ----------
    graph : networkx.DiGraph
        From `tracegraph.graph.reliability_graph.build_evidence_graph`, for a single route.
    shared_doubt : float
        As in `Effort`.

    Notes
    -----
    Exact as a chain of the links; their product, which is never above it, where that takes too many states.
    """
    links: list[Link] = sorted({edge["link"] for _, _, edge in graph.edges(data=True)} - {None})
    if not links:
        return 1.0
    chain: nx.DiGraph[Node] = nx.DiGraph()
    nodes = [START, *((str(position), CLAIM) for position in range(len(links)))]
    chain.add_edges_from((a, b, {"link": link}) for (a, b), link in zip(pairwise(nodes), links, strict=True))
    network = build_network(chain, nodes[-1:], shared_doubt)
    exact = exact_probability(network, network.number[nodes[-1]]) if network else None
    return exact.probability if exact else prod(link.probability for link in links)


def _ranked(network: Network, r: float, settled: Mapping[int, Settled]) -> tuple[Importance, ...]:
    """Return the importances, largest expected change first; links that cannot change anything are left out."""
    found = []
    for number, (confirmed, refuted) in settled.items():
        link = network.links[number]
        p = link.probability
        change = p * abs(confirmed - r) + (1 - p) * abs(r - refuted)
        if change > _LEAST_CHANGE:
            found.append(Importance(link, min(confirmed, 1.0), max(refuted, 0.0), change))
    return tuple(sorted(found, key=lambda i: (-round(i.expected_change, 9), i.link)))


def _premises(network: Network) -> tuple[Premise, ...]:
    said = Counter(assertion.evidence for link in network.links for assertion in link.assertions)
    rules = {evidence for evidence in said if evidence.startswith("rule:")}
    documents = said.keys() - rules
    holds = {
        Premise.CONFIDENCE: bool(said),
        Premise.RECORDED_ROUTES: True,
        Premise.SHARED_SOURCE: any(said[evidence] > 1 for evidence in documents),
        Premise.SHARED_RULE: any(said[evidence] > 1 for evidence in rules),
        Premise.INDEPENDENT_SOURCES: len(documents) > 1,
    }
    return tuple(premise for premise, held in holds.items() if held)
