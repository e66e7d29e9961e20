"""Two answers side by side, for a terminal: the counts, what made the difference, and contract by contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer import Answer, Dependent
from tracegraph.answer_compare import Cause, CauseKind, ClaimChange, Comparison, Difference, Movement, Side, Unseen
from tracegraph.answer_exposure import EXPOSED, KnownRevision
from tracegraph.messages import N_
from tracegraph.render.incidents import status_words
from tracegraph.render.routes import route_words
from tracegraph.render.shape import DIM, grid, heading, labelled, money, more, source_text, with_id
from tracegraph.render.shares import amounts
from tracegraph.render.words import STATUS, STATUS_STYLE
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status

MOVEMENT: Final = {
    Movement.ENTERED: N_("entered"),
    Movement.LEFT: N_("left"),
    Movement.CHANGED: N_("stands otherwise"),
}
CAUSES_SHOWN: Final = 4  # of one contract

#: Since when, or until when, a claim is seen: what is new, and what is gone.
_NEW: Final = {
    Unseen.NOT_YET_KNOWN: N_("known since {day}"),
    Unseen.RETRACTED: N_("still held then"),
    Unseen.NOT_YET_VALID: N_("true since {day}"),
    Unseen.NO_LONGER_VALID: N_("still true then"),
    Unseen.NOT_VISIBLE: N_("seen by this reader only"),
    Unseen.GRADE: N_("documented well enough"),
}
_GONE: Final = {
    Unseen.NOT_YET_KNOWN: N_("not yet known then"),
    Unseen.RETRACTED: N_("withdrawn or replaced on {day}"),
    Unseen.NOT_YET_VALID: N_("not yet true then"),
    Unseen.NO_LONGER_VALID: N_("no longer true from {day}"),
    Unseen.NOT_VISIBLE: N_("not seen by this reader"),
    Unseen.GRADE: N_("not documented well enough"),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """How two answers are shown.

    Attributes
    ----------
    labels : tuple of str
        What the first and the second are called, already in the reader's language.
    limit : int or None
        Contracts of each movement; None: all.
    with_routes : bool
        Whether routes are shown.
    """

    labels: tuple[str, str]
    limit: int | None = 20
    with_routes: bool = True


def counts_shown(comparison: Comparison, frame: Frame, say: Translator) -> RenderableType:
    """Return the counts by status, and the value at exposure, of both answers."""
    sides = (comparison.before, comparison.after)
    rows: list[tuple[RenderableType, ...]] = [
        (Text(), *(Text(label, style=DIM, justify="right") for label in frame.labels))
    ]
    for status in Status:
        numbers = (Text(_count(side, status), justify="right") for side in sides)
        rows.append((_status(status, say), *numbers))
    if any(side.exposed.total for side in sides):
        rows.append(
            (
                Text(say.text("value at exposure"), style=DIM),
                *(Text(_exposed(side, say), justify="right") for side in sides),
            )
        )
    left_out = [side.exposed.left_out for side in sides]
    if any(left_out):
        counts = (Text(say.number(n), justify="right") for n in left_out)
        rows.append((Text(say.text("without a stated value"), style=DIM), *counts))
    return grid([(*row, Text()) for row in rows], first=12)


def _count(side: Side, status: Status) -> str:
    """Return a count; where nothing was asked about, as after a withdrawal, there is none."""
    return str(side.answer.summary.counts[status]) if side.answer.question.scope else "-"


def _exposed(side: Side, say: Translator) -> str:
    if side.exposed.total:
        return amounts(side.exposed.total, say)
    return "-" if not any(side.answer.summary.counts[s] for s in EXPOSED) else say.text("value not stated")


def _status(status: Status, say: Translator) -> Text:
    return Text(say.text(STATUS[status]), style=STATUS_STYLE[status])


def shown_differences(comparison: Comparison, frame: Frame) -> list[Difference]:
    """Return the contracts that are shown one by one."""
    return [difference for _, listed, _ in _sections(comparison, frame) for difference in listed]


def _sections(comparison: Comparison, frame: Frame) -> Iterator[tuple[Movement, list[Difference], int]]:
    for movement in Movement:
        listed = [difference for difference in comparison.differences if difference.movement is movement]
        if listed:
            yield movement, listed[: frame.limit], len(listed)


def differences_shown(
    comparison: Comparison, legend: Legend, frame: Frame, say: Translator
) -> Iterator[RenderableType]:
    """Yield the contracts that stand otherwise, one by one."""
    if not comparison.differences:
        yield from (Text(), Text(say.text("No contract stands otherwise."), style="bold"))
    for movement, listed, total in _sections(comparison, frame):
        yield from (Text(), heading(f"{say.text(MOVEMENT[movement])} ({total})"))
        for difference in listed:
            yield from _difference(difference, comparison, legend, frame, say)
        rest = more(len(listed), total, say, say.text("--limit N or --all-rows shows them"))
        if rest is not None:
            yield Padding(rest, (0, 0, 0, 2))


def _difference(
    difference: Difference, comparison: Comparison, legend: Legend, frame: Frame, say: Translator
) -> Iterator[RenderableType]:
    facts = difference.facts
    yield Padding(Text.assemble((facts.contract_id, "bold"), "  ", facts.title or ""), (0, 0, 0, 2))
    words = [", ".join(facts.regions), money(facts.value_sek, say)]
    before, after = comparison.before.answer, comparison.after.answer
    stands = _stands(difference.before, before, say), _stands(difference.after, after, say)
    moved = Text(" -> ").join(stands)
    yield Padding(Text(" · ").join([moved, Text(" · ".join(word for word in words if word))]), (0, 0, 0, 4))
    causes = comparison.causes.by_contract.get(difference.contract_id, ())
    lines = [*_lines(difference.after, legend, frame, say), *_why(causes, comparison, legend, say)]
    if lines:
        yield labelled(lines, indent=4)


def _stands(dependent: Dependent | None, answer: Answer, say: Translator) -> Text:
    if dependent:
        return _status(dependent.status, say)
    return Text(_absent(answer, say), style=DIM)


def _absent(answer: Answer, say: Translator) -> str:
    """Return why a contract is not in an answer."""
    return say.text("not seen") if answer.question.scope else say.text("no incident exposes")


def _lines(
    dependent: Dependent | None, legend: Legend, frame: Frame, say: Translator
) -> Iterator[tuple[str, RenderableType]]:
    if dependent is None:
        return
    if dependent.direct_suppliers:
        yield say.text("call"), _holders(dependent.direct_suppliers, legend)
    if dependent.route and frame.with_routes:
        yield say.text("route"), Text(route_words(dependent.route, legend, say))
    if dependent.ask:
        yield say.text("ask"), _holders(dependent.ask, legend)


def _holders(ids: Iterable[str], legend: Legend) -> Text:
    return Text(", ").join([with_id(legend.holder(id), id) for id in ids])


def holders_words(ids: Sequence[str], legend: Legend) -> Text:
    """Return companies by name and id."""
    return _holders(ids, legend)


# --- why -----------------------------------------------------------------------------------------------------------


def _why(
    causes: Sequence[Cause], comparison: Comparison, legend: Legend, say: Translator
) -> Iterator[tuple[str, RenderableType]]:
    for position, cause in enumerate(causes[:CAUSES_SHOWN]):
        label = say.text("because") if position == 0 else say.text("and")
        yield label, Text(why_words(cause, comparison, legend, say))
    if len(causes) > CAUSES_SHOWN:
        yield "", Text(say.text("{n} more", n=len(causes) - CAUSES_SHOWN), style=DIM)


def why_words(cause: Cause, comparison: Comparison, legend: Legend, say: Translator) -> str:
    """Return what made a difference, and whether that was computed."""
    return f"{_cause_words(cause, comparison, legend, say)}; {_checked(cause, comparison, say)}"


def _cause_words(cause: Cause, comparison: Comparison, legend: Legend, say: Translator) -> str:
    if cause.kind is CauseKind.SCOPE:
        return scope_cause_words(comparison.scope_changes, say)
    if cause.kind is CauseKind.NOT_FOUND:
        return say.text("no single change that was looked at explains it")
    cited = "; ".join(source_text(legend.sources.get(source), source, say) for source in cause.source_ids)
    words = f"{cited} ({', '.join(dict.fromkeys(change_words(change, say) for change in cause.changes))})"
    return say.text("several documents: {names}", names=words) if len(cause.source_ids) > 1 else words


def scope_cause_words(incidents: Sequence[KnownRevision], say: Translator) -> str:
    """Return the scope as a cause: the revision that brought it, where it is an incident's."""
    if not incidents:
        return say.text("another scope is asked about")
    return "; ".join(
        say.text(
            "revision {n} of {id} ({status}), recorded {day}",
            n=known.number,
            id=str(known.revision.incident_id),
            status=status_words(known.revision.status, say),
            day=known.revision.recorded_at[:10],
        )
        for known in incidents
    )


