"""From claims to links with their evidence: one link for every pair of ends and kind, however many say so."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from tracegraph.answer_show import Attribute, Evidence, Link, LinkRole, Statement
from tracegraph.decide import NOT_STATED_SHARE, decide, decide_owned_share, decide_share
from tracegraph.model import Claim, NodeRef, Source, holder_of, product_of
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import GOODS_TYPES, UNSOURCED, Direction, Label, RelationshipType
from tracegraph.walk.sourcing import share_row

T = RelationshipType

#: What the other end of a claim is to the shown node, by type and the direction in which the claim leaves it.
ROLES: Final[dict[tuple[RelationshipType, Direction], LinkRole]] = {
    (T.SUPPLIES, "upstream"): LinkRole.SELLER,
    (T.SUPPLIES, "downstream"): LinkRole.BUYER,
    (T.BECOMES, "upstream"): LinkRole.INPUT,
    (T.BECOMES, "downstream"): LinkRole.OUTPUT,
    (T.DELIVERED_UNDER, "upstream"): LinkRole.DELIVERED_ITEM,
    (T.DELIVERED_UNDER, "downstream"): LinkRole.CONTRACT,
    (T.OFFERS, "upstream"): LinkRole.HOLDER,
    (T.OFFERS, "downstream"): LinkRole.ITEM,
    (T.OPERATED_BY, "upstream"): LinkRole.PLANT,
    (T.OPERATED_BY, "downstream"): LinkRole.OPERATOR,
    (T.OWNED_BY, "upstream"): LinkRole.OWNED,
    (T.OWNED_BY, "downstream"): LinkRole.OWNER,
    (T.LOCATED_IN, "upstream"): LinkRole.LOCATED_FACTORY,
    (T.LOCATED_IN, "downstream"): LinkRole.LOCATION,
    (T.REGISTERED_IN, "upstream"): LinkRole.REGISTERED_SUPPLIER,
    (T.REGISTERED_IN, "downstream"): LinkRole.REGISTRATION,
    (T.SERVES, "upstream"): LinkRole.SERVICE_PROVIDER,
    (T.SERVES, "downstream"): LinkRole.SERVICE_CLIENT,
    (T.USES, "upstream"): LinkRole.REGION,
    (T.USES, "downstream"): LinkRole.CONTRACT,
    (T.IN_CATEGORY, "upstream"): LinkRole.CONTRACT,
    (T.IN_CATEGORY, "downstream"): LinkRole.CATEGORY,
}
ROLE_ORDER: Final = {role: position for position, role in enumerate(LinkRole)}


class SourceBook:
    """The sources behind claims, each read once.

    Parameters
    ----------
    reader : GraphReader
        The store. Only sources of claims that the reader was given are ever asked for.
    """

    def __init__(self, reader: GraphReader) -> None:
        self._reader = reader
        self._sources: dict[str, Source | None] = {UNSOURCED: None}

    def read(self, claims: Iterable[Claim]) -> None:
        """Fetch the sources of claims, all at once."""
        missing = sorted({claim.source_id for claim in claims} - self._sources.keys())
        if missing:
            self._sources |= dict.fromkeys(missing)
            records = self._reader.references(Label.SOURCE, missing)
            self._sources |= {record.source_id: record for record in records if isinstance(record, Source)}

    def evidence(self, claim: Claim) -> Evidence:
        """Return a claim as evidence."""
        if claim.source_id not in self._sources:
            self.read([claim])
        stated = (claim.share_low, claim.share_high) != NOT_STATED_SHARE
        return Evidence(
            claim_id=claim.claim_id,
            source_id=claim.source_id,
            source=self._sources[claim.source_id],
            grade=claim.grade,
            valid_from=claim.valid_from,
            valid_to=claim.valid_to,
            recorded_at=claim.recorded_at,
            visibility=claim.visibility,
            share_low=claim.share_low if stated else None,
            share_high=claim.share_high if stated else None,
            confidence=claim.confidence,
        )

    def evidences(self, claims: Sequence[Claim]) -> tuple[Evidence, ...]:
        """Return claims as evidence, by claim id."""
        self.read(claims)
        return tuple(self.evidence(claim) for claim in sorted(claims, key=lambda claim: claim.claim_id))


@dataclass(frozen=True, slots=True)
class RawLink:
    """A link before names and sources are looked up."""

    link: Link
    claims: list[Claim] = field(default_factory=list)

    def finished(self, book: SourceBook, name: str | None) -> Link:
        """Return the link with its evidence and the values that its claims decide."""
        low, high = decide_share(share_row(claim) for claim in self.claims if claim.type in GOODS_TYPES)
        return replace(
            self.link,
            name=name,
            share=None if (low, high) == NOT_STATED_SHARE else (low, high),
            owned_share=decide_owned_share(c for c in self.claims if c.type is T.OWNED_BY),
            evidence=book.evidences(self.claims),
        )


def raw_links(claims: Iterable[Claim], direction: Direction, at_items: bool) -> list[RawLink]:
    """Return the links that claims amount to.

    Parameters
    ----------
    claims : iterable of Claim
        Claims that leave (downstream) or enter (upstream) the shown node, or one of its items.
    direction : str
        Which of both.
    at_items : bool
        Whether goods are told item by item (for an item or a contract), or by the holder at the other end.
    """
    grouped: dict[tuple[str, str, str, str], RawLink] = {}
    for claim in claims:
        service = claim.qualifier if claim.type is T.SERVES else None
        key = (claim.type, claim.start.id, claim.end.id, service or "")
        if key not in grouped:
            grouped[key] = RawLink(_link(claim, direction, at_items, service))
        grouped[key].claims.append(claim)
    return list(grouped.values())


def _link(claim: Claim, direction: Direction, at_items: bool, service: str | None) -> Link:
    other = claim.end if direction == "downstream" else claim.start
    goods = claim.type in GOODS_TYPES
    product = product_of(claim.start.id) if goods else None
    if other.label is Label.ITEM:
        product = product_of(other.id)
        if goods and claim.type is T.SUPPLIES and not at_items:
            other = NodeRef(Label.SUPPLIER, holder_of(other.id))  # its label is set when it is known
    role = ROLES[claim.type, direction]
    return Link(role, claim.type, claim.start.id, claim.end.id, other, product=product, service=service)


def attributes(claims: Sequence[Claim], book: SourceBook) -> tuple[Attribute, ...]:
    """Return the attributes that `DESCRIBES` claims of one node state, each with all that is said of it."""
    book.read(claims)
    return tuple(_attribute(name, claims, book) for name in sorted({n for claim in claims for n in claim.attributes}))


def _attribute(name: str, claims: Sequence[Claim], book: SourceBook) -> Attribute:
    stated = [claim for claim in claims if name in claim.attributes]
    stated.sort(key=lambda claim: claim.claim_id)
    stated.sort(key=lambda claim: (claim.grade.rank, claim.recorded_at), reverse=True)
    deciding = decide(stated, lambda c: (c.grade.rank, c.recorded_at), lambda c: c.attributes[name])
    assert deciding is not None
    ordered = [deciding, *(claim for claim in stated if claim is not deciding)]
    said = tuple(Statement(claim.attributes[name], book.evidence(claim)) for claim in ordered)
    return Attribute(name, deciding.attributes[name], said)
