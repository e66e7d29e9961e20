"""What a node's id is called, where it is found, and the questions that can be asked about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from tracegraph.model import NodeRef
from tracegraph.vocabulary import Label

ROOT: Final = "/tracegraph/v1"


@dataclass(frozen=True, slots=True)
class Kind:
    """How a label is spelled in paths and bodies.

    Attributes
    ----------
    key : str
        Name of the id in a row.
    plural : str
        The resource.
    questions : tuple of str
        Paths below a node, each a question.
    """

    key: str
    plural: str
    questions: tuple[str, ...] = ()


ID_NAMES: Final[Mapping[Label, Kind]] = {
    Label.FACTORY: Kind("factory_id", "factories", ("dependent-contracts",)),
    Label.SUPPLIER: Kind("supplier_id", "suppliers", ("dependent-contracts",)),
    Label.ITEM: Kind("item_id", "items"),
    Label.PRODUCT: Kind("product_id", "products"),
    Label.CONTRACT: Kind("contract_id", "contracts", ("chain", "depth")),
    Label.REGION: Kind("region_id", "regions", ("depth",)),
    Label.CATEGORY: Kind("category_id", "categories"),
    Label.COUNTRY: Kind("country", "countries", ("dependent-contracts",)),
    Label.SOURCE: Kind("source_id", "sources"),
}


def address_of(node: NodeRef) -> str:
    """Return where a node is found."""
    return f"{ROOT}/{ID_NAMES[node.label].plural}/{quote(node.id, safe='/:')}"


def links_of(node: NodeRef) -> dict[str, dict[str, str]]:
    """Return the addresses of a node and of the questions about it."""
    here, kind = address_of(node), ID_NAMES[node.label]
    links = {"self": here} | {question.replace("-", "_"): f"{here}/{question}" for question in kind.questions}
    name = quote(node.id, safe="")
    if node.label is Label.SUPPLIER:
        links["group_dependent_contracts"] = f"{ROOT}/groups/{name}/dependent-contracts"
        links["if_closed"] = f"{ROOT}/stops/if-closed?holder={name}"
    elif node.label is Label.FACTORY:
        links["if_closed"] = f"{ROOT}/stops/if-closed?holder={name}"
        links["leverage"] = f"{ROOT}/leverage?factory={name}"
    elif node.label is Label.ITEM:
        links["product"] = address_of(NodeRef(Label.PRODUCT, node.id.partition("/")[2]))
    elif node.label is Label.PRODUCT:
        links |= {plural: f"{ROOT}/{plural}?product={name}" for plural in ("factories", "suppliers", "contracts")}
    elif node.label is Label.CONTRACT:
        links["single_points"] = f"{ROOT}/stops/single-points?contract={name}"
    elif node.label in (Label.REGION, Label.CATEGORY):
        word = node.label.value.lower()
        links["contracts"] = f"{ROOT}/contracts?{word}={name}"
        links["concentration"] = f"{ROOT}/concentration?{word}={name}"
    elif node.label is Label.COUNTRY:
        links |= {plural: f"{ROOT}/{plural}?country={name}" for plural in ("factories", "suppliers")}
    return {relation: {"href": href} for relation, href in links.items()}
