"""Memory is looked through for circles that nobody holds any more when nobody asks, and seldom.

Python does so by itself whenever much is new, and meanwhile all threads stand still: half a second where portfolios and
answers of a large graph are kept, every few seconds under load. Young circles are found as always.
"""

from __future__ import annotations

import gc
import random
from collections.abc import Callable
from threading import Event, Thread
from typing import Final

EVERY_S: Final = 300.0
#: So long at most a quiet moment is waited for.
_PATIENCE_S: Final = 60.0
_LOOK_S: Final = 0.05
#: What is new in each of three generations before it is looked through; the last is left to `begin`.
_THRESHOLDS: Final = (2_000, 20, 1_000_000)


def begin(is_quiet: Callable[[], bool], every_s: float = EVERY_S, patience_s: float = _PATIENCE_S) -> Event:
    """Look through all memory at times; what is there now is taken to stay.

    Parameters
    ----------
    is_quiet : callable
        Whether nobody waits for an answer now.
    every_s, patience_s : float
        Seconds between two looks, up to a tenth more or less; and how long a quiet moment is waited for.

    Returns
    -------
    Event
        Ends it, once set.
    """
    over = Event()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)

    def look() -> None:
        while not over.wait(every_s * random.uniform(0.9, 1.1)):
            waited = 0.0
            while not is_quiet() and waited < patience_s and not over.wait(_LOOK_S):
                waited += _LOOK_S
            gc.collect()

    Thread(target=look, name="collecting", daemon=True).start()
    return over
