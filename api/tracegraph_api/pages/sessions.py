"""Who is logged in on the pages: a cookie with a random token, and the log-in that the store knows by its hash.

Routes of the API never look at the cookie, and pages never at ``Authorization``.
"""

from __future__ import annotations

from typing import Final

from flask import Response, g, request

from tracegraph.access import Principal
from tracegraph.services.logins import LASTS, Login, begin_login, end_login, find_login
from tracegraph.settings_api import Access
from tracegraph_api.context import Context, context, now, store
from tracegraph_api.remembered import Remembered

#: The prefix makes browsers keep it to this host and to https; on this computer there is none.
COOKIE: Final = "__Host-tracegraph"
PLAIN_COOKIE: Final = "tracegraph"
_LONGEST: Final = 100


class Sessions:
    """Log-ins by their tokens; one that was found lately is not looked up again."""

    def __init__(self) -> None:
        self._known: Remembered[Login] = Remembered()

    def find(self, shared: Context, token: str, moment: str) -> Login | None:
        """Return the log-in of a token; None: there is none that holds."""
        known = self._known.get(token)
        if known and moment < known.until:
            return known
        found = find_login(shared.store, token, moment)
        if found:
            self._known.put(token, found)
        else:
            self._known.forget(token)
        return found

    def forget(self, token: str) -> None:
        """Forget a token."""
        self._known.forget(token)


_PART: Final = "sessions"


def logged_in() -> Principal | None:
    """Return who is logged in on the pages, by the cookie of this request; None: nobody."""
    login = current()
    if login is None:
        return None
    g.session_id = login.id
    return login.who


def current() -> Login | None:
    """Return the log-in of this request; None: there is none that holds."""
    token = request.cookies.get(_name(), "")
    if not 0 < len(token) <= _LONGEST:
        return None
    return _sessions().find(context(), token, now())


def begin_session(response: Response, who: Principal, issuer: str) -> None:
    """Log somebody in: a new token, whatever the browser had before, whose log-in ends."""
    before = current()
    if before is not None:
        store().commit(end_login(before, str(g.get("request_id", ""))), now())
        _sessions().forget(request.cookies[_name()])
    token, beside = begin_login(who, issuer, now(), str(g.get("request_id", "")))
    store().commit(beside, now())
    response.set_cookie(_name(), token, max_age=LASTS, secure=is_secure(), httponly=True, samesite="Lax", path="/")


def end_session(response: Response) -> Login | None:
    """Log out, everywhere; return the log-in that there was."""
    login = current()
    if login is not None:
        store().commit(end_login(login, str(g.get("request_id", ""))), now())
        _sessions().forget(request.cookies[_name()])
    response.delete_cookie(_name(), path="/", secure=is_secure(), httponly=True, samesite="Lax")
    return login


def is_secure() -> bool:
    """Return whether cookies are for https alone: always, but on this computer."""
    settings = context().settings
    return settings.access is not Access.LOCAL and settings.public_url.startswith("https://")


def _name() -> str:
    return COOKIE if is_secure() else PLAIN_COOKIE


def _sessions() -> Sessions:
    made = context().parts.setdefault(_PART, Sessions())
    assert isinstance(made, Sessions)
    return made
