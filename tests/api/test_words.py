"""What the library says with a command as the remedy, the API says in its own words."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import tracegraph
from tracegraph.messages import Message
from tracegraph_api.words import WORDS, in_own_words

PLACES = re.compile(r"\{(\w+)")
COMMAND = re.compile(r"`?\btracegraph [a-z]+\b")


def library_texts() -> set[str]:
    """Return every text for people of the services."""
    found: set[str] = set()
    for path in (Path(tracegraph.__file__).parent / "services").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
                found.add(ast.literal_eval(node.args[0]))
    return found


@pytest.mark.parametrize("text", WORDS)
def test_every_text_is_one_of_the_library_and_loses_its_command(text: str) -> None:
    assert text in library_texts()
    own = WORDS[text]
    assert not COMMAND.search(own)
    assert set(PLACES.findall(own)) <= set(PLACES.findall(text))


def test_other_texts_stay() -> None:
    message = Message("something {else}", {"else": 1})
    assert in_own_words(message) is message
