"""Everything out of a store, losslessly, and into an empty one: the backup, and the way from one store to the other."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.model import canonical_json
from tracegraph.store.port import Progress, StoreKeeper


def export_ndjson(store: StoreKeeper, path: Path) -> dict[str, int]:
    """Write everything to a file of one JSON object a line; counts by kind of line.

    The file appears when it is complete, and not before.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="\n") as file:
            counts = write_lines(store, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise InvalidInput(
            N_("the file {path} cannot be written: {reason}"), path=str(path), reason=error.strerror or str(error)
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return counts


def write_lines(store: StoreKeeper, file: IO[str]) -> dict[str, int]:
    """Write everything as lines of JSON; counts by kind of line."""
    counts: dict[str, int] = {}
    for record in store.stream():
        file.write(canonical_json(record) + "\n")
        counts[record["line"]] = counts.get(record["line"], 0) + 1
    return counts


def load_ndjson(store: StoreKeeper, path: Path, progress: Progress | None = None) -> dict[str, int]:
    """Fill an empty store from an exported file; counts by kind of line. All or nothing."""
    try:
        with path.open(encoding="utf-8") as file:
            return store.restore(_lines(file, path), progress)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InvalidInput(N_("the file {path} cannot be read: {reason}"), path=str(path), reason=reason) from error


def _lines(file: IO[str], path: Path) -> Iterator[Mapping[str, Any]]:
    for number, line in enumerate(file, start=1):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise InvalidInput(
                N_("{path}, line {line}: not a JSON object; load takes files that tracegraph export wrote"),
                path=str(path),
                line=number,
            )
        yield record
