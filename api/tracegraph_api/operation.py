"""One decorator that says everything about a route: its permission, its input, its answer, its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask_smorest import Blueprint
from marshmallow import RAISE, Schema
from webargs.flaskparser import FlaskParser

from tracegraph.access import Permission
from tracegraph_api.changes import CHANGES
from tracegraph_api.media import negotiate
from tracegraph_api.policy import allow

View = TypeVar("View", bound=Callable[..., Any])

JSON: Final = "application/json"


class StrictParser(FlaskParser):
    """Refuses what a schema does not name, in queries too."""

    DEFAULT_UNKNOWN_BY_LOCATION: Final[dict[str, str | None]] = {  # type: ignore[misc]
        "json": RAISE,
        "form": RAISE,
        "query": RAISE,
        "files": RAISE,
        "headers": None,
        "cookies": None,
        "view_args": None,
    }


class Resource(Blueprint):  # type: ignore[misc]
    """A blueprint whose input is checked strictly."""

    ARGUMENTS_PARSER = StrictParser()

    def get(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Return a decorator that serves a view for GET and HEAD."""
        return cast("Callable[[View], View]", super().get(rule, **options))

    def post(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Return a decorator that serves a view for POST."""
        return cast("Callable[[View], View]", super().post(rule, **options))

    def put(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Return a decorator that serves a view for PUT."""
        return cast("Callable[[View], View]", super().put(rule, **options))

    def delete(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Return a decorator that serves a view for DELETE."""
        return cast("Callable[[View], View]", super().delete(rule, **options))


@dataclass(frozen=True, slots=True)
class Answered:
    """One way in which an operation answers.

    Attributes
    ----------
    description : str
        What it means, in English; marked with ``N_``.
    shape : str or None
        Name of a JSON Schema under ``shapes/``; None: no body, or none in JSON.
    media : sequence of str
        Media types besides JSON.
    """

    description: str
    shape: str | None = None
    media: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """What is documented of a route beyond its parameters.

    Attributes
    ----------
    summary, description : str
        In English, marked with ``N_``; the document says them in Swedish too.
    answers : mapping
        What comes back, by status.
    errors : sequence of int
        Statuses of problems that it has besides those that every route has.
    permission : Permission
        What it asks for.
    changes : bool
        Whether it changes something (see `tracegraph_api.changes.once`).
    """

    summary: str
    description: str
    answers: Mapping[int, Answered]
    errors: Sequence[int]
    permission: Permission
    changes: bool = False


def operation(
    permission: Permission,
    *,
    says: tuple[str, str],
    answers: Mapping[int, Answered],
    query: Sequence[type[Schema]] = (),
    body: type[Schema] | None = None,
    errors: Sequence[int] = (),
) -> Callable[[View], View]:
    """Return a decorator for a view; to be put below ``@resource.get(...)``.

    Parameters
    ----------
    permission : Permission
        What the route asks for.
    says : pair of str
        Summary and description; see `Operation`.
    answers, errors
        See `Operation`.
    query : sequence of Schema classes
        Together, the parameters of the query; the view gets them as one dict, its first argument.
    body : Schema class, optional
        The JSON body; the view gets it as the argument after.

    Returns
    -------
    callable
        The decorator. The view's other arguments are the parts of its path, by name.
    """

    def mark(view: View) -> View:
        told = Operation(*says, dict(answers), tuple(errors), permission, getattr(view, CHANGES, False))
        decorated: Callable[..., Any] = view
        if body is not None:
            decorated = Resource.ARGUMENTS_PARSER.use_args(body, location="json")(decorated)
            decorated = documented(decorated, "json", body)
        combined = cast("type[Schema]", type("Query", (*query, Schema), {})) if query else None
        strict = combined or type("NoQuery", (Schema,), {})
        decorated = with_media(decorated, told)
        decorated = with_query(decorated, strict, passed=combined is not None)
        if combined is not None:
            decorated = documented(decorated, "query", combined)
        decorated._told = told  # type: ignore[attr-defined]
        return cast("View", allow(permission)(decorated))

    return mark


def with_media(view: Callable[..., Any], told: Operation) -> Callable[..., Any]:
    """Return a view whose answer's form is chosen first; a form that it does not have is refused."""

    @wraps(view)
    def negotiated(*args: Any, **parts: Any) -> Any:
        negotiate(told)
        return view(*args, **parts)

    return negotiated


def with_query(view: Callable[..., Any], schema: type[Schema], *, passed: bool) -> Callable[..., Any]:
    """Return a view whose query is checked first; a query that it does not know is refused."""
    parser = Resource.ARGUMENTS_PARSER

    @wraps(view)
    def checked(*args: Any, **parts: Any) -> Any:
        given = parser.parse(schema(), location="query")
        return view(given, *args, **parts) if passed else view(*args, **parts)

    return checked


def documented(view: Callable[..., Any], location: str, schema: type[Schema]) -> Callable[..., Any]:
    """Return a view of which the document knows a schema (see `flask_smorest.arguments`)."""

    @wraps(view)
    def same(*args: Any, **parts: Any) -> Any:
        return view(*args, **parts)

    known = dict(getattr(view, "_apidoc", {}))
    arguments = {"parameters": [*known.get("arguments", {}).get("parameters", [])]}
    arguments["parameters"].append({"in": location, "required": True, "schema": schema})
    same._apidoc = known | {"arguments": arguments}  # type: ignore[attr-defined]
    return same
