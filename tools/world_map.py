"""Make the shapes of the world map again, from the npm package world-atlas (Natural Earth, public domain).

Usage: ``npm pack world-atlas@2.0.2``, unpack it, and ``python tools/world_map.py package/`` writes
``api/tracegraph_api/static/vendor/world-atlas/world.json``: an SVG path for each country that Natural Earth draws at
1:110 million, and a point for each that it draws at 1:50 million only. What is drawn otherwise than there stands in
`CRIMEA` and `PARTS`.
"""

from __future__ import annotations

import hashlib
import json
import math
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pycountry

TARGET: Final = Path(__file__).resolve().parent.parent / "api/tracegraph_api/static/vendor/world-atlas"
SHAPES: Final = "countries-110m.json"
POINTS: Final = "countries-50m.json"
HASHES: Final = {
    SHAPES: "2516c915867c7baf18ddec727aec46c315541a07cfb3d79a6559b05d5e94eee8",
    POINTS: "04342cdc1e3016bcd7db1630de95684d67b79fe3c8c460321e87aef469502394",
    "LICENSE": "8048290dfdb6e83fbed17e8985c8cfc4ce9da9b842642f3d3e497280790cfa31",
}
#: The two arcs of Crimea, which Natural Earth gives to Russia: the border with the rest of Ukraine, and the coast.
CRIMEA: Final = (163, 164)
RUSSIA: Final = "643"
UKRAINE: Final = "804"
#: Areas without a code of ISO 3166, and the code under which they are drawn.
PARTS: Final = {"N. Cyprus": "CY", "Somaliland": "SO", "Kosovo": "XK"}
LEFT_OUT: Final = frozenset({"AQ"})
#: The map is cut in the Bering Strait, where no shape lies.
MIDDLE: Final = 11.5
WIDTH: Final = 1000.0

Point = tuple[float, float]
#: Polynomial of the Equal Earth projection (Šavrič, Patterson, Jenny 2018).
_A: Final = (1.340264, -0.081106, 0.000893, 0.003796)
_ROOT: Final = math.sqrt(3) / 2


def main() -> None:
    """Write the file."""
    package = Path(sys.argv[1])
    for name, expected in HASHES.items():
        found = hashlib.sha256((package / name).read_bytes()).hexdigest()
        if found != expected:
            sys.exit(f"{name} is not the one of world-atlas 2.0.2: {found}")
    TARGET.mkdir(parents=True, exist_ok=True)
    made = world(json.loads((package / SHAPES).read_text()), json.loads((package / POINTS).read_text()))
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (TARGET / "world.json").write_text(text + "\n", encoding="utf-8")
    shutil.copyfile(package / "LICENSE", TARGET / "LICENSE")


def world(coarse: Mapping[str, Any], fine: Mapping[str, Any]) -> dict[str, Any]:
    """Return the shapes and points of countries, by code."""
    rings = {code: found for code, found in polygons(coarse, with_crimea=True).items() if code not in LEFT_OUT}
    projected = {code: [[project(*at) for at in ring] for ring in found] for code, found in rings.items()}
    every = [at for found in projected.values() for ring in found for at in ring]
    left, right = min(x for x, _ in every), max(x for x, _ in every)
    top, bottom = max(y for _, y in every), min(y for _, y in every)
    scale = WIDTH / (right - left)

    def place(at: Point) -> Point:
        return round((at[0] - left) * scale, 1), round((top - at[1]) * scale, 1)

    shapes = {code: "".join(path([place(at) for at in ring]) for ring in found) for code, found in projected.items()}
    points = {}
    for code, found in {**polygons(fine), **rings}.items():
        if code not in LEFT_OUT:
            points[code] = list(place(centre([[project(*at) for at in ring] for ring in found])))
    return {"width": WIDTH, "height": round((top - bottom) * scale, 1), "shapes": shapes, "points": points}


