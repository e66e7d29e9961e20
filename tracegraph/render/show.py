"""One node: what is said of it, whom it is linked to, who says so, and what changed between two dates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_show import Attribute, Changes, Link, LinkRole, Portrait, Says, SaysClaim, Shown
from tracegraph.messages import N_
from tracegraph.model import AttributeValue, ReferenceRecord
from tracegraph.render.evidence import evidence_lines, evidence_text, share_words, sourcing_words
from tracegraph.render.shape import DIM, DOT, grid, heading, in_sentence, labelled, lens_words, more, with_id
from tracegraph.render.words import LABEL, SERVICE
from tracegraph.translate import Translator
from tracegraph.vocabulary import Label, Service

LINKS_SHOWN = 20

ROLES: Final = {
    LinkRole.SELLER: N_("buys from"),
    LinkRole.BUYER: N_("sells to"),
    LinkRole.INPUT: N_("made from"),
    LinkRole.OUTPUT: N_("becomes"),
    LinkRole.ITEM: N_("goods"),
    LinkRole.HOLDER: N_("held by"),
    LinkRole.CONTRACT: N_("delivers under"),
    LinkRole.DELIVERED_ITEM: N_("delivered goods"),
    LinkRole.PLANT: N_("plants"),
    LinkRole.OPERATOR: N_("operated by"),
    LinkRole.OWNER: N_("owned by"),
    LinkRole.OWNED: N_("owns"),
    LinkRole.LOCATION: N_("stands in"),
    LinkRole.REGISTRATION: N_("registered in"),
    LinkRole.LOCATED_FACTORY: N_("plants in the country"),
    LinkRole.REGISTERED_SUPPLIER: N_("companies registered in the country"),
    LinkRole.SERVICE_CLIENT: N_("serves"),
    LinkRole.SERVICE_PROVIDER: N_("served by"),
    LinkRole.REGION: N_("regions"),
    LinkRole.CATEGORY: N_("category"),
    LinkRole.BROADER: N_("broader products"),
    LinkRole.NARROWER: N_("narrower products"),
    LinkRole.INGREDIENT: N_("made from products"),
    LinkRole.PRODUCT_MADE: N_("products made of it"),
}


_ATTRIBUTES: Final = {
    "address": N_("address"),
    "aliases": N_("aliases"),
    "category": N_("category"),
    "city": N_("city"),
    "clause_level": N_("clause level"),
    "country": N_("country"),
    "diary_no": N_("diary number"),
    "end": N_("end"),
    "identified": N_("plant is named"),
    "identifiers": N_("identifiers"),
    "lat": N_("latitude"),
    "lng": N_("longitude"),
    "name": N_("name"),
    "org_no": N_("organisation number"),
    "regions": N_("regions"),
    "site_type": N_("kind of site"),
    "source_count": N_("number of sources"),
    "sourcing": N_("sources listed"),
    "start": N_("start"),
    "title": N_("title"),
    "value_sek": N_("value, SEK"),
    "website": N_("website"),
}


def show_shown(shown: Shown, products: Mapping[str, str], now: str, say: Translator) -> RenderableType:
    """Return all that is shown of an id; `products` names the goods."""
    parts: list[RenderableType] = []
    for portrait in shown.portraits:
        parts += [*_portrait(_named(portrait, products), shown, now, say), Text()]
    return Group(*parts[:-1])


def _named(portrait: Portrait, products: Mapping[str, str]) -> Portrait:
    """Return a portrait whose links name goods by what they are called."""

    def named(links: Sequence[Link]) -> tuple[Link, ...]:
        return tuple(
            replace(link, product=in_sentence(products.get(link.product, link.product))) if link.product else link
            for link in links
        )

    changes = portrait.changes and replace(
        portrait.changes, new=named(portrait.changes.new), gone=named(portrait.changes.gone)
    )
    return replace(portrait, links=named(portrait.links), changes=changes)


def _portrait(portrait: Portrait, shown: Shown, now: str, say: Translator) -> Iterator[RenderableType]:
    label = say.text(LABEL[portrait.node.label])
    yield Text.assemble((portrait.name or portrait.node.id, "bold"), f" ({portrait.node.id}){DOT}{label}")
    yield Text(lens_words(shown.lens, now, say), style=DIM)
    if not portrait.exists:
        yield Text(say.text("Not there on that day; shown as it was."), style="bold yellow")
    if portrait.changes is not None:
        yield from _changes(portrait.changes, shown, say)
    yield from _facts(portrait, say)
    for role in LinkRole:
        links = portrait.by_role(role)
        if links:
            yield Text()
            yield heading(f"{say.text(ROLES[role])} ({len(links)})")
            yield from (_link(link, say) for link in links[:LINKS_SHOWN])
            rest = more(min(LINKS_SHOWN, len(links)), len(links), say, say.text("--json lists all"))
            if rest is not None:
                yield Padding(rest, (0, 0, 0, 2), expand=False)
    if portrait.says is not None:
        yield from _says(portrait.says, say)


# --- facts ---------------------------------------------------------------------------------------------------------


def _facts(portrait: Portrait, say: Translator) -> Iterator[RenderableType]:
    if portrait.reference is not None:
        yield labelled(_reference(portrait.reference))
    if portrait.sourcing is not None:
        yield labelled([(say.text("sources"), Text(sourcing_words(portrait.sourcing, say)))])
    if portrait.attributes:
        yield Text()
        yield heading(say.text("said of it"))
        yield grid([_attribute(attribute, say) for attribute in portrait.attributes])


def _attribute(attribute: Attribute, say: Translator) -> tuple[RenderableType, RenderableType]:
    lines = [Text(value_words(attribute.value), style="bold")]
    for statement in attribute.statements[:3]:
        line = evidence_text(statement.evidence, say)
        if statement.value != attribute.value:
            line = Text.assemble(say.text("but {value}", value=value_words(statement.value)), "; ", line)
        line.stylize(DIM)
        lines.append(line)
    return Text(attribute_word(attribute.name, say)), Text("\n").join(lines)


def _reference(record: ReferenceRecord) -> Iterator[tuple[str, RenderableType]]:
    for name, value in asdict(record).items():
        if value not in (None, (), False) and not name.endswith("_id"):
            yield name, Text(value_words(list(value) if isinstance(value, tuple) else value))


def attribute_word(name: str, say: Translator) -> str:
    """Return what an attribute is called."""
    return say.text(_ATTRIBUTES.get(name, name))


def value_words(value: AttributeValue) -> str:
    """Return a value as text."""
    if isinstance(value, list):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- links ---------------------------------------------------------------------------------------------------------


def _link(link: Link, say: Translator) -> RenderableType:
    head = Text.assemble(with_id(link.name, link.other.id))
    details = [word for word in _details(link, say) if word]
    if details:
        head.append(DOT + DOT.join(details))
    lines = list(evidence_lines(link.evidence, say))
    for line in lines:
        line.stylize(DIM)
    body = Padding(Text("\n").join(lines), (0, 0, 0, 6), expand=False)
    first = Padding(head, (0, 0, 0, 2), expand=False)
    return Group(first, body) if lines else first


def _details(link: Link, say: Translator) -> Iterator[str]:
    if link.product and link.other.label is not Label.ITEM:
        yield link.product
    if link.service:
        known = link.service in set(Service)
        yield say.text(SERVICE[Service(link.service)]) if known else link.service
    yield share_words(link.share, say)
    if link.owned_share is not None:
        yield share_words((link.owned_share, link.owned_share), say)
    if link.sourcing is not None:
        yield sourcing_words(link.sourcing, say)


# --- changes -------------------------------------------------------------------------------------------------------


def _changes(changes: Changes, shown: Shown, say: Translator) -> Iterator[RenderableType]:
    yield Text()
    between = say.text("changes from {before} to {after}", before=changes.since, after=shown.lens.valid_at)
    yield heading(between)
    if changes.is_nothing:
        yield Text("  " + say.text("Nothing changed."))
        return
    if changes.existed != changes.exists:
        yield Text("  " + (say.text("It is new.") if changes.exists else say.text("It is gone.")), style="bold")
    yield from _changed_links(say.text("new"), "+", changes.new, say)
    yield from _changed_links(say.text("gone"), "-", changes.gone, say)
    for change in changes.attributes:
        before, after = (say.text("not stated") if v is None else value_words(v) for v in (change.before, change.after))
        yield Text(f"  {attribute_word(change.name, say)}: {before} -> {after}")


def _changed_links(word: str, sign: str, links: Sequence[Link], say: Translator) -> Iterator[RenderableType]:
    for link in links:
        details = DOT.join(["", *(detail for detail in _details(link, say) if detail)])
        role = say.text(ROLES[link.role])
        yield Text.assemble((f"  {sign} {word}: ", "bold"), f"{role} ", with_id(link.name, link.other.id), details)


def _says(says: Says, say: Translator) -> Iterator[RenderableType]:
    yield Text()
    yield heading(say.text("what it says"))
    yield grid([(Text(kind.value), Text(say.number(n), justify="right")) for kind, n in says.counts.items()])
    yield grid(
        [
            (Text(c.type.value), Text(f"{c.start.id} -> {c.end.id}"), Text(c.evidence.claim_id, style=DIM))
            for c in says.first
        ]
    )
    rest = more(len(says.first), sum(says.counts.values()), say, say.text("they are in the export"))
    if rest is not None:
        yield Padding(rest, (0, 0, 0, 2), expand=False)


def _said(claim: SaysClaim) -> tuple[RenderableType, ...]:
    ends = Text(f"{claim.start.id} -> {claim.end.id}")
    return Text(claim.type.value), ends, Text(claim.evidence.claim_id, style=DIM)
