from __future__ import annotations

import csv
import json
import re
import unicodedata
from pathlib import Path

import pytest

from tracegraph import countries

VARIANTS = {
    "SE": "SE",
    "se": "SE",
    "SWE": "SE",
    "752": "SE",
    "Sverige": "SE",
    "sverige ": "SE",
    "Förenta staterna": "US",
    "USA": "US",
    "United States": "US",
    "U.S.A.": "US",
    "Storbritannien": "GB",
    "UK": "GB",
    "UAE": "AE",
    "Slovak Republic": "SK",
    "Burma": "MM",
    "Myanmar (Burma)": "MM",
    "Turkey (Türkiye)": "TR",
    "Congo, Democratic Republic of the": "CD",
    "Kongo-Kinshasa": "CD",
    "Kyrgyz Republic": "KG",
    "North Korea": "KP",
    "Côte d'Ivoire": "CI",
    unicodedata.normalize("NFD", "Côte d'Ivoire"): "CI",
    "Curaçao": "CW",
    unicodedata.normalize("NFD", "Åland"): "AX",
    "Kosovo": "XK",
    "XK": "XK",
    "Puerto Rico": "PR",
    "KINA": "CN",
    "Hongkong": "HK",
}


@pytest.mark.parametrize(("text", "code"), VARIANTS.items())
def test_codes_and_names_resolve(text: str, code: str) -> None:
    assert countries.resolve(text) == code


@pytest.mark.parametrize("text", ["", " ", "No", "Se", "Qumlabia", "Europe", "EU", "Yugoslavia", "SUHH", "20", "|"])
def test_nothing_is_guessed(text: str) -> None:
    assert countries.resolve(text) is None


def test_the_nearest_name_is_suggested() -> None:
    assert countries.nearest("Malaisya") == "Malaysia"
    assert countries.nearest("Tysklan") == "Tyskland"
    assert countries.nearest("qqqqqqqq") is None


def test_names_by_language() -> None:
    assert countries.name("DE", "sv") == "Tyskland"
    assert countries.name("DE") == "Germany"
    assert countries.name("XK", "sv") == "Kosovo"
    assert countries.name("ZZ") == "ZZ"


def test_every_name_that_is_given_resolves_back() -> None:
    for code in countries.alpha2_codes():
        for language in ("sv", "en"):
            assert countries.resolve(countries.name(code, language)) == code


def test_every_row_and_column_of_iso_3166(shared_dir: Path) -> None:
    with (shared_dir / "data/countries/iso3166-1.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    wrong = [
        (row["alpha2"], column, text)
        for row in rows
        for column, text in row.items()
        if text and countries.resolve(text) != row["alpha2"]
    ]
    assert len(rows) == 249
    assert not wrong


def test_country_names_of_labour_lists_and_factory_lists(shared_dir: Path) -> None:
    xml = (shared_dir / "data/dol/goods_2016.xml").read_text(encoding="utf-8")
    names = set(re.findall(r"<Country_Name>([^<]+)</Country_Name>", xml))
    assert len(names) == 78
    for path in (shared_dir / "data/oshub/lists").rglob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            names |= {row["country"] for row in csv.DictReader(file) if row["country"]}
    assert {name for name in names if countries.resolve(name.replace("&#39;", "'")) is None} == set()


def test_codes_of_the_factory_hub(shared_dir: Path) -> None:
    pairs = json.loads((shared_dir / "data/oshub/replies/countries.json").read_text(encoding="utf-8"))
    assert [(code, text) for code, text in pairs if code != countries.resolve(text)] == []
