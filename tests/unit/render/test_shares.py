"""Shares in words: bounds, never a nought for what is small, never all for what is nearly all."""

from __future__ import annotations

import pytest

from tracegraph.answer import ContractFacts, Dependent, Share
from tracegraph.render.shares import exposed_words, percent
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status


@pytest.mark.parametrize(
    ("part", "words"),
    [
        (0.0, "0"),
        (1.0, "100"),
        (0.4, "40"),
        (0.285714, "29"),
        (0.999, "99.9"),
        (0.9999, "99.99"),
        (0.99999999, "100"),
        (0.004, "0.4"),
        (0.0004, "0.04"),
        (0.00002, "under 0.01"),
    ],
)
def test_percent_is_rounded_but_not_to_none_or_all(part: float, words: str) -> None:
    assert percent(part, Translator()) == words


@pytest.mark.parametrize(
    ("share", "value", "english", "swedish"),
    [
        (Share(0.4, 0.6, 0.0), 1e6, "40 to 60 % of SEK 1.0 m", "40 till 60 % av 1,0 mnkr"),
        (Share(0.5, 0.5, 0.0), 1e6, "50 % of SEK 1.0 m", "50 % av 1,0 mnkr"),
        (Share(0.0, 1.0, 0.0), 1e6, "an unknown part of SEK 1.0 m", "en okänd del av 1,0 mnkr"),
        (Share(0.0, 0.25, 0.0), None, "up to 25 % of a value that is not stated", None),
        (Share(0.4, 0.6, 0.2), 1e6, "40 to 60 % of SEK 1.0 m (20 % of it only because knowledge ends)", None),
        (None, 1e6, "SEK 1.0 m", None),
    ],
)
def test_what_is_at_exposure(share: Share | None, value: float | None, english: str, swedish: str | None) -> None:
    facts = ContractFacts("c1", "Gloves", (), None, value, None)
    dependent = Dependent(facts, Status.POSSIBLE, share=share)
    assert exposed_words(dependent, Translator()) == english
    if swedish:
        assert exposed_words(dependent, Translator("sv")).replace("\N{NO-BREAK SPACE}", " ") == swedish
