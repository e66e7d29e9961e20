"""Every read of random stores, against a plain reading of all their claims."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.contract.build import (
    GRADES,
    becomes,
    change_set,
    contract,
    delivered,
    describes,
    goods,
    holder,
    lens,
    offers,
    operated,
    stored,
    supplies,
)
from tracegraph.lens import Lens
from tracegraph.model import Claim, NodeRef, SourceId, Statement, holder_of
from tracegraph.store.port import Store
from tracegraph.vocabulary import GOODS_TYPES, NOT_RETRACTED, Label, RelationshipType

DAYS = ("2023-01-01", "2024-01-01", "2024-06-01")
TIMES = tuple(f"2024-0{month}-01T00:00:00Z" for month in range(1, 7))
READERS = ("public", "network", "SE-AB", "SE-M")
VISIBILITIES = ("public", "network", "network", "region:SE-AB", "region:SE-M")


def statement(chance: random.Random) -> Statement:
    """Return anything."""
    holders = [f"{letter}{n}" for letter in "fs" for n in range(4)]
    one, two = (f"{chance.choice(holders)}/{chance.choice('ab')}" for _ in range(2))
    makers: list[Callable[..., Statement]] = [
        lambda **more: supplies(one, two, **more),
        lambda **more: supplies(one, two, **more),
        lambda **more: becomes(one, f"{holder_of(one)}/c", **more),
        lambda **more: delivered(one, f"c{chance.randrange(3)}", **more),
        lambda **more: offers(one, **more),
        lambda **more: operated(f"f{chance.randrange(4)}", f"s{chance.randrange(4)}", **more),
        lambda **more: describes(holder(holder_of(one)), says={"name": one}, **more),
        lambda **more: describes(contract(f"c{chance.randrange(3)}"), says={"title": "t"}, **more),
    ]
    more: dict[str, object] = {
        "visibility": chance.choice(VISIBILITIES),
        "grade": chance.choice(GRADES),
        "valid_from": chance.choice(("0001-01-01", *DAYS[:2])),
        "valid_to": chance.choice(("9999-12-31", "9999-12-31", DAYS[2])),
        "recorded_at": chance.choice(("", "", *TIMES)),
    }
    maker = chance.choice(makers)
    if chance.random() < 0.3:
        more |= {"share_low": 0.5, "share_high": 0.75}
    made = maker(**more)
    return made if made.type is RelationshipType.DESCRIBES else maker(**more, source_id=SourceId("src-1"))


def fill(store: Store, seed: int) -> None:
    """Apply a few random change sets, and retract something in between."""
    chance = random.Random(seed)
    for now in TIMES[1:5]:
        distinct = {made.claim_key: made for made in (statement(chance) for _ in range(60))}
        store.apply(change_set(*distinct.values()), now)
        current = [claim.claim_id for claim in stored(store)]
        store.retract(now, claim_ids=chance.sample(current, 5))


def lenses(seed: int) -> list[Lens]:
    """Return a few lenses on the boundaries."""
    chance = random.Random(seed)
    return [
        lens(
            chance.choice(READERS), valid_at=chance.choice(DAYS), known_at=chance.choice(TIMES),
            min_grade=chance.choice(GRADES),
        )
        for _ in range(12)
    ]  # fmt: skip


def history(claims: list[Claim], node: NodeRef, by: Lens) -> list[Claim]:
    """Return what was ever said of a node, the slow way."""
    found = []
    for claim in claims:
        ends = {claim.start, claim.end}
        ends |= {NodeRef(node.label, holder_of(end.id)) for end in ends if end.label is Label.ITEM}
        is_graded = claim.type is RelationshipType.DESCRIBES or claim.grade.rank >= by.min_grade.rank
        is_known = claim.recorded_at <= by.known_at and claim.recorded_at < claim.retracted_at
        if node in ends and is_graded and is_known and claim.visibility in by.visible_to:
            is_held = claim.retracted_at > by.known_at
            found.append(replace(claim, retracted_at=NOT_RETRACTED) if is_held else claim)
    return sorted(found, key=lambda claim: (claim.recorded_at, claim.claim_id), reverse=True)


def reached(claims: list[Claim], start: str, upstream: bool) -> list[str]:
    """Walk the slow way."""
    known, waiting, met = {start}, [start], []
    while waiting:
        here = waiting.pop()
        for claim in claims:
            near, far = (claim.end.id, claim.start.id) if upstream else (claim.start.id, claim.end.id)
            if claim.type in GOODS_TYPES and near == here:
                met.append(claim.claim_id)
                if far not in known:
                    known.add(far)
                    waiting.append(far)
    return sorted(met)


@pytest.mark.parametrize("seed", range(3))
def test_every_read_agrees_with_a_plain_reading(store: Store, seed: int) -> None:
    fill(store, seed)
    everything = stored(store)
    everyone = [f"{letter}{n}" for letter in "fs" for n in range(4)]
    for by in lenses(seed):
        seen = [claim for claim in everything if by.sees(claim)]
        for start in ("f0/a", "s1/b", "c1"):
            for upstream in (False, True):
                closure = store.closure([start], "upstream" if upstream else "downstream", by, 1000)
                expected = reached(seen, start, upstream)
                assert sorted(claim.claim_id for claim in closure.claims) == expected
        carried = [claim for claim in seen if claim.type in GOODS_TYPES]
        touched = {claim.end.id for claim in seen if claim.type is RelationshipType.OFFERS}
        touched |= {end.id for claim in carried for end in (claim.start, claim.end) if end.label is Label.ITEM}
        ends = {end.id for claim in seen for end in (claim.start, claim.end) if end.id in everyone}
        holdings = store.items_of(everyone, by)
        assert [h.holder_id for h in holdings] == sorted(ends | {holder_of(item) for item in touched})
        assert {f"{h.holder_id}/{p}" for h in holdings for p in h.products} == touched
        columns = store.portfolio(by)
        described = {c.end.id for c in everything if by.any_grade().sees(c) and c.end.label is Label.CONTRACT
                     and c.type is RelationshipType.DESCRIBES}  # fmt: skip
        assert set(columns.contracts.values()) == described
        assert {row.item_id for row in columns.items} == touched
        assert len(columns.start) == len(carried)
        assert goods(store, by) == {
            (c.start.id, "?" if c.end.id in {"c0", "c1", "c2"} - described else c.end.id) for c in carried
        }
        assert len(columns.shares) == sum((c.share_low, c.share_high) != (0, 1) for c in carried)
        operations = {(c.start.id, c.end.id) for c in seen if c.type is RelationshipType.OPERATED_BY}
        assert sorted(columns.operations) == sorted(operations)
        for kind in RelationshipType:
            links = store.links_of(everyone, [kind], "downstream", by)
            assert [c.claim_id for c in links] == sorted(
                c.claim_id for c in seen if c.type is kind and c.start.id in everyone
            )
        for node in (holder("f0"), holder("s1"), contract("c1")):
            expected_history = history(everything, node, by)
            assert store.history(node, by, 1000) == expected_history
            assert store.history(node, by, 3) == expected_history[:3]
