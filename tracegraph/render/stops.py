"""If this closes, what stops: counts first, then contract by contract, the worst first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_stops import Closed, Closure, Doubt, Doubtful, Outcome, Source
from tracegraph.messages import N_
from tracegraph.model import holder_of, product_of
from tracegraph.render.phrases import in_sentence, lens_words, money, open_end_words, share_words
from tracegraph.render.shape import DIM, DOT, following, grid, heading, labelled, more, with_id
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Certainty, Label

OUTCOME: Final[Mapping[Outcome, str]] = {
    Outcome.STOPS: N_("stops"),
    Outcome.LOSES_PART: N_("loses a part"),
    Outcome.MAY_STOP: N_("may stop"),
    Outcome.HOLDS: N_("has another source"),
    Outcome.CANNOT_TELL: N_("cannot tell"),
    Outcome.NOT_TOUCHED: N_("not touched"),
}

#: What an outcome means, in one line.
OUTCOME_READS: Final[Mapping[Outcome, str]] = {
    Outcome.STOPS: N_("every source that is listed goes back to it, and the lists are complete"),
    Outcome.LOSES_PART: N_("some of the goods stop, others go on"),
    Outcome.MAY_STOP: N_("no other source is documented; there may be one that nobody has listed"),
    Outcome.HOLDS: N_("a documented source goes on; whether it has enough is not known"),
    Outcome.CANNOT_TELL: N_("no route from it is known, and the sources are not: ask the supplier"),
    Outcome.NOT_TOUCHED: N_("no link found in what is recorded"),
}

OUTCOME_STYLE: Final[Mapping[Outcome, str]] = {
    Outcome.STOPS: "bold red",
    Outcome.LOSES_PART: "bold red",
    Outcome.MAY_STOP: "bold yellow",
    Outcome.HOLDS: "bold green",
    Outcome.CANNOT_TELL: "bold magenta",
    Outcome.NOT_TOUCHED: "bold",
}

_DOUBT: Final[Mapping[Doubt, str]] = {
    Doubt.UNSEEN_SOURCE: N_("whether {holder} has {goods} from others too"),
    Doubt.INFERRED_STEP: N_("whether {holder} could take {origin} instead of {goods}"),
    Doubt.INGREDIENT: N_("whether all {goods} at {holder} need what stops"),
    Doubt.CANDIDATE: N_("whether {holder} is the plant that closes"),
}

_NO_DELIVERY: Final = N_("what is delivered under the contract, and by whom")
SHOWN: Final = 3


def closure_shown(
    closure: Closure, legend: Legend, now: str, say: Translator, limit: int | None = 20
) -> RenderableType:
    """Return what a closure does to every contract."""
    parts: list[RenderableType] = [*_header(closure, legend, now, say), Text(), _counts(closure, say)]
    parts += [Text(), Text(f"  {_within(closure, say)}")] if closure.lose_at_most() else []
    for outcome in Outcome:
        found = closure.of(outcome)
        if not found or outcome is Outcome.NOT_TOUCHED:
            continue
        parts += [Text(), heading(say.text(OUTCOME[outcome]), OUTCOME_STYLE[outcome])]
        parts += [_contract(contract, closure, legend, say) for contract in found[:limit]]
        rest = more(len(found[:limit]), len(found), say, say.text("--limit N or --all-rows shows them"))
        parts += [Padding(rest, (0, 0, 0, 2))] if rest else []
    return Group(*parts, Text(), _next(closure, legend, say))


def listed(closure: Closure, limit: int | None = 20) -> list[Closed]:
    """Return the contracts that are shown one by one."""
    return [found for outcome in Outcome for found in closure.of(outcome)[:limit]]


def _header(closure: Closure, legend: Legend, now: str, say: Translator) -> Iterator[RenderableType]:
    name = legend.holder(closure.closes.id)
    shown = name if name == closure.closes.id else f"{name} ({closure.closes.id})"
    plants = {holder_of(item) for item, c in closure.items.items() if c is Certainty.CERTAIN} - {closure.closes.id}
    if closure.label is Label.FACTORY:
        yield Text(say.text("If the plant {name} closes", name=shown), style="bold")
    elif plants:
        names = ", ".join(sorted(map(legend.holder, plants)))
        yield Text(say.text("If the company {name} closes, and its plants: {names}", name=shown, names=names), "bold")
    else:
        yield Text(say.text("If the company {name} closes", name=shown), style="bold")
    yield Text(lens_words(closure.lens, now, say), style=DIM)
    if not closure.items:
        yield Text(say.text("It is not known to have any goods, so nothing is seen to stop."), style="bold yellow")
    maybe = sorted({holder_of(item) for item, c in closure.items.items() if c is Certainty.CANDIDATE})
    if maybe:
        names = ", ".join(map(legend.holder, maybe))
        yield Text(say.text("May be the same plant, so may close too: {names}", names=names), style=DIM)
    if closure.ungrounded:
        names = ", ".join(closure.ungrounded)
        yield Text(say.text("Goods only go round, without a source: {names}", names=names), style="bold yellow")
    if closure.truncated:
        text = say.text("Not the whole answer: --max-items cut it, so nothing is said to stop for certain.")
        yield Text(text, style="bold yellow")


def _counts(closure: Closure, say: Translator) -> RenderableType:
    rows = []
    for outcome in Outcome:
        found = closure.of(outcome)
        count = say.plural(N_("{n} contract"), N_("{n} contracts"), len(found))
        values = [c.facts.value_sek for c in found if c.facts.value_sek is not None]
        value = money(sum(values), say) if values else money(None, say) if found else ""
        name = Text(say.text(OUTCOME[outcome]), style=OUTCOME_STYLE[outcome])
        rows.append((name, Text(count), Text(value, justify="right"), Text(say.text(OUTCOME_READS[outcome]), DIM)))
    return grid(rows)


def _within(closure: Closure, say: Translator) -> str:
    return say.plural(
        N_("{n} contract goes on and loses at most {limit} % of its value (--at-most)"),
        N_("{n} contracts go on and lose at most {limit} % of their value (--at-most)"),
        len(closure.lose_at_most()),
        limit=say.number(closure.at_most * 100),
    )


def _contract(found: Closed, closure: Closure, legend: Legend, say: Translator) -> RenderableType:
    facts = found.facts
    head = Text.assemble("  ", (facts.contract_id, "bold"), "  ", facts.title or "")
    words = [", ".join(facts.regions), money(facts.value_sek, say)]
    line = Padding(Text(DOT.join(word for word in words if word)), (0, 0, 0, 4), expand=False)
    lines = [(label, Text(text)) for label, text in _lines(found, closure, legend, say)]
    return Group(head, line, labelled(lines, indent=4)) if lines else Group(head, line)


def _lines(found: Closed, closure: Closure, legend: Legend, say: Translator) -> Iterator[tuple[str, str]]:
    failing = sorted({holder_of(d.item) for d in found.deliveries if d.outcome is not Outcome.HOLDS})
    if failing:
        yield say.text("call"), _with_ids(failing, legend)
    if found.outcome is Outcome.LOSES_PART:
        gone = [d.item for d in found.deliveries if d.outcome is Outcome.STOPS]
        yield say.text("loses"), _joined((_at(item, legend, say) for item in gone), len(gone), say)
    if found.others:
        yield say.text("goes on"), _others(found, legend, say)
    if found.share and found.outcome not in (Outcome.STOPS, Outcome.MAY_STOP):
        share = share_words((found.share.low, found.share.high), say)
        anything = found.share.low <= 0 and found.share.high >= 1
        text = N_("an unknown part of the value") if anything else N_("{share} of the value has passed through it")
        mark = found.share.high <= closure.at_most
        limit = say.number(closure.at_most * 100)
        within = say.text("loses at most {limit} %", limit=limit)
        yield say.text("share"), say.text(text, share=share) + (f"{DOT}{within}" if mark else "")
    if found.doubts:
        yield say.text("unknown"), _doubts(found, legend, say)
    if found.fails and found.fails.maybe_grounded and not found.fails.maybe_optimistic:
        yield say.text("note"), say.text("traders sell to each other in a circle: for a while it may go round")
    if found.ask:
        yield say.text("ask"), _with_ids(found.ask, legend)
    if found.facts.contract_id in found.open_ends.ids and not found.deliveries:
        text = N_("what else is delivered under the contract, and by whom")
        yield say.text("unknown"), say.text(text if found.ask else _NO_DELIVERY)


def _with_ids(ids: Iterable[str], legend: Legend) -> str:
    return ", ".join(with_id(legend.holder(id), id).plain for id in ids)


def _others(found: Closed, legend: Legend, say: Translator) -> str:
    by_place: dict[str, list[Source]] = {}
    for source in found.others:
        by_place.setdefault(source.at, []).append(source)
    words = [_at_one_place(at, sources, legend, say) for at, sources in by_place.items()]
    return _joined(words, len(words) + found.others_total - len(found.others), say)


def _at_one_place(at: str, sources: Sequence[Source], legend: Legend, say: Translator) -> str:
    own = [source for source in sources if source.item == at]
    names = [_at(source.item, legend, say) for source in sources if source.item != at]
    if "/" not in at:
        return say.text("the contract still gets {names}", names=", ".join(names))
    holder = legend.holder(holder_of(at))
    if own:
        names.append(say.text("its own making"))
    return say.text("{holder} still has {names}", holder=holder, names=", ".join(names))


def _at(item: str, legend: Legend, say: Translator) -> str:
    goods = in_sentence(legend.product(product_of(item)))
    return say.text("{goods} from {holder}", goods=goods, holder=legend.holder(holder_of(item)))


def _doubts(found: Closed, legend: Legend, say: Translator) -> str:
    """Return where it is open, sources that nobody listed first: they are what can be asked."""
    unseen = [d for d in found.doubts if d.doubt is Doubt.UNSEEN_SOURCE]
    listed_ = unseen or list(found.doubts)
    words = dict.fromkeys(_doubt(d, legend, say) for d in listed_)
    return _joined(words, len(words), say)


def _doubt(doubtful: Doubtful, legend: Legend, say: Translator) -> str:
    if "/" not in doubtful.item:
        return say.text("what else is delivered under the contract, and by whom")
    if doubtful.doubt is Doubt.UNSEEN_SOURCE and holder_of(doubtful.item) in legend.factories:
        return open_end_words(doubtful.item, legend, say)
    origin = doubtful.origin or doubtful.item
    goods = in_sentence(legend.product(product_of(doubtful.item)))
    return say.text(
        _DOUBT[doubtful.doubt],
        holder=legend.holder(holder_of(doubtful.item)),
        goods=goods,
        origin=in_sentence(legend.product(product_of(origin))),
    )


def _joined(words: Iterable[str], total: int, say: Translator) -> str:
    shown = list(words)[:SHOWN]
    rest = total - len(shown)
    return "; ".join([*shown, say.text("{n} more", n=rest)] if rest > 0 else shown)


def _next(closure: Closure, legend: Legend, say: Translator) -> RenderableType:
    plant = closure.closes.id
    hit = next((c.facts.contract_id for c in closure.contracts if c.fails), None)
    steps = [f"tracegraph dependents --{closure.closes.kind.value} {plant}"]
    if hit:
        steps = [f"tracegraph stops routes {plant} {hit}", f"tracegraph stops single-points --contract {hit}"]
    asked = Counter(id for c in closure.of(Outcome.CANNOT_TELL) for id in c.ask)
    if asked:
        steps.append(say.text("ask {names}", names=legend.holder(min(asked, key=lambda id: (-asked[id], id)))))
    steps.append(say.text("--json for programs"))
    return following(steps, say)
