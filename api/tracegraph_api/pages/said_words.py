"""What facts, links and identifiers are called on pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from tracegraph.answer_show import LinkRole
from tracegraph.messages import N_
from tracegraph.render.words import SERVICE

#: Attributes in the order in which a page lists them.
ATTRIBUTES: Final[Mapping[str, str]] = {
    "name": N_("Name"),
    "title": N_("Title"),
    "aliases": N_("Other names"),
    "org_no": N_("Organisation number"),
    "identifiers": N_("Identifiers"),
    "os_id": N_("OS ID"),
    "lei": N_("LEI"),
    "identified": N_("The plant is named"),
    "site_type": N_("Kind of site"),
    "address": N_("Address"),
    "city": N_("City"),
    "country": N_("Country"),
    "lat": N_("Latitude"),
    "lng": N_("Longitude"),
    "website": N_("Web site"),
    "diary_no": N_("Diary number"),
    "start": N_("Starts"),
    "end": N_("Ends"),
    "value_sek": N_("Value"),
    "regions": N_("Regions"),
    "category": N_("Category"),
    "cpv": N_("CPV codes"),
    "clause_level": N_("Clauses on sustainability"),
    "sourcing": N_("Whether all sources are listed"),
    "source_count": N_("Number of sources"),
}
#: The place of each among the others.
ORDER: Final[Mapping[str, int]] = {name: place for place, name in enumerate(ATTRIBUTES)}

ROLES: Final[Mapping[LinkRole, str]] = {
    LinkRole.DELIVERED_ITEM: N_("What is delivered, and by whom"),
    LinkRole.OPERATOR: N_("Operated by"),
    LinkRole.OWNER: N_("Owned by"),
    LinkRole.LOCATION: N_("Stands in"),
    LinkRole.REGISTRATION: N_("Registered in"),
    LinkRole.PLANT: N_("Plants that it operates"),
    LinkRole.OWNED: N_("Owns"),
    LinkRole.ITEM: N_("Goods"),
    LinkRole.HOLDER: N_("Held by"),
    LinkRole.SELLER: N_("Buys from"),
    LinkRole.BUYER: N_("Sells to"),
    LinkRole.INPUT: N_("Is made from"),
    LinkRole.OUTPUT: N_("Is made into"),
    LinkRole.CONTRACT: N_("Contracts"),
    LinkRole.SERVICE_CLIENT: N_("Serves"),
    LinkRole.SERVICE_PROVIDER: N_("Served by"),
    LinkRole.LOCATED_FACTORY: N_("Plants that stand there"),
    LinkRole.REGISTERED_SUPPLIER: N_("Companies that are registered there"),
    LinkRole.REGION: N_("Regions that use it"),
    LinkRole.CATEGORY: N_("Category"),
    LinkRole.BROADER: N_("Broader goods"),
    LinkRole.NARROWER: N_("Narrower goods"),
    LinkRole.INGREDIENT: N_("Made from these goods"),
    LinkRole.PRODUCT_MADE: N_("Goods that are made from it"),
}

#: Words of closed lists that values, and services, are given in.
CHOICES: Final[Mapping[str, str]] = {
    "basic": N_("basic"),
    "advanced": N_("advanced"),
    **{str(service): text for service, text in SERVICE.items()},
}

SCHEME_NAMES: Final[Mapping[str, str]] = {
    "org_no": N_("organisation number"),
    "lei": N_("LEI"),
    "os_id": N_("OS ID"),
    "duns": N_("DUNS"),
    "gln": N_("GLN"),
}
