"""What an export wrote, or a load read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.messages import N_
from tracegraph.render.shape import grid
from tracegraph.translate import Translator

_KINDS: Final = {
    "change_set": N_("imports"),
    "reference": N_("products, regions, categories, sources"),
    "holder": N_("companies and plants"),
    "record": N_("incident revisions"),
    "claim": N_("claims, all versions"),
    "claims": N_("claims"),
    "nodes": N_("nodes"),
    "edges": N_("links"),
    "features": N_("plants on the map"),
    "factories": N_("plants"),
}


def transfer_shown(text: str, file: Path, counts: Mapping[str, int], say: Translator) -> RenderableType:
    """Return what was moved; `text` has the place ``{file}``."""
    rows = [
        (Text(say.number(n), justify="right"), Text(say.text(_KINDS.get(kind, kind)))) for kind, n in counts.items()
    ]
    return Group(Text(say.text(text, file=str(file)), style="bold"), grid(rows))
