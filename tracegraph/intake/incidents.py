"""``incidents.toml``: entries in, revisions of incidents out (docs/formats.md section 2)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any, Final, NamedTuple

from tracegraph.incidents import IncidentRevision
from tracegraph.intake.cells import parse_country, parse_visibility
from tracegraph.intake.encoding import BadEncoding, decode
from tracegraph.intake.refusal import Problems, Refusal, nearest
from tracegraph.intake.toml_values import (
    Reader,
    read_address,
    read_day,
    read_flag,
    read_id,
    read_list,
    read_moment,
    read_severity,
    read_tables,
    read_text,
    read_word,
)
from tracegraph.messages import N_, Message
from tracegraph.model import Selector
from tracegraph.vocabulary import IncidentStatus, Indicator, Label, SelectorKind

_HEADING: Final = re.compile(r"^[ \t]*\[\[[ \t]*incident[ \t]*\]\]", re.MULTILINE)
_NESTED: Final = re.compile(r"(\w+)\[(\d+)\]\.(.+)")
_AT_LINE: Final = re.compile(r"at line (\d+)")

_KEYS: Final[Mapping[str, Reader]] = {
    "incident_id": read_id,
    "recorded_at": read_moment,
    "title": read_text,
    "kind": read_id,
    "status": read_word(tuple(IncidentStatus), "status"),
    "happened_from": read_day,
    "happened_to": read_day,
    "severity": read_severity,
    "indicators": read_list(read_word(tuple(Indicator), "indicator")),
    "sources": read_list(read_id),
    "visibility": parse_visibility,
    "scope": read_tables,
    "reply": read_text,
    "note": read_text,
    "actions": read_tables,
}
_REQUIRED: Final = ("incident_id", "title", "kind", "status", "scope")

_SELECTOR: Final[Mapping[str, Reader]] = {
    "kind": read_word(tuple(SelectorKind), "selector-kind"),
    "id": read_text,
    "products": read_list(read_id),
    "countries": read_list(lambda value: parse_country(read_text(value))),
    "exclude": read_list(read_id),
    "services": read_flag,
}
_ACTION: Final[Mapping[str, Reader]] = {
    "authority": read_text,
    "kind": read_text,
    "effective": read_day,
    "modified": read_day,
    "revoked": read_day,
    "reference": read_text,
    "source_id": read_id,
    "url": read_address,
    "note": read_text,
}
_DETAILS: Final = ("reply", "note")


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
            yield from ((Label.SOURCE, source) for source in revision.sources)
            for selector in revision.scope:
                yield from ((Label.PRODUCT, product) for product in selector.products or ())
                yield from ((Label.SUPPLIER, holder) for holder in selector.exclude)
                if selector.kind is not SelectorKind.COUNTRY:
                    yield Label.SUPPLIER, selector.id


def read_incidents(data: bytes, file: str, problems: Problems) -> IncidentFile:
    """Return the entries of an incident file; what is wrong is noted and refuses the whole incident."""
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
    _read_document(found, document, problems)
    return found


def _read_document(found: IncidentFile, document: Mapping[str, Any], problems: Problems) -> None:
    for key in document:
        if key != "incident":
            found.refuse(problems, _unknown_key(key, ("incident",)), Place(None, key))
    try:
        entries = read_tables(document["incident"]) if "incident" in document else []
    except Refusal as refusal:
        found.refuse(problems, refusal, Place(None, "incident"))
        return
    lines = [found.text.count("\n", 0, heading.start()) + 1 for heading in _HEADING.finditer(found.text)]
    if len(lines) != len(entries):
        lines = []  # written as an array of inline tables: the lines cannot be told
    for number, entry in enumerate(entries):
        _read_entry(found, entry, lines[number] if lines else None, problems)


def _read_entry(found: IncidentFile, entry: Mapping[str, Any], line: int | None, problems: Problems) -> None:
    stated = entry.get("incident_id")
    incident_id = stated if isinstance(stated, str) else None
    before = len(problems.found)

    def refuse(refusal: Refusal, column: str, value: Any) -> None:
        found.refuse(problems, refusal, Place(line_of_key(found.text, line, column), column, value), incident_id)

    values = _read_keys(entry, _KEYS, _REQUIRED, "", refuse)
    scope = [_selector(part, f"scope[{n}].", refuse) for n, part in enumerate(values.pop("scope", ()), 1)]
    actions = [
        _read_keys(part, _ACTION, ("authority", "kind"), f"actions[{n}].", refuse)
        for n, part in enumerate(values.pop("actions", ()), 1)
    ]
    start, end = values.get("happened_from"), values.get("happened_to")
    if start and end and end < start:
        refusal = Refusal(
            "dates-reversed",
            N_("happened_to {end} is before happened_from {start}"),
            N_("compare both with the source"),
            start=start,
            end=end,
        )
        refuse(refusal, "happened_to", end)
    revision = None
    if not any(problem.severity == "error" for problem in problems.found[before:]):
        details = {name: values.pop(name) for name in _DETAILS if name in values} | (
            {"actions": actions} if actions else {}
        )
        revision = IncidentRevision(scope=tuple(filter(None, scope)), details=details, **values)
    found.revisions.append(Entry(line, incident_id, revision))


def _read_keys(
    stated: Mapping[str, Any], keys: Mapping[str, Reader], required: Iterable[str], prefix: str, refuse: Any
) -> dict[str, Any]:
    """Return the values of a table's keys; what cannot be read is refused and left out."""
    values: dict[str, Any] = {}
    for key, value in stated.items():
        try:
            if key not in keys:
                raise _unknown_key(key, keys)
            values[key] = keys[key](value)
        except Refusal as refusal:
            refuse(refusal, prefix + key, value)
    for key in required:
        if key not in stated:
            message, remedy = N_("{key} is missing"), N_("every such entry states it")
            refuse(Refusal("missing-key", message, remedy, key=prefix + key), prefix + key, None)
    return values


