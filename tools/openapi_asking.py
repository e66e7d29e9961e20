"""Sends the requests of the examples to the real API over the demo, and keeps what is answered."""

from __future__ import annotations

import io
import os
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tools.example_requests import ENDS, LENS, READS, WORK, WRITES, Ask
from tracegraph.access import Principal, Role
from tracegraph.cli.worker import duties
from tracegraph.moments import later
from tracegraph.services.delivering import Outcome, deliver
from tracegraph.services.owners_now import owners_at
from tracegraph.services.working import Duties, Work, run
from tracegraph.settings_api import ApiSettings
from tracegraph.store.port import Store
from tracegraph_api.context import context_of
from tracegraph_api.document import ROOT as API
from tracegraph_api.document import document_of
from tracegraph_api.document_page import resolved
from tracegraph_api.policy import AUTHENTICATE

NOW = "2024-06-01T08:00:00Z"
MOST_ROWS, MOST_CHARACTERS = 2, 500
#: Who decides on what somebody else proposed; all other requests show no token.
_REVIEWER = Principal("user:reviewer", frozenset({Role.RISK_AREA_LEAD}))
_ANYBODY = "Bearer TOKEN"
_PLACE = re.compile(r"\{([a-z_]+)\}")


@contextmanager
def chance_of(seed: str) -> Iterator[None]:
    """Let everything random follow from a text, so that an example is the same each time it is made."""
    drawn = random.Random(seed)
    kept = os.urandom, random._urandom  # type: ignore[attr-defined]
    os.urandom = random._urandom = drawn.randbytes  # type: ignore[attr-defined]
    try:
        yield
    finally:
        os.urandom, random._urandom = kept  # type: ignore[attr-defined]


class Asker:
    """Sends requests to one demo, and keeps what becomes an example.

    Parameters
    ----------
    app : Flask
        The application over the demo.
    """

    def __init__(self, app: Flask) -> None:
        self.app, self.client = app, app.test_client()
        self.seconds = 0
        context_of(app).clock = self.now
        context_of(app).parts[AUTHENTICATE] = lambda _header: _REVIEWER
        with app.app_context():
            self.document = document_of(app)
        self.kept: dict[str, str] = {}
        self.examples: dict[str, dict[str, Any]] = {}
        self.failed: list[str] = []

    def ask(self, asked: Ask) -> None:
        """Send one request; keep its answer."""
        operation = self.document["paths"].get(asked.path, {}).get(asked.method.lower())
        if operation is None:
            self.failed.append(f"{asked.method} {asked.path}: no such operation; mend tools/example_requests.py")
            return
        request = self.request_of(asked, operation)
        for _ in range(200):
            response = self.sent(request, asked.files)
            if asked.until is None or str(at(response.get_json(), asked.until[0])) == asked.until[1]:
                break
            time.sleep(0.05)
        if response.status_code >= 300:
            self.failed.append(
                f"{asked.method} {asked.path}: {response.status_code} {response.get_data(as_text=True)[:600]}"
            )
            return
        for name, pointer in asked.keeps.items():
            self.kept[name] = str(response.headers["ETag"] if pointer == "ETag" else at(response.get_json(), pointer))
        if asked.shown:
            self.show(operation["operationId"], request, response)

    def request_of(self, asked: Ask, operation: Mapping[str, Any]) -> dict[str, Any]:
        """Return a request as an example shows it."""
        item = self.document["paths"][asked.path]
        shared = [resolved(self.document, one) for one in [*item["parameters"], *operation["parameters"]]]
        parts = {one["name"]: one.get("example", "") for one in shared if one["in"] == "path"}
        parts |= {name: self.filled(value) for name, value in asked.parts.items()}
        headers = {name: self.filled(value) for name, value in asked.headers.items()}
        if any(one["name"] == "Idempotency-Key" for one in shared):
            headers["Idempotency-Key"] = f"example-{operation['operationId'].replace('_', '-')}-{len(self.examples)}"
        if {} not in operation["security"]:
            headers.setdefault("Authorization", _ANYBODY)
        path = asked.path
        for name, value in parts.items():
            path = path.replace(f"{{{name}}}", value)
        found = {"method": asked.method, "path": path, "query": self.filled(dict(asked.query)), "headers": headers}
        if asked.body is not None:
            found["body"] = self.filled(asked.body)
        if asked.files:
            found["files"] = sorted(asked.files)
        return found

    def filled(self, value: Any) -> Any:
        """Return a value with what was kept in its places."""
        if isinstance(value, str):
            return _PLACE.sub(lambda found: self.kept.get(found[1], found[0]), value)
        if isinstance(value, list | tuple):
            return [self.filled(one) for one in value]
        return {name: self.filled(one) for name, one in value.items()} if isinstance(value, Mapping) else value

    def sent(self, request: Mapping[str, Any], files: Mapping[str, str] | None) -> TestResponse:
        """Return the answer to a request."""
        headers = {name: value for name, value in request["headers"].items() if value != _ANYBODY}
        form = {"files": [(io.BytesIO(content.encode()), name) for name, content in files.items()]} if files else None
        with chance_of(f"{request['method']} {request['path']} {len(self.examples)}"):
            response = self.client.open(
                f"{API}{request['path']}",
                method=request["method"],
                query_string=dict(request["query"]),
                headers=headers,
                json=request.get("body"),
                data=form,
            )
            response.get_data()
        return response

    def show(self, id: str, request: Mapping[str, Any], response: TestResponse) -> None:
        """Keep a request and its answer as an example; of several answers of one status, the first."""
        headers = {name: _ANYBODY if name == "Authorization" else value for name, value in request["headers"].items()}
        said = {**request, "headers": headers}
        tidy = {name: value for name, value in said.items() if value or name in ("method", "path")}
        example = self.examples.setdefault(id, {"request": tidy, "responses": {}})
        if response.mimetype == "application/json":
            example["responses"].setdefault(str(response.status_code), {"body": shortened(response.get_json(), id)})

    def ask_everything(self) -> None:
        """Send the requests of the script, then every GET that none of them was."""
        for asked in (*WRITES, *READS):
            self.do(asked)
        for path, item in self.document["paths"].items():
            if "get" in item and item["get"]["operationId"] not in self.examples:
                takes = [resolved(self.document, one) for one in item["get"]["parameters"]]
                needed = {one["name"]: one["example"] for one in takes if one["in"] == "query" and one["required"]}
                lens = LENS if LENS.keys() <= {one["name"] for one in takes} else {}
                self.ask(Ask("GET", path, query={**needed, **lens}))
        for asked in ENDS:
            self.do(asked)

    def do(self, asked: Ask) -> None:
        """Send a request of the script, or let a worker work."""
        if asked.method == WORK:
            self.seconds += 1
            shared = context_of(self.app)
            with chance_of(f"work {self.seconds}"):
                run(Work(shared.store, "example", shared.clock), workers_duties(shared.store), once=True)
        else:
            self.ask(asked)

    def now(self) -> str:
        """Return the moment: a second more after each work of the worker."""
        return later(NOW, self.seconds)


