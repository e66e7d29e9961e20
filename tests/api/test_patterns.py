"""Every regular expression of the code and of the document takes little time on the worst 100,000 characters (B-08).

The strings are made from each expression's own syntax tree: whatever may be repeated is repeated, behind what leads to
it, and what follows breaks the match. An expression is asked as its module asks it.
"""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from re import _parser as parser
from typing import Any

import pytest
from flask.testing import FlaskClient

import tracegraph
import tracegraph_api
from tests.api.conftest import ROOT

LENGTHS = (24, 1_000, 10_000, 100_000)
LENGTH = LENGTHS[-1]
MOST_SECONDS = 0.05
METHODS = ("fullmatch", "match", "search", "sub", "finditer", "findall", "split")
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")


def one_of(items: Any) -> str:
    """Return a character of a class."""
    for kind, value in items:
        if str(kind) == "LITERAL":
            return chr(value)
        if str(kind) == "RANGE":
            return chr(value[0])
        if str(kind) == "CATEGORY":
            return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "a"}.get(str(value), "!")
    return "~"


def sample(tree: Any, worst: list[tuple[str, str]], before: str = "") -> str:
    """Return a text that a tree matches; collect what leads to each repeat, and what is repeated."""
    text = ""
    for kind, value in tree:
        name = str(kind)
        if name == "LITERAL":
            text += chr(value)
        elif name == "IN":
            text += "~" if str(value[0][0]) == "NEGATE" else one_of(value)
        elif name in ("ANY", "NOT_LITERAL"):
            text += "a" if name == "ANY" or value != ord("a") else "b"
        elif name in _REPEATS:
            low, high, inner = value
            body = sample(inner, worst, before + text) or "a"
            if int(high) > 1:
                worst.append((before + text, body))
            text += body * int(low)
        elif name == "BRANCH":
            text += next(iter([sample(branch, worst, before + text) for branch in value[1]]))
        elif name == "SUBPATTERN":
            text += sample(value[3], worst, before + text)
        elif name in ("ASSERT", "ATOMIC_GROUP"):
            sample(value[1] if name == "ASSERT" else value, worst, before + text)
    return text


def adversaries(pattern: re.Pattern[str], length: int) -> list[str]:
    """Return the worst texts of a length for an expression."""
    worst: list[tuple[str, str]] = []
    whole = sample(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE), worst)
    worst += [("", whole or "a"), *(("", char) for char in (" ", "a", "1", "-"))]
    texts = {before + body * (length // len(body)) for before, body in worst}
    return [text[:length] + ending for text in sorted(texts) for ending in ("\0", "!\n")]


def seconds(pattern: re.Pattern[str], method: str) -> float:
    """Return the processor time of the worst text: of ever longer ones, until one takes too long."""
    taken = 0.0
    for length in LENGTHS:
        for text in adversaries(pattern, length):
            once = of_one(pattern, method, text)
            taken = max(taken, once if once <= MOST_SECONDS else min(once, of_one(pattern, method, text)))
        if taken > MOST_SECONDS:
            break
    return taken


def of_one(pattern: re.Pattern[str], method: str, text: str) -> float:
    """Return the processor time of one try."""
    began = time.thread_time()
    if method == "sub":
        pattern.sub("", text)
    elif method == "finditer":
        list(pattern.finditer(text))
    else:
        getattr(pattern, method)(text)
    return time.thread_time() - began


def of_module(name: str) -> Iterator[tuple[str, re.Pattern[str], tuple[str, ...]]]:
    """Yield the expressions of a module, with how it asks them."""
    module = importlib.import_module(name)
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = {call.attr for call in calls if isinstance(call, ast.Attribute)} & set(METHODS)
    methods = tuple(sorted(asked - {"split", "findall"})) or ("fullmatch", "match", "search")
    for place, value in vars(module).items():
        yield from ((f"{name}.{place}", pattern, methods) for pattern in patterns_in(value))
    for node in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args):
        call, first = node.func, node.args[0]
        of_re = isinstance(call, ast.Attribute) and isinstance(call.value, ast.Name) and call.value.id == "re"
        if of_re and isinstance(first, ast.Constant) and getattr(call, "attr", "") in METHODS:
            yield f"{name}:{node.lineno}", re.compile(str(first.value)), (str(getattr(call, "attr", "")),)


def patterns_in(value: Any) -> Iterator[re.Pattern[str]]:
    """Yield the expressions that a value is or holds."""
    if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
        yield value
    elif isinstance(value, list | tuple | set | frozenset):
        for one in value:
            yield from patterns_in(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from patterns_in(one)


@cache
def of_the_code() -> dict[tuple[str, str], re.Pattern[str]]:
    """Return every expression of both packages, by where it is and how it is asked."""
    found: dict[tuple[str, str], re.Pattern[str]] = {}
    for package in (tracegraph, tracegraph_api):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if module.name.rpartition(".")[2] != "__main__":
                for where, pattern, methods in of_module(module.name):
                    found |= {(where, method): pattern for method in methods}
    return found


def test_the_search_finds_what_there_is() -> None:
    places = {where for where, _ in of_the_code()}
    assert len(places) > 40
    assert {"tracegraph_api.changes._KEY", "tracegraph_api.input_messages.SAID"} <= places


def test_a_bad_expression_is_found_out() -> None:
    assert seconds(re.compile(r"(a+)+$"), "match") > MOST_SECONDS
    assert seconds(re.compile(r"\s+$"), "search") > MOST_SECONDS
    assert seconds(re.compile(r"a+$"), "match") <= MOST_SECONDS


def test_no_expression_of_the_code_takes_long() -> None:
    slow = []
    for (where, method), pattern in sorted(of_the_code().items(), key=lambda pair: pair[0]):
        taken = seconds(pattern, method)
        if taken > MOST_SECONDS:
            slow.append(f"{where}.{method}: {taken:.3f} s for {pattern.pattern}")
    assert slow == []


def patterns_of(part: Any) -> Iterator[str]:
    """Yield the expressions of a part of the document."""
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str):
            yield part["pattern"]
        for name, value in part.items():
            if name not in ("example", "examples"):
                yield from patterns_of(value)
    elif isinstance(part, list):
        for one in part:
            yield from patterns_of(one)


def test_no_expression_of_the_document_takes_long(reading: FlaskClient) -> None:
    found = set(patterns_of(reading.get(f"{ROOT}/openapi.json").get_json()))
    assert len(found) > 10
    slow = {text: taken for text in sorted(found) if (taken := seconds(re.compile(text), "search")) > MOST_SECONDS}
    assert slow == {}
    assert [text for text in found if not text.startswith("^")] == []


@pytest.mark.parametrize("text", ["x" * LENGTH, "é" * LENGTH, "region:SE-" * (LENGTH // 10)], ids=["x", "e", "region"])
def test_a_value_that_is_far_too_long_is_refused_at_once(reading: FlaskClient, text: str) -> None:
    began = time.thread_time()
    response = reading.post(f"{ROOT}/exposure-queries", json={"scope": [{"kind": "factory", "id": text}]})
    assert response.status_code in (404, 422)
    assert time.thread_time() - began < 1
