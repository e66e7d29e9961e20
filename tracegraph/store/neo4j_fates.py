"""What is to become of each statement of a change set, by what the Neo4j store holds, and what is written for it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.model import Claim, ClaimId, NodeRef, Statement, claim_id_of, holder_of, product_of
from tracegraph.store.canonical import says
from tracegraph.store.neo4j_connection import Transaction
from tracegraph.store.neo4j_rows import claims_of, query_for, row_of, same
from tracegraph.store.rows import Change
from tracegraph.vocabulary import NOT_RETRACTED, Label

EXAMPLES: Final = 5
#: Rows that go to the server at once.
ROWS: Final = 2_000

_STATEMENT_FIELDS: Final = tuple(field.name for field in fields(Statement) if field.name != "recorded_at")

#: The query that makes nodes of a label; items need more than their ids.
_MAKERS: Final = {
    Label.SUPPLIER: "put_suppliers",
    Label.FACTORY: "put_factories",
    Label.CONTRACT: "put_contracts",
    Label.COUNTRY: "put_countries",
    Label.REGION: "put_regions",
    Label.CATEGORY: "put_categories",
    Label.PRODUCT: "put_products",
    Label.SOURCE: "put_sources",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """What is to become of one statement.

    Attributes
    ----------
    statement, key : Statement, str
        The statement and its claim key.
    kind : str
        ``new``, ``changed`` or ``unchanged``.
    version : int
        Version of the claim that says it: the next one, or the current one where nothing changes.
    current : Claim or None
        The version that we hold, if any.
    """

    statement: Statement
    key: str
    kind: str
    version: int
    current: Claim | None

    def claim(self, number: int, recorded_at: str) -> Claim:
        """Return the version to be recorded by a change set at a time, unless the statement says its own."""
        said: dict[str, Any] = {name: getattr(self.statement, name) for name in _STATEMENT_FIELDS}
        return Claim(
            **said,
            recorded_at=self.statement.recorded_at or recorded_at,
            claim_id=self.claim_id,
            version=self.version,
            change_set=number,
        )

    @property
    def claim_id(self) -> ClaimId:
        """Id of the claim that says it."""
        return claim_id_of(self.key, self.version)

    @property
    def change(self) -> Change:
        """The statement's fate as an example."""
        return Change(
            self.kind,
            self.key,
            self.claim_id,
            before=says(self.current) if self.kind == "changed" and self.current else None,
            after=None if self.kind == "unchanged" else says(self.statement),
        )


@dataclass(slots=True)
class Tally:
    """Counts, examples and visibilities of statements."""

    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("new", "changed", "unchanged"), 0))
    examples: dict[str, list[Change]] = field(default_factory=dict)
    visibilities: set[str] = field(default_factory=set)

    def add(self, fates: Iterable[Fate]) -> None:
        """Count statements by their fates, and keep the first few of each kind as examples."""
        for fate in fates:
            self.counts[fate.kind] += 1
            if fate.kind != "unchanged":
                self.visibilities.add(fate.statement.visibility)
            kept = self.examples.setdefault(fate.kind, [])
            if len(kept) < EXAMPLES:
                kept.append(fate.change)

    def plus(self, fates: Iterable[Fate]) -> Tally:
        """Return the tally with more statements."""
        examples = {kind: list(kept) for kind, kept in self.examples.items()}
        tally = Tally(dict(self.counts), examples, set(self.visibilities))
        tally.add(fates)
        return tally


def fates_of(tx: Transaction, statements: Sequence[Statement]) -> list[Fate]:
    """Return what is to become of each statement."""
    fates: list[Fate] = []
    for batch in chunks(statements):
        keys = [statement.claim_key for statement in batch]
        versions: dict[str, list[Claim]] = {}
        for claim in claims_of(tx.rows("claims_by_key", keys=keys)):
            versions.setdefault(claim.claim_key, []).append(claim)
        fates += [_fate(statement, key, versions.get(key, ())) for statement, key in zip(batch, keys, strict=True)]
    return fates


def _fate(statement: Statement, key: str, versions: Sequence[Claim]) -> Fate:
    last = max((claim.version for claim in versions), default=0)
    current = next((claim for claim in versions if claim.retracted_at == NOT_RETRACTED), None)
    if current is None:
        return Fate(statement, key, "new", last + 1, None)
    if same(current, statement):
        return Fate(statement, key, "unchanged", current.version, current)
    return Fate(statement, key, "changed", last + 1, current)


