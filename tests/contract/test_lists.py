"""Lists: which nodes exist under a lens, page by page, and what changed, in order."""

from __future__ import annotations

import pytest

from tests.contract.build import (
    LATER,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    lens,
    link,
    located,
    offers,
    operated,
    supplies,
    uses,
)
from tracegraph.lens import Lens
from tracegraph.model import Category, NodeRef, Product, ProductId, ReferenceRecord, Region, Source, SourceId
from tracegraph.services.history import history
from tracegraph.store.port import Store
from tracegraph.store.port_lists import Place
from tracegraph.vocabulary import Grade, Label, RelationshipType

T = RelationshipType
HIDDEN = "region:SE-AB"
START: Place = ("0001-01-01T00:00:00Z", "")


WORLD = (
    offers("f1/gloves", source_id=SourceId("src-1")),
    supplies("f1/gloves", "s1/gloves"),
    delivered("s1/gloves", "c1"),
    describes(contract("c1"), says={"title": "Gloves"}, source_id=SourceId("src-2")),
    operated("f2", "s2"),
    located("f1", "MY"),
    link("suppliers", T.REGISTERED_IN, holder("s1"), NodeRef(Label.COUNTRY, "SE"), grade=Grade.INFERRED),
    uses("SE-C", "c1"),
    link("contracts", T.IN_CATEGORY, contract("c1"), NodeRef(Label.CATEGORY, "hands")),
)
SECRET = (
    offers("f9/masks", visibility=HIDDEN, source_id=SourceId("src-9")),
    delivered("s9/masks", "c1", visibility=HIDDEN),
    describes(contract("c9"), says={"title": "Masks"}, visibility=HIDDEN),
    located("f1", "CN", visibility=HIDDEN),
    uses("SE-Z", "c9", visibility=HIDDEN),
    link("contracts", T.IN_CATEGORY, contract("c9"), NodeRef(Label.CATEGORY, "faces"), visibility=HIDDEN),
)
REFERENCES: tuple[ReferenceRecord, ...] = (
    Region("SE-AB", "Stockholm"),
    Category("gloves", "Gloves", "Handskar"),
    Product(ProductId("paper"), "Paper"),
    *(Source(SourceId(f"src-{n}"), f"Document {n}") for n in (1, 2, 3, 9)),
)


@pytest.fixture
def world(store: Store) -> Store:
    store.apply(change_set(*WORLD, *SECRET, references=REFERENCES), NOW)
    return store


EXIST = {
    Label.FACTORY: (["f1", "f2"], ["f1", "f2", "f9"]),
    Label.SUPPLIER: (["s1", "s2"], ["s1", "s2", "s9"]),
    Label.ITEM: (["f1/gloves", "s1/gloves"], ["f1/gloves", "f9/masks", "s1/gloves", "s9/masks"]),
    Label.CONTRACT: (["c1"], ["c1", "c9"]),
    Label.COUNTRY: (["MY", "SE"], ["CN", "MY", "SE"]),
    Label.REGION: (["SE-AB", "SE-C"], ["SE-AB", "SE-C", "SE-Z"]),
    Label.CATEGORY: (["gloves", "hands"], ["faces", "gloves", "hands"]),
    Label.PRODUCT: (["gloves", "paper"], ["gloves", "masks", "paper"]),
    Label.SOURCE: (["src-1", "src-2"], ["src-1", "src-2", "src-9"]),
}


def test_what_exists_is_what_visible_claims_touch(world: Store) -> None:
    for label, (to_all, to_one) in EXIST.items():
        for ids, by in ((to_all, lens()), (to_one, lens("SE-AB"))):
            assert (label, world.ids(label, by)) == (label, ids)
            assert world.count(label, by) == len(ids)


def test_pages_follow_one_another(world: Store) -> None:
    by = lens("SE-AB")
    for label, (_, ids) in EXIST.items():
        assert world.ids(label, by, after=ids[0], limit=1) == ids[1:2]
        assert world.ids(label, by, skip=1) == ids[1:]
        assert world.ids(label, by, after=ids[-1]) == []


def test_the_lens_counts_everywhere(world: Store) -> None:
    graded = lens(min_grade=Grade.REPORTED)
    assert world.ids(Label.COUNTRY, graded) == ["MY"]
    assert world.ids(Label.CONTRACT, lens(min_grade=Grade.VERIFIED)) == ["c1"]
    before = lens(known_at="2023-01-01T00:00:00Z")
    assert [world.count(label, before) for label in EXIST] == [0, 0, 0, 0, 0, 1, 1, 1, 0]


# --- what changed --------------------------------------------------------------------------------------------------


def told(store: Store, by: Lens, after: Place = START, limit: int = 100, *, any_day: bool = False) -> list[str]:
    return [
        f"{'-' if change.retracted else '+'}{change.claim.start.id} {change.at[:7]}"
        for change in store.changes(by, after, limit, any_day=any_day)
    ]


def test_changes_come_in_order_and_only_those_that_are_seen(store: Store) -> None:
    store.apply(change_set(offers("f1/a"), offers("f9/a", visibility=HIDDEN)), NOW)
    (known,) = store.changes(lens(), START, 9)
    store.retract(LATER, claim_ids=[known.claim.claim_id])
    store.apply(change_set(offers("f2/a")), LATER)
    assert told(store, lens())[0] == "+f1 2024-01"
    assert sorted(told(store, lens())) == ["+f1 2024-01", "+f2 2024-02", "-f1 2024-02"]
    assert told(store, lens(known_at=NOW)) == ["+f1 2024-01"]
    assert "+f9 2024-01" in told(store, lens("SE-AB"))
    assert told(store, lens("public")) == []


