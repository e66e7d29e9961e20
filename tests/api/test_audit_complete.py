"""P-06: every writing route of the URL map writes its row in the transaction of what it does, or does nothing.

The requests are those behind the document's examples, which reach every operation: a new writing route is covered by
being documented, and fails this test until it is.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tests.api.conftest import ROOT
from tests.api.pinned import api_rules
from tools.make_openapi_doc import demo
from tools.openapi_asking import Asker
from tracegraph.services.operations import OPERATION
from tracegraph.services.pieces import UPLOAD
from tracegraph.settings_api import Access, ApiSettings
from tracegraph.store.port import AUDIT, Store
from tracegraph.store.rows import Record
from tracegraph_api import create_app
from tracegraph_api.operation import told_of

#: What a request leaves behind that did nothing: its key, for a minute, and parts of a file that nothing refers to.
_LEFT = (OPERATION, UPLOAD)
_FULL = """
    CREATE TRIGGER full BEFORE INSERT ON record WHEN NEW.kind = 'audit' BEGIN SELECT RAISE(ABORT, 'full'); END"""


def changing(app: Flask) -> set[str]:
    """Return the routes that change something."""
    return {
        f"{method} {rule.rule.removeprefix(ROOT)}"
        for rule in api_rules(app)
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}
        if told_of(app.view_functions[rule.endpoint]).changes
    }


def everything(store: Store) -> list[str]:
    """Return all that a store holds."""
    return [json.dumps(line, sort_keys=True) for line in store.stream() if line.get("kind") not in _LEFT]


def trail(store: Store) -> list[Record]:
    return store.page(AUDIT, limit=5_000)


@contextmanager
def full_trail(path: Path) -> Iterator[None]:
    """Let no row be added to the trail."""
    for sql in (_FULL, "DROP TRIGGER full"):
        with closing(sqlite3.connect(path)) as raw, raw:
            raw.execute(sql)
        if sql == _FULL:
            yield


class Watched(Asker):
    """Sends each change twice: first where its row cannot be written, then as it is."""

    def __init__(self, app: Flask, store: Store, path: Path) -> None:
        super().__init__(app)
        self.store, self.path = store, path
        self.rows: dict[str, set[str]] = {}

    def route_of(self, request: Mapping[str, Any]) -> str | None:
        """Return the route of a request, if it changes something."""
        rule, _ = self.app.url_map.bind("").match(
            f"{ROOT}{request['path']}", method=request["method"], return_rule=True
        )
        route = f"{request['method']} {rule.rule.removeprefix(ROOT)}"
        return route if route in changing(self.app) else None

    def sent(self, request: Mapping[str, Any], files: Mapping[str, str] | None) -> TestResponse:
        """Send a request."""
        route = self.route_of(request)
        if route is None:
            return super().sent(request, files)
        before = everything(self.store)
        with full_trail(self.path):
            refused = super().sent(request, files)
        assert refused.status_code >= 500, (route, refused.get_data(as_text=True))
        assert everything(self.store) == before, route
        known = len(trail(self.store))
        response = super().sent(request, files)
        (row,) = trail(self.store)[known:]
        assert row.body["request_id"] == response.headers["X-Request-Id"]
        self.rows.setdefault(route, set()).add(row.body["action"])
        return response


def test_every_writing_route_writes_its_row_with_what_it_does_or_does_nothing(tmp_path: Path) -> None:
    store = demo(tmp_path)
    app = create_app(ApiSettings(access=Access.LOCAL), store)
    asker = Watched(app, store, tmp_path / "demo.db")
    asker.ask_everything()
    store.close()
    assert asker.failed == []
    assert set(asker.rows) == changing(app)
    assert all(len(actions) == 1 for actions in asker.rows.values()), asker.rows
    actions = {action for actions in asker.rows.values() for action in actions}
    assert {action for action in actions if not re.fullmatch(r"[a-z]+(\.[a-z_]+)+", action)} == set()
