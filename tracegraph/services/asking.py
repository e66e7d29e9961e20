"""From what a person writes to a question: scope, lens and limits, each value checked."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tracegraph import countries
from tracegraph.errors import InvalidInput
from tracegraph.lens import Lens, visible_to
from tracegraph.messages import N_
from tracegraph.model import HolderId, ProductId, Scope, Selector
from tracegraph.services.incidents import exposed_scope, find_incident
from tracegraph.vocabulary import NETWORK, PUBLIC, Grade, SelectorKind

if TYPE_CHECKING:
    from tracegraph.store.port import RecordReader

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_REGION: Final = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_SELECTOR_KEYS: Final = ("kind", "id", "products", "countries", "exclude", "services")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person names, and how it is narrowed.

    Attributes
    ----------
    factories, suppliers, groups, countries_named : sequence of str
        One selector each.
    incidents, scope_files : sequence of str
        The selectors of recorded incidents, and of TOML files.
    products, countries, exclude : sequence of str
        Applied to every selector: the first two instead of its own, the last in addition.
    services : bool
        Whether services are followed; False for every selector when False.
    """

    factories: Sequence[str] = ()
    suppliers: Sequence[str] = ()
    groups: Sequence[str] = ()
    countries_named: Sequence[str] = ()
    incidents: Sequence[str] = ()
    scope_files: Sequence[str] = ()
    products: Sequence[str] = ()
    countries: Sequence[str] = ()
    exclude: Sequence[str] = ()
    services: bool = True


def scope_of(asked: Asked, store: RecordReader, lens: Lens) -> Scope:
    """Return the scope that a person means.

    Raises
    ------
    InvalidInput
        Nothing is named, or a value is not what it should be.
    UnknownNode
        An incident that the reader does not see.
    IncidentWithdrawn
        An incident that was withdrawn: it exposes nothing.
    """
    named = [
        *(Selector(SelectorKind.FACTORY, id) for id in asked.factories),
        *(Selector(SelectorKind.SUPPLIER, id) for id in asked.suppliers),
        *(Selector(SelectorKind.GROUP, id) for id in asked.groups),
        *(Selector(SelectorKind.COUNTRY, country_code(text)) for text in asked.countries_named),
        *(selector for id in asked.incidents for selector in exposed_scope(find_incident(store, id, lens))),
        *(selector for path in asked.scope_files for selector in read_scope(Path(path))),
    ]
    if not named:
        raise InvalidInput(
            N_(
                "say what the report names: --factory ID, --supplier ID, --group ID, --country CC, --incident ID or "
                "--scope FILE.toml; they may be repeated and combined"
            )
        )
    return tuple(dict.fromkeys(narrow(selector, asked) for selector in named))


def narrow(selector: Selector, asked: Asked) -> Selector:
    """Return a selector with the goods, countries, exclusions and services that are asked for."""
    within = tuple(country_code(text) for given in asked.countries for text in given.split(",") if text.strip())
    return replace(
        selector,
        products=tuple(ProductId(p) for p in asked.products) or selector.products,
        countries=within or selector.countries,
        exclude=tuple(dict.fromkeys((*selector.exclude, *(HolderId(h) for h in asked.exclude)))),
        services=selector.services and asked.services,
    )


def lens_of(
    now: str,
    *,
    valid_at: str | None = None,
    known_at: str | None = None,
    reader: str = NETWORK,
    min_grade: str | None = None,
) -> Lens:
    """Return the lens that a person means.

    Parameters
    ----------
    now : str
        The present moment, ``YYYY-MM-DDTHH:MM:SSZ``: what is not said is today, and now.
    valid_at : str, optional
        ``YYYY-MM-DD``.
    known_at : str, optional
        A date, which means the end of that day (UTC), or an RFC 3339 time.
    reader : str
        ``public``, ``network``, or a region's code.
    min_grade : str, optional
        Default `inferred`: every grade.
    """
    return Lens(
        valid_at=day(valid_at, "--valid-at") if valid_at else now[:10],
        known_at=moment(known_at, "--known-at") if known_at else now,
        visible_to=visible_to(reader_name(reader)),
        min_grade=_grade(min_grade) if min_grade else Grade.INFERRED,
    )


