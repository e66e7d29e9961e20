"""Shares of contracts' value in words: bounds, never a midpoint, and never a nought for what is only small."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from tracegraph.answer import Answer, Contradiction, Dependent, Interval, Share
from tracegraph.messages import N_
from tracegraph.model import Claim, holder_of
from tracegraph.render.contradictions import place_words
from tracegraph.render.phrases import money
from tracegraph.render.shape import labelled
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator

SAME = 5e-4  # bounds nearer than this are one figure
WORTH_SAYING = 0.005  # an unmapped part below it is not said
CONTRADICTIONS_SHOWN = 3
MILLION = 1_000_000


def exposed_words(dependent: Dependent, say: Translator) -> str:
    """Return how much of a contract's value is at exposure: 40 to 60 % of SEK 1.0 m."""
    value = money(dependent.facts.value_sek, say)
    if dependent.share is None:
        return value
    if dependent.share.low < SAME and dependent.share.high > 1 - SAME:
        return say.text("an unknown part of {value}", value=_of(dependent, say))
    words = say.text("{part} of {value}", part=part_words(dependent.share, say), value=_of(dependent, say))
    if dependent.share.unmapped >= WORTH_SAYING:
        owed = percent(dependent.share.unmapped, say)
        words += " " + say.text("({part} % of it only because knowledge ends)", part=owed)
    return words


def _of(dependent: Dependent, say: Translator) -> str:
    value = dependent.facts.value_sek
    return say.text("a value that is not stated") if value is None else money(value, say)


def part_words(share: Share, say: Translator) -> str:
    """Return the bounds of a share as percent."""
    low, high = percent(share.low, say), percent(share.high, say)
    if share.high - share.low < SAME:
        return say.text("{part} %", part=high)
    if share.low < SAME / 10:
        return say.text("up to {high} %", high=high)
    return say.text("{low} to {high} %", low=low, high=high)


def amounts(interval: Interval, say: Translator) -> str:
    """Return an amount between two bounds."""
    low, high = money(interval.low, say), money(interval.high, say)
    if low == high:
        return low
    if interval.low == 0:
        return say.text("up to {amount}", amount=high)
    if interval.high < MILLION / 10:
        return say.text("SEK {low} to {high}", low=say.number(interval.low), high=say.number(interval.high))
    if interval.low < MILLION / 10:  # in millions it would pass for nothing
        return say.text("{low} to {high}", low=low, high=high)
    bounds = (say.number(bound / MILLION, 1) for bound in (interval.low, interval.high))
    return say.text("SEK {low} to {high} m", **dict(zip(("low", "high"), bounds, strict=True)))


def percent(part: float, say: Translator) -> str:
    """Return a part of 1 as a number of percent, with as many decimals as keep it from passing for none or all."""
    hundredth = part * 100
    for decimals in (0, 1, 2):
        rounded = round(hundredth, decimals)
        if abs(rounded - hundredth) < SAME or (1 <= hundredth <= 99 and decimals == 0):
            return say.number(rounded, decimals)
        if 0 < rounded < 100 and decimals:
            return say.number(rounded, decimals)
    return say.text("under 0.01") if hundredth < 1 else say.text("over 99.99")


def contradictions_shown(answer: Answer, legend: Legend, say: Translator) -> Iterator[RenderableType]:
    """Yield where stated shares contradict each other, with what each source says."""
    found = answer.contradictions
    if not found:
        return
    text = say.plural(
        N_("Stated shares contradict each other at {n} place; bounds there are as wide as need be."),
        N_("Stated shares contradict each other at {n} places; bounds there are as wide as need be."),
        len(found),
    )
    yield Text(text, style="bold yellow")
    for contradiction in found[:CONTRADICTIONS_SHOWN]:
        yield labelled([(place_words(contradiction, legend, say), Text(_said(contradiction, legend, say)))])
    if len(found) > CONTRADICTIONS_SHOWN:
        yield Text("  " + say.text("{n} more: --json lists them", n=len(found) - CONTRADICTIONS_SHOWN))


def _said(contradiction: Contradiction, legend: Legend, say: Translator) -> str:
    return "; ".join(_claim_words(claim, legend, say) for claim in contradiction.claims)


def _claim_words(claim: Claim, legend: Legend, say: Translator) -> str:
    share = part_words(Share(claim.share_low, claim.share_high, 0.0), say)
    seller = legend.holder(holder_of(claim.start.id))
    return say.text("{share} from {seller} ({claim})", share=share, seller=seller, claim=claim.claim_id)
