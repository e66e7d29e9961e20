"""How a reader of cells or keys says no, and where the problems of a whole import are gathered."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from tracegraph.errors import Problem
from tracegraph.messages import N_, Message

ERROR: Final = "error"
WARNING: Final = "warning"
#: In how many cases of a kind the nearest known word is looked for: among thousands of words it takes milliseconds.
SUGGESTIONS: Final = 100
_SHOWN: Final = 200  # characters of a bad value that are shown


class Refusal(Exception):
    """A value breaks a rule; carries what a `Problem` says beyond the place.

    Parameters
    ----------
    rule : str
        Stable kebab-case name.
    message, remedy : str
        English texts with places, marked with `N_` where they are written.
    **values
        Value for each place of both texts.
    """

    def __init__(self, rule: str, message: str, remedy: str, **values: Any) -> None:
        super().__init__(rule)
        self.rule = rule
        self.message = Message(message, values)
        self.remedy = Message(remedy, values)


@dataclass(slots=True)
class Problems:
    """The problems of an import, as they are found."""

    found: list[Problem] = field(default_factory=list)

    def add(
        self,
        refusal: Refusal,
        file: str,
        line: int | None = None,
        column: str | None = None,
        value: str | None = None,
        *,
        severity: str = ERROR,
    ) -> None:
        """Note a refusal at a place."""
        shown = value if value is None or len(value) <= _SHOWN else value[: _SHOWN - 3] + "..."
        self.found.append(Problem(file, line, column, shown, refusal.rule, refusal.message, refusal.remedy, severity))

    def warn(
        self, refusal: Refusal, file: str, line: int | None = None, column: str | None = None, value: str | None = None
    ) -> None:
        """Note what deserves a look but stops nothing."""
        self.add(refusal, file, line, column, value, severity=WARNING)

    def sorted(self) -> list[Problem]:
        """Return all problems by file and line, those of a whole file first."""
        return sorted(self.found, key=lambda problem: (problem.file, problem.line or 0))


def nearest(text: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known word most like a text, ignoring case; None when none is like it."""
    words = {word.casefold(): word for word in known}
    found = difflib.get_close_matches(text.casefold()[:100], words, n=1, cutoff=cutoff)
    return words[found[0]] if found else None


def not_one_of(text: str, known: Iterable[str], rule: str) -> Refusal:
    """Return the refusal of a word that is not on a closed list, naming the nearest."""
    words = tuple(known)
    near = nearest(text, words)
    allowed = ", ".join(words)
    message = N_("{value} is not one of: {allowed}")
    if near:
        return Refusal(rule, message, N_("did you mean {near}?"), value=text, allowed=allowed, near=near)
    return Refusal(rule, message, N_("write one of them, or leave the cell empty"), value=text, allowed=allowed)
