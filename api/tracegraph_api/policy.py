"""Who may call which route: one permission per route, refused unless granted; a route without one stops the start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final, TypeVar

from flask import Flask, current_app, g, request

from tracegraph.access import ANONYMOUS, Permission, Principal
from tracegraph.errors import Forbidden, TokenMissing
from tracegraph.messages import N_
from tracegraph.settings_api import Access
from tracegraph_api.context import context, context_of
from tracegraph_api.observe import note_principal

View = TypeVar("View", bound=Callable[..., Any])

_ATTRIBUTE: Final = "tracegraph_permission"
_PAGE: Final = "tracegraph_page"
#: Kept in the context's parts under this name: a callable that turns the value of ``Authorization`` into a principal.
AUTHENTICATE: Final = "authenticate"
#: Likewise: a callable that returns who is logged in on the pages, None for nobody. Routes of the API never ask it.
LOGGED_IN: Final = "logged-in"
#: Everything below is the API's.
API: Final = "/tracegraph/"


def allow(permission: Permission) -> Callable[[View], View]:
    """Return a decorator that says which permission a view asks for."""

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, permission)
        return view

    return mark


def mark_page(view: View) -> View:
    """Say that a view is a page: its reader is who is logged in, and no token is taken."""
    setattr(view, _PAGE, True)
    return view


def is_page() -> bool:
    """Return whether this request is for a page, or for an address outside of the API where there is none."""
    if request.endpoint is None:
        return not request.path.startswith(API)
    return bool(getattr(current_app.view_functions.get(request.endpoint), _PAGE, False))


def permission_of(app: Flask, endpoint: str) -> Permission:
    """Return the permission of an endpoint.

    Raises
    ------
    LookupError
        It has none.
    """
    permission = getattr(app.view_functions.get(endpoint), _ATTRIBUTE, None)
    if not isinstance(permission, Permission):
        raise LookupError(f"the route {endpoint} has no policy: give its view a permission")
    return permission


def install(app: Flask) -> None:
    """Check that every route has a policy, and enforce it before every view."""
    for rule in app.url_map.iter_rules():
        permission_of(app, rule.endpoint)
    app.before_request(_enforce)


def _enforce() -> None:
    g.principal = _who()
    note_principal()
    if request.endpoint is None:  # no such route, or no such method: the caller learns just that
        return
    permission = permission_of(current_app, request.endpoint)
    if g.principal.may(permission):
        return
    if g.principal.id == ANONYMOUS.id:
        raise TokenMissing(N_("this needs a token: send it as Authorization: Bearer TOKEN"))
    if not g.principal.is_known:
        raise Forbidden(N_("your token is valid and gives you no role here: ask your administrator for one"))
    raise Forbidden(N_("your token does not allow this: it needs the permission {permission}"), permission=permission)


def _who() -> Principal:
    """Return who asks: by token, or by log-in on pages; else what the installation takes everybody for.

    Where it is closed to the public, who has no role may no more than what is open.
    """
    shared = context_of(current_app)
    header = None if is_page() else request.headers.get("Authorization")
    if header is None and shared.settings.access is Access.LOCAL:
        return shared.local
    if is_page():
        who = shared.parts[LOGGED_IN]() or ANONYMOUS
    else:
        who = ANONYMOUS if header is None else _authenticated(header)
    if shared.settings.access is Access.PRIVATE and not who.is_known:
        return replace(who, scopes=frozenset({Permission.OPEN}))
    return who


def _authenticated(header: str) -> Principal:
    who = context().parts[AUTHENTICATE](header)
    assert isinstance(who, Principal)
    return who
