"""Pictures as a test looks at them: drawn from a store, and taken apart into boxes and texts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from tracegraph.answer import Question
from tracegraph.answer_picture import ChainPicture
from tracegraph.lens import Lens
from tracegraph.model import Scope
from tracegraph.render.svg.chain import chain_svg
from tracegraph.render.svg.depth import depth_svg
from tracegraph.render.svg.text import width
from tracegraph.services.chain import chain
from tracegraph.services.dependents import dependents
from tracegraph.services.depth import depth
from tracegraph.services.legend import Legend, items_legend, merged, scope_legend
from tracegraph.services.picture import picture
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.translate import Translator

SVG = "{http://www.w3.org/2000/svg}"


def pictured(
    store: Store, contract: str, lens: Lens, scope: Scope = (), lang: str = "en"
) -> tuple[ChainPicture, Legend]:
    """Return what a chain's picture shows, and the names in it."""
    found = chain(contract, lens, store)
    sources = {claim.source_id for step in found.steps for claim in step.claims}
    items = (node.item_id for node in found.nodes)
    legend = items_legend(items, found.by_country, sources, store, lens, lang=lang)
    answer = dependents(Question(scope, lens), store, Portfolios(store)) if scope else None
    return picture(found, answer), merged([legend, scope_legend(scope, store, lens, lang)])


def drawn(store: Store, contract: str, lens: Lens, scope: Scope = (), lang: str = "en") -> str:
    """Return a chain's picture."""
    return chain_svg(*pictured(store, contract, lens, scope, lang), Translator(lang))


def drawn_depth(store: Store, lens: Lens, lang: str = "en") -> str:
    """Return the picture of depth."""
    report = depth(lens, store, Portfolios(store))
    names = items_legend((), (*report.by_region, *report.by_category), (), store, lens, lang=lang)
    return depth_svg(report, names, Translator(lang))


@dataclass(frozen=True)
class Area:
    """A rectangle in pixels."""

    left: float
    top: float
    right: float
    bottom: float
    what: str = ""

    def overlaps(self, other: Area, slack: float = 0.5) -> bool:
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > slack and down > slack

    def holds(self, other: Area, slack: float = 0.5) -> bool:
        return (
            self.left - slack <= other.left
            and other.right <= self.right + slack
            and self.top - slack <= other.top
            and other.bottom <= self.bottom + slack
        )


def parsed(svg: str) -> Any:
    """Return the document's root; it must be well formed."""
    return ElementTree.fromstring(svg)


def canvas_of(root: Any) -> Area:
    return Area(0, 0, float(root.get("width")), float(root.get("height")))


def texts_of(root: Any) -> list[Area]:
    """Return where each text lies, in the widest of the usual fonts."""
    found = []
    for text in root.iter(f"{SVG}text"):
        size, x, y = float(text.get("font-size")), float(text.get("x")), float(text.get("y"))
        long = width(text.text or "", size, bold="bold" in text.get("class"))
        left = x - long if text.get("text-anchor") == "end" else x
        found.append(Area(left, y - 0.76 * size, left + long, y + 0.24 * size, text.text or ""))
    return found


def written(svg: str) -> list[str]:
    """Return every text that is drawn."""
    return [area.what for area in texts_of(parsed(svg))]


def overlaps(areas: list[Area]) -> Iterator[tuple[Area, Area]]:
    """Yield areas that lie on one another."""
    for n, one in enumerate(areas):
        for two in areas[:n]:
            if one.overlaps(two):
                yield one, two


def points_of(path: str, steps: int = 24) -> list[tuple[float, float]]:
    """Return points along a path of M, H and C."""
    found: list[tuple[float, float]] = []
    for kind, numbers in re.findall(r"([MHC])([-0-9. ]+)", path):
        values = [float(value) for value in numbers.split()]
        if kind == "M":
            found.append((values[0], values[1]))
        elif kind == "H":
            x, y = found[-1]
            found += [(x + (values[0] - x) * n / steps, y) for n in range(1, steps + 1)]
        else:
            curve = [found[-1], *zip(values[::2], values[1::2], strict=True)]
            found += [_bezier(curve, n / steps) for n in range(1, steps + 1)]
    return found


def _bezier(at: list[tuple[float, float]], t: float) -> tuple[float, float]:
    parts = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3)
    x, y = (sum(part * point[axis] for part, point in zip(parts, at, strict=True)) for axis in (0, 1))
    return x, y
