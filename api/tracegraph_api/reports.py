"""What questions about a whole portfolio share: which contracts, and pages of rows that a service has counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeVar

from marshmallow import Schema, fields, validate

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph_api.inputs import Checked, described
from tracegraph_api.respond import Counted

Row = TypeVar("Row")
_WORD: Final = validate.Length(min=1, max=100)


def several(text: str, example: str) -> fields.List[Any]:
    """Return a parameter that may be repeated."""
    return fields.List(
        fields.String(validate=_WORD),
        load_default=list,
        validate=validate.Length(max=100),
        metadata=described(text, example=[example]),
    )


class NarrowQuery(Schema):
    """Which contracts a report is about."""

    region = several(N_("Only contracts that this region uses; may be repeated."), "SE-AB")
    category = several(N_("Only contracts of this category; may be repeated."), "gloves")


class ScopeNamesQuery(Schema):
    """What a report names."""

    factory = several(N_("A factory; may be repeated."), "demo-plant-klang")
    supplier = several(N_("A company and the factories that it operates; may be repeated."), "demo-wholesale-01")
    group = several(N_("A company and all that it owns; may be repeated."), "demo-gloves")
    country = fields.List(
        Checked(asking.country_code),
        load_default=list,
        validate=validate.Length(max=100),
        metadata=described(N_("Everything made in a country, by code or name; may be repeated."), example=["MY"]),
    )
    incident = several(N_("What a recorded incident touches; may be repeated."), "demo-inc-order")


class MaxItemsQuery(Schema):
    """The limit of a walk."""

    max_items = fields.Integer(
        validate=validate.Range(min=1, max=1_000_000),
        metadata=described(
            N_("Stop after so many items on the way (default 200,000); the answer then says so."), example=200000
        ),
    )


def narrowed(given: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the regions and the categories that are asked for, each once."""
    regions = tuple(sorted({region.upper() for region in given["region"]}))
    return regions, tuple(sorted(set(given["category"])))


def names_something(given: Mapping[str, Any]) -> bool:
    """Return whether `ScopeNamesQuery` names something."""
    return any(given[name] for name in ("factory", "supplier", "group", "country", "incident"))


def refuse_narrowing_of_nothing(given: Mapping[str, Any]) -> None:
    """Refuse what narrows a scope where none is named: it would be left out, and the answer be about everything.

    Raises
    ------
    InvalidInput
        `ScopeQuery` narrows, and `ScopeNamesQuery` names nothing.
    """
    said = {"product": given.get("product"), "countries": given.get("countries"), "exclude": given.get("excluded")}
    narrowing = [name for name, values in said.items() if values] + ([] if given["services"] else ["services"])
    if narrowing and not names_something(given):
        raise InvalidInput(
            N_("{name} narrows what is named: name a factory, supplier, group, country or incident too"),
            name=narrowing[0],
        ).at(narrowing[0])


def asked_from(given: Mapping[str, Any]) -> asking.Asked:
    """Return what `ScopeNamesQuery`, and `ScopeQuery` where it is asked too, name."""
    return asking.Asked(
        factories=given["factory"],
        suppliers=given["supplier"],
        groups=given["group"],
        countries_named=given["country"],
        incidents=given["incident"],
        products=given.get("product", ()),
        countries=given.get("countries", ()),
        exclude=given.get("excluded", ()),
        services=given.get("services", True),
    )


def rows_until(given: Mapping[str, Any]) -> int:
    """Return how many rows a service must give for a page to be there."""
    return int(given["page"] * given["limit"])


def ranked_page(rows: Sequence[Row], total: int, given: Mapping[str, Any]) -> tuple[Sequence[Row], Counted]:
    """Return one page of rows by rank, of which a service gave the first ones and counted all."""
    first, until = (given["page"] - 1) * given["limit"], rows_until(given)
    return rows[first:until], Counted(total, until < total)
