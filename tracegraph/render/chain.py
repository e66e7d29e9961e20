"""A contract's chain, tier by tier."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.answer_chain import Chain, ChainNode, ChainStep
from tracegraph.messages import N_
from tracegraph.model import holder_of
from tracegraph.render.evidence import share_words, sourcing_words
from tracegraph.render.phrases import open_end_words, step_target
from tracegraph.render.shape import DIM, DOT, following, grid, heading, in_sentence, lens_words, money, source_text
from tracegraph.render.words import GRADE, RULE
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade


def chain_shown(chain: Chain, legend: Legend, now: str, say: Translator) -> RenderableType:
    """Return everything upstream of a contract."""
    facts = chain.facts
    words = [
        ", ".join(facts.regions),
        say.text("ends {day}", day=facts.end) if facts.end else "",
        money(facts.value_sek, say),
    ]
    deliveries = say.text("deliveries")
    parts: list[RenderableType] = [
        Text.assemble((facts.contract_id, "bold"), f"  {facts.title or ''}"),
        Text("  " + DOT.join(word for word in words if word)),
        Text(f"{lens_words(chain.lens, now, say)}{DOT}{_summary(chain, say)}", style=DIM),
        Text(f"  {deliveries}: {sourcing_words(chain.sourcing, say)}"),
    ]
    leaving: dict[str, list[ChainStep]] = {}
    for step in chain.steps:
        leaving.setdefault(step.start, []).append(step)
    for tier, nodes in groupby(chain.nodes, key=lambda node: node.tier):
        parts += [Text(), heading(say.text("tier {n}", n=tier))]
        parts += [_node(node, leaving.get(node.item_id, []), legend, say) for node in nodes]
    parts += list(_ends(chain, legend, say))
    steps = [
        f"tracegraph chain {facts.contract_id} --plot chain.svg",
        f"tracegraph depth --contract {facts.contract_id}",
    ]
    return Group(*parts, Text(), following(steps, say))


def _summary(chain: Chain, say: Translator) -> str:
    items = say.plural(N_("{n} item upstream"), N_("{n} items upstream"), len(chain.nodes))
    stops = say.plural(N_("knowledge ends in {n} place"), N_("knowledge ends in {n} places"), len(chain.open_ends))
    return f"{items}, {stops}" if chain.open_ends else items


def _node(node: ChainNode, steps: list[ChainStep], legend: Legend, say: Translator) -> RenderableType:
    goods = in_sentence(legend.product(node.product))
    head = Text.assemble("  ", (legend.holder(node.holder_id), "bold"), (f" ({node.holder_id})", DIM), f": {goods}")
    words = [", ".join(map(legend.holder, node.countries)), sourcing_words(node.sourcing, say)]
    if node.identified is False:
        words.insert(0, say.text("plant not named"))
    style = "yellow" if node.sourcing.is_open_end else ""
    lines: list[tuple[RenderableType, ...]] = [(Text(DOT.join(word for word in words if word), style=style),)]
    lines += [(_step(step, legend, say),) for step in steps]
    return Group(head, grid(lines, indent=4))


def _step(step: ChainStep, legend: Legend, say: Translator) -> Text:
    end = step_target(step, legend, say)
    if step.rule is not None:
        return Text(f"-> {end}  {say.text(GRADE[Grade.INFERRED])}: {say.text(RULE[step.rule])}")
    best = [claim for claim in step.claims if Grade.of_rank(claim.grade) is step.grade]
    sources = sorted({claim.source_id for claim in best})
    cited = source_text(legend.sources.get(sources[0]), sources[0], say)
    others = len({claim.source_id for claim in step.claims}) - 1
    rest = f" (+{others})" if others > 0 else ""
    share = share_words(step.share, say)
    return Text(f"-> {end}{f', {share}' if share else ''}  {say.text(GRADE[step.grade])}: {cited}{rest}")


def _ends(chain: Chain, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    if chain.open_ends:
        yield Text()
        yield heading(say.text("where knowledge ends"), "bold magenta")
        yield grid([(Text(open_end_words(end, legend, say)),) for end in chain.open_ends])
    for circle in chain.circles:
        yield Text()
        names = " -> ".join(legend.holder(holder_of(item)) for item in circle)
        yield Text(say.text("A circle into which nothing is seen to enter: {names}", names=names), style="yellow")
    if chain.truncated:
        yield Text(say.text("Not the whole chain: --max-items cut it."), style="bold yellow")
