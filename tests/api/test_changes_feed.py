"""The feed of what changed: in order, each change once, and nothing of what is hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tests.contract.build import change_set, describes, holder, incident, offers
from tracegraph.store.port import Store
from tracegraph_api.context import context_of

FEED = f"{ROOT}/changes"


def page(client: FlaskClient, url: str, **query: Any) -> dict[str, Any]:
    response = client.get(url, query_string=query or None)
    assert response.status_code == 200, response.data
    return dict(response.get_json())


def walked(client: FlaskClient, **query: Any) -> Iterator[dict[str, Any]]:
    found = page(client, FEED, **query)
    while True:
        yield found
        if "next" not in found["_links"]:
            return
        found = page(client, found["_links"]["next"]["href"])


def key(row: dict[str, Any]) -> tuple[str, str, str]:
    named = (
        row["claim"]["claim_id"] if row["claim"] else f"{row['incident']['incident_id']}{row['incident']['revision']}"
    )
    return row["at"], row["change"], named


def test_everything_comes_once_and_in_order(reading: FlaskClient, read_store: Store) -> None:
    pages = list(walked(reading, limit=100))
    rows = [row for found in pages for row in found["items"]]
    assert len({key(row) for row in rows}) == len(rows) > 300
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert {row["change"] for row in rows} >= {"claim_recorded", "incident_revised"}
    assert (pages[-1]["meta"]["total"], pages[-1]["meta"]["total_is_exact"]) == (len(rows), True)
    assert not pages[0]["meta"]["total_is_exact"]
    assert pages[0]["meta"]["total"] <= len(rows)
    by_number = [row for n in (1, 2, 3) for row in page(reading, FEED, limit=100, page=n)["items"]]
    assert by_number == rows[:300]


def test_since_and_the_lens(reading: FlaskClient) -> None:
    rows = [row for found in walked(reading, limit=200) for row in found["items"]]
    later = [row for found in walked(reading, limit=200, since="2019-01-31") for row in found["items"]]
    assert later == [row for row in rows if row["at"] > "2019-01-31T23:59:59Z"]
    assert 0 < len(later) < len(rows)
    public = [row for found in walked(reading, limit=200, **{"as": "public"}) for row in found["items"]]
    assert {row["claim"]["visibility"] for row in public if row["claim"]} == {"public"}
    known = [row for found in walked(reading, limit=200, known_at="2019-01-31") for row in found["items"]]
    assert known == [row for row in rows if row["at"] <= "2019-01-31T23:59:59Z"]
    then = [row for found in walked(reading, limit=200, valid_at="2005-01-01") for row in found["items"]]
    assert len(then) < len(rows)


def test_it_goes_on_where_it_ended(writing: FlaskClient, store: Store) -> None:
    context_of(writing.application).clock = lambda: "2031-01-01T00:00:00Z"
    *_, last = walked(writing, limit=200)
    cursor = last["meta"]["cursor"]
    assert page(writing, FEED, cursor=cursor)["items"] == []
    store.apply(change_set(offers("s-new/gloves")), "2030-06-01T00:00:00Z")
    (new,) = page(writing, FEED, cursor=cursor)["items"]
    assert (new["change"], new["claim"]["to"]) == ("claim_recorded", {"label": "Item", "id": "s-new/gloves"})
    store.retract("2030-07-01T00:00:00Z", claim_ids=[new["claim"]["claim_id"]])
    both = page(writing, FEED, cursor=cursor)
    assert [row["change"] for row in both["items"]] == ["claim_recorded", "claim_retracted"]
    assert both["meta"]["missed"] == 0


def test_what_is_recorded_with_an_earlier_moment_is_said_to_be_missed(writing: FlaskClient, store: Store) -> None:
    first = page(writing, FEED, limit=200)
    earlier = offers("s-old/gloves", recorded_at=first["items"][0]["at"])
    store.apply(change_set(earlier), "2024-06-01T00:00:00Z")
    following = page(writing, FEED, limit=200, cursor=first["meta"]["cursor"])
    assert following["meta"]["missed"] == 1
    assert page(writing, FEED, limit=200, cursor=following["meta"]["cursor"])["meta"]["missed"] == 0


def test_nothing_hints_at_what_is_hidden(reading: FlaskClient, writing: FlaskClient, store: Store) -> None:
    says = {"name": "Secret"}
    store.apply(
        change_set(
            describes(holder("s-secret"), says=says, visibility="region:SE-M", recorded_at="2019-01-15T08:00:00Z")
        ),
        "2024-01-01T00:00:00Z",
    )
    when = {"known_at": "2025-01-01T00:00:00Z"}
    beside, without = (list(walked(client, limit=50, **when)) for client in (writing, reading))
    assert beside == without


def test_deep_pages_are_read_by_cursor(reading: FlaskClient) -> None:
    assert reading.get(FEED, query_string={"limit": 200, "page": 100}).status_code == 422
    other = page(reading, f"{ROOT}/factories", limit=1)["_links"]["next"]["href"].partition("cursor=")[2]
    assert reading.get(FEED, query_string={"cursor": other}).status_code == 422


def test_a_revision_that_is_undone_is_told(writing: FlaskClient, store: Store) -> None:
    now = ["2031-01-01T00:00:00Z"]
    context_of(writing.application).clock = lambda: now[0]
    *_, last = walked(writing, limit=200)
    cursor = last["meta"]["cursor"]
    said = [replace(incident("inc-new"), title=title) for title in ("First (fictional)", "Second (fictional)")]
    store.apply(change_set(incidents=said[:1]), "2030-06-01T00:00:00Z")
    report = store.apply(change_set(incidents=said[1:]), "2030-07-01T00:00:00Z")
    first, second = page(writing, FEED, cursor=cursor)["items"]
    store.retract("2030-08-01T00:00:00Z", change_set=report.change_set)
    found = page(writing, FEED, cursor=cursor)
    assert found["items"][:2] == [first, second]
    (undone,) = found["items"][2:]
    assert (undone["at"], undone["change"], undone["claim"]) == ("2030-08-01T00:00:00Z", "incident_undone", None)
    assert undone["incident"] == second["incident"]
    assert (second["incident"]["title"], second["incident"]["revision"]) == ("Second (fictional)", 2)
    store.apply(change_set(incidents=[replace(said[0], title="Third (fictional)")]), "2030-09-01T00:00:00Z")
    after = page(writing, FEED, cursor=cursor)
    assert [row["change"] for row in after["items"]][2:] == ["incident_undone", "incident_revised"]
    assert (after["items"][3]["incident"]["revision"], after["meta"]["missed"]) == (2, 0)
    assert page(writing, FEED, cursor=found["meta"]["cursor"])["meta"]["missed"] == 0
    known = page(writing, FEED, cursor=cursor, known_at="2030-07-15T00:00:00Z")
    assert known["items"] == [first, second]
