"""Single revisions in: from flags or a file, filled up from the revision that they follow, checked as in an import."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from tracegraph.change_set import ChangeSet
from tracegraph.errors import Problem
from tracegraph.incidents import IncidentRevision, incident_body
from tracegraph.intake.files import INCIDENTS, Found, Limits, read_bytes
from tracegraph.intake.incident_checks import check_incidents
from tracegraph.intake.incident_entries import read_entry
from tracegraph.intake.incident_file import IncidentFile
from tracegraph.intake.incidents import Completing, read_incidents
from tracegraph.intake.known import AsksStanding, gather
from tracegraph.intake.refusal import ERROR, Problems

#: An entry as TOML would give it.
Entry = Mapping[str, Any]

#: What a revision says anew, or not at all: it is not taken over from the one before.
_NOT_KEPT: Final = ("recorded_at", "change")


@dataclass(frozen=True, slots=True)
class IncidentReading:
    """What came out of reading revisions.

    Attributes
    ----------
    revisions : tuple of IncidentRevision
        Those of which nothing was refused, in the order of the file.
    problems : tuple of Problem
        Errors and warnings.
    file : str
        What was read, for people.
    """

    revisions: tuple[IncidentRevision, ...]
    problems: tuple[Problem, ...]
    file: str

    @property
    def errors(self) -> int:
        """How many problems stop it from being recorded."""
        return sum(problem.severity == ERROR for problem in self.problems)

    def recorded_at(self, moment: str) -> IncidentReading:
        """Return the same with the moment at which what states no other becomes known."""
        stamped = (replace(one, recorded_at=one.recorded_at or moment) for one in self.revisions)
        return replace(self, revisions=tuple(stamped))

    @property
    def change_set(self) -> ChangeSet:
        """All of it as one change set."""
        return ChangeSet(self.file, incidents=self.revisions)


def read_stated(entry: Entry, shown: str, ask: AsksStanding, before: Mapping[str, IncidentRevision]) -> IncidentReading:
    """Return the revision that an entry states, checked against the store and the revision before it.

    Parameters
    ----------
    entry : mapping
        As TOML would give it; complete.
    shown : str
        What stands for a file where something is wrong.
    ask : callable
        The store, for ids.
    before : mapping
        The revision that it follows, by incident id; empty for a new incident.
    """
    problems, found = Problems(), IncidentFile(shown)
    read_entry(found, entry, None, problems)
    return _checked(found, problems, ask, before)


def read_incident_file(
    path: Path, ask: AsksStanding, before: Mapping[str, IncidentRevision], complete: Completing
) -> IncidentReading:
    """Return the revisions of a file, checked in the same way; `complete` adds what its entries leave out."""
    problems = Problems()
    data = read_bytes(Found(INCIDENTS, path, path.name), Limits(), problems)
    if data is None:
        return IncidentReading((), tuple(problems.found), path.name)
    return _checked(read_incidents(data, path.name, problems, complete), problems, ask, before)


def _checked(
    found: IncidentFile, problems: Problems, ask: AsksStanding, before: Mapping[str, IncidentRevision]
) -> IncidentReading:
    known = gather([], found.mentioned(), ask, {})
    check_incidents([found], [], known, problems, before)
    return IncidentReading(tuple(found.good()), tuple(problems.sorted()), found.file)


# --- entries -------------------------------------------------------------------------------------------------------


def entry_of(revision: IncidentRevision) -> dict[str, Any]:
    """Return the entry that a revision would be read from, without what the next one says anew."""
    body = {name: value for name, value in incident_body(revision).items() if name not in _NOT_KEPT}
    scope = [{key: value for key, value in selector.items() if value is not None} for selector in body.pop("scope")]
    return {"incident_id": str(revision.incident_id), **body.pop("details", {}), **body, "scope": scope}


def with_reply(entry: Entry, reply: Mapping[str, str]) -> list[Any]:
    """Return the replies of an entry with one more beside them; the same one twice is one."""
    stated = entry.get("reply", [])
    listed = [stated] if isinstance(stated, str) else list(stated)
    return listed if reply in listed else [*listed, dict(reply)]


def extended(entry: Entry, key: str, values: Sequence[str]) -> list[str]:
    """Return a list of an entry with more values, each once."""
    return list(dict.fromkeys((*entry.get(key, ()), *values)))
