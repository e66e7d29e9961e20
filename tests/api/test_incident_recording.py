"""Incidents recorded over HTTP: the rules of the file, who may see what, and one revision after the other."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from tests.api.callers import Callers, shaped
from tests.contract.build import change_set, contract, describes, incident
from tests.library import opened
from tracegraph.model import Selector, Source, SourceId
from tracegraph.store.port import Store
from tracegraph.vocabulary import SelectorKind

KLANG = {"kind": "factory", "id": "demo-plant-klang", "products": ["gloves"]}
NEW: Mapping[str, Any] = {
    "incident_id": "se-ab-new",
    "title": "Demo Daily on hours at Demo Plant Klang (fictional)",
    "kind": "forced_labour",
    "scope": [KLANG],
}
NATIONAL = {**NEW, "incident_id": "inc-national"}
SEEN = "demo-src-daily-gloves"  # a visible claim or incident names it
HIDDEN = "src-hidden"


@pytest.fixture
def callers(store: Store) -> Callers:
    """Callers of a store in which Skåne alone has a document, and an incident."""
    secret = Source(SourceId(HIDDEN), "Secret paper", kind="own")
    said = describes(contract("secret-c"), HIDDEN, {"title": "Secret"}, visibility="region:SE-M")
    held = replace(
        incident("inc-taken"), visibility="region:SE-M", scope=(Selector(SelectorKind.FACTORY, "demo-plant-klang"),)
    )
    store.apply(change_set(said, references=[secret], incidents=[held]), "2024-02-01T00:00:00Z")
    return Callers(store)


def pointers(response: Any) -> list[str]:
    assert response.status_code == 422, response.get_json()
    return [one["pointer"] for one in response.get_json()["errors"]]


# --- a new incident --------------------------------------------------------------------------------------------------


def test_a_new_incident_is_alleged_and_its_region_s_own(callers: Callers) -> None:
    response = callers.post("ab", "/incidents", NEW)
    body = shaped("incident_recorded", response)
    assert (response.status_code, body["revision"], response.headers["ETag"]) == (201, 1, '"1"')
    assert response.headers["Location"] == body["_links"]["self"]["href"] == "/tracegraph/v1/incidents/se-ab-new"
    assert (body["recorded"]["status"], body["recorded"]["visibility"]) == ("alleged", "region:SE-AB")
    assert shaped("incident", callers.get("ab", "/incidents/se-ab-new"))["title"] == NEW["title"]
    assert [callers.get(who, "/incidents/se-ab-new").status_code for who in ("m", "lead", None)] == [404, 404, 404]


def test_who_has_no_region_records_for_all_of_them(callers: Callers) -> None:
    body = shaped("incident_recorded", callers.post("lead", "/incidents", {**NATIONAL, "note": "x"}))
    assert body["recorded"]["visibility"] == "network"


@pytest.mark.parametrize(
    ("who", "visibility", "status"),
    [("ab", "public", 201), ("ab", "network", 201), ("ab", "region:SE-M", 403), ("granted", "region:SE-M", 403)],
)
def test_nobody_records_what_they_would_not_see(callers: Callers, who: str, visibility: str, status: int) -> None:
    response = callers.post(who, "/incidents", {**(NATIONAL if who == "granted" else NEW), "visibility": visibility})
    assert response.status_code == status


def test_readers_and_the_public_record_nothing(callers: Callers) -> None:
    assert callers.post(None, "/incidents", NEW).status_code == 401
    assert callers.post("ab", "/incidents", {**NEW, "visibility": "everybody"}).status_code == 403


def test_an_id_is_made_where_none_is_given(callers: Callers) -> None:
    said = {key: value for key, value in NEW.items() if key != "incident_id"}
    made = [callers.post("ab", "/incidents", said).get_json()["incident_id"] for _ in range(2)]
    assert made[0] != made[1]
    assert callers.get("ab", f"/incidents/{made[0]}").status_code == 200


def test_an_id_that_is_taken_is_refused_and_of_a_hidden_one_no_more_is_told(callers: Callers) -> None:
    assert pointers(callers.post("lead", "/incidents", {**NEW, "incident_id": "demo-inc-order"})) == ["/incident_id"]
    taken = callers.post("lead", "/incidents", {**NEW, "incident_id": "inc-taken"})  # named at a command line
    assert pointers(taken) == ["/incident_id"]
    assert "cannot be used" in taken.get_json()["errors"][0]["detail"]
    assert len(callers.get("m", "/incidents/inc-taken").get_json()["revisions"]) == 1


def test_a_region_learns_nothing_of_ids_that_others_gave(callers: Callers) -> None:
    """Whether there is one of the name or not, a region is told the same: names that it may give are its own."""
    assert callers.post("m", "/incidents", {**NEW, "incident_id": "se-m-secret"}).status_code == 201
    told = set()
    for id in ("inc-taken", "inc-free", "se-m-secret", "se-m-free", "se-ab", "xse-ab-1"):
        response = callers.post("ab", "/incidents", {**NEW, "incident_id": id})
        assert pointers(response) == ["/incident_id"]
        (problem,) = response.get_json()["errors"]
        told.add((problem["rule"], problem["detail"]))
    assert told == {("id-not-yours", "ids of incidents that your region records begin with se-ab-")}
    assert callers.post("ab", "/incidents", {**NEW, "incident_id": "SE-AB-2"}).status_code == 201
    for id in ("se-m-secret", "SE-M-free"):  # nor does who belongs to no region
        response = callers.post("lead", "/incidents", {**NEW, "incident_id": id})
        assert response.get_json()["errors"][0]["detail"] == "ids that begin with se-m- are for the region to give"


def test_what_others_recorded_for_all_is_revised_by_who_may_review(callers: Callers) -> None:
    callers.post("ab", "/incidents", {**NEW, "incident_id": "se-ab-shared", "visibility": "network"})
    path = "/incidents/se-ab-shared/revisions"
    refused = callers.post("m", path, {"status": "withdrawn"}, If_Match="1")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    assert callers.post("ab", path, {"status": "disputed"}, If_Match="1").status_code == 201
    assert callers.post("lead", path, {"status": "withdrawn"}, If_Match="2").status_code == 201


def test_every_rule_of_the_file_is_told_with_its_place(callers: Callers) -> None:
    wrong = {
        **NEW,
        "happened_from": "2019-02-30",
        "replies": [{"text": "ok"}, {"text": "ok", "date": "2019-13-01"}],
        "actions": [
            {"authority": "Demo Customs", "kind": "finding", "effective": "2020-01-02", "revoked": "2020-01-01"}
        ],
        "scope": [KLANG, {"kind": "country", "id": "Atlantis"}],
    }
    found = pointers(callers.post("ab", "/incidents", wrong))
    assert sorted(found) == ["/actions/0/revoked", "/happened_from", "/replies/1/date", "/scope/1/id"]
    shape = {"title": "", "colour": "red", "severity": {"scale": 9}, "scope": [], "recorded_at": "2019-01-01"}
    found = pointers(callers.post("ab", "/incidents", shape))
    assert {"/title", "/colour", "/severity/scale", "/scope", "/kind", "/recorded_at"} <= set(found)
    reversed_days = {**NEW, "happened_from": "2019-02-02", "happened_to": "2019-02-01"}
    assert pointers(callers.post("ab", "/incidents", reversed_days)) == ["/happened_to"]
    assert callers.get("ab", "/incidents/se-ab-new").status_code == 404


def test_a_scope_that_is_nowhere_is_recorded_with_a_warning(callers: Callers) -> None:
    said = {**NEW, "scope": [{"kind": "factory", "id": "secret-f"}, {"kind": "factory", "id": "nobody-f"}]}
    body = shaped("incident_recorded", callers.post("ab", "/incidents", said))
    assert [one["pointer"] for one in body["warnings"]] == ["/scope/0/id", "/scope/1/id", "/sources"]


# --- documents -------------------------------------------------------------------------------------------------------


def test_a_document_that_is_seen_is_named(callers: Callers) -> None:
    body = shaped("incident_recorded", callers.post("ab", "/incidents", {**NEW, "sources": [SEEN, "unsourced"]}))
    assert body["recorded"]["sources"] == [SEEN, "unsourced"]


def test_a_hidden_document_looks_like_one_that_is_unknown(callers: Callers) -> None:
    answers = []
    for name in (HIDDEN, "src-nobody"):
        said = {
            **NEW,
            "sources": [SEEN, name],
            "replies": [{"text": "ok", "source_id": name}],
            "actions": [{"authority": "Demo Customs", "kind": "finding", "source_id": name}],
        }
        response = callers.post("ab", "/incidents", said)
        assert pointers(response) == ["/sources/1", "/replies/0/source_id", "/actions/0/source_id"]
        body = response.get_json()
        body.pop("request_id")
        answers.append(str(body).replace(name, "ID"))
    assert answers[0] == answers[1]
    assert callers.post("m", "/incidents", {**NEW, "incident_id": "se-m-new", "sources": [HIDDEN]}).status_code == 201


def test_documents_are_brought_along_and_get_ids_that_nobody_can_take(callers: Callers, store: Store) -> None:
    paper = {"ref": HIDDEN, "title": "Our notes (fictional)", "kind": "own", "published": "2024-05-01"}
    said = {
        **NEW,
        "documents": [paper, {"ref": "unused", "title": "Never named"}],
        "sources": [HIDDEN],
        "replies": [{"text": "ok", "source_id": HIDDEN}],
    }
    body = shaped("incident_recorded", callers.post("ab", "/incidents", said))
    (made,) = body["recorded"]["sources"]
    assert made.startswith("src-")
    assert made != HIDDEN
    assert body["recorded"]["replies"][0]["source_id"] == made
    shown = callers.get("ab", f"/sources/{made}")
    assert (shown.status_code, shown.get_json()["reference"]["title"]) == (200, "Our notes (fictional)")
    assert callers.get("m", f"/sources/{HIDDEN}").get_json()["reference"]["title"] == "Secret paper"
    assert callers.get("m", f"/sources/{made}").status_code == 404
    again = callers.post("ab", "/incidents", {**said, "incident_id": "se-ab-second"}).get_json()
    assert again["recorded"]["sources"] == [made]
    other = callers.post("m", "/incidents", {**said, "incident_id": "se-m-third"}).get_json()
    assert other["recorded"]["sources"] != [made]


def test_an_incident_names_no_document_to_more_people_than_see_it(callers: Callers) -> None:
    said = describes(contract("demo-c-x"), "src-network", {"title": "X"}, visibility="network")
    paper = Source(SourceId("src-network"), "Closed paper (fictional)")
    callers.store.apply(change_set(said, references=[paper]), "2024-02-01T00:00:00Z")
    body = {**NEW, "sources": [SEEN, "src-network"], "replies": [{"text": "No.", "source_id": "src-network"}]}
    refused = callers.post("ab", "/incidents", {**body, "visibility": "public"})
    assert pointers(refused) == ["/sources/1", "/replies/0/source_id"]
    assert {one["rule"] for one in refused.get_json()["errors"]} == {"document-less-visible"}
    assert callers.post("ab", "/incidents", {**body, "visibility": "network"}).status_code == 201
    assert callers.get(None, "/sources/src-network").status_code == 404
    lead = {**body, "incident_id": "se-ab-lead", "visibility": "public"}
    assert callers.post("ab-lead", "/incidents", lead).status_code == 201  # may decide so
    assert callers.get(None, "/sources/src-network").status_code == 200


def test_a_grant_is_not_for_telling_others(callers: Callers) -> None:
    assert callers.get("granted", f"/sources/{HIDDEN}").status_code == 200
    assert pointers(callers.post("granted", "/incidents", {**NATIONAL, "sources": [HIDDEN]})) == ["/sources/0"]


def test_what_is_wrong_with_documents_is_told_with_its_place(callers: Callers) -> None:
    papers = [
        {"ref": "a", "title": "One", "url": "ftp://x", "published": "2024-02-31"},
        {"ref": "a", "title": "Two"},
        {"ref": "b", "title": " "},
    ]
    found = pointers(callers.post("ab", "/incidents", {**NEW, "documents": papers, "sources": ["b"]}))
    assert sorted(found) == ["/documents/0/published", "/documents/0/url", "/documents/1/ref", "/documents/2/title"]
    nameless = [{"ref": "a", "title": "x\u0007"}]
    assert pointers(callers.post("ab", "/incidents", {**NEW, "documents": nameless})) == ["/documents/0/title"]


# --- the next revision -----------------------------------------------------------------------------------------------


def revised(callers: Callers, who: str, body: Mapping[str, Any], version: int = 1, name: str = "se-ab-new") -> Any:
    return callers.post(who, f"/incidents/{name}/revisions", body, If_Match=f'"{version}"')


def test_a_revision_replaces_what_it_names_and_keeps_the_rest(callers: Callers) -> None:
    callers.post(
        "ab", "/incidents", {**NEW, "note": "First.", "replies": [{"text": "No."}], "happened_from": "2019-01-01"}
    )
    callers.now = "2024-06-02T08:00:00Z"
    response = revised(
        callers, "ab", {"status": "corroborated", "note": None, "happened_from": None, "sources": [SEEN]}
    )
    body = shaped("incident_recorded", response)
    assert (response.status_code, response.headers["ETag"], body["revision"]) == (201, '"2"', 2)
    now = shaped("incident", callers.get("ab", "/incidents/se-ab-new"))
    assert (now["status"], now["title"], now["replies"]) == ("corroborated", NEW["title"], [{"text": "No."}])
    assert "happened_from" not in now
    assert "note" not in now["details"]
    assert {one["what"] for one in now["revisions"][1]["differences"]} == {"status", "note", "happened_from", "source"}
    assert callers.get("ab", "/incidents/se-ab-new", known_at="2024-06-01").get_json()["status"] == "alleged"


def test_a_revision_names_the_one_that_it_follows(callers: Callers) -> None:
    callers.post("ab", "/incidents", NEW)
    bare = callers.post("ab", "/incidents/se-ab-new/revisions", {"note": "x"})
    assert bare.status_code == 428
    old = revised(callers, "ab", {"note": "x"}, version=3)
    assert (old.status_code, old.get_json()["code"]) == (412, "stale-write")
    assert revised(callers, "ab", {"note": "x"}, name="inc-nobody").status_code == 404
    dated = callers.post("ab", "/incidents/se-ab-new/revisions", {"note": "x"}, If_Match='"1.2024-06-01"')
    assert dated.status_code == 201


def test_what_says_nothing_new_records_nothing(callers: Callers) -> None:
    callers.post("ab", "/incidents", NEW)
    response = revised(callers, "ab", {"title": NEW["title"]})
    body = shaped("incident_recorded", response)
    assert (response.status_code, body["nothing_changed"], body["revision"]) == (200, True, 1)
    assert len(callers.items("ab", "/incidents/se-ab-new/revisions")) == 1


def test_a_withdrawal_is_a_revision_and_an_event_of_its_own(callers: Callers, store: Store) -> None:
    callers.post("ab", "/incidents", NEW)
    callers.now = "2024-06-02T08:00:00Z"
    assert revised(callers, "ab", {"status": "withdrawn"}).get_json()["recorded"]["change"] == "withdrawn"
    callers.now = "2024-06-03T08:00:00Z"
    assert revised(callers, "ab", {"note": "It stays so."}, version=2).status_code == 201
    events = [(record.body["event"], record.visibility) for record in store.records("event")]
    own = "region:SE-AB"
    assert events == [("incident.revised", own), ("incident.withdrawn", own), ("incident.revised", own)]
    rows = [(row["action"], row["actor"], row["subject"]) for row in (r.body for r in store.records("audit"))]
    assert ("incident.create", "key:ab", "incident:se-ab-new") in rows
    assert ("incident.revise", "key:ab", "incident:se-ab-new") in rows


def test_a_word_for_a_change_that_is_none_is_refused(callers: Callers) -> None:
    callers.post("ab", "/incidents", NEW)
    assert pointers(revised(callers, "ab", {"change": "widened", "note": "x"})) == ["/change"]


def test_more_people_see_it_only_where_somebody_may_decide_that(callers: Callers) -> None:
    callers.post("ab", "/incidents", NEW)
    callers.now = "2024-06-02T08:00:00Z"
    assert revised(callers, "ab", {"visibility": "network"}).status_code == 403
    assert callers.get("lead", "/incidents/se-ab-new").status_code == 404
    wider = revised(callers, "ab-lead", {"visibility": "network"})
    assert wider.status_code == 201
    seen = shaped("incident", callers.get("lead", "/incidents/se-ab-new"))
    assert (len(seen["revisions"]), seen["change"]) == (1, "reported")
    callers.now = "2024-06-03T08:00:00Z"
    assert revised(callers, "ab", {"visibility": "region:SE-AB", "note": "x"}, version=2).status_code == 201
    assert revised(callers, "lead", {"visibility": "public"}, version=1).status_code == 201


def test_what_another_region_records_moves_no_number(callers: Callers) -> None:
    callers.post("ab", "/incidents", {**NEW, "visibility": "network"})
    callers.now = "2024-06-02T08:00:00Z"
    assert revised(callers, "m", {"visibility": "region:SE-M", "note": "Ours alone."}).status_code == 201
    assert callers.get("ab", "/incidents/se-ab-new").headers["ETag"] == '"1"'
    assert callers.get("m", "/incidents/se-ab-new").headers["ETag"] == '"2"'
    callers.now = "2024-06-03T08:00:00Z"
    assert revised(callers, "ab", {"note": "For all."}, version=1).status_code == 201
    assert callers.get("m", "/incidents/se-ab-new").headers["ETag"] == '"3"'


def test_of_two_who_revise_at_once_one_is_told_to_look_again(callers: Callers, store: Store) -> None:
    callers.post("lead", "/incidents", NATIONAL)
    callers.now = "2024-06-02T08:00:00Z"
    with ThreadPoolExecutor(2) as pool:
        told = pool.map(lambda n: revised(callers, "lead", {"note": n}, name="inc-national").status_code, ("1.", "2."))
    assert sorted(told) == [201, 412]
    assert len(callers.items("lead", "/incidents/inc-national/revisions")) == 2


def test_what_was_said_in_this_very_second_is_not_said_again(callers: Callers) -> None:
    callers.post("ab", "/incidents", NEW)
    assert revised(callers, "ab", {"note": "x"}, version=1).status_code == 201
    again = revised(callers, "ab", {"note": None}, version=2)
    assert (again.status_code, "very second" in again.get_json()["detail"]) == (412, True)
    callers.now = "2024-06-01T08:00:01Z"
    assert revised(callers, "ab", {"note": None}, version=2).status_code == 201


def test_a_revision_that_comes_between_stops_one_on_either_store(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(store_url) as store:
        callers = Callers(store)
        assert callers.post("lead", "/incidents", NATIONAL).status_code == 201
        callers.now = "2024-06-02T08:00:00Z"
        apply = store.apply

        def later(*args: Any, **more: Any) -> Any:
            """Let somebody else revise the incident once the other has been read, and before it is written."""
            monkeypatch.undo()
            assert (
                revised(
                    Callers(store, now="2024-06-02T08:00:05Z"), "lead", {"note": "First."}, name="inc-national"
                ).status_code
                == 201
            )
            return apply(*args, **more)

        monkeypatch.setattr(store, "apply", later)
        assert revised(callers, "lead", {"note": "Second."}, name="inc-national").status_code == 412
        callers.now = "2024-06-03T08:00:00Z"
        assert [row.get("details") for row in callers.items("lead", "/incidents/inc-national/revisions")] == [
            None,
            {"note": "First."},
        ]
        assert revised(callers, "lead", {"note": "Second."}, 2, "inc-national").status_code == 201


def test_the_same_key_records_once(callers: Callers) -> None:
    sent = [callers.post("ab", "/incidents", NEW, Idempotency_Key="the-same-key") for _ in range(2)]
    assert [response.status_code for response in sent] == [201, 201]
    assert sent[0].get_json() == sent[1].get_json()
    assert len(callers.items("ab", "/incidents/se-ab-new/revisions")) == 1
    assert (
        callers.client.post("/tracegraph/v1/incidents", json=NEW, headers={"Authorization": "Bearer ab"}).status_code
        == 400
    )


# --- what is doubtful ------------------------------------------------------------------------------------------------


def test_what_is_doubtful_is_recorded_and_told_with_its_place(callers: Callers) -> None:
    doubtful = {**NEW, "kind": "forced_labor", "happened_from": "2024-06-01", "happened_to": "2024-06-02"}
    body = shaped("incident_recorded", callers.post("ab", "/incidents", doubtful))
    told = {(one["rule"], one["pointer"]) for one in body["warnings"]}
    assert told == {("no-source", "/sources"), ("uncommon-kind", "/kind"), ("day-to-come", "/happened_to")}
    assert {one["severity"] for one in body["warnings"]} == {"warning"}
    assert "forced_labour" in next(one["remedy"] for one in body["warnings"] if one["pointer"] == "/kind")
    swedish = callers.post("ab", "/incidents/se-ab-new/revisions", {"note": "x"}, If_Match="1", Accept_Language="sv")
    assert {one["rule"] for one in swedish.get_json()["warnings"]} == {rule for rule, _ in told}
    sourced = {"sources": [SEEN], "kind": "forced_labour", "happened_to": None}
    assert callers.post("ab", "/incidents/se-ab-new/revisions", sourced, If_Match="2").get_json()["warnings"] == []


def test_a_withdrawal_needs_no_document(callers: Callers) -> None:
    callers.post("ab", "/incidents", NEW)
    withdrawn = callers.post("ab", "/incidents/se-ab-new/revisions", {"status": "withdrawn"}, If_Match="1")
    assert (withdrawn.status_code, withdrawn.get_json()["warnings"]) == (201, [])
