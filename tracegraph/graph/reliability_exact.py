"""The exact probability that a target is reached, by a decision diagram over the links (pure).

A world is explored from the start: the first reached node that has not been left is left, edge by edge, and what is
not known of a link is decided only when an edge asks for it. What the rest of the exploration depends on is small: the
nodes that are reached and not yet left, those of the present circle that were left already, and to which level shared
evidence that is still needed is right. Worlds that agree in that are one state of the diagram: the frontier dynamic
programme of `docs/methods.md`. Circles need nothing more, because a node is left once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from tracegraph.graph.reliability_network import CERTAIN, Network

MAX_STATES: Final = 40_000
_NEVER: Final = 0
_REACHED: Final = 1

Known = tuple[tuple[int, int], ...]  # (evidence, level)


class Settled(NamedTuple):
    """Probabilities that the target is reached when a link is known to exist, and known not to."""

    confirmed: float
    refuted: float


@dataclass(frozen=True, slots=True)
class Exact:
    """An exact probability.

    Attributes
    ----------
    probability : float
        That the target is reached, in [0, 1].
    settled : mapping
        By link number: the same with that link alone settled; links that decide nothing are absent.
    """

    probability: float
    settled: Mapping[int, Settled]


class _State(NamedTuple):
    """Where an exploration stands: about to decide edge `edge` of node `node`."""

    node: int
    edge: int
    waiting: int  # bits of nodes reached and not left
    left: int  # bits of nodes of this circle that were left
    known: Known


def exact_probability(network: Network, target: int, max_states: int = MAX_STATES) -> Exact | None:
    """Return the exact probability that a node is reached; None where that takes too many states.

    Parameters
    ----------
    network : Network
        Whose every node leads to the target.
    target : int
        Number of the node.
    max_states : int
        States of the diagram at most.

    Notes
    -----
    Exact to rounding (about 1e-12). O(links * 2 ** width) states, the width being that of the graph when it is cut
    across the order of nodes, times the levels of shared evidence that lies across the cut. One pass back over the
    diagram gives the value of every state, one forward their probability; a link's importance (Birnbaum 1969) is the
    sum, over the states that decide it, of the probability of the state times what the decision makes of it.

    References
    ----------
    G. Hardy, C. Lucet, N. Limnios, K-terminal network reliability measures with binary decision diagrams, IEEE Trans.
    Reliability 56 (2007); Z. W. Birnbaum (1969).
    """
    diagram = _Diagram(network, target)
    return diagram.solved() if diagram.grow(max_states) else None


class _Diagram:
    """States, and what follows on each."""

    def __init__(self, network: Network, target: int) -> None:
        self.network, self.target = network, target
        self.last_use = [0] * len(network.thresholds)
        for tail, _, link in network.edges:
            for term in network.chances[link].terms if link != CERTAIN else ():
                self.last_use[term.evidence] = max(self.last_use[term.evidence], network.circle[tail])
        self.ids: dict[_State, int] = {}
        self.states: list[_State] = []
        self.after: dict[int, list[tuple[int, float]]] = {}  # by state: what may follow, with its probability
        self.decides: dict[int, int] = {}  # by state: the link that it decides; what follows is then (yes, no)
        self.root = self._advance(_State(0, 0, 0, 1, ()))

    def grow(self, max_states: int) -> bool:
        """Build the whole diagram; return whether it is small enough."""
        done = 0
        while done < len(self.states):
            if len(self.states) > max_states:
                return False
            self._follow(done + 2, self.states[done])
            done += 1
        return True

    def _follow(self, id: int, state: _State) -> None:
        node, edge, waiting, left, known = state
        head, link = self.network.leaving[node][edge]
        chance, levels = self.network.chances[link], dict(known)
        for term in chance.terms:
            if term.evidence not in levels:
                self.after[id] = [
                    (self._id(_State(node, edge, waiting, left, tuple(sorted((*known, (term.evidence, level)))))), p)
                    for level, p in enumerate(self.network.levels[term.evidence])
                    if p > 0
                ]
                return
        on = _State(node, edge + 1, waiting | 1 << head, left, known)
        yes = _REACHED if head == self.target else self._advance(on)
        no = self._advance(_State(node, edge + 1, waiting, left, known))
        p = chance.given(levels)
        self.after[id], self.decides[id] = [(yes, p), (no, 1 - p)], link

    def _advance(self, state: _State) -> int:
        """Return the state at which the next decision is due, or how the exploration ended."""
        network = self.network
        node, edge, waiting, left, known = state
        while True:
            heads = network.leaving[node]
            while edge < len(heads):
                head, link = heads[edge]
                if not (waiting | left) >> head & 1:
                    if link != CERTAIN:
                        return self._id(_State(node, edge, waiting, left, known))
                    if head == self.target:
                        return _REACHED
                    waiting |= 1 << head
                edge += 1
            if not waiting:
                return _NEVER
            following = (waiting & -waiting).bit_length() - 1
            if network.circle[following] != network.circle[node]:
                left = 0
                known = tuple(pair for pair in known if self.last_use[pair[0]] >= network.circle[following])
            node, edge = following, 0
            waiting, left = waiting & ~(1 << node), left | 1 << node

    def _id(self, state: _State) -> int:
        if state not in self.ids:
            self.ids[state] = len(self.states) + 2
            self.states.append(state)
        return self.ids[state]

    def _order(self) -> list[int]:
        """Return the states' ids in an order in which none comes before what leads to it."""

        def progress(id: int) -> tuple[int, int, int, int]:
            state = self.states[id - 2]
            return self.network.circle[state.node], state.left.bit_count(), state.edge, len(state.known)

        return sorted(self.after, key=progress)

    def solved(self) -> Exact:
        """Return the probability, and what each link makes of it."""
        order = self._order()
        value = [0.0, 1.0] + [0.0] * len(self.states)
        for id in reversed(order):
            value[id] = sum(p * value[after] for after, p in self.after[id])
        mass = [0.0] * len(value)
        mass[self.root] = 1.0
        gains: dict[int, list[float]] = {}
        for id in order:
            for after, p in self.after[id]:
                mass[after] += mass[id] * p
            if id in self.decides:
                (yes, p), (no, _) = self.after[id]
                gain = gains.setdefault(self.decides[id], [0.0, 0.0])
                difference = mass[id] * (value[yes] - value[no])
                gain[0] += (1 - p) * difference
                gain[1] += p * difference
        result = value[self.root]
        return Exact(result, {link: Settled(result + up, result - down) for link, (up, down) in sorted(gains.items())})
