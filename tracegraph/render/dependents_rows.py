"""One contract of the answer to "which contracts depend on this"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from tracegraph.answer import Dependent
from tracegraph.messages import N_
from tracegraph.model import holder_of, product_of
from tracegraph.render.routes import route_words, weakest_words
from tracegraph.render.shape import in_sentence, labelled, with_id
from tracegraph.render.shares import exposed_words
from tracegraph.render.words import ASSUMPTION, BASIS
from tracegraph.services.legend import Legend
from tracegraph.services.unnamed_plants import UnnamedPlants
from tracegraph.translate import Translator

OPEN_ENDS_SHOWN = 3
Labelled = tuple[str, RenderableType]


def contract_shown(
    dependent: Dependent, legend: Legend, say: Translator, *, with_route: bool = True, beside: Iterable[Labelled] = ()
) -> RenderableType:
    """Return one contract: what it is, whom to call, how it is reached, what is not known.

    Parameters
    ----------
    dependent : Dependent
        The answer for it.
    legend, say
        Names, and the language.
    with_route : bool
        Whether the route is shown.
    beside : iterable of tuple
        Lines to add: a word, and what it stands for.
    """
    head = Text.assemble("  ", (dependent.facts.contract_id, "bold"), "  ", dependent.facts.title or "")
    facts = Padding(Text(" · ".join(_facts(dependent, say))), (0, 0, 0, 4), expand=False)
    lines = [*_lines(dependent, legend, say, with_route=with_route), *beside]
    return Group(head, facts, labelled(lines, indent=4)) if lines else Group(head, facts)


def _facts(dependent: Dependent, say: Translator) -> Iterator[str]:
    facts = dependent.facts
    if facts.regions:
        yield ", ".join(facts.regions)
    yield say.text("ends {day}", day=facts.end) if facts.end else say.text("end not stated")
    yield exposed_words(dependent, say)
    if dependent.tier is not None:
        yield say.text("tier {n}", n=dependent.tier)
    if dependent.basis is not None:
        yield say.text(BASIS[dependent.basis])


def _lines(
    dependent: Dependent, legend: Legend, say: Translator, *, with_route: bool
) -> Iterator[tuple[str, RenderableType]]:
    if dependent.direct_suppliers:
        yield say.text("call"), _holders(dependent.direct_suppliers, legend)
    if dependent.route and with_route:
        yield say.text("route"), Text(route_words(dependent.route, legend, say))
        yield say.text("weakest"), Text(weakest_words(dependent, legend, say))
    if dependent.ask:
        yield say.text("ask"), _holders(dependent.ask, legend)
    if dependent.open_ends.total:
        yield say.text("unknown"), Text(open_ends_words(dependent, legend, say))
    if dependent.assumptions:
        yield say.text("note"), Text("; ".join(say.text(ASSUMPTION[a]) for a in dependent.assumptions))


def _holders(ids: Iterable[str], legend: Legend) -> Text:
    return Text(", ").join([with_id(legend.holder(id), id) for id in ids])


def open_ends_words(dependent: Dependent, legend: Legend, say: Translator) -> str:
    """Return where knowledge ends upstream of a contract, holders of the same goods together."""
    bought: dict[str, list[str]] = {}
    made: dict[str, list[str]] = {}
    words: list[str] = []
    for end in dependent.open_ends.ids:
        if "/" not in end:
            delivered = (
                N_("what else is delivered under the contract, and by whom")
                if dependent.ask or dependent.direct_suppliers
                else N_("what is delivered under the contract, and by whom")
            )
            words.append(say.text(delivered))
            continue
        at = made if holder_of(end) in legend.factories else bought
        at.setdefault(product_of(end), []).append(legend.holder(holder_of(end)))
    words += _each(N_("who supplies {holders} with {goods}"), bought, legend, say)
    words += _each(N_("what goes into {goods} at {holders}"), made, legend, say)
    unlisted = dependent.open_ends.total - len(dependent.open_ends.ids)
    rest = len(words) - OPEN_ENDS_SHOWN + unlisted
    if rest > 0:
        words = [*words[:OPEN_ENDS_SHOWN], say.text("{n} more", n=rest)]
    return "; ".join(words)


def _each(text: str, holders: Mapping[str, list[str]], legend: Legend, say: Translator) -> Iterator[str]:
    for product, named in holders.items():
        yield say.text(text, goods=in_sentence(legend.product(product)), holders=", ".join(named))


def unnamed_words(found: UnnamedPlants, say: Translator) -> str:
    """Return what a No takes for granted about plants that nobody names."""
    return say.plural(
        N_(
            "One contract for which no link is known has goods from a plant that nobody names, in a country where what "
            "you ask about has a plant with such goods. Whose plant that is, nobody says, so it does not count here: "
            "this “no link” is no proof. Ask the supplier which plant it is."
        ),
        N_(
            "{n} contracts for which no link is known have goods from plants that nobody names, in countries where "
            "what you ask about has plants with such goods. Whose plants these are, nobody says, so they do not count "
            "here: these “no link” are no proof. Ask the suppliers which plants they are."
        ),
        found.contracts,
    )
