"""From what a person writes to questions about what stops: each value checked."""

from __future__ import annotations

import difflib
from collections.abc import Collection
from enum import StrEnum
from typing import Final, TypeVar

from tracegraph.answer_outage import Link
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_

W = TypeVar("W", bound=StrEnum)

PERCENT: Final = 100.0
COARSEST: Final = 0.1  # a run that ends while levels still fall by a tenth says nothing


def percent(text: str, name: str) -> float:
    """Return a part of 1 from per cent; `name` is what it was given as."""
    try:
        value = float(text.strip().removesuffix("%").replace(",", "."))
    except ValueError:
        value = -1.0
    if not 0 <= value <= PERCENT:
        raise InvalidInput(N_("{name} is {value!r}: write a number from 0 to 100, like 50"), name=name, value=text)
    return value / PERCENT


def tolerance(text: str) -> float:
    """Return the fall of a level at which a run ends."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= COARSEST:
        raise InvalidInput(
            N_("--epsilon is {value!r}: write a number above 0 and at most {limit}, like 1e-6"),
            value=text,
            limit=COARSEST,
        )
    return value


def word_of(name: str, text: str, words: type[W]) -> W:
    """Return the word that is meant; `name` is what it was given as."""
    try:
        return words(text.casefold())
    except ValueError:
        allowed = ", ".join(words)
        raise InvalidInput(
            N_("{name} is {value!r}: use one of {allowed}"), name=name, value=text, allowed=allowed
        ) from None


def known_firms(firms: Collection[str], links: Collection[Link]) -> None:
    """Refuse firms that no link names."""
    known = {firm for link in links for firm in (link.seller_id, link.buyer_id)}
    for firm in firms:
        if firm not in known:
            near = difflib.get_close_matches(firm, known, n=3)
            text = N_("--close is {value!r}: no row names it; did you mean {near}?")
            if not near:
                text = N_("--close is {value!r}: no row of the file names it")
            raise InvalidInput(text, value=firm, near=", ".join(near))
