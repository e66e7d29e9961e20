"""Shapes of answers as components of the OpenAPI document: what they refer to comes along."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from itertools import chain, count
from typing import Any, Final

from tracegraph.resources import resource_folder

COMPONENT: Final = "#/components/schemas/"
#: How shapes name the schemas that describe what the command line prints as JSON.
URN: Final = "urn:tracegraph:schema:"
_OURS: Final = "shape:"
_LEFT_OUT: Final = ("$schema", "$id", "$defs", "$comment")
_SHARED_DEPTH: Final = 2
_STEPS: Final = ("$defs", "properties", "items", "additionalProperties")


class Components:
    """Schemas by the name under which the document has them."""

    def __init__(self) -> None:
        self.schemas: dict[str, Any] = {}
        self._names: dict[tuple[str, str], str] = {}

    def shape(self, name: str) -> dict[str, str]:
        """Return a reference to a shape, which becomes a component with all that it refers to.

        Raises
        ------
        LookupError
            There is no such shape.
        """
        return {"$ref": COMPONENT + self._taken(f"{_OURS}{name}", "")}

    def _taken(self, source: str, pointer: str) -> str:
        """Return the name of a part of a source, which becomes a component."""
        key = _key(source, pointer)
        if key not in self._names:
            self._names[key] = name = self._free(
                _name(source, pointer), is_shape=source.startswith(_OURS) and not pointer
            )
            self.schemas[name] = {}  # its place, should it refer to itself
            self.schemas[name] = self._rewritten(_part(_source(source), pointer), source)
        return self._names[key]

    def _free(self, name: str, *, is_shape: bool) -> str:
        """Return a name that no other part has; shapes keep theirs."""
        if is_shape:
            return name
        free = f"{name}_part" if name in _shape_names() else name
        taken = set(self._names.values())
        return next(one for one in chain([free], (f"{free}_{number}" for number in count(2))) if one not in taken)

    def _rewritten(self, schema: Any, source: str) -> Any:
        """Return a schema whose references are to components."""
        if isinstance(schema, list):
            return [self._rewritten(one, source) for one in schema]
        if not isinstance(schema, Mapping):
            return schema
        kept = {name: value for name, value in schema.items() if name not in _LEFT_OUT}
        found = {name: self._rewritten(value, source) for name, value in kept.items() if name != "$ref"}
        if isinstance(schema.get("$ref"), str):
            other, _, pointer = schema["$ref"].partition("#")
            found["$ref"] = COMPONENT + self._taken(other or source, pointer)
        return found


def _key(source: str, pointer: str) -> tuple[str, str]:
    """Return what tells parts apart: a definition of one name is the same in all URN schemas, as a test holds."""
    is_shared = source.startswith(URN) and pointer.startswith("/$defs/") and pointer.count("/") == _SHARED_DEPTH
    return (URN if is_shared else source, pointer)


def _name(source: str, pointer: str) -> str:
    """Return what a part is called: shared definitions by their own name, other parts by their way."""
    steps = [step for step in pointer.split("/") if step and step not in _STEPS]
    stem = source.removeprefix(_OURS).removeprefix(URN).replace("-", "_")
    if not steps:
        return stem
    if pointer.startswith("/$defs/") and len(steps) == 1 and source.startswith(URN):
        return steps[0]
    return "_".join([stem, *steps])


def _part(schema: Any, pointer: str) -> Any:
    """Return the part of a schema that a JSON pointer leads to.

    Raises
    ------
    LookupError
        It leads nowhere.
    """
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        schema = schema[int(name)] if isinstance(schema, list) else schema[name]
    return schema


@cache
def _shape_names() -> frozenset[str]:
    return frozenset(
        entry.name.removesuffix(".json") for entry in (files("tracegraph_api") / "shapes").iterdir() if entry.is_file()
    )


def _source(source: str) -> Any:
    """Return the schema that a name stands for.

    Raises
    ------
    LookupError
        There is none.
    """
    if source.startswith(_OURS):
        return read_shape(source.removeprefix(_OURS))
    path = resource_folder("schemas") / f"{source.removeprefix(URN)}.json"
    if not source.startswith(URN) or not path.is_file():
        raise LookupError(f"there is no schema {source}")
    return json.loads(path.read_text(encoding="utf-8"))


def every_shape() -> dict[str, Any]:
    """Return all shapes with all that they refer to, by the names that the document has for them."""
    components = Components()
    for name in sorted(_shape_names()):
        components.shape(name)
    return components.schemas


def has_shape(name: str) -> bool:
    """Return whether somebody has written a shape; a test tells which are missing."""
    return name in _shape_names()


def read_shape(name: str) -> dict[str, Any]:
    """Return a JSON Schema under ``shapes/`` as it is written.

    Raises
    ------
    LookupError
        There is none of this name.
    """
    if name not in _shape_names():
        raise LookupError(f"there is no shape {name}: write api/tracegraph_api/shapes/{name}.json")
    found: dict[str, Any] = json.loads((files("tracegraph_api") / "shapes" / f"{name}.json").read_text("utf-8"))
    return found