def change_words(change: ClaimChange, say: Translator) -> str:
    """Return since when a claim is seen, or why it is seen no more."""
    claim = change.claim
    days = {
        Unseen.NOT_YET_KNOWN: claim.recorded_at[:10],
        Unseen.NOT_YET_VALID: claim.valid_from,
        Unseen.RETRACTED: claim.retracted_at[:10],
        Unseen.NO_LONGER_VALID: claim.valid_to,
    }
    return say.text((_NEW if change.is_new else _GONE)[change.unseen], day=days.get(change.unseen, ""))


def _checked(cause: Cause, comparison: Comparison, say: Translator) -> str:
    if not cause.verified:
        return say.text("not checked one by one")
    asked = comparison.after if cause.kind is not CauseKind.SCOPE else comparison.before
    stands = say.text(STATUS[cause.without]) if cause.without else _absent(asked.answer, say)
    return say.text("without it: {status} (computed)", status=stands)


def documents_shown(comparison: Comparison, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    """Yield what made the difference: documents and scopes, those behind the most contracts first."""
    found: Counter[str] = Counter()
    for listed in comparison.causes.by_contract.values():
        found.update({text for cause in listed for text in _named(cause, comparison, legend, say)})
    if found:
        yield from (Text(), heading(say.text("what made the difference")))
        rows = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        yield grid(
            (Text(say.plural(N_("{n} contract"), N_("{n} contracts"), number)), Text(text)) for text, number in rows
        )
    causes = comparison.causes
    if causes.left_out:
        note = say.text(
            "{n} documents with changes were not taken back one by one: --max-documents N allows more.",
            n=causes.left_out,
        )
        yield Padding(Text(note, style="bold yellow"), (0, 0, 0, 2))
    if causes.truncated:
        note = say.text("The chains are too large to look at every change: there may be other causes.")
        yield Padding(Text(note, style="bold yellow"), (0, 0, 0, 2))


def _named(cause: Cause, comparison: Comparison, legend: Legend, say: Translator) -> Iterator[str]:
    if cause.kind is CauseKind.SCOPE:
        yield scope_cause_words(comparison.scope_changes, say)
    for source in cause.source_ids:
        yield source_text(legend.sources.get(source), source, say)
