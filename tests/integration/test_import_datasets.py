"""Whole datasets through the importer: golden cases, seeds, into a store and again, and a large one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.library import opened
from tracegraph.intake import read_dataset

ROOT = Path(__file__).resolve().parents[2]
CASES = sorted(path for path in (ROOT / "tests" / "cases").iterdir() if path.is_dir())
NOW = "2026-01-01T00:00:00Z"


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.name)
def test_every_golden_case_is_read_without_errors(case: Path) -> None:
    reading = read_dataset([case])
    assert reading.errors == []
    assert reading.bad_rows == {}
    assert reading.change_set.statements
    assert [note.values["file"] for note in reading.notes] == ["case.toml"]


def test_the_seeds_are_read_without_errors() -> None:
    reading = read_dataset([ROOT / "seeds" / "reference", ROOT / "seeds" / "demo"])
    assert reading.errors == []
    assert reading.bad_rows == {}


@pytest.fixture
def supplies(tmp_path: Path) -> Path:
    """A dataset of a few thousand rows in two folders, the second of which needs the store."""
    holders = [f"s{n}" for n in range(200)]
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (first / "suppliers.csv").write_text("supplier_id,name\n" + "".join(f"{one},Demo {one}\n" for one in holders))
    (first / "products.csv").write_text("product_id,name_en\np,Demo\n")
    rows = [f"{holders[n % 200]},{holders[(n * 7 + n // 200 + 1) % 200]},p" for n in range(3000)]
    rows = [row for row in dict.fromkeys(rows) if row.split(",")[0] != row.split(",")[1]]
    (second / "supplies.csv").write_text("seller_id,buyer_id,product\n" + "\n".join(rows))
    return tmp_path


def test_a_second_import_rests_on_the_first_and_a_third_changes_nothing(store_url: str, supplies: Path) -> None:
    with opened(store_url) as store:
        assert {problem.rule for problem in read_dataset([supplies / "second"], standing=store).errors} == {
            "unknown-id"
        }
        store.apply(read_dataset([supplies / "first"], standing=store).change_set, NOW)
        second = read_dataset([supplies / "second"], standing=store)
        assert second.errors == []
        assert {problem.rule for problem in second.problems} == {"no-source"}
        report = store.apply(second.change_set, NOW)
        assert report.new == len(second.change_set.statements) > 1000
        again = store.apply(read_dataset([supplies], standing=store).change_set, NOW)
        assert again.is_nothing or not (again.new or again.changed)


def test_a_hidden_row_into_a_complete_list_of_the_store_is_refused(store_url: str, tmp_path: Path) -> None:
    """The rule across two imports, with the answers of a real store."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.mkdir()
    second.mkdir()
    (first / "suppliers.csv").write_text("supplier_id,name\ns1,Demo One\ns2,Demo Two\n")
    (first / "items.csv").write_text("holder_id,product,sourcing\ns1,gloves,complete\n")
    (second / "supplies.csv").write_text("seller_id,buyer_id,product,visibility\ns2,s1,gloves,region:SE-AB\n")
    with opened(store_url) as store:
        store.apply(read_dataset([first], standing=store).change_set, NOW)
        (error,) = read_dataset([second], standing=store).errors
        assert (error.rule, error.line, error.column) == ("less-visible", 2, "visibility")
        (first / "items.csv").write_text("holder_id,product,sourcing,source_count\ns1,gloves,complete,1\n")
        together = read_dataset([first, second], standing=store)
        assert together.errors == []
        store.apply(together.change_set, NOW)
