"""The one JSON form of everything a store holds, and its order: what `stream` yields and `restore` takes.

Both stores speak it, so that an export of either, loaded into the other and exported again, gives the same bytes.
The order of the lines: the header, then change sets by number, products, regions, categories and sources by id, holders
by id, records by kind, id and version, claims by claim key and version. All ids and keys are ASCII, so that every
engine sorts them alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from tracegraph.model import (
    Category,
    Claim,
    ClaimId,
    NodeRef,
    Product,
    ReferenceRecord,
    Region,
    Source,
    SourceId,
    Statement,
    canonical_json,
)
from tracegraph.store.rows import Record
from tracegraph.vocabulary import Grade, Label, RelationshipType

FORMAT_VERSION: Final = 1
HEADER: Final = {"line": "tracegraph", "format": FORMAT_VERSION}

#: Reference records by the label of their node, in the order of the lines.
REFERENCE_CLASSES: Final[Mapping[Label, type[ReferenceRecord]]] = {
    Label.PRODUCT: Product,
    Label.REGION: Region,
    Label.CATEGORY: Category,
    Label.SOURCE: Source,
}
_ID_FIELDS: Final = {
    Label.PRODUCT: "product_id",
    Label.REGION: "region_id",
    Label.CATEGORY: "category_id",
    Label.SOURCE: "source_id",
}


@dataclass(frozen=True, slots=True)
class ChangeSetRow:
    """The journal's entry of one change set.

    Attributes
    ----------
    number : int
        Counts from 1 in the order of applying.
    state : str
        ``open`` while batches are being written, ``finished`` after.
    digest : str
        `ChangeSet.digest`, by which an interrupted import is recognised.
    visibilities : sequence of str
        Sorted visibilities of what it touched (``public`` where it touched reference data other than sources): a
        reader's graph version counts the finished ones that it may see.
    counts : mapping
        ``new``, ``changed``, ``retracted``, ``incidents``, ``references``.
    """

    number: int
    description: str
    recorded_at: str
    state: str
    digest: str
    visibilities: Sequence[str] = ()
    counts: Mapping[str, int] = field(default_factory=dict)


def reference_label(record: ReferenceRecord) -> Label:
    """Return the label of the node that a reference record is."""
    return next(label for label, kind in REFERENCE_CLASSES.items() if isinstance(record, kind))


def reference_id(record: ReferenceRecord) -> str:
    """Return a reference record's id."""
    return str(getattr(record, _ID_FIELDS[reference_label(record)]))


def reference_body(record: ReferenceRecord) -> dict[str, Any]:
    """Return what a reference record states, as JSON; what is not stated is absent."""
    return {
        key: list(v) if isinstance(v, tuple) else v for key, v in asdict(record).items() if v not in (None, (), False)
    }


def reference_from_body(label: Label, body: Mapping[str, Any]) -> ReferenceRecord:
    """Return the reference record that `reference_body` wrote."""
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in body.items()}
    return REFERENCE_CLASSES[label](**values)


def change_set_line(row: ChangeSetRow) -> dict[str, Any]:
    """Return the line of a change set."""
    return {"line": "change_set", **asdict(row), "visibilities": list(row.visibilities), "counts": dict(row.counts)}


def change_set_from_line(line: Mapping[str, Any]) -> ChangeSetRow:
    """Return the change set of a line."""
    return ChangeSetRow(**{key: value for key, value in line.items() if key != "line"})


def reference_line(record: ReferenceRecord) -> dict[str, Any]:
    """Return the line of a reference record."""
    return {"line": "reference", "label": reference_label(record).value, "body": reference_body(record)}


def holder_line(holder_id: str, label: str) -> dict[str, Any]:
    """Return the line of a supplier or a factory as a node; what is said of it is in claims."""
    return {"line": "holder", "label": label, "id": holder_id}


def record_line(record: Record, digest: str, change_set: int | None) -> dict[str, Any]:
    """Return the line of one version of a record; when it is due is absent where it is not."""
    line = {"line": "record", **asdict(record), "body": dict(record.body), "digest": digest, "change_set": change_set}
    return line if record.due_at is not None else {key: value for key, value in line.items() if key != "due_at"}


def claim_line(claim: Claim) -> dict[str, Any]:
    """Return the line of one version of a claim; shares and confidence that are not stated are absent."""
    line: dict[str, Any] = {
        "line": "claim",
        "claim_id": claim.claim_id,
        "version": claim.version,
        "table": claim.table,
        "type": claim.type.value,
        "start": {"label": claim.start.label.value, "id": claim.start.id},
        "end": {"label": claim.end.label.value, "id": claim.end.id},
        "source_id": claim.source_id,
        "grade": claim.grade.value,
        "visibility": claim.visibility,
        "valid_from": claim.valid_from,
        "valid_to": claim.valid_to,
        "recorded_at": claim.recorded_at,
        "retracted_at": claim.retracted_at,
        "change_set": claim.change_set,
    }
    if (claim.share_low, claim.share_high) != (0.0, 1.0):
        line |= {"share_low": float(claim.share_low), "share_high": float(claim.share_high)}
    if claim.confidence is not None:
        line["confidence"] = float(claim.confidence)
    if claim.qualifier:
        line["qualifier"] = claim.qualifier
    if claim.attributes:
        line["attributes"] = dict(claim.attributes)
    return line


def claim_from_line(line: Mapping[str, Any]) -> Claim:
    """Return the claim of a line."""
    start, end = line["start"], line["end"]
    return Claim(
        table=line["table"],
        type=RelationshipType(line["type"]),
        start=NodeRef(Label(start["label"]), start["id"]),
        end=NodeRef(Label(end["label"]), end["id"]),
        source_id=SourceId(line["source_id"]),
        grade=Grade(line["grade"]),
        visibility=line["visibility"],
        valid_from=line["valid_from"],
        valid_to=line["valid_to"],
        share_low=line.get("share_low", 0.0),
        share_high=line.get("share_high", 1.0),
        confidence=line.get("confidence"),
        qualifier=line.get("qualifier", ""),
        attributes=line.get("attributes", {}),
        recorded_at=line["recorded_at"],
        claim_id=ClaimId(line["claim_id"]),
        version=line["version"],
        retracted_at=line["retracted_at"],
        change_set=line["change_set"],
    )


def record_from_line(line: Mapping[str, Any]) -> tuple[Record, str, int | None]:
    """Return the record of a line, its digest, and the change set that recorded it, if one did."""
    values = {key: value for key, value in line.items() if key not in ("line", "digest", "change_set")}
    return Record(**values), line["digest"], line["change_set"]


def says(statement: Statement) -> dict[str, Any]:
    """Return what a statement says beyond its claim key: what two versions of a claim differ in."""
    return {
        "grade": statement.grade.value,
        "valid_to": statement.valid_to,
        "share_low": float(statement.share_low),
        "share_high": float(statement.share_high),
        "confidence": None if statement.confidence is None else float(statement.confidence),
        "attributes": dict(statement.attributes),
    }


def body_digest(body: Mapping[str, Any]) -> str:
    """Return the hash by which a record that is put again is recognised."""
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()[:16]
