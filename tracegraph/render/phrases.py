"""Phrases that several answers share, on the terminal and in pictures: plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracegraph.answer_show import Shortfall, SourcingState
from tracegraph.messages import N_
from tracegraph.model import Selector, Source, holder_of, product_of
from tracegraph.render.words import SELECTOR, SOURCING
from tracegraph.vocabulary import NETWORK, PUBLIC, REGION_PREFIX, UNSOURCED, Grade, SelectorKind, Sourcing

if TYPE_CHECKING:  # they need numpy, which help can do without
    from tracegraph.answer_chain import ChainStep
    from tracegraph.lens import Lens
    from tracegraph.services.legend import Legend
    from tracegraph.translate import Translator

_MILLION: Final = 1_000_000
_SHORTFALL: Final = {
    Shortfall.TOO_FEW_SOURCES: N_("said to be complete, but fewer sources are seen than were counted"),
    Shortfall.SHARES_BELOW_ONE: N_("said to be complete, but the shares do not reach the whole"),
    Shortfall.NO_DELIVERY: N_("said to be complete, but no delivery is seen"),
}


def money(value: float | None, say: Translator) -> str:
    """Return an amount in SEK, in words where nobody states it."""
    if value is None:
        return say.text("value not stated")
    if value >= _MILLION / 10:
        return say.text("SEK {amount} m", amount=say.number(value / _MILLION, 1))
    return say.text("SEK {amount}", amount=say.number(value))


def in_sentence(name: str) -> str:
    """Return the name of goods as it stands inside a sentence: small, unless it begins with a proper name."""
    words = name.split(" ")
    proper = len(words) > 1 and words[1][:1].isupper()
    return name if proper or name[1:2].isupper() else name[:1].lower() + name[1:]


def source_text(source: Source | None, source_id: str, say: Translator) -> str:
    """Return a source as it is cited: publisher, title, day."""
    if source is None:
        return say.text("no source stated") if source_id == UNSOURCED else source_id
    parts = [source.publisher, say.text("“{title}”", title=source.title), source.published]
    return ", ".join(part for part in parts if part)


def reader_word(lens: Lens) -> str:
    """Return who reads, as ``--as`` takes it."""
    region = next((v.removeprefix(REGION_PREFIX) for v in lens.visible_to if v.startswith(REGION_PREFIX)), None)
    return region or (NETWORK if NETWORK in lens.visible_to else PUBLIC)


def lens_words(lens: Lens, now: str, say: Translator) -> str:
    """Return a lens in words."""
    known = (
        say.text("as known now")
        if lens.known_at >= now
        else say.text("as known on {day}", day=known_day(lens.known_at))
    )
    words = [
        say.text("valid on {day}", day=lens.valid_at),
        known,
        say.text("seen as: {reader}", reader=say.text(reader_word(lens))),
    ]
    if lens.min_grade is not Grade.INFERRED:
        words.append(say.text("only {grade} or better", grade=say.text(lens.min_grade.value)))
    return ", ".join(words)


def known_day(moment: str) -> str:
    """Return a moment of knowledge: the day where it is the end of it, else to the minute."""
    return moment[:10] if moment.endswith("T23:59:59Z") else f"{moment[:10]} {moment[11:16]} UTC"


def readers() -> tuple[str, ...]:
    """Name the readers, for the catalogues."""
    return (N_("public"), N_("network"))


def share_words(share: tuple[float, float] | None, say: Translator) -> str:
    """Return a share as per cent."""
    if share is None:
        return ""
    low, high = (say.number(round(bound * 100, 1), 0 if round(bound * 100, 1).is_integer() else 1) for bound in share)
    return say.text("{low} %", low=low) if low == high else say.text("{low} to {high} %", low=low, high=high)


def selector_words(selector: Selector, legend: Legend, say: Translator) -> str:
    """Return one part of a scope in words."""
    name = legend.holder(selector.id)
    shown = name if name == selector.id or selector.kind is SelectorKind.COUNTRY else f"{name} ({selector.id})"
    words = [say.text(SELECTOR[selector.kind], name=shown)]
    if selector.countries is not None:
        words.append(say.text("plants in {places}", places=", ".join(map(legend.holder, selector.countries))))
    if selector.products is not None:
        words.append(
            say.text("only {goods}", goods=", ".join(in_sentence(legend.product(p)) for p in selector.products))
        )
    if selector.exclude:
        words.append(say.text("without {names}", names=", ".join(map(legend.holder, selector.exclude))))
    if not selector.services:
        words.append(say.text("services not followed"))
    return ", ".join(words)


def step_target(step: ChainStep, legend: Legend, say: Translator) -> str:
    """Return where a step leads: the goods are named where they are others, or the holder is the same."""
    if "/" not in step.end:
        return say.text("the contract")
    holder, product = holder_of(step.end), product_of(step.end)
    if holder != holder_of(step.start) and product == product_of(step.start):
        return legend.holder(holder)
    return say.text("{goods} at {holder}", goods=in_sentence(legend.product(product)), holder=legend.holder(holder))


def open_end_words(end: str, legend: Legend, say: Translator) -> str:
    """Return what is not known at an open end: an item, or the contract."""
    if "/" not in end:
        return say.text("what is delivered under the contract, and by whom, or what else")
    goods = in_sentence(legend.product(product_of(end)))
    if holder_of(end) in legend.factories:
        return say.text("what goes into {goods} at {holders}", goods=goods, holders=legend.holder(holder_of(end)))
    return say.text("who supplies {holders} with {goods}", goods=goods, holders=legend.holder(holder_of(end)))


def sourcing_words(state: SourcingState, say: Translator) -> str:
    """Return what is known of where goods come from."""
    if state.shortfall is not None:
        return say.text(_SHORTFALL[state.shortfall])
    if state.in_force is Sourcing.OPEN and not state.is_open_end:
        return say.text("the sources that are seen cover all of it")
    return say.text(SOURCING[state.in_force])
