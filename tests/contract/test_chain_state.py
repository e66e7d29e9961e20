"""What tells whether chains that somebody sees may have changed: it moves with all that an answer is computed from."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.build import (
    LATER,
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
    located,
    offers,
    supplies,
)
from tracegraph.change_set import ChangeSet
from tracegraph.model import NodeRef, Product, ProductId
from tracegraph.store.chain_state import ChainState
from tracegraph.store.port import Store
from tracegraph.vocabulary import Label


def states(store: Store) -> dict[str, ChainState]:
    """Return what each reader sees of it."""
    return {reader: store.chain_state(lens(reader)) for reader in ("public", "network", "SE-AB", "SE-M")}


def moved(before: dict[str, ChainState], after: dict[str, ChainState]) -> set[str]:
    """Return for whom it changed."""
    return {reader for reader in before if before[reader] != after[reader]}


def test_an_empty_store_holds_no_part_of_a_chain(store: Store) -> None:
    assert set(states(store).values()) == {ChainState()}


def test_it_moves_for_those_who_see_what_changed(store: Store) -> None:
    empty = states(store)
    store.apply(change_set(supplies("f1/g", "s1/g", visibility="region:SE-AB")), NOW)
    private = states(store)
    assert moved(empty, private) == {"SE-AB"}
    assert private["SE-AB"].visible_to == ("region:SE-AB",)
    assert private["SE-AB"].settled_at == NOW
    store.apply(change_set(supplies("f2/g", "s1/g")), LATER)
    shared = states(store)
    assert moved(private, shared) == {"network", "SE-AB", "SE-M"}
    assert shared["SE-M"] == shared["network"] != shared["SE-AB"]
    store.apply(change_set(supplies("f3/g", "s1/g", visibility="public")), LATER)
    assert moved(shared, states(store)) == {"public", "network", "SE-AB", "SE-M"}


@pytest.mark.parametrize(
    "change",
    [
        lambda: change_set(offers("s1/g", attributes={"sourcing": "complete"})),
        lambda: change_set(delivered("s1/g", "c1")),
        lambda: change_set(located("f1", "MY")),
        lambda: change_set(describes(contract("c1"), says={"title": "C"})),
        lambda: change_set(describes(NodeRef(Label.FACTORY, "f1"), says={"identified": False})),
        lambda: change_set(describes(holder("s1"), says={"name": "S"}), located("f1", "MY")),
        lambda: change_set(references=[Product(ProductId("g"), "Gloves")]),
    ],
)
def test_it_moves_with_all_that_an_answer_is_computed_from(store: Store, change: Callable[[], ChangeSet]) -> None:
    before = states(store)
    store.apply(change(), NOW)
    assert "network" in moved(before, states(store))


def test_names_of_suppliers_and_incidents_do_not_move_it(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    before, version = states(store), store.version(lens())
    store.apply(change_set(describes(holder("s1"), says={"name": "S"}), incidents=[incident("i1")]), LATER)
    assert states(store) == before
    assert store.version(lens()) == version + 1


def test_it_moves_when_claims_end_and_says_when(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g", visibility="public")), NOW)
    before = states(store)
    number = store.apply(change_set(supplies("f2/g", "s1/g", visibility="public")), NOW).change_set
    store.retract(LATER, change_set=number)
    after = states(store)
    assert moved(before, after) == {"public", "network", "SE-AB", "SE-M"}
    assert after["public"].settled_at == store.settled_at() == LATER


def test_names_that_end_with_an_undone_import_move_it_all_the_same(store: Store) -> None:
    number = store.apply(change_set(describes(holder("s1"), says={"name": "S"})), NOW).change_set
    before = states(store)
    store.retract(LATER, change_set=number)
    assert "network" in moved(before, states(store))  # more than it must: nothing is kept that does not hold


def test_what_is_being_written_moves_nothing_until_it_is_there(store: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g")), NOW)
    before, big = states(store), large(supplies("f2/g", "s1/g"))
    interrupt(store, big, LATER)
    assert states(store) == before
    store.apply(big, LATER)
    assert "network" in moved(before, states(store))
    assert store.chain_state(lens()).settled_at == store.settled_at()


def test_it_survives_an_export(store: Store, other: Store) -> None:
    store.apply(change_set(supplies("f1/g", "s1/g"), supplies("f2/g", "s1/g", visibility="region:SE-AB")), NOW)
    number = store.apply(change_set(supplies("f3/g", "s1/g")), NOW).change_set
    store.retract(LATER, change_set=number)
    other.restore(store.stream())
    assert {reader: state.visible_to for reader, state in states(other).items()} == {
        reader: state.visible_to for reader, state in states(store).items()
    }
    assert other.chain_state(lens("SE-AB")).settled_at == LATER
