"""What comes back from a store: plain rows that cross the port (`tracegraph.store.port`), whichever store it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tracegraph.model import Claim
from tracegraph.vocabulary import NETWORK, NOT_RETRACTED, Label


class GoodsClaim(NamedTuple):
    """A visible claim that carries goods, as plain values: a cone may hold several hundred thousand.

    ``grade`` is the rank of `Grade.rank` (0 inferred to 3 verified); ``confidence`` is None where not stated.
    """

    start: str  # item id
    end: str  # item id, or contract id for DELIVERED_UNDER
    type: str
    grade: int
    share_low: float
    share_high: float
    confidence: float | None
    valid_from: str
    valid_to: str
    recorded_at: str
    claim_id: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Closure:
    """The goods claims met on the way from a set of items.

    Attributes
    ----------
    claims : list of GoodsClaim
        Every visible goods claim that leaves (downstream) or enters (upstream) a reached item, each once.
    truncated : bool
        Whether `max_items` stopped the way before it ended.
    """

    claims: list[GoodsClaim]
    truncated: bool = False


class Holding(NamedTuple):
    """A holder that exists under the lens, and its items."""

    holder_id: str
    label: Label  # Supplier or Factory
    products: tuple[str, ...]  # sorted; the items are `<holder_id>/<product>`; may be empty


class StatedShare(NamedTuple):
    """The share that one visible goods claim states ((0, 1) is not stated and left out); handles as in the columns."""

    start: int
    end: int
    grade: int
    recorded_at: str
    low: float
    high: float


class StatedSourcing(NamedTuple):
    """The sourcing that one visible claim states of an item (`OFFERS`) or a contract (`DESCRIBES`)."""

    handle: int
    grade: int
    recorded_at: str
    sourcing: str
    source_count: int | None


class ItemRow(NamedTuple):
    """An item that exists under the lens."""

    handle: int
    item_id: str
    holder_id: str
    product: str
    is_factory: bool


@dataclass(frozen=True, slots=True)
class PortfolioColumns:
    """Everything that carries goods under a lens, as columns, for the pass over the whole portfolio.

    Handles are non-negative integers of the store's choosing, unique over items and contracts together.

    Attributes
    ----------
    start, end : int64 arrays of shape (n_claims,)
        Handles of both ends of every visible goods claim.
    type : uint8 array of shape (n_claims,)
        0 `SUPPLIES`, 1 `BECOMES`, 2 `DELIVERED_UNDER` (the order of `GOODS_TYPES`).
    grade : uint8 array of shape (n_claims,)
        Rank of each claim's grade, 0 (inferred) to 3 (verified).
    shares : sequence of StatedShare
        Stated shares only.
    items : sequence of ItemRow
        Every item that a visible claim touches (goods or `OFFERS`).
    sourcings : sequence of StatedSourcing
        Stated sourcing only: of items by claims that pass the lens, of contracts by rows of whatever grade.
    contracts : mapping
        Handle to id of every contract that a visible row of ``contracts.csv`` names, whatever the row's grade.
    operations : sequence of (factory_id, operator_id)
        Visible `OPERATED_BY` pairs, each once.
    """

    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    type: npt.NDArray[np.uint8]
    grade: npt.NDArray[np.uint8]
    shares: Sequence[StatedShare]
    items: Sequence[ItemRow]
    sourcings: Sequence[StatedSourcing]
    contracts: Mapping[int, str]
    operations: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Match:
    """A node found by text, and why."""

    label: Label
    id: str
    name: str | None
    reason: str  # "id", "name", "alias" or "identifier"


@dataclass(frozen=True, slots=True)
class Change:
    """One statement's fate, as an example in a report."""

    kind: str  # "new", "changed", "unchanged" or "retracted"
    claim_key: str
    claim_id: str
    before: Mapping[str, Any] | None = None  # `canonical.says` of the old version, for "changed" and "retracted"
    after: Mapping[str, Any] | None = None  # `canonical.says` of the new version, for "new" and "changed"


