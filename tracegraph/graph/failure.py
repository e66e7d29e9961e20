"""AND/OR failure: what fails when something closes, and what need fail alone or in pairs to stop a node (pure).

A node fails when it is closed, or when all members of one of its groups fail: groups are jointly needed, the members
of a group substitute for each other. On circles there are two answers, and both are given: *optimistic*, the least set
of failures (firms in a circle may keep each other going), and *grounded*, the largest (supply must come from outside).

Notes
-----
The recursion ``S(v) = own(v) | union over groups g of (intersection over members i of g of S(i))`` gives, for every
label at once, whether closing all nodes of that label makes v fail. Circles are solved by iteration from nothing
(optimistic) or from everything (grounded), component by component. It contains ancestors (every group of one member)
and dominators (one group a node) as its extremes.

References
----------
Minimal cut sets: W. E. Vesely et al., Fault Tree Handbook, NUREG-0492 (1981). Dominators: T. Lengauer, R. E. Tarjan,
TOPLAS 1(1), 1979. Both fixed points: A. Tarski, Pacific J. Math. 5(2), 1955.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Generic, TypeVar

import networkx as nx

from tracegraph.answer_stops import Cycles

N = TypeVar("N", bound=Hashable)
L = TypeVar("L", bound=Hashable)

Groups = Sequence[Sequence[N]]


#: Labels each of which makes a node fail; None: it fails although nothing closes.
Value = frozenset[L] | None


@dataclass(frozen=True, slots=True)
class AndOr(Generic[N]):
    """An AND/OR graph.

    Attributes
    ----------
    needs : mapping
        Groups of each node. A node without groups, or that is only a member, needs nothing; an empty group is a need
        that nobody fills, so its node fails.
    """

    needs: Mapping[N, Groups[N]]

    def nodes(self) -> Iterator[N]:
        """Yield every node once."""
        yield from dict.fromkeys((*self.needs, *(m for groups in self.needs.values() for g in groups for m in g)))

    def upstream(self, targets: Collection[N]) -> AndOr[N]:
        """Return the part that the targets depend on, nearest to them first."""
        kept: dict[N, Groups[N]] = {}
        waiting = deque(targets)
        while waiting:
            node = waiting.popleft()
            if node not in kept:
                kept[node] = self.needs.get(node, ())
                waiting.extend(member for group in kept[node] for member in group)
        return AndOr(kept)


def failing(graph: AndOr[N], closed: Collection[N], cycles: Cycles) -> frozenset[N]:
    """Return the nodes that fail when some are closed.

    Parameters
    ----------
    graph : AndOr
        What needs what.
    closed : collection
        Nodes that fail by themselves.
    cycles : Cycles
        Whether a circle may keep itself going.

    Notes
    -----
    Unit propagation, of failures (optimistic) or of what works (grounded): O(nodes + members of groups).
    """
    nodes = list(graph.nodes())
    if cycles is Cycles.OPTIMISTIC:
        return frozenset(_spread(graph, set(closed) | {n for n in nodes if not all(graph.needs.get(n, ()))}))
    shut = set(closed)
    working = _supplied(graph, [n for n in nodes if not graph.needs.get(n) and n not in shut], shut)
    return frozenset(node for node in nodes if node not in working)


def _users(graph: AndOr[N]) -> dict[N, list[tuple[N, int]]]:
    """Return, by node, the groups that it is a member of."""
    users: dict[N, list[tuple[N, int]]] = {}
    for node, groups in graph.needs.items():
        for number, group in enumerate(groups):
            for member in dict.fromkeys(group):
                users.setdefault(member, []).append((node, number))
    return users


def _spread(graph: AndOr[N], failed: set[N]) -> set[N]:
    """Return what fails once some nodes have failed, each for want of a whole group."""
    users = _users(graph)
    left = {(node, k): len(set(group)) for node, groups in graph.needs.items() for k, group in enumerate(groups)}
    waiting = list(failed)
    while waiting:
        for node, number in users.get(waiting.pop(), ()):
            left[node, number] -= 1
            if left[node, number] == 0 and node not in failed:
                failed.add(node)
                waiting.append(node)
    return failed


def _supplied(graph: AndOr[N], raw: Sequence[N], shut: set[N]) -> set[N]:
    """Return what works, starting from nodes that need nothing: each once every one of its groups has a member."""
    users = _users(graph)
    unfilled = {node: set(range(len(groups))) for node, groups in graph.needs.items()}
    working = set(raw)
    waiting = list(raw)
    while waiting:
        for node, number in users.get(waiting.pop(), ()):
            unfilled[node].discard(number)
            if not unfilled[node] and node not in working and node not in shut:
                working.add(node)
                waiting.append(node)
    return working


class Points(Generic[N, L]):
    """The labels each of which, failing alone, makes a node fail.

    Parameters
    ----------
    graph : AndOr
        What needs what.
    labels : mapping
        Labels of the nodes that have any. Closing a label closes all nodes that have it: the items of a holder, the
        plants of a country.

    Notes
    -----
    Values are sets of labels, or None for "every label, and nothing at all": a node of that value fails although
    nothing closes. One pass costs O(members of groups), times the labels of a value, times the turns of a circle.
    """

    def __init__(self, graph: AndOr[N], labels: Mapping[N, Collection[L]]) -> None:
        self.graph = graph
        self._own = {node: frozenset(labels.get(node, ())) for node in graph.nodes()}
        depends: nx.DiGraph[N] = nx.DiGraph()
        depends.add_nodes_from(self._own)
        depends.add_edges_from((n, member) for n, groups in graph.needs.items() for g in groups for member in g)
        condensed = nx.condensation(depends)
        upstream_first = reversed(list(nx.topological_sort(condensed)))
        self._components: list[list[N]] = [list(condensed.nodes[number]["members"]) for number in upstream_first]

    def values(self, cycles: Cycles, closed: L | None = None) -> dict[N, Value[L]]:
        """Return the value of every node.

        Parameters
        ----------
        cycles : Cycles
            Whether a circle may keep itself going.
        closed : label, optional
            A label that has failed already: then, which others would be enough.
        """
        start: Value[L] = frozenset() if cycles is Cycles.OPTIMISTIC else None
        values: dict[N, Value[L]] = dict.fromkeys(self._own, start)
        for component in self._components:
            changed = True
            while changed:
                changed = False
                for node in component:
                    value = None if closed in self._own[node] else self._value(node, values)
                    if value != values[node]:
                        values[node], changed = value, len(component) > 1
        return values

    def _value(self, node: N, values: Mapping[N, Value[L]]) -> Value[L]:
        found: Value[L] = self._own[node]
        for group in self.graph.needs.get(node, ()):
            found = _either(found, reduce(_both, (values[member] for member in group), None))
        return found

    def pairs(self, targets: Collection[N], cycles: Cycles, among: Collection[L]) -> dict[N, frozenset[frozenset[L]]]:
        """Return the pairs of labels that make a target fail while neither does alone.

        Parameters
        ----------
        targets : collection
            Nodes of the graph.
        cycles : Cycles
            Whether a circle may keep itself going.
        among : collection
            Labels that both of a pair are taken from.

        Notes
        -----
        For each label, the single points once it has failed: minimal cut sets of order 2, exact on circles too, at one
        pass over the graph a label.
        """
        alone = self.values(cycles)
        wanted = frozenset(among)
        found: dict[N, set[frozenset[L]]] = {target: set() for target in targets}
        for label in wanted:
            then = self.values(cycles, label)
            for target in targets:
                before, after = alone[target], then[target]
                if before is not None and after is not None:
                    found[target].update(frozenset((label, other)) for other in after & wanted - before)
        return {target: frozenset(pairs) for target, pairs in found.items()}


def _both(one: Value[L], other: Value[L]) -> Value[L]:
    return other if one is None else one if other is None else one & other


def _either(one: Value[L], other: Value[L]) -> Value[L]:
    return None if one is None or other is None else one | other
