"""Lists of the Neo4j store: which nodes exist, and what changed."""

from __future__ import annotations

from typing import Any, Final

from tracegraph.model import Claim, NodeRef
from tracegraph.store.neo4j_connection import Transaction
from tracegraph.store.neo4j_rows import claim_of, claims_of
from tracegraph.store.neo4j_state import LensParameters
from tracegraph.store.port_lists import ALL, ClaimChange, Part, Place
from tracegraph.vocabulary import NOT_RETRACTED, Label, RelationshipType

_QUERIES: Final = {
    Label.ITEM: "ids_of_items",
    Label.CONTRACT: "ids_of_contracts",
    Label.COUNTRY: "ids_of_countries",
    Label.REGION: "ids_of_regions",
    Label.CATEGORY: "ids_of_categories",
    Label.PRODUCT: "ids_of_products",
}


def ids(tx: Transaction, label: Label, lens: LensParameters, part: Part) -> list[str]:
    """Return ids of the nodes of a label that exist; see `ListReader.ids`."""
    seen = lens.sees_any_grade if label is Label.CONTRACT else lens.sees
    page: dict[str, Any] = {"after": part.after, "skip": part.skip, "limit": part.limit}
    if label is Label.SOURCE:
        return _sources(tx, lens, part)
    if label in (Label.SUPPLIER, Label.FACTORY):
        rows = tx.stream("ids_of_holders", is_factory=label is Label.FACTORY, **page, **seen)
    else:
        rows = tx.stream(_QUERIES[label], **page, **seen)
    return [str(node_id) for (node_id,) in rows]


def _sources(tx: Transaction, lens: LensParameters, part: Part) -> list[str]:
    """Return ids of sources; descriptions name them whatever their grade."""
    of_any_grade = [RelationshipType.DESCRIBES.value]
    others = [kind.value for kind in RelationshipType if kind is not RelationshipType.DESCRIBES]
    found: set[str] = set()
    for types, seen in ((others, lens.sees), (of_any_grade, lens.sees_any_grade)):
        rows = tx.stream("ids_of_sources", types=types, after=part.after, skip=0, limit=ALL, **seen)
        found.update(str(source_id) for (source_id,) in rows)
    return sorted(found)[part.skip : part.skip + part.limit]


def changes(tx: Transaction, lens: LensParameters, after: Place, limit: int, *, any_day: bool) -> list[ClaimChange]:
    """Return claims that came to be known or ended; see `ListReader.changes`."""
    rows = tx.stream("claim_changes", at=after[0], id=after[1], limit=limit, any_day=any_day, **lens.sees)
    return [ClaimChange(at, claim_of(claim), retracted) for at, retracted, claim in rows]


def count_changes(tx: Transaction, lens: LensParameters, until: Place, *, any_day: bool) -> int:
    """Return how many changes there are until a place."""
    rows = tx.rows("claim_changes_until", at=until[0], id=until[1], any_day=any_day, **lens.sees)
    return int(rows[0][0])


def history(tx: Transaction, lens: LensParameters, node: NodeRef, limit: int) -> list[Claim]:
    """Return claims that touch a node, of any day; see `ListReader.history`."""
    seen = {name: value for name, value in lens.sees.items() if name != "valid_at"}
    asked = {"id": node.id, "label": node.label.value, "limit": limit, "not_retracted": NOT_RETRACTED}
    return claims_of(tx.stream("history", **asked, **seen))
