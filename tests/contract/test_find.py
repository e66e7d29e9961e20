"""Search by text."""

from __future__ import annotations

from tests.contract.build import (
    LENS,
    NOW,
    change_set,
    contract,
    delivered,
    describes,
    holder,
    lens,
    offers,
    supplies,
)
from tracegraph.lens import Lens
from tracegraph.store.port import Store
from tracegraph.store.rows import Match
from tracegraph.vocabulary import Grade, Label

NAMES = (
    describes(holder("s1"), says={"name": "Åkerö Handskar AB", "aliases": ["AHA", "Gloves of Åkerö"]}),
    describes(holder("s2"), says={"name": "Gloves", "org_no": "5566778899", "identifiers": ["DUNS:123456789"]}),
    describes(holder("f1"), says={"name": "Top Gloves Plant", "os_id": "MY2019083D4X7Y"}),
    describes(contract("c1"), says={"title": "Gloves, nitrile", "diary_no": "RS 2019-0123"}),
    describes(holder("s3"), says={"name": "Glovesecret"}, visibility="region:SE-AB"),
    describes(holder("gloves"), says={"name": "Something else"}),
    offers("s4/gloves"),
    delivered("s1/gloves", "c2"),
)


def found(store: Store, text: str, by: Lens = LENS, limit: int = 20) -> list[str]:
    """Return the ids of what is found."""
    return [match.id for match in store.find(text, by, limit)]


def test_exact_then_beginning_then_the_rest_by_id(store: Store) -> None:
    store.apply(change_set(*NAMES), NOW)
    assert found(store, "gloves") == ["gloves", "s2", "c1", "s1", "f1"]
    assert found(store, "gloves", lens("SE-AB")) == ["gloves", "s2", "c1", "s1", "s3", "f1"]
    assert found(store, "GLOVES", limit=3) == ["gloves", "s2", "c1"]
    assert found(store, "gloves", limit=1) == ["gloves"]


def test_what_is_found_and_why(store: Store) -> None:
    store.apply(change_set(*NAMES), NOW)
    for text, match in {
        "s1": Match(Label.SUPPLIER, "s1", "Åkerö Handskar AB", "id"),
        "åkerö HANDSKAR": Match(Label.SUPPLIER, "s1", "Åkerö Handskar AB", "name"),
        "aha": Match(Label.SUPPLIER, "s1", "Åkerö Handskar AB", "alias"),
        "55667": Match(Label.SUPPLIER, "s2", "Gloves", "identifier"),
        "duns:123": Match(Label.SUPPLIER, "s2", "Gloves", "identifier"),
        "123456789": Match(Label.SUPPLIER, "s2", "Gloves", "identifier"),
        "my2019083d4x7y": Match(Label.FACTORY, "f1", "Top Gloves Plant", "identifier"),
        "nitrile": Match(Label.CONTRACT, "c1", "Gloves, nitrile", "name"),
        "2019-01": Match(Label.CONTRACT, "c1", "Gloves, nitrile", "identifier"),
        "s4": Match(Label.SUPPLIER, "s4", None, "id"),
    }.items():
        assert store.find(text, LENS, 1) == [match]


def test_nothing_is_found_for_nothing(store: Store) -> None:
    store.apply(change_set(*NAMES), NOW)
    assert store.find("no such text", LENS, 5) == store.find("", LENS, 5) == store.find("  ", LENS, 5) == []


def test_signs_that_mean_something_elsewhere_are_plain_text(store: Store) -> None:
    store.apply(change_set(describes(holder("s1"), says={"name": "100% (A*B) [x]_y ~\"z\" 'q' AND \\ +-&|!^:?/"})), NOW)
    for part in ("100%", "(A*B)", "[x]_", '~"z"', "'q'", "\\", "+-&|!^:?/", "% (", "and"):
        assert found(store, part) == ["s1"]
    for part in ("1%0", "A?B", ".*", "a_b", "*"):
        assert found(store, part) == (["s1"] if part == "*" else [])


def test_only_what_exists_under_the_lens_is_found(store: Store) -> None:
    store.apply(
        change_set(
            describes(holder("s1"), says={"name": "Visible"}, grade=Grade.REPORTED),
            describes(holder("s2"), says={"name": "Visible too"}, grade=Grade.REPORTED),
            supplies("f1/g", "s2/g", grade=Grade.VERIFIED),
            supplies("f8/g", "s8/g", visibility="region:SE-AB"),
            delivered("s2/g", "c8"),
        ),
        NOW,
    )
    assert found(store, "visible") == ["s1", "s2"]
    assert found(store, "visible", lens(min_grade=Grade.DECLARED)) == ["s2"]
    assert found(store, "s8") == found(store, "f8") == found(store, "c8") == []
    assert found(store, "s8", lens("SE-AB")) == ["s8"]


def test_a_name_that_is_hidden_or_gone_does_not_find_its_node(store: Store) -> None:
    store.apply(
        change_set(
            describes(holder("s1"), "src-1", {"name": "Cover name"}),
            describes(holder("s1"), "src-2", {"name": "Secret name"}, visibility="region:SE-AB"),
        ),
        NOW,
    )
    store.apply(change_set(describes(holder("s1"), "src-1", {"name": "New name"})), "2024-02-01T00:00:00Z")
    assert found(store, "secret") == []
    assert found(store, "secret", lens("SE-AB")) == ["s1"]
    assert found(store, "cover") == []
    assert found(store, "cover", lens(known_at="2024-01-31T00:00:00Z")) == ["s1"]
    assert [match.name for match in store.find("new", LENS, 5)] == ["New name"]


def test_the_deciding_name_is_shown(store: Store) -> None:
    store.apply(
        change_set(
            describes(holder("s1"), "src-1", {"name": "Aa Reported"}, grade=Grade.REPORTED),
            describes(holder("s1"), "src-2", {"name": "Declared old"}, recorded_at="2020-01-01T00:00:00Z"),
            describes(holder("s1"), "src-3", {"name": "Declared new b"}),
            describes(holder("s1"), "src-4", {"name": "Declared new a"}),
            describes(holder("s1"), "src-5", {"aliases": ["no name at all"]}, grade=Grade.VERIFIED),
        ),
        NOW,
    )
    assert [match.name for match in store.find("s1", LENS, 5)] == ["Declared new a"]
