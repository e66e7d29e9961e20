"""Triage of many contracts at once: all or nothing, and taken back as a whole."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.callers import Callers, shaped
from tests.api.test_triage import C1, C3, C7, CONFIRMED, INCIDENT, NO_IMPACT, PATH, callers, one, put
from tests.contract.build import change_set, contract, describes, incident
from tests.library import opened
from tracegraph.store.port import Store

__all__ = ["callers"]


def bulk(found: Callers, who: str, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    response = found.post(who, PATH, body, **headers)
    assert response.status_code == 200, response.get_json()
    return shaped("triage_operation", response)


def undone(found: Callers, who: str, operation: str, **more: str) -> dict[str, Any]:
    response = found.post(who, f"{PATH}/undo", {"operation_id": operation, **more})
    assert response.status_code == 200, response.get_json()
    return shaped("triage_operation", response)


def outcomes(body: dict[str, Any]) -> dict[str, str]:
    return {row["contract_id"]: row["outcome"] for row in body["rows"]}


def states(found: Callers, who: str) -> dict[str, str]:
    return {row["contract_id"]: row["state"] for row in found.items(who, PATH, limit=200)}


def test_listed_contracts_get_one_state(callers: Callers) -> None:
    put(callers, "ab", C3, CONFIRMED)
    body = bulk(callers, "ab", {**NO_IMPACT, "contracts": [C7, C1, C3, C1]})
    assert outcomes(body) == {C1: "created", C3: "kept", C7: "created"}
    assert body["counts"] == {"created": 2, "kept": 1}
    assert states(callers, "ab") == {C1: "no_impact", C3: "confirmed", C7: "no_impact"}
    assert one(callers, "ab", C1)["operation_id"] == body["operation_id"]
    replaced = bulk(callers, "ab", {**CONFIRMED, "contracts": [C1, C3], "replace": True})
    assert outcomes(replaced) == {C1: "replaced", C3: "replaced"}
    assert one(callers, "ab", C3)["version"] == 2


def test_one_bad_row_writes_nothing(callers: Callers, store: Store) -> None:
    store.apply(
        change_set(describes(contract("secret-c"), says={"title": "x"}, visibility="region:SE-M")),
        "2024-06-01T00:00:00Z",
    )
    response = callers.post("ab", PATH, {**NO_IMPACT, "contracts": [C1, "nobody", C3, "secret-c"]})
    assert response.status_code == 422
    errors = response.get_json()["errors"]
    assert [(error["pointer"], error["rule"]) for error in errors] == [
        ("/contracts/1", "unknown-contract"),
        ("/contracts/3", "unknown-contract"),
    ]
    assert (states(callers, "ab"), store.records("triage")) == ({}, [])


def test_contracts_are_chosen_by_what_the_exposures_say(callers: Callers) -> None:
    rows = callers.items("ab", f"/incidents/{INCIDENT}/exposures", limit=200)
    unmapped = {row["contract_id"] for row in rows if row["status"] == "unmapped"}
    supplier = next(row["ask"][0] for row in rows if row["status"] == "unmapped" and row["ask"])
    asked = {row["contract_id"] for row in rows if row["status"] == "unmapped" and supplier in row["ask"]}
    body = bulk(callers, "ab", {**NO_IMPACT, "matching": {"status": ["unmapped"], "direct_supplier": [supplier]}})
    assert set(outcomes(body)) == asked
    body = bulk(callers, "ab", {**NO_IMPACT, "matching": {"status": ["unmapped"]}})
    assert set(outcomes(body)) == unmapped > asked
    (first,) = [row for row in rows if row["contract_id"] == C1]
    chosen = {"status": ["established"], "region": [first["regions"][0].lower()], "category": [first["category"]]}
    expected = {
        row["contract_id"]
        for row in rows
        if row["status"] == "established"
        and first["regions"][0] in row["regions"]
        and row["category"] == first["category"]
    }
    assert set(outcomes(bulk(callers, "ab", {**CONFIRMED, "matching": chosen}))) == expected
    nobody = callers.post("ab", PATH, {**NO_IMPACT, "matching": {"status": ["unmapped"], "category": ["nothing"]}})
    assert (nobody.status_code, "about 0 contracts" in nobody.get_json()["detail"]) == (422, True)


@pytest.mark.parametrize(
    "more",
    [{}, {"contracts": [C1], "matching": {"status": ["unmapped"]}}, {"contracts": []}, {"matching": {"status": []}}],
)
def test_either_a_list_or_what_matches(callers: Callers, more: dict[str, Any]) -> None:
    assert callers.post("ab", PATH, {**NO_IMPACT, **more}).status_code == 422


def test_more_than_a_thousand_are_refused(callers: Callers, store: Store) -> None:
    many = [f"many-{number:04}" for number in range(1_001)]
    assert callers.post("ab", PATH, {**NO_IMPACT, "contracts": many}).status_code == 422
    store.apply(change_set(*(describes(contract(name), says={"title": "x"}) for name in many)), "2024-06-01T00:00:00Z")
    every = {"status": ["established", "possible", "unmapped", "no_link"]}
    assert callers.post("ab", PATH, {**NO_IMPACT, "matching": every}).status_code == 422
    body = bulk(callers, "ab", {**NO_IMPACT, "contracts": many[:1_000]})
    assert body["counts"] == {"created": 1_000}
    assert callers.get("ab", PATH).get_json()["meta"]["total"] == 1_000


def test_a_withdrawn_incident_matches_nothing_but_takes_a_list(callers: Callers) -> None:
    callers.now = "2024-06-05T08:00:00Z"
    callers.post("lead", f"/incidents/{INCIDENT}/revisions", {"status": "withdrawn"}, If_Match="1")
    matching = callers.post("ab", PATH, {**NO_IMPACT, "matching": {"status": ["unmapped"]}})
    assert (matching.status_code, matching.get_json()["code"]) == (409, "incident-withdrawn")
    assert outcomes(bulk(callers, "ab", {**NO_IMPACT, "contracts": [C1]})) == {C1: "created"}


def test_an_operation_is_taken_back_as_a_whole(callers: Callers) -> None:
    put(callers, "ab", C3, CONFIRMED)
    made = bulk(callers, "ab", {**NO_IMPACT, "contracts": [C1, C3, C7], "replace": True})
    callers.now = "2024-06-05T08:00:00Z"
    put(callers, "ab", C7, CONFIRMED, 1)
    back = undone(callers, "ab", made["operation_id"])
    assert outcomes(back) == {C1: "taken_back", C3: "restored", C7: "kept"}
    assert states(callers, "ab") == {C3: "confirmed", C7: "confirmed"}
    assert states_at(callers, "2024-06-04") == {C1: "no_impact", C3: "no_impact", C7: "no_impact"}
    gone = one(callers, "ab", C1)
    assert (gone["version"], gone["counts_as"]) == (0, "potential")
    history = shaped("triage_history_page", callers.get("ab", f"{PATH}/{C1}/history"))["items"]
    assert [row["state"] for row in history] == ["no_impact", None]
    assert put(callers, "ab", C1, CONFIRMED).get_json()["version"] == 3
    assert outcomes(undone(callers, "ab", made["operation_id"])) == {C1: "kept", C3: "kept", C7: "kept"}


def states_at(found: Callers, day: str) -> dict[str, str]:
    return {row["contract_id"]: row["state"] for row in found.items("ab", PATH, known_at=day)}


def test_what_was_taken_back_before_is_taken_back_again(callers: Callers) -> None:
    first = bulk(callers, "ab", {**NO_IMPACT, "contracts": [C1]})
    undone(callers, "ab", first["operation_id"])
    second = bulk(callers, "ab", {**CONFIRMED, "contracts": [C1]})
    assert outcomes(second) == {C1: "created"}
    bulk(callers, "ab", {**CONFIRMED, "contracts": [C3]})
    assert outcomes(undone(callers, "ab", second["operation_id"])) == {C1: "taken_back"}
    assert states(callers, "ab") == {C3: "confirmed"}


def test_nobody_takes_back_what_they_did_not_write(callers: Callers) -> None:
    made = bulk(callers, "m", {**NO_IMPACT, "contracts": [C1]})
    for operation in (made["operation_id"], "op-nobody"):
        response = callers.post("ab", f"{PATH}/undo", {"operation_id": operation})
        assert (response.status_code, response.get_json()["code"]) == (404, "unknown-node")
    foreign = callers.post("ab", f"{PATH}/undo", {"operation_id": made["operation_id"], "visibility": "region:SE-M"})
    assert foreign.status_code == 403
    assert outcomes(undone(callers, "m", made["operation_id"], visibility="region:SE-M")) == {C1: "taken_back"}


def test_the_same_key_operates_once(callers: Callers, store: Store) -> None:
    body = {**NO_IMPACT, "contracts": [C1]}
    two = [bulk(callers, "ab", body, Idempotency_Key="the-same-key") for _ in range(2)]
    assert two[0] == two[1]
    assert len(store.records("triage")) == 1
    (event,) = [record for record in store.records("event") if record.body["event"] == "triage.changed"]
    assert event.body["facts"] == {"incident_id": INCIDENT, "contracts": 1}


def test_where_nothing_is_written_nobody_is_told(callers: Callers, store: Store) -> None:
    put(callers, "ab", C1, CONFIRMED)
    told = len(store.records("event"))
    assert outcomes(bulk(callers, "ab", {**NO_IMPACT, "contracts": [C1]})) == {C1: "kept"}
    assert len(store.records("event")) == told


def test_operations_are_the_same_on_either_store(store_url: str) -> None:
    ids = ("c-1", "c-10", "c-2")
    with opened(store_url) as store:
        said = [describes(contract(name), says={"title": name}) for name in ids]
        reported = [incident(name, recorded_at="2024-01-02T00:00:00Z") for name in (INCIDENT, f"{INCIDENT}-2")]
        store.apply(change_set(*said, incidents=reported), "2024-02-01T00:00:00Z")
        found = Callers(store)
        put(found, "lead", "c-2", CONFIRMED)
        other = found.put("lead", f"/incidents/{INCIDENT}-2/triage/c-1", CONFIRMED, If_Match="0")
        assert other.status_code == 201
        made = bulk(found, "lead", {**NO_IMPACT, "contracts": list(ids), "replace": True})
        assert outcomes(made) == {"c-1": "created", "c-10": "created", "c-2": "replaced"}
        found.now = "2024-06-05T08:00:00Z"
        assert outcomes(undone(found, "lead", made["operation_id"])) == {
            "c-1": "taken_back",
            "c-10": "taken_back",
            "c-2": "restored",
        }
        assert states(found, "lead") == {"c-2": "confirmed"}
        before = found.items("lead", PATH, known_at="2024-06-04")
        assert {row["contract_id"]: row["state"] for row in before} == dict.fromkeys(ids, "no_impact")
        assert put(found, "lead", "c-2", NO_IMPACT, 1).status_code == 412
        assert put(found, "lead", "c-2", NO_IMPACT, 3).status_code == 200
