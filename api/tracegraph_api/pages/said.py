"""What is said of a node, as its page shows it: values with who says so, and links."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracegraph.answer_show import Attribute, Evidence, Link, LinkRole, Portrait
from tracegraph.intake.identifiers import SCHEMES
from tracegraph.intake.refusal import Refusal
from tracegraph.messages import N_
from tracegraph.model import AttributeValue, NodeRef, product_of
from tracegraph.render.phrases import source_text
from tracegraph.vocabulary import NETWORK, OPEN_FROM, OPEN_TO, PUBLIC, REGION_PREFIX, Grade, Label, Sourcing
from tracegraph_api.context import translator
from tracegraph_api.pages.links import node_link
from tracegraph_api.pages.said_words import ATTRIBUTES, CHOICES, ORDER, ROLES, SCHEME_NAMES
from tracegraph_api.pages.words import as_stated, country, number, say, share, word

#: Links of one role that a page shows; more are a link away, up to so many.
SHOWN: Final = 25
MOST: Final = 1_000
_MONEY: Final = "value_sek"


@dataclass(frozen=True, slots=True)
class Said:
    """One claim as evidence: who says so, how well that is documented, when it is true, and when we learned it.

    Attributes
    ----------
    source : str
        The document as it is cited.
    href : str or None
        Where it can be read.
    share : str
        The share that this one states; empty: none.
    true : str
        When it is true in the world, in words.
    recorded : str
        The day on which it became known.
    seen_by : str
        Who sees it, where that is not everybody here; else empty.
    """

    source: str
    href: str | None
    grade: Grade
    share: str
    true: str
    recorded: str
    seen_by: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One part of a value: its text, and the page of what it names."""

    text: str
    href: str | None = None
    check: str = ""


@dataclass(frozen=True, slots=True)
class Value:
    """What some claims say a fact is; where there are several, each of them says something else."""

    parts: Sequence[Shown]
    said: Sequence[Said]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: its name, and its values, the one that counts first."""

    name: str
    values: Sequence[Value]

    @property
    def is_disputed(self) -> bool:
        """Whether sources say different things."""
        return len(self.values) > 1


@dataclass(frozen=True, slots=True)
class Row:
    """A link: whom it is with, what passes, how much, and who says so."""

    name: str
    href: str | None
    goods: Shown | None
    detail: str
    share: str | None
    said: Sequence[Said]
    shares_differ: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Links of one role; `total` of them, of which `rows` are shown."""

    key: str
    heading: str
    rows: Sequence[Row]
    total: int


