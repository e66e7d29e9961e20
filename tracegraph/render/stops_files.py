"""Time to recover and survive, and cascades, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer_outage import Cascade, Model, Outage, Recovery, Towards
from tracegraph.messages import N_
from tracegraph.render.shape import DIM, DOT, grid, heading, more
from tracegraph.translate import Translator

_MODEL: Final[Mapping[Model, str]] = {
    Model.GL: N_("inputs essential or not, as the file says"),
    Model.LINEAR: N_("every input as if not essential"),
    Model.LEONTIEF: N_("every input as if essential"),
}

_TOWARDS: Final[Mapping[Towards, str]] = {
    Towards.BOTH: N_("to buyers and to sellers"),
    Towards.DOWNSTREAM: N_("to buyers only"),
    Towards.UPSTREAM: N_("to sellers only"),
}


def recovery_shown(found: Recovery, say: Translator, limit: int | None = 20) -> RenderableType:
    """Return what the loss of each site means."""
    plan = found.plan
    alarms = sum(outage.alarm for outage in found.outages)
    sites = say.plural(N_("{n} site"), N_("{n} sites"), len(plan.sites))
    products = say.plural(N_("{n} product"), N_("{n} products"), len(plan.products))
    parts: list[RenderableType] = [
        Text(say.text("If a site is lost: how long supply lasts, and what it costs"), style="bold"),
        Text(DOT.join([sites, products, say.text("time in {unit}", unit=plan.time_unit)]), style=DIM),
    ]
    if found.normal:
        units = say.number(sum(found.normal.values()), 1)
        text = say.text("Even with every site at work {units} units are short: demand is over capacity.", units=units)
        parts.append(Text(text, style="bold yellow"))
    one, many = (
        N_("{n} site takes longer to recover than supply lasts"),
        N_("{n} sites take longer to recover than supply lasts"),
    )
    parts += [Text(), Text(f"  {say.plural(one, many, alarms)}", style="bold red" if alarms else ""), Text()]
    listed = found.outages[:limit]
    parts.append(grid([_outage(outage, found, say) for outage in listed]))
    rest = more(len(listed), len(found.outages), say, say.text("--limit N or --all-rows shows them"))
    note = say.text(
        "The cost is the least possible: the best use of stocks and of what the other sites can make. The index "
        "compares it with the costliest site."
    )
    parts += [Padding(rest, (0, 0, 0, 2))] if rest else []
    return Group(*parts, Text(), Text(note, style=DIM))


def _outage(outage: Outage, found: Recovery, say: Translator) -> tuple[RenderableType, ...]:
    survives = outage.time_to_survive
    lasts = say.text("lasts without end") if survives is None else say.text("lasts {time}", time=_short(survives, say))
    recovers = say.text("recovers in {time}", time=_short(outage.site.time_to_recover, say))
    cost = say.text("costs {amount}", amount=say.number(outage.cost)) if outage.cost else say.text("costs nothing")
    words = [f"{cost} {found.plan.currency}".strip() if outage.cost else cost]
    if outage.cost:
        words.append(say.text("index {index}", index=say.number(outage.exposure_index, 2)))
    if outage.lost:
        lost = ", ".join(f"{say.number(units, 1)} {product}" for product, units in outage.lost.items())
        words.append(say.text("short of {lost}", lost=lost))
    mark = Text(say.text("alarm"), style="bold red") if outage.alarm else Text()
    return Text(outage.site.site_id, style="bold"), mark, Text(f"{lasts}, {recovers}"), Text(DOT.join(words))


def _short(value: float, say: Translator) -> str:
    return say.number(value, 0 if float(value).is_integer() else 2)


def cascade_shown(found: Cascade, say: Translator, limit: int | None = 20) -> RenderableType:
    """Return what closing each firm costs the whole."""
    setting = found.setting
    firms = say.plural(N_("{n} firm"), N_("{n} firms"), found.firms)
    links = say.plural(N_("{n} link"), N_("{n} links"), found.links)
    words = [firms, links, say.text(_MODEL[setting.model]), say.text(_TOWARDS[setting.towards])]
    if setting.replaceable:
        words.append(say.text("buyers turn to others of the same industry"))
    words.append(say.text("epsilon {value}", value=f"{setting.epsilon:g}"))
    parts: list[RenderableType] = [
        Text(say.text("If one firm closes: the part of all sales that is lost"), style="bold"),
        Text(DOT.join(words), style=DIM),
    ]
    if found.cut:
        text = say.text("Only the {n} firms that sell most were closed; --close ID names others.", n=len(found.losses))
        parts.append(Text(text, style="bold yellow"))
    if not all(loss.converged for loss in found.losses):
        parts.append(Text(say.text("Some runs did not come to rest; their losses are too low."), style="bold yellow"))
    listed = found.losses[:limit]
    rows = [
        (
            Text(loss.firm_id, style="bold"),
            Text(say.text("{percent} %", percent=say.number(loss.loss * 100, 1)), justify="right"),
            Text(
                say.text("of which its own sales {percent} %", percent=say.number(loss.own_share * 100, 1)), style=DIM
            ),
        )
        for loss in listed
    ]
    rest = more(len(listed), len(found.losses), say, say.text("--limit N or --all-rows shows them"))
    note = say.text(
        "A picture of the first weeks at their worst: no stocks, no time to adapt. It ranks firms; it does not "
        "forecast."
    )
    parts += [Text(), heading(say.text("by firm")), grid(rows)]
    parts += [Padding(rest, (0, 0, 0, 2))] if rest else []
    return Group(*parts, Text(), Text(note, style=DIM))
