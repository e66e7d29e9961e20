"""Input about proposals: what a supplier submitted about itself, and what is decided on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from tracegraph.messages import N_
from tracegraph.services.proposals import ProposalState, Submission
from tracegraph.services.triage_rules import REASON_LENGTH, without_person
from tracegraph_api.claim_inputs import RowsBody, rows_sent
from tracegraph_api.inputs import ID_PATTERN, Checked, described

_HASH = validate.Regexp(r"^[0-9a-f]{64}$")


class ProposalQuery(Schema):
    """Which proposals."""

    state = fields.List(
        fields.String(validate=validate.OneOf([state.value for state in ProposalState])),
        metadata=described(N_("Only those that stand so; may be repeated."), example=["open"]),
    )
    supplier = fields.String(
        validate=validate.Regexp(ID_PATTERN),
        metadata=described(N_("Only those of this supplier."), example="demo-wholesale-01"),
    )


class ProposalBody(RowsBody):
    """What is proposed."""

    submitted_by_supplier = fields.String(
        required=True,
        validate=validate.Regexp(ID_PATTERN),
        metadata=described(N_("The supplier that says so of itself: every row names it."), example="demo-wholesale-01"),
    )
    visibility = fields.String(
        validate=validate.Regexp(r"^(public|network|region:SE-[A-Z]{1,2})$"),
        metadata=described(
            N_("Who is to see the claims: public, network, or a region's; not given: your own region, else network."),
            example="network",
        ),
    )
    note = Checked(
        without_person,
        allow_none=True,
        validate=validate.Length(min=1, max=REASON_LENGTH),
        metadata=described(
            N_("What the submission says besides. No e-mail addresses or personal identity numbers."),
            example="Answer to our letter (fictional).",
        ),
    )


class AcceptanceBody(Schema):
    """What is accepted."""

    content_hash = fields.String(
        required=True,
        validate=_HASH,
        metadata=described(
            N_("The proposal's content_hash, as you read it: you accept just that."),
            example="0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        ),
    )


class RefusalBody(AcceptanceBody):
    """What is refused, and why."""

    reason = Checked(
        without_person,
        required=True,
        validate=validate.Length(min=1, max=REASON_LENGTH),
        metadata=described(
            N_("Why. No e-mail addresses or personal identity numbers."),
            example="The plant's address is another one (fictional).",
        ),
    )


def submission_of(body: Mapping[str, Any], tenant: str, default: str) -> Submission:
    """Return what checked input proposes."""
    visibility = str(body.get("visibility") or default)
    return Submission(body["submitted_by_supplier"], visibility, rows_sent(body, tenant), body.get("note"))
