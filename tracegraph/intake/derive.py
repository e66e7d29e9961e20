"""From rows to claims (docs/formats.md section 1, docs/model.md section 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from tracegraph.intake.rows import Rows
from tracegraph.intake.says import Says, claim_columns
from tracegraph.model import AttributeValue, NodeRef, Statement
from tracegraph.vocabulary import Label, RelationshipType

#: Columns that say something of the node itself and ride on its `DESCRIBES`.
_DESCRIBED: Final = {
    "suppliers": ("name", "aliases", "country", "org_no", "lei", "identifiers", "website"),
    "factories": (
        "name",
        "aliases",
        "country",
        "identified",
        "address",
        "city",
        "lat",
        "lng",
        "site_type",
        "os_id",
        "identifiers",
    ),
    "contracts": (
        "title",
        "regions",
        "category",
        "diary_no",
        "value_sek",
        "start",
        "end",
        "clause_level",
        "cpv",
        "sourcing",
        "source_count",
    ),
}

#: Label of a holder by its id.
LabelOf = Callable[[str], Label]


def statements_of(rows: Rows, label_of: LabelOf) -> Iterator[tuple[int, Statement]]:
    """Yield row number and claim for every claim that the rows state; refused rows are left out."""
    derive = _TABLES.get(rows.table.name)
    return derive(rows, label_of) if derive else iter(())


def _each(rows: Rows, *names: str) -> Iterator[tuple[Any, ...]]:
    """Yield row number, claim columns and the named values of each row that is not refused."""
    refused = rows.refused
    columns = [rows.values[name] for name in names]
    for cells in zip(range(len(rows)), claim_columns(rows), *columns, strict=True):
        if cells[0] not in refused and cells[1] is not None:
            yield cells


def _suppliers(rows: Rows, _label_of: LabelOf) -> Iterator[tuple[int, Statement]]:
    described = _attributes(rows)
    for number, says, supplier, country, owner, owned_share in _each(
        rows, "supplier_id", "country", "owned_by", "owned_share"
    ):
        node = NodeRef(Label.SUPPLIER, supplier)
        yield number, _describes("suppliers", node, says, described(number))
        if country:
            yield number, _link("suppliers", RelationshipType.REGISTERED_IN, node, _country(country), says)
        if owner:
            stated = {} if owned_share is None else {"owned_share": owned_share}
            yield (
                number,
                _link(
                    "suppliers",
                    RelationshipType.OWNED_BY,
                    node,
                    NodeRef(Label.SUPPLIER, owner),
                    says,
                    attributes=stated,
                ),
            )


def _factories(rows: Rows, _label_of: LabelOf) -> Iterator[tuple[int, Statement]]:
    described = _attributes(rows)
    for number, says, factory, country, operator, products in _each(
        rows, "factory_id", "country", "operated_by", "products"
    ):
        node = NodeRef(Label.FACTORY, factory)
        yield number, _describes("factories", node, says, described(number))
        yield number, _link("factories", RelationshipType.LOCATED_IN, node, _country(country), says)
        if operator:
            end = NodeRef(Label.SUPPLIER, operator)
            yield number, _link("factories", RelationshipType.OPERATED_BY, node, end, says)
        for product in products or ():
            yield number, _link("factories", RelationshipType.OFFERS, node, _item(factory, product), says)


def _contracts(rows: Rows, _label_of: LabelOf) -> Iterator[tuple[int, Statement]]:
    described = _attributes(rows)
    for number, says, contract, regions, category, supplier, product in _each(
        rows, "contract_id", "regions", "category", "supplier_id", "product"
    ):
        node = NodeRef(Label.CONTRACT, contract)
        yield number, _describes("contracts", node, says, described(number))
        for region in regions:
            yield number, _link("contracts", RelationshipType.USES, NodeRef(Label.REGION, region), node, says)
        if category:
            end = NodeRef(Label.CATEGORY, category)
            yield number, _link("contracts", RelationshipType.IN_CATEGORY, node, end, says)
        if supplier and product:
            yield number, _goods("contracts", RelationshipType.DELIVERED_UNDER, _item(supplier, product), node, says)


def _deliveries(rows: Rows, _label_of: LabelOf) -> Iterator[tuple[int, Statement]]:
    for number, says, contract, supplier, product in _each(rows, "contract_id", "supplier_id", "product"):
        end = NodeRef(Label.CONTRACT, contract)
        yield number, _goods("deliveries", RelationshipType.DELIVERED_UNDER, _item(supplier, product), end, says)


def _supplies(rows: Rows, _label_of: LabelOf) -> Iterator[tuple[int, Statement]]:
    item = cache(_item)  # an item occurs in many rows
    for number, says, seller, buyer, product, into in _each(rows, "seller_id", "buyer_id", "product", "into_product"):
        bought = item(buyer, product)
        if seller == buyer:
            yield number, _becomes(bought, item(buyer, into), seller, says, (says.share_low, says.share_high))
            continue
        yield number, _goods("supplies", RelationshipType.SUPPLIES, item(seller, product), bought, says)
        if into and into != product:
            yield number, _becomes(bought, item(buyer, into), seller, says, _NOT_STATED)


def _items(rows: Rows, label_of: LabelOf) -> Iterator[tuple[int, Statement]]:
    for number, says, holder, product, sourcing, count in _each(
        rows, "holder_id", "product", "sourcing", "source_count"
    ):
        stated: dict[str, AttributeValue] = {}
        if sourcing is not None:
            stated["sourcing"] = sourcing
        if count is not None:
            stated["source_count"] = count
        start = NodeRef(label_of(holder), holder)
        yield number, _link("items", RelationshipType.OFFERS, start, _item(holder, product), says, attributes=stated)


def _services(rows: Rows, label_of: LabelOf) -> Iterator[tuple[int, Statement]]:
    for number, says, provider, client, service in _each(rows, "provider_id", "client_id", "service"):
        start, end = NodeRef(label_of(provider), provider), NodeRef(label_of(client), client)
        yield number, _link("services", RelationshipType.SERVES, start, end, says, qualifier=service)


_TABLES: Final[Mapping[str, Callable[[Rows, LabelOf], Iterator[tuple[int, Statement]]]]] = {
    "suppliers": _suppliers,
    "factories": _factories,
    "contracts": _contracts,
    "deliveries": _deliveries,
    "supplies": _supplies,
    "items": _items,
    "services": _services,
}


_NOTHING: Final[Mapping[str, AttributeValue]] = {}  # one for all claims that state no more
_NOT_STATED: Final = (0.0, 1.0)


# --- one claim -----------------------------------------------------------------------------------------------------


def _item(holder: str, product: str) -> NodeRef:
    return NodeRef(Label.ITEM, f"{holder}/{product}")


def _country(alpha2: str) -> NodeRef:
    return NodeRef(Label.COUNTRY, alpha2)


def _attributes(rows: Rows) -> Callable[[int], dict[str, AttributeValue]]:
    """Return a function from row number to what the row states of its node."""
    stated: list[tuple[str, Sequence[Any]]] = [
        (name, rows.values[name])
        for name in _DESCRIBED[rows.table.name]
        if name in rows.headers or rows.table.by_name[name].default
    ]

    def of(number: int) -> dict[str, AttributeValue]:
        return {name: values[number] for name, values in stated if values[number] not in (None, [])}

    return of


def _describes(table: str, node: NodeRef, says: Says, attributes: Mapping[str, AttributeValue]) -> Statement:
    return Statement(
        table=table,
        type=RelationshipType.DESCRIBES,
        start=NodeRef(Label.SOURCE, says.source_id),
        end=node,
        source_id=says.source_id,
        grade=says.grade,
        visibility=says.visibility,
        valid_from=says.valid_from,
        valid_to=says.valid_to,
        attributes=attributes,
        recorded_at=says.recorded_at,
    )


def _link(
    table: str,
    type_: RelationshipType,
    start: NodeRef,
    end: NodeRef,
    says: Says,
    **further: Any,
) -> Statement:
    """Return a claim without shares."""
    return Statement(
        table=table,
        type=type_,
        start=start,
        end=end,
        source_id=says.source_id,
        grade=says.grade,
        visibility=says.visibility,
        valid_from=says.valid_from,
        valid_to=says.valid_to,
        confidence=says.confidence,
        recorded_at=says.recorded_at,
        **further,
    )


def _goods(table: str, type_: RelationshipType, start: NodeRef, end: NodeRef, says: Says) -> Statement:
    """Return a claim that carries goods, with the shares of its row."""
    return Statement(
        table=table,
        type=type_,
        start=start,
        end=end,
        source_id=says.source_id,
        grade=says.grade,
        visibility=says.visibility,
        valid_from=says.valid_from,
        valid_to=says.valid_to,
        share_low=says.share_low,
        share_high=says.share_high,
        confidence=says.confidence,
        attributes=_NOTHING,
        recorded_at=says.recorded_at,
    )


def _becomes(start: NodeRef, end: NodeRef, seller: str, says: Says, shares: tuple[float, float]) -> Statement:
    return Statement(
        table="supplies",
        type=RelationshipType.BECOMES,
        start=start,
        end=end,
        source_id=says.source_id,
        grade=says.grade,
        visibility=says.visibility,
        valid_from=says.valid_from,
        valid_to=says.valid_to,
        share_low=shares[0],
        share_high=shares[1],
        confidence=says.confidence,
        qualifier=seller,
        attributes=_NOTHING,
        recorded_at=says.recorded_at,
    )
