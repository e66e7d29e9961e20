"""What recording incidents did, or would do: the new revision, and what it changes in the present one."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.incidents import IncidentRevision
from tracegraph.incidents_history import change_of, differences
from tracegraph.lens import Lens
from tracegraph.render.incident_facts import Telling, difference_lines, facts
from tracegraph.render.incident_words import KIND, change_words
from tracegraph.render.incidents import incident_head
from tracegraph.render.problems import problems_shown
from tracegraph.render.shape import DIM, following, labelled
from tracegraph.services.incident_writing import Recorded
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import IncidentStatus, RevisionChange


def recorded_shown(done: Recorded, lens: Lens, legend: Legend, say: Translator) -> RenderableType:
    """Return what was recorded, for a terminal: for each revision what it changes, and how to take it back."""
    return Group(*_parts(done, Telling(legend, say, lens.valid_at)))


def _parts(done: Recorded, telling: Telling) -> Iterator[RenderableType]:
    say = telling.say
    if done.warnings:
        yield problems_shown(done.warnings, say)
        yield Text()
    if done.report.is_nothing:
        yield Text(say.text("Nothing differs from the present revision: nothing was written."), style="bold")
        return
    yield Text(say.text("Would be recorded:") if done.dry_run else say.text("Recorded:"), style="bold")
    for before, revision in done.steps:
        yield from incident_head(revision, say)
        yield from _what(before, revision, telling)
    yield Text()
    if (kind := done.steps[-1][1].kind) not in KIND:
        known = ", ".join(KIND)
        words = say.text("The kind {kind} is not among the common ones: {known}. Is it a slip?", kind=kind, known=known)
        yield Text(words, style="yellow")
    yield from _afterwards(done, say)


def _what(before: IncidentRevision | None, revision: IncidentRevision, telling: Telling) -> Iterator[RenderableType]:
    """Yield what a first revision says, or what a later one changes."""
    if before is None:
        yield labelled(facts(revision, telling))
        return
    say = telling.say
    change = change_words(change_of(revision, before), say)
    words = say.text("{change}, compared with the revision of {day}", change=change, day=before.recorded_at[:10])
    yield Text(f"  {words}", style="bold")
    yield labelled(difference_lines(differences(before, revision), telling))


def _afterwards(done: Recorded, say: Translator) -> Iterator[RenderableType]:
    if done.dry_run:
        yield Text(say.text("This was a dry run: nothing was written."), style=DIM)
        return
    number = done.report.change_set
    undo = f"tracegraph retract --import {number}"
    yield Text(say.text("This is import {n}; {undo} ends all of it.", n=number, undo=undo), style=DIM)
    before, latest = done.steps[-1]
    yield from _notices(before, latest, say)
    steps = [f"tracegraph incident show {latest.incident_id}{_as(latest)}"]
    if latest.status != IncidentStatus.WITHDRAWN:
        steps.insert(0, f"tracegraph incident exposure {latest.incident_id}{_as(latest)}")
    yield Text()
    yield following(steps, say)


def _notices(before: IncidentRevision | None, latest: IncidentRevision, say: Translator) -> Iterator[Text]:
    """Yield what follows for those who depend on it."""
    change = change_of(latest, before)
    if change == RevisionChange.WITHDRAWN:
        yield Text(say.text("It exposes no contract from now on; its history stays."), style="bold")
    elif change == RevisionChange.WIDENED:
        yield Text(say.text("More contracts may be exposed now than before."), style="bold")


def _as(revision: IncidentRevision) -> str:
    """Return the flag without which the revision would not be seen, where it is a region's own."""
    region = revision.visibility.removeprefix("region:")
    return f" --as {region}" if region != revision.visibility else ""
