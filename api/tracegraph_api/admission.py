"""Whose question is next: a few at once, a few waiting, none of them long, and no caller before all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from threading import Condition
from time import monotonic

from tracegraph.errors import Overloaded
from tracegraph.messages import N_
from tracegraph_api import metrics


@dataclass(eq=False, slots=True)
class _Ticket:
    tenant: str
    is_called: bool = False


class Admission:
    """Places for questions in one process.

    The next place is for the tenant who has fewest, and among equals for who has waited longest: one who is alone may
    have them all, and as soon as another waits, the next that becomes free is theirs. Who may wait is decided on
    coming, so that who is refused is refused at once: a tenant who is alone may wait in all the queue, one of two
    in half of it, one of three in a third; who comes later finds their part even where another has filled it.

    Parameters
    ----------
    at_once : int
        Places.
    waiting : int
        How many may wait, of one tenant who is alone; of several together, as long as all have their part, it may be
        half as many again of two, and never three times as many of twenty.
    wait_seconds : float
        How long.
    """

    def __init__(self, at_once: int, waiting: int, wait_seconds: float) -> None:
        self._at_once, self._most_waiting, self._wait_seconds = at_once, waiting, wait_seconds
        self._running: Counter[str] = Counter()
        self._queue: list[_Ticket] = []
        self._changed = Condition()

    @property
    def is_idle(self) -> bool:
        """Whether no place is held."""
        return not self._running

    @property
    def is_busy(self) -> bool:
        """Whether anybody waits."""
        return bool(self._queue)

    def may_wait(self, tenant: str) -> bool:
        """Return whether a tenant who comes now finds a place, at once or after waiting."""
        with self._changed:
            return not self._queue or self._has_room(tenant)

    @contextmanager
    def place(self, tenant: str) -> Iterator[None]:
        """Hold a place for the time of a question.

        Raises
        ------
        Overloaded
            There was none in time.
        """
        self._enter(tenant)
        try:
            yield
        finally:
            self._leave(tenant)

    def _enter(self, tenant: str) -> None:
        with self._changed:
            if not self._queue and self._running.total() < self._at_once:
                self._take(tenant)
                return
            ticket = self._queued(tenant)
            self._call()
            until = monotonic() + self._wait_seconds
            try:
                while not ticket.is_called and (left := until - monotonic()) > 0:
                    self._changed.wait(left)
            finally:
                if ticket in self._queue:
                    self._queue.remove(ticket)
                self._measure()
            if not ticket.is_called:
                raise overloaded()

    def _leave(self, tenant: str) -> None:
        with self._changed:
            self._running[tenant] -= 1
            if not self._running[tenant]:
                del self._running[tenant]
            self._call()
            self._measure()

    def _queued(self, tenant: str) -> _Ticket:
        """Return a place in the queue, if the tenant may have one more."""
        if not self._has_room(tenant):
            raise overloaded()
        ticket = _Ticket(tenant)
        self._queue.append(ticket)
        self._measure()
        return ticket

    def _has_room(self, tenant: str) -> bool:
        waiting = Counter(ticket.tenant for ticket in self._queue)
        return waiting[tenant] < ceil(self._most_waiting / len({*waiting, tenant}))

    def _call(self) -> None:
        """Give free places to those who wait."""
        while self._queue and self._running.total() < self._at_once:
            ticket = min(self._queue, key=lambda one: self._running[one.tenant])
            self._queue.remove(ticket)
            ticket.is_called = True
            self._take(ticket.tenant)
            self._changed.notify_all()

    def _take(self, tenant: str) -> None:
        self._running[tenant] += 1
        self._measure()

    def _measure(self) -> None:
        metrics.QUESTIONS.labels("running").set(self._running.total())
        metrics.QUESTIONS.labels("waiting").set(len(self._queue))


def overloaded() -> Overloaded:
    """Return what is told to who finds no place."""
    return Overloaded(N_("too many questions are being worked on: ask again in a few seconds"))
