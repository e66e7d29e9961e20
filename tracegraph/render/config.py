"""The settings in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.messages import Message
from tracegraph.render.shape import DIM, grid
from tracegraph.translate import Translator


@dataclass(frozen=True, slots=True)
class ConfigLine:
    """One setting: what it is for, its value as it may be shown, where it comes from (None: the command line)."""

    name: str
    about: str
    value: str
    origin: Message | None


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with the settings, and what is worth a look."""

    wrong: Sequence[Message]
    doubtful: Sequence[Message]


def config_body(lines: Sequence[ConfigLine], found: Found, error: Message | None, say: Translator) -> dict[str, Any]:
    """Return the settings as JSON."""
    return {
        "settings": {line.name: {"value": line.value or None, "origin": _origin(line, say)} for line in lines},
        "wrong": [say.say(message) for message in found.wrong],
        "warnings": [say.say(message) for message in found.doubtful],
        "store_answers": error is None,
        "store_error": say.say(error) if error else None,
    }


def config_shown(lines: Sequence[ConfigLine], found: Found, error: Message | None, say: Translator) -> RenderableType:
    """Return the settings, what is wrong with them, and whether the store answers."""
    rows = [
        (Text(line.name, style="bold"), Text(line.value or "-"), Text(_origin(line, say), style=DIM)) for line in lines
    ]
    about = [(Text(line.name, style=DIM), Text(say.text(line.about), style=DIM)) for line in lines]
    verdict = (
        Text(say.text("The store answers."), style="bold")
        if error is None
        else Text(say.text("The store does not answer: {error}", error=say.say(error)), style="bold yellow")
    )
    mistakes = [Text(say.say(message), style="bold yellow") for message in (*found.wrong, *found.doubtful)]
    return Group(grid(rows, indent=0), Text(), grid(about, indent=0), Text(), *mistakes, verdict)


def _origin(line: ConfigLine, say: Translator) -> str:
    return say.say(line.origin) if line.origin else say.text("from the command line")
