"""How often one caller may ask: counted over all worker processes; and who a caller without a token is."""

from __future__ import annotations

import ipaddress
import tempfile
import time
from contextlib import suppress
from functools import partial
from hashlib import blake2b
from http import HTTPStatus
from math import ceil
from pathlib import Path
from typing import Any, Final

from flask import Flask, Response, g, request
from flask_limiter import Limit, Limiter, RateLimitExceeded
from limits import parse

from tracegraph.access import LOCAL, Principal
from tracegraph.errors import RateExceeded
from tracegraph.messages import N_
from tracegraph.settings_limits import LimitSettings, Network, Rates
from tracegraph_api.context import context
from tracegraph_api.counters import SCHEME
from tracegraph_api.observe import seen_now
from tracegraph_api.problems import problem_of_ours

#: Endpoints that take files; what is done with an import afterwards is no upload.
UPLOADS: Final = ("imports.send",)
#: The endpoint of styles and scripts of the pages, which browsers ask for once.
FILES: Final = "page_assets.file"
_FILE: Final = "rates"
_UNKNOWN: Final = "unknown"


def client_address(remote: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """Return who asks, by address: the last one that no trusted proxy has.

    Parameters
    ----------
    remote : str
        Who is at the other end of the connection; empty for a socket of this machine.
    forwarded : str
        ``X-Forwarded-For``.
    trusted : tuple of networks
        Whose word is taken.
    """
    chain = [part.strip() for part in forwarded.split(",") if part.strip()]
    caller = remote
    while chain and trusted and (not caller or _is_within(caller, trusted)):
        caller = chain.pop()
    return _network_of(caller)


def _is_within(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in networks)


def _network_of(address: str) -> str:
    """Return what one caller has: an IPv4 address, or an IPv6 network of the size that one subscriber gets."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return _UNKNOWN
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    if isinstance(parsed, ipaddress.IPv6Address) and mapped is None:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(mapped or parsed)


def caller_key() -> str:
    """Return whose requests are counted together: a token's, or an address's (as a digest, not in the clear)."""
    who = g.get("principal")
    if isinstance(who, Principal) and who.is_known:
        return who.id
    address = client_address(
        request.remote_addr or "",
        request.headers.get("X-Forwarded-For", ""),
        context().settings.limits.trusted_proxies,
    )
    return f"address:{blake2b(address.encode(), digest_size=12).hexdigest()}"


def install(app: Flask, limits: LimitSettings) -> None:
    """Count requests, and refuse those above the rates; does nothing where the settings have no rates.

    To be called when who asks is found out before: rates are per token.
    """
    if limits.rates is None:
        return
    limiter = Limiter(
        caller_key,
        storage_uri=limits.rate_limit_uri or _shared_uri(limits.run_dir),
        strategy="fixed-window",
        in_memory_fallback_enabled=True,
        default_limits=_limits_of(limits.rates),
    )
    limiter.init_app(app)
    app.after_request(partial(_with_rate, limiter))
    app.register_error_handler(RateLimitExceeded, partial(_refused, limiter))
    _count_failures(app, limiter, limits.rates)


def _shared_uri(run_dir: str) -> str:
    folder = run_dir or tempfile.mkdtemp(prefix="tracegraph-run-")
    return f"{SCHEME}://{Path(folder) / _FILE}"


def _limits_of(rates: Rates) -> list[str | Any | Limit]:
    def is_free() -> bool:
        return bool(g.principal.id == LOCAL.id) or request.endpoint == FILES or not _rate()

    def _rate() -> str:
        return rates.member if g.principal.is_known else rates.public

    def is_no_upload() -> bool:
        return bool(g.principal.id == LOCAL.id) or request.method != "POST" or request.endpoint not in UPLOADS

    requests = Limit(_rate, key_function=caller_key, scope="requests", shared=True, exempt_when=is_free)
    if not rates.upload:
        return [requests]
    uploads = Limit(rates.upload, key_function=_uploader_key, scope="uploads", shared=True, exempt_when=is_no_upload)
    return [requests, uploads]


def _uploader_key() -> str:
    """Return whose uploads are counted together: a region's, whatever their tokens."""
    return str(g.principal.tenant) if g.principal.is_known else caller_key()


def _count_failures(app: Flask, limiter: Limiter, rates: Rates) -> None:
    """Count what fails for want of a right token like requests without one: guessing is limited too."""
    if not rates.public:
        return
    item = parse(rates.public)

    def count(response: Response) -> Response:
        if response.status_code == HTTPStatus.UNAUTHORIZED and "principal" not in g:
            with suppress(*_kinds(limiter)):
                limiter.limiter.hit(item, caller_key(), "failures")
        return response

    def check() -> None:
        if "Authorization" not in request.headers:
            return
        key = caller_key()
        with suppress(*_kinds(limiter)):
            if not limiter.limiter.test(item, key, "failures"):
                ends = limiter.limiter.get_window_stats(item, key, "failures").reset_time
                raise _exceeded(item.amount, ends)

    app.after_request(count)
    app.before_request_funcs.setdefault(None, []).insert(1, check)  # behind the id of the request, before the token


def _kinds(limiter: Limiter) -> tuple[type[Exception], ...]:
    """Return what may go wrong while counting; a request is answered all the same."""
    kinds = limiter.storage.base_exceptions
    return kinds if isinstance(kinds, tuple) else (kinds,)


def _with_rate(limiter: Limiter, response: Response) -> Response:
    """Say how much of the rate is left."""
    current = limiter.current_limit
    if current is not None:
        with suppress(*_kinds(limiter)):
            response.headers["RateLimit-Limit"] = str(current.limit.amount)
            response.headers["RateLimit-Remaining"] = str(current.remaining)
            response.headers["RateLimit-Reset"] = str(max(0, round(current.window.reset_time - time.time())))
    return response


def _refused(limiter: Limiter, _: RateLimitExceeded) -> Response:
    current = limiter.current_limit
    amount, ends = (current.limit.amount, current.window.reset_time) if current else (0, time.time())
    return problem_of_ours(_exceeded(amount, ends))


def _exceeded(amount: int, ends: float) -> RateExceeded:
    seen_now().reason = RateExceeded.code
    return RateExceeded(
        N_("you have asked {count} times, which is all for now: ask again in {seconds} s"),
        count=amount,
        seconds=max(1, ceil(ends - time.time())),
    )
