"""Lists of nodes and single nodes over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tests.contract.build import change_set, contract, delivered, describes, located, offers, supplies
from tracegraph.access import ANONYMOUS, Principal, Role
from tracegraph.exchange.show import portrait_body
from tracegraph.lens import Lens
from tracegraph.services.show import show
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.policy import AUTHENTICATE

KEYS = {
    "factories": "factory_id",
    "suppliers": "supplier_id",
    "items": "item_id",
    "products": "product_id",
    "contracts": "contract_id",
    "countries": "country",
    "regions": "region_id",
    "categories": "category_id",
    "sources": "source_id",
}
STOCKHOLM = Principal("key:ab", frozenset({Role.READER}), region="SE-AB")
SKANE = Principal("key:m", frozenset({Role.READER}), region="SE-M")


def walked(client: FlaskClient, url: str, **query: object) -> Iterator[dict[str, object]]:
    """Yield the rows of all pages, following the links."""
    page = client.get(url, query_string=query).get_json()
    while True:
        yield from page["items"]
        following = page["_links"].get("next")
        if following is None:
            return
        page = client.get(following["href"]).get_json()


def ids(client: FlaskClient, plural: str, **query: object) -> list[object]:
    response = client.get(f"{ROOT}/{plural}", query_string={"limit": 200, **query})
    assert response.status_code == 200, response.data
    return [row[KEYS[plural]] for row in response.get_json()["items"]]


def as_one(store: Store, who: Principal) -> FlaskClient:
    """Return a client as which one caller asks."""
    app = create_app(ApiSettings(access=Access.PUBLIC), store)
    context_of(app).parts[AUTHENTICATE] = lambda _header: who
    return app.test_client()


@pytest.mark.parametrize("plural", KEYS)
def test_pages_give_each_node_once_and_count_all(reading: FlaskClient, plural: str) -> None:
    rows = list(walked(reading, f"{ROOT}/{plural}", limit=7))
    found = [row[KEYS[plural]] for row in rows]
    by_number = []
    for page in range(1, len(found) // 7 + 2):
        body = reading.get(f"{ROOT}/{plural}", query_string={"limit": 7, "page": page}).get_json()
        assert body["meta"]["total"] == len(found)
        assert body["meta"]["total_is_exact"]
        by_number += [row[KEYS[plural]] for row in body["items"]]
    assert found == by_number == sorted(set(found), key=str)
    assert len(found) > 7


@pytest.mark.parametrize("plural", KEYS)
def test_every_link_of_a_row_leads_somewhere(reading: FlaskClient, plural: str) -> None:
    body = reading.get(f"{ROOT}/{plural}", query_string={"limit": 2}).get_json()
    for row in body["items"]:
        for link in row["_links"].values():
            response = reading.get(link["href"])
            assert response.status_code == 200, (link, response.data)


def test_one_node_says_what_show_says(reading: FlaskClient, read_store: Store) -> None:
    for plural, node_id in (("factories", "demo-plant-klang"), ("contracts", "demo-c-0001"), ("products", "gloves")):
        body = reading.get(f"{ROOT}/{plural}/{node_id}", query_string={"known_at": "2025-01-01"}).get_json()
        lens_body, links = body.pop("lens"), body.pop("_links")
        assert links["self"]["href"] == f"{ROOT}/{plural}/{node_id}"
        lens = Lens(**{**lens_body, "visible_to": tuple(lens_body["visible_to"]), "min_grade": Grade.INFERRED})
        assert body in [portrait_body(portrait) for portrait in show(node_id, lens, read_store).portraits]


def test_two_days_of_one_node_are_compared(reading: FlaskClient) -> None:
    url = f"{ROOT}/suppliers/top-glove"
    body = reading.get(url, query_string={"valid_at": "2021-06-01", "since": "2018-06-01"}).get_json()
    assert body["changes"]["since"] == "2018-06-01"
    assert body["changes"]["new"] or body["changes"]["gone"] or body["changes"]["attributes"]


@pytest.mark.parametrize(
    ("plural", "query", "some", "none"),
    [
        ("factories", {"country": "Malaysia"}, "demo-plant-klang", "demo-latex-ulsan"),
        ("factories", {"product": "gloves"}, "demo-plant-klang", "demo-latex-ulsan"),
        ("factories", {"name": "KLANG"}, "demo-plant-klang", "demo-latex-ulsan"),
        ("suppliers", {"product": "gloves"}, "demo-wholesale-01", "karex"),
        ("suppliers", {"name": "wholesale"}, "demo-wholesale-01", "karex"),
        ("items", {"supplier": "demo-wholesale-01"}, "demo-wholesale-01/gloves-nitrile", "abena/gloves"),
        ("items", {"country": "MY"}, "demo-plant-klang/gloves-nitrile", "abena/gloves"),
        ("items", {"product": "gloves-nitrile"}, "demo-plant-klang/gloves-nitrile", "abena/gloves"),
        ("contracts", {"region": "SE-M"}, "demo-c-0001", "demo-c-0002"),
        ("contracts", {"category": "gloves"}, "demo-c-0001", "demo-c-0015"),
        ("contracts", {"supplier": "demo-wholesale-02"}, "demo-c-0001", "demo-c-0007"),
        ("contracts", {"product": "gloves", "region": "SE-M"}, "demo-c-0001", "demo-c-0002"),
        ("products", {"name": "handskar"}, "gloves", "paper"),
        ("countries", {"name": "tyskland"}, "DE", "MY"),
        ("regions", {"name": "stockholm"}, "SE-AB", "SE-M"),
        ("categories", {"name": "städ"}, "cleaning", "gloves"),
        ("sources", {"name": "ipoh"}, "demo-src-audit-ipoh", "demo-src-brand-01"),
    ],
)
def test_lists_are_narrowed(reading: FlaskClient, plural: str, query: dict[str, str], some: str, none: str) -> None:
    found = ids(reading, plural, **query)
    assert some in found
    assert none not in found
    assert set(found) < set(ids(reading, plural))


def test_filters_and_parameters_are_strict(reading: FlaskClient) -> None:
    for plural, query, place in (
        ("factories", {"country": "Atlantis"}, "country/0"),
        ("factories", {"region": "SE-AB"}, "region"),
        ("factories", {"cursor": "bm9uc2Vuc2U"}, "cursor"),
        ("contracts", {"limit": 201}, "limit"),
    ):
        response = reading.get(f"{ROOT}/{plural}", query_string=query)
        assert response.status_code == 422
        assert [error["parameter"] for error in response.get_json()["errors"]] == [place]


def test_a_cursor_of_another_list_is_refused(reading: FlaskClient) -> None:
    url = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"
    following = reading.get(url, query_string={"limit": 1}).get_json()["_links"]["next"]["href"]
    cursor = following.partition("cursor=")[2]
    assert reading.get(f"{ROOT}/factories", query_string={"cursor": cursor}).status_code == 422


# --- who sees what -------------------------------------------------------------------------------------------------


@pytest.fixture
def hidden(store: Store) -> Store:
    """The demo, and beside it what only Region Skåne may see."""
    secret = {"visibility": "region:SE-M"}
    store.apply(
        change_set(
            offers("f-secret/secret", **secret),
            supplies("f-secret/secret", "s-secret/secret", **secret),
            delivered("s-secret/secret", "c-secret", **secret),
            located("f-secret", "TD", **secret),
            describes(contract("c-secret"), says={"title": "Secret", "category": "secret"}, **secret),
        ),
        "2024-06-01T00:00:00Z",
    )
    return store


def test_what_is_hidden_is_not_there_nor_counted(hidden: Store, read_store: Store) -> None:
    header = {"Authorization": "Bearer x"}
    for who, sees in ((ANONYMOUS, False), (STOCKHOLM, False), (SKANE, True)):
        beside, without = as_one(hidden, who), as_one(read_store, who)
        for plural in KEYS:
            pages = [
                client.get(f"{ROOT}/{plural}", query_string={"known_at": "2025-01-01"}, headers=header).get_json()
                for client in (beside, without)
            ]
            if plural in ("factories", "suppliers", "items", "contracts", "countries", "products"):
                assert (pages[0]["meta"]["total"] > pages[1]["meta"]["total"]) is sees
            else:
                assert pages[0] == pages[1] or sees
        for path in ("factories/f-secret", "items/f-secret/secret", "contracts/c-secret", "countries/TD"):
            assert beside.get(f"{ROOT}/{path}", headers=header).status_code == (200 if sees else 404)


def test_an_unknown_id_and_a_hidden_one_look_the_same(hidden: Store) -> None:
    client = as_one(hidden, STOCKHOLM)
    headers = {"Authorization": "Bearer x", "X-Request-Id": "same-request"}
    bodies = []
    for node_id in ("f-secret", "f-nobody"):
        response = client.get(f"{ROOT}/factories/{node_id}/dependent-contracts", headers=headers)
        assert response.status_code == 404
        bodies.append(response.get_data(as_text=True).replace(node_id, "ID"))
    assert bodies[0] == bodies[1]


def test_the_id_of_another_kind_is_not_found(reading: FlaskClient) -> None:
    for path in ("factories/demo-wholesale-01", "suppliers/demo-plant-klang", "contracts/gloves", "regions/MY"):
        assert reading.get(f"{ROOT}/{path}").status_code == 404
    for path in ("factories/demo-wholesale-01", "suppliers/demo-plant-klang", "groups/demo-plant-klang"):
        assert reading.get(f"{ROOT}/{path}/dependent-contracts").status_code == 404
    assert reading.get(f"{ROOT}/countries/QQ/dependent-contracts").status_code == 404
    assert reading.get(f"{ROOT}/countries/TD/dependent-contracts").get_json()["meta"]["unmatched"]


def test_reading_as_somebody_who_sees_more_is_refused(read_store: Store) -> None:
    client = as_one(read_store, STOCKHOLM)
    response = client.get(f"{ROOT}/factories", query_string={"as": "SE-M"}, headers={"Authorization": "Bearer x"})
    assert response.status_code == 422
