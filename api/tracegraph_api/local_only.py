"""An installation without log-in serves one person on one computer: nobody else, and no web page in their browser.

A page from elsewhere can make a browser send requests to this computer, under a name of its own that it lets point here
(DNS rebinding) or from its own origin; both are refused.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from flask import Flask, request

from tracegraph.errors import Forbidden
from tracegraph.messages import N_

_NAMES = frozenset({"localhost", "ip6-localhost"})


def install(app: Flask) -> None:
    """Refuse whatever does not come from this computer under its own name."""
    app.before_request(_check)


def is_loopback(host: str) -> bool:
    """Return whether a host is this computer, by name or by address."""
    if host.lower() in _NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check() -> None:
    host = urlsplit(f"//{request.host}").hostname or ""
    origin = request.headers.get("Origin")
    is_own_page = origin is None or urlsplit(origin).netloc == request.host
    if not (is_loopback(request.remote_addr or "") and is_loopback(host) and is_own_page):
        raise Forbidden(
            N_("this tracegraph has no log-in and answers this computer alone: see TRACEGRAPH_ACCESS for others")
        )
