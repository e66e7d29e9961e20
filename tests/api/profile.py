"""The national API profile's rules: what they look at, and the list of them by their ids."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from flask.testing import FlaskClient

from tests.api.conftest import ROOT

METHODS: Final = ("get", "post", "put", "patch", "delete")
SNAKE: Final = re.compile(r"_?[a-z][a-z0-9_]*")
#: First parts of addresses that are no plural: questions to the whole of it, and documents about the API.
NO_RESOURCES: Final = frozenset(
    {"", "api-info", "openapi.json", "docs", "search", "concentration", "depth", "leverage", "audit", "me"}
)
#: Components whose names are prescribed elsewhere.
NAMED_ELSEWHERE: Final = frozenset({"api_info", "openapi"})


@dataclass(frozen=True)
class Api:
    """What rules look at: the document, and a caller of the API."""

    document: dict[str, Any]
    caller: FlaskClient

    @property
    def operations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield path, method and operation."""
        for path, item in self.document["paths"].items():
            yield from ((path, method, item[method]) for method in METHODS if method in item)

    def parameters(self, path: str, operation: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the parameters of an operation, those of its path too."""
        return [self.resolved(one) for one in (*self.document["paths"][path]["parameters"], *operation["parameters"])]

    @property
    def pages(self) -> dict[str, dict[str, Any]]:
        """The schemas of lists."""
        schemas = self.document["components"]["schemas"]
        return {name: one for name, one in schemas.items() if name.endswith(("_page", "_list"))}

    @property
    def every_parameter(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield each parameter of each operation, with the operation's name."""
        for path, method, operation in self.operations:
            yield from ((f"{method} {path}", one) for one in self.parameters(path, operation))

    def resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        """Return a part of the document, or what it refers to."""
        found: Any = self.document
        for step in part.get("$ref", "").split("/")[1:]:
            found = found[step]
        return dict(found) if "$ref" in part else part

    @property
    def answers(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Yield each answer of each operation: the operation's name, the status, the answer."""
        for path, method, operation in self.operations:
            for status, answer in operation["responses"].items():
                yield f"{method} {path}", status, self.resolved(answer)


Rule = Callable[[Api], None]
#: Every rule, by its id in the profile.
RULES: Final[dict[str, Rule]] = {}


def rule(*ids: str) -> Callable[[Rule], Rule]:
    """Return a decorator that names the rules that a function holds."""

    def mark(found: Rule) -> Rule:
        for id in ids:
            assert id not in RULES, id
            RULES[id] = found
        return found

    return mark


def property_names(schema: Any) -> Iterator[str]:
    """Yield the names of all properties of a schema, those inside it too."""
    if isinstance(schema, list):
        for one in schema:
            yield from property_names(one)
    elif isinstance(schema, dict):
        yield from schema.get("properties", {})
        for name, value in schema.items():
            if name not in ("example", "examples", "enum", "const", "default", "required"):
                yield from property_names(list(value.values()) if name == "properties" else value)


def get(api: Api, path: str, **headers: str) -> Any:
    """Return the answer to a request."""
    return api.caller.get(f"{ROOT}{path}", headers=headers)
