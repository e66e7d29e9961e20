"""One operation of the OpenAPI document, made from a route and what its decorator says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema
from werkzeug.routing import Rule

from tracegraph.access import ANONYMOUS_MAY, Permission
from tracegraph.messages import N_
from tracegraph.settings_api import Access
from tracegraph_api import document_parts as parts
from tracegraph_api.document_shapes import COMPONENT, Components, has_shape
from tracegraph_api.document_words import part_words
from tracegraph_api.inputs import ID_PATTERN
from tracegraph_api.operation import AS_JOB, JSON, Answered, Operation

_PART: Final = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
_SNAKE: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_ANY: Final = "*/*"


@dataclass(frozen=True, slots=True)
class Route:
    """A route that the document describes.

    Attributes
    ----------
    rule : Rule
        Its address.
    method : str
        In capitals.
    told : Operation
        What its decorator says.
    id, tag : str
        Name of the operation, and of its resource.
    """

    rule: Rule
    method: str
    told: Operation
    id: str
    tag: str


def camel(name: str) -> str:
    """Return a part's name as addresses have it: without a hyphen or an underscore."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def template(rule: str, root: str) -> str:
    """Return the address of a route as the document has it: below the address of the server."""
    return _PART.sub(lambda found: f"{{{camel(found[1])}}}", rule.removeprefix(root))


def parts_of(rule: str) -> list[str]:
    """Return the names of the parts of a route's address, in order."""
    return _PART.findall(rule)


