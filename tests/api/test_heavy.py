"""Questions that take longer than a caller waits: the same answer later, for the same caller, whoever works it out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.callers import PRINCIPALS
from tests.api.importers import GOOD, Importers, token
from tracegraph.errors import QueryTimeout
from tracegraph.moments import later
from tracegraph.services.leases import LEASE_S
from tracegraph.services.pieces import RESULT, forget
from tracegraph.services.working import QUESTION, Duties, Work, run
from tracegraph.settings_api import ApiSettings
from tracegraph.settings_jobs import JobSettings
from tracegraph.store.port import Store
from tracegraph_api import create_app, heavy
from tracegraph_api.context import context_of

KLANG = "/factories/demo-plant-klang/dependent-contracts"
READS = ("closure", "portfolio", "items_of")


class Held:
    """A store whose reads, or commits, wait until a test lets them go on, or take too long."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads, self.commits = Event(), Event()
        self.commits.set()
        self.too_long = False

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)
        if name in READS or name == "commit":
            gate = self.commits if name == "commit" else self.reads

            def waits(*args: Any, **more: Any) -> Any:
                if self.too_long and name in READS:
                    raise QueryTimeout("too long")
                assert gate.wait(20)
                return found(*args, **more)

            return waits
        return found


@dataclass
class Askers(Importers):
    """Callers who wait for a moment only."""

    def __post_init__(self) -> None:
        super().__post_init__()
        shared = context_of(self.client.application)
        shared.settings = replace(shared.settings, jobs=JobSettings(interactive_seconds=0.3))

    def ended(self, who: str | None, accepted: TestResponse) -> dict[str, Any]:
        """Return a job once it has ended."""
        assert accepted.status_code == 202, accepted.get_json()
        for _ in range(500):
            job = self.client.get(accepted.headers["Location"], headers=token(who))
            if job.get_json()["state"] not in ("queued", "running"):
                return dict(job.get_json())
            assert job.headers["Retry-After"] == "2"
            time.sleep(0.02)
        raise AssertionError(job.get_json())

    def result(self, who: str | None, job: dict[str, Any]) -> TestResponse:
        """Return the result of a job."""
        return self.client.get(f"{job['_links']['self']['href']}/result", headers=token(who))

    def answer_later(self, store: Store) -> None:
        """Let a worker on another store answer the questions that are due."""
        app = create_app(ApiSettings(), store)
        context_of(app).clock = lambda: self.now
        run(Work(store, "test", lambda: self.now), Duties({QUESTION: heavy.handler(app)}), once=True)


@pytest.fixture
def held(store: Store) -> Iterator[Held]:
    """A demo that answers when it is let."""
    held = Held(store)
    yield held
    held.reads.set()
    held.commits.set()
    time.sleep(0.1)


@pytest.fixture
def who(held: Held) -> Askers:
    """Callers on that demo."""
    return Askers(held)


def test_the_result_of_a_job_is_the_answer_that_would_have_been(who: Askers, held: Held) -> None:
    accepted = who.get("ab", KLANG, limit=3)
    assert (accepted.headers["Retry-After"], accepted.get_json()["state"]) == ("2", "running")
    running = who.client.get(accepted.headers["Location"], headers=token("ab")).get_json()
    assert running["question"] == {"method": "GET", "path": f"/tracegraph/v1{KLANG}", "query": "limit=3"}
    early = who.result("ab", running)
    assert (early.status_code, early.get_json()["code"]) == (409, "wrong-state")
    held.reads.set()
    job = who.ended("ab", accepted)
    result, direct = who.result("ab", job), who.get("ab", KLANG, limit=3)
    assert (result.status_code, result.mimetype, result.data) == (200, direct.mimetype, direct.data)
    assert result.headers["ETag"] == direct.headers["ETag"]
    assert result.headers["Cache-Control"] == "no-store, private"
    assert [row["job_id"] for row in who.items("ab", "/jobs", state="succeeded")] == [job["job_id"]]


def test_files_are_results_too(who: Askers, held: Held) -> None:
    accepted = who.get("ab", KLANG, accept="text/csv")
    held.reads.set()
    result = who.result("ab", who.ended("ab", accepted))
    direct = who.get("ab", KLANG, accept="text/csv")
    assert result.data == direct.data
    for header in ("Content-Type", "Content-Disposition"):
        assert result.headers[header] == direct.headers[header]


def test_who_prefers_not_to_wait_is_not_kept_waiting(who: Askers, held: Held) -> None:
    asked = {"scope": [{"kind": "factory", "id": "demo-plant-klang"}]}
    accepted = who.post("ab", "/exposure-queries", asked, Prefer="respond-async, wait=0")
    assert accepted.headers["Preference-Applied"] == "respond-async"
    held.reads.set()
    job = who.ended("ab", accepted)
    assert job["question"]["method"] == "POST"
    direct = who.post("ab", "/exposure-queries", asked)
    assert (who.result("ab", job).data, direct.status_code) == (direct.data, 200)
    public = who.client.get(f"/tracegraph/v1{KLANG}", headers={"Prefer": "respond-async"})
    assert public.status_code == 200  # nothing is left behind by who shows no token


def test_the_public_fetches_its_answer_by_the_id_that_it_was_given(who: Askers, held: Held) -> None:
    accepted = who.get(None, KLANG)
    held.reads.set()
    job = who.ended(None, accepted)
    assert who.result(None, job).data == who.get(None, KLANG).data
    assert who.get("ab", f"/jobs/{job['job_id']}").status_code == 404
    assert who.get(None, "/jobs").status_code == 401


