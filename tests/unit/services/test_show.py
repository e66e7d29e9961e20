"""A node by both clocks, on the demo world."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from tests.unit.demo_world import LENS, demo_store, lens
from tracegraph.answer_show import LinkRole, Portrait
from tracegraph.errors import UnknownNode
from tracegraph.services.names import names_of
from tracegraph.services.show import show
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, Label, RelationshipType, Sourcing


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return demo_store(Path(tmp_path_factory.mktemp("demo")) / "store.db")


def portrait(store: Store, node_id: str, **more: Any) -> Portrait:
    (found,) = show(node_id, LENS, store, **more).portraits
    return found


def others(found: Portrait, role: LinkRole) -> set[str]:
    return {link.other.id for link in found.by_role(role)}


def test_the_deciding_value_stands_first_and_the_others_beside(store: Store) -> None:
    attribute = next(a for a in portrait(store, "s1").attributes if a.name == "name")
    assert attribute.value == "Demo Wholesale 01"
    assert [(s.value, s.evidence.grade) for s in attribute.statements] == [
        ("Demo Wholesale 01", Grade.DECLARED),
        ("Wholesale One", Grade.REPORTED),
    ]


def test_a_supplier_with_its_neighbours(store: Store) -> None:
    found = portrait(store, "t1")
    assert found.node.label is Label.SUPPLIER
    assert found.value("aliases") == ["Trader", "DT3"]
    assert others(found, LinkRole.SELLER) == {"f1"}
    assert others(found, LinkRole.BUYER) == {"s1"}
    (owner,) = found.by_role(LinkRole.OWNER)
    assert (owner.other.id, owner.name, owner.owned_share) == ("s1", "Demo Wholesale 01", 0.3)
    assert others(portrait(store, "s1"), LinkRole.OWNED) == {"t1"}


def test_a_link_tells_who_says_so(store: Store) -> None:
    (seller,) = portrait(store, "t1").by_role(LinkRole.SELLER)
    assert seller.other == (Label.FACTORY, "f1")
    (evidence,) = seller.evidence
    assert evidence.source is not None
    assert (evidence.source.title, evidence.source.publisher) == ("Gloves and debts", "Demo Daily")
    assert (evidence.grade, evidence.recorded_at) == (Grade.REPORTED, "2024-01-01T00:00:00Z")


def test_a_factory_with_its_operator_and_place(store: Store) -> None:
    found = portrait(store, "f1")
    assert others(found, LinkRole.OPERATOR) == {"m1"}
    assert others(found, LinkRole.LOCATION) == {"MY"}
    assert {link.name for link in found.by_role(LinkRole.ITEM)} == {
        "Gloves at Demo Plant Klang",
        "Latex at Demo Plant Klang",
    }
    assert others(portrait(store, "m1"), LinkRole.PLANT) == {"f1"}
    (client,) = portrait(store, "m1").by_role(LinkRole.SERVICE_CLIENT)
    assert (client.other.id, client.service) == ("f2", "recruits")


def test_items_carry_their_sourcing(store: Store) -> None:
    (item,) = portrait(store, "s1").by_role(LinkRole.ITEM)
    assert item.sourcing is not None
    assert (item.sourcing.in_force, item.sourcing.source_count, item.sourcing.sources) == (Sourcing.COMPLETE, 2, 2)
    alone = portrait(store, "s1/gloves")
    assert alone.sourcing == item.sourcing
    assert others(alone, LinkRole.CONTRACT) == {"c1"}
    assert {link.share for link in alone.by_role(LinkRole.SELLER)} == {(0.6, 0.6), (0.0, 0.4)}


def test_a_contract_with_regions_category_and_deliveries(store: Store) -> None:
    found = portrait(store, "c1")
    assert found.name == "Examination gloves"
    assert others(found, LinkRole.DELIVERED_ITEM) == {"s1/gloves"}
    assert others(found, LinkRole.REGION) == {"SE-AB"}
    assert others(found, LinkRole.CATEGORY) == {"gloves"}
    assert portrait(store, "c2").sourcing is not None


def test_one_id_with_two_labels(store: Store) -> None:
    product, category = show("gloves", LENS, store, lang="sv").portraits
    assert (product.node.label, category.node.label) == (Label.PRODUCT, Label.CATEGORY)
    assert product.name == "Handskar"
    assert others(product, LinkRole.ITEM) == {"f1/gloves", "f2/gloves", "s1/gloves", "t1/gloves"}
    assert others(product, LinkRole.INGREDIENT) == {"latex"}
    assert others(product, LinkRole.NARROWER) == {"nitrile"}
    assert others(category, LinkRole.CONTRACT) == {"c1"}


@pytest.mark.parametrize(("node", "role", "found"), [("SE-AB", "contract", {"c1"}), ("MY", "located_factory", {"f1"})])
def test_regions_and_countries(store: Store, node: str, role: str, found: set[str]) -> None:
    assert others(portrait(store, node), LinkRole(role)) == found


def test_a_source_exists_when_a_visible_claim_names_it(store: Store) -> None:
    says = portrait(store, "src-1").says
    assert says is not None
    assert dict(says.counts) == {RelationshipType.SUPPLIES: 1, RelationshipType.DESCRIBES: 1}
    with pytest.raises(UnknownNode):
        show("src-3", LENS, store)
    assert show("src-3", lens("SE-AB"), store).portraits[0].says is not None


@pytest.mark.parametrize("hidden", ["p1", "p1/gloves", "f3", "nobody", "f1/masks", "SE", "ZZ"])
def test_what_is_not_seen_is_not_there(store: Store, hidden: str) -> None:
    if hidden == "SE":
        assert others(portrait(store, "SE"), LinkRole.REGISTERED_SUPPLIER) == {"s1"}
        return
    with pytest.raises(UnknownNode) as raised:
        show(hidden, LENS, store)
    assert hidden in str(raised.value)


class Told:
    """A store that writes down what it is asked."""

    def __init__(self, inner: Store) -> None:
        self._inner = inner
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._inner, name)


def test_no_more_is_read_for_a_hidden_source_than_for_an_unknown_one(store: Store) -> None:
    """Else the time of the answer would tell which there are."""
    asked = []
    for node_id in ("src-3", "src-9"):
        told = Told(store)
        with pytest.raises(UnknownNode):
            show(node_id, LENS, cast("Store", told), label=Label.SOURCE)
        asked.append(told.asked)
    assert asked[0] == asked[1]


def test_near_ids_are_suggested_but_no_hidden_ones(store: Store) -> None:
    with pytest.raises(UnknownNode) as raised:
        show("Demo Wholesail", LENS, store)
    assert raised.value.message.values["near"] == ("s1",)
    with pytest.raises(UnknownNode) as raised:
        show("p11", LENS, store)
    assert raised.value.message.values["near"] == ()


def test_new_and_gone_between_two_dates(store: Store) -> None:
    found = portrait(store, "t1", since="2017-06-01").changes
    assert found is not None
    assert [(link.role, link.other.id) for link in found.gone] == [(LinkRole.SELLER, "f3")]
    assert [(link.role, link.other.id) for link in found.new] == [(LinkRole.BUYER, "s1")]
    assert found.existed
    assert found.exists


def test_what_is_gone_is_shown_as_it_was(store: Store) -> None:
    found = portrait(store, "f3", since="2019-06-01")
    assert found.changes is not None
    assert (found.exists, found.changes.existed, found.changes.exists) == (False, True, False)
    back = show("f3", replace(LENS, valid_at="2019-06-01"), store, since="2024-06-01").portraits[0].changes
    assert back is not None
    assert (back.existed, back.exists) == (False, True)


def test_nothing_changed_says_so(store: Store) -> None:
    found = portrait(store, "m1", since="2023-01-01").changes
    assert found is not None
    assert found.is_nothing


def test_names_in_both_languages(store: Store) -> None:
    ids = ["s1", "f1/gloves", "f2/unspecified", "c1", "gloves", "MY", "SE-AB", "f2", "nobody"]
    assert names_of(ids, store, LENS) == {
        "s1": "Demo Wholesale 01",
        "f1/gloves": "Gloves at Demo Plant Klang",
        "f2/unspecified": "unspecified goods at f2",
        "c1": "Examination gloves",
        "gloves": "Gloves",
        "MY": "Malaysia",
        "SE-AB": "Region Stockholm",
        "f2": "f2",
        "nobody": "nobody",
    }
    assert names_of(["f1/gloves", "SE"], store, LENS, "sv") == {
        "f1/gloves": "Handskar hos Demo Plant Klang",
        "SE": "Sverige",
    }
