"""The OpenAPI document: valid, equal to what is served, complete, and only ever added to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.conftest import ROOT
from tests.api.pinned import api_rules
from tools.openapi_promises import broken, promises
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.settings_limits import LimitSettings, Rates
from tracegraph.store.port import Store
from tracegraph_api import create_app
from tracegraph_api.context import context_of
from tracegraph_api.document import document_of, examples, routes_of
from tracegraph_api.document_operation import parts_of, template
from tracegraph_api.document_shapes import has_shape, read_shape
from tracegraph_api.document_words import BOTH, part_words
from tracegraph_api.operation import AS_JOB, Operation

HOUSE = Path(__file__).resolve().parents[2]
RELEASED = HOUSE / "docs" / "openapi-promises.txt"
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def document(reading: FlaskClient) -> dict[str, Any]:
    """The document, as it is served."""
    return dict(reading.get(f"{ROOT}/openapi.json").get_json())


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the operations by method and path."""
    return {
        f"{method.upper()} {path}": item[method]
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def told(reading: FlaskClient) -> dict[str, Operation]:
    """Return what each route says of itself, by method and path."""
    return {f"{one.method} {template(one.rule.rule, ROOT)}": one.told for one in routes_of(reading.application)}


def test_the_document_is_valid(document: dict[str, Any]) -> None:
    assert [str(error)[:300] for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_what_is_served_is_what_is_documented(reading: FlaskClient, document: dict[str, Any]) -> None:
    served = {
        f"{method} {template(rule.rule, ROOT)}"
        for rule in api_rules(reading.application)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert served == set(operations(document))


def test_every_answer_has_its_shape(reading: FlaskClient) -> None:
    missing = {
        f"{name} -> {status}: write api/tracegraph_api/shapes/{answer.shape}.json"
        for name, operation in told(reading).items()
        for status, answer in operation.answers.items()
        if answer.shape and not has_shape(answer.shape)
    }
    missing |= {
        f"{name}: shapes/{shape}.json"
        for name, one in told(reading).items()
        for shape in one.sends.values()
        if shape and not has_shape(shape)
    }
    assert missing == set()


def test_every_shape_is_used(reading: FlaskClient, document: dict[str, Any]) -> None:
    there = {path.stem for path in (HOUSE / "api/tracegraph_api/shapes").glob("*.json")}
    assert there <= set(document["components"]["schemas"])
    assert {name for name in there if read_shape(name).get("title") != name} == set()


def test_every_part_of_a_path_has_words(reading: FlaskClient) -> None:
    missing = {
        f"{one.rule.rule}: say what {name} is, in PARTS of tracegraph_api/document_words.py"
        for one in routes_of(reading.application)
        for name in parts_of(one.rule.rule)
        if not part_words(one.rule.rule, name)[0]
    }
    assert missing == set()


def test_every_answer_that_has_a_shape_has_an_example(reading: FlaskClient) -> None:
    there, missing = examples(), set()
    for one in routes_of(reading.application):
        example = there.get(one.id, {})
        if one.told.body is not None and "body" not in example.get("request", {}):
            missing.add(
                f"{one.method} {one.rule.rule}: no example of its body; add a line to tools/example_requests.py"
            )
        for status, answer in one.told.answers.items():
            if answer.shape and answer is not AS_JOB and str(status) not in example.get("responses", {}):
                missing.add(
                    f"{one.method} {one.rule.rule} -> {status}: no example; add a line to tools/example_requests.py"
                )
    assert missing == set()


def test_no_example_is_of_an_operation_that_is_not_there(reading: FlaskClient) -> None:
    assert examples().keys() <= {one.id for one in routes_of(reading.application)}


def described(part: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Yield every description and summary of a document, with its place."""
    if isinstance(part, dict):
        for name, value in part.items():
            if name in ("description", "summary") and isinstance(value, str):
                yield f"{where}/{name}", value
            elif name not in ("example", "examples"):
                yield from described(value, f"{where}/{name}")
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from described(value, f"{where}/{number}")


def test_everything_is_described_in_both_languages(reading: FlaskClient) -> None:
    with reading.application.app_context():
        both, english, swedish = (
            dict(described(document_of(reading.application, lang))) for lang in (BOTH, "en", "sv")
        )
    assert both.keys() == english.keys() == swedish.keys()
    same = {text for where, text in english.items() if text == swedish[where]}
    assert same == {"Id.", "Status.", "Version."}  # words of both languages
    assert {where for where, text in both.items() if english[where] not in text or swedish[where] not in text} == set()
    assert len(both) > 3_000


def test_everything_that_is_read_of_the_graph_takes_the_lens(document: dict[str, Any]) -> None:
    lens = {"valid_at", "known_at", "as", "min_grade"}
    without = {
        path.split("/")[1]
        for path, item in document["paths"].items()
        if "get" in item and not lens <= {one.get("name") for one in item["get"]["parameters"]}
    }
    about_the_api = {"", "api-info", "docs", "me", "openapi.json", "problems"}
    records = {"audit", "endpoints", "imports", "jobs", "keys", "messages", "proposals", "subscriptions"}
    assert without == about_the_api | records


def test_names_of_operations_are_unique(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for operation in operations(document).values()]
    assert len(names) == len(set(names))


def test_limits_are_those_of_the_settings(read_store: Store) -> None:
    limits = LimitSettings(rates=Rates(public="7/minute", member="", upload=""), deadline_seconds=3.5)
    app = create_app(ApiSettings(access=Access.PUBLIC, limits=limits), read_store)
    with app.app_context():
        said = " ".join(document_of(app, "en")["info"]["x-limitations"])
    assert "7 a minute" in said
    assert "3.5 s" in said
    assert "token: at most" in said
    assert "Uploads" not in said


def test_who_may_ask_without_a_token_is_said(read_store: Store) -> None:
    for access, without in ((Access.PUBLIC, True), (Access.PRIVATE, False)):
        app = create_app(ApiSettings(access=access), read_store)
        with app.app_context():
            found = operations(document_of(app))
        assert ({} in found["GET /factories"]["security"]) is without
        assert {} in found["GET /api-info"]["security"]
        assert {} not in found["POST /incidents"]["security"]


def test_a_document_is_made_once(reading: FlaskClient) -> None:
    with reading.application.app_context():
        assert document_of(reading.application) is document_of(reading.application)
    assert context_of(reading.application).parts["documents"].keys() <= {BOTH, "sv", "en"}


def test_nothing_that_was_promised_is_gone(document: dict[str, Any]) -> None:
    """A promise is broken on purpose only with a new major version; releases write them (make_openapi_doc.py)."""
    assert broken(RELEASED.read_text(encoding="utf-8").splitlines(), promises(document)) == []


def small(document: dict[str, Any]) -> Any:
    """Return a deep copy of a document to be changed."""
    return json.loads(json.dumps(document))


def test_each_kind_of_break_is_told(document: dict[str, Any]) -> None:
    before = promises(document)
    path, listed = "/factories/{id}/dependent-contracts", "exposure_page"
    gone = small(document)
    del gone["paths"][path]["get"]
    assert any(line.startswith(f"GET {path} is gone") for line in broken(before, promises(gone)))
    status = small(document)
    del status["paths"][path]["get"]["responses"]["200"]
    assert any(f"GET {path} gives 200" in line for line in broken(before, promises(status)))
    parameter = small(document)
    parameter["paths"][path]["get"]["parameters"] = [
        one for one in parameter["paths"][path]["get"]["parameters"] if one.get("name") != "status"
    ]
    assert f"GET {path} takes query status" in broken(before, promises(parameter))
    needs = small(document)
    needs["paths"][path]["get"]["parameters"].append({"name": "why", "in": "query", "required": True, "schema": {}})
    assert f"GET {path} needs query why" in broken(before, promises(needs))
    field = small(document)
    del field["components"]["schemas"][listed]["properties"]["items"]
    assert f"schema {listed} has items" in broken(before, promises(field))
    body = small(document)
    body["components"]["schemas"]["incident_body"]["required"].append("note")
    assert "schema incident_body needs note" in broken(before, promises(body))
    more = small(document)
    more["paths"]["/news"] = {"get": more["paths"]["/factories"]["get"], "parameters": []}
    more["components"]["schemas"][listed]["properties"]["more"] = {"type": "string"}
    assert broken(before, promises(more)) == []
