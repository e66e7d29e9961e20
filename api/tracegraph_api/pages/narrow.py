"""What pages about a whole portfolio share: which regions and categories can be picked, and values in SEK."""

from __future__ import annotations

from dataclasses import dataclass

from tracegraph.lens import Lens
from tracegraph.messages import N_
from tracegraph.render import phrases
from tracegraph.services.names import names_of
from tracegraph.services.portfolios import Portfolios
from tracegraph_api.context import context, store, translator
from tracegraph_api.inputs import Given
from tracegraph_api.pages.words import plural, say


@dataclass(frozen=True, slots=True)
class Choices:
    """Which contracts a page can be narrowed to.

    Attributes
    ----------
    regions, categories : list of (str, str)
        Ids and names of those that a contract has which the reader sees, by name.
    region, category : list of str
        Those that are picked.
    """

    regions: list[tuple[str, str]]
    categories: list[tuple[str, str]]
    region: list[str]
    category: list[str]

    @property
    def chosen(self) -> str:
        """What is picked, by name; nothing: everything."""
        names = dict((*self.regions, *self.categories))
        return ", ".join(names.get(id, id) for id in (*self.region, *self.category))


def choices_of(lens: Lens, given: Given) -> Choices:
    """Return what a page can be narrowed to, and is."""
    regions, categories = in_use(lens, context().portfolios)
    names = names_of([*regions, *categories], store(), lens, translator().lang)
    picked = [region.upper() for region in given["region"]]
    return Choices(_named(regions, names), _named(categories, names), picked, list(given["category"]))


def in_use(lens: Lens, portfolios: Portfolios) -> tuple[set[str], set[str]]:
    """Return the regions and categories of the contracts that a lens shows."""
    view = portfolios.under(lens)
    facts = view.facts.values()
    regions = {region for one in facts for region in one.regions}
    return regions, {one.category for one in facts if one.category is not None}


def _named(ids: set[str], names: dict[str, str]) -> list[tuple[str, str]]:
    return sorted(((id, names[id]) for id in ids), key=lambda pair: pair[1].casefold())


def money(value: float | None, without: int = 0) -> str:
    """Return a sum in SEK, and of how many nobody states a value."""
    if value is None:
        return str(say(N_("value not stated")))
    amount = phrases.money(value, translator()).replace(" ", "\N{NO-BREAK SPACE}")
    if not without:
        return amount
    rest = plural(N_("and {n} without a stated value"), N_("and {n} without a stated value"), without)
    return f"{amount} {rest}"
