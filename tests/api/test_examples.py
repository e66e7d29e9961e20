"""Examples: each validates against what it is an example of, and is what the API answers now."""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
import pytest
from flask.testing import FlaskClient

from tests.api.conftest import ROOT
from tools.make_openapi_doc import DOCUMENT, EXAMPLES, document, example_files, made, stale, text_of
from tracegraph_api.document import examples

METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture(scope="module")
def served(reading: FlaskClient) -> dict[str, Any]:
    """The document, as it is served."""
    return dict(reading.get(f"{ROOT}/openapi.json").get_json())


def differences(document: dict[str, Any], schema: dict[str, Any], example: Any) -> list[str]:
    """Return where an example is not what its schema says."""
    whole = {**schema, "components": {"schemas": document["components"]["schemas"]}}
    validator = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
    return [f"{error.instance_path}: {error.message[:200]}" for error in validator.iter_errors(example)]


def test_every_example_is_as_described(served: dict[str, Any]) -> None:
    wrong, seen = [], 0
    for path, item in served["paths"].items():
        for operation in (item[method] for method in METHODS if method in item):
            bodies = [("body", operation.get("requestBody", {}))]
            bodies += [(status, answer) for status, answer in operation["responses"].items() if "content" in answer]
            for what, found in bodies:
                for media, content in found.get("content", {}).items():
                    if "example" in content:
                        seen += 1
                        told = differences(served, content["schema"], content["example"])
                        wrong += [f"{path} {what} {media} {one}" for one in told]
    assert wrong == []
    assert seen >= len(examples())


def test_every_example_of_a_problem_is_as_described(served: dict[str, Any]) -> None:
    for name, answer in served["components"]["responses"].items():
        content = answer["content"]["application/problem+json"]
        assert differences(served, content["schema"], content["example"]) == [], name


def test_every_parameter_s_example_is_as_described(served: dict[str, Any]) -> None:
    every = [*served["components"]["parameters"].values()]
    for item in served["paths"].values():
        every += [
            *item["parameters"],
            *(one for method in METHODS if method in item for one in item[method]["parameters"]),
        ]
    wrong = {
        f"{one['name']}: {told}"
        for one in every
        if "example" in one
        for told in differences(served, one["schema"], one["example"])
    }
    assert wrong == set()


def test_examples_and_snapshot_are_what_the_api_answers_now() -> None:
    examples_now, failed = made()
    wanted = {**example_files(examples_now), DOCUMENT: text_of(document())}
    names = [str(path.name) for path in stale(wanted)]
    assert failed == [], "these requests of tools/example_requests.py are not answered as they should be"
    assert names == [], "run python tools/make_openapi_doc.py"


def test_no_example_holds_a_secret_or_a_place_left_open() -> None:
    for path in EXAMPLES.glob("*.json"):
        text = json.dumps(json.loads(path.read_text(encoding="utf-8"))["request"])
        assert "Bearer TOKEN" in text or "Authorization" not in text, path.name
        assert "{" not in json.loads(path.read_text(encoding="utf-8"))["request"]["path"], path.name
