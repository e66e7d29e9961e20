"""The recipe ``examples/electronics``: the published supplier lists, read in place and asked."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from examples.electronics.convert import convert
from examples.recipe import ID_LENGTH
from tests.library import imported, opened
from tracegraph.answer_show import Link, LinkRole, Portrait
from tracegraph.lens import Lens, visible_to
from tracegraph.services.show import show
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, Label

pytestmark = pytest.mark.shared

ROOT = Path(__file__).resolve().parents[2]
NOW = "2026-01-01T00:00:00Z"
IN_2018, IN_2019, IN_2020 = "2018-06-01", "2019-06-01", "2020-06-01"


@pytest.fixture
def dataset(shared_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "electronics"
    folder.mkdir()
    said = convert(shared_dir / "data" / "suppliers", folder)
    assert said == (
        "198 names of 2018, 197 names of 2020, 1416 sites; 4 names differ only in case or punctuation and stay apart"
    )
    return folder


@dataclass
class World:
    store: Store
    folder: Path

    def show(self, node: str, valid_at: str, since: str | None = None) -> Portrait:
        (portrait,) = show(node, lens(valid_at), self.store, since=since).portraits
        return portrait


@pytest.fixture
def world(dataset: Path, sqlite_url: str) -> Iterator[World]:
    with opened(sqlite_url) as store:
        imported(store, dataset, NOW)
        yield World(store, dataset)


def lens(valid_at: str) -> Lens:
    return Lens(valid_at, NOW, visible_to("network"), Grade.INFERRED)


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def names(links: tuple[Link, ...], role: LinkRole) -> set[str]:
    return {link.name or "" for link in links if link.role is role}


def loosely(texts: set[str]) -> set[str]:
    """Names as the data's README compares them: in lower case, letters and digits only."""
    return {"".join(letter for letter in text.lower() if letter.isalnum()) for text in texts}


# --- the dataset -----------------------------------------------------------------------------------------------------


def test_the_dataset_has_no_contract_and_one_row_for_each_site_and_year(dataset: Path) -> None:
    assert {file.name for file in dataset.iterdir()} == {
        "factories.csv",
        "sources.csv",
        "suppliers.csv",
        "supplies.csv",
    }
    sites = rows(dataset, "factories")
    assert Counter(row["valid_from"] for row in sites) == {"2018-01-01": 806, "2020-01-01": 610}  # 808, two twice
    assert {(row["valid_from"], row["valid_to"]) for row in sites} == {
        ("2018-01-01", "2019-01-01"),
        ("2020-01-01", "2021-01-01"),
    }
    assert len({row["factory_id"] for row in sites}) == 1416
    assert Counter(row["valid_from"] for row in rows(dataset, "supplies")) == {"2018-01-01": 198, "2020-01-01": 197}


def test_every_id_is_short_ascii(dataset: Path) -> None:
    ids = [row["factory_id"] for row in rows(dataset, "factories")]
    ids += [row["supplier_id"] for row in rows(dataset, "suppliers")]
    assert all(one.isascii() and len(one) <= ID_LENGTH for one in ids)


