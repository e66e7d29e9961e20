"""Refused rows as files that can be corrected and imported again."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from tracegraph.intake.common_columns import REASON
from tracegraph.intake.dataset import BadRow, Reading
from tracegraph.messages import Message

_INCIDENTS: Final = "incidents.toml"


def write_bad_rows(reading: Reading, folder: Path, say: Callable[[Message], str] = str) -> list[Path]:
    """Write the refused rows of a reading, each with its reason in a column that is not read.

    The files have the names of their tables, so that the folder can be imported once it is corrected. An incident file
    of which a part was refused is written whole, the reasons as comments at its head: what was taken already is
    recognised and changes nothing.

    Parameters
    ----------
    reading : Reading
        What `read_dataset` returned.
    folder : Path
        Where to write; made if it is not there. Files of the same names are replaced.
    say : callable
        Renders a reason in the reader's language.

    Returns
    -------
    list of Path
        The files written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write_table(folder / f"{table}.csv", rows, say) for table, rows in reading.bad_rows.items()]
    if reading.bad_incidents:
        path = folder / _INCIDENTS
        path.write_text("\n".join(_incident_lines(reading, say)), encoding="utf-8", newline="")
        written.append(path)
    return written


def _write_table(path: Path, rows: Sequence[BadRow], say: Callable[[Message], str]) -> Path:
    """Write one table; with semicolons where a file had them, as its numbers may have decimal commas."""
    header = list(dict.fromkeys(name for row in rows for name in row.cells if name and name != REASON.name))
    delimiter = ";" if any(row.delimiter == ";" for row in rows) else ","
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow([*header, REASON.name])
        for row in rows:
            reasons = "; ".join(say(reason) for reason in row.reasons)
            writer.writerow([*(row.cells.get(name, "") for name in header), reasons])
    return path


def _incident_lines(reading: Reading, say: Callable[[Message], str]) -> list[str]:
    lines: list[str] = []
    for bad in reading.bad_incidents:
        for incident_id, reasons in bad.reasons.items():
            for reason in reasons:
                lines.append(f"# {incident_id or bad.file}: {' '.join(say(reason).split())}")
    return lines + [bad.text.replace("\r\n", "\n") for bad in reading.bad_incidents]
