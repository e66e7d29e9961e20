"""Places for questions: who is next, and who is sent away at once; memory is looked through when nobody asks."""

from __future__ import annotations

import gc
import threading
import time
import weakref

import pytest
from flask import Flask

from tests.api.conftest import ROOT
from tests.contract.build import NOW
from tracegraph.access import LOCAL, Role
from tracegraph.errors import Overloaded
from tracegraph.services.key_rights import Rights
from tracegraph.services.keys import new_key
from tracegraph.settings_api import ApiSettings
from tracegraph.store.port import Store
from tracegraph.store.rows import Beside
from tracegraph_api import create_app
from tracegraph_api.admission import Admission
from tracegraph_api.auth.bearer import Bearer
from tracegraph_api.collecting import begin
from tracegraph_api.shedding import Shedding
from tracegraph_api.tracing import SEEN, seen_of


class Crowd:
    """Callers who each hold a place until they are told to go."""

    def __init__(self, admission: Admission) -> None:
        self.admission = admission
        self.inside: list[str] = []
        self.refused: list[str] = []
        self.go: dict[str, threading.Semaphore] = {}
        self.threads: list[threading.Thread] = []
        self.changed = threading.Condition()

    def come(self, tenant: str) -> None:
        """Let one more come, and wait until they are in, queued or refused."""
        self.go.setdefault(tenant, threading.Semaphore(0))
        thread = threading.Thread(target=self._ask, args=(tenant,), daemon=True)
        self.threads.append(thread)
        before = len(self.inside) + len(self.refused) + len(self.admission._queue)
        thread.start()
        until = time.monotonic() + 5
        while len(self.inside) + len(self.refused) + len(self.admission._queue) <= before:
            assert time.monotonic() < until

    def _ask(self, tenant: str) -> None:
        try:
            with self.admission.place(tenant):
                with self.changed:
                    self.inside.append(tenant)
                    self.changed.notify_all()
                self.go[tenant].acquire(timeout=20)
        except Overloaded:
            self.refused.append(tenant)

    def leaves(self, tenant: str, then: int) -> str:
        """Let one of a tenant go, and return who came in as number `then`."""
        self.go[tenant].release()
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.inside) >= then, 5)
        return self.inside[then - 1]

    def disperse(self) -> None:
        """Let all go."""
        for gate in self.go.values():
            gate.release(50)
        for thread in self.threads:
            thread.join(10)


def test_who_is_alone_has_all_places_and_the_next_is_for_who_has_fewest() -> None:
    crowd = Crowd(Admission(at_once=4, waiting=6, wait_seconds=20))
    for tenant in ("a", "a", "a", "a", "a", "a", "b", "b"):
        crowd.come(tenant)
    assert crowd.inside == ["a"] * 4
    assert [crowd.leaves("a", then) for then in (5, 6)] == ["b", "b"]
    assert crowd.leaves("b", 7) == "a"  # two of a, one of b: but none of b waits
    crowd.disperse()
    assert sorted(crowd.inside) == ["a"] * 6 + ["b"] * 2
    assert crowd.refused == []


def test_a_full_queue_has_room_for_who_has_less_in_it_and_nobody_who_waits_is_sent_away() -> None:
    crowd = Crowd(Admission(at_once=1, waiting=3, wait_seconds=20))
    for tenant in ("a", "a", "a", "a"):
        crowd.come(tenant)
    crowd.come("a")
    assert crowd.refused == ["a"]
    for tenant in ("b", "b", "b"):
        crowd.come(tenant)
    assert crowd.refused == ["a", "b"]  # half of three, and half a place more
    crowd.come("c")
    assert not crowd.admission.may_wait("c")
    assert crowd.admission.may_wait("d")
    assert [crowd.leaves("a", then) for then in (2, 3, 4)] == ["a"] * 3  # of those with none, who has waited longest
    assert crowd.leaves("a", 5) == "b"
    crowd.disperse()
    assert (crowd.refused, sorted(crowd.inside)) == (["a", "b"], ["a"] * 4 + ["b"] * 2 + ["c"])
    assert crowd.admission.is_idle


def test_nobody_waits_longer_than_allowed() -> None:
    crowd = Crowd(Admission(at_once=1, waiting=3, wait_seconds=0.1))
    crowd.come("a")
    began = time.monotonic()
    with pytest.raises(Overloaded), crowd.admission.place("b"):
        pass
    assert 0.1 <= time.monotonic() - began < 0.5
    crowd.disperse()


def test_a_place_is_given_back_when_the_question_fails() -> None:
    admission = Admission(at_once=1, waiting=0, wait_seconds=0)
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), admission.place("a"):
            _ = 1 / 0
    with admission.place("a"), pytest.raises(Overloaded), admission.place("b"):
        pass


def test_who_would_find_no_place_is_refused_before_anything_is_done_for_them(store: Store) -> None:
    app: Flask = create_app(ApiSettings(), store)
    made = new_key(LOCAL, "a-key", Rights(frozenset({Role.ANALYST}), "SE-AB", None, frozenset()), NOW, 2)
    store.commit(Beside([made.write]), NOW)
    bearer = Bearer(store, lambda: NOW)
    crowd = Crowd(Admission(at_once=1, waiting=2, wait_seconds=20))
    shed = Shedding(app, crowd.admission, bearer)
    question = f"{ROOT}/factories/demo-plant-klang/dependent-contracts"
    mine = f"Bearer {made.token}"

    def is_shed(path: str = question, header: str = mine, method: str = "GET") -> bool:
        return shed({"REQUEST_METHOD": method, "PATH_INFO": path, "HTTP_AUTHORIZATION": header, SEEN: seen_of({})})

    for tenant in ("region:SE-AB", "region:SE-AB", "region:SE-AB"):
        assert not is_shed()
        crowd.come(tenant)
    assert not is_shed()  # nobody knows yet whose key that is
    assert bearer(mine).tenant == "region:SE-AB"
    assert is_shed()
    assert not is_shed(path=f"{ROOT}/search")
    assert not is_shed(path=f"{ROOT}/nowhere")
    assert not is_shed(method="POST")
    assert not is_shed(header="Bearer tg_other")
    crowd.disperse()
    assert not is_shed()


# --- memory ---


def test_circles_are_looked_for_in_a_quiet_moment_and_not_by_python_itself() -> None:
    class Held:
        pass

    thresholds, quiet = gc.get_threshold(), threading.Event()
    held = Held()
    held.itself = held  # type: ignore[attr-defined]
    found = weakref.ref(held)
    over = begin(quiet.is_set, every_s=0.01)
    try:
        del held
        assert gc.get_threshold()[2] >= 1_000_000
        assert gc.get_freeze_count() > 0
        time.sleep(0.2)
        assert found() is not None
        gc.unfreeze()  # this one was there at the beginning
        quiet.set()
        until = time.monotonic() + 5
        while found() is not None:
            assert time.monotonic() < until
            time.sleep(0.01)
    finally:
        over.set()
        gc.unfreeze()
        gc.set_threshold(*thresholds)
