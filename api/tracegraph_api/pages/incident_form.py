"""The one form in which a report is written down: what it has, and what that means as an incident."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from tracegraph.errors import DatasetRejected, InvalidInput
from tracegraph.incidents import COMMON_KINDS, IncidentRevision, selector_body
from tracegraph.messages import N_
from tracegraph.model import ID_PATTERN, Scope
from tracegraph.render.incident_words import kind_words
from tracegraph.vocabulary import SelectorKind, SourceKind
from tracegraph_api.context import translator
from tracegraph_api.incident_inputs import IncidentBody, SelectorBody
from tracegraph_api.pages.forms import Form
from tracegraph_api.pages.incident_acts import DAYS, act_field, acts_of, fill, has_acts
from tracegraph_api.pages.words import message, say
from tracegraph_api.problems import pointers

#: New documents that one can name at a time.
DOCUMENTS: Final = (1, 2, 3)
_DOCUMENT_KEYS: Final = ("title", "url", "publisher", "published")
_SEVERITY: Final = ("scale", "scope", "irremediability")
#: Chosen where the kind of harm is none of the list: it is written in a field of its own.
OTHER_KIND: Final = "other"
_LONG: Final = 20_000
_DAYS: Final = ("_published", *(f"_{name}" for name in DAYS))
#: Which field of the form the parts of an incident are in.
_FIELDS: Final[Mapping[str, str]] = {"scope": "q", "replies": "reply_text", "sources": "sources"}


class IncidentForm(Schema):
    """What can be sent; what it means is checked as of a program (`IncidentBody`)."""

    do = fields.String(validate=validate.OneOf(("find", "add", "preview", "widen", "publish")), load_default="find")
    selector = fields.List(fields.String(validate=validate.Length(max=_LONG)), validate=validate.Length(max=200))
    add = fields.List(fields.String(validate=validate.Length(max=200)), validate=validate.Length(max=50))


# --- from the form ---------------------------------------------------------------------------------------------------


def body_of(form: Form, present: IncidentRevision | None) -> dict[str, Any]:
    """Return what a form says as the body of an incident; what is wrong with it is noted in the form.

    Parameters
    ----------
    form : Form
        What was typed.
    present : IncidentRevision or None
        The revision that it changes; what is left empty is taken away from it, and its replies are kept.
    """
    kind = _kind(form)
    found = {**dict(_stated(form, present)), **({"kind": kind} if kind else {})}
    if not found["scope"]:
        text = say(N_("choose at least one plant, company, group or country that it is about"))
        form.errors.append({"field": "q", "text": str(text)})
    try:
        loaded: dict[str, Any] = IncidentBody().load(found)
    except ValidationError as error:
        wrong = pointers({"json": error.normalized_messages()})  # type: ignore[no-untyped-call]
        form.errors += [_wrong(form, one) for one in wrong if one["pointer"] not in ("/scope", "/kind")]
        return {}
    return loaded


def _wrong(form: Form, one: Mapping[str, Any]) -> dict[str, str]:
    field = field_of(form, one["pointer"])
    is_day = field in ("happened_from", "happened_to", "reply_date") or field.endswith(_DAYS)
    return {"field": field, "text": str(say(N_("write a date like 2019-02-19"))) if is_day else one["detail"]}


def _kind(form: Form) -> str:
    """Return the kind of harm that is chosen or written; what is wrong with it is noted."""
    chosen, written = form.value("kind").strip(), form.value("kind_other").strip()
    if not chosen:
        return _refused(form, "kind", N_("choose a kind of harm"))
    if chosen != OTHER_KIND:
        if written:
            text = N_("choose “another kind” above if you mean this; else empty it")
            return _refused(form, "kind_other", text)
        return chosen
    if not written:
        return _refused(form, "kind_other", N_("write which other kind of harm it is"))
    known = {kind_words(kind, translator()).casefold(): kind for kind in COMMON_KINDS}
    kind = known.get(written.casefold(), "_".join(written.lower().split()))
    if not ID_PATTERN.fullmatch(kind):
        return _refused(form, "kind_other", N_("write it in English, with the letters a to z: “land grabbing”"))
    return kind


def _refused(form: Form, field: str, text: str) -> str:
    form.errors.append({"field": field, "text": str(say(text))})
    return ""


def _stated(form: Form, present: IncidentRevision | None) -> Iterator[tuple[str, Any]]:
    for name in ("title", "status", "visibility"):
        if text := form.value(name).strip():
            yield name, text
    for name in ("happened_from", "happened_to", "note"):
        text = form.value(name).strip().replace("\r\n", "\n")
        if text or present is not None:
            yield name, text or None
    yield "scope", [_selector(text, form.all("goods")) for text in form.all("selector")]
    severity = {name: int(form.value(name)[:3]) for name in _severity_fields(form)}
    if severity or present is not None:
        yield "severity", {name.removeprefix("severity_"): value for name, value in severity.items()} or None
    yield "indicators", form.all("indicators")
    documents = [dict(_document(form, number)) for number in DOCUMENTS if _is_named(form, number)]
    yield "documents", documents
    yield "sources", [*form.all("sources"), *(one["ref"] for one in documents)]
    if has_acts(form):
        acts = acts_of(form)
        if acts or present is not None:
            yield "actions", acts or None
    yield from _replies(form, present)


def _severity_fields(form: Form) -> list[str]:
    names = [f"severity_{name}" for name in _SEVERITY]
    return [name for name in names if form.value(name).strip().isdecimal()]


def _is_named(form: Form, number: int) -> bool:
    return any(form.value(f"source_{number}_{key}").strip() for key in _DOCUMENT_KEYS)


def _document(form: Form, number: int) -> Iterator[tuple[str, str]]:
    yield "ref", f"new-{number}"
    yield "kind", SourceKind.PRESS.value
    for key in _DOCUMENT_KEYS:
        if text := form.value(f"source_{number}_{key}").strip():
            yield key, text


def _replies(form: Form, present: IncidentRevision | None) -> Iterator[tuple[str, Any]]:
    kept = [
        {name: value for name, value in asdict(one).items() if value} for one in (present.replies if present else ())
    ]
    said = {name: form.value(f"reply_{name}").strip() for name in ("text", "by", "date")}
    new = [{name: text for name, text in said.items() if text}] if any(said.values()) else []
    if kept or new:
        yield "replies", [*kept, *new]


def _selector(text: str, goods: Sequence[str]) -> dict[str, Any]:
    """Return a selector that is chosen, with the goods that are chosen for all where it has none of its own."""
    stated = parsed(text)
    return stated if stated.get("products") or not goods else {**stated, "products": list(goods)}


def parsed(text: str) -> dict[str, Any]:
    """Return what stands in a box that chooses a selector; nothing where that is none of ours."""
    try:
        stated = json.loads(text)
        json.dumps(stated, ensure_ascii=False).encode()  # half a pair of surrogates is no text
    except (ValueError, RecursionError):
        return {}
    return stated if isinstance(stated, dict) else {}


def selectors_of(form: Form) -> list[dict[str, Any]]:
    """Return the selectors that are chosen; those that are none are left out, and noted."""
    chosen = []
    for text in form.all("selector"):
        try:
            chosen.append(SelectorBody().load(_selector(text, form.all("goods"))))
        except ValidationError:
            form.errors.append({"field": "q", "text": str(say(N_("choose again what it is about")))})
    return chosen


# --- choosing --------------------------------------------------------------------------------------------------------


def choose(form: Form) -> None:
    """Put what was found and ticked beside what was chosen before."""
    for text in form.all("add"):
        kind, _, id = text.partition(":")
        if kind == "product":
            goods = [*form.all("goods"), id]
            form.values.setlist("goods", list(dict.fromkeys(goods)))
        elif kind in set(SelectorKind) and id:
            chosen = [*form.all("selector"), _text({"kind": kind, "id": id})]
            form.values.setlist("selector", list(dict.fromkeys(chosen)))
    form.values.setlist("add", [])


def choose_scope(form: Form, scope: Scope) -> None:
    """Let a form be about another scope; goods that all of it has are shown once."""
    goods = {selector.products for selector in scope}
    shared = goods.pop() if len(goods) == 1 else None
    form.values.setlist("goods", list(shared or ()))
    bodies = []
    for selector in scope:
        body = {key: value for key, value in selector_body(selector).items() if value not in (None, [], True)}
        bodies.append({key: value for key, value in body.items() if key != "products" or not shared})
    form.values.setlist("selector", [_text(body) for body in bodies])


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


# --- shown again, or filled in ---------------------------------------------------------------------------------------


def filled(revision: IncidentRevision) -> Form:
    """Return a form that says what a revision says."""
    values: MultiDict[str, str] = MultiDict()
    for name in ("title", "kind", "status", "visibility", "happened_from", "happened_to", "note"):
        values[name] = getattr(revision, name) or ""
    for name, value in (revision.severity or {}).items():
        values[f"severity_{name}"] = str(value)
    values.setlist("indicators", list(revision.indicators))
    values.setlist("sources", [str(source) for source in revision.sources])
    form = Form(values)
    choose_scope(form, revision.scope)
    fill(form, revision.actions)
    return form


def refuse(form: Form, error: InvalidInput) -> None:
    """Note what a service says is wrong, at the fields of this form."""
    if not isinstance(error, DatasetRejected):
        form.refuse(error, field_of(form, error.place))
        return
    for one in error.problems:
        text = message(one.message)
        if one.rule == "dates-reversed":  # which names days as files do
            text = str(say(N_("this day is before the one above it: compare both with the source")))
        elif one.remedy.text:
            text = f"{text}: {message(one.remedy)}"
        form.errors.append({"field": field_of(form, one.column or ""), "text": text})


def field_of(form: Form, pointer: str) -> str:
    """Return the field of the form that a JSON pointer means; empty: none."""
    parts = [part for part in pointer.split("/") if part]
    if not parts:
        return ""
    if parts[0] == "documents":
        return _document_field(form, parts[1:])
    if parts[0] == "actions":
        return act_field(form, parts[1:])
    if parts[0] == "replies" and len(parts) > 2:
        return f"reply_{parts[2]}" if parts[2] in ("text", "by", "date") else "reply_text"
    if parts[0] == "severity":
        return f"severity_{parts[1]}" if len(parts) > 1 else "severity_scale"
    return _FIELDS.get(parts[0], parts[0])


def _document_field(form: Form, parts: Sequence[str]) -> str:
    named = [number for number in DOCUMENTS if _is_named(form, number)]
    at = int(parts[0]) if parts and parts[0].isdecimal() else 0
    number = named[at] if at < len(named) else 1
    return f"source_{number}_{parts[1] if len(parts) > 1 and parts[1] in _DOCUMENT_KEYS else 'title'}"
