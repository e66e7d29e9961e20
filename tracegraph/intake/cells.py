"""One parser per kind of cell: a text in, a value out, or a `Refusal` that says what to write instead."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from tracegraph import countries
from tracegraph.intake.identifiers import identifier, lei, org_no, os_id
from tracegraph.intake.numbers import confidence, count, latitude, longitude, money, share
from tracegraph.intake.refusal import Refusal, not_one_of
from tracegraph.intake.spec import Column, Kind
from tracegraph.messages import N_
from tracegraph.model import ID_PATTERN
from tracegraph.vocabulary import NETWORK, PUBLIC, REGION_PREFIX

_LETTERS: Final = (*"CDEFGHIKMNOSTUWXYZ", "AB", "AC", "BD")

#: ISO 3166-2 codes of the 21 regions.
REGION_IDS: Final = tuple(f"SE-{letters}" for letters in sorted(_LETTERS))

TEXT_LENGTH: Final = 4_000

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME: Final = re.compile(
    r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.\d{1,9})?(?:([Zz])|([+-])(\d{2}):(\d{2}))", re.ASCII
)
_CPV: Final = re.compile(r"\d{8}(-\d)?", re.ASCII)
_HS: Final = re.compile(r"\d{2}(\d{2}(\.?\d{2}){0,3})?", re.ASCII)
_URL: Final = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)
_FLAGS: Final = dict.fromkeys(("true", "1", "yes", "ja"), True) | dict.fromkeys(("false", "0", "no", "nej"), False)


def parse(text: str, column: Column, decimal_comma: bool = False, *, suggest: bool = True) -> Any:
    """Return the value of a cell that is not empty.

    Parameters
    ----------
    text : str
        The cell without blanks round it.
    column : Column
        What the cell holds; a list is split at ``|``, and its parts are each kept once.
    decimal_comma : bool
        Whether ``0,4`` is a number: in files separated by semicolons.
    suggest : bool
        Whether a country that is not known is answered with the nearest one, which takes a millisecond to find.
    """
    read = _PARSERS[column.kind] if suggest or column.kind is not Kind.COUNTRY else _country_as_it_is
    if decimal_comma and column.kind in _DECIMALS:
        text = text.replace(",", ".") if text.count(",") == 1 and "." not in text else text
    if not column.many:
        return read(text, column)
    return list(dict.fromkeys(read(part.strip(), column) for part in text.split("|") if part.strip()))


def parse_text(text: str, _column: Column | None = None) -> str:
    """Return a text in NFC, with every run of blanks and line breaks as one blank."""
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    if len(plain) > TEXT_LENGTH:
        raise Refusal(
            "too-long",
            N_("the text has {length} characters; at most {limit} are kept"),
            N_("shorten it"),
            length=len(plain),
            limit=TEXT_LENGTH,
        )
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in plain):
        raise Refusal(
            "control-character",
            N_("the text holds a control character"),
            N_("remove it; it often comes from copying out of another program"),
        )
    return plain


def parse_id(text: str, _column: Column | None = None) -> str:
    """Return an id."""
    if not ID_PATTERN.fullmatch(text):
        raise Refusal(
            "id",
            N_("{value} is not an id: 1 to 100 of the characters A to Z, a to z, 0 to 9 and . _ : -"),
            N_("use an id without blanks and other characters, the same in every file"),
            value=text[:120],
        )
    return text


def parse_date(text: str, _column: Column | None = None) -> str:
    """Return a date, ``YYYY-MM-DD``."""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise Refusal(
        "date",
        N_("{value} is not a date"),
        N_("write YYYY-MM-DD, for example 2019-02-19"),
        value=text[:40],
    )


def parse_time(text: str, _column: Column | None = None) -> str:
    """Return a time in UTC, whole seconds, ``YYYY-MM-DDTHH:MM:SSZ``; a date means its start."""
    try:
        if _DATE.fullmatch(text):
            return f"{date.fromisoformat(text).isoformat()}T00:00:00Z"
        parts = _TIME.fullmatch(text)
        if parts:
            return utc_text(datetime.fromisoformat(f"{parts[1]}T{parts[2]}+00:00") - _offset(parts))
    except (ValueError, OverflowError):
        pass
    raise Refusal(
        "time",
        N_("{value} is not a time"),
        N_("write it with its offset, for example 2019-02-19T08:00:00Z or 2019-02-19T09:00:00+01:00; or only a date"),
        value=text[:40],
    )


def utc_text(moment: datetime) -> str:
    """Return a time as the fixed-width text that is stored."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _offset(parts: re.Match[str]) -> timedelta:
    if parts[3]:
        return timedelta(0)
    hours, minutes = int(parts[5]), int(parts[6])
    if hours > 23 or minutes > 59:
        raise ValueError(parts[0])
    return timedelta(hours=hours, minutes=minutes) * (-1 if parts[4] == "-" else 1)


