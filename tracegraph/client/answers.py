"""Typed answers. What a newer service adds is left alone, and stays in `raw`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tracegraph.client.tables import frame_of, graph_of_routes, graph_of_steps

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

Raw = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Amount:
    """Bounds of an amount in SEK."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Share:
    """Bounds of the part of a contract's value, each in [0, 1]; `unmapped` is what the high bound owes to open ends."""

    low: float
    high: float
    unmapped: float


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a route, towards the contract.

    Attributes
    ----------
    start, end : str
        Item ids, or the contract's id at the end.
    type : str
        ``SUPPLIES``, ``BECOMES``, ``DELIVERED_UNDER`` or ``INFERRED`` (then with its `rule`).
    tier : int
        Counted from the contract.
    grade : str
        How well it is documented.
    source_ids, claim_ids : tuple of str
        Who says so.
    """

    start: str
    end: str
    type: str
    tier: int
    grade: str
    rule: str | None
    claim_ids: tuple[str, ...]
    source_ids: tuple[str, ...]

    @classmethod
    def of(cls, raw: Raw) -> Step:
        """Return the step that JSON describes."""
        return cls(
            raw["from"],
            raw["to"],
            raw["type"],
            raw["tier"],
            raw["grade"],
            raw.get("rule"),
            tuple(raw.get("claim_ids", ())),
            tuple(raw.get("source_ids", ())),
        )


@dataclass(frozen=True, slots=True)
class DependentContract:
    """A contract, and where it stands towards what was asked about.

    Attributes
    ----------
    status : str
        ``established``, ``possible``, ``unmapped`` (it cannot be said) or ``no_link``.
    value_sek : float or None
        None where it is not stated; never 0 for that.
    share, exposed_sek : Share, Amount or None
        None where no route is known.
    route : tuple of Step
        The best documented route; empty where none is known.
    open_ends : tuple of str
        Where knowledge stops.
    ask : tuple of str
        Of an unmapped one: whom to ask.
    raw : mapping
        The whole row.
    """

    contract_id: str
    title: str | None
    status: str
    basis: str | None
    regions: tuple[str, ...]
    category: str | None
    value_sek: float | None
    end: str | None
    tier: int | None
    direct_suppliers: tuple[str, ...]
    weakest_grade: str | None
    share: Share | None
    exposed_sek: Amount | None
    route: tuple[Step, ...]
    open_ends: tuple[str, ...]
    ask: tuple[str, ...]
    raw: Raw = field(repr=False, compare=False)

    @classmethod
    def of(cls, raw: Raw) -> DependentContract:
        """Return the contract that JSON describes."""
        share, exposed = raw.get("share"), raw.get("exposed_sek")
        return cls(
            contract_id=raw["contract_id"],
            title=raw.get("title"),
            status=raw["status"],
            basis=raw.get("basis"),
            category=raw.get("category"),
            value_sek=raw.get("value_sek"),
            end=raw.get("end"),
            tier=raw.get("tier"),
            weakest_grade=raw.get("weakest_grade"),
            regions=tuple(raw.get("regions", ())),
            direct_suppliers=tuple(raw.get("direct_suppliers", ())),
            share=Share(share["low"], share["high"], share["unmapped"]) if share else None,
            exposed_sek=Amount(exposed["low"], exposed["high"]) if exposed else None,
            route=tuple(Step.of(step) for step in raw.get("route") or ()),
            open_ends=tuple(raw.get("open_ends", ())),
            ask=tuple(raw.get("ask", ())),
            raw=raw,
        )


@dataclass(frozen=True, slots=True)
class Exposure:
    """Which contracts depend on a scope: the answer in whole, all pages.

    Attributes
    ----------
    contracts : tuple of DependentContract
        Established, possible and unmapped ones, in that order, each by id.
    summary, query : mapping
        Counts of all four statuses; the question as the service understood it.
    meta : mapping
        All that was said of the whole answer.
    """

    contracts: tuple[DependentContract, ...]
    meta: Raw

    @property
    def summary(self) -> Raw:
        """Counts and values by status."""
        summary: Raw = self.meta["summary"]
        return summary

    @property
    def query(self) -> Raw:
        """The question, with its lens."""
        query: Raw = self.meta["query"]
        return query

    @property
    def is_whole(self) -> bool:
        """Whether no limit cut the answer."""
        return not self.summary["truncated"]

    def by_status(self, status: str) -> tuple[DependentContract, ...]:
        """Return the contracts of one status."""
        return tuple(contract for contract in self.contracts if contract.status == status)

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the routes of all contracts as one graph, goods flowing along its edges."""
        return graph_of_routes(self.contracts)

    def to_frame(self) -> pd.DataFrame:
        """Return one row a contract; needs pandas (``pip install tracegraph[frame]``)."""
        return frame_of([contract.raw for contract in self.contracts])


@dataclass(frozen=True, slots=True)
class Chain:
    """Everything upstream of a contract.

    Attributes
    ----------
    nodes : tuple of mapping
        Items, with holder, product, tier and countries.
    steps : tuple of Step
        Who sells, makes or delivers what.
    open_ends : tuple of str
        Items beyond which nothing is known.
    meta : mapping
        What is said of the whole chain.
    """

    contract_id: str
    nodes: tuple[Raw, ...]
    steps: tuple[Step, ...]
    open_ends: tuple[str, ...]
    meta: Raw = field(repr=False, compare=False)

    @classmethod
    def of(cls, pages: Sequence[Raw]) -> Chain:
        """Return the chain that pages of items describe, each with the steps that leave it."""
        meta = pages[0]["meta"]
        items = [item for page in pages for item in page["items"]]
        nodes = tuple({name: value for name, value in item.items() if name != "steps"} for item in items)
        steps = tuple(Step.of(step) for item in items for step in item["steps"])
        return cls(meta["contract"]["contract_id"], nodes, steps, tuple(meta["open_ends"]), meta)

    def to_networkx(self) -> nx.MultiDiGraph[str]:
        """Return the chain as a graph, goods flowing towards the contract."""
        return graph_of_steps(self.steps, {str(node["item_id"]): node for node in self.nodes})

    def to_frame(self) -> pd.DataFrame:
        """Return one row an item; needs pandas."""
        return frame_of(self.nodes)