class Taken:
    """Where messages of the examples go: nowhere, but they count as sent."""

    def webhook(self, *_: Any) -> Outcome:
        """Send no webhook."""
        return Outcome("sent", "sent")

    def mail(self, *_: Any) -> Outcome:
        """Send no mail."""
        return Outcome("sent", "sent")


def workers_duties(store: Store) -> Duties:
    """Return what a worker does that sends nothing."""

    def delivered(work: Work) -> int:
        return deliver(work.store, Taken(), owners_at(work.store, work.clock()), work.clock())

    every = duties(ApiSettings(), store)
    return Duties(every.jobs, {**every.steps, "messages": delivered})


def at(body: Any, pointer: str) -> Any:
    """Return the part of a body that a JSON pointer leads to; None: nowhere."""
    for step in pointer.split("/")[1:]:
        if isinstance(body, list):
            body = body[int(step)] if step.isdigit() and int(step) < len(body) else None
        else:
            body = body.get(step) if isinstance(body, Mapping) else None
    return body


def shortened(body: Any, id: str = "") -> Any:
    """Return a body with fewer rows than it had, so that people can read it; the document itself without its parts."""
    if id == "get_openapi_json":
        paths = {"/api-info": {"get": {"operationId": "get_api_info"}}}
        return {**{name: body[name] for name in ("openapi", "info", "servers")}, "paths": paths, "components": {}}
    if isinstance(body, list):
        return [shortened(one) for one in body[:MOST_ROWS]]
    if isinstance(body, Mapping):
        return {name: shortened(one) for name, one in body.items()}
    if isinstance(body, str) and len(body) > MOST_CHARACTERS:
        return f"{body[:MOST_CHARACTERS]}…"
    return body
