"""Incidents: the current state first, an allegation as an allegation, the company's reply beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.incidents import IncidentRevision
from tracegraph.incidents_history import change_of, differences
from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render.incident_facts import Telling, difference_lines, facts, scope_words
from tracegraph.render.incident_words import change_words, kind_words, status_words
from tracegraph.render.shape import DIM, DOT, following, heading, labelled, lens_words, titled
from tracegraph.services.incidents import IncidentView, exposing
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

__all__ = ["incident_detail", "incident_head", "incidents_shown", "status_words"]


def incidents_shown(
    views: Sequence[IncidentView], lens: Lens, legend: Legend, now: str, say: Translator
) -> RenderableType:
    """Return a list of incidents, and what to do with it."""
    count = say.plural(N_("{n} incident"), N_("{n} incidents"), len(views))
    telling = Telling(legend, say, lens.valid_at)
    parts: list[RenderableType] = [Text(f"{count}, {lens_words(lens, now, say)}", style=DIM)]
    for view in views:
        parts += [Text(), *incident_head(view.current, say)]
        parts.append(Padding(Text(scope_words(view.current, telling)), (0, 0, 0, 2)))
        parts += [Padding(line, (0, 0, 0, 2)) for line in _lately(view, say)]
    if first := next((view for view in views if exposing(view)), None):
        steps = [f"tracegraph incident exposure {_id(first)}", f"tracegraph incident show {_id(first)}"]
        parts += [Text(), following(steps, say)]
    return Group(*parts)


def _lately(view: IncidentView, say: Translator) -> Iterator[Text]:
    """Yield what happened last to an incident, and where the rest of it is."""
    if not exposing(view):
        yield Text(say.text("exposes no contract since it was withdrawn; its history stays"), style="bold")
    if len(view.revisions) > 1:
        change = change_words(view.change, say)
        latest = say.text("latest change: {change}, {day}", change=change, day=view.current.recorded_at[:10])
        more = say.text("{n} revisions: tracegraph incident show {id}", n=len(view.revisions), id=_id(view))
        yield Text(latest + DOT + more, style=DIM)


def _id(view: IncidentView) -> str:
    return str(view.current.incident_id)


def incident_head(revision: IncidentRevision, say: Translator) -> Iterator[RenderableType]:
    """Yield the id, title and state of an incident."""
    yield titled(str(revision.incident_id), revision.title)
    words = [status_words(revision.status, say), kind_words(revision.kind, say)]
    if revision.happened_from:
        words.append(say.text("from {day}", day=revision.happened_from))
    if revision.happened_to:
        words.append(say.text("to {day}", day=revision.happened_to))
    if revision.recorded_at:
        words.append(say.text("recorded {day}", day=revision.recorded_at[:10]))
    yield Padding(Text(DOT.join(words)), (0, 0, 0, 2))


def incident_detail(view: IncidentView, lens: Lens, legend: Legend, now: str, say: Translator) -> RenderableType:
    """Return one incident: its state first, then every revision that was known with what it changed."""
    current, telling = view.current, Telling(legend, say, lens.valid_at)
    parts: list[RenderableType] = [*incident_head(current, say), Text(f"  {lens_words(lens, now, say)}", style=DIM)]
    parts.append(labelled(facts(current, telling)))
    if len(view.revisions) > 1:
        parts += [Text(), heading(say.text("revisions"))]
        for before, revision in view.steps():
            parts += _revision(before, revision, telling)
    return Group(*parts, Text(), *_next(view, say))


def _revision(
    before: IncidentRevision | None, revision: IncidentRevision, telling: Telling
) -> Iterator[RenderableType]:
    """Yield a revision: the first with all that it says, a later one with what it changes."""
    say = telling.say
    words = [change_words(change_of(revision, before), say), status_words(revision.status, say)]
    yield Text(f"  {revision.recorded_at[:10]}  {DOT.join(dict.fromkeys(words))}", style="bold")
    if before is None:
        lines = list(facts(revision, telling, present=False))
    else:
        lines = list(difference_lines(differences(before, revision), telling))
    nothing = say.text("says the same")
    yield labelled(lines, indent=4) if lines else Text(f"    {nothing}", style=DIM)


def _next(view: IncidentView, say: Translator) -> Iterator[RenderableType]:
    """Yield what to do next; for a withdrawn incident, how to see what it touched before."""
    if exposing(view):
        steps = [f"tracegraph incident exposure {_id(view)}", f"tracegraph incident revise {_id(view)} --help"]
        yield following(steps, say)
        return
    yield Text(say.text("It exposes no contract since it was withdrawn; its history stays."), style="bold")
    yield Text()
    if before := view.known_before_withdrawal():
        yield following([f"tracegraph incident exposure {_id(view)} --known-at {before}"], say)