def test_pages_of_changes_give_each_once(world: Store) -> None:
    by = lens("SE-AB")
    whole = world.changes(by, START, 100)
    assert len(whole) == len(WORLD) + len(SECRET)
    place, found = START, []
    while page := world.changes(by, place, 4):
        found += page
        place = page[-1].place
        assert world.count_changes(by, place) == len(found)
    assert found == whole
    assert [change.place for change in whole] == sorted(change.place for change in whole)


def test_a_claim_of_another_day_is_told_where_any_day_is_asked_for(store: Store) -> None:
    store.apply(change_set(offers("f1/a", valid_to="2020-01-01"), describes(holder("f1"), says={"n": "1"})), NOW)
    assert told(store, lens()) == ["+unsourced 2024-01"]
    assert len(told(store, lens(), any_day=True)) == 2
    assert store.count_changes(lens(), (LATER, ""), any_day=True) == 2
    assert told(store, lens(min_grade=Grade.VERIFIED), any_day=True) == ["+unsourced 2024-01"]


def test_what_nobody_ever_saw_is_no_change(store: Store) -> None:
    store.apply(change_set(offers("f1/a", recorded_at=LATER)), NOW)
    (change,) = store.changes(lens(), START, 9)
    store.retract(NOW, claim_ids=[change.claim.claim_id])
    assert told(store, lens()) == []


# --- all that was ever said of a node --------------------------------------------------------------------------------


def said(store: Store, node: NodeRef, by: Lens, limit: int = 100) -> list[str]:
    return [
        f"{claim.start.id}>{claim.end.id} {claim.share_low:g} {claim.valid_to[:4]} {claim.retracted_at[:7]}"
        for claim in store.history(node, by, limit)
    ]


def test_history_has_what_ended_what_was_replaced_and_what_was_retracted(store: Store) -> None:
    ended = supplies("f1/a", "s1/a", valid_to="2020-01-01")
    store.apply(change_set(ended, delivered("s1/a", "c1", share_low=0.25), offers("s2/a")), NOW)
    store.apply(change_set(delivered("s1/a", "c1", share_low=0.5)), LATER)
    (kept,) = store.history(contract("c1"), lens(), 1)
    store.retract("2024-03-01T00:00:00Z", claim_ids=[kept.claim_id])
    of_contract = ["s1/a>c1 0.5 9999 2024-03", "s1/a>c1 0.25 9999 2024-02"]
    assert said(store, contract("c1"), lens()) == of_contract
    assert sorted(said(store, holder("s1"), lens())) == sorted(["f1/a>s1/a 0 2020 9999-12", *of_contract])
    assert said(store, holder("f1"), lens()) == ["f1/a>s1/a 0 2020 9999-12"]
    assert said(store, contract("c1"), lens(), 1) == of_contract[:1]
    assert said(store, NodeRef(Label.SUPPLIER, "f1"), lens()) == []


def test_who_looks_back_does_not_know_what_came_after(store: Store) -> None:
    store.apply(change_set(delivered("s1/a", "c1", share_low=0.25)), NOW)
    store.apply(change_set(delivered("s1/a", "c1", share_low=0.5)), LATER)
    assert said(store, contract("c1"), lens(known_at=NOW)) == ["s1/a>c1 0.25 9999 9999-12"]
    assert said(store, contract("c1"), lens(known_at="2023-01-01T00:00:00Z")) == []


def test_what_becomes_public_does_not_show_what_it_was_before(store: Store) -> None:
    store.apply(change_set(delivered("s1/a", "c1", share_low=0.25, visibility=HIDDEN)), NOW)
    (private,) = store.history(contract("c1"), lens("SE-AB"), 9)
    store.retract(LATER, claim_ids=[private.claim_id])
    store.apply(change_set(delivered("s1/a", "c1", share_low=0.5)), LATER)
    assert said(store, contract("c1"), lens()) == ["s1/a>c1 0.5 9999 9999-12"]
    assert said(store, contract("c1"), lens("SE-AB"))[1:] == ["s1/a>c1 0.25 9999 2024-02"]
    assert said(store, contract("c1"), lens("SE-M")) == said(store, contract("c1"), lens())


def test_history_keeps_to_grades_except_for_descriptions(store: Store) -> None:
    row = describes(contract("c1"), says={"title": "x"}, grade=Grade.INFERRED)
    store.apply(change_set(delivered("s1/a", "c1", grade=Grade.REPORTED), row), NOW)
    assert len(store.history(contract("c1"), lens(), 9)) == 2
    (found,) = store.history(contract("c1"), lens(min_grade=Grade.VERIFIED), 9)
    assert found.type is T.DESCRIBES


def test_goods_that_nobody_holds_any_more_are_told_as_goods(store: Store) -> None:
    ended = offers("s2/a", valid_to="2020-01-01")
    store.apply(change_set(ended), NOW)
    told_of = history(holder("s2"), lens(valid_at="2021-01-01"), store)
    links = [version.link for version in told_of.versions if version.link]
    assert [(link.other, link.product) for link in links] == [(NodeRef(Label.ITEM, "s2/a"), "a")]


def test_places_have_a_history_too(world: Store) -> None:
    assert said(world, NodeRef(Label.COUNTRY, "MY"), lens()) == ["f1>MY 0 9999 9999-12"]
    assert said(world, NodeRef(Label.CATEGORY, "faces"), lens()) == []
    assert len(said(world, NodeRef(Label.REGION, "SE-C"), lens())) == 1
