"""Every word of the closed lists can be said, in both languages, and none is said as another."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pytest

from tracegraph.answer_check import Severity
from tracegraph.answer_show import LinkRole, Shortfall
from tracegraph.render import check, phrases, routes, show, words
from tracegraph.services.legend import Unsure
from tracegraph.translate import Translator
from tracegraph.vocabulary import (
    Assumption,
    Basis,
    Certainty,
    Grade,
    IncidentStatus,
    Indicator,
    Label,
    Rule,
    SelectorKind,
    Service,
    Sourcing,
    Status,
)

LISTS: list[tuple[type[StrEnum], Mapping[Any, str]]] = [
    (Status, words.STATUS),
    (Status, words.STATUS_READS),
    (Basis, words.BASIS),
    (Basis, words.BASIS_COUNTED),
    (Grade, words.GRADE),
    (Rule, words.RULE),
    (Certainty, words.CERTAINTY),
    (Assumption, words.ASSUMPTION),
    (SelectorKind, words.SELECTOR),
    (Sourcing, words.SOURCING),
    (Service, words.SERVICE),
    (IncidentStatus, words.INCIDENT_STATUS),
    (Indicator, words.INDICATOR),
    (Label, words.LABEL),
    (LinkRole, show.ROLES),
    (Severity, check._TITLES),
    (Shortfall, phrases._SHORTFALL),
    (Unsure, routes._UNSURE),
]


@pytest.mark.parametrize(("kinds", "texts"), LISTS)
@pytest.mark.parametrize("lang", ["en", "sv"])
def test_every_word_is_said_and_none_twice(kinds: type[StrEnum], texts: Mapping[Any, str], lang: str) -> None:
    assert set(texts) == set(kinds)
    said = [Translator(lang).text(text) if "{" not in text else text for text in texts.values()]
    assert len(set(said)) == len(said)


def test_no_link_is_not_shown_as_good_news() -> None:
    assert "green" not in words.STATUS_STYLE[Status.NO_LINK]
    assert words.STATUS_STYLE[Status.UNMAPPED].startswith("bold")