def test_a_question_that_cannot_be_answered_is_refused_in_its_result(who: Askers, held: Held) -> None:
    held.reads.set()
    path = "/factories/no-such-plant/dependent-contracts"
    direct = who.get("ab", path)
    accepted = who.client.get(f"/tracegraph/v1{path}", headers={"Prefer": "respond-async", **token("ab")})
    result = who.result("ab", who.ended("ab", accepted))
    assert (result.status_code, result.mimetype) == (404, "application/problem+json")
    assert {**result.get_json(), "request_id": ""} == {**direct.get_json(), "request_id": ""}


def test_a_job_is_for_who_sees_what_it_saw(who: Askers, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    accepted = who.get("granted", KLANG)
    held.reads.set()
    job = who.ended("granted", accepted)
    unknown = who.get("m", "/jobs/job-00000000000000000000000000000000")
    for caller in ("ab", "m", "lead"):
        for path in (f"/jobs/{job['job_id']}", f"/jobs/{job['job_id']}/result"):
            other = who.get(caller, path)
            assert (other.status_code, other.get_json()["code"]) == (404, unknown.get_json()["code"])
        assert who.post(caller, f"/jobs/{job['job_id']}/cancellation", {}).status_code == 404
        assert who.items(caller, "/jobs") == []
    monkeypatch.setitem(PRINCIPALS, "granted", replace(PRINCIPALS["granted"], grants=frozenset()))
    assert who.get("granted", f"/jobs/{job['job_id']}/result").status_code == 404


def test_a_worker_answers_for_a_process_that_died_as_of_the_same_moment(who: Askers, held: Held, store: Store) -> None:
    accepted = who.get("ab", KLANG, status="established", limit=200)
    asked_at = who.now
    who.now = later(who.now, 1)
    other = Importers(store, now=who.now)
    other.committed("ab", GOOD)
    who.now = later(who.now, LEASE_S + 60)
    who.answer_later(store)
    job = who.ended("ab", accepted)
    assert job["attempts"] == 2
    found = who.result("ab", job).get_json()
    assert found["meta"]["query"]["lens"]["known_at"] == asked_at
    assert "fictional-c-1" not in {row["contract_id"] for row in found["items"]}
    held.reads.set()  # the process was only slow: what it found is not wanted any more
    time.sleep(0.5)
    assert who.result("ab", job).get_json() == found
    assert "fictional-c-1" in who.dependents("ab")


def test_a_question_that_outlasts_the_limits_of_the_api_is_a_workers(who: Askers, held: Held, store: Store) -> None:
    held.too_long = True
    accepted = who.get("ab", KLANG)
    assert accepted.get_json()["state"] == "queued"
    who.answer_later(store)
    job = who.ended("ab", accepted)
    held.too_long = False
    held.reads.set()
    patient = context_of(who.client.application)
    patient.settings = replace(patient.settings, jobs=JobSettings(interactive_seconds=30))
    assert who.result("ab", job).data == who.get("ab", KLANG).data


def test_where_even_a_worker_has_no_time_it_is_tried_again(who: Askers, held: Held) -> None:
    held.too_long = True
    accepted = who.get("ab", KLANG)
    who.answer_later(held)
    job = who.client.get(accepted.headers["Location"], headers=token("ab")).get_json()
    assert (job["state"], job["attempts"], job["error"]["code"]) == ("queued", 1, "query-timeout")


def test_a_store_that_takes_no_job_is_unavailable(who: Askers, held: Held) -> None:
    held.commits.clear()
    began = time.monotonic()
    response = who.get(None, KLANG)
    assert (response.status_code, response.get_json()["code"]) == (503, "store-unavailable")
    assert time.monotonic() - began < 3


def test_a_cancelled_question_has_no_result(who: Askers, held: Held) -> None:
    accepted = who.get("ab", KLANG)
    name = accepted.get_json()["job_id"]
    cancelled = who.post("ab", f"/jobs/{name}/cancellation", {})
    assert (cancelled.status_code, cancelled.get_json()["state"]) == (200, "cancelled")
    held.reads.set()
    time.sleep(0.3)
    job = who.ended("ab", accepted)
    assert (job["state"], who.result("ab", job).status_code) == ("cancelled", 409)
    assert who.post("ab", f"/jobs/{name}/cancellation", {}).status_code == 409


def test_a_result_is_kept_for_a_while(who: Askers, held: Held, store: Store) -> None:
    accepted = who.get("ab", KLANG)
    held.reads.set()
    job = who.ended("ab", accepted)
    who.now = job["expires_at"]
    held_by_nobody = Work(store, "test", lambda: who.now)
    run(held_by_nobody, Duties({}), once=True)
    assert who.result("ab", job).status_code == 404
    assert store.page("result") == []


def test_a_result_without_its_pieces_is_gone(who: Askers, held: Held, store: Store) -> None:
    accepted = who.get("ab", KLANG)
    held.reads.set()
    job = who.ended("ab", accepted)
    forget(store, RESULT, later(job["expires_at"], 60), later(job["expires_at"], 99))
    gone = who.result("ab", job)
    assert (gone.status_code, gone.get_json()["code"]) == (404, "unknown-job")