def polygons(topology: Mapping[str, Any], *, with_crimea: bool = False) -> dict[str, list[list[Point]]]:
    """Return the rings of each country, in degrees."""
    arcs = [list(unpacked(arc, topology["transform"])) for arc in topology["arcs"]]
    found: dict[str, list[list[Point]]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = code_of(shape)
        if code is None:
            continue
        nested = shape.get("arcs", [])
        listed = nested if shape["type"] == "MultiPolygon" else [nested]
        rings = [list(ring) for polygon in listed for ring in polygon]
        if with_crimea:
            rings = moved(rings, shape.get("id"))
        found.setdefault(code, []).extend(joined(ring, arcs) for ring in rings)
    return found


def moved(rings: list[list[int]], country: str | None) -> list[list[int]]:
    """Return the rings of a country with Crimea at Ukraine: it goes around its coast, no more along the isthmus."""
    isthmus, coast = CRIMEA
    if country == RUSSIA:
        kept = [ring for ring in rings if sorted(ring) != sorted(CRIMEA)]
        assert len(kept) == len(rings) - 1, "Crimea is no ring of its own: look at the data"
        return kept
    if country == UKRAINE:
        assert any(~isthmus in ring for ring in rings), "Ukraine does not border on Crimea: look at the data"
        return [[coast if arc == ~isthmus else arc for arc in ring] for ring in rings]
    return rings


def code_of(shape: Mapping[str, Any]) -> str | None:
    """Return the code of a shape; None: it has none and is part of none."""
    number = shape.get("id")
    country = pycountry.countries.get(numeric=number) if number else None
    return country.alpha_2 if country else PARTS.get(shape["properties"]["name"])


def unpacked(arc: Sequence[Sequence[int]], transform: Mapping[str, Any]) -> Iterator[Point]:
    """Yield the points of an arc, in degrees."""
    (across, up), (left, low) = transform["scale"], transform["translate"]
    x = y = 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        yield x * across + left, y * up + low


def joined(ring: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """Return the points of a ring."""
    points: list[Point] = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points += arc[1:] if points else arc
    return points


def project(longitude: float, latitude: float) -> Point:
    """Return a place on the map (Equal Earth: areas keep their proportions)."""
    across = math.radians((longitude - MIDDLE + 180) % 360 - 180)
    angle = math.asin(_ROOT * math.sin(math.radians(latitude)))
    square = angle * angle
    sixth = square**3
    a, b, c, d = _A
    slope = 9 * d * sixth * square + 7 * c * sixth + 3 * b * square + a
    return across * math.cos(angle) / (_ROOT * slope), angle * (a + b * square + sixth * (c + d * square))


def centre(rings: Sequence[Sequence[Point]]) -> Point:
    """Return the centre of the largest of some rings."""
    best = max(rings, key=lambda ring: abs(area(ring)))
    whole = area(best)
    if not whole:
        return best[0]
    x = y = 0.0
    for (ax, ay), (bx, by) in zip(best, [*best[1:], best[0]], strict=True):
        cross = ax * by - bx * ay
        x, y = x + (ax + bx) * cross, y + (ay + by) * cross
    return x / (6 * whole), y / (6 * whole)


def area(ring: Sequence[Point]) -> float:
    """Return the signed area of a ring."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def path(ring: Sequence[Point]) -> str:
    """Return a ring as an SVG path, in steps from point to point."""
    assert all(abs(a[0] - b[0]) < WIDTH / 2 for a, b in pairwise(ring)), "a shape lies on both sides of the cut"
    (x, y), *rest = dict.fromkeys(ring)
    if len(rest) < 2:
        return ""  # two points of a coarse border that fell together
    words = [f"M{x:g},{y:g}l"]
    for at, (ax, ay) in enumerate(rest):
        words.append(f"{' ' if at else ''}{ax - x:.1f},{ay - y:.1f}")
        x, y = ax, ay
    return "".join(words) + "z"


if __name__ == "__main__":
    main()