def test_ids_are_the_same_in_every_run(shared_dir: Path, dataset: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    again.mkdir()
    convert(shared_dir / "data" / "suppliers", again)
    for file in dataset.iterdir():
        assert (again / file.name).read_bytes() == file.read_bytes()


def test_a_line_break_is_no_part_of_a_name_or_an_address(dataset: Path) -> None:
    cells = [cell for table in ("suppliers", "factories") for row in rows(dataset, table) for cell in row.values()]
    assert not any("\n" in cell or "\r" in cell for cell in cells)
    assert "AT & S Austria Technologie & Systemtechnik AG" in {row["name"] for row in rows(dataset, "suppliers")}


def test_an_address_that_is_na_is_unknown_and_no_country_is_namibia(dataset: Path) -> None:
    sites = rows(dataset, "factories")
    unknown = [row for row in sites if not row["address"]]
    assert Counter(row["valid_from"] for row in unknown) == {"2020-01-01": 16}
    assert {row["country"] for row in sites}.isdisjoint({"NA", ""})
    assert {row["identified"] for row in unknown} == {"false"}


def test_sites_of_2020_are_provinces_and_stay_apart_from_street_addresses(dataset: Path) -> None:
    sites = rows(dataset, "factories")
    assert Counter((row["valid_from"][:4], row["identified"]) for row in sites) == {
        ("2018", "true"): 806,
        ("2020", "false"): 610,
    }
    of_year = [
        {row["factory_id"] for row in sites if row["valid_from"] == start} for start in ("2018-01-01", "2020-01-01")
    ]
    assert of_year[0].isdisjoint(of_year[1])


def test_the_countries_of_the_lists_are_all_resolved(dataset: Path) -> None:
    of_year = {
        year: {row["country"] for row in rows(dataset, "factories") if row["valid_from"].startswith(year)}
        for year in ("2018", "2020")
    }
    assert {year: len(found) for year, found in of_year.items()} == {"2018": 28, "2020": 30}
    assert of_year["2020"] - of_year["2018"] == {"AU", "FI"}


# --- asked -----------------------------------------------------------------------------------------------------------


def test_show_tells_who_supplied_when_who_is_new_and_who_is_gone(dataset: Path, store_url: str) -> None:
    with opened(store_url) as store:
        imported(store, dataset, NOW)
        world = World(store, dataset)
        before = names(world.show("apple", IN_2018).links, LinkRole.SELLER)
        after = names(world.show("apple", IN_2020).links, LinkRole.SELLER)
        changes = world.show("apple", IN_2020, since=IN_2018).changes
    assert (len(before), len(after), len(before & after)) == (198, 197, 137)
    assert changes is not None
    new, gone = names(changes.new, LinkRole.SELLER), names(changes.gone, LinkRole.SELLER)
    assert (new, gone) == (after - before, before - after)
    assert (len(new), len(gone)) == (60, 61)
    assert {"Boyd Corporation", "Kioxia Holdings Corporation"} <= new
    assert {"Toshiba Corporation", "KEMET Corporation"} <= gone
    # the README of the data compares letters and digits only: five pairs more are the same
    loose_before, loose_after = loosely(before), loosely(after)
    both = len(loose_before & loose_after)
    assert (both, len(loose_after - loose_before), len(loose_before - loose_after)) == (142, 55, 56)


def test_names_that_differ_in_case_or_punctuation_stay_apart(world: World) -> None:
    changes = world.show("apple", IN_2020, since=IN_2018).changes
    assert changes is not None
    assert "Qualcomm Incorporated" in names(changes.gone, LinkRole.SELLER)
    assert "QUALCOMM Incorporated" in names(changes.new, LinkRole.SELLER)
    ids = {link.other.id for link in (*changes.new, *changes.gone) if (link.name or "").lower().startswith("qualcomm")}
    assert len(ids) == 2


def test_a_year_without_a_list_says_nothing(world: World) -> None:
    apple = world.show("apple", IN_2019)
    assert (apple.name, apple.links) == ("Apple Inc.", ())


def test_a_link_says_who_declared_it_for_which_year_and_of_what(world: World) -> None:
    (link,) = (link for link in world.show("apple", IN_2018).links if link.name == "Zhenghe Group")
    (said,) = link.evidence
    assert (link.product, link.share) == ("unspecified", None)
    assert (said.source_id, said.grade, said.valid_from, said.valid_to, said.visibility) == (
        "apple-supplier-list-2018",
        Grade.DECLARED,
        "2018-01-01",
        "2019-01-01",
        "public",
    )
    assert said.source is not None
    assert (said.source.publisher, said.source.kind) == ("Apple Inc.", "disclosure")


def test_the_sites_of_a_supplier_are_plants_that_it_operates(world: World) -> None:
    plants = {year: world.show("elec:3m-company", year).by_role(LinkRole.PLANT) for year in (IN_2018, IN_2020)}
    listed = rows(world.folder, "factories")
    for year, links in plants.items():
        expected = {
            row["factory_id"]
            for row in listed
            if row["operated_by"] == "elec:3m-company" and row["valid_from"][:4] == year[:4]
        }
        assert expected
        assert {link.other.id for link in links} == expected
    everyone = world.store.descriptions(Label.FACTORY, None, lens(IN_2020))
    assert len(everyone) == 610
    assert sum("address" not in claim.attributes for claim in everyone) == 16


def test_the_command_line_imports_the_dataset_once_and_answers_the_same(dataset: Path, sqlite_url: str) -> None:
    first = tracegraph("import", str(dataset), "--store", sqlite_url, "--json")
    again = tracegraph("import", str(dataset), "--store", sqlite_url, "--json")
    assert (first["nothing_changed"], again["nothing_changed"], again["new"]) == (False, True, 0)
    assert (first["bad_rows"], first["problems"]) == (0, [])
    dates = ("--valid-at", IN_2018, "--valid-at", IN_2020)
    (apple,) = tracegraph("show", "apple", *dates, "--store", sqlite_url, "--json")["nodes"]
    assert sum(link["role"] == "seller" for link in apple["links"]) == 197
    assert (len(apple["changes"]["new"]), len(apple["changes"]["gone"])) == (60, 61)


def tracegraph(*words: str) -> dict[str, Any]:
    """Run the command line in a process of its own; return the JSON document that it prints."""
    command = [sys.executable, "-c", "from tracegraph.cli import main; main()", *words]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr or done.stdout
    document: dict[str, Any] = json.loads(done.stdout)
    return document