def _flag(text: str, _column: Column) -> bool:
    value = _FLAGS.get(text.casefold())
    if value is None:
        raise Refusal(
            "flag",
            N_("{value} is neither true nor false"),
            N_("write true or false (1, 0, yes, no, ja and nej are read too)"),
            value=text[:40],
        )
    return value


def parse_country(text: str, _column: Column | None = None) -> str:
    """Return the alpha-2 code of a country given by code or name."""
    try:
        return _country_as_it_is(text)
    except Refusal as refusal:
        near = countries.nearest(text[:100])
        if not near:
            raise
        remedy = N_("did you mean {near}?")
        raise Refusal("country", refusal.message.text, remedy, value=text[:100], near=near) from None


def _country_as_it_is(text: str, _column: Column | None = None) -> str:
    code = countries.resolve(text) if len(text) <= 100 else None
    if code:
        return code
    raise Refusal(
        "country",
        N_("{value} is not a country that is known"),
        N_("write the two-letter code, for example MY"),
        value=text[:100],
    )


def _region(text: str, _column: Column) -> str:
    if text in REGION_IDS:
        return text
    raise not_one_of(text[:40], REGION_IDS, "region")


def parse_visibility(text: str, _column: Column | None = None) -> str:
    """Return who may see a claim."""
    if text in (NETWORK, PUBLIC) or (text.startswith(REGION_PREFIX) and text[len(REGION_PREFIX) :] in REGION_IDS):
        return text
    raise Refusal(
        "visibility",
        N_("{value} is not a visibility"),
        N_("write public, network, or one of the 21 regions, for example region:SE-AB"),
        value=text[:40],
    )


def _choice(text: str, column: Column) -> str:
    if text in column.choices:
        return text
    raise not_one_of(text[:40], column.choices, column.name.replace("_", "-"))


def parse_url(text: str, _column: Column | None = None) -> str:
    """Return a web address."""
    plain = parse_text(text)
    if not _URL.fullmatch(plain):
        raise Refusal(
            "url",
            N_("{value} is not a web address"),
            N_("write it whole, for example https://example.org/report"),
            value=text[:100],
        )
    return plain


def _pattern(rule: str, pattern: re.Pattern[str], message: str, remedy: str) -> Callable[[str, Column], str]:
    def read(text: str, _column: Column) -> str:
        if not pattern.fullmatch(text):
            raise Refusal(rule, message, remedy, value=text[:40])
        return text

    return read


#: Where files separated by semicolons may have a decimal comma.
_DECIMALS: Final = {Kind.SHARE, Kind.CONFIDENCE, Kind.MONEY, Kind.LATITUDE, Kind.LONGITUDE}

_PARSERS: Final[dict[Kind, Callable[[str, Column], Any]]] = {
    Kind.TEXT: parse_text,
    Kind.ID: parse_id,
    Kind.DATE: parse_date,
    Kind.TIME: parse_time,
    Kind.FLAG: _flag,
    Kind.COUNT: count,
    Kind.MONEY: money,
    Kind.SHARE: share,
    Kind.CONFIDENCE: confidence,
    Kind.LATITUDE: latitude,
    Kind.LONGITUDE: longitude,
    Kind.COUNTRY: parse_country,
    Kind.REGION: _region,
    Kind.VISIBILITY: parse_visibility,
    Kind.CHOICE: _choice,
    Kind.URL: parse_url,
    Kind.LANGUAGE: _pattern(
        "language", _LANGUAGE, N_("{value} is not a language tag"), N_("write for example sv or en")
    ),
    Kind.CPV: _pattern("cpv", _CPV, N_("{value} is not a CPV code"), N_("write 8 digits, for example 33141420")),
    Kind.HS: _pattern("hs", _HS, N_("{value} is not an HS code"), N_("write 2 to 10 digits, for example 4015.19")),
    Kind.ORG_NO: lambda text, _column: org_no(text),
    Kind.LEI: lambda text, _column: lei(text),
    Kind.OS_ID: lambda text, _column: os_id(text),
    Kind.IDENTIFIER: lambda text, _column: identifier(parse_text(text)),
}
