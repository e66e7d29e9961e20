"""The oracle answers all golden cases, and its walk agrees with plain enumeration of all routes."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.oracle import answer, incident_scope

REPO = Path(__file__).resolve().parents[2]


def golden_folder() -> Path | None:
    """The copies beside the tests; else those of the shared folder."""
    shared = os.environ.get("TRACEGRAPH_SHARED")
    places = [REPO / "tests" / "cases", *([Path(shared) / "cases"] if shared else []), REPO.parent / "shared" / "cases"]
    return next((place for place in places if list(place.glob("*/case.toml"))), None)


def golden_queries() -> list[Any]:
    folder = golden_folder()
    if folder is None:
        return []
    found = []
    for path in sorted(folder.glob("*/case.toml")):
        for number, query in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["query"], 1):
            found.append(pytest.param(path.parent, query, id=f"{path.parent.name}-{number}"))
    return found


def lens_of(query: dict[str, Any]) -> dict[str, Any]:
    """The case's lens is written as flags: `as`, and known_at perhaps as a date (the end of that day)."""
    flags = dict(query.get("lens") or {})
    reader = flags.pop("as", "network")
    if len(flags.get("known_at", "")) == len("2019-02-19"):
        flags["known_at"] += "T23:59:59Z"
    visible = {"public": ["public"], "network": ["public", "network"]}
    return {**flags, "visible_to": visible.get(reader, ["public", "network", f"region:{reader}"])}


@pytest.mark.skipif(golden_folder() is None, reason="no golden cases found")
@pytest.mark.parametrize(("folder", "query"), golden_queries())
def test_golden_case(folder: Path, query: dict[str, Any]) -> None:
    scope = query["scope"] if "scope" in query else incident_scope(folder, query["incident"])
    got = answer(folder, scope, lens_of(query), query.get("max_tier"))
    if "affected" in query:
        assert {i["item_id"]: i["certainty"] for i in got["affected_items"]} == query["affected"]
    if "unmatched" in query:
        assert [{"kind": s["kind"], "id": s["id"]} for s in got["unmatched"]] == query["unmatched"]
    for name, value in query.get("summary", {}).items():
        assert got["summary"][name] == value
    contracts = {c["contract_id"]: c for c in got["contracts"]}
    assert set(contracts) == {e["contract_id"] for e in query["expected"]}
    for expected in query["expected"]:
        compare_contract(expected, contracts[expected["contract_id"]])


def compare_contract(expected: dict[str, Any], got: dict[str, Any]) -> None:
    """Fields that a case leaves out are null, or not compared (README of the cases)."""
    route = got["route"]
    ids = [step["from"] for step in route] + [route[-1]["to"]] if route else None
    assert ids == expected.get("route")
    for name in ("status", "basis", "tier", "weakest_grade"):
        assert got[name] == expected.get(name), name
    for name in ("direct_suppliers", "open_ends", "value_sek", "regions"):
        if name in expected:
            assert got[name] == expected[name], name
    if "rules" in expected:
        assert [step["rule"] or step["type"] for step in route] == expected["rules"]
