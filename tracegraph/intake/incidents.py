"""``incidents.toml``: entries in, revisions of incidents out (docs/formats.md section 2)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tracegraph.intake import toml_values as read
from tracegraph.intake.cells import parse_country, parse_visibility
from tracegraph.intake.encoding import BadEncoding, decode
from tracegraph.intake.known import Known
from tracegraph.intake.refusal import Problems, Refusal, nearest
from tracegraph.intake.rows import Rows
from tracegraph.intake.spec import Target
from tracegraph.intake.toml_values import Reader
from tracegraph.messages import N_, Message
from tracegraph.model import IncidentRevision, Selector
from tracegraph.vocabulary import UNSPECIFIED, IncidentStatus, Indicator, Label, SelectorKind

_HEADING: Final = re.compile(r"^[ \t]*\[\[[ \t]*incident[ \t]*\]\]", re.MULTILINE)
_AT_LINE: Final = re.compile(r"at line (\d+)")

_KEYS: Final[Mapping[str, Reader]] = {
    "incident_id": read.identifier,
    "recorded_at": read.moment,
    "title": read.text,
    "kind": read.identifier,
    "status": read.one_of(tuple(IncidentStatus), "status"),
    "happened_from": read.day,
    "happened_to": read.day,
    "severity": read.severity,
    "indicators": read.many(read.one_of(tuple(Indicator), "indicator")),
    "sources": read.many(read.identifier),
    "visibility": parse_visibility,
    "scope": read.tables,
    "reply": read.text,
    "note": read.text,
    "actions": read.tables,
}
_REQUIRED: Final = ("incident_id", "title", "kind", "status", "scope")

_SELECTOR: Final[Mapping[str, Reader]] = {
    "kind": read.one_of(tuple(SelectorKind), "selector-kind"),
    "id": read.text,
    "products": read.many(read.identifier),
    "countries": read.many(lambda value: parse_country(read.text(value))),
    "exclude": read.many(read.identifier),
    "services": read.flag,
}
_ACTION: Final[Mapping[str, Reader]] = {
    "authority": read.text,
    "kind": read.text,
    "effective": read.day,
    "modified": read.day,
    "revoked": read.day,
    "reference": read.text,
    "source_id": read.identifier,
    "url": read.address,
    "note": read.text,
}
_DETAILS: Final = ("reply", "note", "actions")


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
    """The entries of one file, and what is wrong with them by incident id."""

    file: str
    text: str = ""
    revisions: list[Entry] = field(default_factory=list)
    refused: dict[str, list[Message]] = field(default_factory=dict)

    def good(self) -> Iterator[IncidentRevision]:
        """Yield the revisions of the incidents of which nothing was refused, in the order of the file, each once."""
        seen: list[IncidentRevision] = []
        for entry in self.revisions:
            if entry.revision and entry.incident_id not in self.refused and entry.revision not in seen:
                seen = [one for one in seen if one.incident_id == entry.incident_id] + [entry.revision]
                yield entry.revision

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
        _refuse(found, problems, None, error.refusal, error.line)
        return found
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        place = _AT_LINE.search(str(error))
        refusal = Refusal(
            "toml", N_("the file is not TOML: {why}"), N_("correct it; nothing of it was read"), why=str(error)
        )
        _refuse(found, problems, None, refusal, int(place[1]) if place else None)
        return found
    _read_document(found, document, problems)
    return found


def _read_document(found: IncidentFile, document: Mapping[str, Any], problems: Problems) -> None:
    for key in document:
        if key != "incident":
            _refuse(found, problems, None, _unknown_key(key, ("incident",)), None, key)
    try:
        entries = read.tables(document["incident"]) if "incident" in document else []
    except Refusal as refusal:
        _refuse(found, problems, None, refusal, None, "incident")
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
        _refuse(found, problems, incident_id, refusal, _line_of_key(found.text, line, column), column, value)

    values = _read_table(entry, _KEYS, _REQUIRED, "", refuse)
    scope = [_selector(part, f"scope[{n}].", refuse) for n, part in enumerate(values.pop("scope", ()), 1)]
    actions = [
        _read_table(part, _ACTION, ("authority", "kind"), f"actions[{n}].", refuse)
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


def _read_table(
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
            refusal = Refusal("missing-key", N_("{key} is missing"), N_("every such entry states it"), key=prefix + key)
            refuse(refusal, prefix + key, None)
    return values


def _selector(part: Mapping[str, Any], prefix: str, refuse: Any) -> Selector | None:
    values = _read_table(part, _SELECTOR, ("kind", "id"), prefix, refuse)
    if "kind" not in values or "id" not in values:
        return None
    try:
        by_country = values["kind"] == SelectorKind.COUNTRY
        values["id"] = parse_country(values["id"]) if by_country else read.identifier(values["id"])
    except Refusal as refusal:
        refuse(refusal, f"{prefix}id", values["id"])
        return None
    return Selector(**values | {"kind": SelectorKind(values["kind"])})


def _refuse(
    found: IncidentFile,
    problems: Problems,
    incident_id: str | None,
    refusal: Refusal,
    line: int | None,
    column: str | None = None,
    value: Any = None,
) -> None:
    found.refused.setdefault(incident_id or "", []).append(refusal.message)
    problems.add(refusal, found.file, line, column, None if value is None else str(value))


def _line_of_key(text: str, line: int | None, column: str) -> int | None:
    """Return the first line of an entry that sets a key; the entry's own where none does so plainly."""
    if line is None:
        return None
    key = re.escape(column.rpartition(".")[2])
    nested = "." in column
    for number, content in enumerate(text.split("\n")[line:], line + 1):
        if _HEADING.match(content) or (not nested and content.lstrip().startswith("[[")):
            break
        if re.match(rf"[ \t]*\"?{key}\"?[ \t]*=", content):
            return number
    return line


