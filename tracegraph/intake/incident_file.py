"""An incident file as it was read: its entries, where they stand, and what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Final, NamedTuple

from tracegraph.incidents import IncidentRevision
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.messages import Message
from tracegraph.vocabulary import Label, SelectorKind

HEADING: Final = re.compile(r"^[ \t]*\[\[[ \t]*incident[ \t]*\]\]", re.MULTILINE)
_NESTED: Final = re.compile(r"(\w+)\[(\d+)\]\.(.+)")


class Place(NamedTuple):
    """Where in a file something is wrong."""

    line: int | None = None
    column: str | None = None
    value: Any = None


@dataclass(slots=True)
class Entry:
    """One ``[[incident]]``: where it begins, whose it is, and the revision, None where it was refused."""

    line: int | None
    incident_id: str | None
    revision: IncidentRevision | None


@dataclass(frozen=True, slots=True)
class BadIncidents:
    """An incident file of which a part was refused, with its text and the reasons by incident."""

    file: str
    text: str
    reasons: Mapping[str, Sequence[Message]]


@dataclass(slots=True)
class IncidentFile:
    """The entries of one file, and what is wrong with them by incident id; under no id, with the whole of it."""

    file: str
    text: str = ""
    revisions: list[Entry] = field(default_factory=list)
    refused: dict[str, list[Message]] = field(default_factory=dict)

    def refuse(self, problems: Problems, refusal: Refusal, place: Place, incident_id: str | None = None) -> None:
        """Refuse an incident, or the whole file, and note why."""
        self.refused.setdefault(incident_id or "", []).append(refusal.message)
        value = None if place.value is None else str(place.value)
        problems.add(refusal, self.file, place.line, place.column, value)

    def good(self) -> Iterator[IncidentRevision]:
        """Yield the revisions of the incidents of which nothing was refused, in the order of the file, each once."""
        seen: dict[str, list[IncidentRevision]] = {}
        for revision in (entry.revision for entry in self.revisions if entry.revision):
            before = seen.setdefault(revision.incident_id, [])
            if revision not in before and not self.refused.keys() & {"", revision.incident_id}:
                before.append(revision)
                yield revision

    def bad(self) -> BadIncidents | None:
        """Return the file's text and reasons, where there are any."""
        return BadIncidents(self.file, self.text, self.refused) if self.refused else None

    def mentioned(self) -> Iterator[tuple[Label, str]]:
        """Yield every id that the entries name, for the store to be asked."""
        for revision in (entry.revision for entry in self.revisions if entry.revision):
            yield from ((Label.SOURCE, source) for source in revision.all_sources)
            for selector in revision.scope:
                yield from ((Label.PRODUCT, product) for product in selector.products or ())
                yield from ((Label.SUPPLIER, holder) for holder in selector.exclude)
                if selector.kind is not SelectorKind.COUNTRY:
                    yield Label.SUPPLIER, selector.id


def line_of_key(text: str, line: int | None, column: str) -> int | None:
    """Return the line of an entry that sets a key such as ``title`` or ``scope[2].id``.

    It is looked for as such files are mostly written; where that finds nothing, it is the line of the table or entry.
    """
    if line is None:
        return None
    entry = list(enumerate(text.split("\n")[line:], line + 1))
    entry = list(takewhile(lambda numbered: not HEADING.match(numbered[1]), entry))
    nested, key = _NESTED.fullmatch(column), column
    if nested:
        table, number, key = nested.groups()
        heading = re.compile(rf"[ \t]*\[\[?[ \t]*incident[ \t]*\.[ \t]*{table}[ \t]*\]")
        places = [place for place, (_, content) in enumerate(entry) if heading.match(content)]
        if len(places) < int(number):
            key = table  # written as inline tables
        else:
            line = entry[places[int(number) - 1]][0]
            entry = entry[places[int(number) - 1] + 1 :]
    set_here = re.compile(rf"[ \t]*\"?{re.escape(key)}\"?[ \t]*=")
    until_next = takewhile(lambda numbered: not numbered[1].lstrip().startswith("[["), entry)
    return next((found for found, content in until_next if set_here.match(content)), line)
