"""What a document promises its callers, line by line, so that a promise that is broken can be named.

`takes`, `gives` and `has` may only be added to; `needs` may only appear with a new operation or a new schema.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")
_SCHEMAS = "#/components/schemas/"


def promises(document: Mapping[str, Any]) -> list[str]:
    """Return all promises of a document, sorted."""
    lines: set[str] = set()
    for path, item in document["paths"].items():
        for method in (one for one in METHODS if one in item):
            lines |= set(_operation(document, f"{method.upper()} {path}", item, item[method]))
    sent = _reached(document, [item[method].get("requestBody", {}) for item, method in _operations(document)])
    for name, schema in document["components"]["schemas"].items():
        subject = f"schema {name}"
        lines.add(f"{subject} is there")
        for way, other, is_needed in properties(schema):
            lines.add(f"{subject} has {way}" + (f" as {other}" if other else ""))
            if name in sent and is_needed:
                lines.add(f"{subject} needs {way}")
    return sorted(lines)


def _operations(document: Mapping[str, Any]) -> Iterator[tuple[Mapping[str, Any], str]]:
    for item in document["paths"].values():
        yield from ((item, method) for method in METHODS if method in item)


def _operation(
    document: Mapping[str, Any], name: str, item: Mapping[str, Any], operation: Mapping[str, Any]
) -> Iterator[str]:
    yield f"{name} is {operation['operationId']}"
    for one in (resolved(document, one) for one in (*item.get("parameters", ()), *operation.get("parameters", ()))):
        yield f"{name} takes {one['in']} {one['name']}"
        if one.get("required") and one["in"] != "path":
            yield f"{name} needs {one['in']} {one['name']}"
    for media, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"{name} takes {media}{_as(content)}"
    for status, answer in operation["responses"].items():
        yield f"{name} gives {status}"
        if status.startswith("2"):
            for media, content in resolved(document, answer).get("content", {}).items():
                yield f"{name} gives {status} {media}{_as(content)}"


def _as(content: Mapping[str, Any]) -> str:
    other = content.get("schema", {}).get("$ref", "").removeprefix(_SCHEMAS)
    return f" as {other}" if other else ""


def resolved(document: Mapping[str, Any], part: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a part of a document, or what it refers to."""
    if "$ref" not in part:
        return part
    found: Any = document
    for step in part["$ref"].split("/")[1:]:
        found = found[step]
    return dict(found)


def _reached(document: Mapping[str, Any], parts: Iterable[Any]) -> set[str]:
    """Return the names of the schemas that parts of a document refer to, directly or through others."""
    names: set[str] = set()
    left = [name for part in parts for name in _named(part)]
    while left:
        name = left.pop()
        if name not in names:
            names.add(name)
            left += _named(document["components"]["schemas"][name])
    return names


def _named(part: Any) -> list[str]:
    return [text.partition('"')[0] for text in json.dumps(part).split(f'"{_SCHEMAS}')[1:]]


def properties(schema: Mapping[str, Any], way: str = "") -> Iterator[tuple[str, str, bool]]:
    """Yield the properties of a schema by their way, those inside too: to which schema each leads, if it is needed."""
    for choice in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from properties(choice, way)
    if way and "$ref" in schema:
        yield way, str(schema["$ref"]).removeprefix(_SCHEMAS), False
    if isinstance(schema.get("items"), Mapping):
        yield from properties(schema["items"], f"{way}[]")
    for name, inner in schema.get("properties", {}).items():
        inside = f"{way}.{name}" if way else name
        yield inside, "", name in schema.get("required", ())
        yield from properties(inner, inside)


def _subject(line: str) -> str:
    return " ".join(line.split(" ")[:2])


def broken(before: Iterable[str], now: Sequence[str]) -> list[str]:
    """Return the promises that are broken: what is gone, and what is newly needed of what was there."""
    then, there = set(before), set(now)
    were, kept = {_subject(line) for line in then}, {_subject(line) for line in there}
    lost = were - kept
    gone = sorted(line for line in then - there if " needs " not in line and _subject(line) not in lost)
    needed = sorted(line for line in there - then if " needs " in line and _subject(line) in were)
    return [*(f"{subject} is gone" for subject in sorted(lost)), *gone, *needed]
