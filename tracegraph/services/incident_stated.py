"""What a person says of an incident with flags, as an entry of ``incidents.toml``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final

from tracegraph.errors import InvalidInput
from tracegraph.incidents import selector_body
from tracegraph.intake.incident_stated import IncidentReading, extended, with_reply
from tracegraph.messages import N_
from tracegraph.model import Scope

_SEVERITY: Final = ("scale", "scope", "irremediability")
_SINGLE: Final = ("title", "kind", "status", "change", "happened_from", "happened_to", "note", "visibility")
#: What may be taken away by an empty text.
_OPTIONAL: Final = ("happened_from", "happened_to", "severity", "note")
#: What states a key, where it is not the flag of the same name.
_FLAGS: Final = {"indicators": "--indicator", "sources": "--source", "incident_id": "ID", "scope": "scope"}
_REPLY_FLAGS: Final = {"text": "--reply", "by": "--reply-by", "date": "--reply-on", "source_id": "--reply-source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a person says of an incident; what is None is not said, and an empty text takes a value away.

    Attributes
    ----------
    title, kind, status, change, happened_from, happened_to, note, visibility : str or None
        As the keys of an entry of ``incidents.toml``.
    severity : str or None
        Scale, scope and irremediability with commas between: ``4,3,3``.
    indicators, sources : sequence of str
        Beside those that the incident has.
    indicators_edition : int or None
        Year of the edition.
    reply, reply_by, reply_on, reply_source : str or None
        A company's answer, beside those that the incident has: text, who, day, document.
    scope : Scope or None
        What it touches.
    """

    title: str | None = None
    kind: str | None = None
    status: str | None = None
    change: str | None = None
    happened_from: str | None = None
    happened_to: str | None = None
    severity: str | None = None
    indicators: Sequence[str] = ()
    indicators_edition: int | None = None
    sources: Sequence[str] = ()
    reply: str | None = None
    reply_by: str | None = None
    reply_on: str | None = None
    reply_source: str | None = None
    note: str | None = None
    visibility: str | None = None
    scope: Scope | None = None

    @property
    def says_nothing(self) -> bool:
        """Whether nothing is said."""
        return not any(getattr(self, part.name) not in (None, ()) for part in fields(self))

    @property
    def taken_away(self) -> tuple[str, ...]:
        """The keys that an empty text takes away."""
        return tuple(name for name in _OPTIONAL if getattr(self, name) == "")


def stated_entry(stated: Stated, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said as keys of an entry; lists and replies go beside those that are kept."""
    entry: dict[str, Any] = {
        name: said for name in _SINGLE if (said := getattr(stated, name)) is not None and name not in stated.taken_away
    }
    if stated.severity:
        entry["severity"] = _severity(stated.severity)
    if stated.indicators_edition is not None:
        entry["indicators_edition"] = stated.indicators_edition
    if stated.indicators:
        entry["indicators"] = extended(kept, "indicators", stated.indicators)
    if stated.sources:
        entry["sources"] = extended(kept, "sources", stated.sources)
    if reply := _reply(stated):
        entry["reply"] = with_reply(kept, reply)
    if stated.scope is not None:
        entry["scope"] = [
            {key: value for key, value in selector_body(selector).items() if value is not None}
            for selector in stated.scope
        ]
    return entry


def _severity(text: str) -> dict[str, Any]:
    parts = [part.strip() for part in text.split(",")]
    if len(parts) != len(_SEVERITY) or not all(part.isdecimal() for part in parts):
        raise InvalidInput(
            N_("--severity is {value!r}: write scale, scope and irremediability, each 1 to 5, like 4,3,3"), value=text
        )
    return {name: int(part) for name, part in zip(_SEVERITY, parts, strict=True)}


def _reply(stated: Stated) -> dict[str, str]:
    parts = {"text": stated.reply, "by": stated.reply_by, "date": stated.reply_on, "source_id": stated.reply_source}
    reply = {name: value for name, value in parts.items() if value}
    if reply and "text" not in reply:
        raise InvalidInput(N_("--reply-by, --reply-on and --reply-source go with --reply TEXT"))
    return reply


def named_by_flags(reading: IncidentReading) -> IncidentReading:
    """Return a reading whose problems name flags where they would name keys of a file."""
    problems = tuple(replace(problem, column=_flag(problem.column)) for problem in reading.problems)
    return replace(reading, problems=problems)


def _flag(key: str | None) -> str | None:
    if not key or key.startswith(("scope[", "actions[")):
        return key
    if key.startswith("reply["):
        return _REPLY_FLAGS[key.partition("].")[2]]
    return _FLAGS.get(key, "--" + key.replace("_", "-"))
