"""What a list of nodes carries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tracegraph.vocabulary import Label


@dataclass(frozen=True, slots=True)
class NodeFilter:
    """Which nodes of a label are listed; empty: all.

    Attributes
    ----------
    name : str
        Part of an id, name, alias or identifier.
    countries : sequence of str
        Where a factory stands, a supplier is registered, an item's holder is.
    products : sequence of str
        What a holder has, an item is, is delivered under a contract; narrower goods count too.
    suppliers : sequence of str
        Who operates a factory, or delivers under a contract; whose an item is.
    regions, categories : sequence of str
        Of a contract.
    """

    name: str = ""
    countries: Sequence[str] = ()
    products: Sequence[str] = ()
    suppliers: Sequence[str] = ()
    regions: Sequence[str] = ()
    categories: Sequence[str] = ()

    @property
    def is_empty(self) -> bool:
        """Whether everything is listed."""
        return not any((self.name, self.countries, self.products, self.suppliers, self.regions, self.categories))


@dataclass(frozen=True, slots=True)
class Listing:
    """One part of a list of nodes.

    Attributes
    ----------
    ids : sequence of str
        In the order of code points.
    total : int
        Nodes in all; where not `is_exact`, there are at least so many.
    has_next : bool
        Whether there are more behind these.
    """

    ids: Sequence[str]
    total: int
    has_next: bool
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node as a list shows it: what it is called, and facts about it by name, each a plain value or a list."""

    label: Label
    id: str
    name: str | None
    facts: Mapping[str, Any] = field(default_factory=dict)
