"""The application: everything wired together, once per process."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from flask import Flask

from tracegraph.access import local
from tracegraph.services.asking import reader_name
from tracegraph.services.portfolios import Portfolios
from tracegraph.settings import load_settings
from tracegraph.settings_api import Access, ApiSettings, doubtful, load_api_settings
from tracegraph_api import limits, local_only, observe, pages, policy, problems, read_audit, serving
from tracegraph_api.auth.bearer import Bearer
from tracegraph_api.auth.oidc import tokens_of
from tracegraph_api.context import EXTENSION, Context
from tracegraph_api.document import ProblemApi
from tracegraph_api.resources import RESOURCES
from tracegraph_api.uploads import InMemory

if TYPE_CHECKING:
    from tracegraph.store.port import Store

ROOT = "/tracegraph/v1"
_LOG = logging.getLogger("tracegraph_api")


def create_app(settings: ApiSettings | None = None, store: Store | None = None) -> Flask:
    """Return the application.

    Parameters
    ----------
    settings : ApiSettings, optional
        Default: what the environment says.
    store : Store, optional
        Default: the one that the environment names, brought up to date. It is not closed by the application.

    Raises
    ------
    LookupError
        A route has no policy.
    SettingsInvalid, StoreUnavailable
        The environment, or the store that it names, is not what it should be.
    """
    common = load_settings()
    settings = settings or _from_environment()
    store = store or serving.opened(common)
    app = Flask("tracegraph_api", static_folder=None)
    app.request_class = InMemory
    app.url_map.merge_slashes = False  # what is no address is a problem, and no redirect to one
    app.config.update(MAX_CONTENT_LENGTH=10 * 1024 * 1024, MAX_FORM_PARTS=100, MAX_FORM_MEMORY_SIZE=256 * 1024)
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    app.json.sort_keys, app.json.ensure_ascii = False, False  # type: ignore[attr-defined]  # å is å in a terminal
    shared = app.extensions[EXTENSION] = Context(
        store, Portfolios(store), settings, common.lang, local(reader_name(common.reader))
    )
    shared.parts[policy.AUTHENTICATE] = Bearer(store, lambda: shared.clock(), tokens_of(settings.auth))
    observe.install(app)
    problems.install(app)
    pages.install(app)
    api = ProblemApi(app)
    for resource in RESOURCES:
        api.register_blueprint(resource, url_prefix=f"{ROOT}{resource.url_prefix or ''}")
    if settings.access is Access.LOCAL:
        local_only.install(app)
    policy.install(app)
    pages.protect(app)
    read_audit.install(app)
    limits.install(app, settings.limits)
    serving.install(app, settings.limits)
    return app


def _from_environment() -> ApiSettings:
    settings = load_api_settings()
    for doubt in doubtful(settings):
        _LOG.warning("%s", doubt)
    return settings
