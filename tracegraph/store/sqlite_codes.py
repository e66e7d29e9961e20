"""How the SQLite store writes the model's words, days and times as integers, and reads them back."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.model import Claim, ClaimId, NodeRef, SourceId, canonical_json
from tracegraph.vocabulary import GOODS_TYPES, GRADES_BY_RANK, NOT_RETRACTED, Label, RelationshipType

#: A node's label by its code. Suppliers and factories share one space of ids, all others have their own.
LABELS: Final = (
    Label.SUPPLIER,
    Label.FACTORY,
    Label.ITEM,
    Label.CONTRACT,
    Label.PRODUCT,
    Label.REGION,
    Label.CATEGORY,
    Label.COUNTRY,
    Label.SOURCE,
    Label.INCIDENT,
)
LABEL_CODES: Final = {label: code for code, label in enumerate(LABELS)}
SPACES: Final = {label: 0 if code <= 1 else code for label, code in LABEL_CODES.items()}
HOLDER_SPACE: Final = SPACES[Label.SUPPLIER]
ITEM_SPACE: Final = SPACES[Label.ITEM]
CONTRACT_SPACE: Final = SPACES[Label.CONTRACT]

#: A claim's type by its code: those that carry goods come first, in the order of `GOODS_TYPES`.
TYPES: Final = (*GOODS_TYPES, *(kind for kind in RelationshipType if kind not in GOODS_TYPES))
TYPE_CODES: Final = {kind: code for code, kind in enumerate(TYPES)}
OFFERS: Final = TYPE_CODES[RelationshipType.OFFERS]
OPERATED_BY: Final = TYPE_CODES[RelationshipType.OPERATED_BY]
DESCRIBES: Final = TYPE_CODES[RelationshipType.DESCRIBES]
DELIVERED_UNDER: Final = TYPE_CODES[RelationshipType.DELIVERED_UNDER]

_HOLDER = (Label.SUPPLIER, Label.FACTORY)
#: Labels that a claim of a type can have at its start and at its end.
ENDS: Final = {
    RelationshipType.OFFERS: (_HOLDER, (Label.ITEM,)),
    RelationshipType.SUPPLIES: ((Label.ITEM,), (Label.ITEM,)),
    RelationshipType.BECOMES: ((Label.ITEM,), (Label.ITEM,)),
    RelationshipType.DELIVERED_UNDER: ((Label.ITEM,), (Label.CONTRACT,)),
    RelationshipType.OPERATED_BY: (_HOLDER, _HOLDER),
    RelationshipType.LOCATED_IN: (_HOLDER, (Label.COUNTRY,)),
    RelationshipType.OWNED_BY: (_HOLDER, _HOLDER),
    RelationshipType.REGISTERED_IN: (_HOLDER, (Label.COUNTRY,)),
    RelationshipType.SERVES: (_HOLDER, _HOLDER),
    RelationshipType.USES: ((Label.REGION,), (Label.CONTRACT,)),
    RelationshipType.IN_CATEGORY: ((Label.CONTRACT,), (Label.CATEGORY,)),
    RelationshipType.DESCRIBES: ((Label.SOURCE,), tuple(Label)),
}
#: Codes of the types, other than goods, that can end in a holder.
INTO_HOLDERS: Final = tuple(
    code for code, kind in enumerate(TYPES) if kind not in GOODS_TYPES and Label.SUPPLIER in ENDS[kind][1]
)

_MAX_CACHE = 1 << 16


@lru_cache(_MAX_CACHE)
def day(text: str) -> int:
    """Return a date ``YYYY-MM-DD`` as the integer YYYYMMDD."""
    if len(text) == 10 and text[4] == text[7] == "-" and (digits := text[:4] + text[5:7] + text[8:]).isdecimal():
        return int(digits)
    raise InvalidInput(N_("{value!r} is not a date: write YYYY-MM-DD"), value=text)


@lru_cache(_MAX_CACHE)
def day_text(value: int) -> str:
    """Return the date that `day` made an integer of."""
    digits = f"{value:08d}"
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"


@lru_cache(_MAX_CACHE)
def second(text: str) -> int:
    """Return a UTC time ``YYYY-MM-DDTHH:MM:SSZ`` as seconds since 1970."""
    try:
        if len(text) == len(NOT_RETRACTED) and text[10] == "T" and text[19] == "Z":
            return int(datetime.fromisoformat(text).timestamp())
    except ValueError:
        pass
    raise InvalidInput(N_("{value!r} is not a UTC time in whole seconds: write YYYY-MM-DDTHH:MM:SSZ"), value=text)


@lru_cache(_MAX_CACHE)
def second_text(value: int | None) -> str:
    """Return the time that `second` made an integer of; None is a claim that is not retracted."""
    return NOT_RETRACTED if value is None else f"{datetime.fromtimestamp(value, UTC).isoformat()[:19]}Z"


def end_second(text: str) -> int | None:
    """Return a claim's `retracted_at` as it is stored: null while we hold it."""
    return None if text == NOT_RETRACTED else second(text)


