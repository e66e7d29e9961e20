"""Contracts that look separate and share a plant, and how concentrated their value is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response
from markupsafe import Markup

from tracegraph.access import Permission
from tracegraph.answer_leverage import Concentration, Herfindahl, Overlap, Reached, SharedPlant, Spread
from tracegraph.exchange.leverage import CONCENTRATION_COLUMNS, shared_rows
from tracegraph.messages import N_
from tracegraph.model import NodeRef
from tracegraph.services.concentration import concentration
from tracegraph.services.names import names_of
from tracegraph.vocabulary import Label
from tracegraph_api.context import context, store, translator
from tracegraph_api.inputs import Given, LensQuery, PageQuery, lens_of
from tracegraph_api.media import table
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.holders import Called, holders_of
from tracegraph_api.pages.links import here, link, node_link
from tracegraph_api.pages.narrow import choices_of, money
from tracegraph_api.pages.words import number, plural, say, share
from tracegraph_api.reports import NarrowQuery, narrowed, ranked_page, rows_until

pages = Pages("concentration")

_CONTRACTS: Final = 6
_PARTS: Final = 3
_OVERLAPS: Final = 10
#: An index that may be anything but for this is none.
_ANYTHING: Final = 0.005


@pages.shows("/concentration", Permission.READ, (LensQuery, NarrowQuery, PageQuery), is_heavy=True)
def all(given: Given) -> Response:  # the list of all, as on other pages
    """Show which contracts share a plant."""
    lens = lens_of(given)
    regions, categories = narrowed(given)
    rows = rows_until(given)
    found = concentration(lens, store(), context().portfolios, regions=regions, categories=categories, rows=rows)
    shown, counted = ranked_page(found.groups, found.groups_total, given)
    found = replace(found, groups=tuple(shown))
    sellers = {id for group in found.groups for id in group.direct_suppliers[:_CONTRACTS]}
    called = Called(names_of(_named(found), store(), lens, translator().lang), holders_of(sellers, lens))
    names = called.names
    return render(
        "pages/concentration.html",
        say(N_("Contracts that share a plant")),
        groups=[_group(group, called) for group in found.groups],
        rank=(given["page"] - 1) * given["limit"],
        total=counted.total,
        page=given["page"],
        limit=given["limit"],
        spreads=[_spread(spread, names) for spread in found.spreads],
        overlaps=[_overlap(overlap, names) for overlap in found.overlaps[:_OVERLAPS]],
        overlaps_total=found.overlaps_total,
        weighed=found.factories_weighed,
        identified=found.factories_identified,
        choices=choices_of(lens, given),
        file=here_as(given),
    )


@pages.shows("/concentration/plants.csv", Permission.READ, (LensQuery, NarrowQuery), is_heavy=True)
def file(given: Given) -> Response:
    """Give the whole list as a file."""
    regions, categories = narrowed(given)
    found = concentration(
        lens_of(given), store(), context().portfolios, regions=regions, categories=categories, rows=None
    )
    return as_download(table(CONCENTRATION_COLUMNS, shared_rows(found)), "csv", "concentration")


def here_as(given: Given) -> str:
    """Return the address of the file of what is shown."""
    return link("concentration.file", region=given["region"] or None, category=given["category"] or None)


def _named(found: Concentration) -> Iterable[str]:
    for group in found.groups:
        yield from (group.plant.factory_id, *group.plant.countries, *group.direct_suppliers[:_CONTRACTS])
        yield from group.regions
        yield from (one.facts.contract_id for one in group.contracts[:_CONTRACTS])
    for spread in found.spreads:
        yield from [spread.category] if spread.category else []
        for index in (spread.by_factory, spread.by_country):
            yield from (part.id for part in index.parts[:_PARTS]) if index else []
    for overlap in found.overlaps[:_OVERLAPS]:
        yield from (overlap.first, overlap.second)


def _group(group: SharedPlant, called: Called) -> dict[str, Any]:
    plant, names = group.plant, called.names
    contracts = group.established.contracts + group.possible.contracts
    suppliers = len(group.direct_suppliers)
    return {
        "name": names[plant.factory_id],
        "href": node_link(NodeRef(Label.FACTORY, plant.factory_id)),
        "places": ", ".join(names[code] for code in plant.countries),
        "identified": plant.identified,
        "why": say(
            N_("{contracts} contracts of {suppliers} different direct suppliers have goods from this one plant."),
            contracts=contracts,
            suppliers=suppliers,
        ),
        "counts": [
            (status, reached.contracts, _value(reached))
            for status, reached in (("established", group.established), ("possible", group.possible))
            if reached.contracts
        ],
        "suppliers": [called.holder(id) for id in group.direct_suppliers[:_CONTRACTS]],
        "suppliers_more": max(0, suppliers - _CONTRACTS),
        "regions": ", ".join(names[region] for region in group.regions),
        "contracts": [
            {
                "name": names[one.facts.contract_id],
                "id": one.facts.contract_id,
                "href": node_link(NodeRef(Label.CONTRACT, one.facts.contract_id)),
                "status": one.status.value,
            }
            for one in group.contracts[:_CONTRACTS]
        ],
        "contracts_more": max(0, contracts - _CONTRACTS),
    }


def _value(reached: Reached) -> str:
    return money(reached.value_sek, reached.without_value)


def _spread(spread: Spread, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": names[spread.category] if spread.category else say(N_("All together")),
        "href": here(category=spread.category, page=None) if spread.category else None,
        "contracts": number(spread.contracts),
        "value": money(spread.value_sek, spread.without_value),
        "by_factory": _index(spread.by_factory, names, Label.FACTORY),
        "by_country": _index(spread.by_country, names, Label.COUNTRY),
    }


def _index(found: Herfindahl | None, names: Mapping[str, str], label: Label) -> dict[str, Any] | None:
    if found is None:
        return None
    low, high = found.index.low, found.index.high
    unknown = 1 - found.known.low
    return {
        "index": _index_words(low, high),
        "parts": [
            {
                "name": names[part.id],
                "href": node_link(NodeRef(label, part.id)),
                "share": share(part.share.low, part.share.high),
            }
            for part in found.parts[:_PARTS]
        ],
        "more": max(0, len(found.parts) - _PARTS),
        "unknown": share(max(0.0, 1 - found.known.high), unknown) if unknown >= _ANYTHING / 10 else None,
    }


def _index_words(low: float, high: float) -> Markup | str:
    if low < _ANYTHING and high > 1 - _ANYTHING:
        return say(N_("cannot be told"))
    first, last = number(low, 2), number(high, 2)
    return first if first == last else say(N_("{low} to {high}"), low=first, high=last)


def _overlap(overlap: Overlap, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "contracts": [
            {"name": names[id], "id": id, "href": node_link(NodeRef(Label.CONTRACT, id))}
            for id in (overlap.first, overlap.second)
        ],
        "words": plural(
            N_("{n} plant in common, of {together} that either has"),
            N_("{n} plants in common, of {together} that either has"),
            overlap.shared,
            together=overlap.together,
        ),
    }
