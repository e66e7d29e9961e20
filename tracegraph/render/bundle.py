"""That an evidence bundle was written, and how to check it."""

from __future__ import annotations

from pathlib import Path

from rich.console import RenderableType
from rich.text import Text

from tracegraph.answer_bundle import Bundle
from tracegraph.messages import N_
from tracegraph.render.shape import DIM
from tracegraph.translate import Translator


def bundle_shown(bundle: Bundle, path: Path, say: Translator) -> RenderableType:
    """Return where the bundle is, what it holds, and how it is checked."""
    claims = sum(len(found) for found, _ in bundle.claims.values())
    holds = (
        say.plural(N_("{n} contract"), N_("{n} contracts"), len(bundle.contracts)),
        say.plural(N_("{n} claim"), N_("{n} claims"), claims),
        say.plural(N_("{n} source"), N_("{n} sources"), len(bundle.sources)),
    )
    written = Text(say.text("Evidence written to {path}: {holds}.", path=str(path), holds=", ".join(holds)))
    if bundle.left_out:
        left = say.text(
            "Not in it: what lies upstream of {n} unmapped contracts; it would be too much.", n=bundle.left_out
        )
        written.append(" " + left, style="yellow")
    how = say.text("Check it: unpack it and run python recompute.py (needs networkx alone).")
    return written.append("\n" + how, style=DIM)
