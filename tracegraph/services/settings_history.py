"""With which settings the service's processes started: written down where they differ from the start before.

A process cannot be asked who changed its environment; that it changed, when it was first seen, and to what, is kept.
Secrets come here masked: that one was set or taken away is seen, not that it is another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tracegraph.access import Principal
from tracegraph.errors import StaleWrite
from tracegraph.services.audit import audit_row
from tracegraph.services.newest import newest_records
from tracegraph.store.port import RecordStore
from tracegraph.store.rows import Beside, Record, RecordWrite

SETTINGS: Final = "settings"
#: Who acts where no person does.
SERVICE: Final = Principal("service")
#: So many starts are kept for each kind of process; the oldest go.
MOST: Final = 200
_TRIES: Final = 5
_PROCESS: Final = re.compile(r"[a-z]{1,20}")


@dataclass(frozen=True, slots=True)
class Start:
    """A start with other settings than the one before.

    Attributes
    ----------
    process : str
        Which kind of process: ``api``, ``serve`` or ``worker``.
    at, version : str
        When, and of which version of the program.
    is_first : bool
        Whether it is the first that is kept: nothing is known of before.
    changed : mapping
        Each setting that differs, with its value before and now; None: there was no such setting, or is none.
    """

    process: str
    at: str
    version: str
    is_first: bool
    changed: Mapping[str, tuple[str | None, str | None]]


def note_settings(store: RecordStore, process: str, values: Mapping[str, str], version: str, now: str) -> bool:
    """Write down with which settings a process starts, unless the one before it had the same; return whether.

    Parameters
    ----------
    store : RecordStore
        Where.
    process : str
        Which kind of process; each has a history of its own.
    values : mapping
        Every setting as it may be shown.
    version : str
        The version of the program.
    now : str
        UTC time.
    """
    if not _PROCESS.fullmatch(process):
        raise ValueError(f"{process!r} is no kind of process")
    for _ in range(_TRIES):
        kept = _kept(store, process)
        body = {"at": now, "version": version, "values": dict(values)}
        if kept and _same(kept[-1].body, body):
            return False
        try:
            store.commit(_written(process, kept, body), now)
        except StaleWrite:  # another process of this kind started at the same time
            continue
        return True
    return False


def _same(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    return all(before[name] == after[name] for name in ("version", "values"))


def _written(process: str, kept: Sequence[Record], body: Mapping[str, Any]) -> Beside:
    number = int(kept[-1].id.rpartition("/")[2]) + 1 if kept else 1
    id = f"{process}/{number:06d}"
    beyond = kept[: max(0, len(kept) + 1 - MOST)]
    gone = [RecordWrite(SETTINGS, one.id, None, expected_version=one.version) for one in beyond]
    changed = sorted(_changed(kept[-1].body["values"], body["values"])) if kept else []
    facts = {"version": body["version"], "settings": changed}
    row = audit_row(SERVICE, "settings.change", f"settings:{id}", facts=facts)
    return Beside([RecordWrite(SETTINGS, id, body, expected_version=0), *gone], [row])


def settings_history(store: RecordStore) -> list[Start]:
    """Return the starts that are kept, of all kinds of processes, the newest first."""
    found: list[Start] = []
    before: dict[str, Record] = {}
    for record in newest_records(store, SETTINGS):
        process = record.id.partition("/")[0]
        earlier, body = before.get(process), record.body
        changed = _changed(earlier.body["values"], body["values"]) if earlier else {}
        found.append(Start(process, body["at"], body["version"], earlier is None, changed))
        before[process] = record
    return sorted(found[::-1], key=lambda one: one.at, reverse=True)


def _changed(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str | None, str | None]]:
    names = sorted({*before, *after})
    return {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}


def _kept(store: RecordStore, process: str) -> list[Record]:
    return list(newest_records(store, SETTINGS, prefix=f"{process}/"))
