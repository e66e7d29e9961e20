"""Figures of the work that waits, found out when the metrics are asked for; a store that hangs holds nobody up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from tracegraph.services.jobs import JOB
from tracegraph.services.notifying import MESSAGE
from tracegraph.services.working import worker_age
from tracegraph_api.health import Probe

if TYPE_CHECKING:
    from tracegraph.store.port import Store

_PAGE: Final = 500
#: So many records of a kind are counted at most; more than that is told as that many.
MOST: Final = 5_000


class Queues(Collector):
    """How many jobs and messages there are by state, and how long ago a worker was seen.

    Parameters
    ----------
    store : Store
        Where they are.
    clock : callable
        Returns the present moment.
    """

    def __init__(self, store: Store, clock: Callable[[], str]) -> None:
        self._probe = Probe(lambda: _looked_at(store, clock()))

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures; of a store that does not answer, just that."""
        answers, found = self._probe.state()
        yield GaugeMetricFamily("tracegraph_store_up", "Whether the store answers.", value=float(answers))
        for kind in (JOB, MESSAGE) if answers else ():
            family = GaugeMetricFamily(
                f"tracegraph_{kind}s", f"Records of this kind by state, at most {MOST}.", labels=("state",)
            )
            for state, number in found[kind].items():
                family.add_metric((state,), number)
            yield family
        if answers and found["worker_age"] is not None:
            yield GaugeMetricFamily(
                "tracegraph_worker_age_seconds", "Seconds since a worker was seen.", value=found["worker_age"]
            )

    def close(self) -> None:
        """Give back the thread."""
        self._probe.close()


def _looked_at(store: Store, now: str) -> dict[str, Any]:
    return {kind: _by_state(store, kind) for kind in (JOB, MESSAGE)} | {"worker_age": worker_age(store, now)}


def _by_state(store: Store, kind: str) -> Counter[str]:
    """Return how many records of a kind are in which state."""
    counts: Counter[str] = Counter()
    after = ""
    while counts.total() < MOST:
        page = store.page(kind, after=after, limit=_PAGE)
        counts.update(str(record.body.get("state", "waiting")) for record in page)
        if len(page) < _PAGE:
            break
        after = page[-1].id
    return counts
