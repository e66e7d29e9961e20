"""Logging in and out, and the reader's language."""

from __future__ import annotations

from typing import Any, Final, cast

from flask import Response, redirect, request, session
from marshmallow import Schema, fields, validate
from werkzeug.wrappers import Response as AnyResponse

from tracegraph.access import Permission
from tracegraph.errors import Forbidden
from tracegraph.messages import N_
from tracegraph.settings_api import Access
from tracegraph.translate import LANGUAGES
from tracegraph_api.auth.log_in import LogIn
from tracegraph_api.context import context, now
from tracegraph_api.inputs import Given
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import link, local_path
from tracegraph_api.pages.sessions import begin_session, end_session, is_secure
from tracegraph_api.pages.words import LANG_COOKIE, say

pages = Pages("log_in")

#: Where the context's parts have what logs people in.
LOG_IN: Final = "log-in"
_NEXT: Final = "next"
_LANG_LASTS_S: Final = 365 * 24 * 3600


class _NextQuery(Schema):
    """Where one goes on afterwards."""

    next = fields.String(validate=validate.Length(max=4_000), load_default="/")


class _WithQuery(_NextQuery):
    """With whom one logs in."""

    issuer = fields.String(validate=validate.Length(max=20), load_default="")


class _LanguageQuery(_NextQuery):
    """Which language."""

    lang = fields.String(validate=validate.OneOf(LANGUAGES), required=True)


@pages.shows("/log-in", Permission.OPEN, (_NextQuery,))
def ask(given: Given) -> Response:
    """Show with whom one can log in."""
    issuers = [
        (link("log_in.begin", issuer=name, next=local_path(given["next"])), one.name or one.issuer)
        for name, one in _log_in().issuers.items()
    ]
    is_local = context().settings.access is Access.LOCAL
    return render("pages/log_in.html", say(N_("Log in")), issuers=issuers, is_local=is_local)


@pages.shows("/log-in/with", Permission.OPEN, (_WithQuery,))
def begin(given: Given) -> Response:
    """Lead to an identity provider."""
    session.clear()
    answer = _log_in().away(given["issuer"], f"{_origin()}/log-in/callback")
    session[_NEXT], session["with"] = local_path(given["next"]), given["issuer"]
    return answer


@pages.shows("/log-in/callback", Permission.OPEN)
def callback(_: Given) -> AnyResponse:
    """Log in who comes back from an identity provider."""
    who, issuer = _log_in().back(str(session.get("with", "")), now())
    if not who.is_known:
        session.clear()
        raise Forbidden(N_("you are logged in there and have no role here: ask your region's administrator for one"))
    answer = redirect(local_path(str(session.get(_NEXT, "/"))), 303)
    session.clear()
    begin_session(cast("Response", answer), who, issuer.issuer)
    return answer


@pages.takes("/log-out", Permission.OPEN, changes=False)
def end() -> AnyResponse:
    """Log out."""
    answer = redirect(link("log_in.ended"), 303)
    login = end_session(cast("Response", answer))
    if login is not None:
        session.clear()
        session["was-with"] = login.issuer
    return answer


@pages.shows("/logged-out", Permission.OPEN)
def ended(_: Given) -> Response:
    """Say that one is logged out here, and how one logs out there."""
    issuer = str(session.pop("was-with", ""))
    there = _log_in().end_session(issuer, f"{_origin()}/") if issuer else None
    return render("pages/logged_out.html", say(N_("You are logged out")), there=there)


@pages.shows("/language", Permission.OPEN, (_LanguageQuery,))
def language(given: Given) -> AnyResponse:
    """Keep the reader's language, and go back."""
    answer = redirect(local_path(given["next"]), 303)
    answer.set_cookie(
        LANG_COOKIE,
        given["lang"],
        max_age=_LANG_LASTS_S,
        secure=is_secure(),
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return answer


def _origin() -> str:
    """Return under which address the identity provider leads back here: the one that the settings say."""
    return context().settings.public_url or request.host_url.rstrip("/")


def _log_in() -> LogIn:
    made: Any = context().parts[LOG_IN]
    assert isinstance(made, LogIn)
    return made
