"""Forms come from pages of ours: a token that only our pages have, and what the browser says of where it comes from.

Three things are checked of every form: ``Sec-Fetch-Site`` and ``Origin``, which a browser sets and a page cannot, and
the token, which is bound to the reader and to their log-in. Cookies are ``SameSite=Lax`` besides.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, cast
from urllib.parse import urlsplit

from flask import Response, g, request

from tracegraph.errors import Forbidden
from tracegraph.messages import N_
from tracegraph.settings_api import ApiSettings
from tracegraph_api.context import context, now, principal
from tracegraph_api.policy import is_page
from tracegraph_api.replay import IN_PLACE

#: Names of the hidden fields of every form that is sent with POST.
TOKEN: Final = "form_token"
ONCE: Final = "form_key"
VERSION: Final = "version"
#: The secret, in the context's parts; and where the processes of one machine share one that was made.
SECRET: Final = "session-secret"
#: Stand in pages that are made beside the request that shows them, and are filled in when one does.
_TOKEN_TO_COME: Final = "\ue000token\ue000"
_ONCE_TO_COME: Final = "\ue000once\ue000"
#: They are filled in as the whole value of our own fields alone: names in the data can hold the same text.
_TO_COME: Final = re.compile(f' name="({TOKEN}|{ONCE})" value="(?:{_TOKEN_TO_COME}|{_ONCE_TO_COME})">'.encode())


def secret_of(settings: ApiSettings) -> bytes:
    """Return what signs forms and log-in: as set, else one made at the start that all processes here share."""
    if settings.pages.session_secret:
        return settings.pages.session_secret.encode()
    if not settings.limits.run_dir:
        return secrets.token_bytes(32)
    return _shared(Path(settings.limits.run_dir) / SECRET)


def _shared(path: Path) -> bytes:
    """Return what a file holds; who comes first writes it, whole and for nobody else's eyes."""
    own = path.with_name(f"{path.name}.{os.getpid()}")
    own.unlink(missing_ok=True)
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
    try:
        os.link(own, path)
    except FileExistsError:
        pass
    finally:
        own.unlink()
    return path.read_bytes()


def form_token() -> str:
    """Return the value of the field `TOKEN` for who reads this page."""
    return _TOKEN_TO_COME if g.get(IN_PLACE) else _token(now()[:10])


def form_key() -> str:
    """Return a new value of the field `ONCE`: the form has one effect, however often it is sent."""
    return _ONCE_TO_COME if g.get(IN_PLACE) else secrets.token_urlsafe(18)


def check() -> None:
    """Refuse a form that does not come from a page of ours; put its hidden fields where the API has them.

    Raises
    ------
    Forbidden
        It does not.
    """
    if request.method in ("GET", "HEAD", "OPTIONS") or request.endpoint is None or not is_page():
        return
    request.get_data()  # kept: what was sent is compared where it is sent again
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site not in (None, "same-origin") or (origin is not None and not _is_own(origin)):
        raise Forbidden(N_("this form was not sent from a page of this service: open the page here and send it again"))
    given = request.form.get(TOKEN) or request.headers.get("X-Form-Token") or ""
    if not any(hmac.compare_digest(given.encode(), _token(day).encode()) for day in _days()):
        raise Forbidden(N_("this form was open for too long, or you have logged in or out since: open it again"))
    for field, header in ((ONCE, "HTTP_IDEMPOTENCY_KEY"), (VERSION, "HTTP_IF_MATCH")):
        if request.form.get(field):
            request.environ[header] = request.form[field]


def fill_in(response: Response) -> Response:
    """Give a page that was made beside its request what only the request has."""
    if response.mimetype == "text/html" and not response.direct_passthrough:
        text = response.get_data()
        if _TO_COME.search(text):
            response.set_data(_TO_COME.sub(_field, text))
    return response


def _field(found: re.Match[bytes]) -> bytes:
    """Return a field of ours with its value."""
    name = found[1].decode()
    value = _token(now()[:10]) if name == TOKEN else secrets.token_urlsafe(18)
    return f' name="{name}" value="{value}">'.encode()


def _token(day: str) -> str:
    bound = "\x00".join((principal().id, str(g.get("session_id", "")), day))
    return hmac.new(cast("bytes", context().parts[SECRET]), bound.encode(), hashlib.sha256).hexdigest()


def _days() -> tuple[str, str]:
    today = datetime.fromisoformat(now()).astimezone(UTC).date()
    return today.isoformat(), (today - timedelta(days=1)).isoformat()


def _is_own(origin: str) -> bool:
    """Return whether an origin is this service, as the browser reaches it or as its settings say."""
    there = urlsplit(origin)
    return bool(there.netloc) and there.netloc in (request.host, urlsplit(context().settings.public_url).netloc)
