"""A client that holds every answer against the OpenAPI document: whoever tests a route tests its description too.

Checked are the status, the headers that are promised, the media type, and the body. What is sent is not: tests send
what is wrong on purpose. An answer that the document does not describe fails the test that got it, and says why.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from tracegraph_api.context import context_of
from tracegraph_api.document import ROOT, document_of, routes_of
from tracegraph_api.document_operation import template
from tracegraph_api.problems import PROBLEM_JSON

JSON = ("application/json", PROBLEM_JSON)
#: One for all applications of the same settings and routes.
_documents: dict[Any, Described] = {}


class NotAsDescribed(AssertionError):
    """An answer that the document does not describe."""


class Described:
    """What the document of an application says, ready to be held against answers."""

    def __init__(self, app: Flask) -> None:
        self.document = document_of(app)
        self._paths = {route.rule.rule: template(route.rule.rule, ROOT) for route in routes_of(app)}
        self._validators: dict[str, Any] = {}

    def operation(self, app: Flask, path: str, method: str) -> tuple[str, dict[str, Any]] | None:
        """Return the operation that a request reaches, with its name for messages; None: none."""
        try:
            rule, _ = app.url_map.bind("").match(path, method, return_rule=True)
        except HTTPException:
            return None
        asked = "get" if method == "HEAD" else method.lower()
        found = self.document["paths"].get(self._paths.get(rule.rule, ""), {}).get(asked)
        return (f"{asked.upper()} {self._paths[rule.rule]}", found) if found else None

    def resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        """Return a part of the document, or what it refers to."""
        if "$ref" not in part:
            return part
        found: Any = self.document
        for step in part["$ref"].split("/")[1:]:
            found = found[step]
        return dict(found)

    def check(self, app: Flask, path: str, method: str, response: TestResponse) -> None:
        """Hold an answer against the document.

        Raises
        ------
        NotAsDescribed
            It is not what the document says.
        """
        reached = self.operation(app, path, method)
        if reached is None:
            if response.status_code >= 400 and response.mimetype == PROBLEM_JSON:
                self.check_body(f"{method} {path}", {"$ref": "#/components/schemas/problem"}, response)
            return
        name, operation = reached
        name = f"{name} -> {response.status_code}"
        status = str(response.status_code)
        if status not in operation["responses"]:
            raise NotAsDescribed(f"{name}: this status is not in the document: {told(response)}")
        answer = self.resolved(operation["responses"][status])
        self.check_headers(name, answer, response)
        if method != "HEAD":
            self.check_content(name, answer, response)

    def check_headers(self, name: str, answer: dict[str, Any], response: TestResponse) -> None:
        """Hold the headers of an answer against what is promised."""
        for header, description in answer.get("headers", {}).items():
            if self.resolved(description).get("required") and header not in response.headers:
                raise NotAsDescribed(f"{name}: the header {header} is promised and missing")

    def check_content(self, name: str, answer: dict[str, Any], response: TestResponse) -> None:
        """Hold the body of an answer against its schema."""
        content = answer.get("content", {})
        if not content:
            if response.data:
                raise NotAsDescribed(f"{name}: the document has no body here: {told(response)}")
            return
        media = content.get(response.mimetype) or content.get("*/*")
        if media is None:
            raise NotAsDescribed(f"{name}: {response.mimetype} is not among {sorted(content)}")
        if response.mimetype in JSON and media["schema"]:
            self.check_body(name, media["schema"], response)

    def check_body(self, name: str, schema: dict[str, Any], response: TestResponse) -> None:
        """Hold a JSON body against a schema of the document."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self._validators:
            whole = {**schema, "components": {"schemas": self.document["components"]["schemas"]}}
            self._validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        validator = self._validators[key]
        body = json.loads(response.data)
        if not validator.is_valid(body):
            wrong = [
                f"/{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
                for error in validator.iter_errors(body)
            ]
            raise NotAsDescribed(f"{name}: the body is not as described\n" + "\n".join(wrong[:8]))


def told(response: TestResponse) -> str:
    """Return the beginning of an answer, for a message."""
    return response.get_data(as_text=True)[:400]


def described(app: Flask) -> Described:
    """Return what the document of an application says; made once."""
    key = (context_of(app).settings, tuple(sorted(rule.rule for rule in app.url_map.iter_rules())))
    if key not in _documents:
        _documents[key] = Described(app)
    return _documents[key]


class CheckedClient(FlaskClient):
    """A client of the API that checks what it gets."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        """Send a request; hold what comes back against the document."""
        response = super().open(*args, **options)
        app = self.application
        described(app).check(app, response.request.path, response.request.method, response)
        return response


def checked(app: Flask) -> FlaskClient:
    """Return a client of an application that holds every answer against the document."""
    app.test_client_class = CheckedClient
    return app.test_client()