def day(text: str, name: str) -> str:
    """Return a date as it is; `name` is what it was given as."""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text).isoformat()
        except ValueError:
            pass
    raise InvalidInput(N_("{name} is {value!r}: write a date like 2019-02-19"), name=name, value=text)


def moment(text: str, name: str) -> str:
    """Return a time in UTC and whole seconds; a date means the end of that day."""
    if _DATE.fullmatch(text):
        return f"{day(text, name)}T23:59:59Z"
    try:
        parsed = datetime.fromisoformat(text)
        if parsed.tzinfo is not None:
            return parsed.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except (ValueError, OverflowError):
        pass
    raise InvalidInput(
        N_("{name} is {value!r}: write a date like 2019-02-19, or a time with its zone like 2019-02-19T12:00:00Z"),
        name=name,
        value=text,
    )


def reader_name(text: str) -> str:
    """Return who reads: ``public``, ``network``, or a region's code."""
    if text in (PUBLIC, NETWORK):
        return text
    if _REGION.fullmatch(text.upper()):
        return text.upper()
    raise InvalidInput(N_("--as is {value!r}: use public, network, or the code of a region like SE-AB"), value=text)


def _grade(text: str) -> Grade:
    try:
        return Grade(text)
    except ValueError:
        allowed = ", ".join(grade.value for grade in Grade)
        raise InvalidInput(N_("--min-grade is {value!r}: use one of {allowed}"), value=text, allowed=allowed) from None


def country_code(text: str) -> str:
    """Return the code of a country that is given by code or name."""
    code = countries.resolve(text.strip())
    if code:
        return code
    near = countries.nearest(text)
    if near:
        raise InvalidInput(N_("{value!r} is no country that is known; did you mean {near}?"), value=text, near=near)
    raise InvalidInput(
        N_("{value!r} is no country that is known: write a code like MY, or a name in Swedish or English"), value=text
    )


def read_scope(path: Path) -> Iterator[Selector]:
    """Yield the selectors of a TOML file: tables ``[[scope]]``, or the scopes of its incidents."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise InvalidInput(
            N_("the file {path} cannot be read: {reason}"), path=str(path), reason=error.strerror or str(error)
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(N_("{path} is not TOML: {reason}"), path=str(path), reason=str(error)) from error
    tables = [*_tables(content, "scope"), *(t for i in _tables(content, "incident") for t in _tables(i, "scope"))]
    if not tables:
        raise InvalidInput(
            N_('{path} names nothing: write tables [[scope]] with kind = "factory" and id = "..."'), path=str(path)
        )
    yield from (_selector(table, path) for table in tables)


def _tables(content: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    found = content.get(key, [])
    return [table for table in found if isinstance(table, dict)] if isinstance(found, list) else []


def _selector(table: Mapping[str, Any], path: Path) -> Selector:
    for key in table:
        if key not in _SELECTOR_KEYS:
            raise InvalidInput(
                N_("{path}: a selector has no {key!r}; it may have {allowed}"),
                path=str(path),
                key=key,
                allowed=", ".join(_SELECTOR_KEYS),
            )
    kinds = [kind.value for kind in SelectorKind]
    kind, named = table.get("kind"), table.get("id")
    if kind not in kinds or not isinstance(named, str):
        raise InvalidInput(
            N_("{path}: a selector needs kind (one of {allowed}) and id"), path=str(path), allowed=", ".join(kinds)
        )
    products, within = _texts(table, "products", path), _texts(table, "countries", path)
    services = table.get("services", True)
    if not isinstance(services, bool):
        raise InvalidInput(N_("{path}: services is true or false"), path=str(path))
    return Selector(
        kind=SelectorKind(kind),
        id=country_code(named) if kind == SelectorKind.COUNTRY else named,
        products=None if products is None else tuple(ProductId(p) for p in products),
        countries=None if within is None else tuple(country_code(c) for c in within),
        exclude=tuple(HolderId(h) for h in _texts(table, "exclude", path) or ()),
        services=services,
    )


def _texts(table: Mapping[str, Any], key: str, path: Path) -> Iterable[str] | None:
    value = table.get(key)
    if value is None or (isinstance(value, list) and all(isinstance(text, str) for text in value)):
        return value
    raise InvalidInput(N_('{path}: {key} is a list like ["one", "two"]'), path=str(path), key=key)
