"""The production store: a Neo4j server, 5.26 or newer, Community or Enterprise, over Bolt.

The statements are in ``cypher/``, the files beside this one hold its parts. Only `neo4j_connection` and `neo4j_errors`
know the driver.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeVar

from tracegraph.change_set import ChangeSet
from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, Product, ReferenceRecord
from tracegraph.products import Catalogue
from tracegraph.store import neo4j_lists, neo4j_read
from tracegraph.store.chain_state import ChainState
from tracegraph.store.neo4j_address import parse_url
from tracegraph.store.neo4j_apply import Application
from tracegraph.store.neo4j_closure import Walk
from tracegraph.store.neo4j_connection import TIMEOUT_S, Connection, Transaction
from tracegraph.store.neo4j_portfolio import portfolio
from tracegraph.store.neo4j_records import page, put_beside, record_rows, take
from tracegraph.store.neo4j_references import references_of
from tracegraph.store.neo4j_restore import Restorer
from tracegraph.store.neo4j_retract import retract
from tracegraph.store.neo4j_schema import migrate, store_info
from tracegraph.store.neo4j_state import LensParameters, State, chain_state, lock, read_state
from tracegraph.store.neo4j_stream import stream
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
from tracegraph.vocabulary import Direction, Label, RelationshipType

T = TypeVar("T")

_ATTEMPTS: Final = 3


class Neo4jStore:
    """A store in a Neo4j database; see `tracegraph.store.port.Store` for what its methods promise.

    Parameters
    ----------
    url : str
        ``neo4j://USER:PASSWORD@HOST:PORT/DATABASE``, or ``bolt://...``, each also with ``+s`` or ``+ssc``.
    database : str, optional
        Instead of the one in the URL; none at all: the user's home database.
    user, password : str, optional
        Instead of those in the URL.
    timeout_s : float
        Seconds without a sign of life after which the server counts as hung, and the server's own limit for one
        question. A large cone, `portfolio`, `stream` and imports may take longer, as long as something comes back.

    Notes
    -----
    Safe to share between threads, and to carry over a fork: the driver is made at the first use in each process.
    """

    def __init__(
        self,
        url: str,
        *,
        database: str | None = None,
        user: str | None = None,
        password: str | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._connection = Connection(parse_url(url, user, password, database), timeout_s)
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
        application = Application(self._connection, change_set, now, progress, beside)
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

        def work(tx: Transaction) -> ApplyReport:
            report = retract(tx, self._connection, now, claim_ids, change_set)
            if beside:
                put_beside(tx, beside(report), now)
            return report

        return self._connection.write(work)

    def standing(
        self, holders: Collection[str], nodes: Collection[tuple[Label, str]], ends: Collection[str]
    ) -> Standing:
        """Return what is known of ids, whatever its visibility."""
        return self._ask(lambda tx: neo4j_read.standing(tx, holders, nodes, ends))

    # --- reading ---------------------------------------------------------------------------------------------------

    def closure(self, items: Collection[str], direction: Direction, lens: Lens, max_items: int) -> Closure:
        """Return the goods claims of everything that is reached from `items`."""
        return self._under(lens, lambda tx, seen: Walk(tx, direction, seen.sees).closure(items, max_items), long=True)

    def items_of(self, holders: Collection[str], lens: Lens) -> list[Holding]:
        """Return the holders that exist, with their items."""
        return self._under(lens, lambda tx, seen: neo4j_read.items_of(tx, holders, seen))

    def links_of(
        self, ids: Collection[str], types: Collection[RelationshipType], direction: Direction, lens: Lens
    ) -> list[Claim]:
        """Return the visible claims of these types that leave or enter these nodes."""
        return self._under(lens, lambda tx, seen: neo4j_read.links_of(tx, ids, types, direction, seen))

    def descriptions(self, label: Label, ids: Collection[str] | None, lens: Lens) -> list[Claim]:
        """Return the `DESCRIBES` claims of nodes of a label, whatever their grade."""
        return self._under(lens, lambda tx, seen: neo4j_read.descriptions(tx, label, ids, seen), long=ids is None)

    def claims(self, ids: Collection[str], lens: Lens) -> list[Claim]:
        """Return the visible claims of these claim ids."""
        return self._under(lens, lambda tx, seen: neo4j_read.claims(tx, ids, seen))

    def find(self, text: str, lens: Lens, limit: int) -> list[Match]:
        """Return suppliers, factories and contracts by id, name, alias or identifier."""
        return self._under(lens, lambda tx, seen: neo4j_read.find(tx, text, seen, limit))

    def catalogue(self) -> Catalogue:
        """Return the product catalogue; the same object until a change set is finished."""

        def look(tx: Transaction) -> Catalogue:
            number = read_state(tx, self._connection).finished
            if self._catalogue is None or self._catalogue[0] != number:
                records = references_of(tx, Label.PRODUCT)
                products = [record for record in records if isinstance(record, Product)]
                self._catalogue = number, Catalogue(products)
            return self._catalogue[1]

        return self._connection.read(look)

    def references(self, label: Label, ids: Collection[str] | None = None) -> list[ReferenceRecord]:
        """Return regions, categories, products or sources."""
        return self._ask(lambda tx: references_of(tx, label, ids))

    def version(self, lens: Lens) -> int:
        """Return the number of finished change sets that touched something this reader may see."""
        return self._ask(lambda tx: int(tx.rows("graph_version", visible_to=list(lens.visible_to))[0][0]))

    def settled_at(self) -> str:
        """Return the moment at which the last claim becomes known or ends."""
        return self._connection.read(lambda tx: read_state(tx, self._connection).settled_at)

    def chain_state(self, lens: Lens) -> ChainState:
        """Return when what this reader may see of chains last changed."""
        return self._connection.read(lambda tx: chain_state(tx, read_state(tx, self._connection), lens))

    def portfolio(self, lens: Lens) -> PortfolioColumns:
        """Return everything that carries goods under the lens, as columns."""
        return self._under(lens, portfolio, long=True)

    def ids(self, label: Label, lens: Lens, *, after: str = "", skip: int = 0, limit: int = ALL) -> list[str]:
        """Return ids of the nodes of a label that exist under the lens."""
        return self._under(lens, lambda tx, seen: neo4j_lists.ids(tx, label, seen, Part(after, skip, limit)))

    def count(self, label: Label, lens: Lens) -> int:
        """Return how many nodes of a label exist under the lens."""
        return self._under(lens, lambda tx, seen: len(neo4j_lists.ids(tx, label, seen, Part())), long=True)

    def changes(self, lens: Lens, after: Place, limit: int, *, any_day: bool = False) -> list[ClaimChange]:
        """Return claims that came to be known or ended after a place."""
        return self._under(lens, lambda tx, seen: neo4j_lists.changes(tx, seen, after, limit, any_day=any_day))

    def count_changes(self, lens: Lens, until: Place, *, any_day: bool = False) -> int:
        """Return how many changes there are until a place."""
        return self._under(lens, lambda tx, seen: neo4j_lists.count_changes(tx, seen, until, any_day=any_day))

    def history(self, node: NodeRef, lens: Lens, limit: int) -> list[Claim]:
        """Return claims that touch a node, or an item that it holds, of any day."""
        return self._under(lens, lambda tx, seen: neo4j_lists.history(tx, seen, node, limit))

    # --- records ---------------------------------------------------------------------------------------------------

    def records(self, kind: str, record_id: str | None = None) -> list[Record]:
        """Return all kept versions of the records of a kind, or of one of them."""
        return self._ask(lambda tx: [record for record, _, _ in record_rows(tx, kind, record_id)])

    def page(self, kind: str, *, after: str = "", prefix: str = "", limit: int = 100) -> list[Record]:
        """Return newest versions of records of a kind, in the order of ids."""
        return self._ask(lambda tx: page(tx, kind, after, prefix, limit))

    def commit(self, beside: Beside, now: str) -> list[Record]:
        """Write records and audit rows, all or nothing."""

        def work(tx: Transaction) -> list[Record]:
            lock(tx, self._connection)
            return put_beside(tx, beside, now)

        return self._connection.write(work)

    def take(self, kind: str, now: str, until: str, limit: int = 1) -> list[Record]:
        """Hand out records that are due."""
        if not self._ask(lambda tx: tx.rows("due_records", kind=kind, now=now, limit=1)):
            return []  # without waiting for a writer

        def work(tx: Transaction) -> list[Record]:
            lock(tx, self._connection)
            return take(tx, kind, now, until, limit)

        return self._connection.write(work)

    # --- keeping ---------------------------------------------------------------------------------------------------

    def init(self, progress: Progress | None = None) -> list[str]:
        """Bring the schema up to date; return the names of the migrations applied."""
        return migrate(self._connection, progress)

    def info(self) -> StoreInfo:
        """Return what the store is and holds; a database without a schema has schema version 0."""
        return self._connection.read(lambda tx: store_info(tx, self._connection), long=True)

    def stream(self) -> Iterator[dict[str, Any]]:
        """Yield everything in the canonical order."""
        return stream(self._connection)

    def restore(self, records: Iterable[Mapping[str, Any]], progress: Progress | None = None) -> dict[str, int]:
        """Fill an empty store with what `stream` yielded."""
        return Restorer(self._connection).run(records, progress)

    def close(self) -> None:
        """Close this process's connections; the next use opens new ones."""
        self._connection.close()

    # --- how it is asked ---------------------------------------------------------------------------------------------

    def _ask(self, question: Callable[[Transaction], T]) -> T:
        """Return the answer to a question that knows no lens, of a store that is ready."""

        def look(tx: Transaction) -> T:
            read_state(tx, self._connection)
            return question(tx)

        return self._connection.read(look)

    def _under(self, lens: Lens, question: Callable[[Transaction, LensParameters], T], *, long: bool = False) -> T:
        """Return the answer to a question under a lens, in one state of the store.

        The server shows every transaction as soon as it is committed, also to one that is under way. So the state is
        read before and after, and the question asked again when a change set came between that the lens can see.
        """

        def look(tx: Transaction) -> tuple[T, bool]:
            before = read_state(tx, self._connection)
            answer = question(tx, LensParameters(lens, before))
            return answer, _undisturbed(before, read_state(tx, self._connection), lens)

        for _ in range(_ATTEMPTS):
            answer, is_whole = self._connection.read(look, long=long)
            if is_whole:
                break
        return answer


def _undisturbed(before: State, after: State, lens: Lens) -> bool:
    """Return whether nothing changed that this reader could have seen a part of."""
    return before == after or (not before.open and lens.known_at < after.last_recorded_at)
