"""How far incidents reach, for a terminal: the incidents, counts, roll-ups, and contract by contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer import LISTED_STATUSES, Dependent
from tracegraph.answer_exposure import EXPOSED, ExposedSum, Exposure, IncidentExposure, RollUp, RollUps
from tracegraph.messages import N_
from tracegraph.render.dependents import View, contracts_shown, header, summary_shown
from tracegraph.render.dependents_rows import Labelled
from tracegraph.render.incidents import status_words
from tracegraph.render.shape import DIM, DOT, following, grid, heading, more, titled, with_id
from tracegraph.render.shares import amounts
from tracegraph.render.words import STATUS, STATUS_COUNTED, STATUS_STYLE
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status

NAME_WIDTH: Final = 44  # above, the id beside a name is left out
ROWS_SHOWN: Final = 5  # of a roll-up, unless all rows are asked for

_TITLES: Final = {
    "region": N_("by region"),
    "category": N_("by category"),
    "direct_supplier": N_("by direct supplier"),
    "country": N_("by country of the plants on the way"),
    "product": N_("by goods that are touched"),
}
_NOT_KNOWN: Final = {
    "region": N_("no region stated"),
    "category": N_("no category stated"),
    "direct_supplier": N_("supplier not known"),
    "country": N_("country not known"),
    "product": N_("goods not known"),
}


def exposure_shown(exposure: Exposure, legend: Legend, view: View, say: Translator) -> RenderableType:
    """Return how far incidents reach."""
    parts: list[RenderableType] = []
    for part in exposure.incidents:
        parts += [*_incident(part, exposure, say), Text()]
    if any(part.stopped is None for part in exposure.incidents):
        parts += [*header(exposure.answer, legend, view, say), Text(), summary_shown(exposure.answer, legend, say)]
        parts += _rolled(exposure.rollups, legend, view, say)
        parts += contracts_shown(exposure.answer, legend, view, say, lambda d: _reached_by(d, exposure, say))
        parts.append(Text())
    return Group(*parts, _next(exposure, say))


def _incident(part: IncidentExposure, exposure: Exposure, say: Translator) -> Iterator[RenderableType]:
    revision = part.known.revision
    yield titled(str(revision.incident_id), revision.title)
    words = [
        status_words(revision.status, say),
        say.text("recorded {day}", day=revision.recorded_at[:10]),
        say.text("revision {n}", n=part.known.number),
    ]
    if part.summary and len(exposure.incidents) > 1:
        counts = (say.plural(*STATUS_COUNTED[status], part.summary.counts[status]) for status in LISTED_STATUSES)
        words += counts
        if part.exposed.total:
            words.append(say.text("value at exposure {amount}", amount=_exposed(part.exposed, say)))
    yield Padding(Text(DOT.join(words)), (0, 0, 0, 2))
    if part.stopped:
        stop = say.text(
            "Withdrawn with revision {n} on {day}: it exposes no contract any more. Its history stays.",
            n=part.stopped.revision,
            day=part.stopped.since[:10],
        )
        yield Padding(Text(stop, style="bold yellow"), (0, 0, 0, 2))


def _reached_by(dependent: Dependent, exposure: Exposure, say: Translator) -> Labelled | None:
    """Return which of several incidents reach a contract, and how."""
    reached = exposure.reached_by.get(dependent.facts.contract_id, {})
    if len(exposure.incidents) < 2 or not reached:
        return None
    words = ", ".join(f"{incident} ({say.text(STATUS[status])})" for incident, status in sorted(reached.items()))
    return say.text("incidents"), Text(words)


def _exposed(exposed: ExposedSum, say: Translator) -> str:
    if exposed.total is None:
        return ""
    words = amounts(exposed.total, say)
    if exposed.left_out:
        words += "; " + say.text("{n} without a stated value", n=exposed.left_out)
    return words


# --- roll-ups -----------------------------------------------------------------------------------------------------


def _rolled(rollups: RollUps, legend: Legend, view: View, say: Translator) -> Iterator[RenderableType]:
    """Yield the contracts by what they have in common; a list of one row that is not known says nothing."""
    if any(row.key for part in fields(RollUps) for row in getattr(rollups, part.name)):
        note = N_("The lists below: contracts, and the value at exposure of the established and possible among them.")
        yield from (Text(), Text(say.text(note), style=DIM))
    for part in fields(RollUps):
        rows: Sequence[RollUp] = getattr(rollups, part.name)
        if not any(row.key for row in rows):
            continue
        shown = rows if view.limit is None else rows[:ROWS_SHOWN]
        yield from (Text(), heading(say.text(_TITLES[part.name])))
        yield grid([_row(part.name, row, legend, say) for row in shown])
        rest = more(len(shown), len(rows), say, say.text("--all-rows shows them"))
        if rest is not None:
            yield Padding(rest, (0, 0, 0, 2))


def _row(kind: str, row: RollUp, legend: Legend, say: Translator) -> Sequence[RenderableType]:
    counts = Text(", ").join(
        [
            Text(say.plural(*STATUS_COUNTED[status], row.counts[status]), style=STATUS_STYLE[status])
            for status in LISTED_STATUSES
            if row.counts.get(status)
        ]
    )
    reached = any(row.counts.get(status) for status in EXPOSED)
    value = _exposed(row.exposed, say) or say.text("value not stated") if reached else say.text("part not known")
    return _named(kind, row.key, legend, say), counts, Text(value, style="" if reached else DIM)


def _named(kind: str, key: str | None, legend: Legend, say: Translator) -> Text:
    if key is None:
        return Text(say.text(_NOT_KNOWN[kind]), style=DIM)
    name = legend.product(key) if kind == "product" else legend.holder(key)
    return with_id(name, key) if len(name) + len(key) < NAME_WIDTH else Text(name)


# --- what to do next -----------------------------------------------------------------------------------------------


def _next(exposure: Exposure, say: Translator) -> RenderableType:
    lines: list[str] = []
    for part in exposure.incidents:
        name = str(part.known.revision.incident_id)
        if part.stopped is None:
            lines.append(f"tracegraph incident preview {name} --widen group")
        elif part.stopped.known_before:
            lines.append(f"tracegraph incident exposure {name} --known-at {part.stopped.known_before}")
        lines.append(f"tracegraph incident show {name}")
    for dependent in exposure.answer.dependents[:1]:
        if dependent.status is not Status.NO_LINK:
            lines.append(f"tracegraph chain {dependent.facts.contract_id}")
    return following(lines, say)
