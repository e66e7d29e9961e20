"""Reference data in the Neo4j store: products, regions, categories and sources as plain records."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from typing import Any, Final

from tracegraph.model import NodeRef, ReferenceRecord, canonical_json
from tracegraph.store.canonical import reference_body, reference_from_body, reference_id, reference_label
from tracegraph.store.neo4j_connection import Transaction
from tracegraph.store.neo4j_fates import chunks
from tracegraph.vocabulary import Label

#: By label, the queries that read and write its records.
_NAMES: Final = {
    Label.PRODUCT: "products",
    Label.REGION: "regions",
    Label.CATEGORY: "categories",
    Label.SOURCE: "sources",
}


def bodies_of(tx: Transaction, label: Label, ids: Collection[str] | None = None) -> dict[str, str]:
    """Return records of a label as JSON, by id in order; `ids` None: all of them."""
    if label not in _NAMES:
        return {}
    if label is not Label.SOURCE:
        rows = tx.rows(_NAMES[label])
    elif ids is None:
        rows = tx.rows("all_sources")
    else:
        rows = tx.rows("sources", ids=sorted(set(ids)))
    asked = None if ids is None else set(ids)
    return dict(sorted((node_id, body) for node_id, body in rows if asked is None or node_id in asked))


def references_of(tx: Transaction, label: Label, ids: Collection[str] | None = None) -> list[ReferenceRecord]:
    """Return records of a label, sorted by id."""
    return [reference_from_body(label, json.loads(body)) for body in bodies_of(tx, label, ids).values()]


def changed_references(tx: Transaction, records: Sequence[ReferenceRecord]) -> dict[NodeRef, ReferenceRecord]:
    """Return the records that are new or differ from what the store has; the newest wins."""
    asked = {NodeRef(reference_label(record), reference_id(record)): record for record in records}
    changed: dict[NodeRef, ReferenceRecord] = {}
    for label in _NAMES:
        ids = [ref.id for ref in asked if ref.label is label]
        known = bodies_of(tx, label, ids) if ids else {}
        for node_id in ids:
            ref = NodeRef(label, node_id)
            if known.get(node_id) != canonical_json(reference_body(asked[ref])):
                changed[ref] = asked[ref]
    return changed


def put_references(tx: Transaction, records: dict[NodeRef, ReferenceRecord]) -> None:
    """Write reference records over older ones."""
    for label, name in _NAMES.items():
        rows = [_row(record) for ref, record in sorted(records.items()) if ref.label is label]
        for batch in chunks(rows):
            tx.run(f"describe_{name}", rows=batch)


def _row(record: ReferenceRecord) -> dict[str, Any]:
    body = reference_body(record)
    return {"id": reference_id(record), "properties": body | {"body": canonical_json(body)}}
