"""Who is logged in on the pages: a cookie with a random token, and the log-in that the store knows by its hash.

Routes of the API never look at the cookie, and pages never at ``Authorization``.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from threading import Lock
from typing import Final

from flask import Response, g, request

from tracegraph.access import Principal
from tracegraph.services.logins import LASTS, Login, begin_login, end_login, find_login
from tracegraph.settings_api import Access
from tracegraph_api.context import Context, context, now, store

#: The prefix makes browsers keep it to this host and to https; on this computer there is none.
COOKIE: Final = "__Host-tracegraph"
PLAIN_COOKIE: Final = "tracegraph"
#: For so long a log-in is not looked up again: logging out holds in every process after that.
REMEMBERED_S: Final = 3.0
_REMEMBERED: Final = 1_000
_LONGEST: Final = 100


class Sessions:
    """Log-ins that were found lately."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[str, tuple[float, Login]] = OrderedDict()

    def find(self, shared: Context, token: str, moment: str) -> Login | None:
        """Return the log-in of a token; None: there is none that holds."""
        with self._lock:
            kept = self._known.get(token)
        if kept and time.monotonic() - kept[0] < REMEMBERED_S and moment < kept[1].until:
            return kept[1]
        found = find_login(shared.store, token, moment)
        with self._lock:
            self._known.pop(token, None)
            if found:
                self._known[token] = (time.monotonic(), found)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return found

    def forget(self, token: str) -> None:
        """Forget a token."""
        with self._lock:
            self._known.pop(token, None)


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
