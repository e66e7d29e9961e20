"""Commands about the audit trail: for the administrator of an installation."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.text import Text

from tracegraph.cli.failures import DONE, FOUND
from tracegraph.cli.help import Spoken, SpokenGroup
from tracegraph.cli.options import common_options, lang_option, pass_session
from tracegraph.cli.session import Session
from tracegraph.messages import N_
from tracegraph.services.anchors import Kept, read_anchors, write_anchor
from tracegraph.services.audit import Examined, examined, examined_body, row_body, trail

_BROKEN = {
    "edited": N_("row {n} is not as it was written"),
    "reordered": N_("row {n} belongs elsewhere"),
    "missing": N_("row {n} is missing"),
    "inserted": N_("row {n} does not follow the row before it"),
    "truncated": N_("the end is cut off: an anchor knows row {n}"),
    "rechained": N_("row {n}, or one before it, was written anew: an anchor knows another"),
}


@click.group("audit", cls=SpokenGroup, help=N_("Who read or changed what, and whether the trail is as it was written."))
@lang_option
def audit() -> None:
    """Hold the commands about the trail."""


@audit.command(
    "verify",
    cls=Spoken,
    help=N_(
        "Look for what was edited, moved, taken out or put in. With --anchor also for an end that was cut off: the "
        "file has ends that were kept earlier, and gets the present one where all is well. Keep it where nobody who "
        "can write the store can change it."
    ),
    example="tracegraph audit verify --anchor /media/other/anchors.ndjson",
)
@click.option(
    "--anchor", "file", metavar="FILE", type=click.Path(path_type=Path), help=N_("Ends that were kept earlier.")
)
@common_options
@pass_session
def verify_(session: Session, /, *, file: Path | None) -> int:
    """Say whether the trail is intact."""
    anchors = [kept.anchor for kept in read_anchors(file)] if file else []
    with session.store() as store:
        found = examined(store, anchors)
    verdict = found.verdict
    if file is not None and verdict.is_intact and verdict.end.count:
        write_anchor(file, Kept(session.now, verdict.end))
    session.answer(lambda: examined_body(found), lambda: Text(_said(found, session)))
    return DONE if verdict.is_intact else FOUND


@audit.command(
    "export",
    cls=Spoken,
    help=N_("Print the whole trail, one JSON object a line."),
    example="tracegraph audit export > audit.ndjson",
)
@common_options
@pass_session
def export(session: Session, /) -> None:
    """Print the trail."""
    with session.store() as store:
        for row in trail(store):
            click.echo(json.dumps(row_body(row), ensure_ascii=False))


def _said(found: Examined, session: Session) -> str:
    verdict = found.verdict
    if verdict.reason is not None:
        return session.text(_BROKEN[verdict.reason], n=verdict.broken_at)
    rows = verdict.end.count
    if not rows:
        return session.text(N_("The trail has no rows yet."))
    if found.unanchored_since is not None:
        return session.text(
            N_("The {n} rows are as they were written; the last {m}, since {moment}, are covered by no anchor."),
            n=rows,
            m=rows - verdict.anchored,
            moment=found.unanchored_since,
        )
    return session.text(N_("The {n} rows are as they were written, and an anchor agrees."), n=rows)
