"""One entry of an incident file: its keys read, and checked against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any, Final

from tracegraph.incidents import IncidentRevision
from tracegraph.intake.cells import parse_country, parse_visibility
from tracegraph.intake.incident_file import Entry, IncidentFile, Place, line_of_key
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
    read_texts_or_tables,
    read_word,
    read_year,
)
from tracegraph.messages import N_
from tracegraph.model import Selector
from tracegraph.vocabulary import ActionKind, IncidentStatus, Indicator, RevisionChange, SelectorKind

#: Refuses a value, with the key and the value as they are in the file.
Refuse = Callable[[Refusal, str, Any], None]

_read_countries: Final = read_list(lambda value: parse_country(read_text(value)))

_KEYS: Final[Mapping[str, Reader]] = {
    "incident_id": read_id,
    "recorded_at": read_moment,
    "change": read_word(tuple(RevisionChange), "change"),
    "title": read_text,
    "kind": read_id,
    "status": read_word(tuple(IncidentStatus), "status"),
    "happened_from": read_day,
    "happened_to": read_day,
    "severity": read_severity,
    "indicators": read_list(read_word(tuple(Indicator), "indicator")),
    "indicators_edition": read_year,
    "sources": read_list(read_id),
    "visibility": parse_visibility,
    "scope": read_tables,
    "reply": read_texts_or_tables,
    "note": read_text,
    "actions": read_tables,
}
_REQUIRED: Final = ("incident_id", "title", "kind", "status", "scope")

_SELECTOR: Final[Mapping[str, Reader]] = {
    "kind": read_word(tuple(SelectorKind), "selector-kind"),
    "id": read_text,
    "products": read_list(read_id),
    "countries": _read_countries,
    "exclude": read_list(read_id),
    "services": read_flag,
}
_ACTION: Final[Mapping[str, Reader]] = {
    "authority": read_text,
    "kind": read_word(tuple(ActionKind), "action-kind"),
    "countries": lambda value: list(_read_countries(value)),
    "effective": read_day,
    "modified": read_day,
    "revoked": read_day,
    "reference": read_text,
    "source_id": read_id,
    "url": read_address,
    "note": read_text,
}
_REPLY: Final[Mapping[str, Reader]] = {"text": read_text, "by": read_text, "date": read_day, "source_id": read_id}
#: Dates of an entry, and of an action, in the order in which they must come.
_HAPPENED: Final = ("happened_from", "happened_to")
_ACTED: Final = ("effective", "modified", "revoked")


def read_entry(found: IncidentFile, entry: Mapping[str, Any], line: int | None, problems: Problems) -> None:
    """Read one entry into the file; what is wrong is noted and refuses the whole incident."""
    stated = entry.get("incident_id")
    incident_id = stated if isinstance(stated, str) else None
    before = len(problems.found)

    def refuse(refusal: Refusal, column: str, value: Any) -> None:
        found.refuse(problems, refusal, Place(line_of_key(found.text, line, column), column, value), incident_id)

    values = _read_keys(entry, _KEYS, _REQUIRED, "", refuse)
    scope = [_selector(part, f"scope[{n}].", refuse) for n, part in enumerate(values.pop("scope", ()), 1)]
    _check_order(values, _HAPPENED, "", refuse)
    details = dict(_details(values, refuse))
    revision = None
    if not any(problem.severity == "error" for problem in problems.found[before:]):
        revision = IncidentRevision(scope=tuple(filter(None, scope)), details=details, **values)
    found.revisions.append(Entry(line, incident_id, revision))


def unknown_key(key: str, known: Iterable[str]) -> Refusal:
    """Return the refusal of a key that is none, naming the nearest."""
    near = nearest(key, known)
    remedy = N_("did you mean {near}?") if near else N_("remove it; the keys are {known}")
    return Refusal("unknown-key", N_("{key} is not a key here"), remedy, key=key, near=near, known=", ".join(known))


def _details(values: dict[str, Any], refuse: Refuse) -> Iterator[tuple[str, Any]]:
    """Take out of the values what is kept as it is written: reply, note, actions."""
    if "reply" in values:
        yield "reply", _replies(values.pop("reply"), refuse)
    if "note" in values:
        yield "note", values.pop("note")
    actions = [_action(part, f"actions[{n}].", refuse) for n, part in enumerate(values.pop("actions", ()), 1)]
    if actions:
        yield "actions", actions


def _replies(stated: str | list[Any], refuse: Refuse) -> Any:
    """Return a reply that is only a text as it is; others as a list of tables."""
    if isinstance(stated, str):
        return stated
    return [
        {"text": reply} if isinstance(reply, str) else _read_keys(reply, _REPLY, ("text",), f"reply[{n}].", refuse)
        for n, reply in enumerate(stated, 1)
    ]


def _action(part: Mapping[str, Any], prefix: str, refuse: Refuse) -> dict[str, Any]:
    values = _read_keys(part, _ACTION, ("authority", "kind"), prefix, refuse)
    _check_order(values, _ACTED, prefix, refuse)
    return values


def _check_order(values: Mapping[str, Any], names: Iterable[str], prefix: str, refuse: Refuse) -> None:
    """Refuse dates that come before those that must precede them."""
    for earlier, later in pairwise(name for name in names if name in values):
        start, end = values[earlier], values[later]
        if end < start:
            refusal = Refusal(
                "dates-reversed",
                N_("{later} {end} is before {earlier} {start}"),
                N_("compare both with the source"),
                earlier=earlier,
                start=start,
                later=later,
                end=end,
            )
            refuse(refusal, prefix + later, end)


def _read_keys(
    stated: Mapping[str, Any], keys: Mapping[str, Reader], required: Iterable[str], prefix: str, refuse: Refuse
) -> dict[str, Any]:
    """Return the values of a table's keys; what cannot be read is refused and left out."""
    values: dict[str, Any] = {}
    for key, value in stated.items():
        try:
            if key not in keys:
                raise unknown_key(key, keys)
            values[key] = keys[key](value)
        except Refusal as refusal:
            refuse(refusal, prefix + key, value)
    for key in required:
        if key not in stated:
            message, remedy = N_("{key} is missing"), N_("every such entry states it")
            refuse(Refusal("missing-key", message, remedy, key=prefix + key), prefix + key, None)
    return values


def _selector(part: Mapping[str, Any], prefix: str, refuse: Refuse) -> Selector | None:
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
