"""The answer to "which contracts depend on this", for a terminal: counts first, then contract by contract."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer import Answer, Dependent
from tracegraph.answer_exposure import EXPOSED
from tracegraph.messages import N_
from tracegraph.model import Selector, holder_of
from tracegraph.render.dependents_rows import Labelled, contract_shown
from tracegraph.render.phrases import selector_words as selector_words
from tracegraph.render.shape import DIM, DOT, following, grid, heading, lens_words, money, more
from tracegraph.render.shares import amounts, contradictions_shown
from tracegraph.render.words import BASIS_COUNTED, STATUS, STATUS_READS, STATUS_STYLE
from tracegraph.services.exposed import exposed_of
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Certainty, Status

REGIONS_SHOWN = 6
ASKED_SHOWN = 3


@dataclass(frozen=True, slots=True)
class View:
    """How much of an answer is shown.

    Attributes
    ----------
    now : str
        The present moment, to say "as known now".
    limit : int or None
        Contracts of each status; None: all.
    with_routes, with_no_link : bool
        Whether routes are shown, and contracts without a link.
    """

    now: str
    limit: int | None = 20
    with_routes: bool = True
    with_no_link: bool = False


def shown_dependents(answer: Answer, view: View) -> list[Dependent]:
    """Return the contracts that are shown one by one."""
    return [dependent for _, listed, _ in _sections(answer, view) for dependent in listed]


def dependents_shown(answer: Answer, legend: Legend, view: View, say: Translator) -> RenderableType:
    """Return the whole answer."""
    parts: list[RenderableType] = [*header(answer, legend, view, say), Text()]
    parts.append(summary_shown(answer, legend, say))
    parts += contracts_shown(answer, legend, view, say)
    return Group(*parts, Text(), _next_steps(answer, say))


def contracts_shown(
    answer: Answer,
    legend: Legend,
    view: View,
    say: Translator,
    beside: Callable[[Dependent], Labelled | None] = lambda _: None,
) -> Iterator[RenderableType]:
    """Yield the contracts one by one, under a heading for each status; `beside` gives one more line of a contract."""
    for status, listed, total in _sections(answer, view):
        yield from (Text(), heading(say.text(STATUS[status]), STATUS_STYLE[status]))
        for dependent in listed:
            more_lines = [line for line in (beside(dependent),) if line is not None]
            yield contract_shown(dependent, legend, say, with_route=view.with_routes, beside=more_lines)
        rest = more(len(listed), total, say, say.text("--limit N or --all-rows shows them"))
        if rest is not None:
            yield Padding(rest, (0, 0, 0, 2))


def _sections(answer: Answer, view: View) -> Iterator[tuple[Status, list[Dependent], int]]:
    """Yield statuses that have contracts, with those that are shown and how many there are."""
    for status in Status:
        listed = [d for d in answer.dependents if d.status is status]
        if listed and (status is not Status.NO_LINK or view.with_no_link):
            yield status, listed[: view.limit], len(listed)


# --- what was asked ------------------------------------------------------------------------------------------------


def header(answer: Answer, legend: Legend, view: View, say: Translator) -> Iterator[RenderableType]:
    """Yield what was asked: the scope as resolved, the lens in words, what touches nothing, what was cut."""
    scope = [selector_words(selector, legend, say) for selector in answer.question.scope]
    if len(scope) == 1:
        yield Text(say.text("Who depends on {what}", what=scope[0]), style="bold")
    else:
        yield Text(say.text("Who depends on any of these"), style="bold")
        yield from (Text(f"  - {what}") for what in scope)
    yield Text(f"{lens_words(answer.question.lens, view.now, say)}{DOT}{touched_words(answer, say)}", style=DIM)
    for selector in answer.unmatched:
        yield _unmatched(selector, legend, say)
    for product, near in legend.unknown_products.items():
        yield Text(_unknown_product(product, near, say), style="bold yellow")
    if answer.summary.truncated:
        yield _cut(answer, say)
    yield from contradictions_shown(answer, legend, say)


def touched_words(answer: Answer, say: Translator) -> str:
    """Return how much the scope touches."""
    holders = len({holder_of(item) for item in answer.affected})
    kinds = Counter(answer.affected.values())
    items = say.plural(N_("{n} item touched"), N_("{n} items touched"), len(answer.affected))
    at = say.plural(N_("at {n} company or plant"), N_("at {n} companies and plants"), holders)
    if not kinds[Certainty.CANDIDATE]:
        return f"{items} {at}"
    certain, candidates = kinds[Certainty.CERTAIN], kinds[Certainty.CANDIDATE]
    sure = say.text("{certain} certain, {candidates} candidates", certain=certain, candidates=candidates)
    return f"{items} {at} ({sure})"


def _unmatched(selector: Selector, legend: Legend, say: Translator) -> Text:
    what = selector_words(selector, legend, say)
    line = Text(say.text("Touches nothing: {what}.", what=what), style="bold yellow")
    near = legend.near.get(selector.id, ())
    if near and selector.id not in near:
        line.append(" " + say.text("Did you mean {near}?", near=", ".join(near)))
    return line


def _unknown_product(product: str, near: Sequence[str], say: Translator) -> str:
    if near:
        return say.text("No product {id} is known. Did you mean {near}?", id=product, near=", ".join(near))
    return say.text("No product {id} is known.", id=product)


def _cut(answer: Answer, say: Translator) -> Text:
    if answer.summary.items_cut:
        words = say.text(
            "Not the whole answer: the walk stopped after {n} items (--max-items). Contracts that it did not reach are "
            "unmapped.",
            n=answer.question.max_items,
        )
    else:
        words = say.text("Only routes of at most {n} tiers count (--max-tier).", n=answer.question.max_tier)
    return Text(words, style="bold yellow")


# --- the counts ----------------------------------------------------------------------------------------------------


def summary_shown(answer: Answer, legend: Legend, say: Translator) -> RenderableType:
    """Return the counts by status, and how much of the value is at exposure."""
    counts = grid([_count(status, answer, legend, say) for status in Status], first=12)
    exposed = exposed_of(answer)
    if exposed.total is None:
        return counts
    stated = sum(answer.summary.value_sek[status] for status in EXPOSED)
    words = say.text(
        "Value at exposure: {amount} of the {stated} of established and possible contracts. What is unmapped is not "
        "in it.",
        amount=amounts(exposed.total, say),
        stated=money(stated, say),
    )
    return Group(counts, Text(), Padding(Text(words), (0, 0, 0, 2)))


def _count(status: Status, answer: Answer, legend: Legend, say: Translator) -> Sequence[RenderableType]:
    listed = [d for d in answer.dependents if d.status is status]
    count = say.plural(N_("{n} contract"), N_("{n} contracts"), len(listed))
    value = Text()
    if status in answer.summary.value_sek and listed:
        value = Text(_stated(listed, answer.summary.value_sek[status], say), justify="right")
    notes = _notes(status, listed, legend, say) if listed else Text(say.text(STATUS_READS[status]), style=DIM)
    return Text(say.text(STATUS[status]), style=STATUS_STYLE[status]), Text(count), value, notes


def _stated(listed: Sequence[Dependent], total: float, say: Translator) -> str:
    return money(None if all(d.facts.value_sek is None for d in listed) else total, say)


def _notes(status: Status, listed: Sequence[Dependent], legend: Legend, say: Translator) -> Text:
    words: list[str] = []
    if status in (Status.UNMAPPED, Status.NO_LINK):
        bases = Counter(d.basis for d in listed if d.basis)
        words.append("; ".join(say.text(BASIS_COUNTED[basis], n=n) for basis, n in bases.items()))
    else:
        words.append(_regions(listed))
    without = sum(d.facts.value_sek is None for d in listed)
    if without and status is not Status.NO_LINK and without < len(listed):
        words.append(say.text("{n} without a stated value", n=without))
    if status is Status.UNMAPPED:
        words.append(_ask(listed, legend, say))
    return Text("; ".join(word for word in words if word))


def _regions(listed: Sequence[Dependent]) -> str:
    regions = sorted({region for d in listed for region in d.facts.regions})
    rest = len(regions) - REGIONS_SHOWN
    return ", ".join(regions[:REGIONS_SHOWN]) + (f" (+{rest})" if rest > 0 else "")


def _ask(listed: Sequence[Dependent], legend: Legend, say: Translator) -> str:
    asked = Counter(holder for d in listed for holder in d.ask).most_common()
    if not asked:
        return ""
    names = ", ".join(f"{legend.holder(holder)} ({n})" for holder, n in sorted(asked[:ASKED_SHOWN], key=_by_count))
    rest = len(asked) - ASKED_SHOWN
    return say.text("ask {names}", names=names + (f" (+{rest})" if rest > 0 else ""))


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def _next_steps(answer: Answer, say: Translator) -> RenderableType:
    first = next((d.facts.contract_id for d in answer.dependents if d.status is not Status.NO_LINK), None)
    steps = [f"tracegraph chain {first}", f"tracegraph show {first}"] if first else ["tracegraph incident list"]
    if answer.summary.counts[Status.NO_LINK]:
        steps.append(say.text("--all lists those without a link"))
    steps.append(say.text("--json for programs"))
    return following(steps, say)
