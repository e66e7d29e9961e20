"""One node of a label that the caller knows, by both clocks."""

from __future__ import annotations

from tracegraph.answer_show import Portrait
from tracegraph.errors import UnknownNode
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.services.listing import named_by_incidents
from tracegraph.services.names import record_name
from tracegraph.services.show import near_ids, show
from tracegraph.store.port import GraphReader, Store
from tracegraph.vocabulary import Label


def show_one(node: NodeRef, lens: Lens, store: Store, *, since: str | None = None, lang: str = "en") -> Portrait:
    """Return all that a reader sees of a node; see `tracegraph.services.show.show`.

    A source exists also when an incident that the reader sees names it.

    Raises
    ------
    UnknownNode
        Nothing of this label that the reader sees has the id.
    """
    try:
        portraits = show(node.id, lens, store, label=node.label, since=since, lang=lang).portraits
    except UnknownNode:
        portraits = ()
    found = next((portrait for portrait in portraits if portrait.node == node), None)
    if found is None and node.label is Label.SOURCE and node.id in named_by_incidents(store, lens):
        record = next(iter(store.references(Label.SOURCE, [node.id])), None)
        found = Portrait(node, record_name(record, lang)[1], reference=record) if record else None
    if found is None:
        raise not_seen(node.id, lens, store)
    return found


def not_seen(node_id: str, lens: Lens, reader: GraphReader) -> UnknownNode:
    """Return the error that nothing of a kind that is seen has this id, with visible ids that are like it."""
    near = tuple(found for found in near_ids(node_id, lens, reader) if found != node_id)
    if near:
        return UnknownNode(
            N_("nothing of this kind that you can see has the id {id!r}; did you mean {suggestions}?"),
            id=node_id,
            suggestions=", ".join(near),
            near=near,
        )
    return UnknownNode(N_("nothing of this kind that you can see has the id {id!r}"), id=node_id, near=near)
