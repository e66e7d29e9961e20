"""Input about incidents: what is asked of them, and what is said of one."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema, fields, validate

from tracegraph.answer_compare import Widening
from tracegraph.messages import N_
from tracegraph.translate import LANGUAGES
from tracegraph.vocabulary import (
    ActionKind,
    IncidentStatus,
    Indicator,
    RevisionChange,
    SelectorKind,
    SourceKind,
)
from tracegraph_api.inputs import ID_PATTERN, described

_TEXT: Final = validate.Length(min=1, max=4_000)
_MAX: Final = 200  # entries of a list


def _word(words: Any, text: str, **more: Any) -> fields.String:
    return fields.String(validate=validate.OneOf([word.value for word in words]), metadata=described(text), **more)


def _text(text: str, example: str, **more: Any) -> fields.String:
    return fields.String(validate=_TEXT, metadata=described(text, example=example), **more)


def _id(text: str, example: str, **more: Any) -> fields.String:
    return fields.String(validate=validate.Regexp(ID_PATTERN), metadata=described(text, example=example), **more)


def _day(text: str, example: str = "2019-02-19", **more: Any) -> fields.String:
    pattern = validate.Regexp(r"^\d{4}-\d{2}-\d{2}$")
    return fields.String(validate=pattern, metadata=described(text, format="date", example=example), **more)


def _several(inner: fields.Field[Any], text: str, **more: Any) -> fields.List[Any]:
    return fields.List(inner, validate=validate.Length(max=_MAX), metadata=described(text), **more)


# --- what is asked -------------------------------------------------------------------------------------------------


class IncidentsQuery(Schema):
    """Which incidents."""

    status = _several(_word(IncidentStatus, N_("A status.")), N_("Only those of this status; may be repeated."))
    kind = _several(fields.String(validate=_TEXT), N_("Only those of this kind, like forced_labour; may be repeated."))
    only_open = fields.Boolean(
        data_key="open",
        load_default=False,
        metadata=described(N_("Leave out those that are withdrawn or refuted."), example=True),
    )


class ExposuresQuery(Schema):
    """What is asked of an incident's exposures."""

    also = fields.List(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        data_key="with",
        load_default=(),
        validate=validate.Length(max=20),
        metadata=described(N_("Also these incidents, all together; may be repeated."), example=["demo-inc-order"]),
    )


class PreviewQuery(Schema):
    """How a scope is widened."""

    widen = fields.String(
        required=True,
        validate=validate.OneOf([widening.value for widening in Widening]),
        metadata=described(
            N_("To the groups of what is named, to its countries, or to broader goods."), example="group"
        ),
    )


class AskQuery(Schema):
    """What is asked about asking."""

    region = fields.List(
        fields.String(validate=_TEXT),
        load_default=(),
        metadata=described(N_("Only contracts of this region; may be repeated."), example=["SE-AB"]),
    )
    category = fields.List(
        fields.String(validate=_TEXT),
        load_default=(),
        metadata=described(N_("Only contracts of this category; may be repeated."), example=["gloves"]),
    )
    direct_supplier = fields.List(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        load_default=(),
        metadata=described(N_("Only what this direct supplier can tell; may be repeated.")),
    )


class LettersQuery(AskQuery):
    """Letters in which language."""

    lang = fields.String(
        validate=validate.OneOf(LANGUAGES),
        metadata=described(N_("Language of the letters; not given: that of the answer."), example="sv"),
    )


# --- what is said --------------------------------------------------------------------------------------------------


class SelectorBody(Schema):
    """A part of what an incident touches."""

    kind = _word(SelectorKind, N_("What is named."), required=True)
    id = fields.String(
        required=True, validate=_TEXT, metadata=described(N_("Its id, or a country."), example="demo-plant-klang")
    )
    products = _several(
        fields.String(validate=validate.Regexp(ID_PATTERN)), N_("Only these goods; null: all."), allow_none=True
    )
    countries = _several(
        fields.String(validate=_TEXT), N_("Only plants in these countries; null: all."), allow_none=True
    )
    excluded = _several(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        N_("Without these companies or plants."),
        data_key="exclude",  # marshmallow has an `exclude` of its own
        attribute="exclude",
    )
    services = fields.Boolean(metadata=described(N_("Whether services such as recruiters are followed; default true.")))


class SeverityBody(Schema):
    """How grave, how many, how hard to put right."""

    scale = fields.Integer(required=True, strict=True, validate=validate.Range(1, 5))
    scope = fields.Integer(required=True, strict=True, validate=validate.Range(1, 5))
    irremediability = fields.Integer(required=True, strict=True, validate=validate.Range(1, 5))


