"""Logs: one JSON object a line on standard output, without anything that somebody asked, sent or is called.

A line of a request has its id, trace, method, route, status, seconds and who asked by opaque id. Of an unexpected error
it has where it happened, and not what its text says: that may hold input. Of what libraries log it has the text with
its places unfilled.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from types import TracebackType
from typing import Any, Final, TextIO

import structlog

from tracegraph_api.tracing import Seen

_REQUESTS: Final = logging.getLogger("tracegraph_api.requests")
#: Loggers whose lines we write ourselves, with values that we chose.
_OURS: Final = ("tracegraph_api", "tracegraph")
#: Values that are never written, by the name under which somebody might log them.
_SECRET_NAMES: Final = re.compile(r"token|authorization|password|secret|cookie|key$|body|query", re.IGNORECASE)
#: Whatever looks like one of these in a text: what follows a question mark, a bearer token, an e-mail address.
_SECRET_TEXTS: Final = re.compile(
    r"\?\S+|bearer\s+\S+|(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+|(?<![\w-])[\w-]{20,}\.[\w-]{20}\S*", re.IGNORECASE
)
_REDACTED: Final = "[redacted]"
_MAX_TEXT: Final = 500


def told(seen: Seen) -> None:
    """Write the line of a request that was answered."""
    _REQUESTS.info("request", extra=line_of(seen))


def line_of(seen: Seen) -> dict[str, Any]:
    """Return what the log says of a request."""
    said = {
        "request_id": seen.request_id,
        "trace_id": seen.trace_id,
        "method": seen.method,
        "route": seen.route or None,
        "status": seen.status,
        "seconds": round(seen.seconds, 4),
        "principal": seen.principal or None,
        "tenant": seen.tenant or None,
    }
    return said | ({"reason": seen.reason} if seen.reason else {})


def configure(stream: TextIO | None = None, level: int = logging.INFO) -> logging.Handler:
    """Let all logs of this process be written as JSON lines; return the handler, to be taken away again.

    Parameters
    ----------
    stream : file, optional
        Default: standard output.
    level : int
        From which level ours are written; others only from warnings on.
    """
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(formatter())
    handler.addFilter(_wanted)
    root = logging.getLogger()
    root.addHandler(handler)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    return handler


def formatter() -> logging.Formatter:
    """Return what makes a JSON line of a record."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.ExtraAdder(),
            structlog.processors.TimeStamper(fmt="iso", utc=True),
        ],
        processors=[
            unfilled,
            where_it_happened,
            redacted,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(),
        ],
        use_get_message=False,
        pass_foreign_args=True,
    )


def _wanted(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.startswith((*_OURS, "gunicorn"))


def unfilled(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Let a library's text stand without what would fill it; the server's own are filled with harmless words."""
    values = event.pop("positional_args", ())
    event.pop("message", None)  # what another handler filled in
    if values and event["_record"].name.startswith("gunicorn") and _are_harmless(values):
        event["event"] = event["event"] % values
    return event


def _are_harmless(values: Any) -> bool:
    """Return whether a text's values are numbers, or words without anything of a request in them."""
    given = values.values() if isinstance(values, Mapping) else values if isinstance(values, tuple) else (values,)
    return all(isinstance(value, int | float) or re.fullmatch(r"[\w ./:\-]{0,60}", str(value)) for value in given)


def where_it_happened(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace an exception by the kinds of its chain and the places where each was raised."""
    info = event.pop("exc_info", None)
    event.pop("stack_info", None)
    if isinstance(info, tuple) and info[1] is not None:
        event["exception"] = chain_of(info[1])
    return event


def chain_of(error: BaseException | None) -> list[dict[str, Any]]:
    """Return an exception and its causes: kind and places, without texts."""
    chain: list[dict[str, Any]] = []
    while error is not None and len(chain) < 10:
        kind = type(error)
        chain.append({"kind": f"{kind.__module__}.{kind.__qualname__}", "places": _places(error.__traceback__)})
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    return chain


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-30:]
    return [f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}" for frame in frames]


def redacted(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what must never be in a log, whoever put it there."""
    for name, value in list(event.items()):
        if name.startswith("_"):
            continue
        event[name] = _REDACTED if _SECRET_NAMES.search(name) else _clean(value)
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return _SECRET_TEXTS.sub(_REDACTED, value)[:_MAX_TEXT]
    if isinstance(value, Mapping):
        return {
            str(name): _REDACTED if _SECRET_NAMES.search(str(name)) else _clean(inner) for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value if isinstance(value, bool | int | float) or value is None else _clean(str(value))
