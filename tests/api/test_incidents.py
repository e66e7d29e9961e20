"""Incidents over HTTP, as they are read: the same answers as the library's, under the caller's own lens."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from dataclasses import replace

import pytest

from tests.api.callers import Callers, shaped
from tests.contract.build import change_set, incident
from tracegraph.answer import Question
from tracegraph.exchange.exposure import exposure_body
from tracegraph.incidents import IncidentRevision
from tracegraph.lens import Lens
from tracegraph.model import IncidentId, Selector
from tracegraph.services.exposure import exposure
from tracegraph.services.incidents import find_incident
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.vocabulary import SelectorKind

GLOVES = "demo-inc-gloves-and-debts"
AT = {"valid_at": "2019-06-01", "known_at": "2024-06-01T00:00:00Z"}
LENS = Lens("2019-06-01", "2024-06-01T00:00:00Z", ("network", "public"))
KLANG = Selector(SelectorKind.FACTORY, "demo-plant-klang")
LATER = "2024-02-01T00:00:00Z"


@pytest.fixture(scope="module")
def callers(read_store: Store) -> Callers:
    return Callers(read_store)


def recorded(name: str, visibility: str, **more: object) -> IncidentRevision:
    values = {"scope": (KLANG,), "visibility": visibility, "recorded_at": "2024-01-02T00:00:00Z", **more}
    return replace(incident(name), **values)  # type: ignore[arg-type]


def test_pages_give_each_incident_once_and_filters_hold(callers: Callers) -> None:
    whole = shaped("incident_page", callers.get("lead", "/incidents", limit=200))
    found, page = [], 1
    while rows := callers.items("lead", "/incidents", limit=3, page=page):
        found += rows
        page += 1
    assert found == whole["items"]
    assert whole["meta"]["total"] == len(found) > 3
    alleged = callers.items("lead", "/incidents", status="alleged", limit=200)
    assert alleged == [one for one in found if one["status"] == "alleged"] != []
    still = callers.items("lead", "/incidents", open="true", kind="forced_labour", limit=200)
    assert {one["status"] for one in still} & {"withdrawn", "refuted"} == set()
    assert {one["kind"] for one in still} == {"forced_labour"}
    assert callers.get("lead", "/incidents", status="rumoured").status_code == 422


def test_a_list_as_csv_has_every_row(callers: Callers) -> None:
    total = callers.get("lead", "/incidents", limit=1).get_json()["meta"]["total"]
    response = callers.get("lead", "/incidents", accept="text/csv", limit=1)
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert len(rows) == total
    assert rows[0]["incident_id"]


def test_one_incident_has_its_revisions_and_their_number_as_etag(callers: Callers) -> None:
    response = callers.get("lead", f"/incidents/{GLOVES}")
    body = shaped("incident", response)
    assert response.headers["ETag"] == f'"{len(body["revisions"])}"'
    for name, link in body["_links"].items():
        path = link["href"].removeprefix("/tracegraph/v1")
        assert callers.get("lead", path).status_code == 200, name
    again = callers.client.get(
        f"/tracegraph/v1/incidents/{GLOVES}",
        headers={"Authorization": "Bearer lead", "If-None-Match": response.headers["ETag"]},
    )
    assert again.status_code == 304
    rows = shaped("incident_revision_page", callers.get("lead", f"/incidents/{GLOVES}/revisions"))["items"]
    assert [{k: v for k, v in row.items() if k != "revision"} for row in rows] == body["revisions"]


def test_where_an_act_stands_depends_on_the_day_and_so_does_the_etag(store: Store) -> None:
    act = {"authority": "Demo Customs", "kind": "finding", "effective": "2020-01-01"}
    store.apply(change_set(incidents=[recorded("inc-act", "public", details={"actions": [act]})]), LATER)
    callers = Callers(store)
    states = []
    for day in ("2019-12-31", "2020-01-01"):
        response = callers.get("lead", "/incidents/inc-act", valid_at=day)
        states.append((response.headers["ETag"], shaped("incident", response)["actions"][0]["state"]))
    assert states == [('"1.2019-12-31"', "not_yet"), ('"1.2020-01-01"', "in_force")]


def test_what_is_hidden_looks_like_what_is_unknown(store: Store) -> None:
    store.apply(change_set(incidents=[recorded("inc-hidden", "region:SE-M")]), LATER)
    callers = Callers(store)
    assert callers.get("m", "/incidents/inc-hidden").status_code == 200
    around = ("", "/revisions", "/exposures", "/preview", "/ask-next", "/letters", "/evidence-bundle", "/triage")
    for rest in (*around, "/triage/demo-c-0001", "/triage/demo-c-0001/history"):
        query = {"widen": "group"} if rest == "/preview" else {}
        answers = []
        for name in ("inc-hidden", "inc-nobody"):
            response = callers.get("ab", f"/incidents/{name}{rest}", **query)
            body = response.get_json()
            body.pop("request_id")
            answers.append((response.status_code, json.dumps(body).replace(name, "ID")))
        assert answers[0] == answers[1], rest
        assert answers[0][0] == 404, rest
    listed = [one["incident_id"] for one in callers.items("ab", "/incidents", limit=200)]
    assert "inc-hidden" not in listed
    with_it = callers.get("ab", f"/incidents/{GLOVES}/exposures", **{"with": "inc-hidden"})
    assert with_it.status_code == 404


def test_exposures_are_those_of_the_library(read_store: Store, callers: Callers) -> None:
    views = [find_incident(read_store, GLOVES, LENS)]
    expected = exposure_body(exposure(views, Question((), LENS), read_store, Portfolios(read_store)))
    body = shaped("incident_exposure_page", callers.get("lead", f"/incidents/{GLOVES}/exposures", limit=200, **AT))
    contracts = [{k: v for k, v in one.items() if k != "triage"} for one in body["items"]]
    sent = json.loads(json.dumps(expected))
    assert contracts == sent.pop("contracts")
    assert {key: body["meta"][key] for key in sent} == sent
    assert {one["status"] for one in contracts} >= {"established", "unmapped"}


def test_exposures_of_several_incidents_are_their_union(callers: Callers) -> None:
    other = "demo-inc-order"
    both = shaped(
        "incident_exposure_page",
        callers.get("lead", f"/incidents/{GLOVES}/exposures", limit=200, **AT, **{"with": other}),
    )
    assert [part["incident_id"] for part in both["meta"]["incidents"]] == [GLOVES, other]
    alone = {name: callers.items("lead", f"/incidents/{name}/exposures", limit=200, **AT) for name in (GLOVES, other)}
    reached = {name: {one["contract_id"] for one in rows} for name, rows in alone.items()}
    for contract in both["items"]:
        named = {one["incident_id"] for one in contract["incidents"]}
        assert named == {name for name, ids in reached.items() if contract["contract_id"] in ids}


def test_exposures_by_status_and_as_csv(callers: Callers) -> None:
    path = f"/incidents/{GLOVES}/exposures"
    unmapped = callers.items("lead", path, status="unmapped", limit=200, **AT)
    assert {one["status"] for one in unmapped} == {"unmapped"}
    everything = callers.items("lead", path, status=["established", "possible", "unmapped", "no_link"], limit=200, **AT)
    response = callers.get("lead", path, accept="text/csv", limit=1, status="no_link", **AT)
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert [row["contract_id"] for row in rows] == [
        one["contract_id"] for one in everything if one["status"] == "no_link"
    ]


def test_pages_of_exposures_give_each_contract_once(callers: Callers) -> None:
    path = f"/incidents/{GLOVES}/exposures"
    whole = callers.items("lead", path, limit=200, **AT)
    found, response = [], callers.get("lead", path, limit=3, **AT)
    while True:
        body = shaped("incident_exposure_page", response)
        found += body["items"]
        if "next" not in body["_links"]:
            break
        response = callers.client.get(body["_links"]["next"]["href"], headers={"Authorization": "Bearer lead"})
    assert found == whole
    assert len(whole) > 3
    bare = callers.items("lead", path, limit=200, routes="false", region="SE-AB", **AT)
    assert [one["contract_id"] for one in bare] == [one["contract_id"] for one in whole if "SE-AB" in one["regions"]]
    assert not any("route" in one for one in bare)


def test_the_table_of_exposures_has_shares_and_values(callers: Callers) -> None:
    path = f"/incidents/{GLOVES}/exposures"
    table = callers.get("lead", path, accept="text/csv", status="established", **AT).data.decode("utf-8-sig")
    rows = {row["contract_id"]: row for row in csv.DictReader(io.StringIO(table))}
    listed = callers.items("lead", path, status="established", limit=200, **AT)
    assert list(rows) == [one["contract_id"] for one in listed]
    for one in listed:
        row = rows[one["contract_id"]]
        assert float(row["share_high"]) == one["share"]["high"]
        assert row["incidents"] == GLOVES
        if one["exposed_sek"]:
            assert float(row["exposed_sek_low"]) == one["exposed_sek"]["low"]


def test_a_withdrawn_incident_exposes_nothing_and_says_since_when(store: Store) -> None:
    first = recorded("inc-gone", "public")
    gone = replace(first, status="withdrawn", recorded_at="2024-03-01T00:00:00Z")
    store.apply(change_set(incidents=[first]), LATER)
    store.apply(change_set(incidents=[gone]), "2024-03-01T00:00:00Z")
    callers = Callers(store)
    body = shaped("incident_exposure_page", callers.get("lead", "/incidents/inc-gone/exposures", valid_at="2019-06-01"))
    stopped = body["meta"]["incident"]["stopped"]
    assert (body["items"], stopped["since"], stopped["revision"]) == ([], "2024-03-01T00:00:00Z", 2)
    before = callers.items(
        "lead", "/incidents/inc-gone/exposures", valid_at="2019-06-01", known_at=stopped["known_before"]
    )
    assert before != []
    for rest, query in (("preview", {"widen": "group"}), ("ask-next", {}), ("letters", {}), ("evidence-bundle", {})):
        response = callers.get("lead", f"/incidents/inc-gone/{rest}", **query)
        assert (response.status_code, response.get_json()["code"]) == (409, "incident-withdrawn")
        assert "known_at=2024-02-29T23:59:59Z" in response.get_json()["detail"]
    only = replace(gone, incident_id=IncidentId("inc-never"), recorded_at="2024-03-01T00:00:00Z")
    store.apply(change_set(incidents=[only]), "2024-03-01T00:00:00Z")
    response = callers.get("lead", "/incidents/inc-never/ask-next")
    assert (response.status_code, "only as withdrawn" in response.get_json()["detail"]) == (409, True)


def test_a_preview_says_who_would_be_touched(callers: Callers) -> None:
    path = f"/incidents/{GLOVES}/preview"
    body = shaped("incident_preview_page", callers.get("lead", path, widen="group", limit=200, **AT))
    assert {one["movement"] for one in body["items"]} == {"entered", "changed"}
    assert body["meta"]["differences"]["left"] == 0
    assert callers.get("lead", path, **AT).status_code == 422
    assert callers.get("lead", path, widen="planet", **AT).status_code == 422


def test_a_scope_that_is_not_recorded_is_previewed(callers: Callers) -> None:
    scope = [{"kind": "factory", "id": "demo-plant-klang", "products": ["gloves"]}]
    response = callers.post("lead", "/incident-previews?limit=200&valid_at=2019-06-01", {"scope": scope})
    body = shaped("scope_preview_page", response)
    same = callers.items("lead", "/factories/demo-plant-klang/dependent-contracts", product="gloves", limit=200, **AT)
    assert [one["contract_id"] for one in body["items"]] == [one["contract_id"] for one in same] != []
    assert (body["meta"]["call"] != [], body["meta"]["warnings"]) == (True, [])
    anybody = callers.post(None, "/incident-previews", {"scope": scope})
    assert anybody.status_code == 200


def test_a_preview_of_what_is_nowhere_warns_and_of_nonsense_is_refused(callers: Callers) -> None:
    body = shaped(
        "scope_preview_page", callers.post("lead", "/incident-previews", {"scope": [{"kind": "group", "id": "nobody"}]})
    )
    assert [one["pointer"] for one in body["meta"]["warnings"]] == ["/scope/0/id"]
    wrong = callers.post("lead", "/incident-previews", {"scope": [{"kind": "country", "id": "Atlantis"}]})
    assert (wrong.status_code, wrong.get_json()["errors"][0]["pointer"]) == (422, "/scope/0/id")
    shapeless = callers.post("lead", "/incident-previews", {"scope": [{"kind": "planet", "id": "x", "y": 1}]})
    assert {one["pointer"] for one in shapeless.get_json()["errors"]} == {"/scope/0/kind", "/scope/0/y"}


def test_what_to_ask_next_page_by_page(callers: Callers) -> None:
    path = f"/incidents/{GLOVES}/ask-next"
    whole = shaped("ask_next_page", callers.get("lead", path, limit=200, **AT))
    pages = [callers.items("lead", path, limit=1, page=page, **AT) for page in (1, 2, 3)]
    assert [row for page in pages for row in page] == whole["items"][:3]
    assert whole["meta"]["total"] == len(whole["items"]) > 1
    supplier = whole["items"][1]["supplier_id"]
    assert [one["supplier_id"] for one in callers.items("lead", path, direct_supplier=supplier, **AT)] == [supplier]
    stranger = callers.get("lead", path, direct_supplier="nobody", **AT)
    assert (stranger.status_code, "direct_supplier is" in stranger.get_json()["detail"]) == (422, True)


def test_letters_in_either_language(callers: Callers) -> None:
    path = f"/incidents/{GLOVES}/letters"
    swedish = shaped("letter_page", callers.get("lead", path, lang="sv", limit=1, **AT))["items"][0]
    english = shaped("letter_page", callers.get("lead", path, limit=1, **AT))["items"][0]
    assert swedish["text"].startswith("Till: ")
    assert english["text"].startswith("To: ")
    assert len(english["form"]["rows"]) == english["questions"] > 0
    assert len(english["form"]["columns"]) == len(english["form"]["rows"][0])


def test_the_evidence_bundle_is_what_the_command_writes(callers: Callers) -> None:
    response = callers.get("lead", f"/incidents/{GLOVES}/evidence-bundle", accept="*/*", **AT)
    assert response.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        names = set(archive.namelist())
        answer = json.loads(archive.read("answer.json"))
    assert {"README.txt", "recompute.py", "answer.json", "steps.csv", "manifest.json"} <= names
    exposed = callers.items("lead", f"/incidents/{GLOVES}/exposures", limit=200, **AT)
    assert [one["contract_id"] for one in answer["contracts"] if one["status"] != "no_link"] == [
        one["contract_id"] for one in exposed
    ]