def _selector(part: Mapping[str, Any], prefix: str, refuse: Any) -> Selector | None:
    values = _read_keys(part, _SELECTOR, ("kind", "id"), prefix, refuse)
    if "kind" not in values or "id" not in values:
        return None
    try:
        by_country = values["kind"] == SelectorKind.COUNTRY
        values["id"] = parse_country(values["id"]) if by_country else read_id(values["id"])
    except Refusal as refusal:
        refuse(refusal, f"{prefix}id", values["id"])
        return None
    return Selector(**values | {"kind": SelectorKind(values["kind"])})


def line_of_key(text: str, line: int | None, column: str) -> int | None:
    """Return the line of an entry that sets a key such as ``title`` or ``scope[2].id``.

    It is looked for as such files are mostly written; where that finds nothing, it is the line of the table or entry.
    """
    if line is None:
        return None
    entry = list(enumerate(text.split("\n")[line:], line + 1))
    entry = list(takewhile(lambda numbered: not _HEADING.match(numbered[1]), entry))
    nested, key = _NESTED.fullmatch(column), column
    if nested:
        table, number, key = nested.groups()
        heading = re.compile(rf"[ \t]*\[\[[ \t]*incident[ \t]*\.[ \t]*{table}[ \t]*\]\]")
        places = [place for place, (_, content) in enumerate(entry) if heading.match(content)]
        if len(places) < int(number):
            key = table  # written as inline tables
        else:
            line = entry[places[int(number) - 1]][0]
            entry = entry[places[int(number) - 1] + 1 :]
    set_here = re.compile(rf"[ \t]*\"?{re.escape(key)}\"?[ \t]*=")
    until_next = takewhile(lambda numbered: not numbered[1].lstrip().startswith("[["), entry)
    return next((found for found, content in until_next if set_here.match(content)), line)


def _unknown_key(key: str, known: Iterable[str]) -> Refusal:
    near = nearest(key, known)
    remedy = N_("did you mean {near}?") if near else N_("remove it; the keys are {known}")
    return Refusal("unknown-key", N_("{key} is not a key here"), remedy, key=key, near=near, known=", ".join(known))
