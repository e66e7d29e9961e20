"""Why a contract goes on, or may: which other sources it has, and where that is open (pure)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from tracegraph.answer_stops import Doubt, Doubtful, Source
from tracegraph.graph.failure import AndOr
from tracegraph.graph.failure_graph import ALL, CLAIMED, REST, Node


class Others:
    """The documented sources that keep contracts going.

    Parameters
    ----------
    maybe, sure : AndOr
        The reading that counts documented sources alone, and the one that counts inferred ones too.
    failed : collection of Node
        What fails in the first.
    """

    def __init__(self, maybe: AndOr[Node], sure: AndOr[Node], failed: Collection[Node]) -> None:
        self.maybe, self.sure, self.failed = maybe, sure, failed
        users: dict[Node, list[Node]] = {}
        for graph in (maybe, sure):
            for node, groups in graph.needs.items():
                for group in groups:
                    for member in group:
                        users.setdefault(member, []).append(node)
        self._touched = set(failed)
        waiting = list(failed)
        while waiting:
            fresh = {node for node in users.get(waiting.pop(), ()) if node not in self._touched}
            self._touched |= fresh
            waiting += fresh

    def of(self, contract: str) -> list[Source]:
        """Return where one source of an item, or of the contract, fails and a documented one does not: the latter.

        Nearest to the contract, which does not fail, first. Only what the failure touches is looked at.
        """
        found: dict[Source, None] = {}
        for node in _walk(self.maybe, (contract, ALL), lambda n: n not in self.failed and n in self._touched):
            inflows = (m for graph in (self.maybe, self.sure) for group in graph.needs.get(node, ()) for m in group)
            if any(member in self.failed for member in inflows):
                documented = (member for group in self.maybe.needs.get(node, ()) for member in group)
                found.update((Source(node[0], member[0]), None) for member in documented if member not in self.failed)
        return list(found)


@dataclass(frozen=True, slots=True)
class Open:
    """What it is open about: the reading in favour of supply, what fails in each reading, and what may itself close.

    Attributes
    ----------
    sure : AndOr
        The reading in favour of supply.
    surely, perhaps : collection of Node
        What fails in it, and what fails in the other reading.
    candidates : collection of str
        Items that may be among those that close.
    """

    sure: AndOr[Node]
    surely: Collection[Node]
    perhaps: Collection[Node]
    candidates: Collection[str]

    def doubts(self, contract: str) -> list[Doubtful]:
        """Return where it is open whether a contract goes on that fails in the other reading only, nearest first."""
        found: dict[Doubtful, None] = {}
        for node in _walk(self.sure, (contract, ALL), self._is_open):
            found.update((doubt, None) for doubt in self._doubts_at(node))
        return list(found)

    def _is_open(self, node: Node) -> bool:
        return node in self.perhaps and node not in self.surely

    def _doubts_at(self, node: Node) -> Iterator[Doubtful]:
        item, kind = node
        alive = [m for group in self.sure.needs.get(node, ()) for m in group if m not in self.surely]
        if kind not in (ALL, CLAIMED):
            if not any(map(self._is_open, alive)):
                yield Doubtful(item, Doubt.INGREDIENT)
            return
        if item in self.candidates:
            yield Doubtful(item, Doubt.CANDIDATE)
            return
        for member in alive:
            if member[1] == REST:
                yield Doubtful(item, Doubt.UNSEEN_SOURCE)
            elif member[1] == CLAIMED:
                yield Doubtful(item, Doubt.INFERRED_STEP, member[0])


def _walk(graph: AndOr[Node], start: Node, through: Callable[[Node], bool]) -> Iterator[Node]:
    """Yield the nodes that are reached upstream through nodes of a kind, nearest first."""
    seen = {start}
    waiting = deque(seen)
    while waiting:
        node = waiting.popleft()
        yield node
        for group in graph.needs.get(node, ()):
            fresh = [member for member in dict.fromkeys(group) if member not in seen and through(member)]
            seen.update(fresh)
            waiting.extend(fresh)
