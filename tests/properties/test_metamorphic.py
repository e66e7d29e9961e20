"""What must stay, or may only go one way, when the same facts are put differently or more is said."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.library import lens_of, opened
from tests.properties.test_promises import NOW, Tables, ask, world, worlds
from tests.strategies import Query
from tracegraph.lens import Lens
from tracegraph.store.canonical import claim_from_line
from tracegraph.vocabulary import RelationshipType

#: Each example is two whole imports and answers: fewer than of other properties.
quiet = settings(suppress_health_check=list(HealthCheck), max_examples=40)
ID_COLUMNS = (
    *("supplier_id", "factory_id", "contract_id", "seller_id", "buyer_id", "holder_id", "provider_id", "client_id"),
    *("owned_by", "operated_by"),
)


def figures(answer: Mapping[str, Any]) -> dict[str, Any]:
    """Return status, tier and share of every contract."""
    return {c["contract_id"]: (c["status"], c["basis"], c["tier"], _rounded(c["share"])) for c in answer["contracts"]}


def _rounded(share: Mapping[str, float] | None) -> Mapping[str, float] | None:
    """Return a share as exact as it is promised: sums are taken in another order."""
    return share and {part: round(value, 6) + 0.0 for part, value in share.items()}


def _seen(lens: Lens, line: Mapping[str, Any]) -> bool:
    if line["line"] != "claim":
        return True
    claim = claim_from_line(line)
    return (lens.any_grade() if claim.type is RelationshipType.DESCRIBES else lens).sees(claim)


@quiet
@given(worlds())
def test_a_lens_is_a_store_that_holds_nothing_else(given_world: tuple[Tables, Query]) -> None:
    """As of a day and a moment, for a reader: the same as rebuilding from the log of what was visible then."""
    tables, query = given_world
    lens = lens_of({"lens": query["lens"]}, today="2020-01-01", now=NOW)
    with world(tables) as store, tempfile.TemporaryDirectory() as folder, opened(f"sqlite:///{folder}/b.db") as rebuilt:
        rebuilt.restore(line for line in store.stream() if _seen(lens, line))
        assert figures(ask(rebuilt, query)) == figures(ask(store, query))


@quiet
@given(worlds(), st.randoms(use_true_random=False))
def test_names_do_not_matter(given_world: tuple[Tables, Query], chance: Any) -> None:
    tables, query = given_world
    rows = [row for rows in tables.values() for row in rows]
    ids = sorted({id for row in rows for c in ID_COLUMNS for id in row.get(c, "").split("|")} - {""})
    others = [f"x{n}" for n in range(len(ids))]
    chance.shuffle(others)
    new = dict(zip(ids, others, strict=True))
    renamed = {name: [_renamed(row, new) for row in rows] for name, rows in tables.items()}
    scope = [
        selector
        | {
            "id": new.get(selector["id"], selector["id"]),
            "exclude": [new.get(h, h) for h in selector.get("exclude") or ()],
        }
        for selector in query["scope"]
    ]
    with world(tables) as store:
        before = figures(ask(store, query))
    with world(renamed) as store:
        after = figures(ask(store, {**query, "scope": scope}))
    assert {new[contract]: found for contract, found in before.items()} == after


def _renamed(row: Mapping[str, str], new: Mapping[str, str]) -> dict[str, str]:
    return {
        column: "|".join(new.get(id, id) for id in value.split("|")) if column in ID_COLUMNS else value
        for column, value in row.items()
    }


@quiet
@given(worlds(), st.data())
def test_saying_a_least_share_never_widens_the_bounds(given_world: tuple[Tables, Query], data: st.DataObject) -> None:
    """Where nobody stated the share of a purchase, and nothing contradicts itself before or after."""
    tables, query = given_world
    rows = tables.get("supplies", [])
    silent = [n for n, row in enumerate(rows) if _is_silent(row, rows)]
    assume(silent)
    chosen = data.draw(st.sampled_from(silent))
    said = {"share_low": data.draw(st.sampled_from(["0.1", "0.3", "0.5"])), "share_high": "1"}
    sharper = tables | {"supplies": [row | said if n == chosen else row for n, row in enumerate(rows)]}
    with world(tables) as store:
        before = ask(store, query)
    with world(sharper) as store:
        after = ask(store, query)
    assume(not before["contradictions"] and not after["contradictions"])
    found = {c["contract_id"]: c["share"] for c in after["contracts"]}
    for contract in before["contracts"]:
        wide, narrow = contract["share"], found[contract["contract_id"]]
        if wide and narrow:
            assert narrow["low"] >= wide["low"] - 1e-7
            assert narrow["high"] <= wide["high"] + 1e-7


def _is_silent(row: Mapping[str, str], rows: list[dict[str, str]]) -> bool:
    """Return whether this is the only row of its purchase, and states no share."""
    same = [other for other in rows if all(other.get(c) == row.get(c) for c in ("seller_id", "buyer_id", "product"))]
    stated = row.get("share") or row.get("share_low") or row.get("share_high")
    return len(same) == 1 and not stated and row["seller_id"] != row["buyer_id"]
