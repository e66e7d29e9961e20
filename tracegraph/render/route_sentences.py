"""A route as sentences, one a step, each with its documents: for pages and printed briefs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from tracegraph.answer import RouteStep
from tracegraph.messages import N_
from tracegraph.model import holder_of, product_of
from tracegraph.render.phrases import in_sentence, source_text
from tracegraph.render.words import RULE
from tracegraph.services.legend import Legend
from tracegraph.store.rows import GoodsClaim
from tracegraph.translate import Translator
from tracegraph.vocabulary import Grade, RelationshipType, Rule

#: Documents of one step.
_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Cited:
    """A document that says a step.

    Attributes
    ----------
    source_id, text : str
        Which, and how it is cited.
    url : str or None
        Where it can be read.
    grade : Grade
        How well it documents the step.
    known_since, valid_from : str
        Day since which it is recorded here, and since which it holds.
    """

    source_id: str
    text: str
    url: str | None
    grade: Grade
    known_since: str
    valid_from: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A step of a route.

    Attributes
    ----------
    text : str
        What it says.
    grade : Grade
        The best of its documents.
    is_weakest : bool
        Whether no step of the route is documented worse, and another one is documented better.
    documents : tuple of Cited
        What says so, the best first; none for a step that is inferred.
    more : int
        Documents beyond these.
    ends : (str, str)
        Holders, or holder and contract, in the direction of the goods.
    """

    text: str
    grade: Grade
    is_weakest: bool
    documents: tuple[Cited, ...]
    more: int
    ends: tuple[str, str]


def route_sentences(route: Sequence[RouteStep], legend: Legend, say: Translator) -> list[Sentence]:
    """Return a route as sentences, from where the goods come to where they go.

    Parameters
    ----------
    route : sequence of RouteStep
        Its steps, in the direction of the goods.
    legend : Legend
        What the ids are called; with the documents of the steps.
    say : Translator
        The language.
    """
    ranks = {step.grade.rank for step in route}
    weakest = min(ranks) if len(ranks) > 1 else None
    return [_sentence(step, step.grade.rank == weakest, legend, say) for step in route]


def _sentence(step: RouteStep, is_weakest: bool, legend: Legend, say: Translator) -> Sentence:
    ranked = sorted(step.claims, key=lambda claim: (claim.grade, claim.recorded_at, claim.claim_id))
    claims = sorted(
        {claim.source_id: claim for claim in ranked}.values(), key=lambda claim: (-claim.grade, claim.claim_id)
    )
    return Sentence(
        text=_text(step, legend, say),
        grade=step.grade,
        is_weakest=is_weakest,
        documents=tuple(_cited(claims[:_LISTED], legend, say)),
        more=max(0, len(claims) - _LISTED),
        ends=(holder_of(step.start), holder_of(step.end)),
    )


def _text(step: RouteStep, legend: Legend, say: Translator) -> str:
    seller, goods = legend.holder(holder_of(step.start)), _goods(step.start, legend)
    if step.type == RelationshipType.DELIVERED_UNDER:
        text = N_("{seller} delivers {goods} under the contract {contract}.")
        return say.text(text, seller=seller, goods=goods, contract=legend.holder(step.end))
    buyer, what = legend.holder(holder_of(step.end)), _goods(step.end, legend)
    if step.rule is Rule.OPERATION:
        text = N_("{goods} from {seller} may be what {buyer} sells as {what}: it operates the plant.")
        return say.text(text, seller=seller, goods=goods, buyer=buyer, what=what)
    if step.rule is not None:
        text = N_("At {seller}, {goods} may become {what} ({why}); no document says so.")
        return say.text(text, seller=seller, goods=goods, what=what, why=say.text(RULE[step.rule]))
    if step.type == RelationshipType.BECOMES:
        return say.text(N_("At {seller}, {goods} is made into {what}."), seller=seller, goods=goods, what=what)
    if goods == what:
        return say.text(N_("{seller} sells {goods} to {buyer}."), seller=seller, goods=goods, buyer=buyer)
    text = N_("{seller} sells {goods} to {buyer}, where it is {what}.")
    return say.text(text, seller=seller, goods=goods, buyer=buyer, what=what)


def _goods(item: str, legend: Legend) -> str:
    return in_sentence(legend.product(product_of(item)))


def _cited(claims: Sequence[GoodsClaim], legend: Legend, say: Translator) -> Iterator[Cited]:
    for claim in claims:
        source = legend.sources.get(claim.source_id)
        yield Cited(
            source_id=claim.source_id,
            text=source_text(source, claim.source_id, say),
            url=source.url if source else None,
            grade=Grade.of_rank(claim.grade),
            known_since=claim.recorded_at[:10],
            valid_from=claim.valid_from,
        )
