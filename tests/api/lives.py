"""What a region does beside its claims: keys, endpoints, subscriptions, proposals, imports, triage, messages."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from flask import Flask
from werkzeug.datastructures import FileStorage

from tests.api.conftest import ROOT
from tracegraph.access import Principal
from tracegraph.moments import later
from tracegraph.services.events import EVENT
from tracegraph.services.import_jobs import HANDLERS
from tracegraph.services.notifying import notify
from tracegraph.services.portfolios import Portfolios
from tracegraph.services.working import Duties, Work, run
from tracegraph.store.port import Store
from tracegraph_api.context import context_of


@contextmanager
def same_chances(seed: int) -> Iterator[None]:
    """Let ids that are drawn by chance be the same each time: two worlds are to have the same ones."""
    drawn = random.Random(seed).randbytes
    with patch("os.urandom", drawn), patch("random._urandom", drawn):
        yield


@dataclass
class Life:
    """One caller who does a little of everything, and all that they get an id of.

    Attributes
    ----------
    app, store : Flask, Store
        Where; the application takes everybody for `who`.
    who : Principal
        Who.
    about : tuple of str
        What it is about: a factory, a supplier and a contract that they see.
    name : str
        How the ids of what they record begin.
    now : str
        When it begins.
    ids : mapping
        Ids by resource.
    """

    app: Flask
    store: Store
    who: Principal
    about: tuple[str, str, str]
    name: str
    now: str
    ids: dict[str, list[str]] = field(default_factory=dict)
    _sent: int = 0
    factory: str = field(init=False)
    supplier: str = field(init=False)
    contract: str = field(init=False)

    def __post_init__(self) -> None:
        self.factory, self.supplier, self.contract = self.about

    def live(self) -> Mapping[str, list[str]]:
        """Do a little of everything; return the ids."""
        shared = context_of(self.app)
        before, shared.clock = shared.clock, lambda: self.now
        try:
            self._watch()
            self._propose()
            self._import()
            self._triage()
            self._record()
            self._work()
            for resource in ("messages", "jobs"):
                listed = self._asked("GET", f"/{resource}")
                self.ids[resource] = [row[f"{resource[:-1]}_id"] for row in listed["items"]]
        finally:
            shared.clock = before
        return self.ids

    def _watch(self) -> None:
        key = {"label": "fictional", "roles": ["reader"], "region": self.who.region}
        self._made("keys", "/keys", key)
        self._made("endpoints", "/endpoints", {"url": f"https://hooks.example/{self.name}"})
        channel = {"kind": "email", "to": f"{self.name}@region.example", "digest": "immediate"}
        watch = {"watch": {"kind": "factory", "id": self.factory}, "channel": channel}
        self._made("subscriptions", "/subscriptions", watch)

    def _propose(self) -> None:
        row = {"seller_id": self.factory, "buyer_id": self.supplier, "product": "p1", "source_id": "unsourced"}
        said = {"submitted_by_supplier": self.supplier, "table": "supplies", "rows": [row], "note": self.name}
        self._made("proposals", "/proposals", said)

    def _import(self) -> None:
        lines = f"supplier_id,name,source_id\n{self.name}-s,{self.name},unsourced\n"
        file = FileStorage(io.BytesIO(lines.encode()), filename="suppliers.csv")
        self._made("imports", "/imports", data={"files": file})

    def _triage(self) -> None:
        path = f"/incidents/inc-1/triage/{self.contract}"
        said = {"state": "confirmed", "reason": f"{self.name} (fictional).", "owner": self.name}
        self._asked("PUT", path, said, {"If-Match": f'"{self._asked("GET", path)["version"]}"'})

    def _record(self) -> None:
        """Record what is news to their own subscription: a contract that depends on the plant that they watch."""
        contract = {"contract_id": f"{self.name}-c", "title": self.name, "regions": ["SE-AB"], "product": "p1"}
        contract |= {"supplier_id": self.supplier, "source_id": "unsourced"}
        link = {"seller_id": self.factory, "buyer_id": self.supplier, "product": "p1", "source_id": "unsourced"}
        for table, row in (("contracts", contract), ("supplies", link)):
            self._made("claims", "/claims", {"table": table, "rows": [row]})

    def _work(self) -> None:
        """Let a worker do what is due: the check of the import, and telling what is new."""
        self.now = later(self.now, 60)
        run(Work(self.store, "test", lambda: self.now), Duties(HANDLERS), once=True)
        events = self.store.take(EVENT, self.now, later(self.now, 60), 1_000)
        notify(self.store, events, self.now, Portfolios(self.store), lambda _subscription: self.who)

    def _made(self, resource: str, path: str, body: Any = None, data: Any = None) -> None:
        answer = self._asked("POST", path, body, data=data)
        ids = [id for row in answer.get("rows", ()) for id in row.get("claim_ids", ())]
        self.ids.setdefault(resource, []).extend(ids or [answer[f"{resource[:-1]}_id"]] if answer else [])

    def _asked(self, method: str, path: str, body: Any = None, headers: Any = None, data: Any = None) -> dict[str, Any]:
        self._sent += 1
        self.now = later(self.now, 1)
        named = {
            "Authorization": "Bearer test",
            "X-Request-Id": "life",
            "Idempotency-Key": f"{self.name}-{self._sent:04}",
        }
        options: dict[str, Any] = {"json": body} if body is not None else {"data": data} if data else {}
        response = self.app.test_client().open(
            f"{ROOT}{path}", method=method, headers={**named, **(headers or {})}, **options
        )
        if response.status_code == 403 and path in ("/keys", "/endpoints"):  # for administrators alone
            return {}
        assert response.status_code < 300, (method, path, response.get_json())
        return dict(response.get_json())
