"""A node by both clocks: what is said of it, by whom, since when, and what changed between two dates."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from tracegraph.answer_show import AttributeChange, Changes, Portrait, Shown
from tracegraph.errors import UnknownNode
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.services.links import SourceBook
from tracegraph.services.portraits import Portraits
from tracegraph.store.port import GraphReader, Store
from tracegraph.vocabulary import Label

NEAR: Final = 5  # ids like the one asked for that are suggested
_SHORTEST: Final = 3


def show(
    node_id: str,
    lens: Lens,
    reader: Store,
    *,
    label: Label | None = None,
    since: str | None = None,
    lang: str = "en",
) -> Shown:
    """Return all that a reader sees of a node.

    Parameters
    ----------
    node_id : str
        Id of a supplier, factory, item (``holder/product``), product, contract, country, region, category or source.
    lens : Lens
        Who asks, and as of when.
    reader : Store
        The store.
    label : Label, optional
        Only the node of this label.
    since : str, optional
        A second date, ``YYYY-MM-DD``: each portrait then carries what is new and what is gone at the lens's
        `valid_at`, compared with it.
    lang : str
        Language of names: ``en`` or ``sv``.

    Returns
    -------
    Shown
        One portrait for every label under which a visible node has the id.

    Raises
    ------
    UnknownNode
        Nothing visible has the id, at either date; its value ``near`` lists visible ids that are like it.
    """
    book = SourceBook(reader)
    now = Portraits(reader, lens, lang, book).of(node_id, label)
    if since is not None:
        then = Portraits(reader, replace(lens, valid_at=since), lang, book).of(node_id, label)
        now = _compared(now, then, since)
    if not now:
        raise unknown_node(node_id, lens, reader)
    return Shown(node_id, lens, tuple(now))


def _compared(now: list[Portrait], then: list[Portrait], since: str) -> list[Portrait]:
    """Return the portraits of now with what changed; those that are gone are given as they were."""
    before = {portrait.node: portrait for portrait in then}
    found = [replace(portrait, changes=changes(before.pop(portrait.node, None), portrait, since)) for portrait in now]
    return found + [
        replace(portrait, exists=False, changes=changes(portrait, None, since)) for portrait in before.values()
    ]


def changes(before: Portrait | None, after: Portrait | None, since: str) -> Changes:
    """Return what differs between two portraits of one node; None: it does not exist."""
    old = {link.key: link for link in before.links} if before else {}
    new = {link.key: link for link in after.links} if after else {}
    values = {attribute.name: attribute.value for attribute in before.attributes} if before else {}
    now = {attribute.name: attribute.value for attribute in after.attributes} if after else {}
    return Changes(
        since=since,
        existed=before is not None,
        exists=after is not None,
        new=tuple(link for key, link in new.items() if key not in old),
        gone=tuple(link for key, link in old.items() if key not in new),
        attributes=tuple(
            AttributeChange(name, values.get(name), now.get(name))
            for name in sorted(values.keys() | now.keys())
            if values.get(name) != now.get(name)
        ),
    )


def unknown_node(node_id: str, lens: Lens, reader: GraphReader) -> UnknownNode:
    """Return the error that nothing visible has this id, with ids that are like it."""
    near = near_ids(node_id, lens, reader)
    if near:
        return UnknownNode(
            N_("nothing that you can see has the id {id!r}; did you mean {suggestions}?"),
            id=node_id,
            suggestions=", ".join(near),
            near=near,
        )
    return UnknownNode(
        N_("nothing that you can see has the id {id!r}; tracegraph show takes ids as the imported files have them"),
        id=node_id,
        near=near,
    )


def near_ids(text: str, lens: Lens, reader: GraphReader) -> tuple[str, ...]:
    """Return visible ids like a text: of nodes that it is found in, else that a shorter beginning of it is found in."""
    length = len(text)
    while length >= _SHORTEST:
        found = reader.find(text[:length], lens, NEAR)
        if found:
            return tuple(match.id for match in found)
        length = length * 3 // 4
    return ()
