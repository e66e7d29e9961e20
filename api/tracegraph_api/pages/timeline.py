"""What was ever said of a node, line by line: when we learned it and until when we held it, and when it is true."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.answer_history import Fate, History, Version
from tracegraph.answer_show import Link, LinkRole
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import NodeRef, product_of
from tracegraph.services.history import history
from tracegraph.services.names import names_of, product_names
from tracegraph.vocabulary import Label
from tracegraph_api.context import store, translator
from tracegraph_api.pages.links import node_link
from tracegraph_api.pages.said import Said, Words, said_of
from tracegraph_api.pages.said_words import ATTRIBUTES, CHOICES, ORDER, ROLES
from tracegraph_api.pages.words import say, share

#: Lines that a page shows; more are a link away.
LINES: Final = 40
#: Kinds of node whose history is told; goods are reference data, and what holders have of them is told there.
TOLD: Final = frozenset({Label.FACTORY, Label.SUPPLIER, Label.CONTRACT, Label.COUNTRY, Label.REGION, Label.CATEGORY})
_FATES: Final = {
    Fate.REPLACED: N_("held until {day}, then something newer took its place"),
    Fate.RETRACTED: N_("held until {day}"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One version of one claim.

    Attributes
    ----------
    about : str
        What it is about, and whom it names.
    href : str or None
        The page of who is named.
    states : sequence of str
        What it states, each in words.
    held : str
        Until when we held it; empty: we do.
    is_past, is_ahead : bool
        Whether it is true no longer, or not yet, on the chosen day.
    said : Said
        Who says so.
    """

    about: str
    href: str | None
    states: Sequence[str]
    held: str
    is_past: bool
    is_ahead: bool
    said: Said


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lines, the latest learned first; `has_older`: there are more than these."""

    lines: Sequence[Line]
    has_older: bool


def timeline_of(node: NodeRef, lens: Lens, most: int = LINES) -> Timeline | None:
    """Return what was ever said of a node; None: it is of a kind of which that is not told."""
    if node.label not in TOLD:
        return None
    found = history(node, lens, store(), limit=most, lang=translator().lang)
    words = _words(found, lens)
    return Timeline([_line(one, found.node, lens, words) for one in found.versions], found.has_older)


def _words(found: History, lens: Lens) -> Words:
    """Return what is called how that these versions name beside the other ends of links."""
    lang = translator().lang
    products = {one for version in found.versions for one in _products(version)}
    ids = {id for version in found.versions for id in _named(version)}
    names = names_of(sorted(ids), store(), lens, lang) if ids else {}
    return Words(product_names(products, store(), lang), names)


def _products(version: Version) -> Iterator[str]:
    claim = version.claim
    yield from (product_of(end.id) for end in (claim.start, claim.end) if end.label is Label.ITEM)


def _named(version: Version) -> Iterator[str]:
    for name in ("regions", "category"):
        value = version.claim.attributes.get(name)
        yield from value if isinstance(value, list) else [] if value is None else [str(value)]


def _line(version: Version, node: NodeRef, lens: Lens, words: Words) -> Line:
    claim, link = version.claim, version.link
    about, href = _about(link, node, words) if link else (str(say(N_("What is said of it"))), None)
    states = [
        f"{say(ATTRIBUTES[name]) if name in ATTRIBUTES else name}: {words.plain(name, value)}"
        for name, value in sorted(claim.attributes.items(), key=lambda pair: ORDER.get(pair[0], len(ORDER)))
        if name != "owned_share"
    ]
    said = said_of(version.evidence)
    owned = claim.attributes.get("owned_share")
    stated = said.share or (share(float(str(owned)), float(str(owned))) if owned is not None else "")
    held = _FATES.get(version.fate)
    return Line(
        about=about,
        href=href,
        states=[*([str(say(N_("Share: {share}"), share=stated))] if stated else []), *states],
        held=str(say(held, day=claim.retracted_at[:10])) if held else "",
        is_past=claim.valid_to <= lens.valid_at,
        is_ahead=claim.valid_from > lens.valid_at,
        said=said,
    )


def _about(link: Link, node: NodeRef, words: Words) -> tuple[str, str | None]:
    """Return what a link says in a few words, and the page of its other end."""
    goods = words.products.get(link.product, link.product) if link.product else ""
    if link.other == node:
        made = link.role is LinkRole.OUTPUT
        text = say(N_("{made_from} becomes {goods}"), made_from=_from(link, words), goods=goods) if made else goods
        return f"{say(ROLES[link.role])}: {text}", None
    service = link.service or ""
    more = [goods, str(say(CHOICES[service])) if service in CHOICES else service]
    named = [link.name or link.other.id, *(one for one in more if one)]
    return f"{say(ROLES[link.role])}: {', '.join(named)}", node_link(link.other)


def _from(link: Link, words: Words) -> str:
    product = product_of(link.start)
    return words.products.get(product, product)
