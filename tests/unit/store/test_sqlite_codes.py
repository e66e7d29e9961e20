"""Words, days, times and ids as the SQLite store writes them."""

from __future__ import annotations

import pytest

from tests.contract.build import LATER, NOW, change_set, describes, holder, offers, stored, supplies
from tracegraph.change_set import ChangeSet
from tracegraph.errors import InvalidInput
from tracegraph.model import Region, claim_id_of
from tracegraph.store import sqlite_codes as codes
from tracegraph.store.sqlite import SqliteStore
from tracegraph.vocabulary import GOODS_TYPES, NOT_RETRACTED, Label, RelationshipType


@pytest.mark.parametrize("text", ["0001-01-01", "0999-12-31", "2024-02-29", "9999-12-31"])
def test_days_come_back(text: str) -> None:
    assert codes.day_text(codes.day(text)) == text


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2024-02-29T23:59:59Z", "2040-01-01T00:00:00Z", NOT_RETRACTED],
)
def test_times_come_back(text: str) -> None:
    assert codes.second_text(codes.second(text)) == text
    assert codes.second_text(codes.end_second(text)) == text


def test_what_is_held_has_no_end() -> None:
    assert codes.end_second(NOT_RETRACTED) is None


@pytest.mark.parametrize("text", ["", "2024", "2024-1-1", "20240101", "soon", "2024/01/01", "2024-01-01T00:00:00Z"])
def test_no_day(text: str) -> None:
    with pytest.raises(InvalidInput, match="YYYY-MM-DD"):
        codes.day(text)


@pytest.mark.parametrize(
    "text", ["", "2024-01-01", "2024-01-01T00:00:00", "2024-01-01 00:00:00Z", "2024-13-01T00:00:00Z"]
)
def test_no_time(text: str) -> None:
    with pytest.raises(InvalidInput, match="UTC"):
        codes.second(text)


def test_claim_ids_are_those_of_the_model() -> None:
    for version in (1, 2, 10):
        assert codes.id_text(codes.id_blob("a|b", version)) == claim_id_of("a|b", version)
        assert codes.blob_of(claim_id_of("a|b", version)) == codes.id_blob("a|b", version)
    assert codes.blob_of("clm-xyz") is codes.blob_of("") is codes.blob_of("clm-" + "A" * 20) is None


def test_every_word_has_a_code_and_goods_come_first() -> None:
    assert set(codes.LABELS) == set(Label)
    assert set(codes.TYPES) == set(RelationshipType) == set(codes.ENDS)
    assert codes.TYPES[:3] == GOODS_TYPES


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> SqliteStore:
    """A store with a factory."""
    store = SqliteStore(tmp_path_factory.mktemp("codes") / "store.db")
    store.init()
    store.apply(change_set(offers("f1/g")), NOW)
    return store


def test_a_holder_is_a_supplier_or_a_factory_not_both(store: SqliteStore) -> None:
    as_supplier = holder("s1")._replace(id="f1")
    with pytest.raises(InvalidInput, match="f1 is known as a Factory"):
        store.apply(ChangeSet("wrong", [describes(as_supplier)], {"f1": Label.SUPPLIER}), LATER)
    assert len(stored(store)) == 1
    store.close()


def test_the_holder_of_an_item_has_to_be_known(store: SqliteStore) -> None:
    with pytest.raises(InvalidInput, match="s1/g"):
        store.apply(ChangeSet("wrong", [supplies("f1/g", "s1/g")], {}), LATER)
    store.close()


def test_a_change_set_that_fails_in_the_middle_leaves_nothing(store: SqliteStore) -> None:
    before = list(store.stream())
    bad = change_set(supplies("f2/g", "s2/g"), supplies("f3/g", "s2/g", valid_to="soon"), references=[Region("SE-X")])
    with pytest.raises(InvalidInput, match="soon"):
        store.apply(bad, LATER)
    assert list(store.stream()) == before
    store.close()
