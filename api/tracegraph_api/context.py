"""What a request works with: the store, the settings, the clock, and who asks in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, cast

from flask import Flask, current_app, g, has_request_context, request

from tracegraph.access import LOCAL, Principal
from tracegraph.services.portfolios import Portfolios
from tracegraph.settings_api import ApiSettings
from tracegraph.translate import LANGUAGES, Translator

if TYPE_CHECKING:
    from tracegraph.store.port import Store

EXTENSION: Final = "tracegraph"


def utc_now() -> str:
    """Return the present moment as a UTC text in whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class Context:
    """What all requests of one application share.

    Attributes
    ----------
    store : Store
        Where everything is.
    portfolios : Portfolios
        The portfolios under the lenses asked last.
    settings : ApiSettings
        What the environment says.
    lang : str
        The language of who states none.
    local : Principal
        Who everybody is where there is no log-in.
    clock : callable
        Returns the present moment; a test gives its own.
    parts : dict
        What other modules keep for the life of the application, by their own name.
    """

    store: Store
    portfolios: Portfolios
    settings: ApiSettings
    lang: str = "en"
    local: Principal = LOCAL
    clock: Callable[[], str] = utc_now
    parts: dict[str, Any] = field(default_factory=dict)


def context() -> Context:
    """Return what the application of this request shares."""
    return context_of(current_app)


def context_of(app: Flask) -> Context:
    """Return what an application's requests share."""
    return cast("Context", app.extensions[EXTENSION])


def store() -> Store:
    """Return the store."""
    return context().store


def now() -> str:
    """Return the moment at which this request began: one moment for all that it does."""
    if "now" not in g:
        g.now = context().clock()
    return str(g.now)


def principal() -> Principal:
    """Return who asks; set by `tracegraph_api.policy` before any view runs."""
    return cast("Principal", g.principal)


def translator() -> Translator:
    """Return what says texts in the caller's language: the first of ``Accept-Language`` that we speak."""
    if not has_request_context():
        return Translator(context().lang)
    if (found := g.get("translator")) is None:
        best = request.accept_languages.best_match(LANGUAGES)
        found = g.translator = Translator(best or context().lang)
    return cast("Translator", found)
