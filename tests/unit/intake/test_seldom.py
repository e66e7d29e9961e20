"""What seldom happens while a dataset is read: each is told like any other mistake, and nothing is taken half."""

from __future__ import annotations

import csv
import gc
import os
import tomllib
from pathlib import Path

import pytest

from tests.unit.intake.support import GOOD, FakeStore, places, read, read_with
from tracegraph.intake.csv_reader import read_csv
from tracegraph.intake.refusal import Problems, Refusal
from tracegraph.intake.toml_values import read_moment
from tracegraph.vocabulary import Label


def test_an_id_that_is_of_another_kind_in_the_store(tmp_path: Path) -> None:
    files = {"suppliers.csv": "supplier_id,name,source_id\nh1,Demo,src-1\n", "contracts.csv": ""}
    reading = read_with(tmp_path / "a", files, standing=FakeStore({(Label.FACTORY, "h1")}))
    assert ("suppliers.csv", 2, "supplier_id", "h1", "two-labels") in places(reading)
    files = {"factories.csv": "factory_id,country,source_id\nh2,MY,src-1\n"}
    reading = read_with(tmp_path / "b", files, standing=FakeStore({(Label.SUPPLIER, "h2")}))
    assert places(reading) == [("factories.csv", 2, "factory_id", "h2", "two-labels")]


def test_a_product_that_is_nearly_another_is_suggested(tmp_path: Path) -> None:
    reading = read_with(tmp_path, {"items.csv": "holder_id,product,source_id\ns1,glove,src-1\n"})
    (warning,) = [problem for problem in reading.problems if problem.rule == "new-product"]
    assert warning.remedy is not None
    assert warning.remedy.values["near"] == "gloves"


def test_two_rows_that_contradict_each_other_in_two_claims_are_told_once(tmp_path: Path) -> None:
    rows = "s1,One,s2,0.5,src-1\ns2,Other,,,src-1\ns1,Two,s2,0.6,src-1\n"
    reading = read_with(tmp_path, {"suppliers.csv": f"supplier_id,name,owned_by,owned_share,source_id\n{rows}"})
    assert [place[:2] for place in places(reading)] == [("suppliers.csv", 4)]


def test_a_header_with_too_large_a_cell_is_the_only_problem_of_its_file(tmp_path: Path) -> None:
    large = "x" * 1_000_000
    reading = read_with(tmp_path, {"items.csv": f"holder_id,product,{large}\ns1,gloves,y\n"})
    assert {place[0] for place in places(reading)} == {"items.csv"}


def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: Path) -> None:
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr(Path, "iterdir", refused)  # whoever runs the tests may be allowed everything
    assert {place[4] for place in places(read(tmp_path, GOOD))} >= {"file-unreadable"}


def test_incidents_in_one_line_have_no_lines_of_their_own(tmp_path: Path) -> None:
    reading = read_with(tmp_path, {"incidents.toml": 'incident = [{incident_id = "inc-1"}, {incident_id = "inc-2"}]\n'})
    assert {(place[0], place[1]) for place in places(reading)} == {("incidents.toml", None)}


def test_a_time_outside_of_the_calendar_is_refused() -> None:
    early = tomllib.loads("at = 0001-01-01T00:00:00+14:00")["at"]
    with pytest.raises(Refusal):
        read_moment(early)


def test_the_collector_stays_off_where_it_was_off(tmp_path: Path) -> None:
    gc.disable()
    try:
        assert read(tmp_path, GOOD).problems == []
        assert not gc.isenabled()
    finally:
        gc.enable()
    assert read(tmp_path, GOOD).problems == []
    assert gc.isenabled()


def test_another_library_that_lowers_the_limit_on_cells_changes_nothing() -> None:
    before = csv.field_size_limit(5)
    try:
        problems = Problems()
        table = read_csv(b"holder_id;product\nwholesale;gloves\n", "items.csv", problems, frozenset({"product"}), 10)
        assert table is not None
        assert table.rows == [["wholesale", "gloves"]]
    finally:
        csv.field_size_limit(before)


def test_a_file_of_nothing_but_line_ends_is_empty() -> None:
    problems = Problems()
    assert read_csv(b"\r\r\n\n", "items.csv", problems, frozenset({"holder_id"}), 10) is None
