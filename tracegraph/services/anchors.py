"""Ends of the audit trail, kept in a file outside the store: without them nobody sees that its end was cut off.

The file has one JSON object a line and only grows. Keep it where nobody who can write the store can change it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from tracegraph.errors import InvalidInput, TrailBroken
from tracegraph.messages import N_
from tracegraph.moments import later
from tracegraph.services.newest import newest_records
from tracegraph.store.audit_chain import GENESIS, Anchor, audit_id
from tracegraph.store.port import AUDIT, RecordStore

#: The end is kept after so much time, or after so many rows.
EVERY: Final = timedelta(minutes=5)
ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class Kept:
    """An end of the trail that was kept, and when."""

    at: str
    anchor: Anchor


def read_anchors(path: Path) -> list[Kept]:
    """Return the ends that a file has; none where there is no file.

    Raises
    ------
    InvalidInput
        It cannot be read, or a line is none.
    """
    if not path.exists():
        return []
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(N_("the file {path} cannot be read: {reason}"), path=str(path), reason=str(error)) from error
    return [_kept(number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _kept(number: int, line: str) -> Kept:
    try:
        said = json.loads(line)
        return Kept(str(said["at"]), Anchor(int(said["count"]), str(said["head"])))
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(N_("line {line} of the anchors is none: {said}"), line=number, said=line[:80]) from error


def write_anchor(path: Path, kept: Kept) -> None:
    """Add an end to a file, and see that it is on the disk.

    Raises
    ------
    InvalidInput
        It cannot be written.
    """
    said = {"at": kept.at, "count": kept.anchor.count, "head": kept.anchor.head}
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(said) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise InvalidInput(
            N_("the file {path} cannot be written: {reason}"), path=str(path), reason=str(error)
        ) from error


def keep_anchor(store: RecordStore, path: Path, now: str) -> Anchor | None:
    """Keep the end of the trail if that is due: every five minutes, or hundred rows; return what was kept.

    Raises
    ------
    TrailBroken
        The trail has no longer what was kept last: nothing is kept, so that this stays to be seen.
    InvalidInput
        The file cannot be read or written.
    """
    found = read_anchors(path)
    last = found[-1] if found else Kept("", Anchor())
    count = last.anchor.count
    _check(store, last.anchor)
    is_later = not last.at or now >= later(last.at, EVERY)
    if not is_later and not store.page(AUDIT, after=audit_id(count + ROWS - 1), limit=1):
        return None
    end = last.anchor
    for row in newest_records(store, AUDIT, after=audit_id(count)):
        end = Anchor(int(row.id), str(row.body["hash"]))
    if end == last.anchor:
        return None
    write_anchor(path, Kept(now, end))
    return end


def _check(store: RecordStore, last: Anchor) -> None:
    records = store.records(AUDIT, audit_id(last.count)) if last.count else []
    head = str(records[-1].body.get("hash")) if records else GENESIS
    if head != last.head:
        raise TrailBroken(
            N_("the audit trail has no longer the row {n} whose end was kept: run tracegraph audit verify"),
            n=last.count,
        )
