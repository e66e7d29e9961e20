"""What an answer to "show me this node" carries: everything that is said of it, by whom, and since when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tracegraph.lens import Lens
from tracegraph.model import AttributeValue, NodeRef, ReferenceRecord, Source
from tracegraph.vocabulary import Grade, Label, RelationshipType, Sourcing


class LinkRole(StrEnum):
    """What the node at the other end of a link is to the node that is shown."""

    SELLER = "seller"
    BUYER = "buyer"
    INPUT = "input"
    OUTPUT = "output"
    ITEM = "item"
    HOLDER = "holder"
    CONTRACT = "contract"
    DELIVERED_ITEM = "delivered_item"
    PLANT = "plant"
    OPERATOR = "operator"
    OWNER = "owner"
    OWNED = "owned"
    LOCATION = "location"
    REGISTRATION = "registration"
    LOCATED_FACTORY = "located_factory"
    REGISTERED_SUPPLIER = "registered_supplier"
    SERVICE_CLIENT = "service_client"
    SERVICE_PROVIDER = "service_provider"
    REGION = "region"
    CATEGORY = "category"
    BROADER = "broader"
    NARROWER = "narrower"
    INGREDIENT = "ingredient"
    PRODUCT_MADE = "product_made"


class Shortfall(StrEnum):
    """Why a stated `complete` is not in force."""

    TOO_FEW_SOURCES = "too_few_sources"
    SHARES_BELOW_ONE = "shares_below_one"
    NO_DELIVERY = "no_delivery"


@dataclass(frozen=True, slots=True)
class SourcingState:
    """What is known of where an item, or what is delivered under a contract, comes from.

    Attributes
    ----------
    stated : Sourcing or None
        As decided among those who state it; None: nobody does.
    source_count : int or None
        The count that was stated with it.
    sources : int
        Distinct visible sellers (for a contract: delivered items).
    share_low, share_high : float
        Sums of their decided shares.
    in_force : Sourcing
        What it counts as: a `complete` that is not in force counts as `open`.
    is_open_end : bool
        Whether it is an open end.
    shortfall : Shortfall or None
        Why a stated `complete` is not in force.
    """

    stated: Sourcing | None
    source_count: int | None
    sources: int
    share_low: float
    share_high: float
    in_force: Sourcing
    is_open_end: bool
    shortfall: Shortfall | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One claim behind a link or a value.

    Attributes
    ----------
    source : Source or None
        The document; None for `unsourced` and for a source of which nothing is recorded.
    share_low, share_high, confidence
        As stated; None where not.
    """

    claim_id: str
    source_id: str
    source: Source | None
    grade: Grade
    valid_from: str
    valid_to: str
    recorded_at: str
    visibility: str
    share_low: float | None = None
    share_high: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """What one claim says an attribute is."""

    value: AttributeValue
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute with its deciding value and all that is said of it, the deciding statement first."""

    name: str
    value: AttributeValue
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the shown node, with the claims that say so.

    Attributes
    ----------
    role : LinkRole
        What `other` is to the shown node.
    type : RelationshipType or None
        Type of its claims; None where it is part of the plain reference data or of a description.
    start, end : str
        Ids of both ends as the claims have them: items for goods.
    other : NodeRef
        The node at the other end: for goods the holder (or the contract).
    name : str or None
        Its name.
    product : str or None
        The goods that pass, or that an item is of.
    service : str or None
        Which service.
    share : tuple of float or None
        Decided share [low, high] of what is bought or delivered; None: not stated.
    owned_share : float or None
        Decided share of the ownership.
    sourcing : SourcingState or None
        Of an item that the node holds.
    evidence : tuple of Evidence
        By claim id.
    """

    role: LinkRole
    type: RelationshipType | None
    start: str
    end: str
    other: NodeRef
    name: str | None = None
    product: str | None = None
    service: str | None = None
    share: tuple[float, float] | None = None
    owned_share: float | None = None
    sourcing: SourcingState | None = None
    evidence: tuple[Evidence, ...] = ()

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a link at one date the same link at another."""
        return self.role, self.start, self.end, self.service or ""


@dataclass(frozen=True, slots=True)
class AttributeChange:
    """An attribute whose deciding value differs between two dates; None: nobody states it."""

    name: str
    before: AttributeValue | None
    after: AttributeValue | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different at the lens's `valid_at` from what was so at an earlier (or later) date.

    Attributes
    ----------
    since : str
        The date compared with.
    existed, exists : bool
        Whether the node existed then, and exists now.
    new, gone : tuple of Link
        Links that are there at one date only.
    attributes : tuple of AttributeChange
        Values that differ, by name.
    """

    since: str
    existed: bool
    exists: bool
    new: tuple[Link, ...]
    gone: tuple[Link, ...]
    attributes: tuple[AttributeChange, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether nothing differs."""
        return self.existed == self.exists and not (self.new or self.gone or self.attributes)


@dataclass(frozen=True, slots=True)
class Says:
    """What a source says under the lens: the number of claims by type, and the first of them by claim id."""

    counts: Mapping[RelationshipType, int]
    first: Sequence[SaysClaim]


@dataclass(frozen=True, slots=True)
class SaysClaim:
    """One claim that a source makes."""

    type: RelationshipType
    start: NodeRef
    end: NodeRef
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Portrait:
    """One node as a reader sees it.

    Attributes
    ----------
    node : NodeRef
        Label and id.
    name : str or None
        What it is called.
    exists : bool
        Whether it exists at the lens's `valid_at`; false only where two dates are compared.
    attributes : tuple of Attribute
        By name.
    links : tuple of Link
        By role and then by the other end.
    reference : Product, Region, Category, Source or None
        The node's plain record, for those that have one.
    sourcing : SourcingState or None
        Of an item or a contract.
    says : Says or None
        For a source.
    changes : Changes or None
        Where a second date was given.
    """

    node: NodeRef
    name: str | None
    exists: bool = True
    attributes: tuple[Attribute, ...] = ()
    links: tuple[Link, ...] = ()
    reference: ReferenceRecord | None = None
    sourcing: SourcingState | None = None
    says: Says | None = None
    changes: Changes | None = None

    def by_role(self, role: LinkRole) -> tuple[Link, ...]:
        """Return the links of one role."""
        return tuple(link for link in self.links if link.role is role)

    def value(self, name: str) -> AttributeValue | None:
        """Return the deciding value of an attribute; None where nobody states it."""
        return next((attribute.value for attribute in self.attributes if attribute.name == name), None)


@dataclass(frozen=True, slots=True)
class Shown:
    """The answer: one portrait for every label under which a visible node has the id."""

    id: str
    lens: Lens
    portraits: tuple[Portrait, ...] = field(default_factory=tuple)

    @property
    def labels(self) -> tuple[Label, ...]:
        """Labels under which the id was found."""
        return tuple(portrait.node.label for portrait in self.portraits)
