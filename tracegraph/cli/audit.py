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
from tracegraph.errors import InvalidInput
from tracegraph.messages import N_
from tracegraph.services.audit import anchor_line, anchors_of, row_body, trail, verdict_body
from tracegraph.store.audit_chain import Anchor, Verdict, verify

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
    anchors = _anchors(file)
    with session.store() as store:
        verdict = verify(trail(store), anchors)
    if file is not None and verdict.is_intact:
        with file.open("a", encoding="utf-8") as kept:
            kept.write(anchor_line(verdict.end, session.now) + "\n")
    session.answer(lambda: verdict_body(verdict), lambda: Text(_said(verdict, session)))
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


def _anchors(file: Path | None) -> list[Anchor]:
    if file is None or not file.exists():
        return []
    try:
        return anchors_of(file.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(N_("the file {path} cannot be read: {reason}"), path=str(file), reason=str(error)) from error


def _said(verdict: Verdict, session: Session) -> str:
    if verdict.reason is not None:
        return session.text(_BROKEN[verdict.reason], n=verdict.broken_at)
    rows = verdict.end.count
    if verdict.anchored < rows:
        return session.text(
            N_("The {n} rows are as they were written; the last {m} are not covered by an anchor."),
            n=rows,
            m=rows - verdict.anchored,
        )
    return session.text(N_("The {n} rows are as they were written, and an anchor agrees."), n=rows)
