"""Compute the answer of this folder again from its files and compare. Needs NetworkX alone; README.txt says more."""

from __future__ import annotations

import csv
import json
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import networkx as nx

HERE = Path(__file__).resolve().parent
GRADES = ["inferred", "reported", "declared", "verified"]
CLAIM, INFERRED = 0, 1  # how an item was entered: two inferred steps never follow one another


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader((HERE / name).read_text(encoding="utf-8").splitlines()))


def decided(rows: list[dict[str, str]]) -> tuple[float, float]:
    """Return the share of one pair: of claims that state one, best grade, then newest, then widest."""
    stated = [(GRADES.index(r["grade"]), r["recorded_at"], float(r["share_low"]), float(r["share_high"])) for r in rows]
    competing = [s for s in stated if s[2:] != (0, 1)]
    return max(competing, key=lambda s: (*s[:2], s[3] - s[2], -s[2]))[2:] if competing else (0.0, 1.0)


def read_steps() -> tuple[dict[Any, Any], set[tuple[str, str, bool]]]:
    """Return claims by pair of ends, and the pairs between which a step is inferred."""
    claims: dict[Any, Any] = {}
    inferred = set()
    for row in table("steps.csv"):
        pair = (row["from"], row["to"])
        if row["type"] == "INFERRED":
            inferred.add((*pair, row["ingredient"] == "1"))
        else:
            claims.setdefault(pair, []).append(row)
    return claims, inferred


def routes(claims: dict[Any, Any], inferred: set[tuple[str, str, bool]], least: int) -> nx.DiGraph[Any]:
    """Return the graph on which every path is a route of steps of at least a grade; edges carry their tier."""
    graph: nx.DiGraph[Any] = nx.DiGraph()
    for (a, b), rows in claims.items():
        if max(GRADES.index(row["grade"]) for row in rows) >= least:
            tier = {"tier": int(rows[0]["type"] != "BECOMES")}
            graph.add_edges_from(((a, entered), (b, CLAIM), tier) for entered in (CLAIM, INFERRED))
    if least == 0:
        graph.add_edges_from(((a, CLAIM), (b, INFERRED), {"tier": 0}) for a, b, _ in inferred)
    return graph


def tiers(graph: nx.DiGraph[Any], starts: list[str]) -> dict[str, int]:
    """Return the smallest tier of everything that a route from the starts reaches by a claim."""
    sources = {(item, CLAIM) for item in starts} & graph.nodes
    found = nx.multi_source_dijkstra_path_length(graph, sources, weight="tier") if sources else {}
    return {node: int(tier) for (node, entered), tier in found.items() if entered == CLAIM}


def pour(sources: list[tuple[float, float, float]], high: bool) -> float:
    """Return the most (least) that shares of the sources (low share, high share, value) can bring together."""
    left = 1.0 - sum(low for low, _, _ in sources)
    if sources and (left < -1e-9 or sum(up for _, up, _ in sources) < 1 - 1e-9):  # they contradict each other
        return (max if high else min)(value for _, _, value in sources)
    total = 0.0
    for low, up, value in sorted(sources, key=lambda source: source[2], reverse=high):
        taken = max(0.0, min(left, up - low))
        left, total = left - taken, total + (low + taken) * value
    return min(1.0, total)


def bound(inflows: dict[str, Any], nodes: dict[str, Any], high: bool, rests: float) -> dict[Any, float]:
    """Return one bound of every node's share: the least solution, by iterating from 0 until nothing moves."""
    fixed = ("certain", "candidate") if high else ("certain",)
    value = {(node, kind): float(row["affected"] in fixed) for node, row in nodes.items() for kind in (0, 1)}

    def worth(node: str, kind: int) -> float:
        sources, made = [], []
        for origin, low, up, ingredient, by_rule in inflows.get(node, ()):
            brought = value[origin, INFERRED if by_rule else CLAIM]
            if by_rule and kind == INFERRED:
                continue  # the value of this kind is what an item has without its own inferred inflows
            if ingredient:
                made.append((up if high else low) * brought)
            else:
                sources.append((low, up, brought))
        if made:
            sources.append((0.0, 1.0, min(1.0, sum(made)) if high else max(made)))
        if nodes[node]["complete"] == "0":
            sources.append((0.0, 1.0, rests if high and nodes[node]["open"] else 0.0))
        return pour(sources, high)

    free = [(node, kind) for node, kind in value if nodes[node]["affected"] not in fixed]
    for _ in range(1_000_000):
        before = dict(value)
        for node, kind in free:
            value[node, kind] = worth(node, kind)
        if all(abs(value[at] - before[at]) < 1e-13 for at in free):
            return value
    raise SystemExit("a circle of goods did not settle: see README.txt")


def recompute() -> dict[str, dict[str, Any]]:
    """Return status, tier and share of every contract."""
    claims, inferred = read_steps()
    items, contracts = ({row["id"]: row for row in table(name)} for name in ("items.csv", "contracts.csv"))
    nodes = {**items, **contracts}
    inflows: dict[str, Any] = {}
    for (a, b), rows in claims.items():
        inflows.setdefault(b, []).append((a, *decided(rows), rows[0]["ingredient"] == "1", False))
    for a, b, ingredient in sorted(inferred):
        if (a, b) not in claims:  # a claim replaces the inferred step
            inflows.setdefault(b, []).append((a, 0.0, 1.0, ingredient, True))
    affected = {item: row["affected"] for item, row in items.items() if row["affected"]}
    sure = tiers(routes(claims, inferred, 1), [item for item in affected if affected[item] == "certain"])
    reached = tiers(routes(claims, inferred, 0), list(affected))
    unknown = tiers(routes(claims, inferred, 0), [item for item, row in items.items() if row["open"]])
    low, high, mapped = (bound(inflows, nodes, up, rests) for up, rests in ((False, 1.0), (True, 1.0), (True, 0.0)))
    found = {}
    for contract, row in contracts.items():
        routed, at = contract in reached, (contract, CLAIM)
        status = "unmapped" if row["open"] or contract in unknown else "no_link"
        status = "established" if contract in sure else "possible" if routed else status
        share = {"low": low[at], "high": high[at], "unmapped": high[at] - mapped[at]} if routed else None
        found[contract] = {"status": status, "tier": sure.get(contract, reached.get(contract)), "share": share}
    return found


def main() -> int:
    """Check the files' hashes, recompute, compare; 0 when all agrees."""
    manifest, answer = (json.loads((HERE / name).read_bytes()) for name in ("manifest.json", "answer.json"))
    wrong = [n for n, known in manifest["sha256"].items() if sha256((HERE / n).read_bytes()).hexdigest() != known]
    found, stated = recompute(), {contract["contract_id"]: contract for contract in answer["contracts"]}
    for contract, mine in sorted(found.items()):
        theirs = stated[contract]
        shares = [abs(mine["share"][k] - theirs["share"][k]) for k in mine["share"]] if mine["share"] else []
        if (mine["status"], mine["tier"]) != (theirs["status"], theirs["tier"]) or max(shares, default=0) > 1e-6:
            wrong.append(f"{contract}: {mine}; the answer: {theirs['status']}, {theirs['share']}")
    wrong = [f"DIFFERS {line}" for line in wrong]
    print("\n".join([*wrong, f"{len(found)} contracts recomputed of {len(stated)}, {len(wrong)} differences"]))  # noqa: T201
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
