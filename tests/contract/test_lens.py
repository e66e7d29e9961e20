"""The lens: four conditions, the same in every read, each exact at its boundary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.contract.build import (
    GRADES,
    NOW,
    change_set,
    contract,
    describes,
    goods,
    holder,
    lens,
    operated,
    reach,
    stored,
    supplies,
)
from tracegraph.lens import Lens
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, Label, RelationshipType


def seen(store: Store, by: Lens) -> bool:
    """Return whether `f1/g SUPPLIES s1/g` is there; all reads must agree."""
    answers = {
        bool(reach(store, "f1/g", by=by)),
        bool(reach(store, "s1/g", upstream=True, by=by)),
        bool(store.links_of(["f1/g"], [RelationshipType.SUPPLIES], "downstream", by)),
        bool(store.links_of(["s1/g"], [RelationshipType.SUPPLIES], "upstream", by)),
        [(h.holder_id, h.products) for h in store.items_of(["f1", "s1"], by)] == [("f1", ("g",)), ("s1", ("g",))],
        bool(store.items_of(["f1", "s1"], by)),
        bool(goods(store, by)),
        bool(store.portfolio(by).items),
        bool(store.portfolio(by).shares),
        bool(store.find("f1", by, 5)),
    }
    assert len(answers) == 1
    assert answers == {any(by.sees(claim) for claim in stored(store))}
    return answers.pop()


@pytest.mark.parametrize(
    ("valid_at", "is_seen"),
    [("2019-12-31", False), ("2020-01-01", True), ("2020-12-31", True), ("2021-01-01", False)],
)
def test_valid_from_is_inclusive_and_valid_to_exclusive(store: Store, valid_at: str, is_seen: bool) -> None:
    claim = supplies("f1/g", "s1/g", valid_from="2020-01-01", valid_to="2021-01-01", share_low=0.5)
    store.apply(change_set(claim), NOW)
    assert seen(store, lens(valid_at=valid_at)) is is_seen


@pytest.mark.parametrize("valid_at", ["0001-01-01", "2020-01-01", "9999-12-30"])
def test_open_ends_are_open(store: Store, valid_at: str) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", share_low=0.5)), NOW)
    assert seen(store, lens(valid_at=valid_at))


@pytest.mark.parametrize(
    ("known_at", "is_seen"),
    [
        ("2020-03-01T11:59:59Z", False),
        ("2020-03-01T12:00:00Z", True),
        ("2024-05-31T23:59:59Z", True),
        ("2024-06-01T00:00:00Z", False),
        ("9999-12-30T00:00:00Z", False),
    ],
)
def test_recorded_at_is_inclusive_and_retracted_at_exclusive(store: Store, known_at: str, is_seen: bool) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", share_low=0.5, recorded_at="2020-03-01T12:00:00Z")), NOW)
    store.retract("2024-06-01T00:00:00Z", change_set=1)
    assert seen(store, lens(known_at=known_at)) is is_seen


@pytest.mark.parametrize(
    ("visibility", "readers"),
    [
        ("public", {"public", "network", "SE-AB", "SE-M"}),
        ("network", {"network", "SE-AB", "SE-M"}),
        ("region:SE-AB", {"SE-AB"}),
    ],
)
def test_visibility(store: Store, visibility: str, readers: set[str]) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", share_low=0.5, visibility=visibility)), NOW)
    assert {reader for reader in ("public", "network", "SE-AB", "SE-M") if seen(store, lens(reader))} == readers


def test_a_reader_whose_visibilities_nobody_used_sees_nothing(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", share_low=0.5)), NOW)
    assert not seen(store, replace(lens(), visible_to=("region:SE-Z",)))
    assert not seen(store, replace(lens(), visible_to=()))


@pytest.mark.parametrize("grade", GRADES)
@pytest.mark.parametrize("least", GRADES)
def test_grade(store: Store, grade: Grade, least: Grade) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", share_low=0.5, grade=grade)), NOW)
    assert seen(store, lens(min_grade=least)) is (grade.rank >= least.rank)


def test_attributes_are_read_whatever_their_grade_but_pass_the_rest(store: Store) -> None:
    store.apply(
        change_set(
            describes(contract("c1"), says={"title": "Gloves", "sourcing": "complete"}, grade=Grade.INFERRED),
            describes(contract("c2"), says={"title": "Masks"}, visibility="region:SE-AB"),
            describes(contract("c3"), says={"title": "Gowns"}, valid_to="2024-01-01"),
            describes(holder("f1"), says={"name": "Plant"}, grade=Grade.REPORTED),
            operated("f1", "s1", grade=Grade.VERIFIED),
        ),
        NOW,
    )
    strict = lens(min_grade=Grade.VERIFIED)
    assert [c.end.id for c in store.descriptions(Label.CONTRACT, None, strict)] == ["c1"]
    assert [c.end.id for c in store.descriptions(Label.FACTORY, ["f1"], strict)] == ["f1"]
    assert set(store.portfolio(strict).contracts.values()) == {"c1"}
    assert [s.sourcing for s in store.portfolio(strict).sourcings] == ["complete"]
    assert [m.id for m in store.find("gloves", strict, 5)] == ["c1"]
    assert [(m.id, m.name) for m in store.find("plant", strict, 5)] == [("f1", "Plant")]
    assert store.find("gowns", strict, 5) == store.find("masks", strict, 5) == []
