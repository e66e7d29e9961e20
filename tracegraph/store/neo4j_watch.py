"""A deadline of our own around every call to the server.

The driver notices a server that is gone, but not one that hangs: a blocked read ends when the server says something,
or never. So every call runs in a thread of its own and has to show a sign of life, a row or an answer, within the time
limit; otherwise it is given up, and the caller gets an error. A call that was given up does not try again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

T = TypeVar("T")


class GivenUp(Exception):
    """Nobody waits for this call any more, or it has shown no sign of life.

    Parameters
    ----------
    is_committing : bool
        Whether it had begun to commit, so that nobody knows whether it did.
    """

    def __init__(self, is_committing: bool = False) -> None:
        super().__init__()
        self.is_committing = is_committing


class SignsOfLife:
    """A deadline that moves on with every sign of life.

    Parameters
    ----------
    limit_s : float
        Seconds that may pass between two signs.
    """

    def __init__(self, limit_s: float) -> None:
        self._limit_s = limit_s
        self._until = time.monotonic() + limit_s
        self._is_given_up = False
        self._is_committing = False
        self._lock = threading.Lock()

    def show(self) -> None:
        """Something came back, and more is to be asked; raises `GivenUp` when nobody waits for it."""
        if self._is_given_up:
            raise GivenUp
        self._until = time.monotonic() + self._limit_s

    def commit(self) -> None:
        """From here on it may be done even if no answer comes; raises `GivenUp` when nobody waits for it."""
        with self._lock:
            self.show()
            self._is_committing = True

    def give_up(self) -> bool:
        """Say that nobody waits any more; return whether the call had begun to commit."""
        with self._lock:
            self._is_given_up = True
            return self._is_committing

    @property
    def is_given_up(self) -> bool:
        """Whether nobody waits any more."""
        return self._is_given_up

    @property
    def left_s(self) -> float:
        """Seconds until the deadline; negative after it."""
        return self._until - time.monotonic()


def watched(call: Callable[[SignsOfLife], T], limit_s: float) -> T:
    """Return what a call returns, or raise what it raises; raises `GivenUp` when it shows no sign of life."""
    life, future = SignsOfLife(limit_s), Future[T]()
    threading.Thread(target=_fulfil, args=(future, call, life), daemon=True).start()
    try:
        while not future.done():
            if life.left_s <= 0:
                raise GivenUp(life.give_up())
            _wait(future, life.left_s)
        return future.result()
    finally:
        life.give_up()


def _wait(future: Future[T], seconds: float) -> None:
    """Wait until there is a result, or the time is over."""
    done = threading.Event()
    future.add_done_callback(lambda _: done.set())
    done.wait(max(0.0, seconds))


def _fulfil(future: Future[T], call: Callable[[SignsOfLife], T], life: SignsOfLife) -> None:
    try:
        future.set_result(call(life))
    except BaseException as error:  # noqa: BLE001 - it is raised in the thread that waits
        future.set_exception(error)
