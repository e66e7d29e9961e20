"""A route in words: who makes what, whom it passes, and where it rests on the least."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from tracegraph.answer import Dependent, RouteStep
from tracegraph.messages import N_
from tracegraph.model import holder_of, product_of
from tracegraph.render.shape import ARROW, in_sentence, source_text
from tracegraph.render.words import GRADE, RULE
from tracegraph.services.legend import Legend, Unsure
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade, RelationshipType, Rule

#: Why it is not certain that the first item of a route is touched.
_UNSURE: Final[Mapping[Unsure, str]] = {
    Unsure.PLANT: N_("from which plant {holder} has {goods} is not stated"),
    Unsure.ORIGIN: N_("where {holder} gets {goods} from is not stated"),
    Unsure.UNNAMED: N_("{holder} may be the plant that is named, or another"),
    Unsure.GOODS: N_("whether {goods} at {holder} is among the goods that are named is not stated"),
    Unsure.LINK: N_("{holder} is tied to what is named only by a minority share or an undocumented link"),
}


def route_words(route: tuple[RouteStep, ...], legend: Legend, say: Translator) -> str:
    """Return a route in words, from the affected item to the contract."""
    first = route[0].start
    makes = N_("{holder} makes {goods}") if holder_of(first) in legend.factories else N_("{holder} sells {goods}")
    words = [_item(makes, first, legend, say)]
    words += [_step(step, legend, say) for step in route]
    return ARROW.join(words)


def _item(text: str, item: str, legend: Legend, say: Translator) -> str:
    return say.text(text, holder=legend.holder(holder_of(item)), goods=_goods(item, legend))


def _step(step: RouteStep, legend: Legend, say: Translator) -> str:
    if step.type == RelationshipType.DELIVERED_UNDER:
        return say.text("the contract")
    if step.rule is Rule.OPERATION:
        return _item(N_("may become {goods} at {holder} (it operates the plant)"), step.end, legend, say)
    if step.rule is not None:
        why = say.text(RULE[step.rule])
        return say.text("may become {goods} ({why})", goods=_goods(step.end, legend), why=why)
    if step.type == RelationshipType.BECOMES:
        return say.text("made into {goods}", goods=_goods(step.end, legend))
    return legend.holder(holder_of(step.end))


def weakest_words(dependent: Dependent, legend: Legend, say: Translator) -> str:
    """Return what the route rests on at its weakest: the document, or why it is only possible."""
    grade = dependent.weakest_grade or Grade.INFERRED
    said = say.text(GRADE[grade])
    if grade is Grade.INFERRED:
        return f"{said}: {'; '.join(doubts(dependent, legend, say))}"
    step = next(step for step in dependent.route or () if step.grade is grade)
    cited = _cited((claim.source_id for claim in step.claims if Grade.of_rank(claim.grade) is grade), legend, say)
    return f"{said}: {cited}"


def _cited(source_ids: Iterable[str], legend: Legend, say: Translator) -> str:
    """Return the first source, and how many more say the same."""
    listed = sorted(set(source_ids))
    rest = f" (+{len(listed) - 1})" if len(listed) > 1 else ""
    return source_text(legend.sources.get(listed[0]), listed[0], say) + rest


def doubts(dependent: Dependent, legend: Legend, say: Translator) -> Iterator[str]:
    """Yield, one by one, why a route is only possible."""
    route = dependent.route or ()
    if route and legend.candidates.get(route[0].start):
        yield unsure_words(route[0].start, legend, say)
    for step in route:
        if step.rule is not None:
            yield say.text(
                "no document says that {goods} at {holder} becomes {what} ({why})",
                goods=_goods(step.start, legend),
                holder=legend.holder(holder_of(step.start)),
                what=_what(step, legend, say),
                why=say.text(RULE[step.rule]),
            )
        elif step.grade is Grade.INFERRED:
            cited = _cited((claim.source_id for claim in step.claims), legend, say)
            yield say.text("one step is a guess: {source}", source=cited)


def unsure_words(candidate: str, legend: Legend, say: Translator) -> str:
    """Return why it is not certain that an item is touched."""
    return _item(_UNSURE[legend.candidates[candidate]], candidate, legend, say)


def _what(step: RouteStep, legend: Legend, say: Translator) -> str:
    if step.rule is Rule.OPERATION:
        return _item(N_("{goods} at {holder}"), step.end, legend, say)
    return _goods(step.end, legend)


def _goods(item: str, legend: Legend) -> str:
    return in_sentence(legend.product(product_of(item)))
