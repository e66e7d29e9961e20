"""How a page is declared: one line that says its address, its permission and its parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, Final, TypeVar, cast

from flask import Blueprint, Response, g, redirect, request
from marshmallow import EXCLUDE, Schema
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph_api.changes import CHANGES, change, once
from tracegraph_api.heavy import question
from tracegraph_api.inputs import Given, LensQuery
from tracegraph_api.policy import allow, mark_page

View = TypeVar("View", bound=Callable[..., Any])

#: Before the name of every blueprint of pages, apart from those of the API.
PREFIX: Final = "page_"
#: What the content of a page begins with; its template has it.
MAIN: Final = '<main id="content" tabindex="-1">'
#: Kept on a view: whether it takes a lens.
HAS_LENS: Final = "_has_lens"


class _PageParser(FlaskParser):
    """Leaves out what forms send empty, and what nobody asked for."""

    def load_querystring(self, req: Any, schema: Schema) -> Any:
        """Return the query without its empty values."""
        given = MultiDict((name, value) for name, value in req.args.items(multi=True) if value.strip())
        return self._makeproxy(given, schema)


_PARSER: Final = _PageParser()


class Pages(Blueprint):
    """A few pages that belong together.

    Parameters
    ----------
    name : str
        What `frame.link` calls them: a page's endpoint is ``NAME.FUNCTION``.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"{PREFIX}{name}", __name__)

    def shows(
        self, path: str, permission: Permission, query: Sequence[type[Schema]] = (), *, is_heavy: bool = False
    ) -> Callable[[View], View]:
        """Return a decorator for a view that shows a page (GET, HEAD).

        The view is called with the checked query, a mapping, and then with the parts of its path by name; it returns
        what `frame.render` does. What is wrong in the query becomes an error page that shows what was typed.

        Parameters
        ----------
        path : str
            Its address.
        permission : Permission
            What it asks for.
        query : sequence of Schema classes
            Its parameters. With `inputs.LensQuery` among them the page has the lens bar.
        is_heavy : bool
            Whether it asks the graph: it then waits for a place, and becomes a job with a page that shows progress
            where it takes longer than a reader waits. Such a view sets nothing in `flask.g`.
        """
        schema = cast("type[Schema]", type("Query", (*query, Schema), {}))

        def mark(view: View) -> View:
            shown: Callable[..., Any] = _or_wait(question(view)) if is_heavy else view

            @wraps(view)
            def answered(**parts: Any) -> Any:
                given: Given = _PARSER.parse(schema(), location="query", unknown=EXCLUDE)
                return shown(given, **parts)

            setattr(answered, HAS_LENS, any(issubclass(one, LensQuery) for one in query))
            declared = mark_page(allow(permission)(answered))
            self.add_url_rule(path, endpoint=view.__name__, view_func=declared, methods=["GET"])
            return view

        return mark

    def takes(self, path: str, permission: Permission, *, changes: bool = True) -> Callable[[View], View]:
        """Return a decorator for a view that takes a form (POST).

        The form has come from a page of ours; that is checked before (`pages.guard`). With `changes`, the view has
        one effect however often the form is sent: it uses `tracegraph_api.changes.change` as routes of the API do,
        with a reply of status 303 and the header ``Location`` (`forms.done`), and returns ``change().answered()``.
        Where it shows the form again instead, because of what is wrong in it, nothing counts as done.
        """

        def mark(view: View) -> View:
            taken = _once(view) if changes else view

            @wraps(view)
            def answered(**parts: Any) -> Any:
                return taken(**parts)

            setattr(answered, CHANGES, changes)
            declared = mark_page(allow(permission)(answered))
            self.add_url_rule(path, endpoint=view.__name__, view_func=declared, methods=["POST"])
            return view

        return mark


class _NotDone(Exception):
    """Carries the answer of a view that changed nothing past what would keep its key."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer


def _once(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view that has one effect for each form."""

    @wraps(view)
    def tried(**parts: Any) -> Any:
        answer = view(**parts)
        if change().reply is None:
            raise _NotDone(answer)
        return answer

    guarded = once(tried)

    def answered(**parts: Any) -> Any:
        try:
            return guarded(**parts)
        except _NotDone as shown:
            return shown.answer
        finally:
            if "change" in g and g.change.reply is None:
                g.pop("change")  # the trail has a row of what was read

    return answered


def _or_wait(view: Callable[..., Any]) -> Callable[..., Any]:
    """Return a view that leads to the page of its job where it became one."""

    @wraps(view)
    def answered(*args: Any, **parts: Any) -> Response | AnyResponse:
        response: Response = view(*args, **parts)
        if response.status_code != 202:
            return _content(response) if is_partial() and response.mimetype == "text/html" else response
        return redirect(f"/waiting/{response.headers['Location'].rpartition('/')[2]}", 303)

    return answered


def is_partial() -> bool:
    """Return whether only the content of the page is wanted: it replaces a part of the page that is there already."""
    return "HX-Request" in request.headers and request.headers.get("HX-Request-Type") != "full"


def _content(response: Response) -> Response:
    """Return the content alone of a page that was made whole, because it might have become a job's result."""
    text = response.get_data(as_text=True)
    content = text.partition(MAIN)[2].rpartition("</main>")[0]
    if content:
        title = f"<title>{text.partition('<title>')[2].partition('</title>')[0]}</title>"
        response.set_data(f"{title}\n{content}")
    return response


def view_has_lens(views: Mapping[str, Any]) -> bool:
    """Return whether the page of this request takes a lens."""
    return bool(getattr(views.get(request.endpoint or ""), HAS_LENS, False))
