"""The world by country: what stands where, and which contracts depend on it, as a map and as a table."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields, validate

from tracegraph.access import Permission
from tracegraph.errors import SettingsInvalid
from tracegraph.exchange.answers import money as plain_money
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.services.world import CountryRow, World
from tracegraph.services.world import world as world_of
from tracegraph.settings_pages import MAP_FILE
from tracegraph.vocabulary import Label, Status
from tracegraph_api.context import context, store
from tracegraph_api.inputs import Given, LensQuery, lens_of
from tracegraph_api.media import table
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import has_page, here, link, node_link
from tracegraph_api.pages.narrow import choices_of, money
from tracegraph_api.pages.words import country, number, plural, say
from tracegraph_api.reports import NarrowQuery, narrowed

pages = Pages("map")

_LEVELS: Final = 4
_MILLION: Final = 1_000_000
#: What a map can show, each with what it is called.
_SHOWN: Final[Mapping[str, str]] = {
    "contracts": N_("Contracts"),
    "sites": N_("Plants"),
    "value": N_("Value of contracts"),
}
COLUMNS: Final = (
    *("country", "sites", "companies", "established", "possible", "unmapped", "no_link", "value_sek", "without_value"),
)


class _MapQuery(Schema):
    """What the map shows."""

    by = fields.String(load_default="contracts", validate=validate.OneOf(list(_SHOWN)))


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of countries.

    Attributes
    ----------
    width, height : float
        Of the map.
    shapes : mapping of str to str
        SVG paths by code.
    points : mapping of str to (float, float)
        Where a country is marked; those without a shape are a dot there.
    """

    width: float
    height: float
    shapes: Mapping[str, str]
    points: Mapping[str, tuple[float, float]]


@cache
def shapes_in(path: str) -> Shapes:
    """Return the shapes of a file; empty: our own.

    Raises
    ------
    SettingsInvalid
        The file is none of shapes.
    """
    own = files("tracegraph_api") / "static" / "vendor" / "world-atlas" / "world.json"
    try:
        found = json.loads((Path(path) if path else own).read_text(encoding="utf-8"))
        points = {str(code): (float(x), float(y)) for code, (x, y) in found["points"].items()}
        shapes = {str(code): str(shape) for code, shape in found["shapes"].items()}
        return Shapes(float(found["width"]), float(found["height"]), shapes, points)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise SettingsInvalid(
            N_("{variable}: {path} holds no shapes of countries: width, height, shapes and points, as JSON"),
            variable=MAP_FILE,
            path=path,
        ) from error


@pages.shows("/map", Permission.READ, (LensQuery, NarrowQuery, _MapQuery), is_heavy=True)
def world(given: Given) -> Response:
    """Show what stands where, and which contracts depend on it."""
    lens, by = lens_of(given), given["by"]
    found = _found(given)
    shapes = shapes_in(context().settings.pages.map_file)
    values = {row.code: _value(row, by) for row in found.countries}
    levels = _levels(values)
    rows = sorted(found.countries, key=lambda row: (-values[row.code], -row.touched, -row.sites, row.code))
    return render(
        "pages/map.html",
        say(N_("The world by country")),
        shapes=shapes,
        levels=levels,
        names={row.code: country(row.code) for row in found.countries},
        marks=[_mark(row, by, shapes) for row in found.countries if values[row.code] and row.code in shapes.points],
        dots=[row.code for row in found.countries if row.code in shapes.points and row.code not in shapes.shapes],
        missing=[country(row.code) for row in found.countries if row.code not in shapes.points],
        legend=_legend(values, levels, by),
        shown=[(name, say(text), here(by=name), name == by) for name, text in _SHOWN.items()],
        by=say(_SHOWN[by]),
        rows=[_row(row, given) for row in rows],
        contracts=found.contracts,
        choices=choices_of(lens, given),
        own_file=not context().settings.pages.map_file,
        file=link("map.file", region=given["region"] or None, category=given["category"] or None),
    )


@pages.shows("/map/countries.csv", Permission.READ, (LensQuery, NarrowQuery), is_heavy=True)
def file(given: Given) -> Response:
    """Give the table as a file."""
    return as_download(table(COLUMNS, map(_cells, _found(given).countries)), "csv", "countries")


def _found(given: Given) -> World:
    regions, categories = narrowed(given)
    return world_of(lens_of(given), store(), context().portfolios, regions=regions, categories=categories)


def _cells(row: CountryRow) -> Sequence[Any]:
    counts = [row.contracts[status] for status in Status]
    return [row.code, row.sites, row.companies, *counts, plain_money(row.value_sek), row.without_value]


def _value(row: CountryRow, by: str) -> float:
    return {"contracts": row.touched, "sites": row.sites, "value": row.value_sek or 0}[by]


def _levels(values: Mapping[str, float]) -> dict[str, int]:
    """Return how dark each country is: 0 where there is nothing, else by the root of its part of the greatest."""
    most = max(values.values(), default=0)
    return {code: math.ceil(_LEVELS * math.sqrt(value / most)) if value else 0 for code, value in values.items()}


def _legend(values: Mapping[str, float], levels: Mapping[str, int], by: str) -> list[tuple[int, str]]:
    """Return what each level stands for: the values that have it."""
    found = []
    for level in range(1, _LEVELS + 1):
        at = sorted(values[code] for code in values if levels[code] == level)
        if at:
            low, high = _words(at[0], by), _words(at[-1], by)
            found.append((level, low if low == high else f"{low}–{high}"))
    return found


def _words(value: float, by: str) -> str:
    return number(value / _MILLION, 1) if by == "value" else number(value)


def _mark(row: CountryRow, by: str, shapes: Shapes) -> tuple[float, float, str]:
    return (*shapes.points[row.code], _words(_value(row, by), by))


def _row(row: CountryRow, given: Given) -> dict[str, Any]:
    narrowing = {name: given[name] or None for name in ("region", "category")}
    return {
        "name": country(row.code),
        "href": node_link(NodeRef(Label.COUNTRY, row.code)),
        "ask": link("exposure.one", country=row.code, **narrowing) if has_page("exposure.one") else None,
        "sites": row.sites,
        "companies": row.companies,
        "established": row.contracts[Status.ESTABLISHED],
        "possible": row.contracts[Status.POSSIBLE],
        "unmapped": row.contracts[Status.UNMAPPED],
        "value": money(row.value_sek, row.without_value) if row.touched else None,
        "touched": plural(N_("1 contract"), N_("{n} contracts"), row.touched),
    }
