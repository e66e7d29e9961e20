"""Whole answers that hold two answers against each other: compare, incident preview, what-if."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_compare import Comparison, Movement, Preview, Side, Supposed, WhatIf, Widened, Widening
from tracegraph.messages import N_
from tracegraph.model import Selector
from tracegraph.render.compare import Frame, counts_shown, differences_shown, documents_shown, holders_words
from tracegraph.render.dependents import selector_words
from tracegraph.render.incidents import status_words
from tracegraph.render.shape import (
    DIM,
    DOT,
    bullet,
    command,
    following,
    known_day,
    labelled,
    lens_words,
    reader_word,
    source_text,
)
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

_WIDER = {
    Widening.GROUP: N_("to the whole group"),
    Widening.COUNTRY: N_("to the country"),
    Widening.PRODUCT: N_("to broader goods"),
}
_AS_IT_IS = {
    Widening.GROUP: N_("no owner or operator is seen"),
    Widening.COUNTRY: N_("no plant with a country is seen"),
    Widening.PRODUCT: N_("it holds for all goods already"),
}


def side_labels(comparison: Comparison, now: str, say: Translator) -> tuple[str, str]:
    """Return what two answers are called: by what differs between their questions."""
    before, after = _label(comparison.before, comparison, now, say), _label(comparison.after, comparison, now, say)
    return (before, after) if before != after else (say.text("first"), say.text("second"))


def _label(side: Side, comparison: Comparison, now: str, say: Translator) -> str:
    lens, one, other = side.answer.question.lens, comparison.before, comparison.after
    lenses = one.answer.question.lens, other.answer.question.lens
    words = []
    if len({lens.known_at for lens in lenses}) > 1:
        is_now = lens.known_at >= now
        words.append(say.text("as known now") if is_now else say.text("known {day}", day=known_day(lens.known_at)))
    if len({lens.valid_at for lens in lenses}) > 1:
        words.append(say.text("valid {day}", day=lens.valid_at))
    if len({lens.visible_to for lens in lenses}) > 1:
        words.append(say.text(reader_word(lens)))
    if not words and side.incidents:
        words = [f"{known.revision.incident_id} ({known.number})" for known in side.incidents]
    return DOT.join(words)


# --- compare -------------------------------------------------------------------------------------------------------


def compare_shown(comparison: Comparison, legend: Legend, frame: Frame, now: str, say: Translator) -> RenderableType:
    """Return what changed between two questions, and why."""
    sides = (comparison.before, comparison.after)
    scopes = [side.answer.question.scope for side in sides]
    parts: list[RenderableType] = []
    if scopes[0] == scopes[1]:
        what = _scope(scopes[0], legend, say)
        parts.append(Text(say.text("What changed for those who depend on {what}", what=what), style="bold"))
    else:
        parts.append(Text(say.text("What changed"), style="bold"))
    asked = []
    for label, side in zip(frame.labels, sides, strict=True):
        lines = [lens_words(side.answer.question.lens, now, say)]
        if scopes[0] != scopes[1]:
            lines.append(_asked(side, legend, say))
        lines += [_revision(side, say)] if side.incidents else []
        asked.append((label, Text(DOT.join(lines), style=DIM)))
    parts += [labelled(asked), Text(), counts_shown(comparison, frame, say)]
    parts += documents_shown(comparison, legend, say)
    parts += differences_shown(comparison, legend, frame, say)
    return Group(*parts, Text(), following([*_chains(comparison), say.text("--json for programs")], say))


def _scope(scope: Iterable[Selector], legend: Legend, say: Translator) -> str:
    return "; ".join(selector_words(selector, legend, say) for selector in scope)


def _asked(side: Side, legend: Legend, say: Translator) -> str:
    return _scope(side.answer.question.scope, legend, say) or say.text("nothing: no incident exposes then")


def _revision(side: Side, say: Translator) -> str:
    words = []
    for known in side.incidents:
        status = status_words(known.revision.status, say)
        name = str(known.revision.incident_id)
        words.append(say.text("{id}, revision {n}: {status}", id=name, n=known.number, status=status))
    return ", ".join(words)


def _chains(comparison: Comparison) -> Iterator[str]:
    for difference in comparison.differences[:1]:
        yield f"tracegraph chain {difference.contract_id}"


# --- incident preview ----------------------------------------------------------------------------------------------


def preview_shown(preview: Preview, legend: Legend, frame: Frame, now: str, say: Translator) -> RenderableType:
    """Return what a wider scope would add. Nothing was stored."""
    comparison = preview.comparison
    revision = comparison.before.incidents[0].revision
    wider = say.text(_WIDER[preview.widening])
    title = say.text("What {id} would reach if widened {wider}", id=str(revision.incident_id), wider=wider)
    parts: list[RenderableType] = [Text(title, style="bold"), Text(revision.title)]
    parts.append(Text(lens_words(comparison.before.answer.question.lens, now, say), style=DIM))
    parts += [_widened(found, preview.widening, legend, say) for found in preview.widened]
    parts += [Text(), counts_shown(comparison, frame, say)]
    more = [(say.text("call also"), preview.call), (say.text("ask also"), preview.ask)]
    lines = [(label, holders_words(ids, legend)) for label, ids in more if ids]
    parts += [Text(), labelled(lines)] if lines else []
    parts += differences_shown(comparison, legend, frame, say)
    parts += [Text(), Text(say.text("Nothing was recorded, and nobody was told."))]
    steps = [f"tracegraph incident show {revision.incident_id}"]
    if widen := _revise(str(revision.incident_id), preview):
        steps = [widen, say.text("without --dry-run it is recorded")]
    return Group(*parts, Text(), following(steps, say))


def _revise(incident_id: str, preview: Preview) -> str | None:
    """Return the command that would widen the incident so; its flags hold for all of a scope, or it is not one."""
    wider = [selector for found in preview.widened for selector in found.wider]
    if len({(s.products, s.countries, s.exclude, s.services) for s in wider}) != 1:
        return None
    first = wider[0]
    words = [f"--{selector.kind.value} {selector.id}" for selector in wider]
    words += [f"--product {product}" for product in first.products or ()]
    words += [f"--countries {','.join(first.countries)}"] if first.countries is not None else []
    words += [f"--exclude {name}" for name in first.exclude]
    words += [] if first.services else ["--no-services"]
    return " ".join(("tracegraph incident revise", incident_id, *words, "--add-scope", "--dry-run"))


def _widened(found: Widened, widening: Widening, legend: Legend, say: Translator) -> RenderableType:
    """Return what becomes of one selector."""
    now = selector_words(found.selector, legend, say)
    if found.wider:
        line = say.text("{what}, and {wider}", what=now, wider=_scope(found.wider, legend, say))
    else:
        line = say.text("{what}: as it is ({why})", what=now, why=say.text(_AS_IT_IS[widening]))
    if found.partly_owned:
        owners = ", ".join(map(legend.holder, found.partly_owned))
        line += "; " + say.text("not followed: owners of less than half ({names})", names=owners)
    return bullet([Text(line)])


# --- what-if -------------------------------------------------------------------------------------------------------


def whatif_shown(found: WhatIf, legend: Legend, frame: Frame, now: str, say: Translator) -> RenderableType:
    """Return how the answer would stand under what is assumed. Nothing was stored."""
    comparison, lens = found.comparison, found.comparison.before.answer.question.lens
    what = _scope(comparison.before.answer.question.scope, legend, say)
    parts: list[RenderableType] = [Text(say.text("What if: who would depend on {what}", what=what), style="bold")]
    parts += [Text(lens_words(lens, now, say), style=DIM), labelled(_assumed(found.supposed, legend, say))]
    parts += [Text(), counts_shown(comparison, frame, say)]
    parts += differences_shown(comparison, legend, frame, say)
    parts.append(Text())
    if found.supposed.closed:
        note = say.text(
            "A closed plant delivers nothing; from whom its buyers would buy instead is not known, so their contracts "
            "may be unmapped; that is no No. What stops, and what has another source:"
        )
        lines = (command(f"tracegraph stops if-closed {factory}") for factory in found.supposed.closed)
        parts += [Text(note), *(Padding(line, (0, 0, 0, 2), expand=False) for line in lines)]
    left = any(difference.movement is Movement.LEFT for difference in comparison.differences)
    steps = [*_chains(comparison), say.text("--json for programs")]
    note = say.text("Nothing was recorded.")
    if left:
        note += " " + say.text("That a contract leaves says only what would be known, not that there is no link.")
    return Group(*parts, Text(note), Text(), following(steps, say))


def _assumed(supposed: Supposed, legend: Legend, say: Translator) -> Iterator[tuple[str, RenderableType]]:
    by_id = {str(claim.claim_id): claim for claim in supposed.hidden}
    for claim_id in supposed.without_claims:
        claim = by_id[claim_id]
        cited = source_text(legend.sources.get(claim.source_id), claim.source_id, say)
        yield say.text("without"), Text(f"{claim_id}: {claim.start.id} -> {claim.end.id}, {cited}")
    for source_id in supposed.without_sources:
        n = sum(claim.source_id == source_id for claim in supposed.hidden)
        claims = say.plural(N_("{n} claim"), N_("{n} claims"), n)
        yield say.text("without"), Text(f"{source_text(legend.sources.get(source_id), source_id, say)} ({claims})")
    for factory in supposed.closed:
        yield say.text("closed"), Text(f"{legend.holder(factory)} ({factory})")
    if supposed.files:
        claims = say.plural(N_("{n} claim"), N_("{n} claims"), len(supposed.added))
        yield say.text("added"), Text(f"{', '.join(supposed.files)} ({claims})")
