"""Whether the API can be asked: the store within a second, its migrations, and how long ago a worker was seen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from threading import Lock
from typing import Any, Final

from tracegraph.errors import TracegraphError

_LIMIT_S: Final = 1.0


class Probe:
    """Asks the store in a thread of its own, so that a store that hangs holds nobody up.

    While one look hangs, no other is begun: everybody is told that it hangs.

    Parameters
    ----------
    look : callable
        Asks the store for something small, and returns what else is worth telling; raises where it cannot be asked.
    limit_s : float
        How long that may take.
    """

    def __init__(self, look: Callable[[], dict[str, Any]], limit_s: float = _LIMIT_S) -> None:
        self._look, self._limit_s = look, limit_s
        self._pool: ThreadPoolExecutor | None = None
        self._running: Future[dict[str, Any]] | None = None
        self._lock = Lock()

    def state(self) -> tuple[bool, dict[str, Any]]:
        """Return whether the API can be asked, and what is told of that."""
        with self._lock:
            if self._running is None or self._running.done():
                self._pool = self._pool or ThreadPoolExecutor(1, thread_name_prefix="probe")
                self._running = self._pool.submit(self._look)
            running = self._running
        try:
            return True, {"status": "ready", "store": "ok", **running.result(self._limit_s)}
        except NotInTime:
            return False, {"status": "not-ready", "store": "no-answer"}
        except TracegraphError as error:
            return False, {"status": "not-ready", "store": error.code}
        except Exception:  # noqa: BLE001 - whatever it is, the store cannot be asked; no text of it is told
            return False, {"status": "not-ready", "store": "error"}

    def close(self) -> None:
        """Give back the thread."""
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
