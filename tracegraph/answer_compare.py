"""What two answers side by side carry: the contracts that stand otherwise, and what made the difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tracegraph.answer import LISTED_STATUSES, Answer, ContractFacts, Dependent
from tracegraph.answer_exposure import ExposedSum, KnownRevision
from tracegraph.model import Claim, Selector
from tracegraph.vocabulary import Status


class Movement(StrEnum):
    """How a contract stands in the second answer, against the first."""

    ENTERED = "entered"  # it has one of the three listed statuses, and had none
    LEFT = "left"  # it had one, and has none
    CHANGED = "changed"  # it has another one


@dataclass(frozen=True, slots=True)
class Difference:
    """A contract that stands otherwise in the second answer.

    Attributes
    ----------
    before, after : Dependent or None
        The two answers for it; None where the reader did not see the contract.
    """

    contract_id: str
    before: Dependent | None
    after: Dependent | None

    @property
    def facts(self) -> ContractFacts:
        """What is said of the contract, as newly as it is seen."""
        seen = self.after or self.before
        assert seen is not None
        return seen.facts

    @property
    def movement(self) -> Movement:
        """Whether it entered, left, or changed among the three listed statuses."""
        if not is_listed(self.before):
            return Movement.ENTERED
        return Movement.CHANGED if is_listed(self.after) else Movement.LEFT


def is_listed(dependent: Dependent | None) -> bool:
    """Return whether a contract is seen and has one of the three listed statuses."""
    return dependent is not None and dependent.status in LISTED_STATUSES


# --- why -----------------------------------------------------------------------------------------------------------


class Unseen(StrEnum):
    """Why one of two lenses does not show a claim."""

    NOT_YET_KNOWN = "not_yet_known"
    RETRACTED = "retracted"
    NOT_YET_VALID = "not_yet_valid"
    NO_LONGER_VALID = "no_longer_valid"
    NOT_VISIBLE = "not_visible"
    GRADE = "grade"


@dataclass(frozen=True, slots=True)
class ClaimChange:
    """A claim that one lens shows and the other does not.

    Attributes
    ----------
    is_new : bool
        Whether it is the second lens that shows it.
    unseen : Unseen
        Why the other does not.
    """

    claim: Claim
    is_new: bool
    unseen: Unseen


class CauseKind(StrEnum):
    """What made the difference."""

    DOCUMENT = "document"  # what one document says: without it, the contract stands otherwise
    DOCUMENTS = "documents"  # what several say together: no single one is needed, or it was not told which
    SCOPE = "scope"  # another scope, or revision of an incident
    NOT_FOUND = "not_found"  # none of the changes that were looked at


@dataclass(frozen=True, slots=True)
class Cause:
    """What made the difference for one contract.

    Attributes
    ----------
    source_ids : tuple of str
        The documents, where it is documents.
    changes : tuple of ClaimChange
        What is new or gone of what they say, nearest to the contract's route first; at most `SHOWN_CHANGES`.
    total : int
        How many there are.
    verified : bool
        Whether the second answer was computed again without it, and the contract stood otherwise.
    without : Status or None
        How the contract stands then; None when it is not verified, or is not seen then.
    """

    kind: CauseKind
    source_ids: tuple[str, ...] = ()
    changes: tuple[ClaimChange, ...] = ()
    total: int = 0
    verified: bool = False
    without: Status | None = None


SHOWN_CHANGES: Final = 10
DEFAULT_MAX_DOCUMENTS: Final = 40


@dataclass(frozen=True, slots=True)
class Causes:
    """Why contracts stand otherwise.

    Attributes
    ----------
    by_contract : mapping
        Causes by contract id, those that were verified first. Several: each of them was needed.
    tested, left_out : int
        Documents that were taken back one by one; documents that were not, because of the limit.
    truncated : bool
        Whether the chains were too large to look at all that changed in them.
    """

    by_contract: Mapping[str, tuple[Cause, ...]]
    tested: int = 0
    left_out: int = 0
    truncated: bool = False


# --- the answers ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Side:
    """One of two answers.

    Attributes
    ----------
    incidents : tuple of KnownRevision
        The revisions whose scopes were asked about.
    exposed : ExposedSum
        Value at exposure.
    """

    answer: Answer
    incidents: tuple[KnownRevision, ...]
    exposed: ExposedSum


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two answers side by side.

    Attributes
    ----------
    differences : tuple of Difference
        Those that entered, then left, then changed; within each by the new status, then contract id.
    causes : Causes
        Why.
    scope_changes : tuple of KnownRevision
        The revisions, newer than those of the first answer, that brought the scope of the second.
    """

    before: Side
    after: Side
    differences: tuple[Difference, ...]
    causes: Causes
    scope_changes: tuple[KnownRevision, ...] = ()


class Widening(StrEnum):
    """How a scope is widened."""

    GROUP = "group"
    COUNTRY = "country"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Widened:
    """What became of one selector of a scope.

    Attributes
    ----------
    wider : tuple of Selector
        Selectors that are added; none where the selector cannot be widened in this way.
    partly_owned : tuple of str
        Owners of less than half that were not followed.
    """

    selector: Selector
    wider: tuple[Selector, ...]
    partly_owned: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What a wider scope would add. Nothing is stored and nobody is told.

    Attributes
    ----------
    widened : tuple of Widened
        Selector by selector.
    comparison : Comparison
        The answer as it is, and with the wider scope.
    call, ask : tuple of str
        Suppliers to call, and to ask, that are not among those of today's answer.
    """

    widening: Widening
    widened: tuple[Widened, ...]
    comparison: Comparison
    call: tuple[str, ...]
    ask: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is assumed, as a person said it, and what it came to.

    Attributes
    ----------
    without_claims, without_sources, closed, files : tuple of str
        As given.
    hidden, added : tuple of Claim
        Claims that are taken away, and put in.
    """

    without_claims: tuple[str, ...]
    without_sources: tuple[str, ...]
    closed: tuple[str, ...]
    files: tuple[str, ...]
    hidden: tuple[Claim, ...]
    added: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The answer as things stand, and as they would stand. Nothing is stored."""

    supposed: Supposed
    comparison: Comparison