class Words:
    """Writes what a portrait says in the reader's language.

    Parameters
    ----------
    products, names : mapping
        What products, and other nodes, are called, by id.
    labels : mapping
        What holders are, by id.
    """

    def __init__(
        self, products: Mapping[str, str], names: Mapping[str, str], labels: Mapping[str, Label] | None = None
    ) -> None:
        self.products, self.names, self.labels = products, names, labels or {}

    # --- facts ---

    def facts(self, portrait: Portrait, without: Iterable[str] = ()) -> list[Fact]:
        """Return the attributes of a node as facts, in the order of `ATTRIBUTES`."""
        left_out = set(without)
        listed = [attribute for attribute in portrait.attributes if attribute.name not in left_out]
        listed.sort(key=lambda attribute: (ORDER.get(attribute.name, len(ORDER)), attribute.name))
        return [self._fact(attribute) for attribute in listed]

    def _fact(self, attribute: Attribute) -> Fact:
        grouped: dict[str, tuple[AttributeValue, list[Said]]] = {}
        for statement in attribute.statements:
            entry = grouped.setdefault(repr(statement.value), (statement.value, []))
            entry[1].append(said_of(statement.evidence))
        values = [Value(self._parts(attribute.name, value), said) for value, said in grouped.values()]
        return Fact(str(say(ATTRIBUTES[attribute.name])) if attribute.name in ATTRIBUTES else attribute.name, values)

    def _parts(self, name: str, value: AttributeValue) -> list[Shown]:
        listed = value if isinstance(value, list) else [value]
        return [self._part(name, one) for one in listed]

    def plain(self, name: str, value: AttributeValue | None) -> str:
        """Return a value as text; None: nobody states it."""
        if value is None:
            return str(say(N_("not stated")))
        return ", ".join(part.text for part in self._parts(name, value))

    def _part(self, name: str, value: Any) -> Shown:
        if isinstance(value, bool):
            return Shown(str(say(N_("yes")) if value else say(N_("no"))))
        if name == _MONEY:
            return Shown(str(say(N_("SEK {amount}"), amount=number(value))))
        if isinstance(value, int | float):
            return Shown(as_stated(value))
        if name in _NAMED:
            label = _NAMED[name]
            text = country(value) if label is Label.COUNTRY else self.names.get(value, value)
            return Shown(text, node_link(NodeRef(label, value)))
        if name == "sourcing":
            return Shown(str(word(Sourcing(value))))
        if name == "identifiers" or name in SCHEMES:
            return _identifier(value if name == "identifiers" else f"{name}:{value}")
        return Shown(str(say(CHOICES[value])) if name in CHOICE_NAMES and value in CHOICES else value)

    # --- links ---

    def groups(self, portrait: Portrait, most: int, roles: Mapping[Any, str] = ROLES) -> list[Group]:
        """Return the links of a node by role, at most so many of each."""
        found = []
        for role, heading in roles.items():
            links = portrait.by_role(role)
            if links:
                rows = [self._row(link, portrait.node) for link in links[:most]]
                found.append(Group(str(role), str(say(heading)), rows, len(links)))
        return found

    def _row(self, link: Link, shown: NodeRef) -> Row:
        stated = {(one.share_low, one.share_high) for one in link.evidence if one.share_low is not None}
        share_stated = link.share or (None if link.owned_share is None else (link.owned_share, link.owned_share))
        goods = self._goods(link)
        node = self._page_of(link.other)
        named = link.name if node is link.other else self.names.get(node.id)
        head = Shown(named or node.id, node_link(node))
        if goods and node == shown:  # the node's own goods: what they are says more than whose
            head, goods = goods, None
        details = [self._service(link), str(word(link.sourcing.in_force)) if link.sourcing else "", self._made(link)]
        return Row(
            name=head.text,
            href=head.href,
            goods=goods,
            detail=", ".join(detail for detail in details if detail),
            share=share(*share_stated) if share_stated else None,
            said=[said_of(one) for one in link.evidence],
            shares_differ=len(stated) > 1,
        )

    def _goods(self, link: Link) -> Shown | None:
        if not link.product or link.other.label is Label.PRODUCT:
            return None
        return Shown(self.products.get(link.product, link.product), node_link(NodeRef(Label.PRODUCT, link.product)))

    def _made(self, link: Link) -> str:
        """Return what goods are made from, where the link says into what."""
        if link.role is not LinkRole.OUTPUT or "/" not in link.start:
            return ""
        made_from = product_of(link.start)
        return str(say(N_("from {goods}"), goods=self.products.get(made_from, made_from)))

    def _page_of(self, node: NodeRef) -> NodeRef:
        """Return the node whose page tells of this one: an item has none, its holder has."""
        if node.label is not Label.ITEM:
            return node
        holder = node.id.partition("/")[0]
        return NodeRef(self.labels.get(holder, Label.SUPPLIER), holder)

    def _service(self, link: Link) -> str:
        service = link.service or ""
        return str(say(CHOICES[service])) if service in CHOICES else service


#: Attributes that name a node.
_NAMED: Final = {"country": Label.COUNTRY, "regions": Label.REGION, "category": Label.CATEGORY}
#: Attributes whose values are words of a closed list.
CHOICE_NAMES: Final = ("clause_level",)


def said_of(one: Evidence) -> Said:
    """Return a claim as evidence."""
    url = one.source.url if one.source else None
    stated = "" if one.share_low is None else share(one.share_low, one.share_high)
    return Said(
        source=source_text(one.source, one.source_id, translator()),
        href=url if url and url.startswith(("https://", "http://")) else None,
        grade=one.grade,
        share=stated,
        true=true_when(one.valid_from, one.valid_to),
        recorded=one.recorded_at[:10],
        seen_by=seen_by(one.visibility),
    )


def true_when(start: str, end: str) -> str:
    """Return when something is true in the world, in words."""
    if start != OPEN_FROM and end != OPEN_TO:
        return str(say(N_("true from {start} until {end}"), start=start, end=end))
    if start != OPEN_FROM:
        return str(say(N_("true from {start}"), start=start))
    return str(say(N_("true until {end}"), end=end) if end != OPEN_TO else say(N_("no dates stated")))


def seen_by(visibility: str) -> str:
    """Return who sees a claim, where that is one region alone."""
    if visibility in (NETWORK, PUBLIC):
        return ""
    return str(say(N_("seen by {region} alone"), region=visibility.removeprefix(REGION_PREFIX)))


def _identifier(text: str) -> Shown:
    """Return an identifier, and whether its check digit holds."""
    scheme, _, value = text.partition(":")
    name = str(say(SCHEME_NAMES[scheme])) if scheme in SCHEME_NAMES else scheme
    shown = f"{name} {value}"
    if scheme not in SCHEMES or scheme == "duns":
        return Shown(shown, check=str(say(N_("has no check digit that we know"))))
    try:
        SCHEMES[scheme](value)
    except Refusal:
        return Shown(shown, check=str(say(N_("its check digit is wrong"))))
    return Shown(shown, check=str(say(N_("its check digit is right"))))
