"""Which plants reach most, and which contracts share one, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_leverage import (
    Concentration,
    Herfindahl,
    Leverage,
    LeverageReport,
    Reached,
    ReachedContract,
    SharedPlant,
    Spread,
)
from tracegraph.messages import N_
from tracegraph.render.phrases import share_words
from tracegraph.render.shape import DIM, DOT, following, heading, labelled, lens_words, money, more, with_id
from tracegraph.render.shares import amounts
from tracegraph.render.words import STATUS, STATUS_STYLE
from tracegraph.services.legend import Legend
from tracegraph.translate import Translator
from tracegraph.vocabulary import Status

CONTRACTS_SHOWN = 6
PARTS_SHOWN = 3
OVERLAPS_SHOWN = 5
CANNOT_TELL = 0.005  # an index that may be anything but for this is none


def leverage_shown(report: LeverageReport, legend: Legend, now: str, say: Translator) -> RenderableType:
    """Return which plants reach most.

    Parameters
    ----------
    report : LeverageReport
        From `tracegraph.services.leverage.leverage`.
    legend : Legend
        What ids are called.
    now : str
        The present moment.
    """
    count = say.plural(N_("{n} plant"), N_("{n} plants"), report.total)
    parts: list[RenderableType] = [
        Text(say.text("Which plants reach most regions"), style="bold"),
        Text(DOT.join((lens_words(report.lens, now, say), count)), style=DIM),
        Text(),
    ]
    parts += [_plant(plant, legend, say) for plant in report.plants]
    parts += _rest(len(report.plants), report.total, say)
    if not report.plants:
        parts.append(Text(say.text("No plant is seen whose goods reach a contract.")))
    if report.none and not report.asked:
        one = N_("{n} plant of which no goods are seen to reach a contract.")
        many = N_("{n} plants of which no goods are seen to reach a contract.")
        parts += [Text(), Text(say.plural(one, many, report.none), style=DIM)]
    seen = say.text(
        "Beside statuses stand the values of whole contracts, not of what comes from the plant. Counted as far as this "
        "view goes: what other regions keep for themselves is not in it."
    )
    return Group(*parts, Text(), Text(seen, style=DIM), Text(), _next_leverage(report, say))


def _plant(plant: Leverage, legend: Legend, say: Translator) -> RenderableType:
    rows = [*_reach(plant, say), *_listed(plant.contracts, plant.established.contracts, plant.possible.contracts, say)]
    if plant.exposed_sek is not None:
        rows.insert(1, (say.text("value at exposure"), Text(amounts(plant.exposed_sek, say))))
    return Group(_head(plant, legend, say), labelled(rows, indent=4))


def _head(found: Leverage | SharedPlant, legend: Legend, say: Translator) -> RenderableType:
    plant = found.plant
    head = with_id(legend.holder(plant.factory_id), plant.factory_id)
    head.stylize("bold")
    places = [legend.holder(country) for country in plant.countries]
    if not plant.identified:
        places.append(say.text("name not disclosed"))
    if places:
        head.append(f"  {', '.join(places)}", style=DIM)
    return Padding(head, (0, 0, 0, 2))


def _reach(found: Leverage | SharedPlant, say: Translator) -> list[tuple[str, RenderableType]]:
    regions = say.plural(N_("{n} region"), N_("{n} regions"), len(found.regions))
    words = f"{regions}: {', '.join(found.regions)}" if found.regions else say.text("none")
    return [
        (say.text("reaches"), Text(words)),
        *(
            (say.text(STATUS[status]), Text(_counted(reached, say), style=STATUS_STYLE[status]))
            for status, reached in ((Status.ESTABLISHED, found.established), (Status.POSSIBLE, found.possible))
            if reached.contracts
        ),
    ]


def _counted(reached: Reached, say: Translator) -> str:
    contracts = say.plural(N_("{n} contract"), N_("{n} contracts"), reached.contracts)
    value = money(reached.value_sek, say)
    if reached.value_sek is not None and reached.without_value:
        value = say.text("{value} and {n} without a stated value", value=value, n=reached.without_value)
    return DOT.join((contracts, value))


def _listed(
    contracts: Sequence[ReachedContract], established: int, possible: int, say: Translator
) -> Iterator[tuple[str, RenderableType]]:
    names = [contract.facts.contract_id for contract in contracts[:CONTRACTS_SHOWN]]
    if names:
        rest = established + possible - len(names)
        words = ", ".join(names) + (say.text(" and {n} more", n=rest) if rest > 0 else "")
        yield say.text("contracts"), Text(words)


def _next_leverage(report: LeverageReport, say: Translator) -> RenderableType:
    lines = []
    if report.plants:
        first = report.plants[0].plant.factory_id
        lines.append(f"tracegraph dependents --factory {first}")
        if not report.asked:
            lines.append(f"tracegraph leverage --factory {first}")
        lines.append(f"tracegraph stops if-closed {first}")
    lines.append("tracegraph concentration")
    return following(lines, say)


# --- concentration -------------------------------------------------------------------------------------------------


def concentration_shown(found: Concentration, legend: Legend, now: str, say: Translator) -> RenderableType:
    """Return which contracts share a plant, and how concentrated their value is; parameters as `leverage_shown`."""
    parts: list[RenderableType] = [
        Text(say.text("How concentrated contracts are on plants and countries"), style="bold"),
        Text(lens_words(found.lens, now, say), style=DIM),
        Text(),
        heading(say.text("where the goods are made")),
        *(_spread(spread, legend, say) for spread in found.spreads),
        Text(),
        heading(say.text("contracts that look separate and share a plant")),
    ]
    if not found.groups:
        none = say.text("No plant is seen that contracts of different direct suppliers share.")
        parts.append(Padding(Text(none), (0, 0, 0, 2)))
    parts += [_shared(group, legend, say) for group in found.groups]
    parts += _rest(len(found.groups), found.groups_total, say)
    parts += _overlaps(found, say)
    return Group(*parts, Text(), *_notes(found, say), Text(), _next_concentration(found, say))


def _spread(spread: Spread, legend: Legend, say: Translator) -> RenderableType:
    name = legend.holder(spread.category) if spread.category else say.text("all together")
    value = money(spread.value_sek, say)
    if spread.value_sek is not None and spread.without_value:
        value = say.text("{value} and {n} without a stated value", value=value, n=spread.without_value)
    count = say.plural(N_("{n} contract"), N_("{n} contracts"), spread.contracts)
    head = Text.assemble((name, "bold"), "  ", (DOT.join((count, value)), DIM))
    rows = [
        (say.text(label), Text(_index(index, legend, say)))
        for label, index in ((N_("by plant"), spread.by_factory), (N_("by country"), spread.by_country))
        if index is not None
    ]
    return Group(Padding(head, (0, 0, 0, 2)), labelled(rows, indent=4))


def _index(found: Herfindahl, legend: Legend, say: Translator) -> str:
    low, high = say.number(found.index.low, 2), say.number(found.index.high, 2)
    index = say.text("index {low}", low=low) if low == high else say.text("index {low} to {high}", low=low, high=high)
    if found.index.low < CANNOT_TELL and found.index.high > 1 - CANNOT_TELL:
        index = say.text("cannot tell")
    parts = [
        f"{legend.holder(part.id)} {share_words((part.share.low, part.share.high), say)}"
        for part in found.parts[:PARTS_SHOWN]
    ]
    if (rest := len(found.parts) - PARTS_SHOWN) > 0:
        parts.append(say.text("{n} more", n=rest))
    unknown = 1 - found.known.low
    if unknown >= 0.0005:
        share = share_words((max(0.0, 1 - found.known.high), unknown), say)
        parts.append(say.text("not known or not weighed {share}", share=share))
    return f"{index}: {', '.join(parts)}"


def _shared(group: SharedPlant, legend: Legend, say: Translator) -> RenderableType:
    suppliers = ", ".join(map(legend.holder, group.direct_suppliers[:CONTRACTS_SHOWN]))
    if (rest := len(group.direct_suppliers) - CONTRACTS_SHOWN) > 0:
        suppliers += say.text(" and {n} more", n=rest)
    rows = [
        *_reach(group, say),
        (say.text("by way of"), Text(suppliers)),
        *_listed(group.contracts, group.established.contracts, group.possible.contracts, say),
    ]
    return Group(_head(group, legend, say), labelled(rows, indent=4))


def _overlaps(found: Concentration, say: Translator) -> Iterator[RenderableType]:
    if not found.overlaps:
        return
    yield from (Text(), heading(say.text("most alike of these contracts, two by two")))
    for overlap in found.overlaps[:OVERLAPS_SHOWN]:
        words = say.text(
            "{first} and {second}: {shared} of {together} plants in common",
            first=overlap.first,
            second=overlap.second,
            shared=overlap.shared,
            together=overlap.together,
        )
        yield Padding(Text(words), (0, 0, 0, 2))
    if (rest := found.overlaps_total - OVERLAPS_SHOWN) > 0:
        yield Padding(Text(say.text("... and {n} more: {how}", n=rest, how="--json"), style=DIM), (0, 0, 0, 2))


def _notes(found: Concentration, say: Translator) -> Iterator[RenderableType]:
    meaning = N_(
        "The index is 1 when all value comes from one place, and 1/n when n places have the same. Each part of value "
        "counts at the first plant on the way up. What is not known may be anywhere: that is why there are two ends."
    )
    yield Text(say.text(meaning), style=DIM)
    if found.factories_weighed < found.factories_identified:
        cut = N_("The {n} plants that reach most value are weighed one by one; the other {rest} count as not known.")
        rest = found.factories_identified - found.factories_weighed
        yield Text(say.text(cut, n=found.factories_weighed, rest=rest), style=DIM)
    if any(index and index.overlapping for spread in found.spreads for index in (spread.by_factory, spread.by_country)):
        mixed = N_("Where goods have several ingredients, the plants of each count; shares are then of the sum.")
        yield Text(say.text(mixed), style=DIM)


def _next_concentration(found: Concentration, say: Translator) -> RenderableType:
    asked = " ".join(
        (
            "tracegraph concentration",
            *(f"--region {region}" for region in found.regions),
            *(f"--category {category}" for category in found.categories),
        )
    )
    lines = []
    if found.groups:
        lines.append(f"tracegraph stops if-closed {found.groups[0].plant.factory_id}")
    if not found.categories and len(found.spreads) > 1:
        lines.append(f"{asked} --category {found.spreads[1].category}")
    lines.append(f"{asked} --csv shared.csv")
    return following(lines, say)


def _rest(shown: int, total: int, say: Translator) -> Iterator[RenderableType]:
    rest = more(shown, total, say, say.text("--limit N or --all-rows shows them"))
    if rest is not None:
        yield Padding(rest, (0, 0, 0, 2))
