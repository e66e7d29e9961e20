"""``incidents.toml``: entries in, revisions of incidents out (docs/formats.md section 2)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from typing import Any, Final

from tracegraph.intake.encoding import BadEncoding, decode
from tracegraph.intake.incident_entries import read_entry, unknown_key
from tracegraph.intake.incident_file import HEADING, IncidentFile, Place
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.intake.toml_values import read_tables
from tracegraph.messages import N_

#: Makes of an entry as it stands in a file the one that is read.
Completing = Callable[[Mapping[str, Any]], Mapping[str, Any]]

_AT_LINE: Final = re.compile(r"at line (\d+)")


def read_incidents(
    data: bytes, file: str, problems: Problems, complete: Completing = lambda entry: entry
) -> IncidentFile:
    """Return the entries of an incident file; what is wrong is noted and refuses the whole incident.

    Parameters
    ----------
    data : bytes
        The file.
    file : str
        Its name, as it is shown.
    problems : Problems
        Where problems are noted.
    complete : callable
        Adds to an entry what it leaves out, before it is read.
    """
    found = IncidentFile(file)
    try:
        found.text, warning, line = decode(data)
        if warning:
            problems.warn(warning, file, line)
        document = tomllib.loads(found.text)
    except BadEncoding as error:
        found.refuse(problems, error.refusal, Place(error.line))
        return found
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        place = _AT_LINE.search(str(error))
        refusal = Refusal(
            "toml", N_("the file is not TOML: {why}"), N_("correct it; nothing of it was read"), why=str(error)
        )
        found.refuse(problems, refusal, Place(int(place[1]) if place else None))
        return found
    _read_document(found, document, problems, complete)
    return found


def _read_document(found: IncidentFile, document: Mapping[str, Any], problems: Problems, complete: Completing) -> None:
    for key in document:
        if key != "incident":
            found.refuse(problems, unknown_key(key, ("incident",)), Place(None, key))
    try:
        entries = read_tables(document["incident"]) if "incident" in document else []
    except Refusal as refusal:
        found.refuse(problems, refusal, Place(None, "incident"))
        return
    lines = [found.text.count("\n", 0, heading.start()) + 1 for heading in HEADING.finditer(found.text)]
    if len(lines) != len(entries):
        lines = []  # written as an array of inline tables: the lines cannot be told
    for number, entry in enumerate(entries):
        read_entry(found, complete(entry), lines[number] if lines else None, problems)
