"""Short ways to say a claim: ids that begin with ``f`` are factories, all other holders suppliers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pytest

from tracegraph.change_set import ChangeSet
from tracegraph.incidents import IncidentRevision
from tracegraph.lens import Lens, visible_to
from tracegraph.model import (
    AttributeValue,
    Claim,
    IncidentId,
    NodeRef,
    ReferenceRecord,
    Selector,
    SourceId,
    Statement,
    holder_of,
)
from tracegraph.store.canonical import claim_from_line
from tracegraph.store.port import ATOMIC_STATEMENTS, Store
from tracegraph.vocabulary import UNSOURCED, Grade, Label, RelationshipType, SelectorKind

NOW = "2024-01-01T00:00:00Z"
LATER = "2024-02-01T00:00:00Z"
LENS = Lens("2024-06-01", "2024-06-01T12:00:00Z")
ALL_GOODS = (RelationshipType.SUPPLIES, RelationshipType.BECOMES, RelationshipType.DELIVERED_UNDER)


def lens(reader: str = "network", **more: Any) -> Lens:
    """Return `LENS` for a reader, with other values where given."""
    values: dict[str, Any] = {"valid_at": LENS.valid_at, "known_at": LENS.known_at, "visible_to": visible_to(reader)}
    return Lens(**(values | more))


def holder(holder_id: str) -> NodeRef:
    """Return a factory or a supplier."""
    return NodeRef(Label.FACTORY if holder_id.startswith("f") else Label.SUPPLIER, holder_id)


def item(item_id: str) -> NodeRef:
    """Return an item."""
    return NodeRef(Label.ITEM, item_id)


def contract(contract_id: str) -> NodeRef:
    """Return a contract."""
    return NodeRef(Label.CONTRACT, contract_id)


def link(table: str, kind: RelationshipType, start: NodeRef, end: NodeRef, **more: Any) -> Statement:
    """Return a statement of any type."""
    return Statement(table=table, type=kind, start=start, end=end, **more)


def supplies(seller: str, buyer: str, **more: Any) -> Statement:
    """Return that one item goes into another holder's."""
    return link("supplies", RelationshipType.SUPPLIES, item(seller), item(buyer), **more)


def becomes(source: str, output: str, **more: Any) -> Statement:
    """Return that one item goes into another of the same holder."""
    return link("supplies", RelationshipType.BECOMES, item(source), item(output), **more)


def delivered(item_id: str, contract_id: str, **more: Any) -> Statement:
    """Return that an item is delivered under a contract."""
    return link("deliveries", RelationshipType.DELIVERED_UNDER, item(item_id), contract(contract_id), **more)


def offers(item_id: str, **more: Any) -> Statement:
    """Return that a holder has an item."""
    return link("items", RelationshipType.OFFERS, holder(holder_of(item_id)), item(item_id), **more)


def operated(factory: str, operator: str, **more: Any) -> Statement:
    """Return who operates a factory."""
    return link("factories", RelationshipType.OPERATED_BY, holder(factory), holder(operator), **more)


def owned(child: str, parent: str, **more: Any) -> Statement:
    """Return who owns a supplier."""
    return link("suppliers", RelationshipType.OWNED_BY, holder(child), holder(parent), **more)


def serves(provider: str, client: str, service: str, **more: Any) -> Statement:
    """Return what one holder does for another."""
    return link("services", RelationshipType.SERVES, holder(provider), holder(client), qualifier=service, **more)


def located(factory: str, country: str, **more: Any) -> Statement:
    """Return where a factory stands."""
    return link("factories", RelationshipType.LOCATED_IN, holder(factory), NodeRef(Label.COUNTRY, country), **more)


def uses(region: str, contract_id: str, **more: Any) -> Statement:
    """Return which region uses a contract."""
    return link("contracts", RelationshipType.USES, NodeRef(Label.REGION, region), contract(contract_id), **more)


def describes(
    node: NodeRef, source_id: str = UNSOURCED, says: Mapping[str, AttributeValue] | None = None, **more: Any
) -> Statement:
    """Return what a source says of a node."""
    table = {Label.SUPPLIER: "suppliers", Label.FACTORY: "factories", Label.CONTRACT: "contracts"}[node.label]
    source = NodeRef(Label.SOURCE, source_id)
    more |= {"source_id": SourceId(source_id), "attributes": says or {}}
    return link(table, RelationshipType.DESCRIBES, source, node, **more)


def incident(incident_id: str, title: str = "Reports", **more: Any) -> IncidentRevision:
    """Return a revision of an incident."""
    scope = (Selector(SelectorKind.COUNTRY, "MY"),)
    return IncidentRevision(
        incident_id=IncidentId(incident_id), title=title, kind="forced_labour", status="alleged", scope=scope, **more
    )


def change_set(
    *statements: Statement,
    references: Iterable[ReferenceRecord] = (),
    incidents: Iterable[IncidentRevision] = (),
    description: str = "test",
) -> ChangeSet:
    """Return a change set, with the labels of all holders that its statements touch."""
    ends = [ref for statement in statements for ref in (statement.start, statement.end)]
    holders: set[str] = {holder_of(ref.id) for ref in ends if ref.label is Label.ITEM}
    holders |= {ref.id for ref in ends if ref.label in (Label.SUPPLIER, Label.FACTORY)}
    labels = {holder_id: holder(holder_id).label for holder_id in sorted(holders)}
    return ChangeSet(description, statements, labels, tuple(references), tuple(incidents))


def large(*first: Statement, tag: str = "s", **more: Any) -> ChangeSet:
    """Return a change set that is too large for one transaction: these statements, and a star of suppliers."""
    rest = (supplies(f"{tag}-{n}/p", f"{tag}-hub/p") for n in range(ATOMIC_STATEMENTS + 1 - len(first)))
    return change_set(*first, *rest, **more)


class Interrupted(Exception):
    """What stops an import in these tests."""


def interrupt(store: Store, big: ChangeSet, now: str) -> None:
    """Apply a large change set, and stop it after the first batch."""

    def stop(done: int, _total: int) -> None:
        if done:
            raise Interrupted

    with pytest.raises(Interrupted):
        store.apply(big, now, progress=stop)


def reach(
    store: Store, *starts: str, upstream: bool = False, by: Lens = LENS, max_items: int = 1000
) -> set[tuple[str, str]]:
    """Return both ends of every claim of a closure."""
    found = store.closure(starts, "upstream" if upstream else "downstream", by, max_items)
    return {(claim.start, claim.end) for claim in found.claims}


def goods(store: Store, by: Lens = LENS) -> set[tuple[str, str]]:
    """Return both ends of every goods claim of the portfolio."""
    columns = store.portfolio(by)
    names = {row.handle: row.item_id for row in columns.items} | dict(columns.contracts)
    pairs = zip(columns.start.tolist(), columns.end.tolist(), strict=True)
    return {(names[start], names.get(end, "?")) for start, end in pairs}


def stored(store: Store) -> list[Claim]:
    """Return all claims of a store, without a lens."""
    return [claim_from_line(line) for line in store.stream() if line["line"] == "claim"]


def ids(claims: Collection[Claim]) -> list[str]:
    """Return the ends of claims, for comparing."""
    return sorted(f"{claim.start.id}>{claim.end.id}" for claim in claims)


GRADES = tuple(Grade)
