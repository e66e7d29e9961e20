"""One portrait for each label: what is said of a supplier, an item, a contract, a country, ..., under one lens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from tracegraph import countries
from tracegraph.answer_show import Link, LinkRole, Portrait, Says, SaysClaim, SourcingState
from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, ReferenceRecord, holder_of, item_id, product_of
from tracegraph.services.links import ROLE_ORDER, RawLink, SourceBook, attributes, raw_links
from tracegraph.services.names import node_names, record_name
from tracegraph.store.port import Store
from tracegraph.vocabulary import Direction, Label, RelationshipType
from tracegraph.walk.scope import products_of
from tracegraph.walk.sourcing import shares_by_start, sourcing_rows, sourcing_state
from tracegraph.walk.visible import visible_claims

T = RelationshipType
OF_HOLDERS: Final = (T.OPERATED_BY, T.OWNED_BY, T.LOCATED_IN, T.REGISTERED_IN, T.SERVES)
INTO_HOLDERS: Final = (T.OPERATED_BY, T.OWNED_BY, T.SERVES)
SAID_FIRST: Final = 100  # claims of a source that are listed; all are counted


class Portraits:
    """Makes portraits under one lens.

    Parameters
    ----------
    reader, lens
        Where to read, and what may be seen.
    lang : str
        Language of names.
    book : SourceBook
        Sources already read.
    """

    def __init__(self, reader: Store, lens: Lens, lang: str, book: SourceBook) -> None:
        self.reader, self.lens, self.lang, self.book = reader, lens, lang, book

    def of(self, node_id: str, label: Label | None = None) -> list[Portrait]:
        """Return the portrait of every visible node with this id, or of the one of a label, in the order of labels."""
        if label is not None:
            found = self._makers()[label](node_id)
            made = [found if found is None or found.node.label is label else None]
        elif "/" in node_id:
            made = [self.item(node_id)]
        else:
            makers = (self.holder, self.contract, self.product, self.country, self.region, self.category, self.source)
            made = [maker(node_id) for maker in makers]
            if not any(made):
                made = [self.unlisted_product(node_id)]
        return [portrait for portrait in made if portrait is not None]

    def _makers(self) -> Mapping[Label, Callable[[str], Portrait | None]]:
        goods = {Label.SUPPLIER: self.holder, Label.FACTORY: self.holder, Label.ITEM: self.item}
        named = {Label.CONTRACT: self.contract, Label.COUNTRY: self.country, Label.REGION: self.region}
        products = {Label.PRODUCT: lambda id: self.product(id) or self.unlisted_product(id)}
        return {**goods, **named, **products, Label.CATEGORY: self.category, Label.SOURCE: self.seen_source}

    # --- goods ---

    def holder(self, holder: str) -> Portrait | None:
        """Return the portrait of a supplier or a factory."""
        held = self.reader.items_of([holder], self.lens)
        if not held:
            return None
        node = NodeRef(held[0].label, holder)
        items = [item_id(holder, product) for product in products_of(held[0])]
        outgoing = self._links([holder], OF_HOLDERS, "downstream") + self._links(items, (T.SUPPLIES,), "downstream")
        outgoing += self._links(items, (T.BECOMES, T.DELIVERED_UNDER), "downstream")
        incoming = self._links([holder], INTO_HOLDERS, "upstream") + self._links(items, (T.SUPPLIES,), "upstream")
        made = self._links(items, (T.BECOMES,), "upstream")
        raw = raw_links(outgoing, "downstream", at_items=False) + raw_links(incoming, "upstream", at_items=False)
        raw += self._held_items(items, [*incoming, *made])
        return self._portrait(node, raw)

    def _held_items(self, items: Sequence[str], inflows: Sequence[Claim]) -> list[RawLink]:
        offers = _by_end(self._links(items, (T.OFFERS,), "upstream"))
        entering = _by_end(inflows)
        return [
            RawLink(
                Link(
                    role=LinkRole.ITEM,
                    type=T.OFFERS if item in offers else None,
                    start=holder_of(item),
                    end=item,
                    other=NodeRef(Label.ITEM, item),
                    product=product_of(item),
                    sourcing=_item_sourcing(offers.get(item, ()), entering.get(item, ())),
                ),
                offers.get(item, []),
            )
            for item in items
        ]

    def item(self, item: str) -> Portrait | None:
        """Return the portrait of one product at one holder."""
        held = self.reader.items_of([holder_of(item)], self.lens)
        if not held or product_of(item) not in products_of(held[0]):
            return None
        incoming = self._links([item], (T.SUPPLIES, T.BECOMES), "upstream")
        outgoing = self._links([item], (T.SUPPLIES, T.BECOMES, T.DELIVERED_UNDER), "downstream")
        offers = self._links([item], (T.OFFERS,), "upstream")
        holder = NodeRef(held[0].label, held[0].holder_id)
        link = Link(LinkRole.HOLDER, T.OFFERS if offers else None, holder.id, item, holder, product=product_of(item))
        raw = [RawLink(link, offers), *raw_links(incoming, "upstream", at_items=True)]
        raw += raw_links(outgoing, "downstream", at_items=True)
        sourcing = _item_sourcing(offers, incoming)
        return replace(self._portrait(NodeRef(Label.ITEM, item), raw), sourcing=sourcing)

    def contract(self, contract: str) -> Portrait | None:
        """Return the portrait of a contract; its regions and category are those that its visible rows state."""
        described = self.reader.descriptions(Label.CONTRACT, [contract], self.lens)
        if not described:
            return None
        node = NodeRef(Label.CONTRACT, contract)
        incoming = self._links([contract], (T.DELIVERED_UNDER, T.USES), "upstream")
        raw = raw_links(incoming, "upstream", at_items=True)
        raw += raw_links(self._links([contract], (T.IN_CATEGORY,), "downstream"), "downstream", at_items=True)
        raw += _stated(node, described, "regions", LinkRole.REGION, Label.REGION)
        raw += _stated(node, described, "category", LinkRole.CATEGORY, Label.CATEGORY)
        delivered = shares_by_start(claim for claim in incoming if claim.type is T.DELIVERED_UNDER)
        sourcing = sourcing_state(sourcing_rows(described), delivered, contract=True)
        return replace(self._portrait(node, raw, described), sourcing=sourcing)

    # --- reference data ---

    def product(self, product: str) -> Portrait | None:
        """Return the portrait of a product of the catalogue."""
        listed = self.reader.catalogue().products
        record = listed.get(product)
        if record is None:
            return None
        node = NodeRef(Label.PRODUCT, product)
        raw = [_plain(node, p, LinkRole.BROADER) for p in record.broader]
        raw += [_plain(node, p, LinkRole.INGREDIENT) for p in record.made_from]
        raw += [_plain(node, p, LinkRole.NARROWER) for p, other in listed.items() if product in other.broader]
        raw += [_plain(node, p, LinkRole.PRODUCT_MADE) for p, other in listed.items() if product in other.made_from]
        return self._portrait(node, raw + self._items_of_product(node), reference=record)

    def unlisted_product(self, product: str) -> Portrait | None:
        """Return the portrait of a product that the catalogue does not have: it exists when an item is of it."""
        node = NodeRef(Label.PRODUCT, product)
        items = self._items_of_product(node)
        return self._portrait(node, items) if items else None

    def _items_of_product(self, node: NodeRef) -> list[RawLink]:
        items = [row.item_id for row in self.reader.portfolio(self.lens).items if row.product == node.id]
        offers = _by_end(self._links(items, (T.OFFERS,), "upstream"))
        found = []
        for item in items:
            kind, said = (T.OFFERS, offers[item]) if item in offers else (None, [])
            link = Link(LinkRole.ITEM, kind, node.id, item, NodeRef(Label.ITEM, item), product=node.id)
            found.append(RawLink(link, said))
        return found

    def country(self, code: str) -> Portrait | None:
        """Return the portrait of a country: the factories that stand there, the suppliers registered there."""
        if code not in countries.alpha2_codes():
            return None
        claims = self._links([code], (T.LOCATED_IN, T.REGISTERED_IN), "upstream")
        node = NodeRef(Label.COUNTRY, code)
        return self._portrait(node, raw_links(claims, "upstream", at_items=False)) if claims else None

    def region(self, region: str) -> Portrait | None:
        """Return the portrait of a region with its contracts."""
        return self._of_contracts(NodeRef(Label.REGION, region), T.USES, "regions")

    def category(self, category: str) -> Portrait | None:
        """Return the portrait of a category with its contracts."""
        return self._of_contracts(NodeRef(Label.CATEGORY, category), T.IN_CATEGORY, "category")

    def _of_contracts(self, node: NodeRef, kind: RelationshipType, attribute: str) -> Portrait | None:
        record = next(iter(self.reader.references(node.label, [node.id])), None)
        direction: Direction = "downstream" if kind is T.USES else "upstream"
        raw = raw_links(self._links([node.id], (kind,), direction), direction, at_items=False)
        described = [
            claim
            for claim in (self.reader.descriptions(Label.CONTRACT, None, self.lens) if record or raw else ())
            if node.id in _values(claim, attribute)
        ]
        for contract, claims in _by_end(described).items():
            other = NodeRef(Label.CONTRACT, contract)
            raw.append(RawLink(Link(LinkRole.CONTRACT, None, node.id, contract, other), claims))
        return self._portrait(node, raw, reference=record) if record or raw else None

    def source(self, source: str) -> Portrait | None:
        """Return the portrait of a source: it exists when a claim that the reader sees names it."""
        record = next(iter(self.reader.references(Label.SOURCE, [source])), None)
        if record is None:
            return None
        said = sorted(
            (claim for claim in visible_claims(self.reader, self.lens) if claim.source_id == source),
            key=lambda claim: claim.claim_id,
        )
        if not said:
            return None
        self.book.read(said)
        first = [SaysClaim(c.type, c.start, c.end, self.book.evidence(c)) for c in said[:SAID_FIRST]]
        counts = Counter(claim.type for claim in said)
        says = Says({kind: counts[kind] for kind in T if counts[kind]}, first)
        node = NodeRef(Label.SOURCE, source)
        return Portrait(node, record_name(record, self.lang)[1], reference=record, says=says)

    def seen_source(self, source: str) -> Portrait | None:
        """Return the same, in a time that does not tell a hidden one from an unknown one: neither is looked up."""
        return self.source(source) if source in self.reader.ids(Label.SOURCE, self.lens) else None

    # --- the same for all ---

    def _portrait(
        self,
        node: NodeRef,
        raw: Sequence[RawLink],
        described: Sequence[Claim] | None = None,
        reference: ReferenceRecord | None = None,
    ) -> Portrait:
        if described is None:
            described = self.reader.descriptions(node.label, [node.id], self.lens)
        raw = _merged(self._with_labels(raw))
        self.book.read([*described, *(claim for link in raw for claim in link.claims)])
        names = node_names([node, *(link.link.other for link in raw)], self.reader, self.lens, self.lang)
        links = [link.finished(self.book, names.get(link.link.other)) for link in raw]
        links.sort(key=lambda link: (ROLE_ORDER[link.role], link.other.id, link.start, link.end, link.service or ""))
        said = attributes(described, self.book)
        return Portrait(node, names.get(node), attributes=said, links=tuple(links), reference=reference)

    def _with_labels(self, raw: Sequence[RawLink]) -> list[RawLink]:
        """Return links with the label of the holders at their other ends, which an item id does not tell."""
        holders = sorted({link.link.other.id for link in raw if link.link.role in (LinkRole.SELLER, LinkRole.BUYER)})
        held = self.reader.items_of(holders, self.lens) if holders else []
        labels = {holding.holder_id: holding.label for holding in held}
        return [
            RawLink(replace(x.link, other=NodeRef(labels[x.link.other.id], x.link.other.id)), x.claims)
            if x.link.other.label is Label.SUPPLIER and x.link.other.id in labels
            else x
            for x in raw
        ]

    def _links(self, ids: Iterable[str], types: Sequence[RelationshipType], direction: Direction) -> list[Claim]:
        wanted = list(ids)
        return self.reader.links_of(wanted, types, direction, self.lens) if wanted else []


def _merged(raw: Iterable[RawLink]) -> list[RawLink]:
    """Return links without doubles: a region may be stated by a description and by a claim of its own."""
    merged: dict[tuple[str, str, str, str, str], RawLink] = {}
    for link in raw:
        key = (*link.link.key, link.link.other.label.value)
        if key in merged:
            merged[key].claims.extend(link.claims)
        else:
            merged[key] = link
    return list(merged.values())


def _stated(node: NodeRef, described: Sequence[Claim], name: str, role: LinkRole, label: Label) -> list[RawLink]:
    """Return links of a contract that its descriptions state as an attribute."""
    stated: dict[str, list[Claim]] = {}
    for claim in described:
        for value in _values(claim, name):
            stated.setdefault(value, []).append(claim)
    found = []
    for value, claims in stated.items():
        ends = (value, node.id) if role is LinkRole.REGION else (node.id, value)
        found.append(RawLink(Link(role, None, *ends, NodeRef(label, value)), claims))
    return found


def _plain(node: NodeRef, other: str, role: LinkRole) -> RawLink:
    return RawLink(Link(role, None, node.id, other, NodeRef(node.label, other)))


def _values(claim: Claim, name: str) -> Sequence[str]:
    value = claim.attributes.get(name)
    return value if isinstance(value, list) else [] if value is None else [str(value)]


def _by_end(claims: Iterable[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.end.id, []).append(claim)
    return found


def _item_sourcing(offers: Iterable[Claim], inflows: Iterable[Claim]) -> SourcingState:
    entering = list(inflows)
    supplies = shares_by_start(claim for claim in entering if claim.type is T.SUPPLIES)
    return sourcing_state(sourcing_rows(offers), supplies, made=any(claim.type is T.BECOMES for claim in entering))
