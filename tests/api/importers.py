"""Sending datasets over HTTP, and a worker that does what is left to be done; all of it at moments that a test sets."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from tests.api.callers import PRINCIPALS, Callers
from tests.api.conftest import ROOT
from tracegraph.access import Principal, Role
from tracegraph.moments import later
from tracegraph.services.import_jobs import HANDLERS
from tracegraph.services.working import Duties, Work, run

PRINCIPALS.setdefault("keeper", Principal("key:keeper", frozenset({Role.SYSTEM})))
PRINCIPALS.setdefault("reader", Principal("key:reader", frozenset({Role.READER}), region="SE-AB"))
PRINCIPALS.setdefault("ab-too", Principal("key:ab-too", frozenset({Role.ANALYST}), region="SE-AB"))

Files = Mapping[str, str | bytes]

#: A fictional wholesaler that buys from the demo's plant and delivers under a fictional contract.
GOOD: Files = {
    "sources.csv": "source_id,title\nse-ab-src-1,Fictional delivery notes\n",
    "suppliers.csv": "supplier_id,name,source_id\nfictional-wholesale,Fictional Wholesale,se-ab-src-1\n",
    "supplies.csv": (
        "seller_id,buyer_id,product,source_id\ndemo-plant-klang,fictional-wholesale,gloves-nitrile,se-ab-src-1\n"
    ),
    "contracts.csv": (
        "contract_id,title,regions,supplier_id,product,source_id\n"
        "fictional-c-1,Fictional gloves,SE-AB,fictional-wholesale,gloves-nitrile,se-ab-src-1\n"
    ),
}


class Importers(Callers):
    """Callers who send datasets."""

    def send(self, who: str | None, files: Files, *, key: str | None = None, **query: Any) -> TestResponse:
        """Send files as a form."""
        self.keys += 1
        parts = [
            FileStorage(io.BytesIO(data.encode() if isinstance(data, str) else data), filename=name)
            for name, data in files.items()
        ]
        boundary, body = encode_multipart({"files": parts})
        return self.client.post(
            f"{ROOT}/imports",
            data=body,
            content_type=f"multipart/form-data; boundary={boundary}",
            query_string=query,
            headers={"Idempotency-Key": key or f"send-key-{self.keys:04}", **token(who)},
        )

    def send_rows(self, who: str | None, rows: str | bytes, **query: Any) -> TestResponse:
        """Send rows as NDJSON."""
        self.keys += 1
        headers = {"Idempotency-Key": f"send-key-{self.keys:04}", **token(who)}
        return self.client.post(
            f"{ROOT}/imports", data=rows, content_type="application/x-ndjson", query_string=query, headers=headers
        )

    def work(self, seconds: float = 1) -> None:
        """Let a worker do all that is due, a moment later."""
        self.now = later(self.now, seconds)
        run(Work(self.store, "test", lambda: self.now), Duties(HANDLERS), once=True)

    def checked(self, who: str, files: Files, **query: Any) -> str:
        """Send files and have them checked; return the import's id."""
        response = self.send(who, files, **query)
        assert response.status_code == 202, response.get_json()
        self.work()
        return str(response.get_json()["import_id"])

    def shown(self, who: str, name: str) -> dict[str, Any]:
        """Return an import."""
        return dict(self.get(who, f"/imports/{name}").get_json())

    def step(self, who: str, name: str, what: str, *, key: str | None = None) -> TestResponse:
        """Ask for the next step of an import as it stands."""
        tag = self.get(who, f"/imports/{name}").headers.get("ETag", '"1"')
        headers = {"If-Match": tag} | ({"Idempotency-Key": key} if key else {})
        return self.post(who, f"/imports/{name}/{what}", {}, **headers)

    def stepped(self, who: str, name: str, what: str) -> dict[str, Any]:
        """Take the next step of an import; return its job."""
        response = self.step(who, name, what)
        assert response.status_code == 202, response.get_json()
        self.work()
        return dict(self.client.get(response.headers["Location"], headers=token(who)).get_json())

    def committed(self, who: str, files: Files, **query: Any) -> str:
        """Send, check and commit files."""
        name = self.checked(who, files, **query)
        job = self.stepped(who, name, "commit")
        assert job["state"] == "succeeded", (job, self.shown(who, name))
        return name

    def dependents(self, who: str | None) -> set[str]:
        """Return the contracts that are shown to depend on the demo's plant."""
        rows = self.items(who, "/factories/demo-plant-klang/dependent-contracts", limit=200, status="established")
        return {row["contract_id"] for row in rows}


def token(who: str | None) -> dict[str, str]:
    """Return the header that says who asks."""
    return {"Authorization": f"Bearer {who}"} if who else {}
