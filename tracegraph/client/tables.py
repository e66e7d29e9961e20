"""Answers as NetworkX graphs and pandas frames."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

import networkx as nx

if TYPE_CHECKING:
    import pandas as pd


class HasStep(Protocol):
    """A step of a route or a chain."""

    @property
    def start(self) -> str:
        """Where goods come from."""
        ...

    @property
    def end(self) -> str:
        """Where they go."""
        ...

    @property
    def type(self) -> str:
        """Type of the claim, or ``INFERRED``."""
        ...

    @property
    def tier(self) -> int:
        """Counted from the contract."""
        ...

    @property
    def grade(self) -> str:
        """How well it is documented."""
        ...


class HasRoute(Protocol):
    """A contract with a route."""

    @property
    def contract_id(self) -> str:
        """The contract."""
        ...

    @property
    def status(self) -> str:
        """Where it stands."""
        ...

    @property
    def route(self) -> Sequence[HasStep]:
        """Its steps."""
        ...


def graph_of_routes(contracts: Iterable[HasRoute]) -> nx.MultiDiGraph[str]:
    """Return the routes of contracts as one graph; contracts carry their status."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for contract in contracts:
        graph.add_node(contract.contract_id, kind="contract", status=contract.status)
        _add_steps(graph, contract.route)
    return graph


def graph_of_steps(steps: Iterable[HasStep], nodes: Mapping[str, Mapping[str, Any]]) -> nx.MultiDiGraph[str]:
    """Return steps as a graph whose nodes carry what is known of them."""
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for node, said in nodes.items():
        graph.add_node(node, kind="item", **{key: value for key, value in said.items() if key != "item_id"})
    _add_steps(graph, steps)
    return graph


def _add_steps(graph: nx.MultiDiGraph[str], steps: Iterable[HasStep]) -> None:
    for step in steps:
        if not graph.has_edge(step.start, step.end, key=step.type):
            graph.add_edge(step.start, step.end, key=step.type, type=step.type, tier=step.tier, grade=step.grade)


def frame_of(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return rows as a frame; what is nested has a column each, named with dots (``share.low``).

    Raises
    ------
    ImportError
        pandas is not installed; the message says how to get it.
    """
    try:
        pandas = import_module("pandas")
    except ImportError as error:
        raise ImportError("to_frame needs pandas: pip install 'tracegraph[frame]'") from error
    frame: pd.DataFrame = pandas.json_normalize(list(rows))
    return frame