@dataclass(frozen=True, slots=True)
class ApplyReport:
    """What applying a change set did, or would do.

    Attributes
    ----------
    change_set : int or None
        Number of the change set; None when nothing changed, or for a dry run.
    new, changed, unchanged, retracted : int
        Claims. A changed claim counts in `changed` alone, though its old version is retracted.
    references_changed : int
        Products, regions, categories and sources that are new or differ.
    incidents_changed : int
        Incident revisions recorded.
    examples : sequence of Change
        At most 5 of each kind.
    resumed : bool
        Whether an interrupted import was taken up.
    claim_ids : sequence of str
        The claim that says each statement from now on, in the order of the statements; none where they are written in
        batches.
    """

    change_set: int | None
    new: int
    changed: int
    unchanged: int
    retracted: int = 0
    references_changed: int = 0
    incidents_changed: int = 0
    examples: Sequence[Change] = ()
    resumed: bool = False
    claim_ids: Sequence[str] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether nothing changed."""
        return not (self.new or self.changed or self.retracted or self.references_changed or self.incidents_changed)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the store holds about ids, whatever its visibility: for the checks of an import, never for an answer.

    Attributes
    ----------
    labels : mapping
        Label of every asked id that is a known `Supplier`, `Factory`, `Contract`, `Region`, `Category`, `Product`
        or `Source`. (An id is a holder once only; other labels have id spaces of their own, hence the key
        ``(label, id)``.)
    claims : sequence of Claim
        Claims not retracted, of type `OFFERS`, `SUPPLIES`, `BECOMES`, `DELIVERED_UNDER`, and `DESCRIBES` of contracts,
        that end in one of the asked items or contracts.
    """

    labels: Collection[tuple[Label, str]]
    claims: Sequence[Claim] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One version of a record that is not a claim: an incident's revision, a triage, a job, a key, an audit row.

    Attributes
    ----------
    kind, id, version : str, str, int
        Identity; versions count from 1. Of kinds outside `tracegraph.store.port.VERSIONED_KINDS` only the newest
        version is kept.
    body : mapping
        JSON.
    recorded_at, visibility, retracted_at : str
        As on a claim: a version that was retracted (with the change set that recorded it) is kept, and ended.
    due_at : str or None
        From when `RecordStore.take` hands the record out; None: never.
    """

    kind: str
    id: str
    version: int
    body: Mapping[str, Any]
    recorded_at: str
    visibility: str
    retracted_at: str = NOT_RETRACTED
    due_at: str | None = None


@dataclass(frozen=True, slots=True)
class RecordWrite:
    """The next version of a record, or its end.

    Attributes
    ----------
    kind, id : str
        Which record.
    body : mapping or None
        What it says from now on; None ends it: a versioned record keeps its versions, the last of them retracted,
        another one is deleted.
    expected_version : int or None
        Version that it must have when it is written; 0: it must not exist, or have ended; None: whichever.
    visibility : str
        Who may see it.
    due_at : str or None
        From when `RecordStore.take` hands it out; None: never.
    """

    kind: str
    id: str
    body: Mapping[str, Any] | None
    expected_version: int | None = None
    visibility: str = NETWORK
    due_at: str | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """What is written in the same transaction as a change, or without one.

    Attributes
    ----------
    records : sequence of RecordWrite
        At most one for each record.
    audit : sequence of mapping
        Rows for the end of the audit trail; the store numbers and chains them (`tracegraph.store.audit_chain`).
    """

    records: Sequence[RecordWrite] = ()
    audit: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class ImportEntry:
    """A line of the journal: one change set."""

    change_set: int
    description: str
    recorded_at: str
    state: str  # "open" or "finished"
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoreInfo:
    """What `tracegraph store info` shows."""

    url: str  # without a password
    kind: str  # "sqlite" or "neo4j"
    server: str  # version of the engine
    schema_version: int  # 0: no schema yet
    schema_expected: int
    counts: Mapping[str, int]  # nodes by label, claims by type, records by kind
    imports: Sequence[ImportEntry]  # newest first, at most 20
