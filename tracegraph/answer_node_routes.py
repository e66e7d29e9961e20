"""What an answer to "how do goods get from here to there" carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tracegraph.answer import RouteStep
from tracegraph.answer_routes import RouteCount
from tracegraph.lens import Lens
from tracegraph.model import NodeRef
from tracegraph.vocabulary import Grade

DEFAULT_BETWEEN: Final = 3


@dataclass(frozen=True, slots=True)
class NodeRoute:
    """A route between two nodes.

    Attributes
    ----------
    steps : tuple of RouteStep
        With the goods; tiers are counted from where it ends.
    weakest_grade : Grade
        Of its steps.
    tier : int
        Purchases and deliveries on the way.
    """

    steps: tuple[RouteStep, ...]
    weakest_grade: Grade
    tier: int


@dataclass(frozen=True, slots=True)
class NodeRoutes:
    """How goods get from one node to another.

    Attributes
    ----------
    start, end : NodeRef
        A holder stands for all its items.
    routes : tuple of NodeRoute
        The best ones, best first. None: none is recorded, which does not say that there is none.
    count : RouteCount
        How many there are; a route ends where it first meets what is asked for.
    truncated : bool
        Whether the limit on items cut what lies downstream of the start.
    """

    lens: Lens
    start: NodeRef
    end: NodeRef
    most: int
    max_items: int
    routes: tuple[NodeRoute, ...]
    count: RouteCount
    truncated: bool
    graph_version: int
