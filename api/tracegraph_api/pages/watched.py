"""What is watched, in words: its kind, its name and its id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.services.names import node_names
from tracegraph.services.subscriptions import Subscription, WatchKind
from tracegraph.vocabulary import Label
from tracegraph_api.context import store, translator
from tracegraph_api.inputs import lens_of
from tracegraph_api.pages.words import say

KINDS: Final[Mapping[WatchKind, str]] = {
    WatchKind.FACTORY: N_("a plant"),
    WatchKind.SUPPLIER: N_("a company"),
    WatchKind.GROUP: N_("a company with all it owns"),
    WatchKind.COUNTRY: N_("a country"),
    WatchKind.CATEGORY: N_("a category"),
    WatchKind.CONTRACT: N_("a contract"),
    WatchKind.INCIDENT: N_("an incident"),
}
_LABELS: Final[Mapping[WatchKind, Label]] = {
    WatchKind.FACTORY: Label.FACTORY,
    WatchKind.SUPPLIER: Label.SUPPLIER,
    WatchKind.GROUP: Label.SUPPLIER,
    WatchKind.COUNTRY: Label.COUNTRY,
    WatchKind.CATEGORY: Label.CATEGORY,
    WatchKind.CONTRACT: Label.CONTRACT,
}


def watched(subscriptions: Sequence[Subscription]) -> list[str]:
    """Return of each subscription what it watches, with the name that the reader sees now."""
    nodes = [_node(one) for one in subscriptions]
    names = node_names([node for node in nodes if node], store(), lens_of({}), translator().lang)
    return [_said(one, names.get(node) if node else None) for one, node in zip(subscriptions, nodes, strict=True)]


def _node(one: Subscription) -> NodeRef | None:
    label = _LABELS.get(one.watch.kind)
    return NodeRef(label, one.watch.id) if label else None


def _said(one: Subscription, name: str | None) -> str:
    kind, id = say(KINDS[one.watch.kind]), one.watch.id
    if name is None or name == id:
        return str(say(N_("{kind}: {id}"), kind=kind, id=id))
    return str(say(N_("{kind}: {name} ({id})"), kind=kind, name=name, id=id))
