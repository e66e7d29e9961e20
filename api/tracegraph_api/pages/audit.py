"""The audit log: who read or changed what, of one's own region; whether it is as it was written; as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from flask import Response, json, stream_with_context

from tracegraph.access import Permission
from tracegraph.exchange.csv_export import safe_cell
from tracegraph.messages import N_
from tracegraph.services.anchors import Kept, read_anchors
from tracegraph.services.audit import examined, row_body, rows_wanted
from tracegraph_api.context import context, principal, store
from tracegraph_api.inputs import Given
from tracegraph_api.pages.audit_words import ACTIONS, REASONS, action_said, row_said
from tracegraph_api.pages.declare import Pages
from tracegraph_api.pages.files import as_download
from tracegraph_api.pages.frame import render
from tracegraph_api.pages.links import here, link
from tracegraph_api.pages.words import say
from tracegraph_api.resources.audit import AuditPageQuery, AuditQuery, rows_asked, sees_all, wanted_of

pages = Pages("audit")

COLUMNS: Final = ("recorded_at", "actor", "action", "subject", "request_id", "facts")


@pages.shows("/audit", Permission.AUDIT, (AuditPageQuery,), is_heavy=True)
def rows(given: Given) -> Response:
    """List rows of the log, the oldest first."""
    found, cursor = rows_asked(given)
    names = ("actor", "action", "subject", "since", "until")
    return render(
        "pages/audit.html",
        say(N_("Audit log")),
        rows=[row_said(row) for row in found],
        following=here(cursor=cursor) if cursor else None,
        is_first="cursor" not in given,
        given={name: given.get(name) or "" for name in names},
        actions=sorted(((name, action_said(name)) for name in ACTIONS), key=lambda pair: pair[1]),
        file=link("audit.export", **{name: given.get(name) for name in names}),
        sees_all=sees_all(),
        may_verify=principal().may(Permission.SYSTEM),
        reads=context().settings.audit.audit_reads == "on",
    )


@pages.shows("/audit/rows.csv", Permission.AUDIT, (AuditQuery,))
def export(given: Given) -> Response:
    """Give all rows that are asked for, as a file."""
    response = as_download("", "csv", "audit")
    response.response = stream_with_context(_lines(given))
    response.headers.pop("Content-Length", None)
    return response


def _lines(given: Given) -> Iterator[bytes]:
    in_chain = sees_all()
    yield "\ufeff".encode() + _line(COLUMNS)
    for row in rows_wanted(store(), wanted_of(given)):
        body = row_body(row, in_chain=in_chain)
        facts = json.dumps(body["facts"], ensure_ascii=False)
        yield _line([*(body[name] for name in COLUMNS[:-1]), facts])


def _line(cells: Any) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow([safe_cell(cell) for cell in cells])
    return text.getvalue().encode()


@pages.shows("/audit/verification", Permission.SYSTEM, is_heavy=True)
def verification(_: Given) -> Response:
    """Say whether the log is as it was written, also against its ends as they were kept outside the store."""
    kept = _kept()
    found = examined(store(), [one.anchor for one in kept])
    verdict = found.verdict
    return render(
        "pages/audit_verification.html",
        say(N_("Is the audit log intact?")),
        crumbs=[(say(N_("Audit log")), link("audit.rows"))],
        verdict=verdict,
        broken=say(REASONS[verdict.reason], n=str(verdict.broken_at)) if verdict.reason else "",
        unanchored_since=found.unanchored_since,
        kept=kept[-20:][::-1],
        kept_count=len(kept),
        has_file=bool(context().settings.audit.audit_anchor),
    )


def _kept() -> list[Kept]:
    path = context().settings.audit.audit_anchor
    return read_anchors(Path(path)) if path else []
