"""Comparing an answer with the oracle's: every field of `dependents --json --all` but claim ids.

Shares are compared from the moment that an answer has them, within 1e-6; amounts are rounded to öre besides.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: What the oracle does not say: the store's own counters and ids, and what is given beyond docs/formats.md.
SUMMARY_BEYOND = {"graph_version", "by_region", "by_category", "by_direct_supplier"}
CONTRACT_BEYOND = {"ask"}
STEP_BEYOND = {"claim_ids", "evidence"}
ANSWER_BEYOND = {"contradicting_claims"}

TOLERANCE = 1e-6
HALF_AN_ORE = 0.005
#: Fields that are compared number by number: name -> what the rounding of the answer adds to the tolerance.
INTERVALS = {"share": 0.0, "exposed_sek": HALF_AN_ORE}


def without(body: Mapping[str, Any], names: set[str]) -> dict[str, Any]:
    """Return a mapping without some of its keys."""
    return {key: value for key, value in body.items() if key not in names}


def comparable(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of an answer the oracle must give too."""
    contracts = []
    for contract in answer["contracts"]:
        route = contract["route"] and [without(step, STEP_BEYOND) for step in contract["route"]]
        contracts.append(without(contract, CONTRACT_BEYOND) | {"route": route})
    return without(answer, ANSWER_BEYOND) | {
        "summary": without(answer["summary"], SUMMARY_BEYOND),
        "contracts": contracts,
    }


def same(key: str, one: Any, other: Any) -> bool:
    """Whether two values of a contract's field agree."""
    if key not in INTERVALS or one is None or other is None:
        return bool(one == other)
    return one.keys() == other.keys() and all(
        abs(number - other[name]) <= TOLERANCE * max(1.0, abs(other[name])) + INTERVALS[key]
        for name, number in one.items()
    )


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> list[str]:
    """Return what differs between an answer and the oracle's, as lines to read."""
    one, other = comparable(ours), comparable(theirs)
    lines = [
        f"{key}: {one[key]} != {other.get(key)}" for key in one if key != "contracts" and one[key] != other.get(key)
    ]
    by_id = {contract["contract_id"]: contract for contract in other["contracts"]}
    for contract in one["contracts"]:
        expected = by_id.get(contract["contract_id"], {})
        lines += [
            f"{contract['contract_id']}.{key}: {value} != {expected.get(key)}"
            for key, value in contract.items()
            if not same(key, value, expected.get(key))
        ]
    order = [contract["contract_id"] for contract in one["contracts"]]
    if order != [contract["contract_id"] for contract in other["contracts"]]:
        lines.append(f"order: {order}")
    return lines
