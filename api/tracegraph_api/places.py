"""Where in the input a refusal is: a JSON pointer into the body, or the name of a parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from flask import request

from tracegraph.errors import InvalidInput

_FLAG: Final = re.compile(r"(?<![\w-])--([a-z][a-z-]*)")


@contextmanager
def at(place: str) -> Iterator[None]:
    """Say where in the input the refusals are that are raised inside and do not say so themselves."""
    try:
        yield
    except InvalidInput as error:
        error.at(error.place or place)
        raise


def placed(error: InvalidInput, detail: str) -> list[dict[str, Any]]:
    """Return a refusal as an entry of ``errors``: with its place, or with the whole body where it does not say one."""
    if error.place and not error.place.startswith("/"):
        return [{"parameter": error.place, "detail": detail}]
    if error.place or request.is_json:
        return [{"pointer": error.place or "", "detail": detail}]
    name = _parameter(error)
    return [{"parameter": name, "detail": detail}] if name else []


def in_api_words(text: str) -> str:
    """Return a text that names parameters where it names the flags of the command line."""
    return _FLAG.sub(lambda found: found[1].replace("-", "_"), text)


def _parameter(error: InvalidInput) -> str | None:
    """Return the parameter of this request that a message is about: it names it, or the flag that it comes from."""
    message = error.message
    named = [found.replace("-", "_") for found in _FLAG.findall(message.text)]
    named += [str(value) for key, value in message.values.items() if key == "name"]
    return next((name for name in named if name in request.args), None)
