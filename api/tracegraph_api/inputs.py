"""Input that many routes share: the lens, paging, scopes; each value is checked, with its place in the error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from tracegraph.errors import InvalidInput
from tracegraph.lens import Lens, visible_to
from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph.vocabulary import Grade
from tracegraph_api.context import now, principal
from tracegraph_api.cursors import MAX_LENGTH, Cursor, CursorField

Given = Mapping[str, Any]
MAX_LIMIT: Final = 200
DEFAULT_LIMIT: Final = 20
ID_PATTERN: Final = r"^[A-Za-z0-9._:-]{1,100}$"


def described(text: str, **more: Any) -> dict[str, Any]:
    """Return the metadata of a field: its description in English (marked with ``N_``), and examples and the like."""
    return {"description": text, **more}


class Checked(fields.String):
    """A text that one of our own checks turns into its canonical form.

    Parameters
    ----------
    check : callable
        Takes the text; raises `InvalidInput`.
    """

    def __init__(self, check: Callable[[str], str], **options: Any) -> None:
        super().__init__(**options)
        self._check = check

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return self._check(text)
        except InvalidInput as error:
            raise ValidationError([error.message]) from error


class LensQuery(Schema):
    """Who reads, and as of when."""

    valid_at = Checked(
        lambda text: asking.day(text, "valid_at"),
        metadata=described(N_("True in the world on this day; not given: today."), format="date", example="2019-02-19"),
    )
    known_at = Checked(
        lambda text: asking.moment(text, "known_at"),
        metadata=described(
            N_("As it was known then: a date, which means the end of that day in UTC, or a time; not given: now."),
            example="2019-02-19T12:00:00Z",
        ),
    )
    reader = Checked(
        asking.reader_name,
        data_key="as",
        metadata=described(
            N_("Read as somebody who sees less than you: public, network, or a region such as SE-AB."), example="public"
        ),
    )
    min_grade = fields.String(
        validate=validate.OneOf([grade.value for grade in Grade]),
        metadata=described(N_("Leave out claims that are documented less well than this."), example="reported"),
    )


def lens_of(given: Given) -> Lens:
    """Return the lens that checked input means for who asks.

    Raises
    ------
    InvalidInput
        They would read as somebody who sees what they do not.
    """
    begun = given.get("cursor") or Cursor("", "", ())
    lens = asking.lens_of(
        now(),
        valid_at=given.get("valid_at") or begun.valid_at,
        known_at=given.get("known_at") or begun.known_at,
        min_grade=given.get("min_grade"),
    )
    seen = principal().visible_to
    if given.get("reader"):
        wanted = visible_to(given["reader"])
        if not set(wanted) <= set(seen):
            raise InvalidInput(N_("you cannot read as {reader}: you see less"), reader=given["reader"]).at("as")
        seen = wanted
    return replace(lens, visible_to=seen)


class PageQuery(Schema):
    """Which part of a list."""

    limit = fields.Integer(
        load_default=DEFAULT_LIMIT,
        validate=validate.Range(min=1, max=MAX_LIMIT),
        metadata=described(N_("Rows on a page, at most 200."), example=20),
    )
    page = fields.Integer(
        load_default=1,
        validate=validate.Range(min=1, max=1_000_000),
        metadata=described(N_("Which page, from 1; at most page times limit rows can be paged so."), example=1),
    )


class CursorQuery(PageQuery):
    """Which part of a list that may be long."""

    cursor = CursorField(
        validate=lambda cursor: len(cursor.text()) <= MAX_LENGTH,
        metadata=described(
            N_("Where the page before ended, as its link next has it; instead of page, for reading everything.")
        ),
    )


class ScopeQuery(Schema):
    """What narrows the scope of a question."""

    product = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        metadata=described(N_("Only these goods, and narrower ones; may be repeated."), example=["gloves"]),
    )
    countries = fields.List(
        Checked(asking.country_code),
        metadata=described(N_("Only plants in these countries; may be repeated."), example=["MY"]),
    )
    excluded = fields.List(  # `exclude` is marshmallow's own
        fields.String(validate=validate.Length(min=1, max=100)),
        data_key="exclude",
        metadata=described(N_("Leave out these companies or plants; may be repeated."), example=["demo-plant-01"]),
    )
    services = fields.Boolean(
        load_default=True,
        metadata=described(N_("Whether recruiters, dormitories and other services are followed."), example=True),
    )


class LimitsQuery(Schema):
    """Limits of a walk."""

    max_tier = fields.Integer(
        validate=validate.Range(min=1, max=1_000),
        metadata=described(N_("Count only routes of at most so many tiers."), example=3),
    )
    max_items = fields.Integer(
        validate=validate.Range(min=1, max=1_000_000),
        metadata=described(
            N_("Stop after so many items on the way (default 200,000); the answer then says so."), example=200000
        ),
    )


class ContractFilter(Schema):
    """Contracts by region and category."""

    region = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        load_default=list,
        metadata=described(N_("Only contracts that this region uses; may be repeated."), example=["SE-AB"]),
    )
    category = fields.List(
        fields.String(validate=validate.Length(min=1, max=100)),
        load_default=list,
        metadata=described(N_("Only contracts of this category; may be repeated."), example=["gloves"]),
    )
