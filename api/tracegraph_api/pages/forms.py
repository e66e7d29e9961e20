"""Forms: what was typed is checked field by field, and shown again with what is wrong in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from marshmallow import EXCLUDE, Schema, ValidationError
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from tracegraph.errors import DatasetRejected, InvalidInput
from tracegraph.services.operations import Reply
from tracegraph_api.context import translator
from tracegraph_api.pages.words import message
from tracegraph_api.problems import pointers


@dataclass
class Form:
    """What somebody typed into a form.

    Attributes
    ----------
    values : mapping
        What is typed, by field; for showing it again. Empty for a form that is shown for the first time.
    given : mapping
        What it means, checked; without the fields that are left empty.
    errors : list of dict
        What is wrong: ``field`` (name; empty for the whole) and ``text`` in the reader's language.
    """

    values: MultiDict[str, str] = field(default_factory=MultiDict)
    given: Mapping[str, Any] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors

    def value(self, name: str, default: str = "") -> str:
        """Return what is typed into a field."""
        return self.values.get(name, default)

    def all(self, name: str) -> list[str]:
        """Return all that is chosen of a field with several values."""
        return self.values.getlist(name)

    def error(self, name: str) -> str:
        """Return what is wrong with a field; empty: nothing."""
        return " ".join(one["text"] for one in self.errors if one["field"] == name)

    def refuse(self, error: InvalidInput, field: str = "") -> None:
        """Note what a service says is wrong, at a field or for the whole."""
        self.errors.append({"field": field, "text": message(error.message)})
        if isinstance(error, DatasetRejected):
            self.errors += [{"field": one.column or "", "text": message(one.message)} for one in error.problems]


def sent(schema: type[Schema]) -> Form:
    """Return the form of this request, checked against a schema; fields that are left empty are not given."""
    checker = schema()
    values = MultiDict((name, value) for name, value in request.form.items(multi=True))
    filled = MultiDict((name, value) for name, value in values.items(multi=True) if value.strip())
    form = Form(values)
    try:
        form.given = checker.load(MultiDictProxy(filled, checker), unknown=EXCLUDE)
    except ValidationError as error:
        found = pointers({"form": error.normalized_messages()})  # type: ignore[no-untyped-call]
        form.errors = [{"field": one["pointer"].strip("/").split("/")[0], "text": one["detail"]} for one in found]
    return form


def done(location: str) -> Reply:
    """Return the reply of a form that did its work: the reader goes on to another page of ours."""
    return Reply(303, {}, {"Location": location, "Content-Language": translator().lang})
