"""What a request sends as files: a form with files or one archive, or rows as NDJSON; each limit is named."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from typing import IO, Any, Final, TypeVar, cast

from flask import Request, current_app, g, request
from werkzeug.exceptions import RequestEntityTooLarge

from tracegraph.errors import ContentTooLarge, InvalidInput, MediaTypeUnsupported
from tracegraph.intake.sent import ROWS_NAME, Form, Part, check_rows_sent, form_of
from tracegraph.intake.sent_names import MAX_FILES
from tracegraph.messages import N_

View = TypeVar("View", bound=Callable[..., Any])

MULTIPART: Final = "multipart/form-data"
NDJSON: Final = "application/x-ndjson"
FIELD: Final = "files"


class InMemory(Request):
    """A request whose files stay in memory: its whole body is there already, and no larger than a limit."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return io.BytesIO()


def sending(view: View) -> View:
    """Return a view before which what is sent is looked at (`sent`); to stand above ``@once``, which reads it all."""

    @wraps(view)
    def looked_at(*args: Any, **parts: Any) -> Any:
        g.sent = _sent()
        return view(*args, **parts)

    return cast("View", looked_at)


def sent() -> tuple[Form, list[Part]]:
    """Return what this request sends."""
    return cast("tuple[Form, list[Part]]", g.sent)


def _sent() -> tuple[Form, list[Part]]:
    """Return what this request sends, checked as far as that can be done at once.

    Raises
    ------
    ContentTooLarge, InvalidInput, MediaTypeUnsupported
        It cannot be taken; the message names the limit.
    """
    request.max_form_parts = MAX_FILES
    try:
        if request.mimetype == NDJSON:
            data = request.get_data()
            check_rows_sent(data)
            return Form.ROWS, [(ROWS_NAME, data)]
        if request.mimetype == MULTIPART:
            parts = _parts()
            return form_of(parts), parts
    except RequestEntityTooLarge as error:
        raise ContentTooLarge(
            N_("the body is larger than {limit} bytes, or has more than {parts} parts: send it in parts"),
            limit=current_app.config["MAX_CONTENT_LENGTH"],
            parts=MAX_FILES,
        ) from error
    raise MediaTypeUnsupported(
        N_("files are sent as {multipart}, rows as {ndjson}; not as {given}"),
        multipart=MULTIPART,
        ndjson=NDJSON,
        given=request.mimetype[:100] or "-",
    )


def _parts() -> list[Part]:
    if {*request.form, *request.files} - {FIELD}:
        raise InvalidInput(N_("the form has only the field {field}, which may be repeated"), field=FIELD)
    parts: list[Part] = []
    for file in request.files.getlist(FIELD):
        parts.append((file.filename or "", file.stream.read()))
        file.stream.seek(0)  # for the hash of what was sent
    return parts