def id_blob(key: str, version: int) -> bytes:
    """Return the id of a version of a claim as it is stored: the bytes behind the digits of `model.claim_id_of`."""
    return hashlib.sha256(f"{key}#{version}".encode()).digest()[:10]


def id_text(blob: bytes) -> ClaimId:
    """Return the claim id that `id_blob` stored."""
    return ClaimId(f"clm-{blob.hex()}")


def blob_of(claim_id: str) -> bytes | None:
    """Return a claim id as it is stored; None when the text cannot be one."""
    digits = claim_id.removeprefix("clm-")
    if len(digits) == 20 and len(claim_id) == 24 and all(digit in "0123456789abcdef" for digit in digits):
        return bytes.fromhex(digits)
    return None


def attributes_text(attributes: Any) -> str | None:
    """Return attributes as they are stored; none at all is null."""
    return canonical_json(dict(attributes)) if attributes else None


#: What `claim_of` reads; a statement puts it before a FROM in which `c` is the claim, and adds `CLAIM_JOINS`.
CLAIM_COLUMNS: Final = """
    c.claim_id, c.version, t.text, c.type, s.label, s.id, e.label, e.id, o.id, c.grade, v.text, c.valid_from,
    c.valid_to, c.recorded_at, c.retracted_at, c.change_set, c.share_low, c.share_high, c.confidence, q.text,
    c.attributes"""
CLAIM_JOINS: Final = """
    CROSS JOIN node s ON s.pk = c.start_pk CROSS JOIN node e ON e.pk = c.end_pk CROSS JOIN node o ON o.pk = c.source_pk
    CROSS JOIN word t ON t.pk = c.table_pk CROSS JOIN word v ON v.pk = c.visibility_pk
    CROSS JOIN word q ON q.pk = c.qualifier_pk"""


def claim_of(row: tuple[Any, ...]) -> Claim:
    """Return the claim of a row of `CLAIM_COLUMNS`."""
    blob, version, table, kind, start_label, start, end_label, end, *rest = row
    source, grade, visibility, valid_from, valid_to, recorded_at, retracted_at, change_set, *stated = rest
    low, high, confidence, qualifier, attributes = stated
    return Claim(
        table=table,
        type=TYPES[kind],
        start=NodeRef(LABELS[start_label], start),
        end=NodeRef(LABELS[end_label], end),
        source_id=SourceId(source),
        grade=GRADES_BY_RANK[grade],
        visibility=visibility,
        valid_from=day_text(valid_from),
        valid_to=day_text(valid_to),
        share_low=0.0 if low is None else low,
        share_high=1.0 if high is None else high,
        confidence=confidence,
        qualifier=qualifier,
        attributes=json.loads(attributes) if attributes else {},
        recorded_at=second_text(recorded_at),
        claim_id=id_text(blob),
        version=version,
        retracted_at=second_text(retracted_at),
        change_set=change_set,
    )


def claims_of(cursor: sqlite3.Cursor) -> list[Claim]:
    """Return the claims of all rows of a cursor over `CLAIM_COLUMNS`."""
    return [claim_of(row) for row in cursor]
