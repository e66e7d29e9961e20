"""What rows of an import say, as sentences."""

from __future__ import annotations

import pytest

from tracegraph.render.statement_words import differences, sentence, source_of
from tracegraph.translate import Translator
from tracegraph.vocabulary import RelationshipType

SUPPLIES = "supplies|SUPPLIES|Item:plant/gloves|Item:trader/gloves|src-1|0001-01-01|network|"


def test_goods_are_said_with_whose_they_are() -> None:
    assert sentence(SUPPLIES, Translator()) == "gloves of plant goes to gloves of trader"
    assert source_of(SUPPLIES) == "src-1"


@pytest.mark.parametrize("kind", list(RelationshipType))
@pytest.mark.parametrize("lang", ["sv", "en"])
def test_every_kind_of_claim_has_a_sentence_that_names_it(kind: str, lang: str) -> None:
    said = sentence(f"t|{kind}|Factory:start|Contract:end|s|0001-01-01|public|", Translator(lang))
    assert "end" in said
    assert "|" not in said


def test_a_key_of_another_form_is_not_guessed_at() -> None:
    assert sentence("something|else", Translator()) == "something|else"
    assert source_of("something|else") == ""


def test_only_what_differs_is_told() -> None:
    before = {"grade": "reported", "share_low": 0.2, "attributes": {"name": "A", "regions": ["SE-AB"]}}
    after = {"grade": "declared", "share_low": 0.2, "attributes": {"name": "A", "regions": ["SE-AB", "SE-M"]}}
    assert differences(before, after, Translator()) == [
        ("evidence", "reported", "declared"),
        ("regions", "SE-AB", "SE-AB, SE-M"),
    ]
    assert differences({}, {"valid_to": "2020-01-01"}, Translator()) == [("valid until", "not stated", "2020-01-01")]
