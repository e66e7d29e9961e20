"""A row less visible than an uncounted `complete` that it enters is refused: both orders, files and store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.intake.support import GOOD, FakeStore, places, read, read_with
from tracegraph.intake import read_dataset
from tracegraph.model import Statement
from tracegraph.vocabulary import Label

PRIVATE = "region:SE-AB"
SUPPLIES = "seller_id,buyer_id,product,source_id,visibility\nf1,s1,gloves,src-1,{}\n"
ITEMS = "holder_id,product,source_id,sourcing,source_count,visibility\ns1,gloves,src-1,{},{},{}\n"
CONTRACTS = "contract_id,title,regions,source_id,sourcing,source_count,visibility\nc1,A,SE-AB,src-1,{},{},{}\n"
DELIVERIES = "contract_id,supplier_id,product,source_id,visibility\nc1,s1,gloves,src-1,{}\n"

IDS = {(Label.SUPPLIER, "s1"), (Label.SUPPLIER, "s2"), (Label.FACTORY, "f1"), (Label.CONTRACT, "c1")} | {
    (Label.PRODUCT, "gloves"),
    (Label.PRODUCT, "latex"),
    (Label.SOURCE, "src-1"),
}


@pytest.mark.parametrize(
    ("row", "complete", "refused"),
    [
        (PRIVATE, ("complete", "", "network"), True),
        (PRIVATE, ("complete", "", "public"), True),
        ("network", ("complete", "", "public"), True),
        (PRIVATE, ("complete", "", "region:SE-M"), True),
        (PRIVATE, ("complete", "", PRIVATE), False),
        ("network", ("complete", "", "network"), False),
        ("public", ("complete", "", "network"), False),
        ("network", ("complete", "", PRIVATE), False),
        (PRIVATE, ("complete", "1", "network"), False),
        (PRIVATE, ("open", "", "network"), False),
        (PRIVATE, ("", "", "network"), False),
    ],
)
def test_rows_into_an_item(row: str, complete: tuple[str, str, str], refused: bool, tmp_path: Path) -> None:
    files = {"supplies.csv": SUPPLIES.format(row), "items.csv": ITEMS.format(*complete)}
    expected = [("supplies.csv", 2, "visibility", row, "less-visible")] if refused else []
    assert places(read_with(tmp_path, files)) == expected


@pytest.mark.parametrize(
    ("row", "contract", "refused"),
    [
        (PRIVATE, ("", "", "network"), True),
        (PRIVATE, ("complete", "", "network"), True),
        (PRIVATE, ("complete", "1", "network"), False),
        (PRIVATE, ("open", "", "network"), False),
        (PRIVATE, ("", "", PRIVATE), False),
        ("public", ("", "", "network"), False),
    ],
)
def test_deliveries_under_a_contract(row: str, contract: tuple[str, str, str], refused: bool, tmp_path: Path) -> None:
    files = {"deliveries.csv": DELIVERIES.format(row), "contracts.csv": CONTRACTS.format(*contract)}
    expected = [("deliveries.csv", 2, "visibility", row, "less-visible")] if refused else []
    assert places(read_with(tmp_path, files)) == expected


def test_a_making_enters_too(tmp_path: Path) -> None:
    text = f"seller_id,buyer_id,product,into_product,source_id,visibility\ns1,s1,latex,gloves,src-1,{PRIVATE}\n"
    files = {"supplies.csv": text, "items.csv": ITEMS.format("complete", "", "network")}
    assert places(read_with(tmp_path, files)) == [("supplies.csv", 2, "visibility", PRIVATE, "less-visible")]


def test_another_row_may_speak_for_a_contract_row_that_says_nothing(tmp_path: Path) -> None:
    silent = CONTRACTS.format("", "", "network")
    files = {"deliveries.csv": DELIVERIES.format(PRIVATE)}
    spoken = {**files, "contracts.csv": silent + "c1,B,SE-AB,src-1,open,,public\n"}
    assert places(read_with(tmp_path / "a", spoken)) == []
    unheard = {**files, "contracts.csv": silent + f"c1,B,SE-AB,src-1,open,,{PRIVATE}\n"}
    assert [rule for *_, rule in places(read_with(tmp_path / "b", unheard))] == ["less-visible"]


def stored(folder: Path, files: dict[str, str | bytes]) -> FakeStore:
    """A store that holds what these files say."""
    return FakeStore(IDS, read_with(folder, files).change_set.statements)


def test_a_complete_of_the_store(tmp_path: Path) -> None:
    store = stored(tmp_path / "store", {"items.csv": ITEMS.format("complete", "", "network")})
    late = {"supplies.csv": SUPPLIES.format(PRIVATE)}
    assert places(read(tmp_path / "late", late, standing=store)) == [
        ("supplies.csv", 2, "visibility", PRIVATE, "less-visible")
    ]
    assert places(read(tmp_path / "seen", {"supplies.csv": SUPPLIES.format("network")}, standing=store)) == []


def test_a_hidden_row_of_the_store(tmp_path: Path) -> None:
    store = stored(tmp_path / "store", {"supplies.csv": SUPPLIES.format(PRIVATE)})
    late = {"items.csv": ITEMS.format("complete", "", "network")}
    assert places(read(tmp_path / "late", late, standing=store)) == [
        ("items.csv", 2, "sourcing", "complete", "less-visible")
    ]
    counted = {"items.csv": ITEMS.format("complete", "1", "network")}
    assert places(read(tmp_path / "counted", counted, standing=store)) == []


def test_a_contract_of_the_store(tmp_path: Path) -> None:
    store = stored(tmp_path / "store", {"contracts.csv": CONTRACTS.format("", "", "network")})
    late = {"deliveries.csv": DELIVERIES.format(PRIVATE)}
    assert [rule for *_, rule in places(read(tmp_path / "late", late, standing=store))] == ["less-visible"]
    # corrected together: the row of the store is replaced by this one
    both = {**late, "contracts.csv": CONTRACTS.format("open", "", "network")}
    assert places(read(tmp_path / "both", both, standing=store)) == []


def test_nothing_is_asked_where_nothing_can_be_hidden(tmp_path: Path) -> None:
    store = FakeStore(IDS)
    read(tmp_path, {"supplies.csv": SUPPLIES.format("public")}, standing=store)
    assert all(not ends for _, _, ends in store.asked)


def test_both_of_the_store_are_nobodys_problem(tmp_path: Path) -> None:
    statements: list[Statement] = []
    for part, files in (
        ("a", {"supplies.csv": SUPPLIES.format(PRIVATE)}),
        ("b", {"items.csv": ITEMS.format("complete", "", "network")}),
    ):
        statements += read_with(tmp_path / part, files).change_set.statements
    more = {"supplies.csv": SUPPLIES.replace("f1,", "s2,").format(PRIVATE), **GOOD}
    for name, text in more.items():
        (tmp_path / name).write_text(text)
    reading = read_dataset([tmp_path / name for name in more], standing=FakeStore(IDS, statements).standing)
    assert places(reading) == [("supplies.csv", 2, "visibility", PRIVATE, "less-visible")]
