"""What if: a claim were wrong, a source fell away, a file were true, a plant closed. Nothing is stored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from tracegraph.answer import Question
from tracegraph.answer_compare import Supposed, WhatIf
from tracegraph.errors import InvalidInput, UnknownClaim, UnknownNode
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Claim
from tracegraph.services.assuming import imported, of_source, outflows
from tracegraph.services.comparing import answered, side, without_causes
from tracegraph.services.importing import read_checked
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.seen_standing import standing_seen
from tracegraph.store.port import GraphReader, Store
from tracegraph.vocabulary import Label
from tracegraph.walk.assumed import Assumed
from tracegraph.walk.overlay import OverlayReader


@dataclass(frozen=True, slots=True)
class Suppositions:
    """What a person assumes: claims and sources to leave out, plants to close, files and folders to put in."""

    without_claims: tuple[str, ...] = ()
    without_sources: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is assumed."""
        return not (self.without_claims or self.without_sources or self.closed or self.files)


def assume(supposed: Suppositions, store: Store, lens: Lens) -> tuple[Supposed, OverlayReader]:
    """Return what suppositions come to under a lens, and a reader for which they hold.

    Raises
    ------
    InvalidInput
        Nothing is assumed.
    UnknownClaim, UnknownNode
        What is to be left out, or to close, is not seen under the lens.
    DatasetRejected
        A file breaks a rule.
    """
    if supposed.is_nothing:
        raise InvalidInput(
            N_(
                "nothing is assumed: add --without-claim ID, --without-source ID, --add FILE or --close FACTORY; "
                "a scope that is only supposed is asked about with `tracegraph dependents`"
            )
        )
    assumed = _assumed(supposed, store, lens)
    found = Supposed(
        without_claims=supposed.without_claims,
        without_sources=supposed.without_sources,
        closed=supposed.closed,
        files=tuple(path.name for path in supposed.files),
        hidden=assumed.hidden,
        added=assumed.added,
    )
    return found, OverlayReader(store, assumed)


def what_if(
    question: Question,
    supposed: Supposed,
    store: GraphReader,
    overlay: GraphReader,
    portfolios: Portfolios | None = None,
) -> WhatIf:
    """Answer a question as things stand, and as they would stand; `portfolios` are the store's, where they are kept."""
    before, after = answered(question, store, portfolios), answered(question, overlay)
    return WhatIf(supposed, without_causes(side(before), side(after)))


def _assumed(supposed: Suppositions, store: Store, lens: Lens) -> Assumed:
    hidden = [*_claims(supposed.without_claims, store, lens)]
    for source in supposed.without_sources:
        said = of_source(source, store, lens)
        if not said:
            raise UnknownNode(N_("no claim of the source {id} is seen under this view"), id=source)
        hidden += said
    hidden += _closing(supposed.closed, store, lens)
    if not supposed.files:
        return Assumed(_each(hidden))
    reading = read_checked(standing_seen(store, lens), supposed.files)
    more = imported(reading.change_set, store, lens)
    return Assumed(_each([*hidden, *more.hidden]), more.added, more.holders, more.references)


def _each(claims: Sequence[Claim]) -> tuple[Claim, ...]:
    return tuple({claim.claim_id: claim for claim in claims}.values())


def _claims(ids: Collection[str], store: Store, lens: Lens) -> list[Claim]:
    found = store.claims(ids, lens) if ids else []
    missing = sorted(set(ids) - {claim.claim_id for claim in found})
    if missing:
        raise UnknownClaim(
            N_("no claim {ids} is seen under this view; `tracegraph show ID` lists claim ids"), ids=", ".join(missing)
        )
    return found


def _closing(factories: Collection[str], store: Store, lens: Lens) -> list[Claim]:
    held = {h.holder_id: h.label for h in store.items_of(sorted(factories), lens)} if factories else {}
    for factory in factories:
        if held.get(factory) is not Label.FACTORY:
            raise UnknownNode(N_("no plant {id} is seen under this view; --close takes the id of a plant"), id=factory)
    return outflows(factories, store, lens) if factories else []
