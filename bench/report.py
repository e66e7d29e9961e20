"""Tables from results, and their place in the README."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

HERE: Final = Path(__file__).resolve().parent
RESULTS: Final = HERE / "results"
README: Final = HERE / "README.md"
BEGIN, END = "<!-- results: written by python -m bench -->", "<!-- end of results -->"
MS: Final = 1000.0

Result = Mapping[str, Any]
Row = Sequence[str]


def table(header: Row, rows: Iterable[Row]) -> str:
    """Return a Markdown table; all columns but the first are numbers."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def number(value: float | None, digits: int = 2) -> str:
    """Return a number with about so many significant digits, or a dash."""
    if value is None:
        return "–"
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.{digits if value < 10 else 1}f}"


def quantiles(asked: Sequence[Mapping[str, Any]], key: str = "seconds") -> tuple[float, float, float] | None:
    """Return p50, p95 and the worst of the questions that were answered, in ms."""
    seconds = [one[key] for one in asked if one[key] is not None]
    if not seconds:
        return None
    p50, p95, worst = (float(q) * MS for q in np.percentile(seconds, [50, 95, 100]))
    return p50, p95, worst


def reach_table(part: Result) -> str:
    """Return reach side by side: typical factories, hubs, load, memory."""
    header = (
        "System",
        "p50 ms",
        "p95 ms",
        "worst ms",
        "hubs p50 ms",
        "hubs worst ms",
        "load s",
        "memory MB",
        "no answer",
    )
    rows = []
    for name, result in part["systems"].items():
        typical, hubs = quantiles(result["random"]), quantiles(result["hubs"])
        missing = sum(one["seconds"] is None for one in (*result["random"], *result["hubs"]))
        asked = len(result["random"]) + len(result["hubs"])
        rows.append(
            (
                name,
                *(number(q) for q in typical or (None,) * 3),
                *(number(q) for q in ((hubs[0], hubs[2]) if hubs else (None, None))),
                number(result["load_s"]),
                number(result["resident_mb"]),
                f"{missing} of {asked}" if missing else "0",
            )
        )
    return table(header, rows)


def full_table(result: Result) -> str:
    """Return the full answer beside reach."""
    header = (
        "Store, lens",
        "reach p50 ms",
        "full, warm p50 ms",
        "print p50 ms",
        "hubs: reach",
        "full, warm",
        "print",
        "full, cold s",
    )
    rows = []
    for name, part in result["full"].items():
        typical, hubs = part["random"], part["hubs"]
        cells = [
            number(quantiles(rows_, key)[0]) if quantiles(rows_, key) else "–"  # type: ignore[index]
            for rows_ in (typical, hubs)
            for key in ("reach_s", "seconds", "print_s")
        ]
        rows.append((name, *cells, number(part["cold_s"])))
    return table(header, rows)


def store_table(result: Result) -> str:
    """Return import, disk and pass by store."""
    header = ("Store", "claims", "import s", "of which reading", "claims/s", "disk MB", "memory of the import MB")
    rows = [
        (
            name,
            number(part["claims"]),
            number(part["read_s"] + part["apply_s"]),
            number(part["read_s"]),
            number(part["claims_per_s"]),
            number(part["disk_mb"]),
            number(part["resident_mb"]),
        )
        for name, part in result["imports"].items()
    ]
    return table(header, rows)


def pass_table(result: Result) -> str:
    """Return the portfolio pass by store and lens."""
    header = ("Store, lens", "visible goods claims", "contracts", "read s", "gather s", "claims/s", "memory MB")
    rows = [
        (
            name,
            *(
                number(part[key])
                for key in ("claims", "contracts", "read_s", "gather_s", "claims_per_s", "resident_mb")
            ),
        )
        for name, part in result["passes"].items()
    ]
    return table(header, rows)


def cones(part: Result) -> str:
    """Return one sentence on what the questions met."""
    first = next(iter(part["systems"].values()))
    said = []
    for kind, words in (("random", "factories"), ("hubs", "hubs")):
        contracts = [one["contracts"] for one in first[kind]]
        claims = [one["claims"] for one in first[kind]]
        said.append(
            f"{len(contracts)} {words}: median {int(np.median(claims)):,} claims and {int(np.median(contracts)):,} "
            f"contracts (most: {max(claims):,} and {max(contracts):,})"
        )
    return "; ".join(said) + f". Contract sets compared: {part['compared']:,}, differences: {part['differences']}."


def size_text(result: Result) -> str:
    """Return everything about one size as Markdown."""
    counts = result["counts"]
    parts = [
        f"### {result['size'].capitalize()}: {counts['nodes']:,} nodes, {counts['claims']:,} claims, of these "
        f"{counts['goods']:,} carry goods",
        f"Load average of the machine: {result['load_before']} at the start, {result['load_after']} at the end.",
        "**Reach, claims only** (`min_grade` reported). " + cones(result["claims_only"]),
        reach_table(result["claims_only"]),
        "**Reach with inferred steps** (`min_grade` inferred, the default). " + cones(result["with_inference"]),
        reach_table(result["with_inference"]),
        "**The full answer** (statuses of all contracts, best routes, open ends) beside reach",
        full_table(result),
        "**The portfolio pass**",
        pass_table(result),
        "**Import and disk**",
        store_table(result),
    ]
    return "\n\n".join(parts)


def growth_text(small: Result, large: Result) -> str:
    """Return what ten times the graph costs."""
    rows = []
    for lens, words in (("claims_only", "claims only"), ("with_inference", "with inferred steps")):
        for name in small[lens]["systems"]:
            if name not in large[lens]["systems"]:
                continue
            a, b = (quantiles(r[lens]["systems"][name]["random"]) for r in (small, large))
            claims = [
                np.median([one["claims"] or 0 for one in r[lens]["systems"][name]["random"]]) for r in (small, large)
            ]
            if a and b:
                rows.append(
                    (
                        f"{name}, {words}",
                        number(a[0]),
                        number(b[0]),
                        number(b[0] / a[0]),
                        f"{claims[0]:,.0f}",
                        f"{claims[1]:,.0f}",
                    )
                )
    header = ("System", "small p50 ms", "large p50 ms", "ratio", "small cone, claims", "large cone, claims")
    return "### Growth from small to large\n\n" + table(header, rows)


def write_readme() -> None:
    """Put the tables of all results in the README, between its markers."""
    results = {size: RESULTS / f"{size}.json" for size in ("small", "large")}
    found = {size: json.loads(path.read_text(encoding="utf-8")) for size, path in results.items() if path.exists()}
    parts = [size_text(result) for result in found.values()]
    if len(found) == len(results):
        parts.append(growth_text(found["small"], found["large"]))
    text = README.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n" + "\n\n".join(parts) + f"\n\n{END}{after}", encoding="utf-8")
