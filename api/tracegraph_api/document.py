"""The OpenAPI document: made from the routes themselves, in Swedish and English at once or in one of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask
from flask_smorest import Api

from tracegraph_api import document_parts as parts
from tracegraph_api import problems
from tracegraph_api.context import Context, context_of
from tracegraph_api.document_info import information
from tracegraph_api.document_operation import Describer, Route, component_name, template, tidy_schema
from tracegraph_api.document_shapes import Components
from tracegraph_api.document_words import BOTH, all_said, saying
from tracegraph_api.operation import told_of

VERSION: Final = "1.0.0"
OPENAPI: Final = "3.1.0"
ROOT: Final = "/tracegraph/v1"
_PART: Final = "documents"
_UNDOCUMENTED_METHODS: Final = frozenset({"HEAD", "OPTIONS"})


class ProblemApi(Api):  # type: ignore[misc]
    """An API whose errors are problem details, and whose document is `document_of`."""

    def __init__(self, app: Flask) -> None:
        app.config.update(API_TITLE="tracegraph", API_VERSION=VERSION, OPENAPI_VERSION=OPENAPI)
        super().__init__(app)

    def register_blueprint(self, blp: Any, *, parameters: Any = None, **options: Any) -> None:  # noqa: ARG002
        """Serve the routes of a blueprint; the document finds them by itself."""
        self._app.register_blueprint(blp, **options)

    def handle_http_exception(self, error: Any) -> Any:
        """Return an error as a problem."""
        return problems.problem_of_web(error)


def document_of(app: Flask, lang: str = BOTH) -> dict[str, Any]:
    """Return the OpenAPI document of an application; made once for each language.

    Parameters
    ----------
    app : Flask
        The application.
    lang : str
        `BOTH`, ``sv`` or ``en``.

    Raises
    ------
    LookupError
        A route says too little about itself.
    """
    shared = context_of(app)
    made: dict[str, dict[str, Any]] = shared.parts.setdefault(_PART, {})
    if lang not in made:
        made[lang] = _made(app, shared, lang)
    return made[lang]


def routes_of(app: Flask) -> list[Route]:
    """Return every route of an application that the document describes, by address and method."""
    routes = []
    for rule in (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(f"{ROOT}/")):
        told = told_of(app.view_functions[rule.endpoint])
        for method in sorted((rule.methods or set()) - _UNDOCUMENTED_METHODS):
            id = operation_id(method, template(rule.rule, ROOT))
            routes.append(Route(rule, method, told, id, rule.endpoint.rpartition(".")[0]))
    return sorted(routes, key=lambda route: (route.rule.rule, route.method))


def operation_id(method: str, path: str) -> str:
    """Return the name of an operation: what it does and where, so that it never changes."""
    words = path.replace("{", "by-").replace("}", "").replace("/", "-").replace(".", "-").strip("-") or "root"
    return f"{method.lower()}_{words.replace('-', '_')}"


def examples() -> dict[str, Any]:
    """Return the examples of all operations, by their names: a request, and answers by status."""
    folder = files("tracegraph_api") / "examples"
    found = sorted(folder.iterdir(), key=lambda entry: entry.name) if folder.is_dir() else []
    return {
        entry.name.removesuffix(".json"): json.loads(entry.read_text("utf-8"))
        for entry in found
        if entry.name.endswith(".json")
    }


def _made(app: Flask, shared: Context, lang: str) -> dict[str, Any]:
    say = saying(lang)
    plugin = MarshmallowPlugin(schema_name_resolver=component_name)
    spec = APISpec("", "", OPENAPI, plugins=[plugin])
    components = Components()
    assert plugin.converter is not None, "the plugin belongs to a document"
    describer = Describer(components, plugin.converter, examples(), shared.settings.access)
    routes = routes_of(app)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        path = template(route.rule.rule, ROOT)
        if path not in paths:
            paths[path] = {"parameters": list(describer.path_parameters(route.rule.rule))}
        paths[path][route.method.lower()] = describer.operation(route)
    components.shape("problem")
    bodies = tidy_schema(spec.components.schemas)
    server = f"{shared.settings.public_url}{ROOT}"
    document = {
        "openapi": OPENAPI,
        **information(shared.settings, VERSION, server, say),
        "tags": list(_tags(app, routes)),
        "paths": paths,
        "components": {
            "schemas": dict(sorted({**components.schemas, **bodies}.items())),
            "parameters": dict(_parameters()),
            "headers": {name: dict(header) for name, header in parts.HEADERS.items()},
            "responses": dict(_problems(routes, server)),
            "securitySchemes": dict(parts.SECURITY),
        },
    }
    said: dict[str, Any] = all_said(document, say)
    for path in said["paths"].values():
        for operation in (path[method] for method in path if method != "parameters"):
            operation["summary"] = say(operation["summary"])
    return said


def _tags(app: Flask, routes: list[Route]) -> Iterator[dict[str, str]]:
    used = {route.tag for route in routes}
    for name, blueprint in app.blueprints.items():
        if name in used:
            yield {"name": name, "description": str(getattr(blueprint, "description", ""))}


def _parameters() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, parameter in parts.PARAMETERS.items():
        yield name, {"in": "header", **parameter}
        if name in ("if_match", "idempotency_key"):
            yield f"{name}_required", {"in": "header", "required": True, **parameter}


def _problems(routes: list[Route], server: str) -> Iterator[tuple[str, dict[str, Any]]]:
    every = {*parts.ALWAYS, *parts.NOT_OPEN, *parts.WITH_BODY, *parts.CHANGING}
    every |= {status for route in routes for status in route.told.errors}
    for status in sorted(every):
        yield parts.problem_name(status), parts.problem_response(status, server)
    yield "problem", parts.problem_response(None, server)