class ReplyBody(Schema):
    """What a company answered."""

    text = _text(N_("What was answered."), "All fees are repaid.", required=True)
    by = _text(N_("Who answered."), "Demo Gloves", allow_none=True)
    date = _day(N_("The day of the answer."), allow_none=True)
    source_id = _id(N_("The document that holds it: an id, or a ref of documents."), "daily", allow_none=True)


class ActionBody(Schema):
    """An act of an authority."""

    authority = _text(N_("Which authority."), "Demo Customs", required=True)
    kind = _word(ActionKind, N_("What it did."), required=True)
    countries = _several(fields.String(validate=_TEXT), N_("Only for goods made in these countries."))
    effective = _day(N_("In force from this day."), allow_none=True)
    modified = _day(N_("Modified on this day."), allow_none=True)
    revoked = _day(N_("Revoked on this day."), allow_none=True)
    reference = _text(N_("Its number."), "demo-2019-01", allow_none=True)
    source_id = _id(N_("The document behind it: an id, or a ref of documents."), "order", allow_none=True)
    url = _text(N_("Where it is published."), "https://example.org/order", allow_none=True)
    note = _text(N_("Anything else worth knowing."), "Fictional.", allow_none=True)


class DocumentBody(Schema):
    """A document that is brought along."""

    ref = _id(N_("How this body refers to it."), "daily", required=True)
    title = _text(N_("Title of the document."), "Demo Daily on debts (fictional)", required=True)
    publisher = _text(N_("Who published it."), "Demo Daily", allow_none=True)
    published = _day(N_("Day of publication."), allow_none=True)
    url = _text(N_("Where it can be read."), "https://example.org/1", allow_none=True)
    kind = _word(SourceKind, N_("Kind of document."), allow_none=True)
    retrieved = _day(N_("Day of retrieval."), allow_none=True)
    language = _text(N_("Language, as a BCP 47 tag."), "sv", allow_none=True)


class RevisionBody(Schema):
    """What is new of an incident: each key replaces what it has, null takes it away, the rest is kept."""

    title = _text(N_("What is reported, by whom, in one line."), "Demo Daily on debts (fictional)")
    kind = _id(N_("What kind of harm."), "forced_labour")
    status = _word(IncidentStatus, N_("Where it stands; a withdrawal is a revision with the status withdrawn."))
    change = _word(RevisionChange, N_("What it changes, where status and scope do not tell it."))
    happened_from = _day(N_("The day on which it began."), allow_none=True)
    happened_to = _day(N_("The day on which it ended."), allow_none=True)
    severity = fields.Nested(
        SeverityBody,
        allow_none=True,
        metadata=described(N_("Scale, scope and irremediability, each 1 to 5.")),
    )
    indicators = _several(_word(Indicator, N_("An indicator.")), N_("Forced-labour indicators of the ILO."))
    indicators_edition = fields.Integer(
        strict=True, validate=validate.Range(1990, 2100), metadata=described(N_("Year of their edition."), example=2025)
    )
    sources = _several(
        fields.String(validate=validate.Regexp(ID_PATTERN)),
        N_("The documents that report it: ids of documents that you see, or refs of documents."),
    )
    visibility = _text(N_("Who may see it: public, network, or a region like region:SE-AB."), "network")
    scope = fields.List(
        fields.Nested(SelectorBody),
        validate=validate.Length(min=1, max=_MAX),
        metadata=described(N_("What it touches; together.")),
    )
    replies = _several(fields.Nested(ReplyBody), N_("What companies answered."), allow_none=True)
    note = _text(N_("Anything else worth knowing."), "Fictional.", allow_none=True)
    actions = _several(fields.Nested(ActionBody), N_("Acts of authorities."), allow_none=True)
    documents = _several(fields.Nested(DocumentBody), N_("Documents that are brought along, with refs of your choice."))


class IncidentBody(RevisionBody):
    """A new incident."""

    incident_id = _id(
        N_("Its id; of a region it begins with the region's code: se-ab-hours-2019. Not given: one is made."),
        "inc-2019-demo",
    )
    title = _text(N_("What is reported, by whom, in one line."), "Demo Daily on debts (fictional)", required=True)
    kind = _id(N_("What kind of harm."), "forced_labour", required=True)
    scope = fields.List(
        fields.Nested(SelectorBody),
        required=True,
        validate=validate.Length(min=1, max=_MAX),
        metadata=described(N_("What it touches; together.")),
    )


class PreviewBody(Schema):
    """A scope that nothing is recorded of."""

    scope = fields.List(
        fields.Nested(SelectorBody),
        required=True,
        validate=validate.Length(min=1, max=_MAX),
        metadata=described(N_("What it touches; together.")),
    )
