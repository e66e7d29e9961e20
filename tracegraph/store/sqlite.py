"""The embedded store: one SQLite file, nothing to install.

Several readers beside one writer, in any number of threads and processes; a crash at any moment leaves the last
finished transaction (write-ahead log, every commit flushed to disk). The files beside this one hold its parts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from tracegraph.change_set import ChangeSet
from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, Product, ReferenceRecord
from tracegraph.products import Catalogue
from tracegraph.store import sqlite_find, sqlite_lists, sqlite_portfolio, sqlite_read, sqlite_records, sqlite_stream
from tracegraph.store.chain_state import ChainState
from tracegraph.store.port import BesideOf, Progress
from tracegraph.store.port_lists import ALL, ClaimChange, Part, Place
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
from tracegraph.store.sqlite_apply import Application
from tracegraph.store.sqlite_closure import closure
from tracegraph.store.sqlite_codes import second
from tracegraph.store.sqlite_connection import Connections
from tracegraph.store.sqlite_info import store_info
from tracegraph.store.sqlite_lens import lens_sql
from tracegraph.store.sqlite_retract import retract
from tracegraph.store.sqlite_schema import migrate
from tracegraph.vocabulary import Direction, Label, RelationshipType


class SqliteStore:
    """A store in one SQLite file; see `tracegraph.store.port.Store` for what its methods promise.

    Parameters
    ----------
    path : str or Path
        The file. It is made by `init`; nothing is opened before the first use.
    read_seconds : float
        How long one question may take before it raises `QueryTimeout`. `portfolio`, `stream`, `info` and a dry run
        may take as long as they need. A writer waits for another one for so long, or `BUSY_SECONDS` if that is less.

    Notes
    -----
    Safe to share between threads, and to carry over a fork: every thread of every process has its own connection.
    """

    def __init__(self, path: str | Path, *, read_seconds: float = 30.0) -> None:
        self._connections = Connections(Path(path), read_seconds)
        self._catalogue: tuple[int, Catalogue] | None = None

    # --- writing ---------------------------------------------------------------------------------------------------

    def apply(
        self,
        change_set: ChangeSet,
        now: str,
        *,
        dry_run: bool = False,
        progress: Progress | None = None,
        beside: BesideOf | None = None,
    ) -> ApplyReport:
        """Record what a change set says."""
        application = Application(self._connections, change_set, now, progress, beside)
        return application.preview() if dry_run else application.run()

    def retract(
        self,
        now: str,
        *,
        claim_ids: Sequence[str] = (),
        change_set: int | None = None,
        beside: BesideOf | None = None,
    ) -> ApplyReport:
        """End claims, given by id or as all that a change set recorded."""
        with self._connections.writing() as connection:
            report = retract(connection, second(now), claim_ids, change_set)
            if beside:
                sqlite_records.put_beside(connection, beside(report), second(now))
            return report

    def standing(
        self, holders: Collection[str], nodes: Collection[tuple[Label, str]], ends: Collection[str]
    ) -> Standing:
        """Return what is known of ids, whatever its visibility."""
        with self._connections.reading() as connection:
            return sqlite_read.standing(connection, holders, nodes, ends)

    # --- reading ---------------------------------------------------------------------------------------------------

    def closure(self, items: Collection[str], direction: Direction, lens: Lens, max_items: int) -> Closure:
        """Return the goods claims of everything that is reached from `items`."""
        with self._connections.reading() as connection:
            return closure(connection, items, direction, lens_sql(connection, lens), max_items)

    def items_of(self, holders: Collection[str], lens: Lens) -> list[Holding]:
        """Return the holders that exist, with their items."""
        with self._connections.reading() as connection:
            return sqlite_read.items_of(connection, holders, lens_sql(connection, lens))

    def links_of(
        self, ids: Collection[str], types: Collection[RelationshipType], direction: Direction, lens: Lens
    ) -> list[Claim]:
        """Return the visible claims of these types that leave or enter these nodes."""
        with self._connections.reading() as connection:
            return sqlite_read.links_of(connection, ids, types, direction, lens_sql(connection, lens))

    def descriptions(self, label: Label, ids: Collection[str] | None, lens: Lens) -> list[Claim]:
        """Return the `DESCRIBES` claims of nodes of a label, whatever their grade."""
        with self._connections.reading() as connection:
            return sqlite_read.descriptions(connection, label, ids, lens_sql(connection, lens))

    def claims(self, ids: Collection[str], lens: Lens) -> list[Claim]:
        """Return the visible claims of these claim ids."""
        with self._connections.reading() as connection:
            return sqlite_read.claims(connection, ids, lens_sql(connection, lens))

    def find(self, text: str, lens: Lens, limit: int) -> list[Match]:
        """Return suppliers, factories and contracts by id, name, alias or identifier."""
        with self._connections.reading() as connection:
            return sqlite_find.find(connection, text, lens_sql(connection, lens), limit)

    def catalogue(self) -> Catalogue:
        """Return the product catalogue; the same object until a change set is finished."""
        with self._connections.reading() as connection:
            sql = "SELECT coalesce(max(number), 0) FROM change_set WHERE state = 'finished'"
            (number,) = connection.execute(sql).fetchone()
            if self._catalogue is None or self._catalogue[0] != number:
                records = sqlite_read.references(connection, Label.PRODUCT, None)
                products = [record for record in records if isinstance(record, Product)]
                self._catalogue = number, Catalogue(products)
            return self._catalogue[1]

    def references(self, label: Label, ids: Collection[str] | None = None) -> list[ReferenceRecord]:
        """Return regions, categories, products or sources."""
        with self._connections.reading() as connection:
            return sqlite_read.references(connection, label, ids)

    def version(self, lens: Lens) -> int:
        """Return the number of finished change sets that touched something this reader may see."""
        with self._connections.reading() as connection:
            return sqlite_read.version(connection, lens.visible_to)

    def settled_at(self) -> str:
        """Return the moment at which the last claim becomes known or ends."""
        with self._connections.reading() as connection:
            return sqlite_read.settled_at(connection)

    def chain_state(self, lens: Lens) -> ChainState:
        """Return when what this reader may see of chains last changed."""
        with self._connections.reading() as connection:
            return sqlite_read.chain_state(connection, lens.visible_to)

    def portfolio(self, lens: Lens) -> PortfolioColumns:
        """Return everything that carries goods under the lens, as columns."""
        with self._connections.reading(unlimited=True) as connection:
            return sqlite_portfolio.portfolio(connection, lens_sql(connection, lens))

    def ids(self, label: Label, lens: Lens, *, after: str = "", skip: int = 0, limit: int = ALL) -> list[str]:
        """Return ids of the nodes of a label that exist under the lens."""
        with self._connections.reading() as connection:
            return sqlite_lists.ids(connection, label, lens, Part(after, skip, limit))

    def count(self, label: Label, lens: Lens) -> int:
        """Return how many nodes of a label exist under the lens."""
        with self._connections.reading() as connection:
            return sqlite_lists.count(connection, label, lens)

    def changes(self, lens: Lens, after: Place, limit: int, *, any_day: bool = False) -> list[ClaimChange]:
        """Return claims that came to be known or ended after a place."""
        with self._connections.reading() as connection:
            return sqlite_lists.changes(connection, lens, after, limit, any_day=any_day)

    def count_changes(self, lens: Lens, until: Place, *, any_day: bool = False) -> int:
        """Return how many changes there are until a place."""
        with self._connections.reading() as connection:
            return sqlite_lists.count_changes(connection, lens, until, any_day=any_day)

    def history(self, node: NodeRef, lens: Lens, limit: int) -> list[Claim]:
        """Return claims that touch a node, or an item that it holds, of any day."""
        with self._connections.reading() as connection:
            return sqlite_lists.history(connection, node, lens, limit)

    # --- records ---------------------------------------------------------------------------------------------------

    def records(self, kind: str, record_id: str | None = None) -> list[Record]:
        """Return all kept versions of the records of a kind, or of one of them."""
        with self._connections.reading() as connection:
            return sqlite_records.records(connection, kind, record_id)

    def page(self, kind: str, *, after: str = "", prefix: str = "", limit: int = 100) -> list[Record]:
        """Return newest versions of records of a kind, in the order of ids."""
        with self._connections.reading() as connection:
            return sqlite_records.page(connection, kind, after, prefix, limit)

    def commit(self, beside: Beside, now: str) -> list[Record]:
        """Write records and audit rows, all or nothing."""
        with self._connections.writing() as connection:
            return sqlite_records.put_beside(connection, beside, second(now))

    def take(self, kind: str, now: str, until: str, limit: int = 1) -> list[Record]:
        """Hand out records that are due."""
        with self._connections.reading() as connection:
            if not sqlite_records.is_due(connection, kind, second(now)):
                return []  # without waiting for a writer
        with self._connections.writing() as connection:
            return sqlite_records.take(connection, kind, second(now), second(until), limit)

    # --- keeping ---------------------------------------------------------------------------------------------------

    def init(self, progress: Progress | None = None) -> list[str]:
        """Make the file where it is missing, and bring its schema up to date."""
        path = self._connections.path
        with (
            self._connections.translated(self._connections.busy_seconds),
            closing(self._connections.open("rwc")) as connection,
        ):
            return migrate(connection, path, progress)

    def info(self) -> StoreInfo:
        """Return what the store is and holds; a file without a schema, or none at all, has schema version 0."""
        return store_info(self._connections)

    def stream(self) -> Iterator[dict[str, Any]]:
        """Yield everything in the canonical order, as of one moment."""
        with self._connections.separate() as connection:
            yield from sqlite_stream.stream(connection)

    def restore(self, records: Iterable[Mapping[str, Any]], progress: Progress | None = None) -> dict[str, int]:
        """Fill an empty store with what `stream` yielded."""
        with self._connections.writing() as connection:
            return sqlite_stream.Restorer(connection).run(records, progress)

    def close(self) -> None:
        """Close this process's connections; the next use opens new ones."""
        self._connections.close()
