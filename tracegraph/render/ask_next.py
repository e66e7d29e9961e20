"""What to ask next, for a terminal: open ends, whom to write to, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_ask import TOGETHER, Asked, AskNext, Behind, OpenEnd, ToAsk
from tracegraph.messages import N_
from tracegraph.render.phrases import open_end_words, selector_words
from tracegraph.render.shape import DIM, DOT, following, grid, heading, labelled, lens_words, money, more, with_id
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

QUESTIONS_SHOWN = 4  # of one supplier; letters hold them all
STEPS_SHOWN = 8


def ask_shown(found: AskNext, legend: Legend, now: str, say: Translator, again: Sequence[str] = ()) -> RenderableType:
    """Return what to ask next.

    Parameters
    ----------
    found : AskNext
        From `tracegraph.services.ask_next.ask_next`.
    legend : Legend
        What ids are called.
    now : str
        The present moment.
    again : sequence of str
        The flags of this question, to be repeated in what is proposed.
    """
    scope = "; ".join(selector_words(selector, legend, say) for selector in found.question.scope)
    title = say.text("What to ask next about {scope}", scope=scope) if scope else say.text("What to ask next")
    parts: list[RenderableType] = [
        Text(title, style="bold"),
        Text(lens_words(found.question.lens, now, say), style=DIM),
        Text(),
        Padding(Text(_summary(found, say)), (0, 0, 0, 2)),
        *_unmatched(found, say),
    ]
    if not found.open_ends:
        return Group(*parts, Text(), Text(say.text("Nothing is left to ask: no open end lies upstream.")))
    parts += [Text(), heading(say.text("open ends, those that settle most first"))]
    parts += [_open_end(end, legend, found, say) for end in found.open_ends]
    parts += _rest(len(found.open_ends), found.open_ends_total, say)
    parts += [Text(), heading(say.text("whom to write to"))]
    parts += [_to_ask(to_ask, legend, found, say) for to_ask in found.suppliers]
    parts += _rest(len(found.suppliers), found.suppliers_total, say)
    parts += _order(found, legend, say)
    return Group(*parts, Text(), *_notes(found, say), Text(), _next(found, again, say))


def _summary(found: AskNext, say: Translator) -> str:
    if found.question.scope:
        unclear = say.plural(N_("{n} contract unmapped"), N_("{n} contracts unmapped"), found.unclear)
    else:
        unclear = say.plural(N_("{n} contract with an open end"), N_("{n} contracts with an open end"), found.unclear)
    words = [unclear]
    if found.unclear:
        words.append(_value(found.unclear_value_sek, found.unclear_without_value, say))
    words.append(say.plural(N_("{n} open end"), N_("{n} open ends"), found.open_ends_total))
    words.append(say.plural(N_("{n} place to ask"), N_("{n} places to ask"), found.suppliers_total))
    return DOT.join(words)


def _value(value: float | None, without: int, say: Translator) -> str:
    if value is None or not without:
        return money(value, say)
    return say.text("{value} and {n} without a stated value", value=money(value, say), n=without)


def _unmatched(found: AskNext, say: Translator) -> Iterator[RenderableType]:
    if found.unmatched:
        names = ", ".join(selector.id for selector in found.unmatched)
        words = say.text("nothing is recorded of {names}, so no route to it can be seen", names=names)
        yield Padding(Text(words, style="yellow"), (0, 0, 0, 2))


def _open_end(end: OpenEnd, legend: Legend, found: AskNext, say: Translator) -> RenderableType:
    asked = say.text("ask {names}", names=", ".join(map(legend.holder, end.ask))) if end.ask else _own_file(say)
    words = DOT.join((*_behind(end.behind, found, say), asked))
    head = Text(question_words(end.id, legend, say))
    return Group(Padding(head, (0, 0, 0, 2)), Padding(Text(words, style=DIM), (0, 0, 0, 4)))


def _own_file(say: Translator) -> str:
    return say.text("look it up in the procurement file")


def _behind(behind: Behind, found: AskNext, say: Translator) -> Iterator[str]:
    if behind.settles:
        yield say.plural(N_("settles {n} contract"), N_("settles {n} contracts"), behind.settles)
    if behind.takes_part:
        yield say.plural(N_("takes part in {n} contract"), N_("takes part in {n} contracts"), behind.takes_part)
    if behind.narrows:
        one, many = N_("narrows the share of {n}"), N_("narrows the shares of {n}")
        yield say.plural(one, many, behind.narrows)
    if behind.contracts:
        yield _value(behind.value_sek, behind.without_value, say)
    if not found.question.regions:
        yield ", ".join(behind.regions) or say.text("no region stated")


def question_words(end: str, legend: Legend, say: Translator) -> str:
    """Return what to ask about an open end."""
    if "/" in end:
        return open_end_words(end, legend, say)
    return say.text("what is delivered under {contract}, and by whom, or what else", contract=end)


def _to_ask(to_ask: ToAsk, legend: Legend, found: AskNext, say: Translator) -> RenderableType:
    name = to_ask.supplier_id
    head = with_id(legend.holder(name), name) if name else Text(say.text("our own procurement files"))
    head.stylize("bold")
    lines = [_question(asked, legend, say) for asked in to_ask.questions[:QUESTIONS_SHOWN]]
    if (rest := to_ask.total - len(lines)) > 0:
        lines.append(say.text("and {n} more: {how}", n=rest, how="--letters DIR"))
    rows = [(say.text("answer"), Text(DOT.join(_behind(to_ask.behind, found, say)))), (say.text("ask"), _lines(lines))]
    return Group(Padding(head, (0, 0, 0, 2)), labelled(rows, indent=4))


def _question(asked: Asked, legend: Legend, say: Translator) -> str:
    words = question_words(asked.id, legend, say)
    settles = say.plural(N_("settles {n} contract"), N_("settles {n} contracts"), asked.settles)
    return f"{words} ({settles})" if asked.settles else words


def _lines(lines: Sequence[str]) -> Text:
    return Text("\n".join(lines))


def _order(found: AskNext, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    if not found.order:
        return
    yield from (Text(), heading(say.text("in this order")))
    rows = []
    for number, step in enumerate(found.order[:STEPS_SHOWN], start=1):
        questions = "; ".join(question_words(end, legend, say) for end in step.ids)
        settled = say.text("{n} of {all} contracts settled", n=step.settled, all=found.unclear)
        rows.append((Text(f"{number}"), Text(settled), Text(questions)))
    yield grid(rows)
    if (rest := len(found.order) - STEPS_SHOWN) > 0:
        yield Padding(Text(say.text("... and {n} more: {how}", n=rest, how="--json"), style=DIM), (0, 0, 0, 2))


def _rest(shown: int, total: int, say: Translator) -> Iterator[RenderableType]:
    rest = more(shown, total, say, say.text("--limit N or --all-rows shows them"))
    if rest is not None:
        yield Padding(rest, (0, 0, 0, 2))


def _notes(found: AskNext, say: Translator) -> Iterator[RenderableType]:
    assumed = N_(
        "An answer settles a contract when it names all sources of the goods, back to the plants that make them: then "
        "it is a yes or a no. An answer that names another trader moves the question one tier up."
    )
    yield Text(say.text(assumed), style=DIM)
    left = found.unclear - found.in_order
    if left > 0:
        one = N_("{n} contract has more than {most} open ends and is not part of the order.")
        many = N_("{n} contracts have more than {most} open ends and are not part of the order.")
        yield Text(say.plural(one, many, left, most=TOGETHER), style=DIM)


def _next(found: AskNext, again: Sequence[str], say: Translator) -> RenderableType:
    asked = " ".join(("tracegraph ask", *again))
    lines = [f"{asked} --letters letters", f"{asked} --csv open-ends.csv"]
    contract = next((facts.contract_id for to_ask in found.suppliers for facts in to_ask.contracts), None)
    if contract:
        lines.append(f"tracegraph chain {contract}")
    return following(lines, say)
