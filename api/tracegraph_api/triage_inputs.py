"""Input about triage: what is asked of it, and what is said."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph.services.triage_bulk import MAX_ROWS
from tracegraph.services.triage_rules import OWNER_LENGTH, REASON_LENGTH, without_person
from tracegraph.vocabulary import Status, TriageState
from tracegraph_api.inputs import ID_PATTERN, Checked, described

_VISIBILITY: Final = validate.Regexp(r"^(public|network|region:SE-[A-Z]{1,2})$")
_STATES: Final = validate.OneOf([state.value for state in TriageState])


def _visibility(text: str) -> fields.String:
    return fields.String(validate=_VISIBILITY, metadata=described(text, example="region:SE-AB"))


def _day(name: str, text: str, example: str) -> Checked:
    described_day = described(text, format="date", example=example)
    return Checked(lambda day: asking.day(day, name), allow_none=True, metadata=described_day)


class WhoseQuery(Schema):
    """Whose triage."""

    visibility = _visibility(N_("Whose: network, public, or a region's; not given: your own region's, else network."))


class TriageQuery(Schema):
    """Which triage."""

    visibility = fields.List(
        fields.String(validate=_VISIBILITY),
        metadata=described(
            N_("Only that of these; may be repeated. Not given: all that you see."), example=["network"]
        ),
    )
    state = fields.List(
        fields.String(validate=_STATES),
        metadata=described(N_("Only what counts as this; may be repeated."), example=["confirmed"]),
    )
    owner = fields.String(metadata=described(N_("Only what this owner is to do."), example="buyer-gloves"))
    due_by = Checked(
        lambda day: asking.day(day, "due_by"),
        metadata=described(N_("Only what is due on this day or before."), format="date", example="2019-03-01"),
    )
    stale = fields.Boolean(metadata=described(N_("Only what is, or is not, to be looked at again."), example=True))


class TriageBody(Schema):
    """What is found out of a contract."""

    state = fields.String(
        required=True,
        validate=_STATES,
        metadata=described(N_("Where the contract stands towards the incident."), example="confirmed"),
    )
    reason = Checked(
        without_person,
        allow_none=True,
        validate=validate.Length(min=1, max=REASON_LENGTH),
        metadata=described(
            N_("Why; needed for every state but potential. No e-mail addresses or personal identity numbers."),
            example="The supplier has confirmed the plant in writing (fictional).",
        ),
    )
    owner = Checked(
        without_person,
        allow_none=True,
        validate=validate.Length(min=1, max=OWNER_LENGTH),
        metadata=described(
            N_("Who follows it up: a role, a function, or the id of a key or user; never a person's name or address."),
            example="buyer-gloves",
        ),
    )
    due_on = _day("due_on", N_("The day on which something is to be done."), "2019-03-01")
    expires_on = _day(
        "expires_on", N_("The last day on which the state counts; then it counts as potential again."), "2099-12-31"
    )
    visibility = _visibility(N_("Whose triage it is; not given: your own region's, else network."))


class FilterBody(Schema):
    """Contracts by what the incident's exposures say of them; all that is given must hold."""

    status = fields.List(
        fields.String(validate=validate.OneOf([status.value for status in Status])),
        required=True,
        validate=validate.Length(min=1),
        metadata=described(N_("Any of these statuses."), example=["unmapped"]),
    )
    direct_supplier = fields.List(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        metadata=described(N_("Any of these direct suppliers; of unmapped contracts, those to ask.")),
    )
    region = fields.List(fields.String(), metadata=described(N_("Any of these regions."), example=["SE-AB"]))
    category = fields.List(fields.String(), metadata=described(N_("Any of these categories."), example=["gloves"]))


class BulkBody(TriageBody):
    """What is found out of many contracts at once; all or nothing."""

    contracts = fields.List(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        validate=validate.Length(min=1, max=MAX_ROWS),
        metadata=described(N_("The contracts, at most 1,000; or matching.")),
    )
    matching = fields.Nested(FilterBody, metadata=described(N_("Those that match; or contracts.")))
    replace = fields.Boolean(
        load_default=False,
        metadata=described(N_("Whether contracts that are triaged already get the new state too; else they are kept.")),
    )

    @validates_schema
    def _one_of_both(self, data: dict[str, object], **_: object) -> None:
        if ("contracts" in data) == ("matching" in data):
            raise ValidationError([N_("give either contracts or matching")])


class UndoBody(Schema):
    """Which operation is taken back."""

    operation_id = fields.String(
        required=True,
        validate=validate.Regexp(ID_PATTERN),
        metadata=described(N_("Its id, as the answer to it had it."), example="op-3f2a"),
    )
    visibility = _visibility(N_("Whose triage it wrote; not given: your own region's, else network."))
