"""The client: one method a question, answers in whole."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from tracegraph.client.answers import Chain, DependentContract, Exposure
from tracegraph.client.errors import JobFailed
from tracegraph.client.rows import Changed, Found, Job, Table
from tracegraph.client.transport import Patience, Transport

Raw = Mapping[str, Any]
_PAGE = 200


class Client:
    """Asks a tracegraph service.

    Parameters
    ----------
    base_url : str
        Address of the service, such as ``https://tracegraph.example``.
    token : str, optional
        API key or token of the identity provider; without one you see what is public.
    lang : str
        Language of problems and texts, ``en`` or ``sv``.
    patience : Patience
        How long one try may take, and how patiently passing failures are tried again.
    keep : int
        How many answers are kept, so that what is unchanged is not sent again.
    transport : httpx.BaseTransport, optional
        Instead of the network.

    Notes
    -----
    Questions take the lens as keywords: ``valid_at``, ``known_at``, ``min_grade``, and ``as_`` to read as somebody who
    sees less. One that takes long becomes a job at the service, which the client waits for. Not safe to share between
    threads.
    """

    def __init__(
        self,
        base_url: str,
        token: str | None = None,
        *,
        lang: str = "en",
        patience: Patience | None = None,
        keep: int = 200,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Accept-Language": lang, **({"Authorization": f"Bearer {token}"} if token else {})}
        self._transport = Transport(base_url, headers, patience=patience or Patience(), keep=keep, transport=transport)

    def __enter__(self) -> Self:
        """Return the client, to be closed at the end of the block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give back the connections."""
        self.close()

    def close(self) -> None:
        """Give back the connections."""
        self._transport.close()

    # --- plain resources ---------------------------------------------------------------------------------------------

    def get(self, path: str, **query: Any) -> Raw:
        """Return the answer at a path below ``/tracegraph/v1``; where it becomes a job, the job's result."""
        response = self._transport.get(path, _lens(query))
        body: Raw = self._result(response) if response.status_code == httpx.codes.ACCEPTED else response.json()
        return body

    def download(self, path: str, media_type: str, **query: Any) -> bytes:
        """Return an answer as a file: ``text/csv``, ``application/graphml+xml``, ``application/geo+json``, ..."""
        return self._transport.get(path, _lens(query), media_type).content

    def pages(self, path: str, **query: Any) -> Iterator[Raw]:
        """Yield the pages of a list, each as the service gives it."""
        page = self.get(path, **{"limit": _PAGE, **query})
        while True:
            yield page
            following = page.get("_links", {}).get("next")
            if not following:
                return
            page = self.get(following["href"])

    def table(self, path: str, **query: Any) -> Table:
        """Return all rows of a list."""
        pages = list(self.pages(path, **query))
        return Table(tuple(row for page in pages for row in page["items"]), pages[0]["meta"])

    def node(self, kind: str, id: str, **lens: Any) -> Raw:
        """Return what is known of a node: ``node("factories", "f1")``."""
        return self.get(f"{kind}/{quote(id, safe='/')}", **lens)

    # --- questions ---------------------------------------------------------------------------------------------------

    def search(self, text: str, **lens: Any) -> list[Found]:
        """Return suppliers, factories, contracts and others whose name, alias or identifier is like a text."""
        return [Found.of(row) for row in self.table("search", q=text, **lens)]

    def dependent_contracts(
        self,
        *,
        factory: str | None = None,
        supplier: str | None = None,
        group: str | None = None,
        country: str | None = None,
        **query: Any,
    ) -> Exposure:
        """Return which contracts depend on one factory, company, group or country.

        Raises
        ------
        ValueError
            Not exactly one of the four is named.
        ApiError
            The service refuses the question.
        """
        named = {"factories": factory, "suppliers": supplier, "groups": group, "countries": country}
        given = {kind: id for kind, id in named.items() if id is not None}
        if len(given) != 1:
            raise ValueError("name one of factory, supplier, group and country")
        ((kind, id),) = given.items()
        return self._exposure(f"{kind}/{quote(id, safe='')}/dependent-contracts", query)

    def incident_exposure(self, incident_id: str, **query: Any) -> Exposure:
        """Return which contracts are exposed to an incident."""
        return self._exposure(f"incidents/{quote(incident_id, safe='')}/exposures", query)

    def chain(self, contract_id: str, **lens: Any) -> Chain:
        """Return everything upstream of a contract."""
        return Chain.of(list(self.pages(f"contracts/{quote(contract_id, safe='')}/chain", **lens)))

    def depth(self, region: str | None = None, **lens: Any) -> Table:
        """Return how deep contracts are mapped, all or a region's, one row a contract."""
        return self.table(f"regions/{quote(region, safe='')}/depth" if region else "depth", **lens)

    def ask(self, scope: Sequence[Raw], *, lens: Raw | None = None, **body: Any) -> Exposure:
        """Return which contracts depend on any scope of selectors (``POST exposure-queries``)."""
        asked = {"scope": [dict(selector) for selector in scope], "lens": dict(lens or {}), **body}
        pages: list[Raw] = []
        path, query = "exposure-queries", {"limit": _PAGE}
        while path:
            response = self._transport.send("POST", path, query=query, json=asked)
            waits = response.status_code == httpx.codes.ACCEPTED
            pages.append(self._result(response) if waits else response.json())
            path, query = pages[-1]["_links"].get("next", {}).get("href", ""), {}
        return _whole(pages)

    def changes(self, since: str | None = None, cursor: str | None = None, **query: Any) -> Changed:
        """Return what changed since a moment, or after the cursor of an earlier call; neither: from the beginning."""
        pages = list(self.pages("changes", since=since, cursor=cursor, **query))
        last = pages[-1]["meta"]
        items = tuple(row for page in pages for row in page["items"])
        return Changed(items, last["cursor"], last["missed"])

    # --- changes -----------------------------------------------------------------------------------------------------

    def etag(self, path: str) -> str:
        """Return the version of what is at a path, to be given with a change of it."""
        return str(self._transport.get(path, {}).headers["ETag"])

    def post(self, path: str, body: Raw | None = None, *, etag: str | None = None, **query: Any) -> Raw:
        """Send something new, or do something with what has the version `etag`; tried again it has one effect."""
        content = {} if body is None else {"json": dict(body)}
        answer: Raw = self._transport.send("POST", path, query=query, etag=etag, **content).json()
        return answer

    def put(self, path: str, body: Raw, etag: str) -> Raw:
        """Change something of which you have the version `etag`."""
        answer: Raw = self._transport.send("PUT", path, etag=etag, json=dict(body)).json()
        return answer

    def upload(self, paths: Sequence[Path | str]) -> Job:
        """Send the files of a dataset to be checked; see `wait`."""
        with ExitStack() as opened:
            files = [("files", (Path(p).name, opened.enter_context(Path(p).open("rb")))) for p in paths]
            return Job.of(self._transport.send("POST", "imports", files=files).json())

    def import_problems(self, checked: Job) -> Table:
        """Return what is wrong with an upload, row by row; `checked` is its job, waited for."""
        return self.table(f"{checked.link('import')}/errors")

    def commit(self, checked: Job) -> Job:
        """Write what an upload was found to hold; `checked` is its job, waited for."""
        return self._import(checked, "commit")

    def undo(self, checked: Job) -> Job:
        """End all claims of an upload that was written."""
        return self._import(checked, "undo")

    def wait(self, job: Job, *, timeout_s: float = 600.0, pause_s: float = 0.5) -> Job:
        """Return a job when it is done.

        Raises
        ------
        JobFailed
            It failed or was cancelled.
        TimeoutError
            It goes on for longer.
        """
        until = time.monotonic() + timeout_s
        while job.is_open:
            if time.monotonic() > until:
                raise TimeoutError(f"the job {job.id} is still {job.state} after {timeout_s:g} seconds")
            time.sleep(pause_s)
            job = Job.of(self.get(f"jobs/{job.id}"))
        if job.state != "succeeded":
            said = job.raw.get("error") or {}
            raise JobFailed(200, {"code": f"job-{job.state}", "detail": f"the job {job.id} {job.state}", **said})
        return job

    # --- inside ------------------------------------------------------------------------------------------------------

    def _import(self, checked: Job, what: str) -> Job:
        at = checked.link("import")
        return Job.of(self.post(f"{at}/{what}", etag=self.etag(at)))

    def _exposure(self, path: str, query: Raw) -> Exposure:
        return _whole(list(self.pages(path, **query)))

    def _result(self, accepted: httpx.Response) -> Raw:
        """Return the result of the job that a question became."""
        job = self.wait(Job.of(accepted.json()))
        result: Raw = self._transport.get(job.link("result"), {}).json()
        return result


def _lens(query: Raw) -> dict[str, Any]:
    """Return a query with ``as_``, which Python would not take as ``as``, under its own name."""
    return {("as" if name == "as_" else name): value for name, value in query.items()}


def _whole(pages: Sequence[Raw]) -> Exposure:
    rows = (row for page in pages for row in page["items"])
    return Exposure(tuple(DependentContract.of(row) for row in rows), pages[0]["meta"])
