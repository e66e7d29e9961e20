"""Which files of a dataset there are, and their bytes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tracegraph.intake.refusal import Problems, Refusal, nearest
from tracegraph.intake.tables import TABLES
from tracegraph.messages import N_, Message

INCIDENTS: Final = "incidents"
#: Names of files, in small letters, and the tables that they hold.
KNOWN_NAMES: Final = {**{table.file: table.name for table in TABLES.values()}, "incidents.toml": INCIDENTS}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one import may bring.

    Attributes
    ----------
    file_bytes : int
        Bytes of one file.
    rows : int
        Rows of all files together.
    columns : int
        Of one file.
    cell_bytes : int
        Of one cell, as UTF-8.
    """

    file_bytes: int = 512 * 1024 * 1024
    rows: int = 5_000_000
    columns: int = 1_000
    cell_bytes: int = 131_072


@dataclass(frozen=True, slots=True)
class Found:
    """A file to read: its table, where it is, and how it is named to people."""

    table: str
    path: Path
    shown: str


@dataclass(slots=True)
class Finding:
    """What was found under the paths given."""

    files: list[Found] = field(default_factory=list)
    notes: list[Message] = field(default_factory=list)


def find(paths: Sequence[Path], problems: Problems) -> Finding:
    """Return the files of a dataset under folders and files, in the order of the tables; others get a note."""
    finding = Finding()
    wanted: dict[Path, str] = {}
    for path in paths:
        for file in _files_of(path, problems):
            table = KNOWN_NAMES.get(file.name.casefold())
            if table:
                wanted[file] = table
            else:
                finding.notes.append(_left_alone(file))
    names = Counter(file.name for file in wanted)
    order = [*TABLES, INCIDENTS]
    finding.files = [
        Found(table, file, file.name if names[file.name] == 1 else str(file))
        for file, table in sorted(wanted.items(), key=lambda pair: order.index(pair[1]))
    ]
    if not finding.files and not problems.found:
        problems.add(_nothing(), ", ".join(path.name for path in paths) or ".")
    return finding


def read_bytes(found: Found, limits: Limits, problems: Problems) -> bytes | None:
    """Return a file's bytes; None when it cannot be read or is too large, which becomes a problem."""
    try:
        size = found.path.stat().st_size
        if size <= limits.file_bytes:
            return found.path.read_bytes()
    except OSError as error:
        problems.add(_unreadable(found.path, error), found.shown)
        return None
    problems.add(
        Refusal(
            "file-too-large",
            N_("the file has {size} bytes; at most {limit} are read"),
            N_("split it into several folders and import one after the other"),
            size=size,
            limit=limits.file_bytes,
        ),
        found.shown,
    )
    return None


def _files_of(path: Path, problems: Problems) -> list[Path]:
    try:
        if path.is_dir():
            return sorted(entry for entry in path.iterdir() if entry.is_file() and not entry.name.startswith("."))
        if path.is_file():
            return [path]
    except OSError as error:
        problems.add(_unreadable(path, error), path.name)
        return []
    problems.add(
        Refusal(
            "file-missing",
            N_("there is no file or folder {path}"),
            N_("give the folder that holds the files, or the files themselves"),
            path=str(path),
        ),
        path.name,
    )
    return []


def _left_alone(file: Path) -> Message:
    near = nearest(file.name, KNOWN_NAMES, cutoff=0.8)
    if near:
        return Message(N_("{file} was left alone; is {near} meant?"), {"file": file.name, "near": near})
    return Message(N_("{file} was left alone: no table has this name"), {"file": file.name})


def _nothing() -> Refusal:
    return Refusal(
        "nothing-to-import",
        N_("no file here has the name of a table"),
        N_("name the files {names}"),
        names=", ".join(KNOWN_NAMES),
    )


def _unreadable(path: Path, error: OSError) -> Refusal:
    return Refusal(
        "file-unreadable",
        N_("{name} cannot be read: {why}"),
        N_("check who may read it"),
        name=path.name,
        why=error.strerror or type(error).__name__,
    )
