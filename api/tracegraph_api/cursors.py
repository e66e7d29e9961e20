"""Cursors: where a page of a long list ended, and the moment as of which it is read."""

from __future__ import annotations

import base64
import binascii
import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from marshmallow import ValidationError, fields

from tracegraph.errors import InvalidInput
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.services import asking
from tracegraph_api.respond import Counted

Row = TypeVar("Row")
#: What rows are ordered by; no two rows of a list have the same.
Key = tuple[str | int, ...]

MAX_LENGTH: Final = 600
_NOT_OURS: Final = N_("this is no cursor of this list: take it from the link next of a page")


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended.

    Attributes
    ----------
    valid_at, known_at : str
        The moment as of which the list is read, so that all pages are of one state; empty: as of now.
    key : tuple
        The key of the last row.
    """

    valid_at: str
    known_at: str
    key: Key

    def text(self) -> str:
        """Return it as it stands in a link: nothing but what the page that it ends says already."""
        packed = json.dumps([self.valid_at, self.known_at, *self.key], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(packed.encode()).decode().rstrip("=")


class CursorField(fields.String):
    """A cursor that we gave out."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        found = _read(text)
        if found is None:
            raise ValidationError([_NOT_OURS])
        return found


def _read(text: str) -> Cursor | None:
    try:
        packed = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        valid_at, known_at, *key = packed
        if valid_at:
            asking.day(valid_at, "valid_at")
        if known_at:
            asking.moment(known_at, "known_at")
    except (binascii.Error, ValueError, TypeError, InvalidInput):
        return None
    if not all(type(part) in (str, int) for part in (valid_at, known_at, *key)):
        return None
    return Cursor(valid_at, known_at, tuple(key))


def key_of(given: Mapping[str, Any], like: Key) -> Key | None:
    """Return the key at which a page begins; None: at the first row, or by its number.

    Raises
    ------
    InvalidInput
        The cursor is another list's.
    """
    cursor = given.get("cursor")
    if cursor is None:
        return None
    if list(map(type, cursor.key)) != list(map(type, like)):
        raise InvalidInput(_NOT_OURS)
    return tuple(cursor.key)


def page_by_key(
    rows: Sequence[Row], key: Callable[[Row], Key], given: Mapping[str, Any], lens: Lens | None
) -> tuple[Sequence[Row], Counted]:
    """Return one page of a list of which all rows are known, in the order of their keys.

    Parameters
    ----------
    rows : sequence
        All rows, sorted by `key`.
    key : callable
        The key of a row.
    given : mapping
        Checked input with ``limit``, ``page`` and perhaps ``cursor``.
    lens : Lens or None
        As of when pages are read; None: each as of now.
    """
    limit = given["limit"]
    first = (given["page"] - 1) * limit
    has_cursor = given.get("cursor") is not None  # else no row is looked at but those that are shown
    if rows and has_cursor and (after := key_of(given, key(rows[0]))) is not None:
        first = bisect_right(rows, after, key=key)
    shown = rows[first : first + limit]
    has_next = first + limit < len(rows)
    cursor = cursor_at(key(shown[-1]), lens) if has_next else None
    return shown, Counted(len(rows), has_next, cursor=cursor)


def cursor_at(key: Key, lens: Lens | None) -> str:
    """Return the cursor behind a row."""
    moment = (lens.valid_at, lens.known_at) if lens else ("", "")
    return Cursor(*moment, key).text()
