"""Names of files that somebody sent: only ever shown and compared with the names of tables, never used as paths."""

from __future__ import annotations

import unicodedata
from typing import Final

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_

#: Files in one upload.
MAX_FILES: Final = 100
MAX_NAME: Final = 200
_FORBIDDEN: Final = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # control, direction, surrogates, unassigned


def check_name(name: str, *, in_archive: bool = False) -> None:
    """Refuse a name that could be anything but a plain name, in an archive also of a file in folders.

    Raises
    ------
    InvalidInput
        It is a path, has characters that are not seen, or is too long.
    """
    shown = "".join(character if character.isprintable() else "\ufffd" for character in name[:60])
    if not name or len(name) > MAX_NAME or any(unicodedata.category(character) in _FORBIDDEN for character in name):
        raise InvalidInput(
            N_("a file name is empty, longer than {limit} characters or has characters that are not seen: {name}"),
            limit=MAX_NAME,
            name=shown,
        )
    parts = name.split("/") if in_archive else [name]
    if any(part in ("", ".", "..") or set(part) & set('/\\:*?"<>|') for part in parts):
        raise InvalidInput(N_("{name} is a path, not the name of a file: name files like sources.csv"), name=shown)


def base_of(name: str) -> str:
    """Return the last part of a name in an archive."""
    return name.rpartition("/")[2]
