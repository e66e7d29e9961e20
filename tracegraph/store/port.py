"""What the rest of tracegraph may rely on from a store, whichever it is.

Four small protocols: one writes claims, one reads them under a lens, one keeps versioned records, one is for the
administrator. `tracegraph.store.sqlite` and `tracegraph.store.neo4j` implement them; `tests/contract` holds both to the
same behaviour. Ids cross the port as text; a store's own keys stay inside. All times are UTC texts of fixed width
(`YYYY-MM-DDTHH:MM:SSZ`), which sort.

**One writer at a time.** A change set becomes visible as a whole: until it is finished, no reader sees any of it.
Every method raises `StoreUnavailable` (or a subclass) when the store cannot answer, within 10 seconds for a server that
is missing, refuses or hangs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from tracegraph.change_set import ChangeSet
from tracegraph.lens import Lens
from tracegraph.model import Claim, ReferenceRecord
from tracegraph.products import Catalogue
from tracegraph.store.chain_state import ChainState
from tracegraph.store.port_lists import ListReader
from tracegraph.store.rows import (
    ApplyReport,
    Beside,
    Closure,
    Holding,
    Match,
    PortfolioColumns,
    Record,
    Standing,
    StoreInfo,
)
from tracegraph.vocabulary import Direction, Label, RelationshipType

#: Called with (done, total) while a long job runs.
Progress = Callable[[int, int], None]

#: Up to this many statements a change set is written in one transaction; above, in batches with a journal.
ATOMIC_STATEMENTS = 5_000

#: Kinds of records of which every version is kept; of others the newest alone.
VERSIONED_KINDS = frozenset({"incident", "triage", "proposal", "subscription"})

#: The kind of the audit trail's rows.
AUDIT = "audit"

#: What commits with a change, by what the change did.
BesideOf = Callable[[ApplyReport], Beside]

#: What `GraphReader.find` looks at, besides ids: attributes of `DESCRIBES`, and the reason that a match on one gives.
FIND_REASONS: Mapping[str, str] = {
    "name": "name",
    "title": "name",
    "aliases": "alias",
    "identifiers": "identifier",
    "org_no": "identifier",
    "lei": "identifier",
    "os_id": "identifier",
    "diary_no": "identifier",
}


# --- the protocols -------------------------------------------------------------------------------------------------


class GraphWriter(Protocol):
    """Writes claims."""

    def apply(
        self,
        change_set: ChangeSet,
        now: str,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
        beside: BesideOf | None = None,
    ) -> ApplyReport:
        """Record what a change set says.

        Idempotent: a statement whose current version says the same is unchanged, one whose current version says
        something else retracts it and records the next version, one whose claim has no current version records one.
        Nothing else is touched. When nothing changes, no change set is recorded and the graph version stays.

        Up to `ATOMIC_STATEMENTS` statements: one transaction, all or nothing. Above: batches under a journal entry;
        applying the same change set again takes up an interrupted one; until it is finished no reader sees any of
        it. A claim's `recorded_at` is the statement's own or `now` (moved to the last change set's time if that is
        later; for batches one second past it). A replaced version is retracted at the new one's `recorded_at`, or at
        its own if that is later.

        What `beside` returns for the report commits with it: in the last transaction, and also when nothing changed;
        not for a dry run. It may be called more than once.

        Raises
        ------
        ImportInterrupted
            Another change set was interrupted and is neither finished nor discarded.
        StaleWrite
            A record of `beside` is not in the version that it expects; nothing was written (in batches: nothing
            became visible, and the same call takes it up).
        CommitUnknown
            The store went away while it committed: look for a record of `beside` to learn what happened.
        """
        ...

    def retract(
        self,
        now: str,
        *,
        claim_ids: Sequence[str] = (),
        change_set: int | None = None,
        beside: BesideOf | None = None,
    ) -> ApplyReport:
        """End claims, given by id or as all that a change set recorded; nothing is deleted.

        Retracting a change set also ends the incident revisions that it recorded, and discards it if it was
        interrupted: its claims then end at their own `recorded_at`, so that no reader ever sees a part of it. It does
        not bring back the versions that it replaced. Claims already retracted are left as they are and counted as
        `unchanged`. A claim ends at `now` (moved as in `apply`), or at its own `recorded_at` if that is later. What
        is retracted is recorded as a change set of its own. All or nothing. `beside`: as in `apply`.

        Raises
        ------
        StaleWrite, CommitUnknown
            As in `apply`.
        UnknownClaim, UnknownImport
            Naming all the ids that are not there.
        ImportInterrupted
            A change set other than this one was interrupted and is neither finished nor discarded.
        """
        ...

    def standing(
        self, holders: Collection[str], nodes: Collection[tuple[Label, str]], ends: Collection[str]
    ) -> Standing:
        """Return what is known of ids (see `Standing`): labels of `holders` and `nodes`, claims into `ends`."""
        ...


class GraphReader(Protocol):
    """Reads claims under a lens. A caller who may not see a claim gets what it would get if the claim did not exist."""

    def closure(self, items: Collection[str], direction: Direction, lens: Lens, max_items: int) -> Closure:
        """Return the goods claims of everything that is reached from `items` by visible goods claims alone.

        Downstream: all visible goods claims that leave a reached item; `items` themselves count as reached, and so
        does every item that such a claim enters. Upstream: the same against the arrows; `items` may hold contract
        ids too. At most `max_items` items are reached (contracts do not count); when there are more, those nearest to
        the start, and of equally near ones those with the smallest ids, so that the answer is the same on every call,
        in every store, and for every reader who sees the same claims.
        """
        ...

    def items_of(self, holders: Collection[str], lens: Lens) -> list[Holding]:
        """Return, for each asked holder that a visible claim touches (itself or one of its items), its items.

        A supplier's or factory's item exists when a visible claim touches the item (goods or `OFFERS`). Sorted by
        holder id.
        """
        ...

    def links_of(
        self, ids: Collection[str], types: Collection[RelationshipType], direction: Direction, lens: Lens
    ) -> list[Claim]:
        """Return the visible claims of these types that leave (downstream) or enter (upstream) these nodes.

        `ids` are ids of any label that such claims can have at that end. Sorted by claim id.
        """
        ...

    def descriptions(self, label: Label, ids: Collection[str] | None, lens: Lens) -> list[Claim]:
        """Return the `DESCRIBES` claims of nodes of a label, whatever their grade; `ids` None: of all of them.

        Sorted by node id, then claim id.
        """
        ...

    def claims(self, ids: Collection[str], lens: Lens) -> list[Claim]:
        """Return the visible claims of these claim ids, sorted by claim id; `DESCRIBES` claims whatever their grade."""
        ...

    def find(self, text: str, lens: Lens, limit: int) -> list[Match]:
        """Return suppliers, factories and contracts whose id, name, alias or identifier holds `text`, ignoring case.

        Only those that exist under the lens; names and the like (`FIND_REASONS`) are read whatever the grade of their
        row. Exact matches first, then those that begin with it, then the rest; by id within each; at most `limit`.
        """
        ...

    def catalogue(self) -> Catalogue:
        """Return the product catalogue. It is reference data: the same under every lens."""
        ...

    def references(self, label: Label, ids: Collection[str] | None = None) -> list[ReferenceRecord]:
        """Return regions, categories, products, or sources (`ids` required for sources: those that claims named)."""
        ...

    def version(self, lens: Lens) -> int:
        """Return the number of finished change sets that touched something the lens's `visible_to` may see."""
        ...

    def settled_at(self) -> str:
        """Return the moment at which the last claim, of whatever visibility, becomes known or ends.

        Two lenses that differ in `known_at` alone, neither before this moment, see the same as long as `version`
        stays. A hint for keeping what was computed, never for an answer. Empty store: an empty text.
        """
        ...

    def chain_state(self, lens: Lens) -> ChainState:
        """Return when what the lens's `visible_to` may see of chains last changed: all but names of suppliers.

        Two lenses that differ in `known_at` alone, neither before its `settled_at`, see the same chains as long as it
        stays. A hint for keeping what was computed, never for an answer.
        """
        ...

    def portfolio(self, lens: Lens) -> PortfolioColumns:
        """Return everything that carries goods under the lens, as columns."""
        ...


class RecordReader(Protocol):
    """Reads records that are not claims."""

    def records(self, kind: str, record_id: str | None = None) -> list[Record]:
        """Return all kept versions of the records of a kind (or of one of them), by id and version."""
        ...


class RecordStore(RecordReader, Protocol):
    """Keeps records that are not claims, and the audit trail (kind `AUDIT`, ids in the order of its rows)."""

    def page(self, kind: str, *, after: str = "", prefix: str = "", limit: int = 100) -> list[Record]:
        """Return the newest versions, unless retracted, of records of a kind whose id begins with `prefix`.

        In the order of ids, only those after `after`, at most `limit`. Ids sort by code point.
        """
        ...

    def commit(self, beside: Beside, now: str) -> list[Record]:
        """Write records and audit rows: all or nothing; return the versions written (audit rows last).

        Raises
        ------
        StaleWrite
            A record is not in the version that its write expects; the error's message values name `kind` and `id`.
        CommitUnknown
            The store went away while it committed.
        """
        ...

    def take(self, kind: str, now: str, until: str, limit: int = 1) -> list[Record]:
        """Return records that are due, and let them be due again at `until`: a lease.

        Those with the earliest `due_at` not after `now` first. Each is the next version of itself, with the same body:
        who writes it with that `expected_version` writes only while nobody else took it. Two callers never get the
        same version.
        """
        ...


class StoreKeeper(Protocol):
    """The administrator's side: set-up, state, and everything without a lens."""

    def init(self, progress: Progress | None = None) -> list[str]:
        """Bring the schema up to date; return the names of the migrations applied. Safe to repeat and to resume."""
        ...

    def info(self) -> StoreInfo:
        """Return what the store is and holds."""
        ...

    def stream(self) -> Iterator[dict[str, Any]]:
        """Yield everything, losslessly, as JSON objects in one canonical order (`canonical.py`).

        The state is that of one moment. What an unfinished change set has written so far is left out.
        """
        ...

    def restore(self, records: Iterable[Mapping[str, Any]], progress: Progress | None = None) -> dict[str, int]:
        """Fill an empty store with what `stream` yielded; counts by kind of line. All or nothing.

        Raises
        ------
        InvalidInput
            The store is not empty, or a record is not one that `stream` yields.
        """
        ...

    def close(self) -> None:
        """Give back connections."""
        ...


class Store(GraphWriter, GraphReader, ListReader, RecordStore, StoreKeeper, Protocol):
    """All of a store."""
