"""Search by text over HTTP."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tests.contract.build import change_set, describes, holder
from tracegraph.model import AttributeValue, Product, ProductId
from tracegraph.store.port import Store


def found(client: FlaskClient, text: str, **query: object) -> list[tuple[str, str, str]]:
    response = client.get(f"{ROOT}/search", query_string={"q": text, "limit": 200, **query})
    assert response.status_code == 200, response.data
    return [(row["label"], row["id"], row["reason"]) for row in response.get_json()["items"]]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("demo-plant-klang", ("Factory", "demo-plant-klang", "id")),
        ("demo plant KLANG", ("Factory", "demo-plant-klang", "name")),
        ("demo-c-0001", ("Contract", "demo-c-0001", "id")),
        ("Demo examination gloves, nitrile", ("Contract", "demo-c-0001", "name")),
        ("gloves", ("Product", "gloves", "id")),
        ("Handskar", ("Product", "gloves", "name")),
        ("Malaysia", ("Country", "MY", "name")),
        ("tyskland", ("Country", "DE", "name")),
        ("SE-AB", ("Region", "SE-AB", "id")),
        ("region  stockholm", ("Region", "SE-AB", "name")),
        ("städ", ("Category", "cleaning", "name")),
    ],
)
def test_what_is_spelled_exactly_so_comes_first(reading: FlaskClient, text: str, first: tuple[str, str, str]) -> None:
    assert found(reading, text)[0] == first


def test_aliases_and_identifiers_are_looked_at(writing: FlaskClient, store: Store) -> None:
    says: dict[str, AttributeValue] = {"name": "Åkerö Handskar AB", "aliases": ["AHA gloves"], "org_no": "5566778899"}
    store.apply(change_set(describes(holder("s-akero"), says=says)), "2024-06-01T00:00:00Z")
    assert ("Supplier", "s-akero", "name") in found(writing, "åkerö")
    assert found(writing, "AHA gl") == [("Supplier", "s-akero", "alias")]
    assert found(writing, "556677") == [("Supplier", "s-akero", "identifier")]


def test_nothing_holds_the_text_and_near_spellings_are_offered(reading: FlaskClient) -> None:
    near = found(reading, "klagn")
    assert ("Factory", "demo-plant-klang", "near") in near
    assert {reason for _, _, reason in near} == {"near"}
    assert ("Country", "MY", "near") in found(reading, "malasia")
    assert found(reading, "zzzzzzzz") == []


def test_names_that_are_new_are_found_at_once(writing: FlaskClient, store: Store) -> None:
    assert found(writing, "umbrellas") == []
    umbrella = Product(ProductId("umbrella"), "Umbrellas", "Paraplyer")
    store.apply(
        change_set(describes(holder("s-new"), says={"name": "New"}), references=[umbrella]), "2024-06-01T00:00:00Z"
    )
    assert found(writing, "umbrellas") == [("Product", "umbrella", "name")]
    assert found(writing, "paraply") == [("Product", "umbrella", "name")]


def test_pages_labels_and_language(reading: FlaskClient) -> None:
    whole = found(reading, "glove")
    pages = [found(reading, "glove", limit=5, page=n) for n in range(1, len(whole) // 5 + 2)]
    assert [row for page in pages for row in page] == whole
    assert {label for label, _, _ in found(reading, "glove", label="Factory")} == {"Factory"}
    response = reading.get(f"{ROOT}/search", query_string={"q": "malaysia"}, headers={"Accept-Language": "sv"})
    assert response.get_json()["items"][0]["name"] == "Malaysia"
    german = reading.get(
        f"{ROOT}/search", query_string={"q": "DE", "label": "Country"}, headers={"Accept-Language": "sv"}
    )
    assert german.get_json()["items"][0]["name"] == "Tyskland"


def test_what_is_hidden_is_not_found(writing: FlaskClient, store: Store) -> None:
    secret = describes(holder("s-hidden"), says={"name": "Xylophone"}, visibility="region:SE-M")
    store.apply(change_set(secret), "2024-06-01T00:00:00Z")
    for text in ("Xylophone", "s-hidden", "xylophon", "xylofone"):
        assert ("Supplier", "s-hidden") not in {row[:2] for row in found(writing, text)}


def test_a_search_needs_a_text(reading: FlaskClient) -> None:
    for query in ({}, {"q": ""}, {"q": "x" * 201}, {"q": "x", "label": "Ghost"}):
        assert reading.get(f"{ROOT}/search", query_string=query or None).status_code == 422
    assert found(reading, "   ") == []
