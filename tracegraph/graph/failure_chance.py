"""How likely supply is to hold if each link holds by chance, independently (pure).

A node holds when each of its groups has a member that holds and whose link to it holds. On a tree that is a product of
sums, exact at one pass. Elsewhere links are shared: few of them are enumerated, exact again; more are sampled. Goods
that only go round hold nothing (grounded).

References
----------
Recursion on trees: M. Elliott, B. Golub, M. V. Leduc, Supply Network Formation and Fragility, American Economic Review
112(8), 2022.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Any, Final, TypeVar

import networkx as nx
import numpy as np
import numpy.typing as npt

from tracegraph.answer_points import Chance, Way
from tracegraph.graph.failure import AndOr

N = TypeVar("N", bound=Hashable)

ENUMERATED: Final = 14  # links of which all combinations are tried
SAMPLES: Final = 20_000
_MEMORY: Final = 2**26  # bytes that the worlds looked at side by side may take

Flags = npt.NDArray[np.bool_]
#: What a link is known by; links of one name hold or fail together. None: it always holds.
LinkName = Callable[[N, N], Hashable | None]


def holding(graph: AndOr[N], top: N, link_holds: float, link: LinkName[N], seed: int = 0) -> Chance:
    """Return how likely a node is to hold.

    Parameters
    ----------
    graph : AndOr
        What needs what.
    top : node
        The node in question.
    link_holds : float
        Probability that a link holds, in [0, 1].
    link : callable
        The name of the link from a member to a node, given as (node, member).
    seed : int
        For sampling.

    Notes
    -----
    Exact on trees (O(links)) and with up to `ENUMERATED` links; else `SAMPLES` worlds, whose standard error is at most
    0.5 / sqrt(`SAMPLES`) = 0.0035.
    """
    part = graph.upstream([top])
    uses = [(node, member) for node, groups in part.needs.items() for group in groups for member in group]
    names = dict.fromkeys(name for node, member in uses if (name := link(node, member)) is not None)
    if _is_tree(top, uses, link):
        return Chance(_on_tree(part, top, link_holds, link), 0.0, Way.TREE)
    worlds = _Worlds(part, {name: number for number, name in enumerate(names)}, link)
    if len(names) <= ENUMERATED:
        every = np.arange(2 ** len(names))
        up = (every[:, None] >> np.arange(len(names))) & 1 == 1
        count = up.sum(axis=1)
        weight = link_holds**count * (1 - link_holds) ** (len(names) - count)
        return Chance(float(weight @ worlds.holds(top, up)), 0.0, Way.ENUMERATED)
    chance = np.random.default_rng(seed)
    block = max(1, min(SAMPLES, _MEMORY // (9 * len(names) + len(part.needs))))
    held = 0
    for at in range(0, SAMPLES, block):
        up = chance.random((min(block, SAMPLES - at), len(names))) < link_holds
        held += int(worlds.holds(top, up).sum())
    found = held / SAMPLES
    return Chance(found, float(np.sqrt(found * (1 - found) / SAMPLES)), Way.SAMPLED)


def _is_tree(top: N, uses: list[tuple[N, N]], link: LinkName[N]) -> bool:
    """Return whether each node is used once, the top not at all, and each link once."""
    used = Counter(member for _, member in uses)
    names = Counter(name for node, member in uses if (name := link(node, member)) is not None)
    return top not in used and all(n == 1 for n in (*used.values(), *names.values()))


def _on_tree(graph: AndOr[N], top: N, link_holds: float, link: LinkName[N]) -> float:
    values: dict[N, float] = {}
    for node in reversed(list(graph.needs)):  # nearest to the top first, so what a node needs comes before it
        value = 1.0
        for group in graph.needs[node]:
            missing = 1.0
            for member in group:
                missing *= 1 - values[member] * (1.0 if link(node, member) is None else link_holds)
            value *= 1 - missing
        values[node] = value
    return values[top]


class _Worlds:
    """Evaluates many worlds at once; in a world each link holds or does not."""

    def __init__(self, graph: AndOr[N], place: Mapping[Hashable, int], link: LinkName[N]) -> None:
        nodes = {node: number for number, node in enumerate(graph.needs)}
        self.at: Mapping[Any, int] = nodes
        self.groups: list[list[list[tuple[int, int]]]] = []
        for node, groups in graph.needs.items():
            named = [[(nodes[m], -1 if (n := link(node, m)) is None else place[n]) for m in group] for group in groups]
            self.groups.append(named)
        depends: nx.DiGraph[int] = nx.DiGraph()
        depends.add_nodes_from(range(len(nodes)))
        depends.add_edges_from((v, m) for v, groups in enumerate(self.groups) for group in groups for m, _ in group)
        self.components = list(_upstream_first(depends))

    def holds(self, top: Any, up: Flags) -> Flags:
        """Return in which worlds a node holds, from which links hold, by world (rows) and link (columns)."""
        held: Flags = np.zeros((len(self.groups), len(up)), dtype=bool)
        for component in self.components:
            changed = True
            while changed:
                changed = False
                for node in component:
                    value = self._value(node, held, up)
                    if len(component) > 1 and not np.array_equal(value, held[node]):
                        changed = True
                    held[node] = value
        found: Flags = held[self.at[top]]
        return found

    def _value(self, node: int, held: Flags, up: Flags) -> Flags:
        value: Flags = np.ones(len(up), dtype=bool)
        for group in self.groups[node]:
            filled: Flags = np.zeros(len(up), dtype=bool)
            for member, number in group:
                filled |= held[member] if number < 0 else held[member] & up[:, number]
            value &= filled
        return value


def _upstream_first(depends: nx.DiGraph[int]) -> Iterator[list[int]]:
    """Yield the circles, and the nodes of none, each after all that it depends on."""
    condensed = nx.condensation(depends)
    for number in reversed(list(nx.topological_sort(condensed))):
        yield sorted(condensed.nodes[number]["members"])
