"""What if: a reader over another reader, with some claims taken away and others put in. Nothing is stored.

Every read obeys the lens as it does below: a claim that is put in exists for a reader whose lens lets it through, and a
holder, an item or a contract that no visible claim touches any more does not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, Product, ReferenceRecord, holder_of, product_of
from tracegraph.products import Catalogue
from tracegraph.store.chain_state import ChainState
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import Closure, GoodsClaim, Holding, Match, PortfolioColumns
from tracegraph.vocabulary import GOODS_TYPES, NOT_RETRACTED, Direction, Label, RelationshipType
from tracegraph.walk.assumed import Assumed, goods_claim, record_id, record_label
from tracegraph.walk.overlay_columns import Overlaid, overlaid_columns

T = RelationshipType

HOLDERS = (Label.SUPPLIER, Label.FACTORY)
_FROM_HOLDERS = (T.OFFERS, T.OPERATED_BY, T.OWNED_BY, T.LOCATED_IN, T.REGISTERED_IN, T.SERVES)
_INTO_HOLDERS = (T.OPERATED_BY, T.OWNED_BY, T.SERVES, T.DESCRIBES)


class OverlayReader:
    """A `tracegraph.store.port.GraphReader` over another one, with what is assumed.

    Parameters
    ----------
    base : GraphReader
        What is stored.
    assumed : Assumed
        What is taken away and put in.
    columns : dict, optional
        Portfolio columns of `base` by lens, shared between overlays of one base that does not change meanwhile.
    """

    def __init__(
        self, base: GraphReader, assumed: Assumed, columns: dict[Lens, PortfolioColumns] | None = None
    ) -> None:
        self.base, self.assumed = base, assumed
        self._columns = {} if columns is None else columns
        self._hidden = {claim.claim_id for claim in assumed.hidden}
        self._states: dict[Lens, _Existence] = {}

    # --- the port --------------------------------------------------------------------------------------------------

    def closure(self, items: Collection[str], direction: Direction, lens: Lens, max_items: int) -> Closure:
        """Return the goods claims of everything that is reached from `items`, level by level."""
        downstream = direction == "downstream"
        starts = sorted(item for item in set(items) if "/" in item)
        truncated = len(starts) > max_items
        level = starts[:max_items]
        reached = set(level)
        claims: dict[str, GoodsClaim] = {}
        if not downstream:
            level = [*level, *sorted(item for item in set(items) if "/" not in item)]
        while level:
            found = self._goods_at(level, direction, lens)
            claims.update((claim.claim_id, claim) for claim in found)
            ends = {claim.end if downstream else claim.start for claim in found}
            fresh = sorted(end for end in ends - reached if "/" in end)
            room = max_items - len(reached)
            truncated = truncated or len(fresh) > room
            level = fresh[:room]
            reached.update(level)
        return Closure(list(claims.values()), truncated)

    def items_of(self, holders: Collection[str], lens: Lens) -> list[Holding]:
        """Return the holders that exist, with their items."""
        state = self._state(lens)
        held = {holding.holder_id: holding for holding in self.base.items_of(holders, lens)}
        found = []
        for holder in sorted(set(holders)):
            products = set(held[holder].products if holder in held else ()) - state.gone_items.get(holder, set())
            products |= state.new_items.get(holder, set())
            exists = holder in held and holder not in state.gone_holders
            if exists or holder in state.new_holders:
                label = held[holder].label if holder in held else self._label(holder)
                found.append(Holding(holder, label, tuple(sorted(products))))
        return found

    def links_of(
        self, ids: Collection[str], types: Collection[RelationshipType], direction: Direction, lens: Lens
    ) -> list[Claim]:
        """Return the visible claims of these types that leave or enter these nodes."""
        wanted, kinds = set(ids), set(types)
        found = [c for c in self.base.links_of(ids, types, direction, lens) if c.claim_id not in self._hidden]
        for claim in self.assumed.added:
            near = claim.start if direction == "downstream" else claim.end
            if claim.type in kinds and near.id in wanted and lens.sees(claim):
                found.append(claim)
        return sorted(found, key=lambda claim: claim.claim_id)

    def descriptions(self, label: Label, ids: Collection[str] | None, lens: Lens) -> list[Claim]:
        """Return the `DESCRIBES` claims of nodes of a label, whatever their grade."""
        found = [c for c in self.base.descriptions(label, ids, lens) if c.claim_id not in self._hidden]
        wanted = None if ids is None else set(ids)
        found += [
            claim
            for claim in self.assumed.added
            if claim.type is T.DESCRIBES
            and claim.end.label is label
            and (wanted is None or claim.end.id in wanted)
            and lens.any_grade().sees(claim)
        ]
        return sorted(found, key=lambda claim: (claim.end.id, claim.claim_id))

    def claims(self, ids: Collection[str], lens: Lens) -> list[Claim]:
        """Return the visible claims of these claim ids."""
        wanted, any_grade = set(ids), lens.any_grade()
        found = self.base.claims(sorted(wanted - self._hidden), lens)
        found += [c for c in self.assumed.added if c.claim_id in wanted and _seen(c, lens, any_grade)]
        return sorted(found, key=lambda claim: claim.claim_id)

    def find(self, text: str, lens: Lens, limit: int) -> list[Match]:
        """Return nodes by what is stored of them; names that are only assumed are not looked at."""
        found = self.base.find(text, lens, limit)
        holders = {h.holder_id for h in self.items_of([m.id for m in found if m.label in HOLDERS], lens)}
        contracts = {
            claim.end.id
            for claim in self.descriptions(Label.CONTRACT, [m.id for m in found if m.label is Label.CONTRACT], lens)
        }
        return [match for match in found if match.id in (contracts if match.label is Label.CONTRACT else holders)]

    def catalogue(self) -> Catalogue:
        """Return the product catalogue, with assumed products."""
        stored = self.base.catalogue()
        assumed = {record.product_id: record for record in self.assumed.references if isinstance(record, Product)}
        return Catalogue([*({**stored.products} | assumed).values()]) if assumed else stored

    def references(self, label: Label, ids: Collection[str] | None = None) -> list[ReferenceRecord]:
        """Return regions, categories, products or sources, with assumed ones."""
        found = {record_id(record): record for record in self.base.references(label, ids)}
        for record in self.assumed.references:
            if record_label(record) is label and (ids is None or record_id(record) in ids):
                found[record_id(record)] = record
        return [found[key] for key in sorted(found)]

    def version(self, lens: Lens) -> int:
        """Return the graph version of what is stored."""
        return self.base.version(lens)

    def settled_at(self) -> str:
        """Return the moment at which the last claim, stored or assumed, becomes known or ends."""
        ends = (claim.retracted_at for claim in self.assumed.added if claim.retracted_at != NOT_RETRACTED)
        return max(self.base.settled_at(), *(claim.recorded_at for claim in self.assumed.added), *ends, "")

    def chain_state(self, lens: Lens) -> ChainState:
        """Return when the chains last changed; who keeps what it computed keeps it for this overlay alone."""
        return replace(self.base.chain_state(lens), settled_at=self.settled_at())

    def portfolio(self, lens: Lens) -> PortfolioColumns:
        """Return everything that carries goods under the lens, as columns."""
        if lens not in self._columns:
            self._columns[lens] = self.base.portfolio(lens)
        columns, state = self._columns[lens], self._state(lens)
        any_grade = lens.any_grade()
        contracts = {c.end.id for c in self._changed if c.type is T.DESCRIBES and c.end.label is Label.CONTRACT}
        described = {claim.end.id for claim in self.descriptions(Label.CONTRACT, sorted(contracts), lens)}
        operated = sorted({claim.start.id for claim in self._changed if claim.type is T.OPERATED_BY})
        known = set(columns.contracts.values())
        fresh = sorted(described - known)
        delivered = self.base.links_of(fresh, [T.DELIVERED_UNDER], "upstream", lens) if fresh else []
        added = [claim for claim in self.assumed.added if _seen(claim, lens, any_grade)]
        return overlaid_columns(
            columns,
            Overlaid(
                hidden=[claim for claim in self.assumed.hidden if _seen(claim, lens, any_grade)],
                added=[*added, *(claim for claim in delivered if claim.claim_id not in self._hidden)],
                gone_items={f"{h}/{p}" for h, products in state.gone_items.items() for p in products},
                gone_contracts=(contracts & known) - described,
                new_contracts=fresh,
                operated=operated,
                operations=[
                    (claim.start.id, claim.end.id)
                    for claim in (self.links_of(operated, [T.OPERATED_BY], "downstream", lens) if operated else ())
                ],
                factories={h for h in state.new_items if self._label_or_none(h) is Label.FACTORY},
            ),
        )

    # --- inside ----------------------------------------------------------------------------------------------------

    @property
    def _changed(self) -> Sequence[Claim]:
        return (*self.assumed.hidden, *self.assumed.added)

    def _goods_at(self, nodes: Sequence[str], direction: Direction, lens: Lens) -> list[GoodsClaim]:
        """Return the goods claims that leave (or enter) nodes, and none of what they lead to."""
        items = sum("/" in node for node in nodes)
        stored = self.base.closure(nodes, direction, lens, items).claims
        found = [claim for claim in stored if claim.claim_id not in self._hidden]
        wanted = set(nodes)
        for claim in self.assumed.added:
            near = claim.start if direction == "downstream" else claim.end
            if claim.type in GOODS_TYPES and near.id in wanted and lens.sees(claim):
                found.append(goods_claim(claim))
        return found

    def _label(self, holder: str) -> Label:
        label = self._label_or_none(holder)
        if label is None:
            raise KeyError(holder)
        return label

    def _label_or_none(self, holder: str) -> Label | None:
        ends = (ref for claim in self.assumed.added for ref in (claim.start, claim.end))
        named = next((ref.label for ref in ends if ref.id == holder and ref.label in HOLDERS), None)
        return self.assumed.holders.get(holder, named)

    def _state(self, lens: Lens) -> _Existence:
        if lens not in self._states:
            self._states[lens] = self._existence(lens)
        return self._states[lens]

    def _existence(self, lens: Lens) -> _Existence:
        """Return which items and holders come into being and which go."""
        added = [claim for claim in self.assumed.added if lens.sees(claim)]
        new_items = _by_holder(_items(added))
        new_holders = {*new_items, *_holders(added)}
        hidden = [claim for claim in self.assumed.hidden if lens.sees(claim)]
        touched = _items(hidden)
        left = [*self._links(touched, (*GOODS_TYPES, T.OFFERS), "upstream", lens)]
        left += self._links(touched, GOODS_TYPES, "downstream", lens)
        gone_items = _by_holder(touched - _items(left))
        candidates = ({holder_of(item) for item in touched} | _holders(hidden)) - new_holders
        held = {holding.holder_id: set(holding.products) for holding in self.base.items_of(sorted(candidates), lens)}
        bare = {h for h in candidates if not held.get(h, set()) - gone_items.get(h, set())}
        kept = _holders(self._links(bare, _FROM_HOLDERS, "downstream", lens))
        kept |= _holders(self._links(bare, _INTO_HOLDERS, "upstream", lens))
        return _Existence(gone_items, bare - kept, new_items, new_holders)

    def _links(
        self, ids: Collection[str], types: Collection[RelationshipType], direction: Direction, lens: Lens
    ) -> list[Claim]:
        return self.links_of(sorted(ids), types, direction, lens) if ids else []


@dataclass(frozen=True, slots=True)
class _Existence:
    """Which items (products by holder) and holders exist otherwise than stored."""

    gone_items: Mapping[str, set[str]]
    gone_holders: set[str]
    new_items: Mapping[str, set[str]]
    new_holders: set[str]


def _seen(claim: Claim, lens: Lens, any_grade: Lens) -> bool:
    return any_grade.sees(claim) if claim.type is T.DESCRIBES else lens.sees(claim)


def _refs(claims: Iterable[Claim]) -> Iterable[NodeRef]:
    return (ref for claim in claims for ref in (claim.start, claim.end))


def _items(claims: Iterable[Claim]) -> set[str]:
    return {ref.id for ref in _refs(claims) if ref.label is Label.ITEM}


def _holders(claims: Iterable[Claim]) -> set[str]:
    return {ref.id for ref in _refs(claims) if ref.label in HOLDERS}


def _by_holder(items: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for item in items:
        found.setdefault(holder_of(item), set()).add(product_of(item))
    return found
