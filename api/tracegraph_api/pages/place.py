"""Where a plant stands, as far as it is stated: coordinates, how exact they are, and a dot on a small map."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tracegraph.answer_show import Portrait
from tracegraph.messages import N_
from tracegraph_api.pages.said import Said, said_of
from tracegraph_api.pages.words import as_stated, decimals_of, number, say

#: Metres that the last decimal of a degree of latitude stands for, by the number of decimals.
_METRES: Final[Mapping[int, int]] = {0: 111_000, 1: 11_000, 2: 1_100, 3: 110, 4: 11, 5: 1}
WIDTH: Final = 360  # pixels: one for each degree of longitude
HEIGHT: Final = 180


@dataclass(frozen=True, slots=True)
class Place:
    """A point, all of it from one source.

    Attributes
    ----------
    latitude, longitude : str
        As they are stated, written as numbers are in the reader's language.
    precision : str
        How exact they are as they are stated, in words.
    x, y : float
        Where the point is on a map of the world, one pixel for each degree.
    said : Said
        Who says so.
    """

    latitude: str
    longitude: str
    precision: str
    x: float
    y: float
    said: Said


def place_of(portrait: Portrait) -> Place | None:
    """Return where a plant stands; None: no source states both coordinates."""
    found = {one.name: one for one in portrait.attributes if one.name in ("lat", "lng")}
    if len(found) < 2:
        return None
    longitudes = {said.evidence.claim_id: said.value for said in found["lng"].statements}
    for said in found["lat"].statements:  # the one that counts first
        lat, lng = said.value, longitudes.get(said.evidence.claim_id)
        if isinstance(lat, int | float) and isinstance(lng, int | float):
            decimals = max(decimals_of(lat), decimals_of(lng))
            where = lng + 180, 90 - lat
            return Place(as_stated(lat), as_stated(lng), _precision(decimals), *where, said_of(said.evidence))
    return None


def _precision(decimals: int) -> str:
    metres = _METRES[min(decimals, max(_METRES))]
    if metres >= 1_000:
        return str(say(N_("stated to about {n} km"), n=number(round(metres / 1_000))))
    return str(say(N_("stated to about {n} m"), n=number(metres)))
