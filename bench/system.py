"""What every system under measurement does: get ready once, then answer questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from tracegraph.lens import Lens

Facts = tuple[str | None, float | None]  # title and value in SEK


class TimeLimit(Exception):
    """A system did not answer within its limit."""


class Found(NamedTuple):
    """What a system found for one factory.

    Attributes
    ----------
    contracts : mapping
        Contracts with a route, with their title and value.
    claims : int or None
        Number of goods claims of the cone that were fetched; None where the system's form of the question cannot.
    """

    contracts: Mapping[str, Facts]
    claims: int | None


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the data is and what is asked of it.

    Attributes
    ----------
    sqlite : str
        Path of the SQLite store's file.
    neo4j : str
        URL of the Neo4j store; empty where it is not measured.
    lens : Lens
        The one lens of all systems.
    affected : mapping
        Affected items by factory, for peers that cannot resolve a scope with candidates themselves; empty where the
        factory's own items are all.
    """

    sqlite: str
    neo4j: str
    lens: Lens
    affected: Mapping[str, tuple[str, ...]]


class System(Protocol):
    """One way to answer "which contracts have a route from this factory?"."""

    def ask(self, factory: str) -> Found:
        """Return the contracts that some route from the factory reaches."""
        ...

    def close(self) -> None:
        """Give back what is held."""
        ...
