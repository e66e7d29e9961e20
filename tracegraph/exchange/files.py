"""Files out: a file appears when it is complete, and not before."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Give a text file (UTF-8, lines ended by a line feed) that takes the place of `path` when all went well.

    Raises
    ------
    InvalidInput
        The file cannot be written: there is no such folder, no right to write, no room.
    """
    with replacing_bytes(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="\n")
        try:
            yield text
        finally:
            text.detach()  # writes out what is left


@contextmanager
def replacing_bytes(path: Path) -> Iterator[BinaryIO]:
    """Give a file of bytes that takes the place of `path` when all went well; raises as `replacing`."""
    target = path.resolve()  # a link stays a link
    partial: Path | None = None
    try:
        with tempfile.NamedTemporaryFile("wb", dir=target.parent, prefix=f".{target.name}.", delete=False) as file:
            partial = Path(file.name)
            yield cast(BinaryIO, file)
            file.flush()
            os.fsync(file.fileno())
        partial.chmod(_mode(target))
        partial.replace(target)
    except OSError as error:
        raise InvalidInput(
            N_("the file {path} cannot be written: {reason}"), path=str(path), reason=error.strerror or str(error)
        ) from error
    finally:
        if partial is not None:
            with suppress(OSError):
                partial.unlink(missing_ok=True)


def _mode(target: Path) -> int:
    """Return the permissions of the file that is replaced; of a new one, those of a file anybody makes."""
    if target.exists():
        return target.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask
