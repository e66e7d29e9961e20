"""What was ever said of a node: every version that the reader sees, also those that ended or are no longer held."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tracegraph.answer_history import Fate, History, Version
from tracegraph.answer_show import Link
from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, holder_of
from tracegraph.services.links import SourceBook, raw_links
from tracegraph.services.names import HOLDERS, node_names
from tracegraph.store.port import Store
from tracegraph.vocabulary import NOT_RETRACTED, Label, RelationshipType

#: Versions that are listed at most.
MOST: Final = 1_000


def history(node: NodeRef, lens: Lens, store: Store, *, limit: int = MOST, lang: str = "en") -> History:
    """Return what was ever said of a node, whatever day it is true on, and until when we held it.

    Parameters
    ----------
    node : NodeRef
        A node that exists under the lens: it is not looked up here.
    lens : Lens
        Who asks, and what was known when. Its `valid_at` is not asked.
    store : Store
        Where to read.
    limit : int
        Versions that are listed: the latest recorded.
    lang : str
        Language of names: ``en`` or ``sv``.

    Returns
    -------
    History
        A version under its own visibility alone; of what became known after `known_at`, nothing.
    """
    found = store.history(node, lens, limit + 1)
    book = SourceBook(store)
    book.read(found)
    links = _named([_link(claim, node) for claim in found], store, lens, lang)
    newest: dict[str, Claim] = {}
    versions = []
    for claim, link in zip(found, links, strict=True):
        versions.append(Version(claim, book.evidence(claim), _fate(claim, newest.get(claim.claim_key)), link))
        newest[claim.claim_key] = claim
    return History(node, tuple(versions[:limit]), len(found) > limit)


def _fate(claim: Claim, later: Claim | None) -> Fate:
    """Return what became of a claim; `later` is the version after it, which was recorded when this one was replaced."""
    if claim.retracted_at == NOT_RETRACTED:
        return Fate.HELD
    return Fate.REPLACED if later is not None and later.recorded_at <= claim.retracted_at else Fate.RETRACTED


def _link(claim: Claim, node: NodeRef) -> Link | None:
    """Return what a claim links a node with; goods that stay within a holder go on from it."""
    if claim.type is RelationshipType.DESCRIBES:
        return None
    start = claim.start
    is_start = start == node or (start.label is Label.ITEM and node.label in HOLDERS and holder_of(start.id) == node.id)
    (raw,) = raw_links([claim], "downstream" if is_start else "upstream", at_items=False)
    return raw.link


def _named(links: Sequence[Link | None], store: Store, lens: Lens, lang: str) -> list[Link | None]:
    """Return links with the holders at their other ends, and what these are called under the lens."""
    ids = {holder_of(one.other.id) for one in links if one and one.other.label in (*HOLDERS, Label.ITEM)}
    labels = {held.holder_id: held.label for held in store.items_of(sorted(ids), lens)} if ids else {}
    others = [None if one is None else _holder(one.other, labels) for one in links]
    names = node_names(dict.fromkeys(other for other in others if other), store, lens, lang)
    return [
        None if one is None or other is None else replace(one, other=other, name=names.get(other))
        for one, other in zip(links, others, strict=True)
    ]


def _holder(other: NodeRef, labels: dict[str, Label]) -> NodeRef:
    """Return the holder of an item; other nodes are themselves, and so are goods that nobody is known to hold now."""
    held = labels.get(holder_of(other.id)) if other.label in (*HOLDERS, Label.ITEM) else None
    return other if held is None else NodeRef(held, holder_of(other.id))
