"""Whose question is next: a few at once, a few waiting, none of them long, and no caller before all others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from time import monotonic

from tracegraph.errors import Overloaded
from tracegraph.messages import N_
from tracegraph_api import metrics


@dataclass(eq=False, slots=True)
class _Ticket:
    tenant: str
    is_called: bool = False
    is_sent_away: bool = False


class Admission:
    """Places for questions in one process.

    The next place is for the tenant who has fewest, and among equals for who has waited longest: one who is alone may
    have them all, and as soon as another waits, the next that becomes free is theirs. When no more may wait, the newest
    of the tenant with most waiting gives way to a tenant with fewer.

    Parameters
    ----------
    at_once : int
        Places.
    waiting : int
        How many may wait.
    wait_seconds : float
        How long.
    """

    def __init__(self, at_once: int, waiting: int, wait_seconds: float) -> None:
        self._at_once, self._most_waiting, self._wait_seconds = at_once, waiting, wait_seconds
        self._running: Counter[str] = Counter()
        self._queue: list[_Ticket] = []
        self._changed = Condition()

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
                while not (ticket.is_called or ticket.is_sent_away) and (left := until - monotonic()) > 0:
                    self._changed.wait(left)
            finally:
                if ticket in self._queue:
                    self._queue.remove(ticket)
                self._measure()
            if not ticket.is_called:
                raise _overloaded()

    def _leave(self, tenant: str) -> None:
        with self._changed:
            self._running[tenant] -= 1
            if not self._running[tenant]:
                del self._running[tenant]
            self._call()
            self._measure()

    def _queued(self, tenant: str) -> _Ticket:
        """Return a place in the queue, for which another's newest may have to give way."""
        if len(self._queue) >= self._most_waiting:
            waiting = Counter(ticket.tenant for ticket in self._queue)
            most = max(waiting, key=lambda name: waiting[name], default=tenant)
            if waiting[most] <= waiting[tenant] + 1:
                raise _overloaded()
            newest = next(ticket for ticket in reversed(self._queue) if ticket.tenant == most)
            newest.is_sent_away = True
            self._queue.remove(newest)
            self._changed.notify_all()
        ticket = _Ticket(tenant)
        self._queue.append(ticket)
        self._measure()
        return ticket

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


def _overloaded() -> Overloaded:
    return Overloaded(N_("too many questions are being worked on: ask again in a few seconds"))
