"""What a retraction did."""

from __future__ import annotations

from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from tracegraph.messages import N_
from tracegraph.render.claims import change_shown
from tracegraph.store.rows import ApplyReport
from tracegraph.translate import Translator


def retract_body(report: ApplyReport) -> dict[str, Any]:
    """Return what a retraction did as JSON."""
    return {
        "change_set": report.change_set,
        "retracted": report.retracted,
        "already_retracted": report.unchanged,
        "incidents": report.incidents_changed,
        "examples": [{"claim_id": change.claim_id, "claim_key": change.claim_key} for change in report.examples],
    }


def retract_shown(report: ApplyReport, say: Translator) -> RenderableType:
    """Return what a retraction did, for a terminal."""
    if report.is_nothing:
        return Text(say.text("Nothing changed: all of this was retracted before."))
    ended = say.plural(N_("{n} claim ended"), N_("{n} claims ended"), report.retracted)
    lines: list[RenderableType] = [Text(f"{ended}.", style="bold")]
    lines += [change_shown(change, say) for change in report.examples if change.kind == "retracted"]
    if report.incidents_changed:
        lines.append(
            Text(
                say.plural(
                    N_("{n} incident revision ended."), N_("{n} incident revisions ended."), report.incidents_changed
                )
            )
        )
    if report.unchanged:
        lines.append(Text(say.text("{n} were retracted before.", n=report.unchanged)))
    lines.append(Text(say.text("As known before, they are still seen: use --known-at."), style="dim"))
    return Group(*lines)
