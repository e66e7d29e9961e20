"""What a revision of an incident says, and what it changes, as labelled lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from rich.text import Text

from tracegraph.incidents import IncidentRevision, RegulatoryAction, Reply
from tracegraph.incidents_history import Difference
from tracegraph.render.dependents import selector_words
from tracegraph.render.incident_words import (
    ACTION_DATES,
    ACTION_KIND,
    ACTION_STATE,
    SEVERITY,
    WHAT,
    kind_words,
    status_words,
)
from tracegraph.render.shape import ARROW, source_text
from tracegraph.render.words import INDICATOR
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Indicator


@dataclass(frozen=True, slots=True)
class Telling:
    """What is needed to say something of an incident: names, documents, language, and the day of the lens."""

    legend: Legend
    say: Translator
    valid_at: str


def facts(revision: IncidentRevision, telling: Telling, *, present: bool = True) -> Iterator[tuple[str, Text]]:
    """Yield what a revision says, as labels and texts; of the present one also where actions stand on the day."""
    say = telling.say
    yield say.text("touches"), Text(scope_words(revision, telling))
    if revision.indicators:
        names = ", ".join(_indicator(name, telling) for name in revision.indicators)
        yield say.text("indicators"), Text(f"{names} (ILO {revision.indicators_edition})")
    if revision.severity:
        yield say.text("severity"), Text(", ".join(_severity(revision.severity, say)))
    for source in revision.sources:
        yield say.text("source"), Text(_source(source, telling))
    for reply in revision.replies:
        yield say.text("reply"), Text(_reply(reply, telling))
    for action in revision.actions:
        stands = f"; {_state(action, telling)}" if present else ""
        yield say.text("action"), Text(_action(action, telling) + stands)
    if revision.note:
        yield say.text("note"), Text(one_line(revision.note))


def scope_words(revision: IncidentRevision, telling: Telling) -> str:
    """Return what an incident touches, in words."""
    return "; ".join(_selector(selector, telling) for selector in revision.scope)


def difference_lines(differences: tuple[Difference, ...], telling: Telling) -> Iterator[tuple[str, Text]]:
    """Yield what a revision changes, as labels and texts: what is new, what is gone, and what is another."""
    for difference in differences:
        label = telling.say.text(WHAT[difference.what])
        yield label, Text(_SAID.get(difference.what, _listed)(difference, telling))


# --- differences ---------------------------------------------------------------------------------------------------


def _listed(difference: Difference, telling: Telling) -> str:
    """Return a part that is new, gone or another, in a list or alone."""
    say = telling.say
    words = _WORDS.get(difference.what, _as_it_is)
    if difference.before is None:
        return say.text("new: {what}", what=words(difference.after, telling))
    if difference.after is None:
        return say.text("gone: {what}", what=words(difference.before, telling))
    return say.text("changed: {what}", what=words(difference.after, telling))


def _moved(difference: Difference, telling: Telling) -> str:
    """Return a value and the one that it had before."""
    if difference.before is None or difference.after is None:
        return _listed(difference, telling)
    words = _WORDS.get(difference.what, _as_it_is)
    return ARROW.join(words(value, telling) for value in (difference.before, difference.after))


def _severity_moved(difference: Difference, telling: Telling) -> str:
    """Return the parts of severity that are others."""
    before, after = difference.before or {}, difference.after
    if not after:
        return telling.say.text("gone: {what}", what=", ".join(_severity(before, telling.say)))
    moved = {name: value for name, value in after.items() if before.get(name) != value}
    was = [telling.say.text("before: {value}", value=before[name]) if name in before else "" for name in moved]
    words = zip(_severity(moved, telling.say), was, strict=True)
    return ", ".join(f"{now} ({then})" if then else now for now, then in words)


def _as_it_is(value: Any, _telling: Telling) -> str:
    return one_line(value)


def _indicator(name: str, telling: Telling) -> str:
    return telling.say.text(INDICATOR[Indicator(name)]) if name in set(Indicator) else name


def _source(source: str, telling: Telling) -> str:
    return source_text(telling.legend.sources.get(source), source, telling.say)


def _selector(selector: Any, telling: Telling) -> str:
    return selector_words(selector, telling.legend, telling.say)


#: How the parts of a list, and single values, are said.
_WORDS: Final[Mapping[str, Callable[[Any, Telling], str]]] = {
    "scope": _selector,
    "action": lambda action, telling: _action(action, telling),
    "reply": lambda reply, telling: _reply(reply, telling),
    "indicator": _indicator,
    "source": _source,
    "status": lambda status, telling: status_words(status, telling.say),
    "kind": lambda kind, telling: kind_words(kind, telling.say),
}
#: Differences that are told otherwise than as parts of a list.
_SAID: Final[Mapping[str, Callable[[Difference, Telling], str]]] = {
    **dict.fromkeys(("status", "kind", "happened_from", "happened_to", "indicators_edition", "visibility"), _moved),
    "severity": _severity_moved,
}


# --- parts ---------------------------------------------------------------------------------------------------------


def _severity(severity: Mapping[str, int], say: Translator) -> Iterator[str]:
    for name, text in SEVERITY.items():
        if name in severity:
            yield say.text("{part} {value} of 5", part=say.text(text), value=severity[name])


def _reply(reply: Reply, telling: Telling) -> str:
    """Return a company's answer: who, when, what, and where it is documented."""
    head = ", ".join(part for part in (reply.by, reply.date) if part)
    said = f"{head}: {one_line(reply.text)}" if head else one_line(reply.text)
    return f"{said} ({_source(reply.source_id, telling)})" if reply.source_id else said


def _action(action: RegulatoryAction, telling: Telling) -> str:
    """Return an act of an authority: who, what, where, and its dates."""
    say, legend = telling.say, telling.legend
    parts = [say.text(ACTION_KIND[action.kind]) if action.kind in ACTION_KIND else action.kind.replace("_", " ")]
    if action.countries:
        parts.append(say.text("plants in {places}", places=", ".join(map(legend.holder, action.countries))))
    parts += [say.text(text, day=day) for name, text in ACTION_DATES.items() if (day := getattr(action, name))]
    parts += [one_line(value) for value in (action.reference, action.note, action.url) if value]
    if action.source_id:
        parts.append(_source(action.source_id, telling))
    return f"{action.authority}: {', '.join(parts)}"


def _state(action: RegulatoryAction, telling: Telling) -> str:
    state = telling.say.text(ACTION_STATE[action.state_at(telling.valid_at)])
    return telling.say.text("on {day}: {state}", day=telling.valid_at, state=state)


def one_line(text: object) -> str:
    """Return a text without its line breaks."""
    return " ".join(str(text).split())
