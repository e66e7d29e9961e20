"""Contracts that depend on a factory, over HTTP."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.api.conftest import ROOT

KLANG = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"


def test_pages_give_each_contract_once_and_count_all(reading: FlaskClient) -> None:
    whole = reading.get(KLANG, query_string={"limit": 200}).get_json()
    assert whole["meta"]["total"] == len(whole["items"]) > 3
    found, url = [], f"{KLANG}?limit=2"
    while url:
        page = reading.get(url).get_json()
        found += page["items"]
        url = page["_links"].get("next", {}).get("href")
    assert found == whole["items"]


def test_what_is_not_known_is_refused_with_its_place(reading: FlaskClient) -> None:
    response = reading.get(KLANG, query_string={"valid_at": "spring", "colour": "red"})
    assert response.status_code == 422
    assert response.mimetype == "application/problem+json"
    assert {error["parameter"] for error in response.get_json()["errors"]} == {"valid_at", "colour"}


def test_an_answer_that_the_caller_has_is_not_sent_again(reading: FlaskClient) -> None:
    first = reading.get(KLANG)
    again = reading.get(KLANG, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
