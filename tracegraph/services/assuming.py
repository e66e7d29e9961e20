"""From what a person assumes to claims: files that are not imported, claims set aside, factories that close."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields, replace
from typing import Any

from tracegraph.change_set import ChangeSet
from tracegraph.lens import Lens
from tracegraph.model import Claim, Statement, claim_id_of
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import Holding
from tracegraph.vocabulary import (
    NOT_RETRACTED,
    OPEN_FROM,
    OPEN_TO,
    Grade,
    Label,
    RelationshipType,
)
from tracegraph.walk.assumed import Assumed
from tracegraph.walk.scope import products_of
from tracegraph.walk.visible import visible_claims

_STATED = tuple(part.name for part in fields(Statement))


def imported(change_set: ChangeSet, reader: GraphReader, lens: Lens) -> Assumed:
    """Return what a reader would see if a change set were applied, known at the lens's moment.

    A row that states no time is taken to be known at `lens.known_at`. As when it is applied, a row that says the same
    as the claim that is held changes nothing, and one that says something else takes its place.
    """
    held = _held(change_set.statements, reader, lens)
    hidden: list[Claim] = []
    added: list[Claim] = []
    for statement in change_set.statements:
        current = held.get(statement.claim_key)
        if current is not None and current.digest == statement.digest:
            continue
        if current is not None:
            hidden.append(current)
        added.append(_claim(statement, current.version + 1 if current else 1, lens))
    return Assumed(tuple(hidden), tuple(added), dict(change_set.holders), tuple(change_set.references))


def _held(statements: Sequence[Statement], reader: GraphReader, lens: Lens) -> dict[str, Claim]:
    """Return the claims that the reader sees and that have the same keys, whatever their grade."""
    ends: dict[RelationshipType, set[str]] = {}
    for statement in statements:
        ends.setdefault(statement.type, set()).add(statement.end.id)
    return {
        claim.claim_key: claim
        for kind, ids in ends.items()
        for claim in reader.links_of(sorted(ids), [kind], "upstream", lens.any_grade())
    }


def _claim(statement: Statement, version: int, lens: Lens) -> Claim:
    stated: dict[str, Any] = {name: getattr(statement, name) for name in _STATED}
    stated["recorded_at"] = statement.recorded_at or lens.known_at
    return Claim(**stated, claim_id=claim_id_of(statement.claim_key, version), version=version, change_set=0)


def of_source(source_id: str, reader: GraphReader, lens: Lens) -> list[Claim]:
    """Return the claims that one source makes, as far as the reader sees them; the cost is that of reading all."""
    return [claim for claim in visible_claims(reader, lens) if claim.source_id == source_id]


def outflows(factories: Collection[str], reader: GraphReader, lens: Lens) -> list[Claim]:
    """Return the claims by which goods leave factories: sales, deliveries, and who operates them."""
    items = [
        f"{holding.holder_id}/{product}"
        for holding in reader.items_of(sorted(factories), lens)
        for product in products_of(holding)
    ]
    sold = reader.links_of(items, [RelationshipType.SUPPLIES, RelationshipType.DELIVERED_UNDER], "downstream", lens)
    return [*sold, *reader.links_of(sorted(factories), [RelationshipType.OPERATED_BY], "downstream", lens)]


def taken_back(new: Iterable[Claim], gone: Iterable[Claim], lens: Lens, held: Iterable[Holding]) -> Assumed:
    """Return what undoes a change: claims that are new are hidden, those that are gone are put back.

    Parameters
    ----------
    new, gone : iterable of Claim
        Claims that the lens shows, and claims that it does not show any more.
    lens : Lens
        Under which the result is read; what is put back is seen under it whatever its own dates.
    held : iterable of Holding
        The holders of the gone claims, for their labels.
    """
    put_back = tuple(_as_seen(claim, lens) for claim in gone)
    labels: dict[str, Label] = {holding.holder_id: holding.label for holding in held}
    return Assumed(tuple(new), put_back, labels)


def _as_seen(claim: Claim, lens: Lens) -> Claim:
    return replace(
        claim,
        valid_from=claim.valid_from if claim.valid_from <= lens.valid_at else OPEN_FROM,
        valid_to=claim.valid_to if claim.valid_to > lens.valid_at else OPEN_TO,
        recorded_at=min(claim.recorded_at, lens.known_at),
        retracted_at=NOT_RETRACTED,
        visibility=claim.visibility if claim.visibility in lens.visible_to else lens.visible_to[0],
        grade=claim.grade if claim.grade.rank >= lens.min_grade.rank else Grade(lens.min_grade),
    )
