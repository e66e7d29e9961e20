"""Input about claims: rows of the dataset's tables as JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

from tracegraph.intake.stated_rows import CLAIM_TABLES, SEPARATOR
from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph.services.claim_writing import RowsSent
from tracegraph_api.incident_inputs import DocumentBody
from tracegraph_api.inputs import ID_PATTERN, Checked, described

MAX_ROWS: Final = 500
_MOST_COLUMNS: Final = 64
_CELL_LENGTH: Final = 4_096
_MOST_PARTS: Final = 200
_MOST_DOCUMENTS: Final = 100
_TOO_LARGE: Final = 10**40


def check_cell(value: Any) -> None:
    """Check what a cell of a row holds: a text, a number, true or false, a list of these, or nothing.

    Raises
    ------
    ValidationError
        It holds something else, or too much.
    """
    parts = value if isinstance(value, list) else [value]
    if len(parts) > _MOST_PARTS:
        raise ValidationError([N_("this list is too long: it may have 200 entries")])
    for part in parts:
        if isinstance(part, float) and not math.isfinite(part):
            raise ValidationError([N_("this is no number")])
        if not isinstance(part, str | int | float):
            raise ValidationError([N_("write a text, a number, true, false, or a list of these")])
        if isinstance(part, int) and abs(part) >= _TOO_LARGE:
            raise ValidationError([N_("this number is too large")])
        if isinstance(part, str) and len(part) > _CELL_LENGTH:
            raise ValidationError([N_("this text is too long: it may have 4,096 characters")])
        if isinstance(value, list) and isinstance(part, str) and SEPARATOR in part:
            raise ValidationError([N_("an entry of a list cannot hold |")])


class RowsBody(Schema):
    """Rows of one table."""

    table = fields.String(
        required=True,
        validate=validate.OneOf(CLAIM_TABLES),
        metadata=described(N_("The table, as a dataset's file is named."), example="supplies"),
    )
    rows = fields.List(
        fields.Dict(
            keys=fields.String(validate=validate.Length(min=1, max=100)),
            values=fields.Raw(allow_none=True, validate=check_cell),
            validate=validate.Length(max=_MOST_COLUMNS),
        ),
        required=True,
        validate=validate.Length(min=1, max=MAX_ROWS),
        metadata=described(
            N_(
                "The rows, at most 500, each with the columns of the table by their English or Swedish names; what is "
                "a list in a cell may be a list here. The columns are those of a dataset's files."
            ),
            example=[{"seller_id": "demo-plant-klang", "buyer_id": "demo-wholesale-01", "product": "gloves"}],
        ),
    )
    documents = fields.List(
        fields.Nested(DocumentBody),
        validate=validate.Length(max=_MOST_DOCUMENTS),
        metadata=described(N_("Documents that are brought along; a row names one by its ref, in source_id.")),
    )


def rows_sent(body: Mapping[str, Any], tenant: str) -> RowsSent:
    """Return the rows of checked input, and whose they are."""
    return RowsSent(body["table"], body["rows"], tenant, body.get("documents") or ())


class IdsQuery(Schema):
    """Which claims."""

    ids = fields.List(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        required=True,
        validate=validate.Length(min=1, max=200),
        metadata=described(
            N_("Their ids, as answers name them as evidence; may be repeated."), example=["clm-0123456789abcdef0123"]
        ),
    )


class DayQuery(Schema):
    """On which day a claim is true."""

    valid_at = Checked(
        lambda text: asking.day(text, "valid_at"),
        metadata=described(
            N_("A day on which the claim is true; not given: today."), format="date", example="2019-02-19"
        ),
    )
