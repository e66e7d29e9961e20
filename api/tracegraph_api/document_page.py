"""What the reference page for people shows of the OpenAPI document: plain rows, for a template."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from tracegraph_api.document_shapes import COMPONENT

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_MAX_DEPTH: Final = 4


def page_of_document(document: Mapping[str, Any], examples: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the reference shows: what is said of the whole, and a page for each resource.

    Parameters
    ----------
    document : mapping
        The document, in the language of the page.
    examples : mapping
        Requests and answers by name of the operation.
    """
    operations = list(_operations(document, examples))
    tags = []
    for tag in document["tags"]:
        own = [one for one in operations if one["tag"] == tag["name"]]
        tags.append({**tag, "operations": own, "schemas": list(_schemas(document, own))})
    return {
        "info": document["info"],
        "server": document["servers"][0]["url"],
        "limits": document["info"]["x-limitations"],
        "tags": tags,
    }


def _schemas(document: Mapping[str, Any], operations: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the schemas that some operations refer to, and those that these refer to, by name."""
    every = document["components"]["schemas"]
    found: set[str] = set()
    waiting = {name for operation in operations for name in operation["refers_to"]}
    while waiting:
        found |= waiting
        waiting = {inner for name in waiting for inner in _referred(every[name])} - found
    for name in sorted(found):
        schema = every[name]
        rows = list(rows_of(schema))
        yield {"name": name, "words": schema.get("description", ""), "rows": rows, "type": type_of(schema)}


def _referred(part: Any) -> set[str]:
    """Return the names of the schemas that a part of the document refers to."""
    if isinstance(part, Mapping):
        own = {part["$ref"].removeprefix(COMPONENT)} if str(part.get("$ref", "")).startswith(COMPONENT) else set()
        return own.union(*(_referred(inner) for inner in part.values()))
    return set().union(*(_referred(inner) for inner in part)) if isinstance(part, list) else set()


def _operations(document: Mapping[str, Any], examples: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path, item in document["paths"].items():
        for method in (one for one in _METHODS if one in item):
            operation, example = item[method], examples.get(item[method]["operationId"], {})
            shared = [resolved(document, one) for one in (*item["parameters"], *operation["parameters"])]
            answers = [resolved(document, one) for one in operation["responses"].values()]
            yield {
                "id": operation["operationId"],
                "tag": operation["tags"][0],
                "method": method.upper(),
                "path": path,
                "summary": operation["summary"],
                "description": operation["description"],
                "permission": operation["x-permission"],
                "parameters": [_parameter(one) for one in shared],
                "body": list(_content(operation.get("requestBody", {}))),
                "answers": list(_answers(document, operation)),
                "refers_to": _referred([shared, answers, operation.get("requestBody", {})]),
                "curl": curl(document["servers"][0]["url"], example.get("request")),
                "examples": list(_examples(example)),
            }


def resolved(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part of a document, or what it refers to."""
    if "$ref" not in part:
        return part
    found: Any = document
    for step in part["$ref"].split("/")[1:]:
        found = found[step]
    return dict(found)


def _parameter(found: Mapping[str, Any]) -> dict[str, Any]:
    example = found.get("example")
    return {
        "name": found["name"],
        "place": found["in"],
        "required": found.get("required", False),
        "type": type_of(found["schema"]),
        "words": found.get("description", "").replace("\n\n", " "),
        "example": "" if example is None else example if isinstance(example, str) else json.dumps(example),
    }


def _content(found: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for media, content in found.get("content", {}).items():
        yield {"media": media, "type": type_of(content.get("schema", {}))}


def _answers(document: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for status, answer in operation["responses"].items():
        found = resolved(document, answer)
        yield {"status": status, "words": found["description"], "content": list(_content(found))}


def _examples(example: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    request = example.get("request", {})
    if "body" in request:
        yield {"title": f"{request['method']} {request['path']}", "text": _json(request["body"])}
    for status, answer in example.get("responses", {}).items():
        if "body" in answer:
            yield {"title": status, "text": _json(answer["body"])}


def _json(body: Any) -> str:
    return json.dumps(body, ensure_ascii=False, indent=2)


def curl(server: str, request: Mapping[str, Any] | None) -> str:
    """Return a request as a line for a shell; empty where there is none."""
    if request is None:
        return ""
    query = urlencode(request.get("query", {}), doseq=True)
    address = f"{server}{request['path']}" + (f"?{query}" if query else "")
    words = ["curl", "-sS"]
    if request["method"] != "GET":
        words += ["-X", request["method"]]
    for name, value in request.get("headers", {}).items():
        words += ["-H", f"{name}: {value}"]
    for name in request.get("files", ()):
        words += ["-F", f"files=@{name}"]
    if "body" in request:
        words += ["-H", "Content-Type: application/json", "--data", json.dumps(request["body"], ensure_ascii=False)]
    return shlex.join([*words, address])


def rows_of(schema: Mapping[str, Any], before: str = "", depth: int = 0) -> Iterator[dict[str, Any]]:
    """Yield the properties of a schema, those of objects inside it too, by their way."""
    required = schema.get("required", ())
    for name, found in schema.get("properties", {}).items():
        way = f"{before}{name}"
        yield {
            "name": way,
            "required": name in required,
            "type": type_of(found),
            "words": found.get("description", "").replace("\n\n", " "),
        }
        inner, mark = (found["items"], "[]") if isinstance(found.get("items"), Mapping) else (found, "")
        if inner.get("properties") and depth < _MAX_DEPTH:
            yield from rows_of(inner, f"{way}{mark}.", depth + 1)


def type_of(schema: Mapping[str, Any]) -> dict[str, str]:
    """Return the type of a schema in words, and the schema that it refers to."""
    if "$ref" in schema:
        return {"words": "", "name": schema["$ref"].removeprefix(COMPONENT)}
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        found = [type_of(one) for one in choices]
        return {
            "words": " | ".join(one["words"] for one in found if one["words"]),
            "name": next((one["name"] for one in found if one["name"]), ""),
        }
    if isinstance(schema.get("items"), Mapping):
        inner = type_of(schema["items"])
        return {"words": f"array: {inner['words']}".strip(), "name": inner["name"]}
    if "enum" in schema:
        return {"words": " | ".join(json.dumps(one) for one in schema["enum"]), "name": ""}
    if "const" in schema:
        return {"words": json.dumps(schema["const"]), "name": ""}
    kinds = schema.get("type", "")
    words = " | ".join(kinds) if isinstance(kinds, list) else kinds
    for limit in ("format", "pattern", "minimum", "maximum", "minLength", "maxLength", "maxItems"):
        if limit in schema:
            words += f", {limit} {schema[limit]}"
    return {"words": words, "name": ""}
