"""Nodes as a list shows them: read together, a few facts each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tracegraph.answer_list import NodeRow
from tracegraph.decide import decide_attribute
from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, holder_of, product_of
from tracegraph.services.names import node_names, record_name
from tracegraph.services.portfolios import claims_by_node, contract_facts
from tracegraph.store.port import GraphReader
from tracegraph.vocabulary import Label, RelationshipType

T = RelationshipType
Facts = Mapping[str, Mapping[str, Any]]


def rows_of(label: Label, ids: Sequence[str], reader: GraphReader, lens: Lens, lang: str) -> list[NodeRow]:
    """Return nodes of a label that exist, in the order given.

    Parameters
    ----------
    label, ids
        Which.
    reader, lens
        The store, and what may be seen.
    lang : str
        Language of names.
    """
    if not ids:
        return []
    names = node_names([NodeRef(label, node_id) for node_id in ids], reader, lens, lang)
    facts = _facts(label, ids, reader, lens)
    return [NodeRow(label, node_id, names.get(NodeRef(label, node_id)), facts.get(node_id, {})) for node_id in ids]


def _facts(label: Label, ids: Sequence[str], reader: GraphReader, lens: Lens) -> Facts:
    if label in (Label.SUPPLIER, Label.FACTORY):
        return _of_holders(label, ids, reader, lens)
    if label is Label.CONTRACT:
        described = claims_by_node(reader.descriptions(label, ids, lens))
        return {contract: _of_contract(contract, said) for contract, said in described.items()}
    if label is Label.ITEM:
        labels = {h.holder_id: h.label.value for h in reader.items_of(sorted({*map(holder_of, ids)}), lens)}
        return {
            item: {
                "holder_id": holder_of(item),
                "holder_label": labels.get(holder_of(item)),
                "product": product_of(item),
            }
            for item in ids
        }
    return _of_references(label, ids, reader)


def _of_contract(contract: str, said: Sequence[Claim]) -> Mapping[str, Any]:
    facts = asdict(contract_facts(contract, said))
    return {name: list(value) if isinstance(value, tuple) else value for name, value in facts.items()}


def _of_holders(label: Label, ids: Sequence[str], reader: GraphReader, lens: Lens) -> Facts:
    products = {holding.holder_id: list(holding.products) for holding in reader.items_of(ids, lens)}
    ends: dict[tuple[str, bool], set[str]] = {}
    for claim in reader.links_of(ids, (T.LOCATED_IN, T.REGISTERED_IN, T.OPERATED_BY), "downstream", lens):
        ends.setdefault((claim.start.id, claim.type is T.OPERATED_BY), set()).add(claim.end.id)
    described = claims_by_node(reader.descriptions(label, ids, lens)) if label is Label.FACTORY else {}
    found: dict[str, dict[str, Any]] = {}
    for holder in ids:
        facts: dict[str, Any] = {"countries": sorted(ends.get((holder, False), ()))}
        if label is Label.FACTORY:
            facts["identified"] = decide_attribute(described.get(holder, ()), "identified") is not False
            facts["operated_by"] = sorted(ends.get((holder, True), ()))
        found[holder] = facts | {"products": products.get(holder, [])}
    return found


def _of_references(label: Label, ids: Sequence[str], reader: GraphReader) -> Facts:
    if label is Label.COUNTRY:
        return {}
    catalogue = reader.catalogue().products
    listed = [catalogue[p] for p in ids if p in catalogue] if label is Label.PRODUCT else reader.references(label, ids)
    found = {}
    for record in listed:
        facts = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(record).items()}
        found[record_name(record)[0]] = facts
    return found
