"""Reads of the Neo4j store, other than closure and the portfolio."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

from tracegraph.decide import decide_attribute
from tracegraph.model import Claim
from tracegraph.store.neo4j_connection import Transaction
from tracegraph.store.neo4j_fates import chunks
from tracegraph.store.neo4j_rows import FOUND_LABELS, claims_of, names_of
from tracegraph.store.neo4j_state import LensParameters
from tracegraph.store.rows import Holding, Match, Standing
from tracegraph.vocabulary import NOT_RETRACTED, Direction, Label, RelationshipType

#: Reasons of a match; where a node matches for several, the first wins.
_REASONS: Final = ("id", "name", "alias", "identifier")


def items_of(tx: Transaction, holders: Collection[str], lens: LensParameters) -> list[Holding]:
    """Return the holders that exist, with their items; see `GraphReader.items_of`."""
    found = [
        Holding(holder, Label.FACTORY if is_factory else Label.SUPPLIER, tuple(sorted(products)))
        for ids in chunks(sorted(set(holders)))
        for holder, is_factory, products in tx.stream("holdings", ids=ids, **lens.sees)
    ]
    return sorted(found)


def links_of(
    tx: Transaction,
    ids: Collection[str],
    types: Collection[RelationshipType],
    direction: Direction,
    lens: LensParameters,
) -> list[Claim]:
    """Return the visible claims of these types at one end of these nodes; see `GraphReader.links_of`."""
    kinds = sorted({kind.value for kind in types})
    found: list[Claim] = []
    for asked in chunks(sorted(set(ids)) if kinds else []):
        found += claims_of(tx.stream(f"links_{direction}", ids=asked, types=kinds, **lens.sees))
    return sorted(found, key=lambda claim: claim.claim_id)


def descriptions(tx: Transaction, label: Label, ids: Collection[str] | None, lens: LensParameters) -> list[Claim]:
    """Return what sources say of nodes, whatever the grade; see `GraphReader.descriptions`."""
    types, found = [RelationshipType.DESCRIBES.value], list[Claim]()
    if ids is None:
        found = claims_of(tx.stream("all_descriptions", label=label.value, **lens.sees_any_grade))
    else:
        for asked in chunks(sorted(set(ids))):
            found += claims_of(tx.stream("links_upstream", ids=asked, types=types, **lens.sees_any_grade))
    return sorted((c for c in found if c.end.label is label), key=lambda claim: (claim.end.id, claim.claim_id))


def claims(tx: Transaction, ids: Collection[str], lens: LensParameters) -> list[Claim]:
    """Return the visible claims of these ids; see `GraphReader.claims`."""
    found: list[Claim] = []
    for asked in chunks(sorted(set(ids))):
        found += claims_of(tx.stream("visible_claims_by_id", ids=asked, **lens.sees_any_grade))
    seen = (c for c in found if c.type is RelationshipType.DESCRIBES or c.grade.rank >= lens.lens.min_grade.rank)
    return sorted(seen, key=lambda claim: claim.claim_id)


def find(tx: Transaction, text: str, lens: LensParameters, limit: int) -> list[Match]:
    """Return nodes by text; see `GraphReader.find`."""
    asked = text.strip().casefold()
    if not asked or limit < 1:
        return []
    best: dict[tuple[Label, str], tuple[int, int]] = {}
    for label, node_id in tx.stream("find_ids", text=asked):
        best[Label(label), node_id] = _rank(asked, node_id.casefold(), "id")
    for claim in claims_of(tx.stream("find_descriptions", text=asked, **lens.sees_any_grade)):
        ranks = [_rank(asked, name, reason) for name, reason in names_of(claim) if asked in name]
        if ranks and claim.end.label in FOUND_LABELS:
            best[claim.end] = min(*ranks, best.get(claim.end, ranks[0]), ranks[0])
    ranked = sorted((rank, node_id, label, reason) for (label, node_id), (rank, reason) in best.items())
    matches: list[Match] = []
    for batch in chunks(ranked):
        nodes = [(label, node_id, reason) for _, node_id, label, reason in batch]
        matches += _existing(tx, nodes, lens)
        if len(matches) >= limit:
            break
    return matches[:limit]


def _rank(asked: str, name: str, reason: str) -> tuple[int, int]:
    """0 for the whole name, 1 for its beginning, 2 for another part of it; and the rank of the reason."""
    place = 0 if name == asked else 1 if name.startswith(asked) else 2
    return place, _REASONS.index(reason)


def _existing(tx: Transaction, nodes: list[tuple[Label, str, int]], lens: LensParameters) -> list[Match]:
    """Return which of the nodes exist under the lens, as matches."""
    by_label: dict[Label, list[str]] = {}
    for label, node_id, _ in nodes:
        by_label.setdefault(label, []).append(node_id)
    said: dict[tuple[Label, str], list[Claim]] = {}
    for label, ids in by_label.items():
        for claim in descriptions(tx, label, ids, lens):
            said.setdefault((label, claim.end.id), []).append(claim)
    holders = [node_id for label, node_id, _ in nodes if label is not Label.CONTRACT]
    exist = {(holding.label, holding.holder_id) for holding in items_of(tx, holders, lens)}
    exist |= {node for node in said if node[0] is Label.CONTRACT}
    return [
        Match(label, node_id, _name(said.get((label, node_id), ())), _REASONS[reason])
        for label, node_id, reason in nodes
        if (label, node_id) in exist
    ]


def _name(claims: Iterable[Claim]) -> str | None:
    """Return the deciding name, or title, of a node."""
    said = list(claims)
    name = decide_attribute(said, "name") or decide_attribute(said, "title")
    return None if name is None else str(name)


def standing(
    tx: Transaction, holders: Collection[str], nodes: Collection[tuple[Label, str]], ends: Collection[str]
) -> Standing:
    """Return what is known of ids, whatever its visibility; see `GraphWriter.standing`."""
    labels: set[tuple[Label, str]] = set()
    asked = set(nodes)
    of_holders = {node_id for label, node_id in asked if label in (Label.SUPPLIER, Label.FACTORY)}
    wanted = set(holders)
    for ids in chunks(sorted(wanted | of_holders)):
        for holder, is_factory in tx.rows("known_holders", ids=ids):
            node = (Label.FACTORY if is_factory else Label.SUPPLIER, holder)
            if holder in wanted or node in asked:
                labels.add(node)
    for ids in chunks(sorted({node_id for _, node_id in asked} - of_holders)):
        labels.update((Label(label), node_id) for node_id, label in tx.rows("known_nodes", ids=ids))
    labels = {node for node in labels if node in asked or node[1] in wanted}
    claims: list[Claim] = []
    for ids in chunks(sorted(set(ends))):
        claims += claims_of(tx.stream("standing_claims", ids=ids, not_retracted=NOT_RETRACTED))
    return Standing(labels, sorted(claims, key=lambda claim: claim.claim_id))
