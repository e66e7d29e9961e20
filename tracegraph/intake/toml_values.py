"""Readers of TOML values: a value in, the value that is stored out, or a `Refusal`."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Any, Final

from tracegraph.intake.cells import parse_date, parse_id, parse_text, parse_time, parse_url, utc_text
from tracegraph.intake.refusal import Refusal, not_one_of
from tracegraph.messages import N_, Message

#: Reads one value.
Reader = Callable[[Any], Any]

_SEVERITY_PARTS: Final = ("scale", "scope", "irremediability")
_SEVERITY_HIGHEST: Final = 5
_FIRST_YEAR: Final = 1990
_LAST_YEAR: Final = 2100


def read_text(value: Any) -> str:
    """Return a text that is not empty."""
    found = parse_text(_of_type(value, str, N_("a text")))
    if not found:
        raise _wrong(value, N_("a text"))
    return found


def read_id(value: Any) -> str:
    """Return an id."""
    return parse_id(_of_type(value, str, N_("an id")))


def read_address(value: Any) -> str:
    """Return a web address."""
    return parse_url(_of_type(value, str, N_("a web address")))


def read_flag(value: Any) -> bool:
    """Return true or false."""
    return bool(_of_type(value, bool, N_("true or false")))


def read_day(value: Any) -> str:
    """Return a date, written as one or as a text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return parse_date(str(value))


def read_moment(value: Any) -> str:
    """Return a time in UTC; a date means its start, and a time without offset is refused."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        try:
            return utc_text(value)
        except OverflowError:
            return parse_time(str(value)[:5])
    return parse_time(value.isoformat() if isinstance(value, date) else str(value))


def read_year(value: Any) -> int:
    """Return a year, written as a number."""
    if isinstance(value, bool) or not isinstance(value, int) or not _FIRST_YEAR <= value <= _LAST_YEAR:
        raise Refusal("year", N_("{value} is not a year"), N_("write one like 2025"), value=str(value)[:80])
    return value


def read_severity(value: Any) -> dict[str, int]:
    """Return the three parts of severity, each 1 to 5."""
    parts = _of_type(value, dict, N_("a table"))
    for name in parts:
        if name not in _SEVERITY_PARTS:
            raise not_one_of(name, _SEVERITY_PARTS, "unknown-key")
    for name in _SEVERITY_PARTS:
        part = parts.get(name)
        if not isinstance(part, int) or isinstance(part, bool) or not 1 <= part <= _SEVERITY_HIGHEST:
            raise Refusal(
                "severity",
                N_("{name} of severity is {part}, not a whole number from 1 to 5"),
                N_("write for example severity = {{ scale = 4, scope = 3, irremediability = 3 }}"),
                name=name,
                part="missing" if part is None else str(part),
            )
    return {name: parts[name] for name in _SEVERITY_PARTS}


def read_word(words: Collection[str], rule: str) -> Reader:
    """Return a reader of a word from a closed list."""

    def read(value: Any) -> str:
        if value not in words:
            raise not_one_of(str(value)[:40], words, rule)
        return str(value)

    return read


def read_list(read: Reader) -> Reader:
    """Return a reader of a list, each value kept once."""

    def read_all(value: Any) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(read(part) for part in _of_type(value, list, N_("a list"))))

    return read_all


def read_texts_or_tables(value: Any) -> str | list[Any]:
    """Return a text as it is; a table, or a list of texts and tables, as a list that is not empty."""
    if isinstance(value, str):
        return read_text(value)
    listed = [value] if isinstance(value, dict) else value
    if not isinstance(listed, list) or not listed:
        raise _wrong(value, N_('a text, or a table like {{ text = "...", by = "..." }}'))
    return [read_text(part) if isinstance(part, str) else read_table(part) for part in listed]


def read_table(value: Any) -> dict[str, Any]:
    """Return a table."""
    return dict(_of_type(value, dict, N_("a table")))


def read_tables(value: Any) -> list[dict[str, Any]]:
    """Return a list of tables that is not empty."""
    found = [read_table(part) for part in _of_type(value, list, N_("a list of tables"))]
    if not found:
        raise _wrong(value, N_("a list of tables"))
    return found


def _of_type(value: Any, wanted: type, name: str) -> Any:
    if not isinstance(value, wanted):
        raise _wrong(value, name)
    return value


def _wrong(value: Any, name: str) -> Refusal:
    return Refusal(
        "wrong-type",
        N_("{value} is not {wanted}"),
        N_("write {wanted} here"),
        value=str(value)[:80],
        wanted=Message(name),
    )
