"""A route in words: who makes what, whom it passes, and where it rests on the least."""

from __future__ import annotations

from collections.abc import Iterator

from tracegraph.answer import Dependent, RouteStep
from tracegraph.messages import N_
from tracegraph.model import holder_of, product_of
from tracegraph.render.shape import ARROW, source_text
from tracegraph.render.words import GRADE, RULE
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Certainty, Grade, RelationshipType, Rule


def route_words(route: tuple[RouteStep, ...], legend: Legend, say: Translator) -> str:
    """Return a route in words, from the affected item to the contract."""
    first = route[0].start
    makes = N_("{holder} makes {goods}") if holder_of(first) in legend.factories else N_("{holder} sells {goods}")
    words = [_item(makes, first, legend, say)]
    words += [_step(step, legend, say) for step in route]
    return ARROW.join(words)


def _item(text: str, item: str, legend: Legend, say: Translator) -> str:
    return say.text(text, holder=legend.holder(holder_of(item)), goods=legend.product(product_of(item)))


def _step(step: RouteStep, legend: Legend, say: Translator) -> str:
    if step.type == RelationshipType.DELIVERED_UNDER:
        return say.text("contract {id}", id=step.end)
    if step.rule is Rule.OPERATION:
        return _item(N_("may become {goods} at {holder} (it operates the plant)"), step.end, legend, say)
    if step.rule is not None:
        why = say.text(RULE[step.rule])
        return say.text("may become {goods} ({why})", goods=legend.product(product_of(step.end)), why=why)
    if step.type == RelationshipType.BECOMES:
        return say.text("made into {goods}", goods=legend.product(product_of(step.end)))
    return legend.holder(holder_of(step.end))


def weakest_words(dependent: Dependent, start: Certainty, legend: Legend, say: Translator) -> str:
    """Return what the route rests on at its weakest, with the document that says so."""
    grade = dependent.weakest_grade or Grade.INFERRED
    said = say.text(GRADE[grade])
    if grade is Grade.INFERRED and start is Certainty.CANDIDATE:
        return f"{said}: {say.text('it is not certain that the report touches the first of them')}"
    step = next((step for step in dependent.route or () if step.grade is grade), None)
    if step is None:
        return said
    if step.rule is not None:
        return f"{said}: {say.text(RULE[step.rule])}"
    claims = [claim for claim in step.claims if Grade.of_rank(claim.grade) is grade]
    cited = [source_text(legend.sources.get(id), id, say) for id in sorted({claim.source_id for claim in claims})]
    others = len(cited) - 1
    shown = cited[0] if cited else say.text("no source stated")
    return f"{said}: {shown}" + (f" (+{others})" if others else "")


def doubts(dependent: Dependent, start: Certainty, legend: Legend, say: Translator) -> Iterator[str]:
    """Yield, one by one, why a route is only possible."""
    route = dependent.route or ()
    if start is Certainty.CANDIDATE and route:
        yield _item(N_("that the report touches {goods} at {holder} is not certain"), route[0].start, legend, say)
    for step in route:
        if step.rule is not None:
            yield say.text(
                "no document says that {goods} at {holder} becomes {what}: {why}",
                goods=legend.product(product_of(step.start)),
                holder=legend.holder(holder_of(step.start)),
                what=_what(step, legend, say),
                why=say.text(RULE[step.rule]),
            )
        elif step.grade is Grade.INFERRED:
            yield say.text(
                "a step is only a guess: {source}",
                source=", ".join(
                    source_text(legend.sources.get(c.source_id), c.source_id, say) for c in step.claims[:1]
                ),
            )


def _what(step: RouteStep, legend: Legend, say: Translator) -> str:
    if step.rule is Rule.OPERATION:
        return _item(N_("{goods} at {holder}"), step.end, legend, say)
    return legend.product(product_of(step.end))