def _unknown_key(key: str, known: Iterable[str]) -> Refusal:
    near = nearest(key, known)
    remedy = N_("did you mean {near}?") if near else N_("remove it; the keys are {known}")
    return Refusal("unknown-key", N_("{key} is not a key here"), remedy, key=key, near=near, known=", ".join(known))


# --- checks against the rest ---------------------------------------------------------------------------------------


def check_incidents(files: Sequence[IncidentFile], all_rows: Sequence[Rows], known: Known, problems: Problems) -> None:
    """Refuse incidents whose sources nobody has, or whose revisions contradict each other; warn of unknown scopes."""
    sources = known.ids(Target.SOURCE)
    for rows in all_rows:
        if rows.table.name == "sources":
            good = {rows.values["source_id"][number] for number in rows.good()}
            sources -= named_only_by_refused(rows, good, known)
    for found in files:
        latest: dict[str, IncidentRevision] = {}
        for entry in found.revisions:
            revision = entry.revision
            if revision is None:
                continue
            for refusal, column, value in _wrong_with(revision, latest.get(revision.incident_id), sources):
                line = _line_of_key(found.text, entry.line, column)
                _refuse(found, problems, revision.incident_id, refusal, line, column, value)
            latest[revision.incident_id] = revision
            for refusal, column, value in _unmatched(revision, known):
                problems.warn(refusal, found.file, _line_of_key(found.text, entry.line, column), column, value)


def named_only_by_refused(rows: Rows, good: set[str], known: Known) -> set[str]:
    """Return the sources that only refused rows describe."""
    return {source for source in rows.values["source_id"] if source} - good - known.stored.get(Label.SOURCE, set())


def _wrong_with(
    revision: IncidentRevision, before: IncidentRevision | None, sources: set[str]
) -> Iterator[tuple[Refusal, str, str]]:
    for source in revision.sources:
        if source not in sources:
            yield (
                Refusal(
                    "unknown-id",
                    N_("{value} is no {target} of these files or of the store"),
                    N_("add a row that describes it, or correct the id"),
                    value=source,
                    target="source",
                ),
                "sources",
                source,
            )
    if before is None or not revision.recorded_at or not before.recorded_at or revision == before:
        return
    if revision.recorded_at <= before.recorded_at:
        yield (
            Refusal(
                "revision-order",
                N_("the entry is recorded at {recorded_at}, not after the one before it of the same incident"),
                N_("put the entries of an incident in the order in which they became known"),
                recorded_at=revision.recorded_at,
            ),
            "recorded_at",
            revision.recorded_at,
        )


def _unmatched(revision: IncidentRevision, known: Known) -> Iterator[tuple[Refusal, str, str]]:
    holders, products = known.ids(Target.HOLDER), known.ids(Target.PRODUCT) | {UNSPECIFIED}
    for number, selector in enumerate(revision.scope, 1):
        named: list[tuple[str, str, set[str]]] = [
            ("products", product, products) for product in selector.products or ()
        ]
        named += [("exclude", holder, holders) for holder in selector.exclude]
        if selector.kind is not SelectorKind.COUNTRY:
            named.append(("id", selector.id, holders))
        for key, value, ids in named:
            if value not in ids:
                refusal = Refusal(
                    "scope-unknown",
                    N_("the scope names {value}, which neither these files nor the store have"),
                    N_("correct the id, or add what it names"),
                    value=value,
                )
                yield refusal, f"scope[{number}].{key}", value
