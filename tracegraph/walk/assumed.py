"""What is assumed against what is stored: claims taken away, claims put in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from tracegraph.model import Category, Claim, Product, ReferenceRecord, Region, Source
from tracegraph.store.rows import GoodsClaim
from tracegraph.vocabulary import Label

_LABELS: Final[Mapping[type[ReferenceRecord], Label]] = {
    Product: Label.PRODUCT,
    Region: Label.REGION,
    Category: Label.CATEGORY,
    Source: Label.SOURCE,
}


@dataclass(frozen=True, slots=True)
class Assumed:
    """What is assumed against what is stored.

    Attributes
    ----------
    hidden : tuple of Claim
        Claims that are taken away.
    added : tuple of Claim
        Claims that are put in; their ids are not those of stored claims.
    holders : mapping
        Label of every holder that an added claim touches.
    references : tuple of Product, Region, Category or Source
        Reference records that are put in, or replace those of the same id.
    """

    hidden: tuple[Claim, ...] = ()
    added: tuple[Claim, ...] = ()
    holders: Mapping[str, Label] = field(default_factory=dict)
    references: tuple[ReferenceRecord, ...] = ()


def record_label(record: ReferenceRecord) -> Label:
    """Return the label of the node that a reference record is."""
    return _LABELS[type(record)]


def record_id(record: ReferenceRecord) -> str:
    """Return a reference record's id."""
    return str(getattr(record, f"{type(record).__name__.lower()}_id"))


def goods_claim(claim: Claim) -> GoodsClaim:
    """Return a claim that carries goods as plain values."""
    return GoodsClaim(
        start=claim.start.id,
        end=claim.end.id,
        type=claim.type.value,
        grade=claim.grade.rank,
        share_low=claim.share_low,
        share_high=claim.share_high,
        confidence=claim.confidence,
        valid_from=claim.valid_from,
        valid_to=claim.valid_to,
        recorded_at=claim.recorded_at,
        claim_id=claim.claim_id,
        source_id=claim.source_id,
    )
