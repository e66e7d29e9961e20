"""Texts that would be code if somebody put them into a query: in every parameter and every field of every body (B-02).

None of them is a mistake of ours, none finds more than nothing, and none changes what is stored. Made from the
document, so that a new parameter is covered by being described; what reaches Cypher is sent on Neo4j too.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any, Final
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tests.cases_lib import CASES
from tests.library import imported, opened
from tools.make_openapi_doc import DOCUMENT
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.document import examples

#: What closes a name, a text, a pattern or a map in Cypher, SQL or a template, and goes on with a command.
CORPUS: Final = (
    "`",
    "x`) DETACH DELETE n //",
    "'}) MATCH (n) DETACH DELETE n //",
    "'}) RETURN n UNION MATCH (n) RETURN n //",
    "\\u0027}) DETACH DELETE n //",
    "\\u0060 DETACH DELETE n //",
    "' OR 1=1 --",
    '" OR ""="',
    "'; DROP TABLE claims; --",
    "x') UNION SELECT * FROM claims --",
    "%' ESCAPE '%",
    "*",
    ".*",
    "{}",
    "$id",
    "${7*7}{{7*7}}",
    "/* */",
    "x\x00",
    "\N{RIGHT SINGLE QUOTATION MARK} OR 1=1",
    "\N{FULLWIDTH APOSTROPHE}) RETURN n //",
)
#: What an engine says of a query that it cannot read.
TELLTALES: Final = ("syntax error", "SyntaxError", "unrecognized token", "no such column", "Neo.ClientError", "49}")
PATHS: Final[dict[str, Any]] = json.loads(DOCUMENT.read_text(encoding="utf-8"))["paths"]
#: Narrowed by them, an answer may have all its rows: they leave out what is not there, or name goods that nobody knows,
#: of which nobody can tell where they are.
MAY_HAVE_ALL: Final = ("exclude", "product")


def is_text(parameter: dict[str, Any]) -> bool:
    """Return whether a parameter takes any text."""
    schema = parameter.get("schema", {})
    schema = schema.get("items", schema)
    return schema.get("type") == "string" and "enum" not in schema


def asked() -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield address, query and name of the parameter for each text that a reading operation takes."""
    corpus = cycle(CORPUS)
    for path, item in PATHS.items():
        if "get" not in item or path.startswith("/docs") or path == "/openapi.json":
            continue
        parts = {one["name"]: str(one["example"]) for one in item["parameters"] if one.get("in") == "path"}
        query = [one for one in item["get"]["parameters"] if one.get("in") == "query"]
        needed = {one["name"]: str(one["example"]) for one in query if one.get("required")}
        for name in parts:
            for text in CORPUS:
                yield filled(path, {**parts, name: text}), needed, name
        for one in filter(is_text, query):
            for text in CORPUS if one["name"] in ("q", "name") else (next(corpus), next(corpus)):
                yield filled(path, parts), {**needed, one["name"]: text}, one["name"]


def filled(path: str, parts: dict[str, str]) -> str:
    """Return an address with its parts."""
    for name, value in parts.items():
        path = path.replace(f"{{{name}}}", quote(value, safe=""))
    return f"{ROOT}{path}"


def total(body: Any) -> int | None:
    """Return how many rows an answer has in all."""
    meta = body.get("meta") if isinstance(body, dict) else None
    return meta.get("total") if isinstance(meta, dict) else None


def send(client: FlaskClient) -> int:
    """Ask everything; return how many questions there were."""
    sent, whole = 0, {}
    for url, query, name in asked():
        response = client.get(url, query_string=query)
        sent += 1
        assert response.status_code in (200, 404, 405, 409, 422), (url, query, response.data)
        text = response.get_data(as_text=True)
        assert not [word for word in TELLTALES if word in text and word not in str(query)], (url, query, text[:500])
        if response.status_code != 200 or name not in query or name in MAY_HAVE_ALL:
            continue
        key = url, json.dumps({other: value for other, value in query.items() if other != name})
        if name != "q" and key not in whole:
            whole[key] = total(client.get(url, query_string=json.loads(key[1])).get_json(silent=True))
        body = response.get_json(silent=True) or {}
        if body.get("meta", {}).get("unmatched"):
            continue  # it names what nobody knows, so that of all contracts it cannot be told
        found = total(body)
        assert found in (None, 0) or found < (whole.get(key) or found + 1), (url, query, found)
    return sent


def test_no_parameter_is_code(reading: FlaskClient, read_store: Store) -> None:
    before = list(read_store.stream())
    assert send(reading) > 500
    assert list(read_store.stream()) == before


def test_no_parameter_is_cypher(neo4j_url: str) -> None:
    with opened(neo4j_url) as store:
        imported(store, CASES / "13-two-sources-one-link", "2024-01-01T00:00:00Z")
        before = list(store.stream())
        assert send(create_app(ApiSettings(access=Access.LOCAL), store).test_client()) > 500
        assert list(store.stream()) == before


def test_doubled_slashes_are_no_address(reading: FlaskClient) -> None:
    response = reading.get(f"{ROOT}/contracts//demo-c-0001/chain")
    assert (response.status_code, response.get_json()["code"]) == (404, "not-found")


def leaves(body: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the place of every text in a body."""
    if isinstance(body, str):
        yield path
    for step, value in body.items() if isinstance(body, dict) else enumerate(body) if isinstance(body, list) else ():
        yield from leaves(value, (*path, step))


def with_text(body: Any, path: tuple[str | int, ...], text: str) -> Any:
    """Return a body with another text at a place."""
    changed = copy.deepcopy(body)
    at = changed
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = text
    return changed


def bodies() -> Iterator[tuple[str, str, Any]]:
    """Yield method, address and example of every operation that takes a body."""
    found = examples()
    for path, item in PATHS.items():
        parts = {one["name"]: str(one["example"]) for one in item["parameters"] if one.get("in") == "path"}
        for method in ("post", "put"):
            body = found.get(item.get(method, {}).get("operationId", ""), {}).get("request", {}).get("body")
            if body:
                yield method, filled(path, parts), body


@pytest.mark.parametrize(("method", "url", "body"), [pytest.param(*one, id=f"{one[0]} {one[1]}") for one in bodies()])
def test_no_field_of_a_body_is_code(method: str, url: str, body: Any, writing: FlaskClient, store: Store) -> None:
    before = set(map(str, store.stream()))
    corpus = cycle(CORPUS)
    for number, path in enumerate(leaves(body)):
        changed = with_text(body, path, next(corpus))
        headers = {"Idempotency-Key": f"injection-{number:04}", "If-Match": '"1"'}
        response = writing.open(url, method=method.upper(), json=changed, headers=headers)
        assert response.status_code < 500, (path, changed, response.data)
        assert not [word for word in TELLTALES if word in response.get_data(as_text=True)], (path, changed)
    assert before <= set(map(str, store.stream()))
