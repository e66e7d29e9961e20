"""The command `serve`: the API for one person, on their own computer."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from dataclasses import replace
from threading import Thread
from typing import Any

import click
from gunicorn.app.base import BaseApplication
from rich.text import Text

from tracegraph.cli.demo import fresh_file
from tracegraph.cli.help import Spoken
from tracegraph.cli.options import WHOLE, common_options, pass_session
from tracegraph.cli.session import Session
from tracegraph.cli.worker import duties
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.services.asking import reader_name
from tracegraph.services.demo import fill
from tracegraph.services.working import Work, run
from tracegraph.settings import READER
from tracegraph.settings_api import Access, ApiSettings, doubtful, load_api_settings
from tracegraph_api import create_app, logs, serving
from tracegraph_api.context import utc_now
from tracegraph_api.local_only import is_loopback

_HOST = "127.0.0.1"
_PORT = 8000
#: Threads besides those that work on requests; see the configuration of gunicorn.
_SPARE_THREADS = 16


@click.command(
    "serve",
    cls=Spoken,
    help=N_(
        "Serve the API without log-in to whoever sits at this computer, until Ctrl-C. For others, gunicorn serves it: "
        "see docs/operations.md."
    ),
    example="tracegraph serve --demo\ntracegraph serve --store sqlite:///my.db --port 8080",
)
@click.option("--port", metavar="N", type=WHOLE, default=_PORT, help=N_("Port (default: 8000)."))
@click.option("--host", metavar="ADDRESS", default=_HOST, help=N_("Address to bind (default: 127.0.0.1)."))
@click.option("--demo", is_flag=True, help=N_("Fill a fresh store with the demo first."))
@common_options
@pass_session
def serve(session: Session, /, *, port: int, host: str, demo: bool) -> None:
    """Serve until told to stop."""
    settings = load_api_settings(unset=Access.LOCAL)
    reader = reader_name(session.settings.reader) if settings.access is Access.LOCAL else None
    warnings = [session.say.say(doubt) for doubt in doubtful(settings)]
    if settings.access is Access.LOCAL and not is_loopback(host):
        raise InvalidInput(
            N_(
                "--host is {host}: without log-in this computer alone is served (127.0.0.1); set TRACEGRAPH_ACCESS to "
                "public or private to serve others"
            ),
            host=host,
        )
    _check_free(host, port)
    if demo:
        _fill(session)
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
    if settings.public_url == ApiSettings().public_url:  # nobody says another: links lead here
        settings = replace(settings, public_url=url.removesuffix("/"))
    common = replace(session.settings, store=session.url)

    def load() -> Any:
        logs.configure(level=logging.WARNING)
        store = serving.opened(common)
        work = Work(store, "serve", utc_now, settings.jobs.lease_seconds)
        Thread(target=run, args=(work, duties(settings, store)), name="worker", daemon=True).start()
        app = create_app(settings, store)
        serving.note_start_of(app, "serve")
        return app

    def tell(_: Any) -> None:
        body = {"url": url, "store": session.url, "reader": reader, "warnings": warnings}
        session.answer(lambda: body, lambda: _told(session, url, reader))
        for warning in warnings:
            session.warn(Text(warning, style="bold yellow"))

    _Server(load, _options(settings, host, port) | {"when_ready": tell}).run()


def _told(session: Session, url: str, reader: str | None) -> Text:
    """Return where it answers, and as whom who asks reads."""
    said = session.text(N_("tracegraph answers at {url} until Ctrl-C"), url=url)
    if reader is None:
        return Text(said)
    as_whom = N_("It reads as {reader}; {variable} says as whom: public, network, or a region such as SE-AB")
    return Text(f"{said}\n{session.text(as_whom, reader=reader, variable=READER)}")


def _options(settings: ApiSettings, host: str, port: int) -> dict[str, Any]:
    return {
        "bind": [f"[{host}]:{port}" if ":" in host else f"{host}:{port}"],
        "worker_class": "gthread",
        "workers": 1,
        "threads": settings.limits.requests_at_once + _SPARE_THREADS,
        "control_socket_disable": True,
        "loglevel": "warning",
        "graceful_timeout": 5,
    }


def _check_free(host: str, port: int) -> None:
    """Raise `InvalidInput` where somebody else has the port."""
    try:
        kind = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind[0]) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(kind[4])
    except (OSError, OverflowError) as error:
        raise InvalidInput(
            N_("{host}:{port} cannot be bound ({reason}): choose another port with --port"),
            host=host,
            port=str(port),
            reason=getattr(error, "strerror", None) or str(error),
        ) from error


def _fill(session: Session) -> None:
    if session.store_url is None:
        session.store_url = f"sqlite:///{fresh_file()}"
    with session.store(create=True) as store, session.progress(N_("Filling the store")) as progress:
        store.init()
        fill(store, session.now, progress)


class _Server(BaseApplication):  # type: ignore[misc]
    """gunicorn, told here what it is told elsewhere by a file."""

    def __init__(self, load: Callable[[], Any], options: dict[str, Any]) -> None:
        self._load, self._options = load, options
        super().__init__()

    def load_config(self) -> None:
        """Take the options."""
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """Return the application; called in the process that serves it."""
        return self._load()
