"""One decorator that says everything about a route: its permission, its input, its answer, its words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import request
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, ValidationError
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnprocessableEntity, UnsupportedMediaType

from tracegraph.access import Permission
from tracegraph.errors import Problem
from tracegraph.messages import N_
from tracegraph_api.changes import CHANGES
from tracegraph_api.media import negotiate
from tracegraph_api.policy import allow

View = TypeVar("View", bound=Callable[..., Any])

#: Takes what can be read of a body, by key, and the keys that cannot; returns what is wrong with the former.
Besides = Callable[[Mapping[str, Any], frozenset[str]], Iterable[Problem]]

JSON: Final = "application/json"
#: What a view has that may answer with a job instead; see `tracegraph_api.heavy.question`.
HEAVY: Final = "_heavy"


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


#: How such a view answers besides.
AS_JOB: Final = Answered(
    N_("It takes longer than callers wait, or they prefer not to wait: the job that will have the answer."), "job"
)


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
    query, body : Schema class or None
        The parameters of its query, and its JSON body.
    sends : mapping
        Bodies in other media types, each with the name of its shape; None: not JSON.
    """

    summary: str
    description: str
    answers: Mapping[int, Answered]
    errors: Sequence[int]
    permission: Permission
    changes: bool = False
    query: type[Schema] | None = None
    body: type[Schema] | None = None
    sends: Mapping[str, str | None] = field(default_factory=dict)


def operation(  # noqa: PLR0913 - each says one thing about a route
    permission: Permission,
    *,
    says: tuple[str, str],
    answers: Mapping[int, Answered],
    query: Sequence[type[Schema]] = (),
    body: type[Schema] | None = None,
    errors: Sequence[int] = (),
    sends: Mapping[str, str | None] | None = None,
    besides: Besides | None = None,
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
    sends : mapping, optional
        Bodies in other media types, which the view reads itself; see `Operation`.
    besides : callable, optional
        What else is wrong with a body that the schema refuses, told in the same answer.

    Returns
    -------
    callable
        The decorator. The view's other arguments are the parts of its path, by name.
    """

    def mark(view: View) -> View:
        every = {**answers, 202: AS_JOB} if getattr(view, HEAVY, False) else dict(answers)
        combined = cast("type[Schema]", type("Query", (*query, Schema), {})) if query else None
        changes = getattr(view, CHANGES, False)
        told = Operation(*says, every, tuple(errors), permission, changes, combined, body, dict(sends or {}))
        decorated: Callable[..., Any] = view
        if body is not None:
            taking = Resource.ARGUMENTS_PARSER.use_args(body, location="json")(decorated)
            decorated = only_json(with_besides(taking, besides) if besides else taking)
        strict = combined or type("NoQuery", (Schema,), {})
        decorated = with_media(decorated, told)
        decorated = with_query(decorated, strict, passed=combined is not None)
        decorated._told = told  # type: ignore[attr-defined]
        return cast("View", allow(permission)(decorated))

    return mark


def only_json(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view that refuses a body that is not JSON."""

    @wraps(view)
    def checked(*args: Any, **parts: Any) -> Any:
        if request.content_length and not request.is_json:
            raise UnsupportedMediaType
        return view(*args, **parts)

    return checked


def with_besides(view: Callable[..., Any], besides: Besides) -> Callable[..., Any]:
    """Return a view that tells of a body that the schema refuses also what else is wrong with it."""

    @wraps(view)
    def told(*args: Any, **parts: Any) -> Any:
        try:
            return view(*args, **parts)
        except UnprocessableEntity as error:
            wrong = getattr(error, "exc", None)
            if isinstance(wrong, ValidationError) and isinstance(wrong.valid_data, Mapping):
                refused = error.data["messages"].get("json", {})  # type: ignore[attr-defined]
                read = {key: value for key, value in wrong.valid_data.items() if key not in refused}
                error.data["problems"] = list(besides(read, frozenset(refused)))  # type: ignore[attr-defined]
            raise

    return told


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


def told_of(view: Any) -> Operation:
    """Return what a view's decorator says.

    Raises
    ------
    LookupError
        It has none.
    """
    told = getattr(view, "_told", None)
    if not isinstance(told, Operation):
        raise LookupError(f"the view {getattr(view, '__name__', view)} is not declared with @operation")
    return told
