"""Parsers of cells that hold numbers; ranges are checked, and nothing is rounded."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from tracegraph.intake.refusal import Refusal
from tracegraph.intake.spec import Column
from tracegraph.messages import N_

MONEY_LIMIT: Final = 10**15
_COUNT_LIMIT: Final = 10**6
_CONFIDENCE_DECIMALS: Final = 6
_NUMBER: Final = re.compile(r"-?(?:\d+|\d{1,3}(?:[ \u00a0\u202f]\d{3})+)(?:\.(\d+))?", re.ASCII)


def _number(text: str, rule: str) -> float:
    if not _NUMBER.fullmatch(text) or len(text) > 40:
        comma = "," in text and _NUMBER.fullmatch(text.replace(",", "."))
        remedy = (
            N_("write a decimal point, or separate the file's columns by semicolons")
            if comma
            else N_("write a plain number such as 0.4 or 1000000, without unit")
        )
        raise Refusal(rule, N_("{value} is not a number"), remedy, value=text[:40])
    return float(re.sub(r"[ \u00a0\u202f]", "", text))


def _between(rule: str, low: float, high: float, remedy: str) -> Callable[[str, Column], float]:
    def read(text: str, column: Column) -> float:
        percent = text.endswith("%")
        value = float("nan") if percent else _number(text, rule)
        if not low <= value <= high:
            raise Refusal(
                rule,
                N_("{column} {value} is not between {low} and {high}"),
                remedy,
                column=column.name,
                value=text[:40],
                low=f"{low:g}",
                high=f"{high:g}",
            )
        return value

    return read


#: A part of a whole.
share: Final = _between("share", 0, 1, N_("write a part as 0 to 1: 40 % is 0.4"))
latitude: Final = _between("latitude", -90, 90, N_("write degrees north of the equator, for example 59.33"))
longitude: Final = _between("longitude", -180, 180, N_("write degrees east of Greenwich, for example 18.07"))


def confidence(text: str, _column: Column) -> float:
    """Return a confidence: above 0, at most 1, at most 6 decimals."""
    remedy = N_("write a number above 0 and at most 1 with at most 6 decimals, for example 0.8, or leave it empty")
    value = _number(text, "confidence")
    decimals = len(text.partition(".")[2].rstrip("0"))
    if not 0 < value <= 1 or decimals > _CONFIDENCE_DECIMALS:
        raise Refusal(
            "confidence",
            N_("confidence {value} is not above 0 and at most 1, with at most 6 decimals"),
            remedy,
            value=text[:40],
        )
    return value


def money(text: str, _column: Column) -> int | float:
    """Return an amount in SEK: a whole number where it is one."""
    value = _number(text, "money")
    if not 0 <= value <= MONEY_LIMIT:
        raise Refusal(
            "money",
            N_("{value} is not an amount between 0 and {limit}"),
            N_("write the whole value in SEK, or leave it empty where it is not known"),
            value=text[:40],
            limit=MONEY_LIMIT,
        )
    return int(value) if value.is_integer() else value


def count(text: str, _column: Column) -> int:
    """Return a number of things."""
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII) or int(text) > _COUNT_LIMIT:
        raise Refusal(
            "count",
            N_("{value} is not a whole number from 0"),
            N_("write how many there are, for example 2"),
            value=text[:40],
        )
    return int(text)
