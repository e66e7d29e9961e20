"""Why a contract goes on, or may: which other sources it has, and where that is open (pure)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator

from tracegraph.answer_stops import Doubt, Doubtful, Source
from tracegraph.graph.failure import AndOr
from tracegraph.graph.failure_graph import ALL, CLAIMED, REST, Node


def other_sources(maybe: AndOr[Node], sure: AndOr[Node], failed: Collection[Node], contract: str) -> list[Source]:
    """Return the documented sources that keep a contract going, nearest to it first.

    Parameters
    ----------
    maybe, sure : AndOr
        The reading that counts documented sources alone, and the one that counts inferred ones too.
    failed : collection of Node
        What fails in the first.
    contract : str
        One that does not.

    Returns
    -------
    list of Source
        Where one source of an item (or of the contract) fails and a documented one does not: the latter.
    """
    found: dict[Source, None] = {}
    for node in _walk(maybe, (contract, ALL), lambda n: n not in failed):
        inflows = (member for graph in (maybe, sure) for group in graph.needs.get(node, ()) for member in group)
        if any(member in failed for member in inflows):
            documented = (member for group in maybe.needs.get(node, ()) for member in group)
            found.update((Source(node[0], member[0]), None) for member in documented if member not in failed)
    return list(found)


def doubts(sure: AndOr[Node], surely: Collection[Node], maybe: Collection[Node], contract: str) -> list[Doubtful]:
    """Return where it is open whether a contract goes on, nearest to it first.

    Parameters
    ----------
    sure : AndOr
        The reading in favour of supply.
    surely, maybe : collection of Node
        What fails in it, and what fails in the other reading.
    contract : str
        One that fails in the other reading only.
    """
    found: dict[Doubtful, None] = {}

    def open_(node: Node) -> bool:
        return node in maybe and node not in surely

    for node in _walk(sure, (contract, ALL), open_):
        members = [member for group in sure.needs.get(node, ()) for member in group if member not in surely]
        found.update((doubt, None) for doubt in _doubts_at(node, members, going_on=any(map(open_, members))))
    return list(found)


def _doubts_at(node: Node, alive: Collection[Node], *, going_on: bool) -> Iterator[Doubtful]:
    """Yield what is open at a node, from its members that do not surely fail."""
    item, kind = node
    if kind not in (ALL, CLAIMED):
        if not going_on:
            yield Doubtful(item, Doubt.INGREDIENT)
        return
    if not alive:
        yield Doubtful(item, Doubt.CANDIDATE)
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
