"""Sites, goods and sales of a user's own, as JSON: with what is said of them in files, and the same rules."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from marshmallow import Schema, fields, validate

from tracegraph.answer_outage import Link, Model, Need, Plan, Towards
from tracegraph.errors import DatasetRejected, InvalidInput, Problem
from tracegraph.messages import N_
from tracegraph.services.stopping_links import REQUIRED, links_in
from tracegraph.services.stopping_plan import stated_plan
from tracegraph_api.inputs import ID_PATTERN, described

#: What one question may bring: as much as is answered within some seconds.
MAX_SITES: Final = 100
MAX_PRODUCTS: Final = 200
MAX_MAKES: Final = 2_000
MAX_LINKS: Final = 5_000
MAX_CLOSED: Final = 200

_MOST: Final = 1e15
_SHOWN: Final = "body"
_NUMBERED: Final = re.compile(r"(site|product)\[(\d+)\](?:\.(.+))?")
_HEADER_LINES: Final = 2  # rows are counted from the second line


def _id(text: str, example: str) -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(ID_PATTERN), metadata=described(text, example=example))


def _number(text: str, example: float) -> fields.Float:
    return fields.Float(
        required=True, validate=validate.Range(min=0, max=_MOST), metadata=described(text, example=example)
    )


class SiteBody(Schema):
    """A site that may be lost."""

    site_id = _id(N_("The site; an id of your own."), "plant-1")
    capacity = _number(N_("Units of capacity in one unit of time."), 100)
    time_to_recover = _number(N_("How long it takes to recover once it is lost."), 8)
    makes = fields.Dict(
        keys=fields.String(validate=validate.Regexp(ID_PATTERN)),
        values=fields.Float(validate=validate.Range(min=0, min_inclusive=False, max=_MOST)),
        validate=validate.Length(min=1, max=MAX_PRODUCTS),
        metadata=described(
            N_("Units of each kind of goods for one unit of capacity; not given: one of each."), example={"gloves": 1}
        ),
    )


class DemandBody(Schema):
    """A kind of goods, and what is needed of it."""

    product_id = _id(N_("The goods; an id of your own."), "gloves")
    demand = _number(N_("Units that are needed in one unit of time."), 120)
    inventory = _number(N_("Units in stock."), 200)
    margin = _number(N_("What a unit that is not delivered costs."), 3)


class RecoveryBody(Schema):
    """Sites and goods of one's own."""

    time_unit = fields.String(
        load_default="weeks",
        validate=validate.Length(min=1, max=40),
        metadata=described(N_("The unit of all times."), example="weeks"),
    )
    currency = fields.String(
        load_default="",
        validate=validate.Length(max=40),
        metadata=described(N_("The currency of the margins."), example="SEK"),
    )
    sites = fields.List(
        fields.Nested(SiteBody),
        required=True,
        validate=validate.Length(min=1, max=MAX_SITES),
        metadata=described(N_("The sites, at most 100; together they make at most 2,000 kinds of goods.")),
    )
    products = fields.List(
        fields.Nested(DemandBody),
        required=True,
        validate=validate.Length(min=1, max=MAX_PRODUCTS),
        metadata=described(N_("The goods, at most 200.")),
    )


class SaleBody(Schema):
    """What one firm sells to another."""

    seller_id = _id(N_("Who sells; an id of your own."), "firm-a")
    buyer_id = _id(N_("Who buys."), "firm-b")
    value = fields.Float(
        required=True,
        validate=validate.Range(min=0, min_inclusive=False, max=_MOST),
        metadata=described(N_("What is sold in a year, or another time, the same in all rows."), example=120000),
    )
    industry = _id(N_("The industry of the seller."), "latex")
    need = fields.String(
        load_default=Need.ESSENTIAL.value,
        validate=validate.OneOf(list(Need)),
        metadata=described(N_("How much the buyer needs this industry."), example="essential"),
    )


class CascadeBody(Schema):
    """Sales of one's own, and how losses spread."""

    links = fields.List(
        fields.Nested(SaleBody),
        required=True,
        validate=validate.Length(min=1, max=MAX_LINKS),
        metadata=described(N_("Who sells what to whom, at most 5,000 rows.")),
    )
    close = fields.List(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        required=True,
        validate=validate.Length(min=1, max=MAX_CLOSED),
        metadata=described(N_("The firms that close, each by itself; at most 200."), example=["firm-a"]),
    )
    model = fields.String(
        load_default=Model.GL.value,
        validate=validate.OneOf(list(Model)),
        metadata=described(
            N_("Inputs as the rows say (gl), all as if not essential (linear), all as if essential (leontief)."),
            example="gl",
        ),
    )
    direction = fields.String(
        load_default=Towards.BOTH.value,
        validate=validate.OneOf(list(Towards)),
        metadata=described(
            N_("Where losses spread: to buyers (downstream), to sellers (upstream), or both."), example="both"
        ),
    )
    replaceable = fields.Boolean(
        load_default=False,
        metadata=described(N_("Whether buyers turn to others of the same industry, as far as it goes."), example=True),
    )
    epsilon = fields.Float(
        load_default=1e-6,
        validate=validate.Range(min=0, min_inclusive=False, max=0.1),
        metadata=described(N_("A run ends when no firm falls by more than this in a round."), example=1e-6),
    )


def plan_in(body: Mapping[str, Any]) -> Plan:
    """Return the plan of a body.

    Raises
    ------
    DatasetRejected
        It contradicts itself; each problem has a JSON pointer.
    InvalidInput
        The sites make too much together.
    """
    sites, products = body["sites"], body["products"]
    if sum(len(site.get("makes", products)) for site in sites) > MAX_MAKES:
        text = N_("the sites make more than {limit} kinds of goods together: say with makes what each one makes")
        raise InvalidInput(text, limit=MAX_MAKES).at("/sites")
    top = {key: body[key] for key in ("time_unit", "currency") if body[key]}
    with _pointed():
        return stated_plan({**top, "site": sites, "product": products}, _SHOWN)


def links_of(body: Mapping[str, Any]) -> tuple[Link, ...]:
    """Return the links of a body.

    Raises
    ------
    DatasetRejected
        Rows contradict each other; each problem has a JSON pointer.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(REQUIRED)
    writer.writerows([link[name] for name in REQUIRED] for link in body["links"])
    with _pointed():
        return links_in(text.getvalue().encode(), _SHOWN)


@contextmanager
def _pointed() -> Iterator[None]:
    """Give problems JSON pointers where they would have keys or lines of a file."""
    try:
        yield
    except DatasetRejected as error:
        found = [_in_body(problem) for problem in error.problems]
        raise DatasetRejected(N_("this cannot be computed; problems: {n}"), found, n=len(found)) from error


def _in_body(problem: Problem) -> Problem:
    column = problem.column or ""
    named = _NUMBERED.fullmatch(column)
    if named is not None:
        rest = f"/{named[3]}" if named[3] else ""
        pointer = f"/{named[1]}s/{int(named[2]) - 1}{rest}"
    elif problem.line is not None:
        pointer = f"/links/{problem.line - _HEADER_LINES}/{column}"
    else:
        pointer = f"/{column}" if column else ""
    return replace(problem, file="", line=None, column=pointer)
