"""Incidents: the current state first, an allegation as an allegation, the company's reply beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.incidents import IncidentRevision, incident_body
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.dependents import selector_words
from tracegraph.render.shape import DIM, DOT, heading, labelled, lens_words, source_text
from tracegraph.render.words import INCIDENT_STATUS, INDICATOR
from tracegraph.services.incidents import IncidentView
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import IncidentStatus, Indicator

_SEVERITY: Final = {"scale": N_("scale"), "scope": N_("scope"), "irremediability": N_("irremediability")}
_DATES: Final = {"effective": N_("in force {day}"), "modified": N_("modified {day}"), "revoked": N_("revoked {day}")}
_KINDS: Final = {
    "forced_labour": N_("forced labour"),
    "recruitment_fees": N_("recruitment fees"),
    "serious_environmental_harm": N_("serious environmental harm"),
    "working_and_living_conditions": N_("working and living conditions"),
}


def incident_line_body(view: IncidentView) -> dict[str, Any]:
    """Return an incident's current state as JSON."""
    return {**revision_body(view.current), "revisions": len(view.revisions)}


def incident_view_body(view: IncidentView) -> dict[str, Any]:
    """Return an incident with all its revisions as JSON, the oldest first."""
    return {**revision_body(view.current), "revisions": [revision_body(revision) for revision in view.revisions]}


def revision_body(revision: IncidentRevision) -> dict[str, Any]:
    """Return one revision as JSON; what is not stated is absent."""
    return {"incident_id": str(revision.incident_id), **incident_body(revision), "recorded_at": revision.recorded_at}


def incidents_shown(
    views: Sequence[IncidentView], lens: Lens, legend: Legend, now: str, say: Translator
) -> RenderableType:
    """Return a list of incidents."""
    count = say.plural(N_("{n} incident"), N_("{n} incidents"), len(views))
    parts: list[RenderableType] = [Text(f"{count}, {lens_words(lens, now, say)}", style=DIM)]
    for view in views:
        parts += [Text(), *_head(view.current, say)]
        parts.append(Padding(Text(scope_words(view.current, legend, say)), (0, 0, 0, 2)))
        if len(view.revisions) > 1:
            note = say.text("{n} revisions: tracegraph incident show {id}", n=len(view.revisions), id=_id(view))
            parts.append(Padding(Text(note, style=DIM), (0, 0, 0, 2)))
    return Group(*parts)


def _id(view: IncidentView) -> str:
    return str(view.current.incident_id)


def _head(revision: IncidentRevision, say: Translator) -> Iterator[RenderableType]:
    yield Text.assemble((str(revision.incident_id), "bold"), "  ", revision.title)
    words = [status_words(revision.status, say), say.text(_KINDS.get(revision.kind, revision.kind.replace("_", " ")))]
    if revision.happened_from:
        words.append(say.text("from {day}", day=revision.happened_from))
    words.append(say.text("recorded {day}", day=revision.recorded_at[:10]))
    yield Padding(Text(DOT.join(words)), (0, 0, 0, 2))


def status_words(status: str, say: Translator) -> str:
    """Return the status of an incident in words."""
    return say.text(INCIDENT_STATUS[IncidentStatus(status)]) if status in set(IncidentStatus) else status


def scope_words(revision: IncidentRevision, legend: Legend, say: Translator) -> str:
    """Return what an incident touches, in words."""
    return "; ".join(selector_words(selector, legend, say) for selector in revision.scope)


def incident_detail(view: IncidentView, lens: Lens, legend: Legend, now: str, say: Translator) -> RenderableType:
    """Return one incident: its state first, then every revision that was known."""
    current = view.current
    parts: list[RenderableType] = [*_head(current, say), Text(f"  {lens_words(lens, now, say)}", style=DIM)]
    parts.append(labelled(_facts(current, legend, say)))
    if len(view.revisions) > 1:
        parts += [Text(), heading(say.text("revisions"))]
        known: set[tuple[str, str]] = set()
        for revision in view.revisions:
            status = f"{revision.recorded_at[:10]}  {status_words(revision.status, say)}"
            facts = [(label, fact) for label, fact in _facts(revision, legend, say) if (label, fact.plain) not in known]
            parts += [Text(f"  {status}", style="bold"), labelled(facts, indent=4)]
            known = {(label, fact.plain) for label, fact in _facts(revision, legend, say)}
    steps = f"tracegraph dependents --incident {current.incident_id}"
    return Group(*parts, Text(), Text(say.text("Next: {steps}", steps=steps), style=DIM))


def _facts(revision: IncidentRevision, legend: Legend, say: Translator) -> Iterator[tuple[str, Text]]:
    yield say.text("touches"), Text(scope_words(revision, legend, say))
    if revision.indicators:
        names = (say.text(INDICATOR[Indicator(i)]) if i in set(Indicator) else i for i in revision.indicators)
        yield say.text("indicators"), Text(", ".join(names))
    if revision.severity:
        yield say.text("severity"), Text(", ".join(_severity(revision, say)))
    for source in revision.sources:
        yield say.text("source"), Text(source_text(legend.sources.get(source), source, say))
    if reply := revision.details.get("reply"):
        yield say.text("reply"), Text(_one_line(reply))
    for action in revision.details.get("actions", ()):
        yield say.text("action"), Text(_action(action, say))
    if note := revision.details.get("note"):
        yield say.text("note"), Text(_one_line(note))


def _severity(revision: IncidentRevision, say: Translator) -> Iterator[str]:
    for name, text in _SEVERITY.items():
        if name in (revision.severity or {}):
            yield say.text("{part} {value} of 5", part=say.text(text), value=(revision.severity or {})[name])


def _action(action: Mapping[str, Any], say: Translator) -> str:
    """Return an act of an authority: who, what, and its dates."""
    dates = [say.text(_DATES[key], day=value) for key, value in action.items() if key in _DATES]
    what = str(action.get("kind", "")).replace("_", " ")
    others = [str(value) for key, value in action.items() if key in ("reference", "note", "url")]
    return f"{action.get('authority', '')}: " + ", ".join([what, *dates, *others])


def _one_line(text: object) -> str:
    return " ".join(str(text).split())
