"""Claims that one lens shows and another does not, as far as they bear on some contracts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from tracegraph.answer import Answer
from tracegraph.answer_compare import ClaimChange, Unseen
from tracegraph.lens import Lens
from tracegraph.model import Claim, holder_of, item_id
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import GOODS_TYPES, Certainty, Label, RelationshipType
from tracegraph.walk.reach import reach

T = RelationshipType

POOL_ITEMS: Final = 50_000  # items upstream of the contracts that are looked at
_OF_HOLDERS: Final = (T.OPERATED_BY, T.OWNED_BY, T.LOCATED_IN, T.REGISTERED_IN, T.SERVES)


def changes_upstream(
    contracts: Sequence[str], before: Answer, after: Answer, reader: GraphReader
) -> tuple[list[ClaimChange], bool]:
    """Return what is new and gone between two lenses, upstream of contracts and in what scopes are resolved by.

    Returns
    -------
    list of ClaimChange
        By claim id.
    bool
        Whether the chains were cut at `POOL_ITEMS`, so that there may be more.
    """
    lenses = (before.question.lens, after.question.lens)
    if lenses[0] == lenses[1]:
        return [], False
    holders: set[str] = {holder_of(item) for answer in (before, after) for item in answer.affected}
    holders |= {selector.id for answer in (before, after) for selector in answer.question.scope}
    items: set[str] = set()
    truncated = False
    for lens in lenses:
        cone = reach(
            dict.fromkeys(contracts, Certainty.CERTAIN),
            reader,
            lens,
            reader.catalogue(),
            direction="upstream",
            max_items=POOL_ITEMS,
        )
        items |= {end for pair in (*cone.claims, *cone.inferred) for end in pair if "/" in end}
        truncated = truncated or cone.truncated
    holders |= {holder_of(item) for item in items}
    moved = _items_at(holders, reader, lenses[0]) ^ _items_at(holders, reader, lenses[1])
    shown = [dict(_bearing(contracts, (items, moved), holders, reader, lens)) for lens in lenses]
    changes = [ClaimChange(c, True, unseen_by(c, lenses[0])) for key, c in shown[1].items() if key not in shown[0]]
    changes += [ClaimChange(c, False, unseen_by(c, lenses[1])) for key, c in shown[0].items() if key not in shown[1]]
    return sorted(changes, key=lambda change: change.claim.claim_id), truncated


def _items_at(holders: Collection[str], reader: GraphReader, lens: Lens) -> set[str]:
    held = reader.items_of(sorted(holders), lens)
    return {str(item_id(holding.holder_id, product)) for holding in held for product in holding.products}


def _bearing(
    contracts: Collection[str],
    items: tuple[set[str], set[str]],
    holders: Collection[str],
    reader: GraphReader,
    lens: Lens,
) -> Iterable[tuple[str, Claim]]:
    """Yield the claims that a lens shows and on which the contracts' statuses may rest, by claim id.

    `items` are those upstream, and those that one lens alone shows: any claim that touches one of these brings it.
    """
    upstream, moved = items
    ends = sorted({*upstream, *moved, *contracts})
    found = reader.links_of(ends, (*GOODS_TYPES, T.OFFERS), "upstream", lens)
    found += reader.links_of(sorted(moved), GOODS_TYPES, "downstream", lens) if moved else []
    waiting, known = set(holders), set[str]()
    while waiting:  # owners of owners, however many
        known |= waiting
        links = reader.links_of(sorted(waiting), _OF_HOLDERS, "downstream", lens)
        found += links
        waiting = {claim.end.id for claim in links if claim.type in (T.OWNED_BY, T.OPERATED_BY)} - known
    found += reader.descriptions(Label.CONTRACT, sorted(contracts), lens)
    found += [c for c in reader.descriptions(Label.FACTORY, sorted(known), lens) if "identified" in c.attributes]
    yield from ((claim.claim_id, claim) for claim in found)


def unseen_by(claim: Claim, lens: Lens) -> Unseen:
    """Return why a lens does not show a claim."""
    reasons = {
        Unseen.NOT_VISIBLE: claim.visibility not in lens.visible_to,
        Unseen.NOT_YET_KNOWN: claim.recorded_at > lens.known_at,
        Unseen.RETRACTED: claim.retracted_at <= lens.known_at,
        Unseen.NOT_YET_VALID: claim.valid_from > lens.valid_at,
        Unseen.NO_LONGER_VALID: claim.valid_to <= lens.valid_at,
    }
    return next((reason for reason, holds in reasons.items() if holds), Unseen.GRADE)
