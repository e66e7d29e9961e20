"""The recipe ``examples/listed_goods``: an authority's list, asked over the seeds and over real factories."""

from __future__ import annotations

import csv
import json
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from examples.electronics.convert import convert as convert_electronics
from examples.factory_lists.convert import convert as convert_factory_lists
from examples.listed_goods import ask
from examples.listed_goods.convert import GOODS, convert, read_list, read_matches
from examples.recipe import RecipeError
from tests.library import imported, opened
from tracegraph.answer import DEFAULT_MAX_ITEMS, Question
from tracegraph.lens import Lens, visible_to
from tracegraph.services.dependents import dependents
from tracegraph.services.incidents import find_incident
from tracegraph.services.portfolios import Portfolios
from tracegraph.store.port import Store
from tracegraph.vocabulary import Grade, SourceKind, Status

pytestmark = pytest.mark.shared

ROOT = Path(__file__).resolve().parents[2]
SEEDS = ROOT / "seeds"
NOW = "2026-01-01T00:00:00Z"
LATER = "2026-01-02T00:00:00Z"  # imports at one moment are recorded one after the other


@pytest.fixture
def dataset(shared_dir: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "listed_goods"
    folder.mkdir()
    said = convert(shared_dir / "data" / "dol", folder)
    assert said == "467 incidents: 169 goods, 78 countries; 16 goods are products of the catalogue"
    return folder


@pytest.fixture
def incidents(dataset: Path) -> dict[str, dict[str, Any]]:
    listed = tomllib.loads((dataset / "incidents.toml").read_text(encoding="utf-8"))["incident"]
    by_id = {entry["incident_id"]: entry for entry in listed}
    assert len(by_id) == len(listed) == 467
    return by_id


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def lens(valid_at: str) -> Lens:
    return Lens(valid_at, LATER, visible_to("network"), Grade.INFERRED)


# --- the dataset -----------------------------------------------------------------------------------------------------


def test_each_good_from_each_country_is_one_incident_of_a_country_with_products(
    incidents: Mapping[str, Mapping[str, Any]],
) -> None:
    for entry in incidents.values():
        (selector,) = entry["scope"]
        assert (selector.keys(), selector["kind"]) == ({"kind", "id", "products"}, "country")
        assert selector["products"]
        assert (entry["status"], entry["sources"]) == ("officially_indicated", ["dol-goods-2023"])
        assert "reason to believe" in entry["note"]
        assert "severity" not in entry  # the list grades nothing
    assert len({entry["scope"][0]["id"] for entry in incidents.values()}) == 78


def test_the_marks_of_the_list_are_kinds_of_incidents(incidents: Mapping[str, Mapping[str, Any]]) -> None:
    kinds = Counter(entry["kind"] for entry in incidents.values())
    assert kinds == {
        "child_labour": 336,
        "forced_labour": 43,
        "child_and_forced_labour": 24,
        "forced_child_labour": 54,
        "labour_exploitation_in_inputs": 10,
    }
    # as the data's README counts them: child labour 414, forced labour 121, forced child labour 54
    assert 336 + 24 + 54 == 414
    assert 43 + 24 + 54 == 121


def test_the_goods_that_regions_buy_are_listed_as_the_source_says(
    incidents: Mapping[str, Mapping[str, Any]],
) -> None:
    assert {
        id: (incidents[id]["title"], incidents[id]["kind"], incidents[id]["scope"][0]["id"])
        for id in ("dol:rubber-gloves:my", "dol:gloves:cn", "dol:surgical-instruments:pk")
    } == {
        "dol:rubber-gloves:my": ("Rubber Gloves from Malaysia: forced labour", "forced_labour", "MY"),
        "dol:gloves:cn": ("Gloves from China: forced labour", "forced_labour", "CN"),
        "dol:surgical-instruments:pk": ("Surgical Instruments from Pakistan: child labour", "child_labour", "PK"),
    }


def test_countries_are_resolved_however_the_list_spells_them(shared_dir: Path, dataset: Path) -> None:
    spelled = {row.country for row in read_list(shared_dir / "data" / "dol")}
    assert len(spelled) == 78
    text = (dataset / "incidents.toml").read_text(encoding="utf-8")
    for title, code in (
        ("Jade from Burma", "MM"),
        ("Copper from Congo, Democratic Republic of the", "CD"),
        ("Hazelnuts from Turkey (Türkiye)", "TR"),
        ("Tobacco from Kyrgyz Republic", "KG"),
        ("Cocoa from Côte d'Ivoire", "CI"),
        ("Cement from North Korea", "KP"),
    ):
        entry = text[text.index(f'title = "{title}: ') :]
        assert entry[entry.index("\nid = ") :].startswith(f'\nid = "{code}"\n')


def test_no_in_derived_country_is_not_norway(shared_dir: Path, incidents: Mapping[str, Mapping[str, Any]]) -> None:
    inputs = {(row.good, row.input_from) for row in read_list(shared_dir / "data" / "dol") if row.input_from}
    assert len(inputs) == 10
    assert ("Lithium-Ion Batteries", "Congo, Democratic Republic of the") in inputs
    assert "an input from Congo, Democratic Republic of the (CD)." in incidents["dol:lithium-ion-batteries:cn"]["note"]
    assert not any("(NO)" in entry["note"] for entry in incidents.values())


def test_names_are_in_nfc(dataset: Path) -> None:
    names = {row["product_id"]: row["name_en"] for row in rows(dataset / "products.csv")}
    assert names["listed:acai-berries"] == "A\u00e7a\u00ed Berries"


def test_the_source_is_an_authority_without_an_address_that_the_data_does_not_give(dataset: Path) -> None:
    (source,) = rows(dataset / "sources.csv")
    assert (source["kind"], source["published"]) == (SourceKind.AUTHORITY, "2023-08-23")
    assert "url" not in source


def test_our_table_links_goods_of_the_list_to_products_of_the_catalogue_and_says_why(
    shared_dir: Path, dataset: Path
) -> None:
    catalogue = {row["product_id"] for row in rows(SEEDS / "reference" / "products.csv")}
    table = rows(GOODS)
    assert all(row["note"] and row["products"] for row in table)
    named = {product for row in table for column in ("products", "broader") for product in row[column].split("|")}
    assert named - {""} <= catalogue
    goods = {row.good for row in read_list(shared_dir / "data" / "dol")}
    own = {row["name_en"]: row["broader"] for row in rows(dataset / "products.csv")}
    assert len(read_matches(goods)) == 16
    assert len(own) == 169 - 16 + 1  # a rubber glove is a product of its own, too
    assert {good: broader for good, broader in own.items() if broader} == {
        "Rubber Gloves": "gloves-disposable|gloves-work"
    }


def test_a_good_of_our_table_that_is_not_on_the_list_is_an_error() -> None:
    with pytest.raises(RecipeError, match=r"goods\.csv: not on the list: "):
        read_matches({"Cotton"})


# --- asked over the seeds --------------------------------------------------------------------------------------------


def statuses(store: Store, incident: str, valid_at: str) -> dict[Status, set[str]]:
    asked = lens(valid_at)
    scope = find_incident(store, incident, asked).current.scope
    answer = dependents(Question(scope, asked, None, DEFAULT_MAX_ITEMS), store, Portfolios(store))
    found: dict[Status, set[str]] = {status: set() for status in Status}
    for dependent in answer.dependents:
        found[dependent.status].add(dependent.facts.contract_id.removeprefix("demo-c-"))
    return found


@pytest.fixture
def seeded(dataset: Path, store_url: str) -> Iterator[Store]:
    with opened(store_url) as store:
        for folder in (SEEDS / "reference", SEEDS / "demo", dataset):
            imported(store, folder, NOW)
        yield store


def test_rubber_gloves_from_malaysia_reach_the_contracts_of_every_glove_plant_there(seeded: Store) -> None:
    found = statuses(seeded, "dol:rubber-gloves:my", "2021-03-29")
    # the demo story's finding of March 2021 has seven, of the group's plants; the country has the plant of which the
    # group owns 30 % for certain (0014), and the plant without a name (0010)
    assert found[Status.ESTABLISHED] == {"0001", "0002", "0005", "0007", "0011", "0012", "0014", "0025"}
    assert found[Status.POSSIBLE] == {"0003", "0006", "0010", "0013"}
    assert {"ref-ab-sll761"} <= found[Status.UNMAPPED]  # a real contract: we cannot tell, ask
    assert {"0004", "0008", "0020"} <= found[Status.NO_LINK]


@pytest.mark.parametrize(
    ("incident", "contract"),
    [
        ("dol:surgical-instruments:pk", "0020"),  # re-exported by way of Germany
        ("dol:thread-yarn:in", "0024"),  # spun in Coimbatore
        ("dol:textiles:bd", "0024"),  # woven in Dhaka
        ("dol:electronics:cn", "0016"),  # assembled in Shenzhen
        ("dol:tin:id", "0016"),  # smelted on Bangka, five tiers up
    ],
)
def test_other_listed_goods_reach_the_demo_contract_that_is_made_of_them(
    dataset: Path, sqlite_url: str, incident: str, contract: str
) -> None:
    with opened(sqlite_url) as store:
        for folder in (SEEDS / "reference", SEEDS / "demo", dataset):
            imported(store, folder, NOW)
        found = statuses(store, incident, "2019-02-19")
    assert (found[Status.ESTABLISHED], found[Status.POSSIBLE]) == ({contract}, set())


# --- asked over real factories ---------------------------------------------------------------------------------------


@pytest.fixture
def real(dataset: Path, shared_dir: Path, tmp_path: Path, sqlite_url: str) -> str:
    """The address of a store with the supplier lists, the factory lists and the listed goods, and no contract."""
    folders = [tmp_path / "electronics", tmp_path / "factory_lists", dataset]
    for folder in folders[:2]:
        folder.mkdir()
    convert_electronics(shared_dir / "data" / "suppliers", folders[0])
    convert_factory_lists(shared_dir / "data" / "oshub", folders[1])
    with opened(sqlite_url) as store:
        for path in (SEEDS / "reference" / "products.csv", *folders):
            imported(store, path, NOW)
        assert len(store.portfolio(lens("2020-06-01")).contracts) == 0
    return sqlite_url


@pytest.mark.parametrize(
    ("valid_at", "factories", "countries", "china"),
    [
        ("2018-06-01", 806 + 377, 47, 536),
        ("2019-06-01", 377, 34, 158),  # no supplier list of that year
        ("2020-06-01", 610 + 377, 49, 417),
    ],
)
def test_which_listed_goods_come_from_where_these_factories_stand(
    real: str, valid_at: str, factories: int, countries: int, china: int
) -> None:
    with opened(real) as store:
        found = ask.listed_goods(store, lens(valid_at))
    assert (sum(country.factories for country in found), len(found)) == (factories, countries)
    by_code = {country.country: country for country in found}
    assert (by_code["CN"].factories, len(by_code["CN"].goods)) == (china, 23)
    assert "Electronics from China: child labour and forced labour, children among the forced" in {
        good.title for good in by_code["CN"].goods
    }
    for country in found:
        # nobody says what any of these factories makes: each is a candidate for each good, none is certain
        assert {(good.certain, good.candidate) for good in country.goods} <= {(0, country.factories)}
    assert by_code["DE"].goods == ()  # stands there, nothing is listed: said, not left out


def test_the_question_is_answered_as_a_table_and_as_json(real: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask.main(["--store", real, "--valid-at", "2018-06-01"]) == 0
    table = capsys.readouterr().out
    assert table.startswith("China                      536 factories   23 listed goods\n")
    assert table.endswith("1183 factories in 47 countries; a listed good says nothing of a single factory.\n")
    assert ask.main(["--store", real, "--valid-at", "2018-06-01", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["factories"], document["lens"]["valid_at"]) == (1183, "2018-06-01")
    cambodia = next(country for country in document["countries"] if country["country"] == "KH")
    assert (cambodia["name"], cambodia["factories"], len(cambodia["goods"])) == ("Cambodia", 9, 13)
    assert cambodia["goods"][0] == {
        "incident_id": "dol:alcoholic-beverages:kh",
        "title": "Alcoholic Beverages from Cambodia: child labour",
        "kind": "child_labour",
        "certain": 0,
        "candidate": 9,
    }


def test_a_store_that_is_not_there_is_an_error_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask.main(["--store", f"sqlite:///{tmp_path / 'none.db'}"]) == 3
    assert capsys.readouterr().err.startswith("Error: there is no store at ")