def write_claims(
    tx: Transaction, claims: Sequence[Claim], holders: Mapping[str, Label], made: Collection[NodeRef] = ()
) -> set[NodeRef]:
    """Record claims that are not there yet, with the nodes at their ends.

    Parameters
    ----------
    tx : Transaction
        That writes.
    claims : sequence of Claim
        In any order.
    holders : mapping
        Label of the holders of items, where the store does not know it.
    made : collection of NodeRef
        Nodes that are there for sure.

    Returns
    -------
    set of NodeRef
        Nodes that are there once the transaction is committed.
    """
    refs: set[NodeRef] = set()
    for claim in claims:
        refs.update((claim.start, claim.end, NodeRef(Label.SOURCE, claim.source_id)))
    refs.difference_update(made)
    if refs:
        make_nodes(tx, refs, holders)
    rows: dict[str, list[dict[str, Any]]] = {}
    for key, claim in _by_key(claims):
        rows.setdefault(query_for(claim), []).append(row_of(claim, key))
    for query, written in sorted(rows.items()):
        for batch in chunks(written):
            tx.run(query, rows=batch)
    return refs


def _by_key(claims: Iterable[Claim]) -> list[tuple[str, Claim]]:
    return sorted(((claim.claim_key, claim) for claim in claims), key=lambda pair: (pair[0], pair[1].version))


def make_nodes(tx: Transaction, refs: Collection[NodeRef], holders: Mapping[str, Label]) -> None:
    """Make nodes that are not there yet, and the holders of their items."""
    items = sorted(ref.id for ref in refs if ref.label is Label.ITEM)
    labels = _labels_of_holders(tx, refs, items, holders)
    by_label: dict[Label, set[str]] = {}
    for ref in refs:
        by_label.setdefault(ref.label, set()).add(ref.id)
    for holder, label in labels.items():
        by_label.setdefault(label, set()).add(holder)
    for label, query in _MAKERS.items():
        for ids in chunks(sorted(by_label.get(label, ()))):
            tx.run(query, ids=ids)
    for batch in chunks(items):
        tx.run("put_items", rows=[_item_row(item, labels[holder_of(item)]) for item in batch])


def make_holders(tx: Transaction, holders: Mapping[str, Label]) -> None:
    """Make suppliers and factories that are not there yet."""
    for label in (Label.SUPPLIER, Label.FACTORY):
        for ids in chunks(sorted(holder for holder, its in holders.items() if its is label)):
            tx.run(_MAKERS[label], ids=ids)


def _item_row(item: str, holder_label: Label) -> dict[str, Any]:
    return {
        "item_id": item,
        "holder_id": holder_of(item),
        "product_id": product_of(item),
        "at_factory": holder_label is Label.FACTORY,
    }


def _labels_of_holders(
    tx: Transaction, refs: Iterable[NodeRef], items: Iterable[str], holders: Mapping[str, Label]
) -> dict[str, Label]:
    """Return the label of every holder that is touched; raises `InvalidInput` where it is not clear."""
    said = {ref.id: ref.label for ref in refs if ref.label in (Label.SUPPLIER, Label.FACTORY)}
    touched: dict[str, str] = {holder_of(item): item for item in items}
    known: dict[str, Label] = {}
    for ids in chunks(sorted(touched.keys() | said.keys())):
        for holder, is_factory in tx.rows("known_holders", ids=ids):
            known[holder] = Label.FACTORY if is_factory else Label.SUPPLIER
    labels: dict[str, Label] = {}
    for holder in sorted(touched.keys() | said.keys()):
        label = said.get(holder) or holders.get(holder) or known.get(holder)
        if label is None:
            raise InvalidInput(
                N_("the holder of item {item} is not known: say whether it is a supplier or a factory"),
                item=touched[holder],
            )
        if known.get(holder, label) is not label:
            raise InvalidInput(
                N_("{id} is known as a {known}, so it cannot be a {label}: give one of them another id"),
                id=holder,
                known=known[holder].value,
                label=label.value,
            )
        labels[holder] = label
    return labels


def chunks(rows: Sequence[Any]) -> Iterable[list[Any]]:
    """Yield rows by as many as go to the server at once."""
    for place in range(0, len(rows), ROWS):
        yield list(rows[place : place + ROWS])
