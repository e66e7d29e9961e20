"""The page of a node: what is said of it, by whom, whom it is linked with, and what to ask next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.answer_show import Changes, LinkRole, Portrait
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Category, NodeRef, Product, Region, holder_of, product_of
from tracegraph.services.incidents import list_incidents
from tracegraph.services.names import names_of, product_names
from tracegraph.services.show_one import show_one
from tracegraph.vocabulary import IncidentStatus, Label, SelectorKind
from tracegraph_api.context import principal, store, translator
from tracegraph_api.inputs import Given, LensQuery, lens_of
from tracegraph_api.nodes import SinceQuery
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import has_page, incident_link, link
from tracegraph_api.pages.place import Place, place_of
from tracegraph_api.pages.said import MOST, SHOWN, Fact, Group, Shown, Value, Words
from tracegraph_api.pages.said_words import ATTRIBUTES, ROLES
from tracegraph_api.pages.timeline import LINES, Timeline, timeline_of
from tracegraph_api.pages.words import country, say, word

#: Lists that a node's page leads to: endpoint, text, and what the list is narrowed by.
_LISTS: Final = {
    Label.COUNTRY: (
        ("factories.all", N_("All plants there"), "country"),
        ("suppliers.all", N_("All companies registered there"), "country"),
    ),
    Label.PRODUCT: (
        ("factories.all", N_("Plants with these goods"), "product"),
        ("suppliers.all", N_("Companies with these goods"), "product"),
        ("contracts.all", N_("Contracts under which they are delivered"), "product"),
    ),
    Label.REGION: (("contracts.all", N_("All its contracts"), "region"),),
    Label.CATEGORY: (("contracts.all", N_("All its contracts"), "category"),),
    Label.SUPPLIER: (
        ("contracts.all", N_("Contracts under which it delivers"), "supplier"),
        ("factories.all", N_("Plants that it operates"), "supplier"),
    ),
}
#: Kinds of node that can be watched.
_WATCHED: Final = frozenset({Label.FACTORY, Label.SUPPLIER, Label.COUNTRY, Label.CATEGORY, Label.CONTRACT})
#: What a scope calls a node of each kind.
_SCOPES: Final = {Label.FACTORY: "factory", Label.SUPPLIER: "supplier", Label.COUNTRY: "country"}
_LISTED: Final = {
    Label.FACTORY: ("factories.all", N_("Plants")),
    Label.SUPPLIER: ("suppliers.all", N_("Companies")),
    Label.CONTRACT: ("contracts.all", N_("Contracts")),
}
_HIDDEN: Final = {"identified"}
#: What stands among the facts already.
_SAID_AS_FACTS: Final = {Label.CONTRACT: (LinkRole.REGION, LinkRole.CATEGORY)}


class RowsQuery(Schema):
    """How many links of each role are shown."""

    rows = fields.Integer(load_default=SHOWN, validate=validate.Range(1, MOST))


@dataclass(frozen=True, slots=True)
class NodePage:
    """What the page of every node has."""

    portrait: Portrait
    words: Words
    facts: Sequence[Fact]
    groups: Sequence[Group]
    place: Place | None
    timeline: Timeline | None

    @property
    def title(self) -> str:
        """What the node is called, and its id where that is something else, so that no two pages have one title."""
        node = self.portrait.node
        name = country(node.id) if node.label is Label.COUNTRY else self.portrait.name
        return f"{name} ({node.id})" if name and name != node.id else node.id

    @property
    def kind(self) -> str:
        """What it is."""
        if self.portrait.node.label is Label.FACTORY and self.portrait.value("identified") is False:
            return str(say(N_("a plant that nobody names")))
        return str(word(self.portrait.node.label))


def page_of(node: NodeRef, given: Given, lens: Lens) -> NodePage:
    """Return what the page of a node shows.

    Raises
    ------
    UnknownNode
        Nothing that the reader sees is this node.
    """
    lang = translator().lang
    portrait = show_one(node, lens, store(), since=given.get("since"), lang=lang)
    words = _words(portrait, lens, lang)
    without = _SAID_AS_FACTS.get(node.label, ())
    roles = {role: heading for role, heading in ROLES.items() if role not in without}
    facts = [*_reference(portrait), *words.facts(portrait, _hidden(portrait))]
    groups = words.groups(portrait, given["rows"], roles)
    lines = given["rows"] if given["rows"] > SHOWN else LINES
    return NodePage(portrait, words, facts, groups, place_of(portrait), timeline_of(node, lens, lines))


def shown(page: NodePage, lens: Lens, template: str = "pages/node.html", **more: Any) -> Response:
    """Return the page of a node."""
    node = page.portrait.node
    crumbs = []
    if node.label in _LISTED and has_page(_LISTED[node.label][0]):
        endpoint, text = _LISTED[node.label]
        crumbs = [(str(say(text)), link(endpoint))]
    return render(
        template,
        page.title,
        crumbs=crumbs,
        node=node,
        page=page,
        changes=changes_of(page.portrait.changes, page.words),
        incidents=incidents_about(page.portrait, lens),
        ways=ways_from(node),
        most=MOST,
        **more,
    )


def serve_one(pages: Pages, label: Label, *, is_heavy: bool = False) -> None:
    """Let a blueprint show one node of a label at ``/<plural>/<id>``."""

    def one(given: Given, id: str) -> Response:
        """Show one."""
        lens = lens_of(given)
        return shown(page_of(NodeRef(label, id), given, lens), lens)

    path = f"/{pages.name.removeprefix('page_')}/<id>"
    pages.shows(path, Permission.READ, (LensQuery, SinceQuery, RowsQuery), is_heavy=is_heavy)(one)


def _words(portrait: Portrait, lens: Lens, lang: str) -> Words:
    """Return what the nodes are called that a portrait names."""
    products = {one.product for one in portrait.links if one.product}
    products |= {product_of(one.start) for one in portrait.by_role(LinkRole.OUTPUT) if "/" in one.start}
    items = [one.other.id for one in portrait.links if one.other.label is Label.ITEM]
    ids: set[str] = {holder_of(item) for item in items}
    for attribute in portrait.attributes:
        if attribute.name in ("regions", "category"):
            for statement in attribute.statements:
                ids |= set(statement.value if isinstance(statement.value, list) else [str(statement.value)])
    held = store().items_of(sorted({holder_of(item) for item in items}), lens) if items else []
    return Words(
        product_names(products | {product_of(item) for item in items}, store(), lang),
        names_of(sorted(ids), store(), lens, lang) if ids else {},
        {holding.holder_id: holding.label for holding in held},
    )


def _hidden(portrait: Portrait) -> set[str]:
    """Return attributes that say nothing to a reader: that a plant has a name goes without saying."""
    return _HIDDEN if portrait.value("identified") is True else set()


def _reference(portrait: Portrait) -> list[Fact]:
    """Return what the plain record of a node says."""
    record = portrait.reference
    pairs: list[tuple[str, Sequence[str]]] = []
    if isinstance(record, Product):
        pairs = [(N_("CPV codes"), record.cpv), (N_("HS codes"), record.hs)]
    elif isinstance(record, Region):
        pairs = [(N_("Procurement region"), [record.procurement_region or ""])]
    elif isinstance(record, Category):
        pairs = [(N_("Led by the procurement region"), [record.led_by or ""])]
    return [
        Fact(str(say(name)), [Value([Shown(one) for one in values if one], [])])
        for name, values in pairs
        if any(values)
    ]


def changes_of(changes: Changes | None, words: Words) -> list[str] | None:
    """Return what changed, in lines; None: nobody asked."""
    if changes is None:
        return None
    lines = []
    if changes.existed != changes.exists:
        lines.append(say(N_("It is new.")) if changes.exists else say(N_("It is gone.")))
    for text, links in ((N_("New: {role}: {name}"), changes.new), (N_("Gone: {role}: {name}"), changes.gone)):
        lines += [say(text, role=say(ROLES[one.role]), name=one.name or one.other.id) for one in links[:MOST]]
    for one in changes.attributes:
        name = say(ATTRIBUTES[one.name]) if one.name in ATTRIBUTES else one.name
        before, after = (words.plain(one.name, value) for value in (one.before, one.after))
        lines.append(say(N_("{name}: before {before}, now {after}"), name=name, before=before, after=after))
    return [str(line) for line in lines]


def incidents_about(portrait: Portrait, lens: Lens) -> list[dict[str, Any]]:
    """Return incidents that name a node itself, whoever operates or owns it, or its country; newest first."""
    node = portrait.node
    if node.label not in _SCOPES:
        return []
    roles = (LinkRole.OPERATOR, LinkRole.OWNER)
    holders: set[str] = {node.id, *(one.other.id for one in portrait.links if one.role in roles)}
    places = {one.other.id for one in portrait.by_role(LinkRole.LOCATION)}
    if node.label is Label.COUNTRY:
        holders, places = set(), {node.id}
    names = {one.other.id: one.name for one in portrait.links if one.name}
    found = []
    for view in list_incidents(store(), lens):
        now = view.current
        named = {str(s.id) for s in now.scope if s.id in (places if s.kind is SelectorKind.COUNTRY else holders)}
        if named:
            found.append(
                {
                    "title": now.title,
                    "href": incident_link(str(now.incident_id)),
                    "status": word(IncidentStatus(now.status)),
                    "happened": now.happened_from,
                    "names": sorted(names.get(one, one) for one in named - {node.id}),
                    "recorded": now.recorded_at,
                }
            )
    return sorted(found, key=lambda one: str(one["recorded"]), reverse=True)


def ways_from(node: NodeRef) -> list[tuple[str, str]]:
    """Return the questions and lists that a node's page leads to: texts and addresses."""
    ways = []
    if node.label in _SCOPES and has_page("exposure.one"):
        ways.append((say(N_("Who depends on this?")), link("exposure.one", **{_SCOPES[node.label]: node.id})))
    if node.label is Label.SUPPLIER and has_page("exposure.one"):
        ways.append((say(N_("Who depends on it and all that it owns?")), link("exposure.one", group=node.id)))
    if node.label in _SCOPES and has_page("compare.ask"):
        what = link("compare.ask", **{_SCOPES[node.label]: node.id})
        ways.append((say(N_("Which contracts stand otherwise than on another day?")), what))
    for endpoint, text, name in _LISTS.get(node.label, ()):
        if has_page(endpoint):
            ways.append((say(text), link(endpoint, **{name: node.id})))
    if node.label is Label.REGION and has_page("depth.board"):
        ways.append((say(N_("How deep its contracts are known")), link("depth.board", region=node.id)))
    if node.label in _WATCHED and principal().may(Permission.WATCH):
        kind = node.label.value.lower()
        ways.append((say(N_("Watch it: hear of what is new")), link("subscriptions.all", kind=kind, id=node.id)))
    return [(str(text), href) for text, href in ways]
