"""What "which open ends to ask about next" carries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tracegraph.answer import ContractFacts
from tracegraph.lens import Lens
from tracegraph.model import Scope, Selector

QUESTIONS_LISTED: Final = 100  # questions in one letter; the count is always given
TOGETHER: Final = 12  # a contract with more open ends than this is not part of the order of asking
ORDER_STEPS: Final = 20  # steps of that order, at most


@dataclass(frozen=True, slots=True)
class AskQuestion:
    """What is asked.

    Attributes
    ----------
    scope : tuple of Selector
        What a report names; empty: no report, every open end counts.
    regions, categories : tuple of str
        Only contracts that one of these regions uses, and of one of these categories; empty: all.
    direct_suppliers : tuple of str
        Only what these direct suppliers can be asked; empty: all.
    rows : int or None
        Open ends and direct suppliers listed one by one; None: all.
    """

    lens: Lens
    scope: Scope = ()
    regions: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    direct_suppliers: tuple[str, ...] = ()
    rows: int | None = 20


@dataclass(frozen=True, slots=True)
class Behind:
    """The unclear contracts that an answer would say something about.

    Attributes
    ----------
    contracts : int
        How many.
    settles : int
        Those of them that no other open end keeps unclear: the answer alone settles them.
    narrows : int
        Beside them, contracts with a known route, whose share becomes narrower.
    value_sek : int, float or None
        Sum of the stated values of the unclear ones, in SEK; None where none is stated.
    without_value : int
        Unclear ones whose value nobody states.
    regions, categories : tuple of str
        Of the unclear ones; where there is none, of the others.
    """

    contracts: int
    settles: int
    narrows: int
    value_sek: float | None
    without_value: int
    regions: tuple[str, ...]
    categories: tuple[str, ...]

    @property
    def takes_part(self) -> int:
        """Unclear contracts that need other answers as well."""
        return self.contracts - self.settles


@dataclass(frozen=True, slots=True)
class OpenEnd:
    """One open end.

    Attributes
    ----------
    id : str
        The item, or the contract that is one itself.
    ask : tuple of str
        Direct suppliers that can be asked; none for a contract without a delivery: its own file is to be looked at.
    """

    id: str
    behind: Behind
    ask: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to one direct supplier.

    Attributes
    ----------
    id : str
        The open end.
    settles : int
        Unclear contracts that its answer alone settles.
    contracts : tuple of str
        Contracts of this supplier behind it, unclear or with a route, by id.
    """

    id: str
    settles: int
    contracts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToAsk:
    """What one direct supplier can be asked.

    Attributes
    ----------
    supplier_id : str or None
        None: nobody is seen to deliver; the procurement file is to be looked at.
    behind : Behind
        Contracts of this supplier; `settles` counts those of which it can be asked about every open end.
    questions : tuple of Asked
        The first `QUESTIONS_LISTED`, those that settle most first.
    total : int
        How many there are.
    contracts : tuple of ContractFacts
        The contracts behind the listed questions, by id.
    """

    supplier_id: str | None
    behind: Behind
    questions: tuple[Asked, ...]
    total: int
    contracts: tuple[ContractFacts, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the order of asking.

    Attributes
    ----------
    ids : tuple of str
        Open ends to ask about together.
    settles : int
        Unclear contracts that are settled by this step, the ones before it having been answered.
    settled : int
        Those settled by all steps up to this one.
    """

    ids: tuple[str, ...]
    settles: int
    settled: int


@dataclass(frozen=True, slots=True)
class AskNext:
    """What to ask next.

    Attributes
    ----------
    unmatched : tuple of Selector
        Selectors that touch nothing.
    unclear : int
        Contracts in question: with a scope those that are unmapped, without one those with any open end.
    unclear_value_sek, unclear_without_value
        Sum of their stated values in SEK (None: none is stated), and how many have none.
    open_ends : tuple of OpenEnd
        The first rows, those that settle most first.
    open_ends_total : int
        How many there are.
    suppliers : tuple of ToAsk
        The first rows, those that can settle most first.
    suppliers_total : int
        How many there are.
    order : tuple of Step
        In which order to ask.
    in_order : int
        Unclear contracts that the order considers: those with at most `TOGETHER` open ends.
    """

    question: AskQuestion
    unmatched: tuple[Selector, ...]
    unclear: int
    unclear_value_sek: float | None
    unclear_without_value: int
    open_ends: tuple[OpenEnd, ...]
    open_ends_total: int
    suppliers: tuple[ToAsk, ...]
    suppliers_total: int
    order: tuple[Step, ...]
    in_order: int
    graph_version: int
