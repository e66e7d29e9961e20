"""Figures of a run of `bench.api`, as a table: each beside the library's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

KINDS = ("dependents", "search", "write")


def quantile(values: Sequence[float], part: float) -> float:
    """Return a quantile; nan of nothing."""
    return float(np.quantile(values, part)) if values else float("nan")


def report(results: Mapping[str, Any]) -> str:
    """Return the figures of a run as Markdown."""
    samples, alone = results["samples"], results["library"]
    parts = [_conditions(results), _steady(samples, alone), _loads(samples, results["options"]), _memory(results)]
    return "\n\n".join(part for part in parts if part)


def _of(samples: Iterable[Mapping[str, Any]], phase: str, kind: str | None = None) -> list[Mapping[str, Any]]:
    return [one for one in samples if one["phase"] == phase and kind in (None, one["kind"])]


def _conditions(results: Mapping[str, Any]) -> str:
    on, options = results["machine"], results["options"]
    return (
        f"{on['cores']} cores, {on['memory_gb']} GB, Python {on['python']}, SQLite {on['sqlite']}; load average "
        f"{results['load'][0]} before, {results['load'][1]} after. Least grade {options['min_grade']}; "
        f"{'one region writes' if options['one_writer'] else 'all four regions write'}, each for itself alone; steady "
        f"for {options['minutes']:g} min at {options['rate']:g} requests a second. "
        f"Workers started: {results['workers_started']}."
    )


def _steady(samples: list[dict[str, Any]], alone: Mapping[str, Sequence[float]]) -> str:
    lines = [
        "| Steady | asked | answers by status | p50 ms | p95 ms | p99 ms | library p50 | library p95 | p95 ratio |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind in KINDS:
        asked = _of(samples, "steady", kind)
        times = [one["ms"] for one in asked if 200 <= one["status"] < 300]
        own = list(alone.get(kind, ()))
        ratio = quantile(times, 0.95) / quantile(own, 0.95)
        compared = "–" if np.isnan(ratio) else f"{ratio:.1f}"
        lines.append(
            f"| {kind} | {len(asked)} | {_statuses(asked)} | {_ms(times, 0.5)} | {_ms(times, 0.95)} "
            f"| {_ms(times, 0.99)} | {_ms(own, 0.5)} | {_ms(own, 0.95)} | {compared} |"
        )
    lines.append("")
    lines.append(f"The library's first answer, with the pass over the portfolio: {alone['cold'][0]:,.0f} ms.")
    return "\n".join(lines)


def _ms(values: Sequence[float], part: float) -> str:
    found = quantile(values, part)
    return "–" if np.isnan(found) else f"{found:,.1f}"


def _statuses(asked: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(f"{status}: {count}" for status, count in sorted(Counter(one["status"] for one in asked).items()))


def _loads(samples: list[dict[str, Any]], options: Mapping[str, Any]) -> str:
    if not options["overload_s"]:
        return ""
    lines = [
        "| Phase | asked a second | good answers a second | answers by status | refused, p95 ms | refused, worst ms |",
        "| --- | ---: | ---: | --- | ---: | ---: |",
    ]
    for phase in ("steady", "peak", "overload", "after"):
        asked = _of(samples, phase)
        if not asked:
            continue
        span = max(one["at"] for one in asked) - min(one["at"] for one in asked) or 1.0
        good = sum(200 <= one["status"] < 300 for one in asked)
        refused = [one["ms"] for one in asked if one["status"] in (429, 503)]
        lines.append(
            f"| {phase} | {len(asked) / span:.1f} | {good / span:.1f} | {_statuses(asked)} "
            f"| {_ms(refused, 0.95)} | {_ms(refused, 1.0)} |"
        )
    return "\n".join([*lines, "", _recovery(samples)])


def _recovery(samples: list[dict[str, Any]]) -> str:
    """Return how long after the overload the last bad answer was, and p95 as usual again."""
    after = _of(samples, "after")
    if not after:
        return ""
    begun = min(one["at"] for one in after)
    bad = [one["at"] - begun for one in after if not 200 <= one["status"] < 500]
    usual = quantile([one["ms"] for one in _of(samples, "steady") if one["status"] < 300], 0.95)
    late = [one["at"] - begun for one in after if one["ms"] > 2 * usual]
    return (
        f"After the overload: the last refusal after {max(bad, default=0):.1f} s, the last answer slower than twice "
        f"the steady p95 after {max(late, default=0):.1f} s."
    )


def _memory(results: Mapping[str, Any]) -> str:
    by_pid: dict[int, list[Mapping[str, Any]]] = {}
    for one in results["memory"]:
        by_pid.setdefault(one["pid"], []).append(one)
    rows = [
        f"| {number} | {found[0]['mb']:.0f} | {max(one['mb'] for one in found):.0f} | {found[-1]['mb']:.0f} "
        f"| {found[0]['files']} | {max(one['files'] for one in found)} | {found[-1]['files']} |"
        for number, found in enumerate(by_pid.values(), start=1)
    ]
    head = ["| Worker | MB first | most | last | open files first | most | last |", "| --- |" + " ---: |" * 6]
    return "\n".join([*head, *rows])
