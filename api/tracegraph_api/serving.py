"""What surrounds an application that is served: a store with short limits, places for questions, deadlines, health."""

from __future__ import annotations

import logging
from pathlib import Path
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any, Final

from flask import Flask

from tracegraph import __version__
from tracegraph.composition import SQLITE, open_store
from tracegraph.errors import StoreNotReady, StoreUnavailable, TracegraphError
from tracegraph.services.settings_history import note_settings
from tracegraph.services.working import worker_age
from tracegraph.settings import Settings, load_settings
from tracegraph.settings_api import ApiSettings
from tracegraph.settings_limits import LimitSettings
from tracegraph.settings_shown import settings_in_force
from tracegraph_api import metrics
from tracegraph_api.admission import Admission
from tracegraph_api.context import context, context_of, principal
from tracegraph_api.deadline import Deadline
from tracegraph_api.health import Probe
from tracegraph_api.observe import Observed
from tracegraph_api.policy import AUTHENTICATE
from tracegraph_api.queues import Queues
from tracegraph_api.shedding import Shedding

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from tracegraph.store.port import Store

#: Where the context's parts have the places for questions, and the probe of the store.
ADMISSION: Final = "admission"
PROBE: Final = "probe"

_SQLITE_SECONDS: Final = 5.0
_NEO4J_SECONDS: Final = 3.0
_TRY_AGAIN_SECONDS: Final = 2.0
_SILENT_SECONDS: Final = 60.0
_LOG: Final = logging.getLogger("tracegraph_api")


def opened(settings: Settings) -> Store:
    """Return the store that the environment names, with limits for callers who wait.

    A server that does not answer now does not stop the start: it may be back soon, and meanwhile `/readyz` says so.
    """
    is_file = settings.store.partition("://")[0].lower() == SQLITE
    login = (settings.neo4j_user, settings.neo4j_password)
    seconds = _SQLITE_SECONDS if is_file else _NEO4J_SECONDS
    try:
        return open_store(settings.store, user=login[0], password=login[1], read_seconds=seconds)
    except StoreNotReady:
        raise
    except StoreUnavailable:
        if is_file:
            raise
        _LOG.warning("the store does not answer at the start")
        store = open_store(settings.store, user=login[0], password=login[1], read_seconds=seconds, init=False)
        Thread(target=_set_up_later, args=(store,), name="set-up", daemon=True).start()
        return store


def _set_up_later(store: Store) -> None:
    """Bring a store up to date as soon as it answers."""
    while True:
        try:
            store.init()
        except StoreNotReady:  # newer than this program: readiness says so
            return
        except StoreUnavailable:
            sleep(_TRY_AGAIN_SECONDS)
        else:
            return


def note_start(store: Store, settings: ApiSettings, process: str, now: str) -> None:
    """Write down with which settings a process starts, where they differ from those of the start before.

    Parameters
    ----------
    store : Store
        Where, and whose address is one of them.
    settings : ApiSettings
        Those of what is served.
    process : str
        ``api``, ``serve`` or ``worker``.
    now : str
        UTC time.
    """
    try:
        found = settings_in_force(load_settings(), settings, store.info().url)
        note_settings(store, process, {name: value for name, (_, value) in found.items()}, __version__, now)
    except TracegraphError as error:  # the service is of more use than its history
        _LOG.warning("the settings of this start are not written down", extra={"code": error.code})


def note_start_of(app: Flask, process: str) -> None:
    """Do that for an application, beside its first requests."""
    shared = context_of(app)
    task = (shared.store, shared.settings, process, shared.clock())
    Thread(target=note_start, args=task, name="settings", daemon=True).start()


def install(app: Flask, limits: LimitSettings) -> None:
    """Put around an application what every request passes."""
    shared = context_of(app)
    admission = Admission(limits.questions_at_once, limits.questions_waiting, limits.wait_seconds)
    shared.parts[ADMISSION] = admission
    probe = shared.parts[PROBE] = Probe(lambda: _looked_at(shared.store, shared.clock()))
    inner = app.wsgi_app
    if limits.deadline_seconds is not None:
        inner = Deadline(app, inner, limits, Shedding(app, admission, shared.parts[AUTHENTICATE]))
    app.wsgi_app = Observed(inner, probe, limits.cors_origins)  # type: ignore[method-assign]


def serve_metrics(app: Flask) -> None:
    """Serve the metrics of the API where the settings say so: on a port of their own."""
    limits = context_of(app).settings.limits
    if limits.metrics_port:
        folder = str(Path(limits.run_dir) / "metrics") if limits.run_dir else ""
        queues = Queues(context_of(app).store, context_of(app).clock)
        metrics.serve(limits.metrics_host, limits.metrics_port, folder, [queues])


def is_quiet(app: Flask) -> Callable[[], bool]:
    """Return what tells whether no question of an application is worked on."""
    admission = context_of(app).parts[ADMISSION]
    assert isinstance(admission, Admission)
    return lambda: admission.is_idle


def question_place() -> AbstractContextManager[None]:
    """Return a place for a question of who asks, to be held while it is worked on.

    Raises
    ------
    Overloaded
        On entering: there is none in time.
    """
    admission = context().parts[ADMISSION]
    assert isinstance(admission, Admission)
    return admission.place(principal().tenant)


def _looked_at(store: Store, now: str) -> dict[str, Any]:
    """Ask a store for something small (it checks its schema on the way), and when a worker was seen.

    That no worker is there does not make the API unready: questions are answered without one.
    """
    store.settled_at()
    age = worker_age(store, now)
    if age is None:
        return {"worker": "none"}
    return {"worker": "ok" if age < _SILENT_SECONDS else "silent", "worker_age_seconds": age}
