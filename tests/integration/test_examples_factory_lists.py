"""The recipe ``examples/factory_lists``: contributor lists of Open Supply Hub, read in place and asked."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from examples.factory_lists.convert import convert
from tests.library import imported, opened
from tracegraph.answer_show import LinkRole, Portrait
from tracegraph.lens import Lens, visible_to
from tracegraph.services.show import show
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, Label

pytestmark = pytest.mark.shared

NOW = "2026-01-01T00:00:00Z"
LENS = Lens("2025-06-01", NOW, visible_to("public"), Grade.INFERRED)
IN_TWO_LISTS = "oshub:us:gtm-sportwear"


@pytest.fixture
def dataset(shared_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "factory_lists"
    folder.mkdir()
    said = convert(shared_dir / "data" / "oshub", folder)
    assert said == "377 factories, 2 of them in several lists, 4 without a position"
    return folder


@pytest.fixture
def store(dataset: Path, sqlite_url: str) -> Iterator[Store]:
    with opened(sqlite_url) as store:
        imported(store, dataset, NOW)
        yield store


def rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "factories.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def portrait(store: Store, factory: str) -> Portrait:
    (found,) = show(factory, LENS, store).portraits
    return found


def test_a_row_that_occurs_twice_in_a_list_is_one_claim(dataset: Path) -> None:
    listed = Counter(row["source_id"] for row in rows(dataset) if row["grade"] == "reported")
    assert listed == {
        "oshub-list-2": 80,  # 83, three of them twice
        "oshub-list-3": 19,
        "oshub-list-4": 81,
        "oshub-list-5": 64,
        "oshub-list-6": 44,
        "oshub-list-7": 30,
        "oshub-list-8": 61,
    }
    assert len({row["factory_id"] for row in rows(dataset)}) == 377


def test_the_spellings_of_a_country_are_one_country(dataset: Path, shared_dir: Path) -> None:
    spelled = set()
    for file in (shared_dir / "data" / "oshub" / "lists").glob("*.csv"):
        with file.open(encoding="utf-8-sig", newline="") as lines:
            spelled |= {row["country"] for row in csv.DictReader(lines)}
    assert len(spelled) == 41
    codes = {row["country"] for row in rows(dataset)}
    assert len(codes) == 34
    assert {"US", "AE", "SK", "PR", "CN"} <= codes


def test_only_the_same_name_address_and_country_is_the_same_factory(dataset: Path) -> None:
    lists: dict[str, set[str]] = defaultdict(set)
    by_name: dict[str, set[str]] = defaultdict(set)
    for row in rows(dataset):
        if row["grade"] == "reported":
            lists[row["factory_id"]].add(row["source_id"])
            by_name[row["name"]].add(row["factory_id"])
    assert {factory: found for factory, found in lists.items() if len(found) > 1} == {
        IN_TWO_LISTS: {"oshub-list-6", "oshub-list-8"},
        "oshub:us:gfsi-lenexa-commerce-pkwy": {"oshub-list-6", "oshub-list-8"},
    }
    # one name, two addresses: two factories
    assert len(by_name["Huai An Yuan Tong Headwear Mfg. Co. Ltd."]) == 2
    # one address, the name spelled in two ways: two factories too, for now
    assert by_name["Industrias Merlet S.A. de C.V."].isdisjoint(by_name["Industrias Merlet S. A. de C.V."])


def test_a_factory_that_two_lists_name_shows_both_claims_side_by_side(dataset: Path, store_url: str) -> None:
    with opened(store_url) as store:
        imported(store, dataset, NOW)
        shown = portrait(store, IN_TWO_LISTS)
    assert shown.name == "GTM Sportwear"
    said = {
        attribute.name: {statement.evidence.source_id for statement in attribute.statements}
        for attribute in shown.attributes
    }
    both, geocoded = {"oshub-list-6", "oshub-list-8"}, {"oshub-list-6-geocoded", "oshub-list-8-geocoded"}
    assert (said["name"], said["address"], said["site_type"]) == (both, both, both)
    assert (said["lat"], said["lng"]) == (geocoded, geocoded)
    (location,) = shown.by_role(LinkRole.LOCATION)
    assert location.other.id == "US"
    assert {(claim.source_id, claim.grade) for claim in location.evidence} == {
        *((source, Grade.REPORTED) for source in both),
        *((source, Grade.INFERRED) for source in geocoded),
    }


def test_positions_are_those_of_the_geocoded_twins_latitude_first(store: Store) -> None:
    shown = portrait(store, IN_TWO_LISTS)
    assert (shown.value("lat"), shown.value("lng")) == (39.1879912, -96.5498677)
    described = store.descriptions(Label.FACTORY, None, LENS)
    assert len(described) == 754  # 379 rows of lists and 375 positions
    assert len({claim.end.id for claim in described if "lat" in claim.attributes}) == 373


def test_a_missing_position_and_a_full_width_comma_are_no_errors(store: Store) -> None:
    shown = portrait(store, "oshub:cn:xin-chang-chang-knitting-factory")
    assert (shown.value("lat"), shown.value("lng")) == (None, None)
    assert "\uff0c" in str(shown.value("address"))


def test_several_sectors_and_no_break_spaces_are_tidied(dataset: Path) -> None:
    assert Counter(row["site_type"] for row in rows(dataset) if row["grade"] == "reported") == {
        "Apparel": 377,
        "Apparel, Mining": 1,
        "Apparel, Health": 1,
    }
    assert not any("\u00a0" in cell or cell != cell.strip() for row in rows(dataset) for cell in row.values())


def test_no_contract_and_no_product_is_invented(store: Store) -> None:
    factories = {claim.end.id for claim in store.descriptions(Label.FACTORY, None, LENS)}
    assert len(factories) == 377
    assert {holding.products for holding in store.items_of(sorted(factories), LENS)} == {()}
    assert store.descriptions(Label.CONTRACT, None, LENS) == []
