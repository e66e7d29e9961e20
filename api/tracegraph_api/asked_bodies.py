"""Questions that are asked in a body: scopes of any selectors, lenses, suppositions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from marshmallow import Schema, fields, validate

from tracegraph.errors import InvalidInput
from tracegraph.incidents import selector_from_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.model import Scope
from tracegraph.services import asking
from tracegraph.services.whatif import Suppositions
from tracegraph.vocabulary import SelectorKind
from tracegraph_api.incident_inputs import SelectorBody
from tracegraph_api.inputs import ID_PATTERN, LensQuery, described, lens_of

_ID: Final = validate.Regexp(ID_PATTERN)
_SOME: Final = validate.Length(max=200)


class LensBody(LensQuery):
    """Who reads, and as of when."""


class TableBody(Schema):
    """A table of a dataset."""

    name = fields.String(
        required=True,
        validate=validate.Regexp(r"^[a-z_]{1,40}\.csv$"),
        metadata=described(N_("Which table, by the name of its file."), example="supplies.csv"),
    )
    content = fields.String(
        required=True,
        validate=validate.Length(min=1, max=1_000_000),
        metadata=described(
            N_("The table, with its header, as it would be imported."),
            example="seller_id,buyer_id,product,source_id\ndemo-plant-klang,demo-wholesale-01,gloves-nitrile,demo-src-wholesale-02\n",
        ),
    )


class SuppositionsBody(Schema):
    """What is assumed; nothing is recorded."""

    without_claims = fields.List(
        fields.String(validate=_ID),
        load_default=list,
        validate=_SOME,
        metadata=described(N_("Leave out these claims."), example=["clm-0123456789abcdef0123"]),
    )
    without_sources = fields.List(
        fields.String(validate=_ID),
        load_default=list,
        validate=_SOME,
        metadata=described(N_("Leave out all that these documents say."), example=["demo-src-daily-gloves"]),
    )
    close = fields.List(
        fields.String(validate=_ID),
        load_default=list,
        validate=_SOME,
        metadata=described(N_("Let no goods leave these plants."), example=["demo-plant-klang"]),
    )
    add = fields.List(
        fields.Nested(TableBody),
        load_default=list,
        validate=validate.Length(max=20),
        metadata=described(N_("Take these tables for true; each name once.")),
    )


class ScopeBody(Schema):
    """What a question is about."""

    scope = fields.List(
        fields.Nested(SelectorBody),
        load_default=list,
        validate=_SOME,
        metadata=described(N_("Factories, companies, groups and countries, each with what narrows it.")),
    )
    incidents = fields.List(
        fields.String(validate=_ID),
        load_default=list,
        validate=_SOME,
        metadata=described(N_("What these recorded incidents touch."), example=["demo-inc-order"]),
    )


def selectors_of(body: Mapping[str, Any]) -> Scope:
    """Return the selectors of a body, each once; countries may be given by name."""
    found = []
    for given in body["scope"]:
        stated = dict(given)
        if stated["kind"] == SelectorKind.COUNTRY:
            stated["id"] = asking.country_code(stated["id"])
        if stated.get("countries") is not None:
            stated["countries"] = [asking.country_code(country) for country in stated["countries"]]
        found.append(selector_from_body(stated))
    return tuple(dict.fromkeys(found))


def lens_in(body: Mapping[str, Any] | None, given: Mapping[str, Any]) -> Lens:
    """Return the lens of a body; a page after the first is read as of the moment of the first."""
    return lens_of({**(body or {}), "cursor": given.get("cursor")})


@contextmanager
def suppositions(body: Mapping[str, Any]) -> Iterator[Suppositions]:
    """Give what is assumed, with its tables as files that are gone afterwards.

    Raises
    ------
    InvalidInput
        A table is given twice.
    """
    with TemporaryDirectory(prefix="tracegraph-") as folder:
        files: list[Path] = []
        for table in body["add"]:
            path = Path(folder) / table["name"]
            if path in files:
                raise InvalidInput(N_("the table {name} is given twice: put its rows together"), name=path.name)
            path.write_text(table["content"], encoding="utf-8")
            files.append(path)
        yield Suppositions(
            tuple(body["without_claims"]), tuple(body["without_sources"]), tuple(body["close"]), tuple(files)
        )
