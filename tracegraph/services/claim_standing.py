"""Which claims there are that statements would be versions of, and which of them are others'."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tracegraph.access import Principal
from tracegraph.intake.allowed import Theirs
from tracegraph.lens import Lens
from tracegraph.model import Claim, Statement
from tracegraph.services.authorship import not_theirs
from tracegraph.store.port import GraphReader, Store
from tracegraph.vocabulary import NETWORK, PUBLIC, Label, RelationshipType

_AT_ONCE: Final = 5_000  # ids that a store is asked about together


def current_claims(store: GraphReader, statements: Iterable[Statement], lens: Lens) -> dict[str, Claim]:
    """Return the claims that a reader sees, by claim key, of those that statements would be versions of."""
    by_day: dict[str, list[Statement]] = {}
    for statement in statements:
        by_day.setdefault(statement.valid_from, []).append(statement)
    found: dict[str, Claim] = {}
    for day, same in by_day.items():
        keys = {str(statement.claim_key) for statement in same}
        claims = _of_nodes(store, same, replace(lens.any_grade(), valid_at=day))
        found |= {str(claim.claim_key): claim for claim in claims if claim.claim_key in keys}
    return found


def theirs_of(store: Store, lens: Lens, who: Principal) -> Theirs:
    """Return what tells which claims somebody's rows may not replace (see `tracegraph.services.authorship`)."""

    def theirs(statements: Sequence[Statement]) -> Mapping[str, str]:
        shared = [statement for statement in statements if statement.visibility in (NETWORK, PUBLIC)]
        current = current_claims(store, shared, lens)
        others = [current.get(one.claim_key) for one in shared if current.get(one.claim_key, one).digest != one.digest]
        replaced = [claim for claim in others if claim is not None]
        barred = not_theirs(store, replaced, who)
        return {str(claim.claim_key): str(claim.claim_id) for claim in replaced if claim.claim_id in barred}

    return theirs


def _of_nodes(store: GraphReader, statements: Collection[Statement], lens: Lens) -> Iterator[Claim]:
    """Yield the claims of the same types about the same nodes."""
    described: dict[Label, set[str]] = {}
    starts: dict[RelationshipType, set[str]] = {}
    for statement in statements:
        if statement.type is RelationshipType.DESCRIBES:
            described.setdefault(statement.end.label, set()).add(statement.end.id)
        else:
            starts.setdefault(statement.type, set()).add(statement.start.id)
    for label, ids in described.items():
        for part in _parts(ids):
            yield from store.descriptions(label, part, lens)
    for kind, ids in starts.items():
        for part in _parts(ids):
            yield from store.links_of(part, [kind], "downstream", lens)


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    every = sorted(ids)
    yield from (every[at : at + _AT_ONCE] for at in range(0, len(every), _AT_ONCE))
