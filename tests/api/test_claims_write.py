"""Claims recorded and ended over HTTP: the rules of files, all or nothing, nothing of what is hidden, nobody else's."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.api.callers import Callers, shaped
from tests.contract.build import change_set, describes, supplies
from tracegraph.composition import open_store
from tracegraph.model import NodeRef, Source, SourceId
from tracegraph.services.events import EVENT
from tracegraph.store.port import AUDIT, Store
from tracegraph.vocabulary import Label

SUPPLIER: dict[str, Any] = {"supplier_id": "sup-new", "name": "New Gloves (fictional)", "country": "SE"}
LINK: dict[str, Any] = {"seller_id": "demo-plant-klang", "buyer_id": "demo-wholesale-01", "product": "gloves"}
SEEN = "demo-src-daily-gloves"
HIDDEN = "src-hidden"
SKANE = "region:SE-M"


def hide(store: Store) -> None:
    """Let Skåne alone know a plant, a supplier, a document, and a link."""
    secret = change_set(
        describes(NodeRef(Label.FACTORY, "sec-plant"), HIDDEN, {"name": "Secret plant"}, visibility=SKANE),
        describes(NodeRef(Label.SUPPLIER, "sec-sup"), HIDDEN, {"name": "Secret supplier"}, visibility=SKANE),
        supplies("sec-plant/gloves", "demo-wholesale-01/gloves", source_id=SourceId(HIDDEN), visibility=SKANE),
        references=[Source(SourceId(HIDDEN), "Secret paper", kind="own")],
    )
    labels = {"sec-plant": Label.FACTORY, "sec-sup": Label.SUPPLIER, "demo-wholesale-01": Label.SUPPLIER}
    store.apply(replace(secret, holders=labels), "2024-02-01T00:00:00Z")


@pytest.fixture
def callers(store: Store) -> Callers:
    """Callers of a store in which Skåne alone knows some things."""
    hide(store)
    return Callers(store)


def rows(table: str, *stated: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"table": table, "rows": [dict(row) for row in stated], **more}


def wrong(response: Any) -> list[tuple[str, str]]:
    assert response.status_code == 422, response.get_json()
    found = response.get_json()["errors"]
    return [(one["pointer"], one.get("rule", "")) for one in found if one.get("severity") != "warning"]


def recorded(callers: Callers, who: str, body: Mapping[str, Any]) -> list[str]:
    """Record rows; return the ids of the claims of all of them."""
    response = callers.post(who, "/claims", body)
    assert response.status_code == 201, response.get_json()
    return [id for row in shaped("claims_recorded", response)["rows"] for id in row["claim_ids"]]


def actions(store: Store) -> list[str]:
    return [row.body["action"] for row in store.page(AUDIT, limit=1000) if not row.body["action"].endswith(".read")]


# --- recording -------------------------------------------------------------------------------------------------------


def test_rows_are_their_region_s_own_unless_they_say_otherwise(callers: Callers) -> None:
    description, registered = recorded(callers, "ab", rows("suppliers", SUPPLIER))
    body = shaped("claim", callers.get("ab", f"/claims/{description}"))
    assert (body["type"], body["to"]) == ("DESCRIBES", {"label": "Supplier", "id": "sup-new"})
    assert (body["visibility"], body["grade"], body["retracted_at"]) == ("region:SE-AB", "declared", None)
    assert body["attributes"] == {"name": "New Gloves (fictional)", "country": "SE"}
    assert [callers.get(who, f"/claims/{registered}").status_code for who in ("m", "lead", None)] == [404, 404, 404]
    (shared, *_) = recorded(callers, "ab", rows("suppliers", SUPPLIER | {"visibility": "network"}))
    assert [callers.get(who, f"/claims/{shared}").status_code for who in ("m", "lead", None)] == [200, 200, 404]
    (national, *_) = recorded(callers, "lead", rows("suppliers", SUPPLIER | {"supplier_id": "sup-lead"}))
    assert shaped("claim", callers.get("m", f"/claims/{national}"))["visibility"] == "network"


def test_claims_are_listed_by_id_as_far_as_they_are_seen(callers: Callers) -> None:
    (own, *_) = recorded(callers, "ab", rows("suppliers", SUPPLIER))
    (shared,) = recorded(callers, "ab", rows("supplies", LINK | {"visibility": "network", "source_id": SEEN}))
    ids = [own, shared, "clm-00000000000000000000"]
    page = shaped("claim_page", callers.get("ab", "/claims", ids=ids))
    assert [one["claim_id"] for one in page["items"]] == sorted([own, shared])
    assert page["meta"]["total"] == 2
    assert [one["claim_id"] for one in callers.items("m", "/claims", ids=ids)] == [shared]
    assert callers.get("ab", "/claims").status_code == 422


def test_what_is_said_again_changes_nothing_and_what_is_said_otherwise_replaces_it(callers: Callers) -> None:
    body = rows("supplies", LINK | {"share": 0.4, "source_id": SEEN})
    (first,) = recorded(callers, "ab", body)
    again = callers.post("ab", "/claims", body)
    told = shaped("claims_recorded", again)
    assert (again.status_code, told["nothing_changed"], told["unchanged"]) == (200, True, 1)
    assert told["rows"] == [{"claim_ids": [first]}]
    callers.now = "2024-06-02T08:00:00Z"
    (second,) = recorded(callers, "ab", rows("supplies", LINK | {"share": 0.5, "source_id": SEEN}))
    assert shaped("claim", callers.get("ab", f"/claims/{second}"))["version"] == 2
    assert callers.get("ab", f"/claims/{first}").status_code == 404
    before = shaped("claim", callers.get("ab", f"/claims/{first}", known_at="2024-06-01T12:00:00Z"))
    assert (before["version"], before["share"], before["retracted_at"]) == (1, {"low": 0.4, "high": 0.4}, None)


def test_cells_of_json_mean_what_cells_of_a_file_mean(callers: Callers) -> None:
    contract = {
        "avtal_id": "c-new",  # Swedish names are as good
        "title": "Gloves (fictional)",
        "regions": ["SE-AB", "SE-E"],
        "value_sek": 1000000,
        "supplier_id": "demo-wholesale-01",
        "product": "gloves",
        "share": 0.25,
        "diary_no": None,
        "source_id": SEEN,
        "confidence": 0.000001,
    }
    ids = recorded(callers, "ab", rows("contracts", contract))
    found = {one["claim_id"]: one for one in callers.items("ab", "/claims", ids=ids)}
    by_type = {found[id]["type"]: found[id] for id in ids}
    assert set(by_type) == {"DESCRIBES", "USES", "DELIVERED_UNDER"}
    assert by_type["DESCRIBES"]["attributes"]["regions"] == ["SE-AB", "SE-E"]
    assert by_type["DESCRIBES"]["attributes"]["value_sek"] == 1_000_000
    assert by_type["DELIVERED_UNDER"]["share"] == {"low": 0.25, "high": 0.25}
    assert by_type["DELIVERED_UNDER"]["confidence"] == 0.000001
    factory = {"factory_id": "f-new", "name": "F (fictional)", "country": "MY", "identified": False, "source_id": SEEN}
    (described, *_) = recorded(callers, "ab", rows("factories", factory | {"lat": 3.04, "lng": 101.45}))
    attributes = callers.get("ab", f"/claims/{described}").get_json()["attributes"]
    assert (attributes["identified"], attributes["lat"]) == (False, 3.04)
    product = {"holder_id": "demo-wholesale-01", "product": "demo-brand-new"}
    told = shaped("claims_recorded", callers.post("ab", "/claims", rows("items", product | {"source_id": SEEN})))
    assert [one["rule"] for one in told["warnings"]] == ["new-product"]


def test_documents_come_along_and_only_those_are_kept_that_a_row_names(callers: Callers) -> None:
    documents = [
        {"ref": "list", "title": "Supplier list (fictional)", "kind": "own"},
        {"ref": "unused", "title": "Another (fictional)", "kind": "own"},
    ]
    (id,) = recorded(callers, "ab", rows("supplies", LINK | {"source_id": "list"}, documents=documents))
    source = shaped("claim", callers.get("ab", f"/claims/{id}"))["source_id"]
    assert source.startswith("src-")
    assert callers.get("ab", f"/sources/{source}").status_code == 200
    titles = {record["body"]["title"] for record in callers.store.stream() if record.get("label") == "Source"}
    assert "Supplier list (fictional)" in titles
    assert "Another (fictional)" not in titles
    bad = rows("supplies", LINK, documents=[{"ref": "x", "title": "T", "published": "yesterday"}])
    assert [pointer for pointer, _ in wrong(callers.post("ab", "/claims", bad))] == ["/documents/0/published"]


def test_one_wrong_row_stops_all_and_every_mistake_is_told_with_its_place(callers: Callers) -> None:
    before = list(callers.store.stream())
    body = rows(
        "supplies",
        LINK | {"source_id": SEEN},
        {"seller_id": "nowhere", "buyer_id": "demo-wholesale-01", "product": "gloves"},
        LINK | {"share": 2, "valid_from": "2024-02-30"},
        {"buyer_id": "demo-wholesale-01", "colour": "blue"},
    )
    assert wrong(callers.post("ab", "/claims", body)) == [
        ("/rows/3/colour", "unknown-column"),
        ("/rows/1/seller_id", "unknown-id"),
        ("/rows/2/share", "share"),
        ("/rows/2/valid_from", "date"),
        ("/rows/3/seller_id", "required"),
    ]
    told = callers.post("ab", "/claims", body).get_json()["errors"][0]
    assert "columns" in told["remedy"]
    assert "tracegraph" not in told["remedy"]
    assert list(callers.store.stream())[: len(before)] != []
    assert actions(callers.store) == []


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, {"/table", "/rows"}),
        (rows("sources", {"source_id": "s"}), {"/table"}),
        (rows("supplies"), {"/rows"}),
        ({"table": "supplies", "rows": [LINK] * 501}, {"/rows"}),
        ({"table": "supplies", "rows": [[]]}, {"/rows/0"}),
        (rows("supplies", {"seller_id": {"a": 1}}), {"/rows/0/seller_id/value"}),
        (rows("supplies", {"seller_id": ["a|b"]}), {"/rows/0/seller_id/value"}),
        (rows("supplies", {"seller_id": [None]}), {"/rows/0/seller_id/value"}),
        (rows("supplies", {"seller_id": ["a"] * 201}), {"/rows/0/seller_id/value"}),
        (rows("supplies", {"seller_id": "x" * 4097}), {"/rows/0/seller_id/value"}),
        (rows("supplies", {"share": 10**40}), {"/rows/0/share/value"}),
        (rows("supplies", {"share": float("nan")}), {"/rows/0/share/value"}),
        (rows("supplies", {str(n): 1 for n in range(65)}), {"/rows/0"}),
        (rows("supplies", LINK, tenant="region:SE-M"), {"/tenant"}),
        (rows("supplies", LINK, submitted_by_supplier="demo-wholesale-01"), {"/submitted_by_supplier"}),
    ],
)
def test_what_is_no_row_is_refused_with_its_place(callers: Callers, body: Any, pointers: set[str]) -> None:
    assert {pointer for pointer, _ in wrong(callers.post("ab", "/claims", body))} == pointers


@pytest.mark.parametrize(
    ("key", "value"), [("recorded_at", "2019-01-01T00:00:00Z"), ("claim_id", "clm-1"), ("version", 7), ("tenant", "x")]
)
def test_a_row_cannot_say_what_the_store_decides(callers: Callers, key: str, value: Any) -> None:
    found = wrong(callers.post("ab", "/claims", rows("supplies", LINK | {key: value})))
    assert [pointer for pointer, _ in found] == [f"/rows/0/{key}"]


@pytest.mark.parametrize("visibility", ["region:SE-M", "region:SE-E"])
def test_nobody_writes_for_another_region(callers: Callers, visibility: str) -> None:
    found = wrong(callers.post("ab", "/claims", rows("supplies", LINK | {"visibility": visibility})))
    assert found == [("/rows/0/visibility", "visibility-not-yours")]


def test_who_was_granted_a_region_s_view_neither_writes_for_it_nor_tells_others_of_it(callers: Callers) -> None:
    found = wrong(callers.post("granted", "/claims", rows("supplies", LINK | {"visibility": SKANE})))
    assert found == [("/rows/0/visibility", "visibility-not-yours")]
    assert callers.get("granted", f"/sources/{HIDDEN}").status_code == 200
    for named in ({"source_id": HIDDEN}, {"seller_id": "sec-plant"}):
        ((pointer, rule),) = wrong(callers.post("granted", "/claims", rows("supplies", LINK | named)))
        assert (pointer.removeprefix("/rows/0/"), rule) == (*named, "unknown-id")


# --- documents that fewer people see ---------------------------------------------------------------------------------


@pytest.fixture
def papers(callers: Callers) -> Callers:
    """Callers of a store in which all regions, and Stockholm alone, have a document that the public does not know."""
    for paper, visibility in (("src-network", "network"), ("src-stockholm", "region:SE-AB")):
        said = describes(NodeRef(Label.FACTORY, "demo-plant-klang"), paper, {"name": "Klang"}, visibility=visibility)
        label = {"demo-plant-klang": Label.FACTORY}
        made = change_set(said, references=[Source(SourceId(paper), "Closed paper (fictional)")])
        callers.store.apply(replace(made, holders=label), "2024-02-02T00:00:00Z")
    return callers


@pytest.mark.parametrize(
    ("who", "paper", "visibility", "is_taken"),
    [
        ("ab", "src-network", "public", False),
        ("ab", "src-network", "network", True),
        ("ab", "src-network", "region:SE-AB", True),
        ("ab", "src-stockholm", "public", False),
        ("ab", "src-stockholm", "network", False),
        ("ab", "src-stockholm", "region:SE-AB", True),
        ("ab", SEEN, "public", True),
        ("ab", "unsourced", "public", True),
        ("ab-lead", "src-stockholm", "public", True),  # may decide so
        ("lead", "src-network", "public", True),
    ],
)
def test_a_document_is_named_to_no_more_people_than_see_it(
    papers: Callers, who: str, paper: str, visibility: str, is_taken: bool
) -> None:
    response = papers.post(who, "/claims", rows("supplies", LINK | {"source_id": paper, "visibility": visibility}))
    if not is_taken:
        assert wrong(response) == [("/rows/0/source_id", "document-less-visible")]
    readers = {"public": None, "network": "m", "region:SE-AB": "ab"}
    shown = papers.get(readers[visibility], f"/sources/{paper}").status_code
    assert response.status_code == (201 if is_taken else 422)
    assert shown == (200 if is_taken and paper != "unsourced" else 404)


def test_a_document_that_is_brought_along_is_for_who_brings_it_to_show(papers: Callers) -> None:
    documents = [{"ref": "list", "title": "Demo's own list (fictional)"}]
    (id,) = recorded(papers, "ab", rows("supplies", LINK | {"source_id": "list"}, documents=documents))
    source = papers.get("ab", f"/claims/{id}").get_json()["source_id"]
    wide = LINK | {"visibility": "public"}
    assert papers.post("ab", "/claims", rows("supplies", wide | {"source_id": source})).status_code == 422
    assert (
        papers.post("ab", "/claims", rows("supplies", wide | {"source_id": "list"}, documents=documents)).status_code
        == 201
    )
    assert papers.get(None, f"/sources/{source}").status_code == 200


def test_who_keeps_the_store_says_since_when_something_is_known(writing: FlaskClient) -> None:
    body = rows("supplies", LINK | {"recorded_at": "2024-01-05"})
    response = writing.post("/tracegraph/v1/claims", json=body, headers={"Idempotency-Key": "test-key-1"})
    claim = writing.get(response.headers["Location"])
    assert (claim.get_json()["recorded_at"], claim.get_json()["visibility"]) == ("2024-01-05T00:00:00Z", "network")


def test_who_shows_no_token_writes_nothing(callers: Callers) -> None:
    assert callers.post(None, "/claims", rows("supplies", LINK)).status_code == 401


# --- what is hidden --------------------------------------------------------------------------------------------------


@pytest.fixture
def twins(demo_file: Path, tmp_path: Path) -> Iterator[tuple[Callers, Callers]]:
    """Callers of two stores: in the second, Skåne alone knows some things."""
    stores = []
    for number in range(2):
        stores.append(open_store(f"sqlite:///{shutil.copy(demo_file, tmp_path / f'{number}.db')}"))
    hide(stores[1])
    yield Callers(stores[0]), Callers(stores[1])
    for opened in stores:
        opened.close()


@pytest.mark.parametrize(
    "body",
    [
        rows("supplies", LINK | {"seller_id": "sec-plant"}),
        rows("supplies", LINK | {"seller_id": "sec-sup"}),
        rows("supplies", LINK | {"seller_id": "sec-plan"}),  # near it: no suggestion
        rows("supplies", LINK | {"source_id": HIDDEN}),
        rows("supplies", LINK | {"source_id": "src-hiden"}),
        rows("suppliers", SUPPLIER | {"supplier_id": "sec-sup"}),
        rows("items", {"holder_id": "demo-wholesale-01", "product": "gloves", "sourcing": "complete"}),
        rows("items", {"holder_id": "demo-wholesale-01", "product": "gloves", "sourcing": "complete",
                       "visibility": "network"}),
        rows("supplies", {"seller_id": "demo-plant-klang", "buyer_id": "sec-plant", "product": "gloves"}),
    ],
)  # fmt: skip
def test_what_another_region_hides_changes_no_byte_of_an_answer(twins: tuple[Callers, Callers], body: Any) -> None:
    without, beside = (callers.post("ab", "/claims", body, X_Request_Id="request-one") for callers in twins)
    assert (without.status_code, without.get_data()) == (beside.status_code, beside.get_data())


def test_an_id_that_stands_for_something_hidden_is_refused_without_saying_for_what(callers: Callers) -> None:
    response = callers.post("ab", "/claims", rows("suppliers", SUPPLIER | {"supplier_id": "sec-plant"}))
    assert response.status_code == 422
    assert response.get_json()["detail"] == "sec-plant cannot be used here: give it another id"
    assert "actory" not in response.get_data(as_text=True)
    assert callers.get("ab", "/suppliers/sec-plant").status_code == 404


# --- what others recorded --------------------------------------------------------------------------------------------


def test_what_another_region_recorded_for_all_is_not_replaced_by_the_way(callers: Callers) -> None:
    shared = LINK | {"visibility": "network", "source_id": SEEN}
    (id,) = recorded(callers, "ab", rows("supplies", shared | {"share": 0.4}))
    response = callers.post("m", "/claims", rows("supplies", shared | {"share": 0.1}))
    assert wrong(response) == [("/rows/0", "claim-not-yours")]
    assert callers.post("m", "/claims", rows("supplies", shared | {"share": 0.4})).status_code == 200  # says the same
    assert callers.get("m", f"/claims/{id}").status_code == 200
    assert recorded(callers, "ab", rows("supplies", shared | {"share": 0.3})) != [id]  # their own region may
    assert recorded(callers, "lead", rows("supplies", shared | {"share": 0.2})) != [id]  # and who reviews


def test_what_the_keeper_of_the_store_imported_is_replaced_only_by_who_reviews(callers: Callers) -> None:
    link = supplies("demo-plant-klang/gloves", "demo-wholesale-01/gloves", source_id=SourceId(SEEN), share_low=0.5)
    labels = {"demo-plant-klang": Label.FACTORY, "demo-wholesale-01": Label.SUPPLIER}
    callers.store.apply(replace(change_set(link), holders=labels), "2024-03-01T00:00:00Z")
    body = rows("supplies", LINK | {"visibility": "network", "source_id": SEEN})
    assert wrong(callers.post("ab", "/claims", body)) == [("/rows/0", "claim-not-yours")]
    assert callers.post("ab-lead", "/claims", body).status_code == 201


def test_a_claim_that_somebody_changed_meanwhile_is_not_replaced_unseen(
    callers: Callers, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = LINK | {"visibility": "network", "source_id": SEEN}
    body = rows("supplies", shared | {"share": 0.1})
    apply = callers.store.apply

    def meanwhile(*args: Any, **options: Any) -> Any:
        monkeypatch.undo()
        recorded(Callers(callers.store, keys=100), "m", rows("supplies", shared | {"share": 0.9}))
        return apply(*args, **options)

    monkeypatch.setattr(callers.store, "apply", meanwhile)
    response = callers.post("ab", "/claims", body)
    assert (response.status_code, response.get_json()["code"]) == (412, "stale-write")
    assert actions(callers.store) == ["claim.create"]  # theirs


# --- ending ----------------------------------------------------------------------------------------------------------


def end(callers: Callers, who: str, id: str, etag: str | None = '"1"', **query: str) -> Any:
    headers = {"Authorization": f"Bearer {who}", **({"If-Match": etag} if etag else {})}
    return callers.client.delete(f"/tracegraph/v1/claims/{id}", headers=headers, query_string=query)


def test_a_claim_ends_once_and_stays_known_as_before(callers: Callers) -> None:
    (id,) = recorded(callers, "ab", rows("supplies", LINK | {"source_id": SEEN}))
    callers.now = "2024-06-03T08:00:00Z"
    assert [end(callers, "ab", id, etag).status_code for etag in (None, '"2"', "x")] == [428, 412, 412]
    assert shaped("claim_retracted", end(callers, "ab", id))["claim_id"] == id
    assert end(callers, "ab", id).status_code == 404
    assert callers.get("ab", f"/claims/{id}", known_at="2024-06-02").status_code == 200
    assert actions(callers.store) == ["claim.create", "claim.retract"]
    assert {event.body["event"] for event in callers.store.page(EVENT)} == {"claims.changed"}


def test_what_is_true_on_another_day_ends_too(callers: Callers) -> None:
    (id,) = recorded(callers, "ab", rows("supplies", LINK | {"valid_from": "2018-01-01", "valid_to": "2019-01-01"}))
    assert end(callers, "ab", id).status_code == 404
    assert end(callers, "ab", id, valid_at="2018-05-01").status_code == 200


def test_nobody_ends_what_they_do_not_see_or_what_another_region_recorded(callers: Callers) -> None:
    (own,) = recorded(callers, "ab", rows("supplies", LINK))
    (shared,) = recorded(callers, "ab", rows("supplies", LINK | {"visibility": "network"}))
    unknown = end(callers, "m", "clm-00000000000000000000")
    hidden = end(callers, "m", own)
    assert (unknown.status_code, hidden.status_code) == (404, 404)
    assert hidden.get_json()["detail"].replace(own, "") == unknown.get_json()["detail"].replace(
        "clm-00000000000000000000", ""
    )
    refused = end(callers, "m", shared)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    assert end(callers, "lead", shared).status_code == 200


def test_two_who_end_a_claim_at_once_end_it_once(callers: Callers) -> None:
    (id,) = recorded(callers, "ab", rows("supplies", LINK))
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda _: end(callers, "ab", id).status_code, range(4)))
    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 404, 412}
    assert actions(callers.store).count("claim.retract") == 1
