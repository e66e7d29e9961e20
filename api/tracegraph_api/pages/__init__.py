"""The web pages: for people who are no programmers, without scripts where need be (docs/pages.md).

`PAGES` lists the blueprints; `install` and `protect` put them, and what surrounds them, into the application.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Flask, Response, request

from tracegraph.settings_api import Access
from tracegraph_api.auth.log_in import LogIn
from tracegraph_api.context import context_of
from tracegraph_api.pages import contract, frame, guard, log_in, problems_shown, sessions
from tracegraph_api.pages.administration import pages as administration
from tracegraph_api.pages.assets import ENDPOINT
from tracegraph_api.pages.assets import pages as assets
from tracegraph_api.pages.audit import pages as audit
from tracegraph_api.pages.chain import pages as chain
from tracegraph_api.pages.compare import pages as compare
from tracegraph_api.pages.concentration import pages as concentration
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.depth import pages as depth
from tracegraph_api.pages.exposure import pages as exposure
from tracegraph_api.pages.help import pages as help_pages
from tracegraph_api.pages.import_choices import pages as import_choices
from tracegraph_api.pages.imports import pages as imports
from tracegraph_api.pages.incident_parts import INCIDENTS
from tracegraph_api.pages.jobs import pages as jobs
from tracegraph_api.pages.keys import pages as keys
from tracegraph_api.pages.node_lists import NODES
from tracegraph_api.pages.paths import pages as paths
from tracegraph_api.pages.questions import pages as questions
from tracegraph_api.pages.search import pages as search
from tracegraph_api.pages.start import pages as start
from tracegraph_api.pages.subscriptions import pages as subscriptions
from tracegraph_api.pages.waiting import pages as waiting
from tracegraph_api.pages.webhooks import pages as webhooks
from tracegraph_api.pages.words import choose_language
from tracegraph_api.pages.world_map import pages as world_map
from tracegraph_api.policy import LOGGED_IN, is_page
from tracegraph_api.problems import AS_PAGE

#: Every blueprint of pages that the application serves.
PAGES: Final[tuple[Pages, ...]] = (
    assets,
    start,
    search,
    waiting,
    INCIDENTS,
    exposure,
    compare,
    concentration,
    depth,
    questions,
    world_map,
    paths,
    imports,
    import_choices,
    webhooks,
    keys,
    administration,
    help_pages,
    subscriptions,
    jobs,
    audit,
    log_in.pages,
    contract.pages,
    *NODES,
    chain,
)
_STEP_LASTS: Final = timedelta(minutes=15)


def install(app: Flask) -> None:
    """Serve the pages of an application; to be called before anything says a text to a caller."""
    shared = context_of(app)
    settings = shared.settings
    app.secret_key = shared.parts[guard.SECRET] = guard.secret_of(settings)
    is_secure = settings.access is not Access.LOCAL and settings.public_url.startswith("https://")
    app.config.update(
        # with the prefix no neighbouring host can give a browser somebody else's step of logging in
        SESSION_COOKIE_NAME="__Host-step" if is_secure else "tracegraph-step",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=is_secure,
        PERMANENT_SESSION_LIFETIME=_STEP_LASTS,
    )
    shared.parts[log_in.LOG_IN] = LogIn(app, settings.auth.issuers)
    shared.parts[LOGGED_IN] = sessions.logged_in
    shared.parts[AS_PAGE] = problems_shown.shown
    frame.install(app)
    app.before_request(_speak)
    app.after_request(_around)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)


def protect(app: Flask) -> None:
    """Take forms from pages of ours alone; to be called when who asks is found out before."""
    app.before_request(guard.check)


def _speak() -> None:
    if is_page():
        choose_language()


def _around(response: Response) -> Response:
    """Give a page the headers that all pages have."""
    if not is_page() or request.endpoint == ENDPOINT:
        return response
    return guard.fill_in(frame.with_headers(response))
