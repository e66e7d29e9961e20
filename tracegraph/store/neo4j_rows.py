"""How Neo4j's rows are read as claims, and what is written for a claim."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from tracegraph.model import Claim, ClaimId, NodeRef, SourceId, Statement, canonical_json
from tracegraph.store.port import FIND_REASONS
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import NOT_RETRACTED, OPEN_TO, Grade, Label, RelationshipType

RANK_OF_GRADE: Final = {grade.value: grade.rank for grade in Grade}

#: Labels of nodes that `find` looks for.
FOUND_LABELS: Final = (Label.SUPPLIER, Label.FACTORY, Label.CONTRACT)

#: Properties of a claim that an attribute of the same name must not hide.
_OWN_PROPERTIES: Final = frozenset(
    {
        *("claim_id", "claim_key", "version", "table", "source_id", "grade", "visibility", "valid_from", "valid_to"),
        *("share_low", "share_high", "confidence", "qualifier", "attributes", "recorded_at", "retracted_at"),
        *("change_set", "search"),
    }
)

#: Between the texts of `search`; no text that a user asks for holds it.
_BETWEEN: Final = "\n"


def claim_of(row: Sequence[Any]) -> Claim:
    """Return the claim of a column ``claim``; what its key says is read from its key."""
    claim_id, key, version, grade, valid_to, low, high, confidence, attributes, recorded, retracted, change_set = row
    table, kind, start, end, source, valid_from, visibility, qualifier = key.split("|", 7)
    return Claim(
        table=table,
        type=RelationshipType(kind),
        start=_ref(start),
        end=_ref(end),
        source_id=SourceId(source),
        grade=Grade(grade),
        visibility=visibility,
        valid_from=valid_from,
        valid_to=valid_to,
        share_low=low,
        share_high=high,
        confidence=confidence,
        qualifier=qualifier,
        attributes=json.loads(attributes) if attributes else {},
        recorded_at=recorded,
        claim_id=ClaimId(claim_id),
        version=version,
        retracted_at=retracted,
        change_set=change_set,
    )


def claims_of(rows: Iterable[Sequence[Any]]) -> list[Claim]:
    """Return the claims of rows that have one column ``claim``."""
    return [claim_of(row[0]) for row in rows]


def _ref(text: str) -> NodeRef:
    label, _, node_id = text.partition(":")
    return NodeRef(Label(label), node_id)


def goods_downstream(item: str, goods: Iterable[Sequence[Any]]) -> list[GoodsClaim]:
    """Return the claims of a column ``goods`` that leave an item."""
    return [
        GoodsClaim(item, end, kind, RANK_OF_GRADE[grade], low, high, confidence, *rest)
        for kind, end, grade, low, high, confidence, *rest in goods
    ]


def goods_upstream(end: str, goods: Iterable[Sequence[Any]]) -> list[GoodsClaim]:
    """Return the claims of a column ``goods`` that enter an item or a contract."""
    return [
        GoodsClaim(item, end, kind, RANK_OF_GRADE[grade], low, high, confidence, *rest)
        for kind, item, grade, low, high, confidence, *rest in goods
    ]


def row_of(claim: Claim, key: str) -> dict[str, Any]:
    """Return what is written for a claim: a row of the queries ``put_<type>``, without what is not stated.

    What the key says is left out: the driver packs every value in Python, and the server can split a key.
    """
    row: dict[str, Any] = {
        "start": claim.start.id,
        "end": claim.end.id,
        "claim_id": claim.claim_id,
        "claim_key": key,
        "version": claim.version,
        "grade": claim.grade.value,
        "recorded_at": claim.recorded_at,
        "change_set": claim.change_set,
    }
    if claim.valid_to != OPEN_TO:
        row["valid_to"] = claim.valid_to
    if claim.retracted_at != NOT_RETRACTED:
        row["retracted_at"] = claim.retracted_at
    if (claim.share_low, claim.share_high) != (0, 1):
        row |= {"share_low": float(claim.share_low), "share_high": float(claim.share_high)}
    if claim.confidence is not None:
        row["confidence"] = float(claim.confidence)
    if claim.attributes:
        row |= {"attributes": canonical_json(dict(claim.attributes)), "stated": _stated(claim)}
    if claim.type is RelationshipType.DESCRIBES:
        row |= {"end_label": claim.end.label.value, "search": search_text(claim)}
    return row


def _stated(claim: Claim) -> dict[str, Any]:
    """Return attributes as properties for a person to read; none of them hides a property of every claim."""
    return {name: value for name, value in claim.attributes.items() if name not in _OWN_PROPERTIES}


def query_for(claim: Claim) -> str:
    """Return the name of the query that writes a claim."""
    if claim.type is not RelationshipType.DESCRIBES:
        return f"put_{claim.type.value.lower()}"
    if claim.end.label in (Label.SUPPLIER, Label.FACTORY):
        return "put_describes_holder"
    return "put_describes_contract" if claim.end.label is Label.CONTRACT else "put_describes_other"


def search_text(statement: Statement) -> str | None:
    """Return all names, aliases and identifiers that a description gives, case folded; None where nobody looks."""
    if statement.end.label not in FOUND_LABELS:
        return None
    return _BETWEEN.join(sorted({text for text, _ in names_of(statement)}))


def names_of(statement: Statement) -> list[tuple[str, str]]:
    """Return every name, alias and identifier that a description gives, case folded, with the reason it gives."""
    found: list[tuple[str, str]] = []
    for attribute, reason in FIND_REASONS.items():
        value = statement.attributes.get(attribute, ())
        texts = (value,) if isinstance(value, str) else value if isinstance(value, list | tuple) else ()
        found += [(text.casefold(), reason) for text in texts]
    return found


def same(current: Claim, statement: Statement) -> bool:
    """Return whether a version says what a statement says."""
    return (
        current.grade is statement.grade
        and current.valid_to == statement.valid_to
        and (current.share_low, current.share_high) == (statement.share_low, statement.share_high)
        and current.confidence == statement.confidence
        and (
            not (current.attributes or statement.attributes)
            or canonical_json(dict(current.attributes)) == canonical_json(dict(statement.attributes))
        )
    )
