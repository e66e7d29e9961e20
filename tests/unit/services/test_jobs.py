"""Jobs: taken once, held, tried again, given up, cancelled, kept for a while; on both stores."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Event
from typing import Any

import pytest

from tests.contract.build_records import at_once
from tracegraph.access import LOCAL, Permission, Principal, Role
from tracegraph.composition import open_store
from tracegraph.errors import CommitUnknown, ImportInterrupted, InvalidInput, NotNow, StoreUnavailable, UnknownJob
from tracegraph.moments import later
from tracegraph.services import leases, working
from tracegraph.services.jobs import (
    JOB,
    KEPT_S,
    MOST_ATTEMPTS,
    PAUSES_S,
    Job,
    JobState,
    cancelled,
    find_job,
    jobs_of,
    message_from,
    new_job,
    take_job,
)
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import key_of, new_key, revoked
from tracegraph.services.leases import GivenBack, Lease, take_lease, work_on
from tracegraph.services.pieces import PIECE_BYTES, RESULT, UPLOAD, forget, pieces, whole, without, write_pieces
from tracegraph.services.working import Duties, Work, turn, worker_age, workers_forgotten
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside, RecordWrite
from tracegraph_api.context import utc_now

ANALYST = frozenset({Role.ANALYST})
WHO = Principal("key:one", ANALYST, region="SE-AB")
COLLEAGUE = Principal("key:two", ANALYST, region="SE-AB")
GRANTED = Principal("key:three", ANALYST, region="SE-AB", grants=frozenset({"region:SE-M"}))
READS_ONLY = Principal("key:four", ANALYST, region="SE-AB", scopes=frozenset({Permission.READ}))
STRANGER = Principal("key:five", ANALYST, region="SE-M")
BEGUN = "2024-06-01T08:00:00Z"
KIND = "sum"


@dataclass
class Clock:
    """A clock that a test sets."""

    now: str = BEGUN

    def __call__(self) -> str:
        """Return the moment."""
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.now = later(self.now, seconds)


@pytest.fixture
def clock() -> Clock:
    """A clock."""
    return Clock()


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def either(store_url: str) -> Iterator[Store]:
    """An empty store of each kind in turn."""
    opened = open_store(store_url)
    yield opened
    opened.close()


def asked(store: Store, clock: Clock, who: Principal = WHO, kind: str = KIND, **given: Any) -> str:
    """Record a job; return its id."""
    write = new_job(who, kind, Permission.WRITE, given, clock())
    store.commit(Beside([write]), clock())
    return write.id.rpartition("/")[2]


def held(store: Store, clock: Clock, stop: Event | None = None, seconds: float = 60) -> Lease:
    """Take the job that is due."""
    lease = take_lease(store, clock, seconds, stop)
    assert lease is not None
    return lease


def state(store: Store, name: str, who: Principal = WHO) -> tuple[str, int]:
    """Return where a job is, and how often it was begun."""
    job = find_job(store, who, name)
    return str(job.state), job.record.body["attempts"]


def ends(store: Store) -> Callable[[Lease], None]:
    """Return a handler whose effect is a record beside the end of its job."""

    def handle(lease: Lease) -> None:
        lease.finish(RecordWrite("effect", lease.job.id, {"says": 1}, expected_version=0), result={"sum": 3})

    return handle


def raising(error: BaseException) -> Callable[[Lease], None]:
    """Return a handler that fails."""

    def handle(_: Lease) -> None:
        raise error

    return handle


def test_a_job_is_taken_once_and_its_effect_commits_with_its_end(either: Store, clock: Clock) -> None:
    name = asked(either, clock, terms=[1, 2])
    lease = held(either, clock)
    assert take_lease(either, clock) is None
    assert lease.job.given == {"terms": [1, 2]}
    lease.beat(1, 2)
    assert find_job(either, WHO, name).record.body["progress"] == {"done": 1, "total": 2}
    assert work_on(lease, {KIND: ends(either)}) == "done"
    job = find_job(either, WHO, name)
    assert (job.state, job.record.body["result"]) == (JobState.SUCCEEDED, {"sum": 3})
    assert len(either.records("effect")) == 1
    clock.pass_by(KEPT_S - 1)
    assert take_lease(either, clock) is None
    clock.pass_by(1)
    assert take_lease(either, clock) is None
    with pytest.raises(UnknownJob):
        find_job(either, WHO, name)


def test_who_lost_the_lease_changes_nothing(either: Store, clock: Clock) -> None:
    name = asked(either, clock)
    slow = held(either, clock)
    clock.pass_by(60)
    quick = held(either, clock)
    assert quick.job.record.body["attempts"] == 2
    assert work_on(slow, {KIND: ends(either)}) == "lost"
    assert either.records("effect") == []
    assert work_on(quick, {KIND: ends(either)}) == "done"
    assert (state(either, name), len(either.records("effect"))) == (("succeeded", 2), 1)


def test_two_workers_never_hold_the_same_job(store: Store, clock: Clock) -> None:
    names = {asked(store, clock) for _ in range(6)}
    found = at_once(*[lambda: take_job(store, clock(), 60) for _ in range(6)])
    assert {job.id for job in found if isinstance(job, Job)} == names


def test_a_lease_is_pushed_ahead_while_somebody_works(store: Store) -> None:
    name = asked(store, Clock(utc_now()))
    lease = take_lease(store, utc_now, 2)
    assert lease is not None
    with lease.kept():
        time.sleep(3.2)
        assert take_lease(store, utc_now, 2) is None
    assert work_on(lease, {KIND: ends(store)}) == "done"
    assert state(store, name) == ("succeeded", 1)


def test_a_lease_that_was_taken_is_not_pushed_ahead(store: Store) -> None:
    clock = Clock()
    asked(store, clock)
    lease = held(store, clock, seconds=2)
    clock.pass_by(2)
    other = held(store, clock, seconds=2)
    with lease.kept():
        time.sleep(1.2)
    assert store.records(JOB)[-1].version == other.job.record.version


def test_failures_that_may_pass_are_tried_again_until_there_were_enough(store: Store, clock: Clock) -> None:
    name = asked(store, clock)
    for pause in PAUSES_S:
        assert work_on(held(store, clock), {KIND: raising(StoreUnavailable("away"))}) == "tried-again"
        assert state(store, name)[0] == "queued"
        clock.pass_by(pause - 1)
        assert take_lease(store, clock) is None
        clock.pass_by(1)
    assert work_on(held(store, clock), {KIND: raising(StoreUnavailable("away"))}) == "tried-again"
    assert state(store, name) == ("dead", MOST_ATTEMPTS)
    assert find_job(store, WHO, name).record.body["error"]["code"] == "store-unavailable"


def test_a_job_that_kills_its_workers_is_given_up(store: Store, clock: Clock) -> None:
    name = asked(store, clock)
    for _ in range(MOST_ATTEMPTS):
        held(store, clock)
        clock.pass_by(60)
    assert take_lease(store, clock) is None
    assert state(store, name) == ("dead", MOST_ATTEMPTS)
    error = find_job(store, WHO, name).record.body["error"]
    assert (error["code"], str(MOST_ATTEMPTS) in str(message_from(error))) == ("attempts-exhausted", True)


def test_what_cannot_be_done_fails_at_once_and_mistakes_of_ours_are_tried_again(store: Store, clock: Clock) -> None:
    name = asked(store, clock)
    assert work_on(held(store, clock), {KIND: raising(InvalidInput("{value} is wrong", value=[1]))}) == "failed"
    assert find_job(store, WHO, name).record.body["error"] == {
        "code": "invalid-input",
        "text": "{value} is wrong",
        "values": {"value": "[1]"},
    }
    other = asked(store, clock)
    assert work_on(held(store, clock), {}) == "tried-again"
    assert find_job(store, WHO, other).record.body["error"]["code"] == "internal-error"


def test_another_import_is_waited_for_without_counting(store: Store, clock: Clock) -> None:
    name = asked(store, clock)
    for _ in range(MOST_ATTEMPTS + 1):
        assert work_on(held(store, clock), {KIND: raising(ImportInterrupted("busy"))}) == "waiting"
        clock.pass_by(leases.WAIT_S)
    assert state(store, name) == ("queued", 0)
    clock.pass_by(leases.WAITS_AT_MOST_S)
    assert work_on(held(store, clock), {KIND: raising(ImportInterrupted("busy"))}) == "failed"


def test_who_is_about_to_stop_gives_the_job_back(store: Store, clock: Clock) -> None:
    name = asked(store, clock)
    stop = Event()
    lease = held(store, clock, stop)
    stop.set()
    with pytest.raises(GivenBack):
        lease.beat()
    assert work_on(lease, {KIND: lambda one: one.beat()}) == "given-back"
    assert state(store, name) == ("queued", 0)
    assert held(store, clock).job.id == name


def test_a_commit_of_which_nobody_knows_is_looked_up(store: Store, clock: Clock) -> None:
    name = asked(store, clock)
    lease = held(store, clock)
    with pytest.raises(CommitUnknown):
        Lease(_Cut(store, keeps=False), lease.job, clock).beat(1, 2)
    told = Lease(_Cut(store, keeps=True), lease.job, clock)
    told.beat(1, 2)
    assert find_job(store, WHO, name).record.version == told.job.record.version
    assert work_on(Lease(_Cut(store, keeps=True), told.job, clock), {KIND: ends(store)}) == "store-unavailable"
    assert state(store, name) == ("succeeded", 1)


class _Cut:
    """A store whose connection is cut when it commits, before or after it has done so."""

    def __init__(self, store: Store, *, keeps: bool) -> None:
        self._store, self._keeps = store, keeps

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def commit(self, beside: Beside, now: str) -> Any:
        """Commit or not, and tell nobody."""
        if self._keeps:
            self._store.commit(beside, now)
        raise CommitUnknown("cut")


def test_what_a_revoked_key_asked_for_is_not_done(store: Store, clock: Clock) -> None:
    made = new_key(LOCAL, "fictional", Rights(ANALYST, "SE-AB", None, frozenset()), clock())
    (record,) = store.commit(Beside([made.write]), clock())
    owner = key_of(record).principal
    names = [asked(store, clock, owner) for _ in range(2)]
    assert work_on(held(store, clock), {KIND: ends(store)}) == "done"
    store.commit(Beside([revoked(record, clock())]), clock())
    assert work_on(held(store, clock), {KIND: ends(store)}) == "failed"
    assert sorted(state(store, name, owner)[0] for name in names) == ["failed", "succeeded"]
    assert len(store.records("effect")) == 1


def test_a_cancelled_job_has_no_effect(store: Store, clock: Clock) -> None:
    waiting, running, changing = asked(store, clock), asked(store, clock), asked(store, clock, changes=True)
    by_name = {lease.job.id: lease for lease in (held(store, clock) for _ in range(3))}
    by_name[waiting].postpone(0, counted=False)
    for name in (waiting, running):
        store.commit(Beside([cancelled(find_job(store, WHO, name), clock())]), clock())
    with pytest.raises(NotNow):
        cancelled(find_job(store, WHO, changing), clock())
    with pytest.raises(NotNow):
        cancelled(find_job(store, WHO, running), clock())
    assert work_on(by_name[running], {KIND: ends(store)}) == "lost"
    assert take_lease(store, clock) is None
    assert store.records("effect") == []


def test_a_job_is_its_tenants_and_nobody_elses(store: Store, clock: Clock) -> None:
    mine, granted = asked(store, clock), asked(store, clock, GRANTED)
    assert [job.id for job in jobs_of(store, COLLEAGUE)] == [mine]
    assert {job.id for job in jobs_of(store, GRANTED)} == {mine, granted}
    for who, name in ((STRANGER, mine), (COLLEAGUE, granted), (READS_ONLY, mine), (WHO, "job-0")):
        with pytest.raises(UnknownJob):
            find_job(store, who, name)
    assert jobs_of(store, STRANGER) == []
    assert find_job(store, WHO, mine).principal == WHO
    assert find_job(store, GRANTED, granted).principal == GRANTED


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES, 2 * PIECE_BYTES + 7])
def test_a_body_comes_back_from_its_pieces(either: Store, clock: Clock, size: int) -> None:
    data = bytes(number % 251 for number in range(1000)) * (size // 1000) + b"x" * (size % 1000)
    count = write_pieces(either, pieces(RESULT, "a", data, "network", later(clock(), 60)), clock())
    write_pieces(either, pieces(RESULT, "a1", b"other", "network", later(clock(), 60)), clock())
    assert whole(either, RESULT, "a", count) == data
    assert forget(either, RESULT, clock(), later(clock(), 9)) == 0
    clock.pass_by(60)
    assert forget(either, RESULT, clock(), later(clock(), 9)) == count + 1
    assert whole(either, RESULT, "a", count) is None


def test_pieces_are_deleted_with_what_they_belong_to(store: Store, clock: Clock) -> None:
    count = write_pieces(store, pieces(UPLOAD, "a", b"abc", "network", later(clock(), 60)), clock())
    store.commit(Beside(without(UPLOAD, "a", count)), clock())
    assert store.records(UPLOAD) == []


# --- the loop --------------------------------------------------------------------------------------------------------


def test_the_loop_does_steps_and_jobs_and_survives_both(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    work = Work(store, "w", clock)
    left = [3]

    def step(_: Work) -> int:
        left[0] -= 1
        return int(left[0] > 0)

    def fails(_: Work) -> int:
        raise InvalidInput("no")

    def breaks(_: Work) -> int:
        raise ZeroDivisionError

    name = asked(store, clock)
    with caplog.at_level("INFO"):
        working.run(work, Duties({KIND: ends(store)}, {"a": step, "b": fails, "c": breaks}), once=True)
    assert state(store, name) == ("succeeded", 1)
    said = [record for record in caplog.records if record.getMessage() == "job"]
    assert [(record.__dict__["outcome"], record.__dict__["kind"]) for record in said] == [("done", KIND)]
    assert store.page(working.WORKER) == []


def test_a_worker_that_is_told_to_stop_takes_nothing_more(store: Store, clock: Clock) -> None:
    work = Work(store, "w", clock)
    name = asked(store, clock)

    def stops(one: Work) -> int:
        one.stop.set()
        return 1

    assert turn(work, Duties({KIND: ends(store)}, {"a": stops})) == 1
    assert state(store, name) == ("queued", 0)
    working.run(work, Duties({}))


def test_a_loop_with_a_store_that_does_not_answer_goes_on(store: Store, clock: Clock) -> None:
    class Away:
        """A store that is not there."""

        def __getattr__(self, name: str) -> Any:
            raise StoreUnavailable("away")

    work = Work(Away(), "w", clock)
    working.run(work, Duties({}), once=True)


class Meddled:
    """A store in which somebody writes what was taken, right after it was taken, or which goes away once."""

    def __init__(self, store: Store, *, away: int = 0) -> None:
        self._store, self._away = store, away

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def take(self, kind: str, now: str, until: str, limit: int = 1) -> Any:
        """Take, and be overtaken."""
        taken = self._store.take(kind, now, until, limit)
        for one in taken:
            self._store.commit(Beside([RecordWrite(kind, one.id, one.body, due_at=later(now, 900))]), now)
        return taken

    def commit(self, beside: Beside, now: str) -> Any:
        """Commit, or be away."""
        self._away -= 1
        if self._away >= 0:
            raise StoreUnavailable("away")
        return self._store.commit(beside, now)


def test_who_is_overtaken_takes_nothing(store: Store, clock: Clock) -> None:
    meddled = Meddled(store)
    asked(store, clock)
    assert take_job(meddled, clock(), 60) is None
    write_pieces(store, pieces(RESULT, "a", b"a", "network", clock()), clock())
    assert forget(meddled, RESULT, clock(), later(clock(), 9)) == 0
    store.commit(Beside([RecordWrite(working.WORKER, "old", {"seen_at": BEGUN}, due_at=clock())]), clock())
    assert workers_forgotten(Work(meddled, "w", clock)) == 0
    assert [len(store.page(kind)) for kind in (JOB, RESULT, working.WORKER)] == [1, 1, 1]


def test_a_lease_outlives_a_store_that_is_away_for_a_while(store: Store) -> None:
    name = asked(store, Clock(utc_now()))
    taken = held(store, Clock(utc_now()), seconds=2)
    lease = Lease(Meddled(store, away=1), taken.job, utc_now, 2)
    with lease.kept():
        time.sleep(1.3)
    assert work_on(lease, {KIND: ends(store)}) == "done"
    assert state(store, name) == ("succeeded", 1)


def test_a_loop_waits_while_nothing_is_due(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "PAUSE_S", 0.01)
    work = Work(store, "w", clock)
    looks = [0]

    def step(one: Work) -> int:
        looks[0] += 1
        if looks[0] == 3:
            one.stop.set()
        return 0

    working.run(work, Duties({}, {"a": step}))
    assert looks == [3]


def test_signs_of_life(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(working, "BEAT_S", 0.05)
    assert worker_age(store, clock()) is None
    with working.alive(Work(store, "w", clock)):
        clock.pass_by(30)
        while worker_age(store, clock()) != 0:
            time.sleep(0.01)
        assert worker_age(store, later(clock(), 5)) == 5
        gone = Work(store, "x", clock)
        store.commit(Beside([RecordWrite(working.WORKER, "old", {"seen_at": BEGUN}, due_at=clock())]), clock())
        assert workers_forgotten(gone) == 1
        assert [record.id for record in store.page(working.WORKER)] == ["w"]
    assert worker_age(store, clock()) is None
