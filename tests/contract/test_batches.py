"""Large change sets: written in batches, seen as a whole, taken up where they were cut short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.build import (
    LATER,
    LENS,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    incident,
    interrupt,
    large,
    lens,
    reach,
    stored,
    supplies,
)
from tracegraph.errors import ImportInterrupted
from tracegraph.lens import Lens
from tracegraph.model import Product, ProductId, Region, claim_id_of
from tracegraph.store.port import ATOMIC_STATEMENTS, Store
from tracegraph.vocabulary import NOT_RETRACTED, Grade, Label

EARLY = "2020-01-01T00:00:00Z"
BASE = change_set(
    supplies("f1/g", "s1/g", share_low=0.5),
    supplies("f2/g", "s1/g", recorded_at=EARLY),
    delivered("s1/g", "c1"),
    describes(holder("s1"), says={"name": "Old name"}),
    describes(contract("c1"), says={"title": "Gloves"}),
    references=[Region("SE-AB", "Stockholm")],
    incidents=[incident("i1")],
)
#: Changes some of it, one with a date in the past, and adds to it.
BIG = large(
    supplies("f1/g", "s1/g", grade=Grade.VERIFIED),
    supplies("f2/g", "s1/g", grade=Grade.VERIFIED, recorded_at="2021-01-01T00:00:00Z"),
    supplies("f3/g", "s1/g", recorded_at=EARLY),
    describes(holder("s1"), says={"name": "New name"}),
    describes(holder("s2"), says={"name": "New holder"}),
    references=[Region("SE-AB", "Region Stockholm"), Product(ProductId("p"), "P")],
    incidents=[incident("i1", "More")],
    description="big",
)
LENSES = (
    LENS,
    lens(known_at="2020-06-01T00:00:00Z"),
    lens(known_at="2021-06-01T00:00:00Z"),
    lens(known_at=NOW),
    lens(known_at="2099-01-01T00:00:00Z"),
    lens("SE-AB"),
)


def everything(store: Store, by: Lens) -> dict[str, Any]:
    """Return what a reader can see of the parts that the large change set touches."""
    columns = store.portfolio(by)
    return {
        "down": sorted(store.closure(["f1/g", "f2/g", "f3/g", "s-0/p", "s-1/p"], "downstream", by, 100).claims),
        "up": sorted(store.closure(["c1"], "upstream", by, 100).claims),
        "items": store.items_of(["f1", "f2", "f3", "s1", "s2", "s-0", "s-hub"], by),
        "names": [claim.attributes for claim in store.descriptions(Label.SUPPLIER, None, by)],
        "found": [store.find(text, by, 5) for text in ("name", "new", "s-1", "f3")],
        "portfolio": (len(columns.start), sorted(row.item_id for row in columns.items), len(columns.shares)),
        "regions": store.references(Label.REGION),
        "products": dict(store.catalogue().products),
        "incidents": store.records("incident"),
        "history": [store.history(node, by, 50) for node in (holder("f1"), holder("s1"), contract("c1"))],
        "version": store.version(by),
    }


def test_an_interrupted_import_is_not_seen_at_all(store: Store) -> None:
    store.apply(BASE, NOW)
    before = [everything(store, by) for by in LENSES]
    lines = list(store.stream())
    interrupt(store, BIG, LATER)
    assert [everything(store, by) for by in LENSES] == before
    assert [line for line in store.stream() if line["line"] != "holder"] == [
        line for line in lines if line["line"] != "holder"
    ]
    newest = store.info().imports[0]
    assert (newest.state, newest.description, len(store.info().imports)) == ("open", "big", 2)


def test_nothing_is_seen_between_batches(store: Store) -> None:
    store.apply(BASE, NOW)
    before = [everything(store, by) for by in LENSES]
    total = len(BIG.statements)

    def look(done: int, of: int) -> None:
        assert of == total
        if store.info().imports[0].state == "open":
            assert [everything(store, by) for by in LENSES] == before

    store.apply(BIG, LATER, progress=look)
    assert [everything(store, by) for by in LENSES] != before


def test_the_same_import_takes_it_up_again(store: Store, other: Store) -> None:
    for each in (store, other):
        each.apply(BASE, NOW)
    interrupt(store, BIG, LATER)
    report = store.apply(BIG, "2024-04-01T00:00:00Z")
    assert (report.resumed, report.change_set) == (True, 2)
    assert report.new + report.changed + report.unchanged == len(BIG.statements)
    uninterrupted = other.apply(BIG, LATER)
    assert (uninterrupted.resumed, uninterrupted.new, uninterrupted.changed) == (False, len(BIG.statements) - 3, 3)
    assert list(store.stream()) == list(other.stream())
    assert [everything(store, by) for by in LENSES[:3]] == [everything(other, by) for by in LENSES[:3]]
    assert store.apply(BIG, "2024-05-01T00:00:00Z").is_nothing


def test_what_a_large_import_changes_is_changed(store: Store) -> None:
    store.apply(BASE, NOW)
    report = store.apply(BIG, LATER)
    assert (report.references_changed, report.incidents_changed, report.unchanged) == (2, 1, 0)
    versions = {(claim.start.id, claim.version): claim for claim in stored(store) if claim.end.id == "s1/g"}
    assert (versions["f1/g", 1].retracted_at, versions["f1/g", 2].recorded_at) == (LATER, LATER)
    assert versions["f2/g", 1].retracted_at == versions["f2/g", 2].recorded_at == "2021-01-01T00:00:00Z"
    (claim,) = store.closure(["f2/g"], "downstream", lens(known_at="2020-06-01T00:00:00Z"), 10).claims
    assert claim.grade == Grade.DECLARED.rank
    assert store.references(Label.REGION) == [Region("SE-AB", "Region Stockholm")]
    assert {match.id for match in store.find("new", LENS, 5)} == {"s1", "s2"}
    assert store.version(LENS) == 2


def test_its_time_is_at_least_a_second_past_the_last(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    store.apply(large(), NOW)
    assert {claim.recorded_at for claim in stored(store) if claim.change_set == 2} == {"2024-01-01T00:00:01Z"}


def test_another_import_is_refused_meanwhile(store: Store) -> None:
    store.apply(BASE, NOW)
    interrupt(store, BIG, LATER)
    first = claim_id_of(BASE.statements[0].claim_key, 1)
    attempts: tuple[Callable[[], object], ...] = (
        lambda: store.apply(change_set(supplies("f8/g", "s8/g")), LATER),
        lambda: store.apply(change_set(supplies("f8/g", "s8/g")), LATER, dry_run=True),
        lambda: store.apply(large(tag="other"), LATER),
        lambda: store.retract(LATER, claim_ids=[first]),
        lambda: store.retract(LATER, change_set=1),
    )
    for attempt in attempts:
        with pytest.raises(ImportInterrupted, match=r"(?s)big.*retract --import 2"):
            attempt()
    assert reach(store, "f1/g") == {("f1/g", "s1/g"), ("s1/g", "c1")}
    assert store.apply(BIG, LATER).resumed


def test_it_can_be_discarded_and_nobody_ever_sees_a_part_of_it(store: Store) -> None:
    store.apply(BASE, NOW)
    before = {by: everything(store, by) for by in LENSES}
    interrupt(store, BIG, LATER)
    report = store.retract("2024-03-01T00:00:00Z", change_set=2)
    assert report.retracted > 0
    assert store.info().imports[0].state == "finished" or store.info().imports[1].state == "finished"
    for by in LENSES:
        now = everything(store, by)
        for name in ("regions", "products", "incidents"):
            assert now[name] == before[by][name]
        assert not {claim.start for claim in now["down"]} & {"f3/g", "s-0/p", "s-1/p"}
        assert now["portfolio"][1] == [item for item in before[by]["portfolio"][1] if item in now["portfolio"][1]]
    for claim in stored(store):
        if claim.change_set == 2:
            assert claim.retracted_at == claim.recorded_at
    assert store.apply(change_set(supplies("f8/g", "s8/g")), "2024-03-02T00:00:00Z").new == 1
    again = store.apply(BIG, "2024-03-03T00:00:00Z")
    assert (again.resumed, again.new + again.changed) == (False, len(BIG.statements))
    assert {claim.retracted_at for claim in stored(store) if claim.change_set == again.change_set} == {NOT_RETRACTED}


def test_progress_counts_up_to_all(store: Store) -> None:
    seen: list[tuple[int, int]] = []
    big = large()
    store.apply(big, NOW, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (len(big.statements), len(big.statements))
    assert len(big.statements) == ATOMIC_STATEMENTS + 1


def test_a_large_import_that_changes_nothing_is_no_change_set(store: Store) -> None:
    store.apply(large(), NOW)
    report = store.apply(large(), LATER)
    assert (report.change_set, report.unchanged, report.resumed) == (None, ATOMIC_STATEMENTS + 1, False)
    assert len(store.info().imports) == 1


def test_a_large_dry_run_writes_nothing(store: Store) -> None:
    store.apply(BASE, NOW)
    before = list(store.stream())
    dry = store.apply(BIG, LATER, dry_run=True)
    assert (dry.change_set, dry.changed, dry.new) == (None, 3, len(BIG.statements) - 3)
    assert list(store.stream()) == before
    assert not store.apply(BIG, LATER).resumed
