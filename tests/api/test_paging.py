"""Every list that the document has, walked page by page: each row once, as many as are said, in one order; and 304."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tools.make_openapi_doc import DOCUMENT

MOST: Final = 200
WHEN: Final = "2019-02-19"
PATHS: Final[dict[str, Any]] = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
#: Rows of their own or of the moment, of which the demo has none; each has tests of its own.
OF_NOBODY: Final = ("audit", "endpoints", "imports", "jobs", "keys", "messages", "proposals", "subscriptions")
#: Without which there is no question.
NAMED: Final = {"/contracts/{id}/routes": {"factory": "demo-plant-klang"}}
#: What may be too long to be counted on the first page.
LONG: Final = ("changes",)


def lists() -> Iterator[tuple[str, dict[str, str], bool]]:
    """Yield address, query, and whether there is a cursor, of every list."""
    for path, item in PATHS.items():
        query = {one["name"]: one for one in item.get("get", {}).get("parameters", ()) if one.get("in") == "query"}
        if "limit" not in query or path.split("/")[1] in OF_NOBODY:
            continue
        asked = dict(NAMED.get(path, {}))
        asked |= {name: first(one["example"]) for name, one in query.items() if one.get("required")}
        if "valid_at" in query:
            asked["valid_at"] = WHEN
        parts = {one["name"]: str(one["example"]) for one in item["parameters"] if one.get("in") == "path"}
        address = path
        for name, value in parts.items():
            address = address.replace(f"{{{name}}}", value)
        yield f"{ROOT}{address}", asked, "cursor" in query


def first(example: Any) -> str:
    """Return an example as one value of a query."""
    return str(example[0] if isinstance(example, list) else example)


def rows_of(body: dict[str, Any]) -> list[str]:
    """Return the rows of a page, to be compared."""
    return [json.dumps(row, sort_keys=True) for row in body["items"]]


def walked(client: FlaskClient, url: str, query: dict[str, str], limit: int) -> Iterator[dict[str, Any]]:
    """Yield all pages, as their links lead."""
    following, asked = url, {**query, "limit": str(limit)}
    while following:
        response = client.get(following, query_string=asked or None)
        assert response.status_code == 200, (following, asked, response.data)
        body = response.get_json()
        yield body
        following, asked = body["_links"].get("next", {}).get("href", ""), {}


@pytest.mark.parametrize(("url", "query", "has_cursor"), [pytest.param(*one, id=one[0]) for one in lists()])
def test_all_pages_have_each_row_once(url: str, query: dict[str, str], has_cursor: bool, reading: FlaskClient) -> None:
    whole = list(walked(reading, url, query, MOST))
    rows = [row for page in whole for row in rows_of(page)]
    meta, limit = whole[0]["meta"], max(1, len(rows) // 3)
    assert meta["total_is_exact"] or url.rpartition("/")[2] in LONG
    assert len(rows) == meta["total"] if meta["total_is_exact"] else len(rows) >= meta["total"]
    assert len(set(rows)) == len(rows)
    parts = list(walked(reading, url, query, limit))
    assert [row for page in parts for row in rows_of(page)] == rows
    assert len(parts) >= min(3, len(rows))
    assert any("cursor=" in page["_links"].get("next", {}).get("href", "") for page in parts) is (
        has_cursor and len(parts) > 1
    )
    numbered = [
        reading.get(url, query_string={**query, "limit": limit, "page": number}).get_json()
        for number in range(1, len(parts) + 1)
    ]
    assert [row for page in numbered for row in rows_of(page)] == rows
    beyond = reading.get(url, query_string={**query, "limit": limit, "page": len(parts) + 1})
    assert (beyond.status_code, beyond.get_json()["items"]) == (200, [])


def test_most_lists_have_rows(reading: FlaskClient) -> None:
    empty = {url for url, query, _ in lists() if not reading.get(url, query_string=query).get_json()["items"]}
    assert len(empty) < len(list(lists())) / 5, empty


@pytest.mark.parametrize(("url", "query"), [pytest.param(*one[:2], id=one[0]) for one in lists()])
def test_what_somebody_has_is_not_sent_again(url: str, query: dict[str, str], reading: FlaskClient) -> None:
    tag = reading.get(url, query_string=query).headers["ETag"]
    again = reading.get(url, query_string=query, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
