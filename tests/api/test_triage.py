"""Triage over HTTP: whose it is, how long it counts, what reopens it, and who learns of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.api.callers import Callers, shaped
from tests.contract.build import change_set, contract, delivered, describes, incident
from tracegraph.model import Selector
from tracegraph.store.port import Store
from tracegraph.vocabulary import SelectorKind

INCIDENT = "inc-test"
PATH = f"/incidents/{INCIDENT}/triage"
C1, C3, C7 = "demo-c-0001", "demo-c-0013", "demo-c-0005"  # established, unmapped, no_link under the plant's scope
KLANG = Selector(SelectorKind.FACTORY, "demo-plant-klang")
CONFIRMED: Mapping[str, Any] = {"state": "confirmed", "reason": "In writing (fictional).", "owner": "buyer-gloves"}
NO_IMPACT: Mapping[str, Any] = {"state": "no_impact", "reason": "Another plant delivers (fictional)."}


@pytest.fixture
def callers(store: Store) -> Callers:
    """Callers of a store with one public incident, and one contract that the public sees."""
    said = replace(
        incident(INCIDENT), scope=(KLANG,), visibility="public", recorded_at="2024-01-02T00:00:00Z", status="alleged"
    )
    shown = describes(contract(C1), says={"title": "Demo examination gloves, nitrile"}, visibility="public")
    store.apply(change_set(shown, incidents=[said]), "2024-02-01T00:00:00Z")
    return Callers(store)


def put(callers: Callers, who: str, contract_id: str, body: Mapping[str, Any], version: int = 0) -> Any:
    return callers.put(who, f"{PATH}/{contract_id}", body, If_Match=f'"{version}"')


def one(callers: Callers, who: str | None, contract_id: str, **query: Any) -> dict[str, Any]:
    return shaped("triage", callers.get(who, f"{PATH}/{contract_id}", **query))


def statuses(callers: Callers, who: str) -> dict[str, str]:
    every = ["established", "possible", "unmapped", "no_link"]
    rows = callers.items(who, f"/incidents/{INCIDENT}/exposures", status=every, limit=200)
    return {row["contract_id"]: row["status"] for row in rows}


def test_nothing_said_counts_as_potential_in_version_0(callers: Callers) -> None:
    body = one(callers, "ab", C1)
    assert (body["version"], body["state"], body["counts_as"], body["status"]) == (0, None, "potential", "established")
    assert body["visibility"] == "region:SE-AB"
    assert one(callers, "lead", C1)["visibility"] == "network"
    assert one(callers, None, C1)["visibility"] == "public"
    assert callers.get("ab", f"{PATH}/nobody").status_code == 404
    assert callers.items("ab", f"{PATH}/{C1}/history") == []


def test_what_is_said_stands_beside_the_exposure(callers: Callers) -> None:
    response = put(callers, "ab", C1, CONFIRMED)
    body = shaped("triage", response)
    assert (response.status_code, body["version"], body["by"], body["stale"]) == (201, 1, "key:ab", False)
    assert body["basis"] | {"graph_version": 0} == {
        "revision": 1,
        "revision_recorded_at": "2024-01-02T00:00:00Z",
        "graph_version": 0,
        "status": "established",
    }
    again = callers.get("ab", f"{PATH}/{C1}")
    assert (again.get_json(), again.headers["ETag"]) == (body, response.headers["ETag"])
    rows = shaped("incident_exposure_page", callers.get("ab", f"/incidents/{INCIDENT}/exposures", limit=200))["items"]
    assert {row["contract_id"]: row["triage"] for row in rows if row["triage"]} == {C1: [body]}
    table = callers.get("ab", f"/incidents/{INCIDENT}/exposures", accept="text/csv").data.decode("utf-8-sig")
    assert [row["contract_id"] for row in csv.DictReader(io.StringIO(table)) if "confirmed" in row["triage"]] == [C1]


def test_each_version_follows_the_one_that_was_read(callers: Callers) -> None:
    first = callers.put("ab", f"{PATH}/{C1}", CONFIRMED, If_None_Match="*")
    assert first.status_code == 201
    assert callers.put("ab", f"{PATH}/{C1}", CONFIRMED, If_None_Match="*").status_code == 412
    assert callers.put("ab", f"{PATH}/{C1}", CONFIRMED).status_code == 428
    assert put(callers, "ab", C1, CONFIRMED, version=2).status_code == 412
    second = callers.put("ab", f"{PATH}/{C1}", NO_IMPACT, If_Match=first.headers["ETag"])
    assert (second.status_code, second.get_json()["version"]) == (200, 2)


def test_of_two_who_write_at_once_one_is_told_to_look_again(callers: Callers) -> None:
    put(callers, "ab", C1, CONFIRMED)
    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(lambda body: put(callers, "ab", C1, body, 1).status_code, (CONFIRMED, NO_IMPACT)))
    assert sorted(told) == [200, 412]
    assert one(callers, "ab", C1)["version"] == 2


def test_the_history_is_kept_and_read_by_both_clocks(callers: Callers) -> None:
    put(callers, "ab", C1, CONFIRMED)
    callers.now = "2024-06-05T08:00:00Z"
    put(callers, "ab", C1, {**NO_IMPACT, "expires_on": "2024-06-10"}, 1)
    rows = shaped("triage_history_page", callers.get("ab", f"{PATH}/{C1}/history"))["items"]
    assert [(row["version"], row["state"]) for row in rows] == [(1, "confirmed"), (2, "no_impact")]
    early = shaped("triage_history_page", callers.get("ab", f"{PATH}/{C1}/history", known_at="2024-06-03"))["items"]
    assert early == rows[:1]
    assert one(callers, "ab", C1, known_at="2024-06-03")["state"] == "confirmed"
    assert [row["state"] for row in callers.items("ab", PATH, known_at="2024-06-03")] == ["confirmed"]
    assert callers.items("ab", PATH, known_at="2024-05-01") == []
    assert one(callers, "ab", C1, known_at="2024-05-01")["version"] == 0
    by_day = [one(callers, "ab", C1, valid_at=day) for day in ("2024-06-10", "2024-06-11")]
    assert [(body["expired"], body["counts_as"]) for body in by_day] == [(False, "no_impact"), (True, "potential")]


def test_a_region_s_triage_is_its_own_in_every_list_and_count(callers: Callers) -> None:
    before = {path: callers.get("ab", path).data for path in (PATH, f"{PATH}/{C1}", f"{PATH}/{C1}/history")}
    etag = callers.get("ab", f"/incidents/{INCIDENT}/exposures").headers["ETag"]
    assert put(callers, "m", C1, CONFIRMED).status_code == 201
    assert {path: callers.get("ab", path).data for path in before} == before
    assert callers.get("ab", f"/incidents/{INCIDENT}/exposures").headers["ETag"] == etag
    assert one(callers, "ab", C1, visibility="region:SE-M")["version"] == 0
    assert callers.items("ab", f"{PATH}/{C1}/history", visibility="region:SE-M") == []
    assert [row["visibility"] for row in callers.items("granted", PATH)] == ["region:SE-M"]
    assert put(callers, "ab", C1, NO_IMPACT).status_code == 201
    assert [row["state"] for row in callers.items("m", PATH)] == ["confirmed"]


def test_what_national_leads_say_is_seen_beside_one_s_own(callers: Callers) -> None:
    put(callers, "ab", C1, NO_IMPACT)
    assert put(callers, "lead", C1, CONFIRMED).get_json()["visibility"] == "network"
    assert put(callers, "lead", C1, {**CONFIRMED, "visibility": "public"}).status_code == 201
    seen = {
        who: [(row["visibility"], row["state"]) for row in callers.items(who, PATH)]
        for who in ("ab", "m", "lead", None)
    }
    shared = [("network", "confirmed"), ("public", "confirmed")]
    assert seen == {"ab": [("region:SE-AB", "no_impact"), *shared], "m": shared, "lead": shared, None: shared[1:]}
    assert [row["visibility"] for row in callers.items("ab", PATH, visibility=["public", "region:SE-M"])] == ["public"]
    assert one(callers, "ab", C1, **{"as": "public"})["visibility"] == "public"
    (row,) = [r for r in callers.items("ab", f"/incidents/{INCIDENT}/exposures", limit=200) if r["contract_id"] == C1]
    assert [found["visibility"] for found in row["triage"]] == ["region:SE-AB", "network", "public"]


def test_who_wrote_is_told_to_those_alone_who_write_beside_them(callers: Callers) -> None:
    put(callers, "m", C1, NO_IMPACT)
    put(callers, "lead", C1, CONFIRMED)
    put(callers, "lead", C1, {**CONFIRMED, "visibility": "public"})
    expected = {
        "m": ["key:m", None, None],
        "ab": [None, None],
        "lead": ["key:lead", "key:lead"],
        "granted": [None, "key:lead", "key:lead"],
        None: [None],
    }
    for who, told in expected.items():
        rows = shaped("triage_page", callers.get(who, PATH))["items"]
        assert [row["by"] for row in rows] == told, who
        table = callers.get(who, PATH, accept="text/csv").get_data(as_text=True)
        assert [key in table for key in ("key:m", "key:lead")] == [key in told for key in ("key:m", "key:lead")], who
        beside = callers.items(who, f"/incidents/{INCIDENT}/exposures", limit=200)
        assert [one["by"] for row in beside if row["contract_id"] == C1 for one in row["triage"]] == told, who
        for number, visibility in enumerate(row["visibility"] for row in rows):
            history = callers.get(who, f"{PATH}/{C1}/history", visibility=visibility)
            assert shaped("triage_history_page", history)["items"][0]["by"] == told[number], who
            assert one(callers, who, C1, visibility=visibility)["by"] == told[number], who


@pytest.mark.parametrize(
    ("who", "visibility", "status"),
    [
        ("ab", "network", 403),
        ("ab", "public", 403),
        ("ab", "region:SE-M", 403),
        ("ab", "region:SE-AB", 201),
        ("lead", "region:SE-M", 403),
        ("granted", "region:SE-M", 403),
        (None, "public", 401),
    ],
)
def test_who_writes_whose(callers: Callers, who: str, visibility: str, status: int) -> None:
    assert put(callers, who, C1, {**CONFIRMED, "visibility": visibility}).status_code == status


@pytest.mark.parametrize(
    ("change", "parameter"),
    [
        ({"owner": "anna.andersson@region.example"}, "/owner"),
        ({"owner": "19811218-9876"}, "/owner"),
        ({"owner": "811218-9876"}, "/owner"),
        ({"owner": "8112789876"}, "/owner"),
        ({"owner": "811218+9876"}, "/owner"),
        ({"reason": "Ask anna@region.example"}, "/reason"),
        ({"reason": ""}, "/reason"),
        ({"state": "perhaps"}, "/state"),
        ({"due_on": "spring"}, "/due_on"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_place(
    callers: Callers, change: Mapping[str, Any], parameter: str
) -> None:
    response = put(callers, "ab", C1, {**CONFIRMED, **change})
    assert response.status_code == 422
    assert [found["pointer"] for found in response.get_json()["errors"]] == [parameter]


@pytest.mark.parametrize("owner", ["buyer-gloves", "user:3f2a", "556016-0680", "HSN 2024-1234", "811332-1234"])
def test_owners_that_are_no_persons(callers: Callers, owner: str) -> None:
    assert put(callers, "ab", C1, {**CONFIRMED, "owner": owner}).status_code == 201


def test_a_state_needs_a_reason_and_a_day_to_come(callers: Callers) -> None:
    for state in ("confirmed", "no_impact", "restored"):
        assert put(callers, "ab", C1, {"state": state}).status_code == 422
    assert put(callers, "ab", C1, {**CONFIRMED, "expires_on": "2024-05-31"}).status_code == 422
    assert put(callers, "ab", C1, {"state": "potential", "due_on": "2024-07-01"}).status_code == 201


def test_a_wider_incident_reopens_what_was_said_before(callers: Callers, store: Store) -> None:
    put(callers, "ab", C1, NO_IMPACT)
    callers.now = "2024-06-05T08:00:00Z"
    narrower = {"scope": [{"kind": "factory", "id": "demo-plant-klang", "products": ["gloves"]}]}
    assert callers.post("lead", f"/incidents/{INCIDENT}/revisions", narrower, If_Match="1").status_code == 201
    assert one(callers, "ab", C1)["stale"] is False
    callers.now = "2024-06-06T08:00:00Z"
    wider = {"scope": [{"kind": "factory", "id": "demo-plant-klang"}]}
    assert callers.post("lead", f"/incidents/{INCIDENT}/revisions", wider, If_Match="2").status_code == 201
    body = one(callers, "ab", C1)
    assert (body["state"], body["counts_as"], body["stale"]) == ("no_impact", "potential", True)
    assert [(why["what"], why["change"], why["recorded_at"]) for why in body["why"]] == [
        ("incident_revised", "widened", callers.now)
    ]
    assert one(callers, "ab", C1, known_at="2024-06-05")["stale"] is False
    assert [row["contract_id"] for row in callers.items("ab", PATH, stale="true", state="potential")] == [C1]
    assert put(callers, "ab", C1, NO_IMPACT, 1).get_json()["stale"] is False


def test_what_only_one_region_knows_of_the_incident_reopens_only_there(callers: Callers) -> None:
    for who in ("ab", "m"):
        put(callers, who, C1, NO_IMPACT)
    put(callers, "lead", C1, NO_IMPACT)
    callers.now = "2024-06-05T08:00:00Z"
    wider = {"scope": [{"kind": "country", "id": "MY"}], "visibility": "region:SE-M"}
    assert callers.post("m", f"/incidents/{INCIDENT}/revisions", wider, If_Match="1").status_code == 201
    stale = {who: [row["stale"] for row in callers.items(who, PATH)] for who in ("ab", "m", "lead")}
    assert stale == {"ab": [False, False], "m": [True, True], "lead": [False]}
    callers.now = "2024-06-06T08:00:00Z"
    put(callers, "m", C1, NO_IMPACT, 1)
    put(callers, "lead", C1, NO_IMPACT, 1)
    why = [[one["what"] for one in row["why"]] for row in callers.items("m", PATH)]
    assert why == [[], []]


def test_another_status_of_the_contract_reopens_what_was_said(callers: Callers, store: Store) -> None:
    assert statuses(callers, "ab")[C7] == "no_link"
    put(callers, "ab", C7, NO_IMPACT)
    callers.now = "2024-06-05T08:00:00Z"
    store.apply(change_set(delivered("demo-wholesale-02/gloves-nitrile", C7, visibility="network")), callers.now)
    body = one(callers, "ab", C7)
    now = statuses(callers, "ab")[C7]
    assert now != "no_link"
    assert body["why"] == [
        {"what": "status_changed", "change": None, "recorded_at": None, "before": "no_link", "after": now}
    ]
    assert body["counts_as"] == "potential"


def test_what_another_region_knows_of_the_contract_reopens_nothing_here(callers: Callers, store: Store) -> None:
    put(callers, "ab", C7, NO_IMPACT)
    callers.now = "2024-06-05T08:00:00Z"
    secret = delivered("demo-wholesale-02/gloves-nitrile", C7, visibility="region:SE-M")
    store.apply(change_set(secret), callers.now)
    assert one(callers, "ab", C7)["stale"] is False


def test_a_withdrawn_incident_can_be_closed_and_one_told_anew_reopens(callers: Callers) -> None:
    put(callers, "ab", C1, CONFIRMED)
    callers.now = "2024-06-05T08:00:00Z"
    gone = callers.post("lead", f"/incidents/{INCIDENT}/revisions", {"status": "withdrawn"}, If_Match="1")
    assert gone.status_code == 201
    body = one(callers, "ab", C1)
    assert (body["status"], body["stale"], body["basis"]["status"]) == (None, False, "established")
    assert (
        put(callers, "ab", C1, {"state": "restored", "reason": "Withdrawn."}, 1).get_json()["basis"]["status"] is None
    )
    assert put(callers, "ab", "nobody", NO_IMPACT).status_code == 404
    callers.now = "2024-06-06T08:00:00Z"
    told = callers.post("lead", f"/incidents/{INCIDENT}/revisions", {"status": "alleged"}, If_Match="2")
    assert told.status_code == 201
    why = one(callers, "ab", C1)["why"]
    assert [(found["what"], found["change"]) for found in why] == [
        ("incident_revised", "reported"),
        ("status_changed", None),
    ]


def test_only_what_all_its_readers_see_is_triaged_for_them(callers: Callers, store: Store) -> None:
    secret = describes(contract("secret-c"), says={"title": "Secret"}, visibility="region:SE-M")
    hidden = replace(incident("inc-m"), scope=(KLANG,), visibility="region:SE-M")
    store.apply(change_set(secret, incidents=[hidden]), "2024-06-01T00:00:00Z")
    for who, body, status in (("granted", CONFIRMED, 404), ("m", {**CONFIRMED, "visibility": "region:SE-M"}, 201)):
        assert put(callers, who, "secret-c", body).status_code == status
        response = callers.put(who, f"/incidents/inc-m/triage/{C1}", body, If_Match="0")
        assert response.status_code == status
    hidden_one, unknown = (put(callers, "ab", name, CONFIRMED) for name in ("secret-c", "nobody-c"))
    assert hidden_one.status_code == unknown.status_code == 404
    assert hidden_one.get_json()["detail"].replace("secret-c", "X") == unknown.get_json()["detail"].replace(
        "nobody-c", "X"
    )


def test_lists_are_filtered_counted_and_paged(callers: Callers) -> None:
    put(callers, "ab", C1, {**CONFIRMED, "due_on": "2024-06-20"})
    put(callers, "ab", C3, {**NO_IMPACT, "owner": "buyer-sterile", "due_on": "2024-07-20"})
    put(callers, "ab", C7, {"state": "potential"})
    whole = shaped("triage_page", callers.get("ab", PATH))
    assert [row["contract_id"] for row in whole["items"]] == sorted((C1, C3, C7))
    assert whole["meta"]["counts"] == {"potential": 1, "confirmed": 1, "no_impact": 1, "restored": 0}
    chosen = {
        "state": callers.items("ab", PATH, state=["confirmed", "no_impact"]),
        "owner": callers.items("ab", PATH, owner="buyer-sterile"),
        "due": callers.items("ab", PATH, due_by="2024-06-20"),
        "stale": callers.items("ab", PATH, stale="true"),
    }
    ids = {name: {row["contract_id"] for row in rows} for name, rows in chosen.items()}
    assert ids == {"state": {C1, C3}, "owner": {C3}, "due": {C1}, "stale": set()}
    pages = [callers.items("ab", PATH, limit=1, page=page) for page in (1, 2, 3)]
    assert [row for page in pages for row in page] == whole["items"]
    table = callers.get("ab", PATH, accept="text/csv", limit=1).data.decode("utf-8-sig")
    assert len(list(csv.DictReader(io.StringIO(table)))) == 3


def test_what_is_said_leaves_an_audit_row_and_an_event(callers: Callers, store: Store) -> None:
    put(callers, "ab", C1, CONFIRMED)
    (event,) = [record for record in store.records("event") if record.body["event"] == "triage.changed"]
    assert (event.visibility, event.body["facts"]) == ("region:SE-AB", {"incident_id": INCIDENT, "contracts": 1})
    row = store.records("audit")[-1].body
    assert (row["action"], row["actor"], row["subject"]) == ("triage.set", "key:ab", f"incident:{INCIDENT}")
    assert "fictional" not in str(row)
