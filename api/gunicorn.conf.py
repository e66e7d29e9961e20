"""How gunicorn serves the API: gunicorn -c api/gunicorn.conf.py "tracegraph_api:create_app()".

Options of gunicorn's own command line come before what is said here (--bind, --workers; see docs/operations.md).
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import socket
import struct
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from tracegraph.settings_limits import RUN_DIR, load_limit_settings

_limits = load_limit_settings()
_MADE = "TRACEGRAPH_RUN_DIR_MADE"
_METRICS = "PROMETHEUS_MULTIPROC_DIR"
_IDLE_SECONDS = 10
_CLOSING_THREADS = 8
#: New connections that are taken before others are looked at: few, so that each process gets its part of many.
_TAKEN_AT_ONCE = 8
#: A short request next to a question that computes waits so long, at most, each time that it needs the interpreter.
_SWITCH_SECONDS = 0.0005


class JsonLines(logging.Formatter):
    """What gunicorn itself has to say, as JSON lines, without anything of a request; the workers take the API's own."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        text = re.sub(r"\?\S+", "?[redacted]", record.getMessage())
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))
        kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        return json.dumps(
            {"event": text, "level": record.levelname.lower(), "logger": record.name, "timestamp": moment}
            | ({"exception": kind} if kind else {})
        )


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker with threads, with two things mended.

    Told to stop, it takes the connections that wait already and lets no more come: gunicorn's own keeps the listening
    socket until its last request is done, and whoever connects meanwhile is never answered, and reset at the end.

    A connection is closed in a thread: gunicorn's own waits up to two seconds for the other side to close first, in the
    one thread that takes new connections, so that a few who never close would keep out everybody.
    """

    def init_process(self) -> None:
        """Begin."""
        self.closing = ThreadPoolExecutor(_CLOSING_THREADS, thread_name_prefix="closing")
        super().init_process()

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take new connections or not; when stopping, for good."""
        super().set_accept_enabled(enabled)
        if enabled or self.alive:
            return
        for listener in self.sockets:
            taken = -1
            while taken != self.nr_conns:
                taken = self.nr_conns
                self.accept(listener)
            listener.close()

    def accept(self, listener: Any) -> None:
        """Take the connections that wait, a few at once."""
        for _ in range(_TAKEN_AT_ONCE):
            taken = self.nr_conns
            super().accept(listener)
            if self.nr_conns == taken:
                break

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Go on with a connection, or close it."""
        if "close" not in vars(conn):
            close = conn.close
            conn.close = lambda graceful=False: self.closing.submit(close, graceful) if graceful else close()
        super().finish_request(conn, fs)


# --- processes and threads ------------------------------------------------------------------------------------------

bind = ["127.0.0.1:8000"]
worker_class = Worker
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
#: Besides those that wait for an answer: for bodies that arrive slowly, for refusals and for health.
threads = _limits.requests_at_once + 16
preload_app = False  # connections to the store are made after the fork
timeout = 30
graceful_timeout = 30
#: A new worker knows no portfolio and no answer yet: it is not made often.
max_requests = 50_000
max_requests_jitter = 25_000
keepalive = 5
control_socket_disable = True

# --- what a request may be ------------------------------------------------------------------------------------------

limit_request_line = 8_190
limit_request_fields = 64
limit_request_field_size = 8_190
forwarded_allow_ips = ",".join(str(network) for network in _limits.trusted_proxies) or "127.0.0.1,::1"

# --- logs -----------------------------------------------------------------------------------------------------------

accesslog = None  # the API logs its requests itself
loglevel = "info"
logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonLines}},
    "handlers": {"out": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "json"}},
    "root": {"level": "WARNING", "handlers": []},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["out"], "propagate": False}},
}

# --- what the processes of this machine share: rates and metrics ----------------------------------------------------

if not _limits.run_dir:
    os.environ[RUN_DIR] = os.environ[_MADE] = tempfile.mkdtemp(prefix="tracegraph-run-")
_run_dir = Path(os.environ[RUN_DIR])
os.environ[_METRICS] = str(_run_dir / "metrics")


def on_starting(server: Any) -> None:
    """Begin with empty counts."""
    del server
    shutil.rmtree(os.environ[_METRICS], ignore_errors=True)
    Path(os.environ[_METRICS]).mkdir(parents=True)


def when_ready(server: Any) -> None:
    """Let no connection keep a thread waiting for the next bytes of a request; connections inherit this."""
    limit = struct.pack("ll", _IDLE_SECONDS, 0)
    for listener in server.LISTENERS:
        listener.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)


def pre_fork(server: Any, worker: Any) -> None:
    """Give a worker the lowest number that is free: its counts go on where those of its predecessor ended."""
    taken = {getattr(other, "slot", 0) for other in server.WORKERS.values()}
    worker.slot = next(number for number in range(1, len(taken) + 2) if number not in taken)


def post_fork(server: Any, worker: Any) -> None:
    """Prepare metrics and logs of a worker, before the API is loaded in it."""
    from prometheus_client import values

    sys.setswitchinterval(_SWITCH_SECONDS)
    values.ValueClass = values.MultiProcessValue(lambda: worker.slot)  # type: ignore[no-untyped-call]
    from tracegraph_api import logs

    for handler in server.log.error_log.handlers:
        handler.setFormatter(logs.formatter())
    logs.configure()


def post_worker_init(worker: Any) -> None:
    """Serve the metrics, if wanted: every worker does, whichever is asked tells of all. Note the settings."""
    from tracegraph_api import collecting, serving

    serving.serve_metrics(worker.wsgi)
    collecting.begin(serving.is_quiet(worker.wsgi))
    serving.note_start_of(worker.wsgi, "api")
    worker.wsgi = _with_closing(worker.wsgi)


def _with_closing(answer: Any) -> Any:
    """Let the application say of a connection that it ends with this answer.

    Connections stay with the process that took them. Who is refused because it has too much to do comes back by a new
    one, which another process with less to do takes first.
    """

    def closing(environ: dict[str, Any], start_response: Any) -> Any:
        environ["tracegraph.close"] = start_response.__self__.force_close
        return answer(environ, start_response)

    return closing


def child_exit(server: Any, worker: Any) -> None:
    """Forget what a worker was doing when it ended; what it had done stays counted."""
    del server
    for path in Path(os.environ[_METRICS]).glob(f"gauge_live*_{worker.slot}.db"):
        path.unlink(missing_ok=True)


def on_exit(server: Any) -> None:
    """Take away the folder that was made here, unless a new gunicorn has taken it over."""
    if os.environ.get(_MADE) and not server.reexec_pid:
        shutil.rmtree(os.environ[_MADE], ignore_errors=True)
