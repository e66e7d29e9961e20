"""What is stored: nodes, claims, incidents, and the change set that an import writes.

Everything here is immutable and knows no store, no file and no clock. `docs/model.md` says what it means.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple, NewType

from tracegraph.vocabulary import (
    NOT_RETRACTED,
    OPEN_FROM,
    OPEN_TO,
    UNSOURCED,
    Grade,
    Label,
    RelationshipType,
    SelectorKind,
)

SupplierId = NewType("SupplierId", str)
FactoryId = NewType("FactoryId", str)
HolderId = NewType("HolderId", str)  # a supplier's or a factory's id: unique across both
ItemId = NewType("ItemId", str)  # <holder_id>/<product_id>
ProductId = NewType("ProductId", str)
ContractId = NewType("ContractId", str)
IncidentId = NewType("IncidentId", str)
SourceId = NewType("SourceId", str)
ClaimId = NewType("ClaimId", str)
ClaimKey = NewType("ClaimKey", str)

ID_PATTERN: Final = re.compile(r"[A-Za-z0-9._:-]{1,100}")

#: A value that an attribute of a node may have; JSON, so that both stores and every export hold the same.
AttributeValue = str | int | float | bool | list[str]


def item_id(holder_id: str, product_id: str) -> ItemId:
    """Return the id of one product at one holder."""
    return ItemId(f"{holder_id}/{product_id}")


def holder_of(item: str) -> HolderId:
    """Return the holder part of an item id."""
    return HolderId(item.split("/", 1)[0])


def product_of(item: str) -> ProductId:
    """Return the product part of an item id."""
    return ProductId(item.split("/", 1)[1])


class NodeRef(NamedTuple):
    """A node by label and id."""

    label: Label
    id: str


# --- reference data: plain records, the same for every reader -----------------------------------------------------


@dataclass(frozen=True, slots=True)
class Product:
    """A product or material of the catalogue; the flags are false when not known."""

    product_id: ProductId
    name_en: str
    name_sv: str | None = None
    cpv: tuple[str, ...] = ()
    hs: tuple[str, ...] = ()
    broader: tuple[ProductId, ...] = ()
    made_from: tuple[ProductId, ...] = ()
    made_from_complete: bool = False
    end_use: bool = False


@dataclass(frozen=True, slots=True)
class Region:
    """One of the 21 regions, by ISO 3166-2 code."""

    region_id: str
    name: str | None = None
    procurement_region: str | None = None


@dataclass(frozen=True, slots=True)
class Category:
    """A prioritised risk area and the procurement region (A to H) that leads it, in a period."""

    category_id: str
    name_en: str | None = None
    name_sv: str | None = None
    led_by: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """The document behind a claim. A reader sees it when a claim that the reader sees names it."""

    source_id: SourceId
    title: str
    publisher: str | None = None
    published: str | None = None
    url: str | None = None
    kind: str | None = None
    retrieved: str | None = None
    language: str | None = None


ReferenceRecord = Product | Region | Category | Source


# --- claims --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one row of one source says: a claim before it is stored.

    Attributes
    ----------
    table : str
        The dataset table it came in, e.g. ``supplies``.
    type : RelationshipType
        What it says.
    start, end : NodeRef
        Both ends; the relationship points from `start` to `end`.
    source_id : SourceId
        Who says so.
    grade : Grade
        How well it is documented.
    visibility : str
        ``public``, ``network`` or ``region:<ISO 3166-2>``.
    valid_from, valid_to : str
        When it is true in the world, ``YYYY-MM-DD``, half-open.
    share_low, share_high : float
        In [0, 1]; 0 and 1 mean not stated.
    confidence : float or None
        In (0, 1]; None means not stated.
    qualifier : str
        The seller of the row for `BECOMES`, the service for `SERVES`, else empty.
    attributes : mapping
        What else the row states: names and the like (`DESCRIBES`), ``sourcing`` and ``source_count`` (`OFFERS`),
        ``owned_share`` (`OWNED_BY`). A value that is not stated is absent.
    recorded_at : str
        When it became known to us, where the row says so; empty: when its change set was applied.
    """

    table: str
    type: RelationshipType
    start: NodeRef
    end: NodeRef
    source_id: SourceId = SourceId(UNSOURCED)
    grade: Grade = Grade.DECLARED
    visibility: str = "network"
    valid_from: str = OPEN_FROM
    valid_to: str = OPEN_TO
    share_low: float = 0.0
    share_high: float = 1.0
    confidence: float | None = None
    qualifier: str = ""
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    recorded_at: str = ""

    @property
    def claim_key(self) -> ClaimKey:
        """What makes two rows the same claim; ids hold no ``|``, so the parts cannot run into each other."""
        return ClaimKey(
            f"{self.table}|{self.type}|{self.start.label}:{self.start.id}|{self.end.label}:{self.end.id}"
            f"|{self.source_id}|{self.valid_from}|{self.visibility}|{self.qualifier}"
        )

    @property
    def names_a_supplier(self) -> bool:
        """Whether it tells what a supplier is called and the like, on which no answer about a chain depends."""
        return self.type is RelationshipType.DESCRIBES and self.end.label is Label.SUPPLIER

    @property
    def digest(self) -> str:
        """Short hash of what the row says beyond its key; two versions of a claim differ in it."""
        says = [
            self.grade,
            self.valid_to,
            self.share_low,
            self.share_high,
            self.confidence,
            _canonical(self.attributes),
        ]
        return hashlib.sha256(repr(says).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Statement):
    """A stored statement: one version of one claim.

    Attributes
    ----------
    claim_id : ClaimId
        Derived from the claim key and the version, the same in every store.
    version : int
        1 for the first.
    retracted_at : str
        When we stopped holding it, UTC; `NOT_RETRACTED` while we do. Half-open with `recorded_at`.
    change_set : int
        Number of the change set that recorded it.
    """

    claim_id: ClaimId
    version: int
    retracted_at: str = NOT_RETRACTED
    change_set: int


def claim_id_of(key: str, version: int) -> ClaimId:
    """Return the id of a version of a claim: 80 bits of SHA-256 over key and version."""
    return ClaimId("clm-" + hashlib.sha256(f"{key}#{version}".encode()).hexdigest()[:20])


def _canonical(attributes: Mapping[str, Any]) -> str:
    return json.dumps(attributes, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if attributes else "{}"


def canonical_json(value: Any) -> str:
    """Return JSON with sorted keys, no blanks and no escapes: equal values give equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


# --- scopes --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Selector:
    """One part of a scope: what an incident, or a question, touches.

    Attributes
    ----------
    kind : SelectorKind
        What `id` names.
    id : str
        Id of a factory or supplier, or ISO 3166-1 alpha-2 code of a country.
    products : tuple of ProductId or None
        Keep only these products and narrower ones; None: all.
    countries : tuple of str or None
        Keep only factories located there; None: everywhere.
    exclude : tuple of HolderId
        Holders that are left out.
    services : bool
        Whether the holders that a selected holder serves are touched too.
    """

    kind: SelectorKind
    id: str
    products: tuple[ProductId, ...] | None = None
    countries: tuple[str, ...] | None = None
    exclude: tuple[HolderId, ...] = ()
    services: bool = True


Scope = tuple[Selector, ...]
