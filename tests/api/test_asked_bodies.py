"""Questions that are asked in a body: any scope, suppositions, evidence, and two answers held against each other."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient

from tests.api.conftest import ROOT

WHEN = {"valid_at": "2019-02-19", "known_at": "2025-01-01T00:00:00Z"}
ALL = ("established", "possible", "unmapped", "no_link")
GLOVES = [{"kind": "group", "id": "demo-gloves", "countries": ["Malaysia"]}]


def posted(client: FlaskClient, url: str, body: Mapping[str, Any], **query: Any) -> dict[str, Any]:
    response = client.post(url, json=body, query_string=query or None)
    assert response.status_code == 200, response.data
    return dict(response.get_json())


def test_any_scope_is_asked_in_a_body(reading: FlaskClient) -> None:
    url = f"{ROOT}/groups/demo-gloves/dependent-contracts"
    expected = reading.get(url, query_string={"countries": "MY", "limit": 200, **WHEN}).get_json()
    body = {"scope": GLOVES, "lens": WHEN}
    found = posted(reading, f"{ROOT}/exposure-queries", body, limit=200)
    assert found["items"] == expected["items"]
    assert found["meta"]["assumed"] is None
    first = posted(reading, f"{ROOT}/exposure-queries", body, limit=2)
    following = posted(reading, first["_links"]["next"]["href"], body)
    assert first["items"] + following["items"] == expected["items"][:4]


def test_incidents_are_a_scope_too(reading: FlaskClient) -> None:
    body = {"incidents": ["demo-inc-order"], "lens": WHEN}
    assert posted(reading, f"{ROOT}/exposure-queries", body)["meta"]["query"]["scope"]
    missing = reading.post(f"{ROOT}/exposure-queries", json={"incidents": ["nobody"], "lens": WHEN})
    assert missing.status_code == 404


def test_a_body_is_strict(reading: FlaskClient) -> None:
    body = {"scope": [{"kind": "star", "id": "x", "colour": 1}], "lens": {"valid_at": "spring"}, "more": 1}
    response = reading.post(f"{ROOT}/exposure-queries", json=body)
    assert response.status_code == 422
    found = {error["pointer"] for error in response.get_json()["errors"]}
    assert found == {"/scope/0/kind", "/scope/0/colour", "/lens/valid_at", "/more"}
    empty: dict[str, Any]
    for empty in ({}, {"scope": []}, {"scope": GLOVES, "what_if": {}}):
        refused = reading.post(f"{ROOT}/exposure-queries", json=empty)
        assert refused.status_code == 422
        assert "--" not in refused.get_json()["detail"]


def test_what_is_assumed_changes_the_answer_and_nothing_else(reading: FlaskClient) -> None:
    body = {"scope": [{"kind": "factory", "id": "demo-plant-klang"}], "lens": WHEN}
    before = posted(reading, f"{ROOT}/exposure-queries", body)
    closed = posted(reading, f"{ROOT}/exposure-queries", {**body, "what_if": {"close": ["demo-plant-klang"]}})
    assert closed["meta"]["assumed"]["closed"] == ["demo-plant-klang"]
    assert closed["meta"]["summary"]["established"] < before["meta"]["summary"]["established"]
    table = {
        "name": "supplies.csv",
        "content": "seller_id,buyer_id,product,source_id\n"
        "demo-plant-klang,demo-wholesale-01,gloves-nitrile,demo-src-wholesale-02\n",
    }
    added = posted(reading, f"{ROOT}/exposure-queries", {**body, "what_if": {"add": [table]}})
    assert len(added["meta"]["assumed"]["added"]) == 1
    wrong = {"name": "supplies.csv", "content": "colour\nred\n"}
    refused = reading.post(f"{ROOT}/exposure-queries", json={**body, "what_if": {"add": [wrong]}})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "dataset-rejected")
    assert refused.get_json()["errors"][0]["file"] == "supplies.csv"
    assert posted(reading, f"{ROOT}/exposure-queries", body)["items"] == before["items"]


def test_evidence_computes_the_answer_again(reading: FlaskClient) -> None:
    body = {"incidents": ["demo-inc-order"], "lens": WHEN}
    response = reading.post(f"{ROOT}/exposure-queries", json=body, headers={"Accept": "application/zip"})
    assert (response.status_code, response.mimetype) == (200, "application/zip")
    assert response.headers["Content-Disposition"] == 'attachment; filename="tracegraph-evidence.zip"'
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        question = json.loads(archive.read("question.json"))
        answer = json.loads(archive.read("answer.json"))
    assert question["incidents"][0]["incident_id"] == "demo-inc-order"
    listed = posted(reading, f"{ROOT}/exposure-queries", {**body, "status": list(ALL)}, limit=200)
    assert answer["contracts"] == listed["items"]
    assumed = {**body, "what_if": {"close": ["demo-plant-klang"]}}
    headers = {"Accept": "application/zip"}
    assert reading.post(f"{ROOT}/exposure-queries", json=assumed, headers=headers).status_code == 422


def test_two_moments_are_compared(reading: FlaskClient) -> None:
    body = {
        "before": {"scope": GLOVES, "lens": {"known_at": "2018-12-19"}},
        "after": {"lens": {"known_at": "2019-02-19"}},
    }
    found = posted(reading, f"{ROOT}/comparisons", body)
    assert found["items"]
    assert all(row["causes"] for row in found["items"])
    assert found["meta"]["before"]["query"]["lens"]["known_at"] == "2018-12-19T23:59:59Z"
    assert posted(reading, f"{ROOT}/comparisons", {"before": body["before"]})["meta"]["documents"]
    again = [row for n in (1, 2, 3) for row in posted(reading, f"{ROOT}/comparisons", body, limit=3, page=n)["items"]]
    assert again == found["items"][:9]


def test_scopes_revisions_and_suppositions_are_compared(reading: FlaskClient) -> None:
    thai = {"scope": [{"kind": "country", "id": "TH"}], "lens": WHEN}
    other = posted(reading, f"{ROOT}/comparisons", {"before": {"scope": GLOVES, "lens": WHEN}, "after": thai})
    assert other["meta"]["after"]["query"]["scope"][0]["id"] == "TH"
    supposed = {"before": {"scope": GLOVES, "lens": WHEN}, "what_if": {"close": ["demo-plant-klang"]}}
    assert posted(reading, f"{ROOT}/comparisons", supposed)["meta"]["assumed"]["closed"] == ["demo-plant-klang"]
    one = {"incidents": ["inc-2019-my-gloves"]}
    moments = {"before": {**one, "lens": {"known_at": "2019-02-19"}}}
    assert posted(reading, f"{ROOT}/comparisons", moments)["meta"]["before"]["incidents"]
    wrong: dict[str, Any]
    for wrong in ({"before": {}}, {**supposed, "after": thai}, {"before": {"scope": GLOVES}, "revisions": [1, 2]}):
        assert reading.post(f"{ROOT}/comparisons", json=wrong).status_code == 422
