"""What each factory touches, for all factories at once: the scope of a question about one, from a few large reads."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from tracegraph.decide import decide_attribute
from tracegraph.lens import Lens
from tracegraph.model import Claim, Selector
from tracegraph.products import Catalogue
from tracegraph.services.portfolios import claims_by_node
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import Holding
from tracegraph.vocabulary import Certainty, Direction, Label, RelationshipType, SelectorKind
from tracegraph.walk.assumed import Assumed
from tracegraph.walk.overlay import OverlayReader
from tracegraph.walk.scope import products_of, resolve_scope

T = RelationshipType


class Factories(OverlayReader):
    """A reader that has read all that a question about any one factory needs to know.

    It answers what `tracegraph.walk.scope` asks about a factory, from memory; of the factories in a country it gives
    the unidentified ones alone, because no others are asked for.

    Parameters
    ----------
    base : GraphReader
        The store.
    lens : Lens
        Who asks, and as of when.
    ids : collection of str
        Holders that may be factories, beside those that are described as one.
    """

    def __init__(self, base: GraphReader, lens: Lens, ids: Collection[str]) -> None:
        super().__init__(base, Assumed())
        self.lens = lens
        self._described = claims_by_node(base.descriptions(Label.FACTORY, None, lens))
        named = sorted({*ids, *self._described})
        self._held = {h.holder_id: h for h in base.items_of(named, lens)}
        self.ids = sorted(id for id, holding in self._held.items() if holding.label is Label.FACTORY)
        self._located = _by_start(base.links_of(self.ids, (T.LOCATED_IN,), "downstream", lens))
        self._serves = _by_start(base.links_of(self.ids, (T.SERVES,), "downstream", lens))
        clients = {claim.end.id for claims in self._serves.values() for claim in claims} - set(self._held)
        self._held |= {h.holder_id: h for h in base.items_of(sorted(clients), lens)}
        self.unidentified = frozenset(
            factory for factory, said in self._described.items() if decide_attribute(said, "identified") is False
        )
        self._neighbours: dict[str, list[Claim]] = {}
        for factory in sorted(self.unidentified):
            for claim in self._located.get(factory, ()):
                self._neighbours.setdefault(claim.end.id, []).append(claim)

    # --- what the scope of a factory reads ---

    def items_of(self, holders: Collection[str], _lens: Lens) -> list[Holding]:
        """Return the holders that exist, with their items."""
        return [self._held[holder] for holder in sorted(set(holders)) if holder in self._held]

    def links_of(
        self, ids: Collection[str], types: Collection[RelationshipType], direction: Direction, _lens: Lens
    ) -> list[Claim]:
        """Return where factories stand and whom they serve, and which unidentified factories stand in countries."""
        by_id: Mapping[str, Sequence[Claim]] = self._serves if T.SERVES in types else self._located
        if direction == "upstream":
            by_id = self._neighbours
        return [claim for id in sorted(set(ids)) for claim in by_id.get(id, ())]

    def descriptions(self, _label: Label, ids: Collection[str] | None, _lens: Lens) -> list[Claim]:
        """Return the `DESCRIBES` claims of factories."""
        wanted = self._described if ids is None else sorted(set(ids))
        return [claim for id in wanted for claim in self._described.get(id, ())]

    # --- what is asked of them ---

    def touched(self, factory: str, catalogue: Catalogue) -> Mapping[str, Certainty]:
        """Return the items that a question about a factory touches."""
        scope = (Selector(SelectorKind.FACTORY, factory),)
        return resolve_scope(scope, self, self.lens, catalogue).affected

    def own(self, factory: str) -> Mapping[str, Certainty]:
        """Return the items of a factory itself."""
        return {f"{factory}/{product}": Certainty.CERTAIN for product in products_of(self._held[factory])}

    def countries(self, factory: str) -> tuple[str, ...]:
        """Return where a factory stands, as far as anybody says."""
        return tuple(sorted({claim.end.id for claim in self._located.get(factory, ())}))


def _by_start(claims: Collection[Claim]) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.start.id, []).append(claim)
    return found
