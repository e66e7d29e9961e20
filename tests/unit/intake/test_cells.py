"""Values and identifiers, each by itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tracegraph.intake.cells import REGION_IDS, parse
from tracegraph.intake.identifiers import SCHEMES, identifier, os_id_check
from tracegraph.intake.refusal import Refusal, nearest, not_one_of
from tracegraph.intake.spec import Column, Kind


def column(kind: Kind, **more: Any) -> Column:
    """A column of a kind."""
    return Column(name="x", kind=kind, sv="x", about="", **more)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.FLAG, "JA", True),
        (Kind.FLAG, "True", True),
        (Kind.FLAG, "nej", False),
        (Kind.FLAG, "0", False),
        (Kind.SHARE, "0", 0.0),
        (Kind.SHARE, "1.0", 1.0),
        (Kind.MONEY, "0", 0),
        (Kind.MONEY, "1500000.00", 1_500_000),
        (Kind.MONEY, "1\u00a0500\u202f000", 1_500_000),
        (Kind.COUNT, "0", 0),
        (Kind.CONFIDENCE, "0.123456", 0.123456),
        (Kind.CONFIDENCE, "0.10000000", 0.1),
        (Kind.LATITUDE, "-90", -90.0),
        (Kind.CPV, "33141420-0", "33141420-0"),
        (Kind.HS, "40", "40"),
        (Kind.HS, "4015.19.00", "4015.19.00"),
        (Kind.HS, "401519", "401519"),
        (Kind.LANGUAGE, "sv-SE", "sv-SE"),
        (Kind.URL, "HTTPS://example.org/å?b=c#d", "HTTPS://example.org/å?b=c#d"),
        (Kind.ORG_NO, "165560125790", "5560125790"),
        (Kind.OS_ID, "my2019050abcdek", "MY2019050ABCDEK"),
        (Kind.VISIBILITY, "region:SE-Z", "region:SE-Z"),
        (Kind.TEXT, "a\u0308  b\tc", "ä b c"),
        (Kind.TIME, "2019-02-19T23:59:60Z", None),
        (Kind.TIME, "0001-01-01T00:00:00+01:00", None),
        (Kind.TIME, "2019-02-19T08:00:00+24:00", None),
        (Kind.TIME, "2019-02-19T08:00:00", None),
        (Kind.TIME, "2019-13-19", None),
        (Kind.DATE, "0000-01-01", None),
        (Kind.DATE, "20190219", None),
        (Kind.DATE, "２０１９-02-19", None),
        (Kind.SHARE, "nan", None),
        (Kind.SHARE, "inf", None),
        (Kind.SHARE, "1e-1", None),
        (Kind.SHARE, ".5", None),
        (Kind.SHARE, "-0.1", None),
        (Kind.MONEY, "1,000,000", None),
        (Kind.MONEY, "1 00 000", None),
        (Kind.MONEY, "1" + "0" * 15 + "1", None),
        (Kind.MONEY, "9" * 400, None),
        (Kind.COUNT, "-1", None),
        (Kind.COUNT, "10000000", None),
        (Kind.COUNT, "１", None),
        (Kind.CONFIDENCE, "1.000001", None),
        (Kind.URL, "www.example.org", None),
        (Kind.URL, "https:///x", None),
        (Kind.REGION, "se-ab", None),
        (Kind.REGION, "SE-A", None),
        (Kind.VISIBILITY, "region:NO-03", None),
        (Kind.VISIBILITY, "SE-AB", None),
        (Kind.ID, "a/b", None),
        (Kind.ID, "a|b", None),
        (Kind.ID, "å", None),
        (Kind.ID, "x" * 101, None),
        (Kind.COUNTRY, "x" * 5000, None),
    ],
)
def test_cells(kind: Kind, text: str, value: object) -> None:
    if value is None:
        with pytest.raises(Refusal):
            parse(text, column(kind))
    else:
        found = parse(text, column(kind))
        assert (type(found), found) == (type(value), value)


def test_lists_keep_each_part_once_and_drop_empty_ones() -> None:
    assert parse(" a | b||a |", column(Kind.TEXT, many=True)) == ["a", "b"]


def test_there_are_21_regions() -> None:
    assert len(REGION_IDS) == 21
    assert {"SE-AB", "SE-BD", "SE-M", "SE-Z"} < set(REGION_IDS)


# --- identifiers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ORG_NO: 556012-5790", "org_no:5560125790"),
        ("lei:213800wavvops85n2205", "lei:213800WAVVOPS85N2205"),
        ("duns:12-345-6789", "duns:123456789"),
        ("gln:7300010000001", "gln:7300010000001"),
        ("os_id:MY2019050ABCDEK", "os_id:MY2019050ABCDEK"),
        ("hsa:SE2321000016-A:1", "hsa:SE2321000016-A:1"),
    ],
)
def test_identifiers_have_one_form(text: str, value: str) -> None:
    assert identifier(text) == value


@pytest.mark.parametrize(
    "text", ["", ":", "x:", ":1", "a b:1", "1x:1", "x:" + "1" * 201, "duns:12345678", "lei:1", "os_id:"]
)
def test_what_is_no_identifier(text: str) -> None:
    with pytest.raises(Refusal):
        identifier(text)


#: Valid, with the places that a check digit must hold.
VALID = {
    "org_no": ("5560125790", "0123456789"),
    "lei": ("213800WAVVOPS85N2205", "0123456789"),
    "gln": ("7300010000001", "0123456789"),
    "os_id": ("MY2019050ABCDEK", "0123456789ABCDEFGHJKMNPQRSTVWXYZ"),
}


@pytest.mark.parametrize("scheme", VALID)
def test_one_wrong_character_at_the_end_is_found(scheme: str) -> None:
    number, alphabet = VALID[scheme]
    assert SCHEMES[scheme](number) == number
    for character in alphabet:
        if character != number[-1]:
            with pytest.raises(Refusal):
                SCHEMES[scheme](number[:-1] + character)


@pytest.mark.parametrize(
    "code", ["MY2019000ABCDEF", "MY2019367ABCDE0", "MY2019050ABCIEK", "my2019050", "M12019050ABCDEK"]
)
def test_os_ids_have_a_form(code: str) -> None:
    with pytest.raises(Refusal):
        SCHEMES["os_id"](code)


def test_every_recorded_os_id_is_valid(shared_dir: Path) -> None:
    def found(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("os_id"), str):
                yield value["os_id"]
            for part in value.values():
                yield from found(part)
        elif isinstance(value, list):
            for part in value:
                yield from found(part)

    replies = (shared_dir / "data/oshub/replies").glob("*.json")
    codes = {code for path in replies for code in found(json.loads(path.read_text(encoding="utf-8")))}
    assert len(codes) > 376
    assert [code for code in codes if SCHEMES["os_id"](code) != code or os_id_check(code[:-1]) != code[-1]] == []


# --- suggestions


def test_the_nearest_word_is_suggested() -> None:
    assert nearest("Declard", ["declared", "reported"]) == "declared"
    assert nearest("qqq", ["declared"]) is None
    assert str(not_one_of("vrified", ["verified", "declared"], "grade").remedy) == "did you mean verified?"
    assert "write one of them" in str(not_one_of("qqq", ["verified"], "grade").remedy)
