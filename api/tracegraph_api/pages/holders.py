"""Who holds goods, a company or a plant: a plant may sell itself, and its id does not tell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracegraph.lens import Lens
from tracegraph.model import NodeRef
from tracegraph.vocabulary import Label
from tracegraph_api.context import store
from tracegraph_api.pages.links import node_link


def holders_of(ids: Iterable[str], lens: Lens) -> Mapping[str, NodeRef]:
    """Return the node of each holder, by id; one that is not seen counts as a company."""
    wanted = sorted(set(ids))
    held = store().items_of(wanted, lens) if wanted else []
    seen = {holding.holder_id: NodeRef(holding.label, holding.holder_id) for holding in held}
    return {id: seen.get(id, NodeRef(Label.SUPPLIER, id)) for id in wanted}


@dataclass(frozen=True, slots=True)
class Called:
    """What is named: names by id, and which holder is a company and which a plant."""

    names: Mapping[str, str]
    holders: Mapping[str, NodeRef]

    def holder(self, id: str) -> dict[str, Any]:
        """Return a holder's name and the address of its page."""
        return {"name": self.names.get(id, id), "href": node_link(self.holders[id])}
