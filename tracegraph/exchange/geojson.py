"""The factories that a reader sees, as GeoJSON (RFC 7946): longitude first, and nothing is put where nobody knows."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from tracegraph.decide import decide, decide_attribute
from tracegraph.exchange.files import replacing
from tracegraph.lens import Lens
from tracegraph.model import AttributeValue, Claim
from tracegraph.store.port import GraphReader
from tracegraph.store.rows import Holding
from tracegraph.vocabulary import Label, RelationshipType
from tracegraph.walk.visible import visible_holders

T = RelationshipType

#: Attributes of a factory that are given as properties; null where nobody states them.
PROPERTIES: Final = ("name", "aliases", "address", "city", "site_type", "os_id")
_BLOCK: Final = 2_000


def write_geojson(reader: GraphReader, lens: Lens, path: Path) -> dict[str, int]:
    """Write the factories that a reader sees to a file.

    Returns
    -------
    dict of int
        ``factories``, and of these ``located`` and ``unlocated`` (features whose geometry is null).

    Raises
    ------
    InvalidInput
        The file cannot be written.
    """
    features = list(factory_features(reader, lens))
    located = sum(feature["geometry"] is not None for feature in features)
    counts = {"factories": len(features), "located": located, "unlocated": len(features) - located}
    with replacing(path) as file:
        file.write('{"type":"FeatureCollection","features":[')
        for number, feature in enumerate(features):
            file.write(",\n" if number else "\n")
            file.write(json.dumps(feature, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
        file.write("\n]}\n")
    return counts


def factory_features(reader: GraphReader, lens: Lens) -> list[dict[str, Any]]:
    """Return a feature for every factory that a reader sees, by id."""
    return features_of(sorted(visible_holders(reader, lens)), reader, lens)


def features_of(holders: Sequence[str], reader: GraphReader, lens: Lens) -> list[dict[str, Any]]:
    """Return a feature for each of these holders that is a factory which a reader sees, by id."""
    features: list[dict[str, Any]] = []
    for at in range(0, len(holders), _BLOCK):
        held = reader.items_of(holders[at : at + _BLOCK], lens)
        factories = [holding for holding in held if holding.label is Label.FACTORY]
        ids = [holding.holder_id for holding in factories]
        described = _grouped(reader.descriptions(Label.FACTORY, ids, lens) if ids else [], "end")
        links = _grouped(
            reader.links_of(ids, (T.LOCATED_IN, T.OPERATED_BY), "downstream", lens) if ids else [], "start"
        )
        features += [_feature(f, described.get(f.holder_id, []), links.get(f.holder_id, [])) for f in factories]
    return features


def _feature(factory: Holding, described: Sequence[Claim], links: Sequence[Claim]) -> dict[str, Any]:
    properties: dict[str, AttributeValue | None] = {"factory_id": factory.holder_id}
    properties |= {name: decide_attribute(described, name) for name in PROPERTIES}
    properties |= {
        "identified": decide_attribute(described, "identified") is not False,
        "countries": sorted({claim.end.id for claim in links if claim.type is T.LOCATED_IN}),
        "operated_by": sorted({claim.end.id for claim in links if claim.type is T.OPERATED_BY}),
        "products": list(factory.products),
        "source_ids": sorted({claim.source_id for claim in (*described, *links)}),
    }
    place = coordinates(described)
    geometry = {"type": "Point", "coordinates": list(place)} if place else None
    return {"type": "Feature", "id": factory.holder_id, "geometry": geometry, "properties": properties}


def coordinates(described: Sequence[Claim]) -> tuple[float, float] | None:
    """Return longitude and latitude, both from the one claim that decides; None where no claim states both.

    A tie goes to the smaller pair; the longitude of one source never meets the latitude of another.
    """
    stated = [claim for claim in described if _number(claim, "lat") is not None and _number(claim, "lng") is not None]
    claim = decide(stated, lambda c: (c.grade.rank, c.recorded_at), lambda c: (_number(c, "lat"), _number(c, "lng")))
    if claim is None:
        return None
    lat, lng = _number(claim, "lat"), _number(claim, "lng")
    return None if lat is None or lng is None else (lng, lat)


def _number(claim: Claim, name: str) -> float | None:
    value = claim.attributes.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _grouped(claims: Sequence[Claim], end: str) -> dict[str, list[Claim]]:
    found: dict[str, list[Claim]] = {}
    for claim in claims:
        found.setdefault(claim.end.id if end == "end" else claim.start.id, []).append(claim)
    return found