class Describer:
    """Describes operations, and collects the schemas that they need.

    Parameters
    ----------
    components : Components
        Takes the shapes.
    converter : OpenAPIConverter
        Turns marshmallow's schemas into those of the document.
    examples : mapping
        A request and its answers by name of the operation; see `tracegraph_api.document_examples`.
    access : Access
        Who is let in.
    """

    def __init__(
        self, components: Components, converter: OpenAPIConverter, examples: Mapping[str, Any], access: Access
    ) -> None:
        self._components, self._converter = components, converter
        self._examples, self._access = examples, access

    def operation(self, route: Route) -> dict[str, Any]:
        """Return one operation."""
        told, example = route.told, self._examples.get(route.id, {})
        found: dict[str, Any] = {
            "tags": [route.tag],
            "operationId": route.id,
            "summary": told.summary,
            "description": told.description,
            "security": self._security(told.permission),
            "x-permission": told.permission.value,
            "parameters": list(self._parameters(route)),
        }
        if body := self._body(told, example.get("request", {})):
            found["requestBody"] = body
        found["responses"] = self._responses(route, example.get("responses", {}))
        return found

    def _security(self, permission: Permission) -> list[dict[str, list[str]]]:
        """Return how a caller shows who they are: not at all, where that is enough."""
        is_free = permission is Permission.OPEN or (self._access is not Access.PRIVATE and permission in ANONYMOUS_MAY)
        return [{}, {"bearer": []}] if is_free else [{"bearer": []}]

    def path_parameters(self, rule: str) -> Iterator[dict[str, Any]]:
        """Yield the parameters of an address: its own parts, and the headers that every operation takes."""
        for name in parts_of(rule):
            words, example = part_words(rule, name)
            schema = {"type": "string", "pattern": ID_PATTERN}
            given = {"name": camel(name), "in": "path", "required": True, "schema": schema}
            yield {**given, "description": words, "example": example} if words else given
        yield parts.parameter("traceparent")
        yield parts.parameter("accept_language")

    def _parameters(self, route: Route) -> Iterator[dict[str, Any]]:
        told = route.told
        if told.query is not None:
            yield from map(tidy_parameter, self._converter.schema2parameters(told.query(), location="query"))
        if route.method == "GET" and 200 in told.answers:
            yield parts.parameter("if_none_match")
        if 428 in told.errors or 412 in told.errors:
            yield parts.parameter("if_match_required" if 428 in told.errors else "if_match")
        if told.changes:
            name = "idempotency_key" if route.method != "POST" else "idempotency_key_required"
            yield parts.parameter(name)
        if told.answers.get(202) is AS_JOB:
            yield parts.parameter("prefer")

    def _body(self, told: Operation, example: Mapping[str, Any]) -> dict[str, Any] | None:
        content: dict[str, Any] = {}
        if told.body is not None:
            content[JSON] = {"schema": self.body_schema(told.body)}
            if "body" in example:
                content[JSON]["example"] = example["body"]
        for media, shape in told.sends.items():
            content[media] = (
                {"schema": self._shape(shape)} if shape and has_shape(shape) else {"schema": {"type": "string"}}
            )
        return {"required": True, "description": N_("What is asked or sent."), "content": content} if content else None

    def body_schema(self, schema: type[Schema]) -> dict[str, Any]:
        """Return a reference to the schema of a body, which becomes a component."""
        found: dict[str, Any] = self._converter.resolve_nested_schema(schema)  # type: ignore[no-untyped-call]
        return found

    def _shape(self, name: str) -> dict[str, str]:
        return self._components.shape(name)

    def _responses(self, route: Route, examples: Mapping[str, Any]) -> dict[str, Any]:
        told = route.told
        found = {
            str(status): self._answer(route, status, answer, self._example(answer, examples.get(str(status), {})))
            for status, answer in sorted(told.answers.items())
        }
        if route.method == "GET" and 200 in told.answers:
            found["304"] = {
                "description": N_("What you have still holds."),
                "headers": parts.headers("x_request_id", "traceparent", "etag"),
            }
        for status in sorted(problems_of(told, self._access)):
            found[str(status)] = {"$ref": f"#/components/responses/{parts.problem_name(status)}"}
        return found | {"default": {"$ref": "#/components/responses/problem"}}

    def _example(self, answer: Answered, own: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the example of an answer: that of a job where a job is the answer."""
        if answer is not AS_JOB or own:
            return own
        found: Mapping[str, Any] = self._examples.get("get_jobs_by_id", {}).get("responses", {}).get("200", {})
        return found

    def _answer(self, route: Route, status: int, answer: Answered, example: Mapping[str, Any]) -> dict[str, Any]:
        content: dict[str, Any] = {}
        if answer.shape and has_shape(answer.shape):
            content[JSON] = {"schema": self._shape(answer.shape)}
            if "body" in example:
                content[JSON]["example"] = example["body"]
        for media in answer.media:
            content[media] = {"schema": {} if media == _ANY else {"type": "string", "contentMediaType": media}}
        found = {"description": answer.description, "headers": parts.headers(*headers_of(route, status, answer))}
        return found | ({"content": content} if content else {})


def headers_of(route: Route, status: int, answer: Answered) -> Iterator[str]:
    """Yield the names of the headers of an answer."""
    yield from parts.ON_ALL
    yield from parts.RATES
    if status == 200 and answer.shape and not answer.media and route.method == "GET":
        yield "etag"
    if status == 202 or (status == 201 and route.method == "POST"):
        yield "location"
    if answer is AS_JOB:
        yield from ("retry_after", "preference_applied")
    if answer.media:
        yield from ("content_disposition", "x_truncated")
    if route.told.changes:
        yield "idempotency_replayed"


def problems_of(told: Operation, access: Access) -> set[int]:
    """Return the statuses of the problems that an operation has."""
    found = {*parts.ALWAYS, *told.errors}
    if told.permission is not Permission.OPEN or access is Access.LOCAL:  # which answers this computer alone
        found |= set(parts.NOT_OPEN)
    if told.body is not None or told.sends:
        found |= set(parts.WITH_BODY)
    return found | (set(parts.CHANGING) if told.changes else set())


def tidy_parameter(found: dict[str, Any]) -> dict[str, Any]:
    """Return a parameter with its example beside its schema, where readers look for it."""
    schema = dict(found["schema"])
    more = {"example": schema.pop("example")} if "example" in schema else {}
    return {**found, "schema": schema, **more}


def tidy_schema(schema: Any) -> Any:
    """Return a schema with its examples as JSON Schema has them."""
    if isinstance(schema, list):
        return [tidy_schema(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    found = {name: tidy_schema(value) for name, value in schema.items()}
    if "example" in found and ("type" in found or "enum" in found or "anyOf" in found):
        found["examples"] = [found.pop("example")]
    return found


def component_name(schema: Any) -> str:
    """Return the name of a marshmallow schema among the components."""
    kind = schema if isinstance(schema, type) else type(schema)
    return _SNAKE.sub("_", kind.__name__).lower()


def reference(name: str) -> dict[str, str]:
    """Return a reference to a schema of the document."""
    return {"$ref": COMPONENT + name}
