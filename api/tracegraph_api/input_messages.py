"""What the checks of the input say, in our own words: their library speaks English alone, and of fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tracegraph.messages import N_, Message

_N: Final = r"-?[0-9.]{1,40}"

#: How a message of the library looks, and what is said instead; places are named in both.
SAID: Final[Sequence[tuple[re.Pattern[str], str]]] = tuple(
    (re.compile(pattern, re.DOTALL), text)
    for pattern, text in (
        (r"Unknown field\.", N_("there is nothing of this name: see the documentation for what there is")),
        (r"Missing data for required field\.", N_("this is needed and is not there")),
        (r"Field may not be null\.", N_("this cannot be null: leave it out, or give a value")),
        (r"Invalid value\.", N_("this value cannot be used here")),
        (r"Invalid input\.", N_("this value cannot be used here")),
        (r"Invalid type\.", N_("this is of another type than is needed")),
        (r"Invalid input type\.", N_("this is to be an object in braces")),
        (r"Invalid JSON body\.", N_("the body is no JSON: send one value in UTF-8")),
        (r"Not a valid list\.", N_("this is to be a list")),
        (r"Not a valid mapping type\.", N_("this is to be an object in braces")),
        (r"Not a valid string\.", N_("this is to be a text")),
        (r"Not a valid utf-8 string\.", N_("this is to be a text in UTF-8")),
        (r"Not a valid (?:number|period of time)\.", N_("this is to be a number")),
        (r"Number too large\.", N_("this number is too large")),
        (r"Special numeric values \(nan or infinity\) are not permitted\.", N_("this is to be a finite number")),
        (r"Not a valid integer\.", N_("this is to be a whole number")),
        (r"Not a valid boolean\.", N_("this is to be true or false")),
        (r"Not a valid (?:date|.{1,40}date)\.", N_("this is to be a date like 2019-02-19")),
        (r"Not a valid (?:datetime|.{1,40}datetime|time)\.", N_("this is to be a time like 2019-02-19T12:00:00Z")),
        (r"Not a valid URL\.", N_("this is to be an address that begins with https://")),
        (r"Not a valid email address\.", N_("this is to be an e-mail address")),
        (r"Not a valid UUID\.", N_("this is to be a UUID")),
        (r"Must be one of: (?P<choices>.{0,4000})\.", N_("this is to be one of: {choices}")),
        (rf"Must be equal to (?P<value>{_N})\.", N_("this is to be {value}")),
        (
            rf"Must be greater than or equal to (?P<low>{_N}) and less than or equal to (?P<high>{_N})\.",
            N_("this is to be from {low} to {high}"),
        ),
        (
            rf"Must be greater than (?P<low>{_N}) and less than or equal to (?P<high>{_N})\.",
            N_("this is to be more than {low} and at most {high}"),
        ),
        (rf"Must be greater than or equal to (?P<low>{_N})\.", N_("this is to be at least {low}")),
        (rf"Must be less than or equal to (?P<high>{_N})\.", N_("this is to be at most {high}")),
        (rf"Must be greater than (?P<low>{_N})\.", N_("this is to be more than {low}")),
        (rf"Must be less than (?P<high>{_N})\.", N_("this is to be less than {high}")),
        (
            rf"Length must be between (?P<low>{_N}) and (?P<high>{_N})\.",
            N_("this is to have from {low} to {high} characters or entries"),
        ),
        (rf"Shorter than minimum length (?P<low>{_N})\.", N_("this is to have at least {low} characters or entries")),
        (rf"Longer than maximum length (?P<high>{_N})\.", N_("this is to have at most {high} characters or entries")),
        (rf"Length must be (?P<equal>{_N})\.", N_("this is to have {equal} characters or entries")),
        (r"String does not match expected pattern\.", N_("this is not written as it should be: see the pattern")),
    )
)


def own_words(text: str) -> Message:
    """Return what is said in place of a message of the library; a text of our own stays as it is."""
    for pattern, said in SAID:
        found = pattern.fullmatch(text)
        if found is not None:
            return Message(said, found.groupdict())
    return Message(text)
